"""Lineage: what feeds an entity and what it feeds, a dataset-process-dataset hop at a time.

Source: `EntityLineageService` of Apache Atlas; members and parameters of the answer as captured
from accounts of Purview. As in Atlas a process shows only where it leads on: one without inputs
does not stand upstream of what it writes. What only Purview has: direct lineage between two
datasets is one hop too; `width` caps each level; `includeParent` brings what the entities belong
to; and the lineage of a process that consists of others is empty without `getDerivedLineage`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal

from .builtin import ASSET_KINDS
from .builtin_processes import DERIVED_SOURCES, PROCESS_PARENT
from .entity_operations import by_guid, by_unique_attributes
from .entity_reading import header
from .error_codes import BAD_REQUEST, NO_LINEAGE_TYPE, REQUEST_MALFORMED, AtlasError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .exchange import ApiCall
    from .records import StoredEntity, StoredRelationship
    from .registry import JsonObject
    from .session import Session

Direction = Literal["INPUT", "OUTPUT"]

_DIRECTIONS: dict[str, tuple[Direction, ...]] = {
    "INPUT": ("INPUT",),
    "OUTPUT": ("OUTPUT",),
    "BOTH": ("INPUT", "OUTPUT"),
}
# Of a process: the relationship that leads on, and of a dataset: the one that leads to its
# processes.
_OF_PROCESS: dict[Direction, str] = {
    "INPUT": "dataset_process_inputs",
    "OUTPUT": "process_dataset_outputs",
}
_OF_DATASET: dict[Direction, str] = {
    "INPUT": "process_dataset_outputs",
    "OUTPUT": "dataset_process_inputs",
}
_ONE_WAY: dict[str, Direction] = {"INPUT": "INPUT", "OUTPUT": "OUTPUT"}
_ENDS = ("fromEntityId", "toEntityId")
_DIRECT = "direct_lineage_dataset_dataset"
_DEFAULT_DEPTH = 3
_DEFAULT_WIDTH = 10
# What belongs to a container although it outlives it; whatever is composed belongs to its container
# anyway.
_PARENTS = frozenset(
    (PROCESS_PARENT, *(kind.parent.relationship for kind in ASSET_KINDS.values() if kind.parent))
)


def get(session: Session, call: ApiCall) -> JsonObject:
    """GET /lineage/{guid}."""
    return _lineage(session, by_guid(session, call.places["guid"]), call)


def get_by_name(session: Session, call: ApiCall) -> JsonObject:
    """GET /lineage/uniqueAttribute/type/{typeName}?attr:qualifiedName=.."""
    return _lineage(session, by_unique_attributes(session, call), call)


def get_next(session: Session, call: ApiCall) -> JsonObject:
    """GET /lineage/{guid}/next: a page of the next hops of a dataset, in one direction.

    Raises:
        AtlasError: the direction is neither input nor output, or the entity is no dataset.
    """
    base = by_guid(session, call.places["guid"])
    session.caller.require_read(base.collection, f"read entity: guid={base.guid}")
    direction: Direction | None = _ONE_WAY.get(call.value("direction"))
    if direction is None:
        raise AtlasError(
            BAD_REQUEST,
            "LineageDirection can only be input or output in getNextLevelLineage (No Derived).",
        )
    if not session.registry.is_a(base.type_name, "DataSet"):
        raise AtlasError(NO_LINEAGE_TYPE, base.guid, base.type_name)
    start, size = _number(call, "offset", 0), _number(call, "limit", _DEFAULT_WIDTH)
    hops = {edge.guid: _relation(edge) for edge in _beyond(session, base, direction)}
    relations = list(hops.values())[start : start + size]
    shown = dict.fromkeys([base.guid, *(relation[end] for relation in relations for end in _ENDS)])
    parents = list(_parent_relations(session, shown)) if call.flag("includeParent") else []
    return {
        "baseEntityGuid": base.guid,
        "lineageDirection": direction,
        "guidEntityMap": _entity_map(session, shown),
        "relations": relations,
        "parentRelations": parents,
    }


def _lineage(session: Session, base: StoredEntity, call: ApiCall) -> JsonObject:
    session.caller.require_read(base.collection, f"read entity: guid={base.guid}")
    direction = call.value("direction")
    # What the interface declares is checked before the service is asked, so that Atlas' own error
    # for it never shows.
    if direction not in _DIRECTIONS:
        raise AtlasError(REQUEST_MALFORMED)
    depth, width = _number(call, "depth", _DEFAULT_DEPTH), _number(call, "width", _DEFAULT_WIDTH)
    if not (
        session.registry.is_a(base.type_name, "DataSet")
        or session.registry.is_a(base.type_name, "Process")
    ):
        raise AtlasError(NO_LINEAGE_TYPE, base.guid, base.type_name)
    derived = call.flag("getDerivedLineage")
    parts = list(_parts(session, base)) if derived else []
    processes = [base.guid, *(part["childEntityId"] for part in parts)]
    # Depth 0 means no bound, as in Atlas.
    edges = {
        each: list(_walk(session, base, processes, each, (depth or -1, width)))
        for each in _DIRECTIONS[direction]
    }
    relations = {edge.guid: _relation(edge) for edge_list in edges.values() for edge in edge_list}
    shown = dict.fromkeys(
        [*processes, *(relation[end] for relation in relations.values() for end in _ENDS)]
    )
    parents = {relation["relationshipId"]: relation for relation in parts}
    if call.flag("includeParent"):
        parents |= {
            relation["relationshipId"]: relation for relation in _parent_relations(session, shown)
        }
    counted = {
        each: _width_counts(session, processes, edge_list, each)
        for each, edge_list in edges.items()
    }
    shown.update(dict.fromkeys(relation["parentEntityId"] for relation in parents.values()))
    return {
        "baseEntityGuid": base.guid,
        "lineageDirection": direction,
        "lineageDepth": depth,
        "lineageWidth": width,
        "childrenCount": sum(part["parentEntityId"] == base.guid for part in parts)
        if derived
        else -1,
        "includeParent": call.flag("includeParent"),
        "guidEntityMap": _entity_map(session, shown),
        "relations": list(relations.values()),
        "parentRelations": list(parents.values()),
        "widthCounts": counted,
    }


def _number(call: ApiCall, name: str, default: int) -> int:
    text = call.value(name, str(default))
    try:
        return int(text)
    except ValueError as error:
        raise AtlasError(REQUEST_MALFORMED) from error


def _walk(
    session: Session,
    base: StoredEntity,
    processes: Iterable[str],
    direction: Direction,
    bounds: tuple[int, int],
) -> Iterator[StoredRelationship]:
    """All edges in one direction, nearest first; each dataset is opened once, so that cycles end.

    Args:
        session: The catalogue.
        base: Where it begins.
        processes: Where it begins instead, if the base is a process: that, and what it consists of.
        direction: Which way.
        bounds: The most hops (below 0: any number), and the most entities of a level.
    """
    depth, width = bounds
    frontier = [base.guid]
    if session.registry.is_a(base.type_name, "Process"):
        reached: dict[str, None] = {}
        for process in processes:
            for edge in session.store.relationships_at(process, _OF_PROCESS[direction], 1):
                if _admits(reached, edge.end2, width):
                    yield edge
        # from a process to its datasets is a hop of its own
        frontier, depth = list(reached), depth - 1
    opened: set[str] = set()
    while frontier and depth != 0:
        depth -= 1
        unopened = [guid for guid in frontier if guid not in opened]
        opened.update(unopened)
        reached = {}
        yield from _level(session, unopened, direction, width, reached)
        frontier = list(reached)


def _level(
    session: Session,
    datasets: Iterable[str],
    direction: Direction,
    width: int,
    reached: dict[str, None],
) -> Iterator[StoredRelationship]:
    """The edges of one hop.

    Notes the datasets that it reaches: at most `width`, over as many processes.
    """
    processes: dict[str, None] = {}
    for dataset in datasets:
        for edge, onward in _hop(session, dataset, direction):
            if not _admits(processes, edge.end1, width):
                continue
            yield edge
            for step in onward:
                if _admits(reached, step.end2, width):
                    yield step
        for direct in _direct_edges(session, dataset, direction):
            if _admits(reached, direct.opposite(dataset), width):
                yield direct


def _admits(level: dict[str, None], guid: str, width: int) -> bool:
    """Does an entity fit into a level? One that is in it already does."""
    if guid not in level and len(level) >= width:
        return False
    level[guid] = None
    return True


def _hop(
    session: Session, dataset: str, direction: Direction
) -> Iterator[tuple[StoredRelationship, list[StoredRelationship]]]:
    """The edges from a dataset to its processes that lead on, each with the edges that do."""
    for edge in session.store.relationships_at(dataset, _OF_DATASET[direction], 2):
        onward = session.store.relationships_at(edge.end1, _OF_PROCESS[direction], 1)
        # a process that leads nowhere is not shown: it would be an end without a table
        if onward:
            yield edge, onward


def _direct_edges(session: Session, dataset: str, direction: Direction) -> list[StoredRelationship]:
    """Direct lineage from a dataset. End 1 is upstream."""
    return session.store.relationships_at(dataset, _DIRECT, 2 if direction == "INPUT" else 1)


def _beyond(
    session: Session, entity: StoredEntity, direction: Direction
) -> Iterator[StoredRelationship]:
    """All edges of the next hop of a dataset, or of a process."""
    if session.registry.is_a(entity.type_name, "Process"):
        yield from session.store.relationships_at(entity.guid, _OF_PROCESS[direction], 1)
        return
    for edge, onward in _hop(session, entity.guid, direction):
        yield edge
        yield from onward
    yield from _direct_edges(session, entity.guid, direction)


def _relation(edge: StoredRelationship) -> JsonObject:
    upstream, downstream = edge.end1, edge.end2
    # end 1 is the process in both types, so of inputs it is downstream
    if edge.type_name == _OF_PROCESS["INPUT"]:
        upstream, downstream = downstream, upstream
    relation = {"fromEntityId": upstream, "toEntityId": downstream, "relationshipId": edge.guid}
    mapping = edge.attributes.get("columnMapping")
    return {**relation, "columnMapping": mapping} if mapping else relation


def _parent_relations(session: Session, guids: Iterable[str]) -> Iterator[JsonObject]:
    """What the entities belong to, up to the top, as a table to its schema.

    Another example is an operation, which belongs to its pipeline.
    """
    waiting, visited = list(guids), set[str]()
    while waiting:
        child = waiting.pop(0)
        if child in visited:
            continue
        visited.add(child)
        for edge in session.store.relationships_of(child):
            parent = _parent(session, edge, child)
            if parent:
                yield {
                    "childEntityId": child,
                    "parentEntityId": parent,
                    "relationshipId": edge.guid,
                }
                waiting.append(parent)


def _parent(session: Session, edge: StoredRelationship, child: str) -> str:
    """The guid of the container that an entity belongs to by a relationship.

    Empty where it is none.
    """
    ends = session.registry.ends(edge.type_name)
    if ends is None:
        return ""
    end = ends[0 if edge.end1 == child else 1]
    belongs = end.owned or (edge.type_name in _PARENTS and end.side == 2)
    return edge.opposite(child) if belongs else ""


def _parts(session: Session, base: StoredEntity) -> Iterator[JsonObject]:
    """The parent relations of the processes that a process consists of, at any depth.

    They are the ones that the option of its type names.

    Raises:
        AtlasError: Its type has no such option.
    """
    if not _derived_sources(session, base):
        raise AtlasError(NO_LINEAGE_TYPE, base.guid, base.type_name)
    waiting, visited = [base], {base.guid}
    while waiting:
        process = waiting.pop(0)
        for end in (
            end
            for name in _derived_sources(session, process)
            for end in session.entity_type(process.type_name).ends[name]
        ):
            for edge in session.store.relationships_at(process.guid, end.relationship, end.side):
                part = session.store.entity(edge.opposite(process.guid))
                if part is not None and part.guid not in visited:
                    visited.add(part.guid)
                    waiting.append(part)
                    yield {
                        "childEntityId": part.guid,
                        "parentEntityId": process.guid,
                        "relationshipId": edge.guid,
                    }


def _derived_sources(session: Session, entity: StoredEntity) -> list[str]:
    """The relationship attributes that lead from a process to those that it consists of."""
    options = session.registry.typedefs[entity.type_name].body.get("options") or {}
    try:
        names = json.loads(options.get(DERIVED_SOURCES) or "[]")
    except (TypeError, ValueError):
        return []
    ends = session.entity_type(entity.type_name).ends
    return [name for name in names if name in ends] if isinstance(names, list) else []


def _entity_map(session: Session, guids: Iterable[str]) -> JsonObject:
    entities = (session.store.entity(guid) for guid in guids)
    return {
        entity.guid: header(entity, more=("columnMapping",))
        for entity in entities
        if entity is not None
    }


def _width_counts(
    session: Session, bases: Iterable[str], edges: list[StoredRelationship], direction: Direction
) -> JsonObject:
    """How many neighbours each entity has further on in this direction.

    Those beyond the width are counted too.
    """
    near, far = (
        ("toEntityId", "fromEntityId") if direction == "INPUT" else ("fromEntityId", "toEntityId")
    )
    relations = [_relation(edge) for edge in edges]
    guids = dict.fromkeys(
        [*bases, *(guid for relation in relations for guid in (relation[near], relation[far]))]
    )
    entities = (session.store.entity(guid) for guid in guids)
    return {
        entity.guid: _count(session, entity, near, direction)
        for entity in entities
        if entity is not None
    }


def _count(session: Session, entity: StoredEntity, near: str, direction: Direction) -> int:
    relations = (_relation(edge) for edge in _beyond(session, entity, direction))
    return sum(relation[near] == entity.guid for relation in relations)
