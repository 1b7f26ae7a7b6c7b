"""What was dropped, renamed or added between two states, and who uses what is there no more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec.structs import replace

from ...model.graph import Column, Location
from ..unknown_columns import UnknownColumns
from ..use import UseSite
from ..uses import ObjectUses
from .graph_state import ColumnKey
from .lineage_change import ChangeKind, ImpactClass, LineageChange

if TYPE_CHECKING:
    from ...model.graph import Module, SchemaObject, Table
    from ...model.names import Name
    from ..use import ObjectUse
    from .graph_state import GraphState


class ObjectComparison:
    """The changes of tables, columns and modules between two states.

    Args:
        base: the first state, with the names of the second one.
        head: the second one.
    """

    def __init__(self, base: GraphState, head: GraphState) -> None:
        self._base, self._head = base, head
        self._uses = ObjectUses(head.graph)
        self._former_uses = ObjectUses(base.graph)

    @cached_property
    def dropped_tables(self) -> Mapping[str, Table]:
        """The tables and views whose definition is gone."""
        head = self._head.defined_tables
        return {key: row for key, row in self._base.defined_tables.items() if key not in head}

    @cached_property
    def added_tables(self) -> Mapping[str, Table]:
        """The tables and views whose definition is new."""
        base = self._base.defined_tables
        return {key: row for key, row in self._head.defined_tables.items() if key not in base}

    @cached_property
    def dropped_modules(self) -> Mapping[str, Module]:
        """The modules that are gone, but for views."""
        head = self._head.modules
        return {key: row for key, row in self._base.modules.items() if key not in head}

    @cached_property
    def dropped_columns(self) -> Mapping[ColumnKey, Column]:
        """The columns that are gone of tables that are there."""
        return _difference(self._base, self._head)

    @cached_property
    def added_columns(self) -> Mapping[ColumnKey, Column]:
        """The columns that are new in tables that were there."""
        return _difference(self._head, self._base)

    @property
    def told(self) -> Set[ColumnKey]:
        """What is dropped or new, so that its edges are told with it."""
        tables = (*self.dropped_tables, *self.added_tables)
        return {
            *(ColumnKey(key, None) for key in tables),
            *self.dropped_columns,
            *self.added_columns,
        }

    def changes(self) -> Iterator[LineageChange]:
        """All of them."""
        yield from self._drops()
        yield from self._renames()
        yield from self._others()
        yield from self._additions()

    def _drops(self) -> Iterator[LineageChange]:
        for table in self.dropped_tables.values():
            yield self._dropped(ChangeKind.TABLE_DROPPED, table.name, table.defined_at)
        for module in self.dropped_modules.values():
            yield self._dropped(ChangeKind.MODULE_DROPPED, module.name, _place(module))
        for row in self._dropped_objects:
            change = self._dropped(ChangeKind.OBJECT_DROPPED, row.name, row.defined_at)
            yield replace(change, detail=row.kind.value)
        for key, column in self.dropped_columns.items():
            table = self._head.tables[key.table]
            users = self._users_of_gone(Column(table.name, column.column), key, column)
            yield LineageChange(
                ChangeKind.COLUMN_DROPPED, _impact(users), column, table.defined_at, users=users
            )

    @property
    def _dropped_objects(self) -> Iterator[SchemaObject]:
        """The types, sequences and the like that are gone."""
        head = {(row.kind, self._head.key(row.name)) for row in self._head.graph.objects}
        for row in self._base.graph.objects:
            key = self._base.key(row.name)
            is_defined = key in self._head.defined_tables or key in self._head_modules
            if (row.kind, key) not in head and not is_defined:
                yield row

    def _dropped(self, kind: ChangeKind, name: Name, location: Location | None) -> LineageChange:
        users = self._users(Column(name, None))
        return LineageChange(
            kind, _impact(users), Column(name, None), location, in_base=True, users=users
        )

    def _renames(self) -> Iterator[LineageChange]:
        renames = self._base.renames
        for new in renames.tables.values():
            old, table = self._base.tables[new], self._head.tables[new]
            yield self._renamed(ChangeKind.TABLE_RENAMED, old.name, table.name, table.defined_at)
        for new in renames.modules.values():
            former, module = self._base.modules[new], self._head.modules[new]
            yield self._renamed(ChangeKind.MODULE_RENAMED, former.name, module.name, _place(module))
        for column_key, column in self._base_columns.items():
            successor = self._head_columns[column_key]
            gone = Column(successor.table, column.column)
            users = self._users_of_gone(gone, column_key, column)
            yield LineageChange(
                ChangeKind.COLUMN_RENAMED,
                _impact(users),
                column,
                self._head.tables[column_key.table].defined_at,
                replacement=successor,
                users=users,
            )

    @cached_property
    def _base_columns(self) -> Mapping[ColumnKey, Column]:
        """The renamed columns by their new keys, as they were spelled."""
        return _spelled(self._base, set(self._base.renames.columns.values()))

    @cached_property
    def _head_columns(self) -> Mapping[ColumnKey, Column]:
        return _spelled(self._head, set(self._base.renames.columns.values()))

    def _renamed(
        self, kind: ChangeKind, old: Name, new: Name, location: Location | None
    ) -> LineageChange:
        users = self._users(Column(old, None))
        return LineageChange(
            kind,
            _impact(users),
            Column(old, None),
            location,
            replacement=Column(new, None),
            users=users,
        )

    def _others(self) -> Iterator[LineageChange]:
        """What is there in both states, and is not the same."""
        for key, table in self._head.defined_tables.items():
            old = self._base.defined_tables.get(key)
            if old is None:
                continue
            subject = Column(table.name, None)
            if old.kind is not table.kind:
                detail = f"{old.kind.value} became {table.kind.value}"
                yield LineageChange(
                    ChangeKind.KIND_CHANGED,
                    ImpactClass.RISKY,
                    subject,
                    table.defined_at,
                    detail=detail,
                )
            if old.columns is not None and table.columns is None:
                yield LineageChange(
                    ChangeKind.COLUMNS_UNKNOWN, ImpactClass.RISKY, subject, table.defined_at
                )
        for path, new in self._base.renames.paths.items():
            yield LineageChange(
                ChangeKind.FILE_MOVED, ImpactClass.HARMLESS, None, Location(new, 1), detail=path
            )

    def _additions(self) -> Iterator[LineageChange]:
        for table in self.added_tables.values():
            yield _added(ChangeKind.TABLE_ADDED, table.name, table.defined_at)
        for key, module in self._head.modules.items():
            if key not in self._base.modules:
                yield _added(ChangeKind.MODULE_ADDED, module.name, _place(module))
        for added, column in self.added_columns.items():
            place = self._head.tables[added.table].defined_at
            yield LineageChange(ChangeKind.COLUMN_ADDED, ImpactClass.HARMLESS, column, place)

    def _users_of_gone(
        self, column: Column, key: ColumnKey, former: Column
    ) -> tuple[ObjectUse, ...]:
        """Who uses a column that is gone: by its table, or by its name alone.

        Args:
            column: the column, with the table as the head calls it.
            key: that of the column.
            former: the column as the base calls it.
        """
        users = (*self._users(column), *self._strays(key))
        known = {(use.module, use.path) for use in users if use.is_certain and not use.part}
        lost = (use for use in self._lost_users(former) if (use.module, use.path) not in known)
        return (*users, *lost)

    def _lost_users(self, former: Column) -> Iterator[ObjectUse]:
        """Who used a column in the base, and names one now that no table has.

        Such a name has no table that it could be counted with.
        """
        for use in self._former_uses.of_column(former):
            if use.part or not use.is_certain:
                continue
            successor = self._successor(use)
            if successor and (
                findings := self._unknown.named(
                    former.column or "", successor.module, successor.path
                )
            ):
                sites = tuple(UseSite(row.path, row.span.line) for row in findings)
                yield replace(successor, sites=sites)

    def _successor(self, use: ObjectUse) -> ObjectUse | None:
        """A user of the base as it is called in the head; None where it is there no more."""
        if use.module is None:
            return replace(use, path=self._base.path(use.path))
        module = self._head_modules.get(self._base.key(use.module))
        if module is None:
            return None
        return replace(use, module=module.name, path=module.path, line=module.line)

    @cached_property
    def _unknown(self) -> UnknownColumns:
        return UnknownColumns(self._head.graph, self._head.fold)

    @cached_property
    def _head_modules(self) -> Mapping[str, Module]:
        """All modules of the head by their keys, views too."""
        return {self._head.key(module.name): module for module in self._head.graph.modules}

    def _users(self, column: Column) -> tuple[ObjectUse, ...]:
        """Who uses in the head what is called so no more, whatever the case of its letters."""
        key = self._head.key(column.table)
        table = self._head.tables.get(key)
        spellings = self._spellings.get(key, (table.name,) if table else (column.table,))
        if column.column is None:
            return tuple(use for name in spellings for use in self._uses.of_table(name))
        names = self._column_spellings.get(
            ColumnKey(key, self._head.fold(column.column)), {column.column}
        )
        return tuple(
            use
            for name in spellings
            for text in sorted(names)
            for use in self._uses.of_column(Column(name, text))
        )

    def _strays(self, key: ColumnKey) -> Iterator[ObjectUse]:
        """Who used a column that is gone, and names one so now that a table may have or not.

        A column without its table's name is taken for one of a table of unknown columns, where no
        other one has it.
        """
        former = self._base.modules_by_column.get(key, {})
        for other, modules in self._head.modules_by_column.items():
            table = self._head.tables.get(other.table)
            if other.column != key.column or (table and table.columns is not None):
                continue
            named_before = self._base.modules_by_column.get(other, {})
            for module in (modules.keys() & former.keys()) - named_before.keys():
                for column in modules[module].columns:
                    if self._head.column_key(column) == other:
                        uses = self._uses.of_column(column)
                        yield from (use for use in uses if use.module == modules[module].name)

    @cached_property
    def _spellings(self) -> Mapping[str, Sequence[Name]]:
        """The names of the head by their keys: of what nothing defines, each as it is written."""
        names: dict[str, dict[Name, None]] = {}
        for row in self._head.graph.statements:
            for name in (*row.reads, *row.writes, *row.calls):
                names.setdefault(self._head.key(name), {})[name] = None
        for dependency in self._head.graph.dependencies:
            target = dependency.target
            names.setdefault(self._head.key(target), {})[target] = None
        for table in self._head.graph.tables:
            names.setdefault(self._head.key(table.name), {})[table.name] = None
        return {key: tuple(spelled) for key, spelled in names.items()}

    @cached_property
    def _column_spellings(self) -> Mapping[ColumnKey, Set[str]]:
        names: dict[ColumnKey, set[str]] = {}
        edges = self._head.graph.column_lineage
        columns = (
            *(column for module in self._head.graph.modules for column in module.columns),
            *(edge.source for edge in edges),
            *(edge.target for edge in edges),
            *(
                Column(row.target, column)
                for row in self._head.graph.dependencies
                for column in row.columns
            ),
        )
        for column in columns:
            if column.column is not None:
                names.setdefault(self._head.column_key(column), set()).add(column.column)
        return names


def _difference(state: GraphState, other: GraphState) -> dict[ColumnKey, Column]:
    """The columns of tables in both states that only the first one has."""
    surplus = {}
    for key in state.defined_tables.keys() & other.defined_tables.keys():
        columns, others = state.columns_of(key), other.columns_of(key)
        if columns is not None and others is not None:
            for column, text in columns.items():
                if column not in others:
                    surplus[column] = Column(state.tables[key].name, text)
    return surplus


def _spelled(state: GraphState, keys: Set[ColumnKey]) -> dict[ColumnKey, Column]:
    spelled = {}
    for table in {key.table for key in keys}:
        for column_key, text in (state.columns_of(table) or {}).items():
            if column_key in keys:
                spelled[column_key] = Column(state.tables[table].name, text)
    return spelled


def _impact(users: Sequence[ObjectUse]) -> ImpactClass:
    """The class of what is gone: what stands outside of the scan may use it in any case."""
    is_used = any(use.is_certain and not use.only_drops for use in users)
    return ImpactClass.BREAKING if is_used else ImpactClass.RISKY


def _place(module: Module) -> Location:
    return Location(module.path, module.line)


def _added(kind: ChangeKind, name: Name, location: Location | None) -> LineageChange:
    return LineageChange(kind, ImpactClass.HARMLESS, Column(name, None), location)
