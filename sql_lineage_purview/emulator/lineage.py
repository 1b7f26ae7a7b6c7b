"""Lineage: what feeds an entity and what it feeds, a dataset-process-dataset hop at a time.

Source: `EntityLineageService` of Apache Atlas; the members of the answer as captured from Purview. As in Atlas a process
shows only where it leads on: one without inputs does not stand upstream of what it writes. What only Purview has: direct
lineage between two datasets is one hop too; the lineage of a process is also that of the processes it consists of.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Literal

from .builtin_processes import PROCESS_PARENT
from .entity_operations import by_guid, by_unique_attributes
from .errors import BAD_REQUEST, LINEAGE_PARAMETER_INVALID, NO_LINEAGE_TYPE, AtlasError
from .reading import header

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .exchange import Call
    from .records import StoredEntity, StoredRelationship
    from .registry import JsonObject
    from .session import Session

Direction = Literal["INPUT", "OUTPUT"]

_DIRECTIONS: dict[str, tuple[Direction, ...]] = {"INPUT": ("INPUT",), "OUTPUT": ("OUTPUT",), "BOTH": ("INPUT", "OUTPUT")}
# Of a process: the relationship that leads on, and of a dataset: the one that leads to its processes.
_OF_PROCESS: dict[Direction, str] = {"INPUT": "dataset_process_inputs", "OUTPUT": "process_dataset_outputs"}
_OF_DATASET: dict[Direction, str] = {"INPUT": "process_dataset_outputs", "OUTPUT": "dataset_process_inputs"}
_ONE_WAY: dict[str, Direction] = {"INPUT": "INPUT", "OUTPUT": "OUTPUT"}
_ENDS = ("fromEntityId", "toEntityId")
_DIRECT = "direct_lineage_dataset_dataset"
_DEFAULT_DEPTH = 3
_DEFAULT_WIDTH = 10


def get(session: Session, call: Call) -> JsonObject:
    """GET /lineage/{guid}."""
    return _lineage(session, by_guid(session, call.places["guid"]), call)


def get_by_name(session: Session, call: Call) -> JsonObject:
    """GET /lineage/uniqueAttribute/type/{typeName}?attr:qualifiedName=.."""
    return _lineage(session, by_unique_attributes(session, call), call)


def get_next(session: Session, call: Call) -> JsonObject:
    """GET /lineage/{guid}/next: a page of the next hops of a dataset, in one direction."""
    base = by_guid(session, call.places["guid"])
    session.caller.require_read(base.collection, f"read entity: guid={base.guid}")
    direction: Direction | None = _ONE_WAY.get(call.value("direction"))
    if direction is None:
        raise AtlasError(BAD_REQUEST, "LineageDirection can only be input or output in getNextLevelLineage (No Derived).")
    if not session.registry.is_a(base.type_name, "DataSet"):
        raise AtlasError(NO_LINEAGE_TYPE, base.guid, base.type_name)
    start, size = _number(call, "offset", 0), _number(call, "limit", _DEFAULT_WIDTH)
    hops = {edge.guid: _relation(edge) for edge, _ in _hop(session, base.guid, direction)}
    relations = list(hops.values())[start : start + size]
    shown = dict.fromkeys([base.guid, *(relation[end] for relation in relations for end in _ENDS)])
    return {
        "baseEntityGuid": base.guid,
        "lineageDirection": direction,
        "guidEntityMap": _entity_map(session, shown),
        "relations": relations,
        "parentRelations": list(_parent_relations(session, shown)),
    }


def _lineage(session: Session, base: StoredEntity, call: Call) -> JsonObject:
    session.caller.require_read(base.collection, f"read entity: guid={base.guid}")
    direction = call.value("direction", "BOTH")
    if direction not in _DIRECTIONS:
        raise AtlasError(LINEAGE_PARAMETER_INVALID, "direction", direction)
    depth = _number(call, "depth", _DEFAULT_DEPTH)
    if not (session.registry.is_a(base.type_name, "DataSet") or session.registry.is_a(base.type_name, "Process")):
        raise AtlasError(NO_LINEAGE_TYPE, base.guid, base.type_name)
    # Depth 0 means no bound, as in Atlas.
    edges = {each: list(_walk(session, base, each, depth or -1)) for each in _DIRECTIONS[direction]}
    relations = {edge.guid: _relation(edge) for found in edges.values() for edge in found}
    shown = dict.fromkeys([base.guid, *(relation[end] for relation in relations.values() for end in _ENDS)])
    parents = list(_parent_relations(session, shown))
    shown.update(dict.fromkeys(relation["parentEntityId"] for relation in parents))
    return {
        "baseEntityGuid": base.guid,
        "lineageDirection": direction,
        "lineageDepth": depth,
        "lineageWidth": _number(call, "width", _DEFAULT_WIDTH),
        "childrenCount": -1,
        "includeParent": call.flag("includeParent"),
        "guidEntityMap": _entity_map(session, shown),
        "relations": list(relations.values()),
        "parentRelations": parents,
        "widthCounts": {each: _width_counts(found, each) for each, found in edges.items()},
    }


def _number(call: Call, name: str, default: int) -> int:
    text = call.value(name, str(default))
    try:
        return int(text)
    except ValueError as error:
        raise AtlasError(LINEAGE_PARAMETER_INVALID, name, text) from error


def _walk(session: Session, base: StoredEntity, direction: Direction, depth: int) -> Iterator[StoredRelationship]:
    """All edges in one direction, nearest first; each dataset is opened once, so that cycles end."""
    frontier = [base.guid]
    if session.registry.is_a(base.type_name, "Process"):
        parts = _parts(session, base.guid)
        onward = [edge for part in parts for edge in session.store.relationships_at(part, _OF_PROCESS[direction], 1)]
        yield from onward
        frontier = [edge.end2 for edge in onward]
        depth -= 1
    opened: set[str] = set()
    while frontier and depth != 0:
        depth -= 1
        reached: dict[str, None] = {}
        for guid in frontier:
            if guid not in opened:
                opened.add(guid)
                for edge, dataset in _hop(session, guid, direction):
                    yield edge
                    reached[dataset] = None
        frontier = list(reached)


def _hop(session: Session, dataset: str, direction: Direction) -> Iterator[tuple[StoredRelationship, str]]:
    """The edges from a dataset over its processes to the next datasets, each with the dataset that it leads to."""
    for edge in session.store.relationships_at(dataset, _OF_DATASET[direction], 2):
        for onward in session.store.relationships_at(edge.end1, _OF_PROCESS[direction], 1):
            yield edge, onward.end2
            yield onward, onward.end2
    # End 1 of direct lineage is upstream.
    side = 2 if direction == "INPUT" else 1
    for direct in session.store.relationships_at(dataset, _DIRECT, side):
        yield direct, direct.opposite(dataset)


def _relation(edge: StoredRelationship) -> JsonObject:
    upstream, downstream = edge.end1, edge.end2
    if edge.type_name == _OF_PROCESS["INPUT"]:
        upstream, downstream = downstream, upstream
    relation = {"fromEntityId": upstream, "toEntityId": downstream, "relationshipId": edge.guid}
    mapping = edge.attributes.get("columnMapping")
    return {**relation, "columnMapping": mapping} if mapping else relation


def _parent_relations(session: Session, guids: Iterable[str]) -> Iterator[JsonObject]:
    """What the processes are parts of, up to the top."""
    waiting, seen = list(guids), set[str]()
    while waiting:
        child = waiting.pop(0)
        if child in seen:
            continue
        seen.add(child)
        for edge in session.store.relationships_at(child, PROCESS_PARENT, 2):
            yield {"childEntityId": child, "parentEntityId": edge.end1, "relationshipId": edge.guid}
            waiting.append(edge.end1)


def _parts(session: Session, process: str) -> Iterator[str]:
    """A process and all that it consists of."""
    waiting, seen = [process], set[str]()
    while waiting:
        guid = waiting.pop(0)
        if guid not in seen:
            seen.add(guid)
            yield guid
            waiting.extend(edge.end2 for edge in session.store.relationships_at(guid, PROCESS_PARENT, 1))


def _entity_map(session: Session, guids: Iterable[str]) -> JsonObject:
    found = (session.store.entity(guid) for guid in guids)
    return {entity.guid: header(entity, more=("columnMapping",)) for entity in found if entity is not None}


def _width_counts(edges: list[StoredRelationship], direction: Direction) -> JsonObject:
    """How many neighbours each entity of this direction has further on."""
    near, far = ("toEntityId", "fromEntityId") if direction == "INPUT" else ("fromEntityId", "toEntityId")
    relations = {edge.guid: _relation(edge) for edge in edges}.values()
    counts = Counter(relation[near] for relation in relations)
    return {guid: counts[guid] for relation in relations for guid in (relation[near], relation[far])}
