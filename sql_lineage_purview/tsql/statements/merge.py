"""MERGE.

Source: https://learn.microsoft.com/sql/t-sql/statements/merge-transact-sql
"""

from __future__ import annotations

from msgspec import Struct

from ...model.diagnostics import Span
from ...model.facts import (
    CommonTable,
    Condition,
    Effect,
    Expression,
    FunctionSource,
    Output,
    Query,
    SetOperation,
    Source,
    TableSource,
    Write,
)
from ...model.vocabulary import Action, StatementKind, Subtype
from ..queries.query_reader import read_condition, read_search, read_sources
from ..queries.statement_context import StatementContext
from ..reading.cursor import Cursor
from ..reading.words import split
from .base import (
    LoweredStatement,
    Tokens,
    apart,
    column_list,
    column_of,
    read_top,
    select_of,
    skip_hints,
    table_source,
    target_at,
    target_source,
    until_clause,
    without_option,
)
from .change import assignment
from .insert import value_rows
from .output_clause import Changed, read_output
from .targets import Beneath, beneath_source, unknown_target


class _Merge(Struct, frozen=True):
    """The parts that all actions share."""

    target: Beneath
    target_source: Source
    span: Span
    using: tuple[Source, ...]
    on: tuple[Condition, ...]
    ctes: tuple[CommonTable, ...]

    @property
    def scope_name(self) -> str:
        """The name that the target's columns are qualified with."""
        relation = self.target_source.relation
        return self.target_source.alias or (
            relation.name.object if isinstance(relation, (TableSource, FunctionSource)) else ""
        )


class _MergeAction(Struct, frozen=True):
    """What a WHEN clause assigns. `columns` None: INSERT without a column list."""

    columns: tuple[str, ...] | None
    values: tuple[Expression, ...]
    query: Query
    conditions: tuple[Condition, ...]
    sources: tuple[Source, ...] = ()
    action: Action = Action.UPDATE


def merge(
    context: StatementContext, tokens: Tokens, ctes: tuple[CommonTable, ...]
) -> LoweredStatement | None:
    """MERGE: each action writes its own columns from its own sources.

    Source: https://learn.microsoft.com/sql/t-sql/statements/merge-transact-sql
    """
    cursor = Cursor(without_option(tokens), 1)
    read_top(context, cursor)
    cursor.accept("INTO")
    start = cursor.index
    name = target_at(context, cursor)
    named = cursor.since(start)
    span = context.span(named)
    skip_hints(cursor)
    cursor.accept("AS")
    # MERGE dbo.t AS x USING …; the alias may also stand without AS
    alias_tokens = cursor.until("USING", "WHEN")
    cursor.accept("USING")
    source, on = _source_and_condition(cursor)
    sources, conditions = read_sources(context, source)
    on_uses = read_condition(context, on, Subtype.JOIN)
    if name is None:
        return LoweredStatement(StatementKind.MERGE)
    alias = alias_tokens[0].value if alias_tokens else None
    item = target_source(context, name, named, alias)
    below = beneath_source(item, ctes, None)
    if below is None:
        return unknown_target(context, StatementKind.MERGE, name, named[:1])
    target = below.written(context)
    if isinstance(item.relation, TableSource) and below.table is name:
        item = table_source(target, span, alias)
    shared = _Merge(
        below, item, span, sources, (*conditions, Condition(Subtype.JOIN, on_uses)), ctes
    )
    clauses = _clauses(until_clause(cursor, "OUTPUT"))
    actions = [action for clause in clauses if (action := _action(context, clause, shared))]
    effects: list[Effect] = [
        Write(target, a.columns, a.query, span, action=a.action) for a in actions
    ]
    # INSERT VALUES (…): which column has which value is not known before the table's are
    positional = next((a.query for a in actions if a.columns is None), None)
    columns, assigned = _assigned([a for a in actions if a.columns], shared)
    if assigned is None:
        columns, assigned, positional = (None if positional else ()), positional, None
    decided = tuple(
        dict.fromkeys(condition for action in actions for condition in action.conditions)
    )
    changed = Changed(
        target, assigned, columns, (shared.target_source, *sources), decided, ctes, positional
    )
    return LoweredStatement(
        StatementKind.MERGE, (*effects, *read_output(context, cursor.rest(), changed))
    )


def _source_and_condition(cursor: Cursor) -> tuple[Tokens, Tokens]:
    """What stands behind USING, before and behind the ON of the MERGE itself.

    Before it, each join of the source has its own.
    """
    tokens = cursor.until("WHEN")
    inside = Cursor(tokens)
    inside.until("ON")
    place = inside.index
    while inside.accept("ON"):
        inside.until("ON")
        place = inside.index if inside.word else place
    return tokens[:place], tokens[place + 1 :]


def _clauses(tokens: Tokens) -> list[Tokens]:
    return [piece for piece in split(tokens, "WHEN") if piece]


def _action(context: StatementContext, clause: Tokens, shared: _Merge) -> _MergeAction | None:
    """`[NOT] MATCHED [BY TARGET | SOURCE] [AND condition] THEN action`."""
    cursor = Cursor(clause)
    when = Cursor(cursor.until("THEN"))
    # only before AND: in `WHEN MATCHED AND source.a = 1` source is somebody's alias
    missing_in_source = "SOURCE" in {token.upper for token in when.until("AND")}
    # WHEN NOT MATCHED BY SOURCE: the row of the target has no partner, so no column of USING
    sources = (
        (shared.target_source,) if missing_in_source else (shared.target_source, *shared.using)
    )
    conditions = shared.on
    if when.accept("AND"):
        conditions = (*conditions, read_search(context, when.rest()))
    cursor.accept("THEN")
    if cursor.accept("UPDATE"):
        cursor.advance()  # SET
        return _update(context, cursor.rest(), shared, sources, conditions)
    if cursor.accept("INSERT"):
        return _insert(context, cursor, shared, conditions)
    sources = (shared.target_source, *shared.using)
    return _MergeAction(
        (), (), select_of((), sources, conditions, shared.ctes), conditions, action=Action.DELETE
    )


def _update(
    context: StatementContext,
    tokens: Tokens,
    shared: _Merge,
    sources: tuple[Source, ...],
    conditions: tuple[Condition, ...],
) -> _MergeAction:
    columns: list[str] = []
    values: list[Expression] = []
    for piece in split(tokens):
        for column, _, value in assignment(context, piece, shared.scope_name):
            if column:
                columns.append(shared.target.columns.get(column.casefold(), column))
                values.append(value)
    query = _query(shared, tuple(columns), values, sources, conditions)
    return _MergeAction(tuple(columns), tuple(values), query, conditions, sources)


def _insert(
    context: StatementContext, cursor: Cursor, shared: _Merge, conditions: tuple[Condition, ...]
) -> _MergeAction:
    columns = None
    if cursor.word == "(":
        names = column_list(cursor.group())
        columns = tuple(shared.target.columns.get(name.casefold(), name) for name in names)
    # MERGE inserts one row for each of the source that has no partner: no list of rows, no SELECT
    rows = value_rows(context, cursor) if cursor.accept("VALUES") else ()
    values = list(rows[0]) if rows else []
    # without a list the values go by position to the columns that the definition tells
    names = columns if columns is not None else tuple("" for _ in values)
    query = _query(shared, names, values, shared.using, conditions)
    return _MergeAction(columns, tuple(values), query, conditions, shared.using, Action.INSERT)


def _query(
    shared: _Merge,
    columns: tuple[str, ...],
    values: list[Expression],
    sources: tuple[Source, ...],
    conditions: tuple[Condition, ...],
) -> Query:
    """The values of one action, which see only `sources`; the conditions see both sides."""
    named = (*columns[: len(values)], *("" for _ in values[len(columns) :]))
    outputs = tuple(Output(c or None, v, shared.span) for c, v in zip(named, values, strict=True))
    everything = (shared.target_source, *shared.using)
    if len(sources) < len(everything):
        conditions = apart(everything, conditions)
    return select_of(outputs, sources, conditions, shared.ctes)


def _assigned(
    actions: list[_MergeAction], shared: _Merge
) -> tuple[tuple[str, ...] | None, Query | None]:
    """What `inserted` holds behind the actions that name columns.

    Of each column that is the values of all actions, else the column itself.
    """
    columns = tuple(dict.fromkeys(column for action in actions for column in action.columns or ()))
    aliases = {column.casefold(): alias for alias, column in shared.target.columns.items()}
    combined: Query | None = None
    for action in actions:
        names = [c.casefold() for c in action.columns or ()]
        assignments = (
            dict(zip(names, action.values, strict=True))
            if len(names) == len(action.values)
            else dict.fromkeys(names, ())
        )
        # a row that is new has no old value: what INSERT does not set is a default
        before = "" if action.action is Action.INSERT else shared.scope_name
        values = [
            assignments.get(
                c.casefold(),
                column_of(aliases.get(c.casefold(), c), before, shared.span) if before else (),
            )
            for c in columns
        ]
        query = _query(shared, columns, values, action.sources, ())
        # each row of `inserted` comes of one action, so its columns are those of any of them
        combined = query if combined is None else Query(SetOperation("UNION", combined, query))
    return columns, combined
