"""Processes below the stored procedure that they belong to, where the account has an asset of it.

Scans register procedures (`azure_sql_stored_procedure`), and the account relates a process to what
it is a part of by `process_parent`. Neither is documented, so both are asked of the account, and
where its types do not allow it nothing is done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...account.assets import AssetRef
from ...account.entities import LINEAGE, PARENT_TYPE, PROCESS_TYPE, by_qualified_name, related_by
from ...purview_errors import NotFoundError
from ...resolving.database_map import NotMapped
from ...resolving.platforms import OBJECT_TYPES, object_key
from ...resolving.spellings import spelled_alike
from ..plan_document import PlannedAction, PlannedRelation

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from sql_lineage_purview.model.names import Name

    from ...account.typedefs import Json
    from ...resolving.database_map import DatabaseMap
    from ..account_protocols import TypedAccount
    from ..plan_document import PlannedProcess

_OWN_TYPES = frozenset({PROCESS_TYPE, "Process", "Asset", "Referenceable"})


class Parents:
    """Finds the procedures of one account.

    Args:
        account: What is asked.
        databases: Where modules stand.
    """

    def __init__(self, account: TypedAccount, databases: DatabaseMap) -> None:
        self._account = account
        self._databases = databases

    def relations(
        self, modules: Mapping[str, Name], processes: Iterable[PlannedProcess]
    ) -> tuple[PlannedRelation, ...]:
        """What relates processes to their procedures, compared with what the account has.

        Args:
            modules: The procedures of the scan, as processes name them.
            processes: Those that the plan holds.

        Raises:
            PurviewError: the account does not answer, or refuses.
        """
        children = [
            row
            for row in processes
            if row.process.module in modules and row.action is not PlannedAction.DELETE
        ]
        ends = self._ends() if children else None
        if ends is None:
            return ()
        procedures = self._procedures({modules[row.process.module] for row in children}, ends[0])
        rows = (
            (row, procedures[module])
            for row in children
            if (module := modules[row.process.module]) in procedures
        )
        return tuple(_planned(row, entity, parent_first=ends[1]) for row, entity in rows)

    def _ends(self) -> tuple[str, bool] | None:
        """The type that a parent must have, and whether it is the first end.

        None where a process of ours has no parent.
        """
        try:
            definition = self._account.get_relationship_type(PARENT_TYPE)
        except NotFoundError:
            return None
        ends = [definition.get("endDef1") or {}, definition.get("endDef2") or {}]
        # The parent holds the children: it is the container, or at least has several.
        first = next((row for row in ends if row.get("isContainer")), None) or next(
            (row for row in ends if row.get("cardinality") in ("SET", "LIST")), ends[0]
        )
        child_end = ends[1] if first is ends[0] else ends[0]
        return (
            (str(first.get("type")), first is ends[0])
            if child_end.get("type") in _OWN_TYPES
            else None
        )

    def _procedures(self, modules: Iterable[Name], parent_type: str) -> dict[Name, Json]:
        """The asset of each module that has one, and no other in another spelling."""
        places: dict[str, dict[str, Name]] = {}
        names: dict[str, list[str]] = {}
        prefixes: dict[str, set[str]] = {}
        for module in sorted(modules):
            database = self._databases.database_of(module)
            if isinstance(database, NotMapped):
                continue
            schema = module.parts[-2] if len(module.parts) > 1 and module.parts[-2] else "dbo"
            for platform in database.platforms:
                type_name = OBJECT_TYPES[platform].procedure
                spelled = database.qualified_names(schema, module.object)
                places.setdefault(type_name, {}).update(
                    (object_key(name), module) for name in spelled
                )
                names.setdefault(type_name, []).extend(spelled)
                prefixes.setdefault(type_name, set()).update(database.prefixes)
        entities: dict[Name, list[Json]] = {}
        for type_name, keys in places.items():
            guids = self._guids(type_name, names[type_name], keys, sorted(prefixes[type_name]))
            if guids and self._derives_from(type_name, parent_type):
                for part in self._account.read_guids(guids, exclude=LINEAGE):
                    for name, entity in by_qualified_name(part).items():
                        entities.setdefault(keys[object_key(name)], []).append(entity)
        # of two spellings nobody knows which is the procedure
        return {module: rows[0] for module, rows in entities.items() if len(rows) == 1}

    def _guids(
        self, type_name: str, names: Sequence[str], keys: Collection[str], prefixes: Sequence[str]
    ) -> list[str]:
        """The procedures that have these names in any spelling, those of them that exist."""
        hits, _ = spelled_alike(self._account, (type_name,), names, prefixes)
        spellings = dict.fromkeys((*names, *(hit.qualified_name for hit in hits)))
        rows = [
            (name, row)
            for part in self._account.locate(type_name, spellings)
            for name, row in by_qualified_name(part).items()
        ]
        return [row.get("guid") or "" for name, row in rows if object_key(name) in keys]

    def _derives_from(self, type_name: str, parent_type: str) -> bool:
        """Is it the parent's type, or one below it? Not where the account does not have it."""
        waiting, visited = [type_name], {""}
        while waiting:
            name = waiting.pop()
            if name in visited:
                continue
            visited.add(name)
            try:
                above = self._account.get_type(name).get("superTypes") or []
            except NotFoundError:
                continue
            if parent_type in (name, *above):
                return True
            waiting += above
        return False


def _planned(row: PlannedProcess, procedure: Json, *, parent_first: bool) -> PlannedRelation:
    name, type_name = str(procedure["attributes"]["qualifiedName"]), str(procedure.get("typeName"))
    parent = AssetRef(name, type_name, procedure.get("guid") or "")
    # By name alone: a process that is new has no guid yet.
    child = AssetRef(row.process.qualified_name, PROCESS_TYPE, "")
    ends = (parent, child) if parent_first else (child, parent)
    if row.guid and row.guid in related_by(procedure, PARENT_TYPE):
        return PlannedRelation(PlannedAction.UNCHANGED, *ends, "", type_name=PARENT_TYPE)
    return PlannedRelation(
        PlannedAction.CREATE,
        *ends,
        "",
        reason="the process is a part of the procedure",
        type_name=PARENT_TYPE,
    )
