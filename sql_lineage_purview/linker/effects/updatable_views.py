"""Updatable views: which columns of which base tables a change through a view reaches.

A change through an inline function is treated in the same way.

A column of a view can be written where it is a column of one table, taken as it is; what is
computed, grouped or made by a set operation cannot. A view of a UNION ALL spreads its rows over the
tables of its branches. Where a trigger stands INSTEAD OF the action, the server runs that, and the
view's own text says nothing of the change.

Source: https://learn.microsoft.com/sql/t-sql/statements/create-view-transact-sql#updatable-views,
https://learn.microsoft.com/sql/t-sql/statements/create-trigger-transact-sql (INSTEAD OF)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct, field
from msgspec.structs import replace

from ...model.facts import (
    CommonTable,
    FunctionSource,
    Query,
    Select,
    StatementFact,
    TableSource,
    Write,
)
from ...model.graph import Column
from ...model.names import Name, is_left_open
from ...model.vocabulary import Action, Subtype, TableKind
from ..binding.binder import Binder
from ..definitions.scan_definitions import ModuleEntry
from ..frames.frame import Frame, Through
from ..relations.provenance import EXACT, EXPANDED, Provenance
from ..relations.relation import Relation
from ..relations.relation_columns import STAR
from ..relations.scope import lookup
from .frame_environment import OriginEnvironment, branch_columns, branches, frame_of


class NotUpdatableError(Exception):
    """A change of a view reaches no table: the server refuses it, or it is not known.

    `code`: that of the finding, if any.
    """

    def __init__(self, code: str | None, message: str = "") -> None:
        super().__init__(message)
        self.code = code


class BaseColumn(Struct, frozen=True):
    """The column of a base table that a column of a view is, and how surely."""

    column: Column
    provenance: Provenance


class Member(Struct):
    """The base tables that a change reaches, seen through one branch of each UNION ALL.

    `columns`: those written, by their folded names in the view.
    """

    through: Through
    columns: dict[str, BaseColumn] = field(default_factory=dict)
    tables: dict[Name, None] = field(default_factory=dict)


class ViewReach(Struct, frozen=True):
    """What a change of a view reaches. `columns`: those of the view that it writes."""

    columns: tuple[str, ...]
    members: tuple[Member, ...]


class _Path(Struct, frozen=True):
    """One way down from a view to a base table. `column` None: to its rows as a whole."""

    table: Name
    column: str | None
    provenance: Provenance
    through: Through


def looked_through(frame: Frame, statement: StatementFact) -> Through:
    """The views and functions that a statement changes what is beneath of.

    It sees their tables wherever it names them.
    """
    views: Through = {}
    for effect in statement.effects:
        view = changed_view(frame, effect) if isinstance(effect, Write) else None
        if isinstance(effect, Write) and view is not None:
            try:
                members = reach(frame, effect, view).members
            except NotUpdatableError:
                continue
            views |= dict.fromkeys(name for member in members for name in member.through)
    return views


def changed_view(frame: Frame, write: Write) -> Name | None:
    """The view or inline function that a write goes through.

    None where it goes into what it names.
    """
    if write.creates or write.target.temporary or write.target.address:
        return None
    target = frame.canonical(write.target)
    return target if is_changeable(frame, target, write.action) else None


def is_changeable(frame: Frame, name: Name, action: Action) -> bool:
    """Is it a view or an inline function, for which no trigger stands in?

    A trigger that changes its own view changes the tables beneath.
    """
    entry = frame.context.definitions.module(name)
    if entry is None or entry.fact.query is None:
        return False
    table = frame.context.definitions.table(name)
    if table is not None and table.defined_at and table.kind is not TableKind.VIEW:
        return False
    trigger = frame.context.definitions.trigger_instead_of(name, action)
    return trigger is None or trigger in frame.place.calls


def reach(frame: Frame, write: Write, view: Name) -> ViewReach:
    """What a write into a view reaches.

    Raises:
        NotUpdatableError: nothing that is known.
    """
    search = _ViewSearch(frame, write.action)
    if write.columns == ():
        return ViewReach((), _members((path, None) for path in search.rows(view)))
    columns = search.written(write, view)
    paths = [
        (path, frame.naming.fold(column))
        for column in columns
        for path in search.column(view, column)
    ]
    return ViewReach(columns, _members(paths))


def _is_inserted(frame: Frame, view: Name) -> bool:
    """Does a trigger of the view run that sees the view as its `inserted` and `deleted`?

    These two are then the view and what was to go into it.
    """
    definitions, calls = frame.context.definitions, frame.place.calls
    return any(definitions.trigger_instead_of(view, action) in calls for action in Action)


def _members(paths: Iterable[tuple[_Path, str | None]]) -> tuple[Member, ...]:
    members: dict[tuple[tuple[Name, int | None], ...], Member] = {}
    for path, name in paths:
        member = members.setdefault(tuple(path.through.items()), Member(path.through))
        member.tables[path.table] = None
        if name is not None and path.column is not None:
            member.columns[name] = BaseColumn(Column(path.table, path.column), path.provenance)
    return tuple(members.values())


class _ViewSearch(Struct, frozen=True):
    """Goes down from a view, through others if need be, to the tables that an action changes."""

    frame: Frame
    action: Action

    # --- columns ----------------------------------------------------------------------------------

    def written(self, write: Write, view: Name) -> tuple[str, ...]:
        """The columns of a view that a write names or stands for.

        What the server supplies or computes is passed over.
        """
        if write.columns is not None:
            return write.columns
        if write.match:
            return tuple(sink for _, sink in write.match)
        names = branch_columns(self.frame, self._entry(view))
        if names is None:
            return (STAR,)
        return tuple(name for name in names if self._is_insertable(view, name))

    def _is_insertable(self, view: Name, name: str) -> bool:
        try:
            paths = list(self.column(view, name))
        except NotUpdatableError:
            return False
        return not any(self._is_generated(path) for path in paths)

    def _is_generated(self, path: _Path) -> bool:
        facts = self.frame.context.definitions.columns(path.table, self.frame.place.path) or ()
        return any(fact.generated and fact.name == path.column for fact in facts)

    def column(self, view: Name, name: str, above: tuple[Name, ...] = ()) -> Iterator[_Path]:
        """The base columns that a column of a view is: of each branch of a UNION ALL one."""
        self._guard(view, above)
        if name == STAR or name.startswith("$") or is_left_open(name):
            yield from (
                replace(path, column=name, provenance=EXPANDED) for path in self.rows(view, above)
            )
            return
        for number, bound in self._branches(view):
            origin, provenance = self._origin(view, bound, name)
            inner = [_Path(origin.table, origin.column, EXACT, {})]
            if is_changeable(self.frame, origin.table, self.action):
                inner = list(self.column(origin.table, origin.column or STAR, (*above, view)))
            yield from (
                replace(
                    path,
                    provenance=path.provenance & provenance,
                    through=self._seen(view, number) | path.through,
                )
                for path in inner
            )

    def _origin(self, view: Name, bound: Relation, name: str) -> tuple[Column, Provenance]:
        column = lookup(self.frame.naming, bound, name)
        if column is not None and column.origin is not None:
            return column.origin, column.flows.get((column.origin, Subtype.IDENTITY), EXACT)
        if column is not None and column.name != STAR:
            raise NotUpdatableError(
                "SLP210",
                f"{view}.{name} is no column of a table, but computed, grouped or made "
                "by a set operation",
            )
        # SELECT * FROM one table of unknown columns passes each of them on under its own name
        if len(bound.open) == 1 and not bound.opaque:
            return Column(bound.open[0], name), EXPANDED
        if bound.closed:  # of a view that is reported as a column that it does not have
            is_view = self.frame.context.definitions.view(view) is not None
            raise (
                NotUpdatableError(None)
                if is_view
                else NotUpdatableError("SLP201", f"{name}: it has no such column")
            )
        raise NotUpdatableError(
            "SLP211", f"{view}.{name}: of which table it is a column is not known"
        )

    # --- rows -------------------------------------------------------------------------------------

    def rows(self, view: Name, above: tuple[Name, ...] = ()) -> Iterator[_Path]:
        """The base tables whose rows are those of a view: of each branch of a UNION ALL one."""
        self._guard(view, above)
        entry = self._entry(view)
        queries = branches(entry)
        for number, query in enumerate(queries):
            tables = list(self._tables(entry, query, ()))
            if len(tables) != 1:
                what = "joins several tables" if tables else "is made of no table"
                raise NotUpdatableError("SLP210", f"{view} {what}")
            if tables[0].system:
                raise NotUpdatableError("SLP210", f"{view} is made of the system's own {tables[0]}")
            inner = [_Path(tables[0], None, EXACT, {})]
            if is_changeable(self.frame, tables[0], self.action):
                inner = list(self.rows(tables[0], (*above, view)))
            through = self._seen(view, number if len(queries) > 1 else None)
            yield from (replace(path, through={**through, **path.through}) for path in inner)

    def _tables(
        self, entry: ModuleEntry, query: Query, ctes: tuple[CommonTable, ...]
    ) -> Iterator[Name]:
        """The tables, views and inline functions that a query takes its rows from."""
        ctes += query.ctes
        if not isinstance(query.body, Select) or query.body.grouped:
            raise NotUpdatableError("SLP210", f"a row of {entry.name} is no row of one table")
        place = frame_of(self.frame, entry)
        for source in query.body.sources:
            relation = source.relation
            if isinstance(relation, Query):
                yield from self._tables(entry, relation, ctes)
            elif isinstance(relation, TableSource):
                inner = _expression(relation.name, ctes)
                if inner is not None:
                    # a common table expression sees those that stand before it
                    yield from self._tables(entry, inner.query, ctes[: ctes.index(inner)])
                else:
                    yield place.canonical(relation.name)
            elif isinstance(relation, FunctionSource):
                name = place.canonical(relation.name)
                if is_changeable(self.frame, name, self.action):
                    yield name

    def _seen(self, view: Name, number: int | None) -> Through:
        return {} if _is_inserted(self.frame, view) else {view: number}

    # --- what stands in the scan ------------------------------------------------------------------

    def _entry(self, view: Name) -> ModuleEntry:
        entry = self.frame.context.definitions.module(view)
        if entry is None:
            raise NotUpdatableError(None)
        return entry

    def _guard(self, view: Name, above: tuple[Name, ...]) -> None:
        if view in above:
            raise NotUpdatableError("SLP210", f"{view} is made of itself")

    def _branches(self, view: Name) -> list[tuple[int | None, Relation]]:
        """The branches of a view's UNION ALL, under the names of the view.

        They are bound with the origins of their columns.
        """
        entry = self._entry(view)
        updatable_views, recorder = self.frame.context.updatable, self.frame.context.recorder
        if entry.name not in updatable_views:
            with recorder.part() as findings:
                environment = OriginEnvironment(frame_of(self.frame, entry))
                names = branch_columns(self.frame, entry)
                bound_branches = [
                    Binder(environment, origins=True).query(query).listed(names)
                    for query in branches(entry)
                ]
            updatable_views[entry.name] = bound_branches, findings
        bound_branches, findings = updatable_views[entry.name]
        recorder.include(findings)
        return [
            (number if len(bound_branches) > 1 else None, bound)
            for number, bound in enumerate(bound_branches)
        ]


def _expression(name: Name, ctes: tuple[CommonTable, ...]) -> CommonTable | None:
    # `dbo.x` is never a common table expression, whatever WITH names
    if len(name.parts) > 1:
        return None
    return next(
        (table for table in reversed(ctes) if table.name.casefold() == name.object.casefold()), None
    )
