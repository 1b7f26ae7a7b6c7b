"""UPDATE, DELETE, TRUNCATE TABLE.

Source: https://learn.microsoft.com/sql/t-sql/queries/update-transact-sql,
https://learn.microsoft.com/sql/t-sql/statements/delete-transact-sql
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ...model.diagnostics import Span
from ...model.facts import (
    Assign,
    CommonTable,
    Condition,
    Effect,
    Expression,
    Output,
    Query,
    Rows,
    Source,
    TableSource,
    Use,
    VariableRef,
    Write,
)
from ...model.names import Name
from ...model.vocabulary import Action, StatementKind, Subtype, compose
from ..queries.query_reader import read_expression, read_search, read_sources
from ..queries.statement_context import StatementContext
from ..queries.xquery import values_in_xquery
from ..reading.keywords import ASSIGNMENT_OPERATORS, COMPOUND_OPERATORS
from ..reading.lexer import Kind
from ..reading.words import find, name_at, skip_group, split, word_at
from .base import (
    LoweredStatement,
    Tokens,
    column_of,
    find_clause,
    read_top,
    select_of,
    skip_hints,
    target_at,
    target_source,
    without_option,
)
from .output_clause import Changed, read_output
from .targets import Beneath, beneath_source, unknown_target


@dataclass(frozen=True, slots=True)
class _Target:
    """The target of UPDATE or DELETE: its table and what its columns are called there, the name it has in scope, the sources."""

    underlying_table: Beneath
    alias: str
    sources: tuple[Source, ...]


def update(context: StatementContext, tokens: Tokens, common: tuple[CommonTable, ...]) -> LoweredStatement | None:
    """UPDATE, also through an alias or a common table expression."""
    if word_at(tokens, 1) == "STATISTICS":
        return None
    tokens = without_option(tokens)
    start = read_top(context, tokens, 1)
    name, at = target_at(context, tokens, start) if word_at(tokens, start) != "SET" else (None, start)
    span = context.span(tokens[start:at])
    first = find(tokens, {"SET"}, at)
    clauses = _clauses(tokens, first + 1)
    sources, conditions = _scope(context, clauses)
    if name is None:
        for piece in split(clauses["SET"]):
            assignment(context, piece, "")
        return LoweredStatement(StatementKind.UPDATE)
    item = target_source(context, name, tokens[start:at])
    target = _target(name, item, sources, common, _first_assigned(clauses["SET"]))
    if target is None:
        return unknown_target(context, StatementKind.UPDATE, name, tokens[start:at])
    table = target.underlying_table.written(context)
    columns, outputs, variables = _assignments(context, clauses["SET"], target)
    query = select_of(tuple(outputs), target.sources, conditions, common)
    effects: list[Effect] = [Write(table, tuple(columns), query, span, action=Action.UPDATE)]
    if variables:
        carried = _carried(outputs, variables)
        values = select_of(tuple(o for _, o in carried), target.sources, conditions, common)
        effects.insert(0 if carried != variables else 1, Assign(tuple(n for n, _ in carried), values, keeps=True))
    changed = Changed(table, query, tuple(columns), target.sources, conditions, common)
    return LoweredStatement(StatementKind.UPDATE, (*effects, *read_output(context, clauses["OUTPUT"], changed)))


def delete(context: StatementContext, tokens: Tokens, common: tuple[CommonTable, ...]) -> LoweredStatement | None:
    """DELETE, also through an alias or a common table expression."""
    tokens = without_option(tokens)
    start = read_top(context, tokens, 1)
    start += word_at(tokens, start) == "FROM"
    name, at = target_at(context, tokens, start)
    span = context.span(tokens[start:at])
    clauses = _clauses(tokens, skip_hints(tokens, at))
    sources, conditions = _scope(context, clauses)
    if name is None:
        return LoweredStatement(StatementKind.DELETE)
    target = _target(name, target_source(context, name, tokens[start:at]), sources, common, None)
    if target is None:
        return unknown_target(context, StatementKind.DELETE, name, tokens[start:at])
    table = target.underlying_table.written(context)
    rows = select_of((), target.sources, conditions, common)
    effects: tuple[Effect, ...] = (Write(table, (), rows, span, action=Action.DELETE),)
    if tokens[-1] is tokens[at - 1] and word_at(tokens, 1) != "TOP":
        emptied = _emptied(table, span)
        effects = (emptied,) if table.temporary else (*effects, emptied)
    changed = Changed(table, None, (), target.sources, conditions, common)
    return LoweredStatement(StatementKind.DELETE, effects + read_output(context, clauses["OUTPUT"], changed))


def truncate(context: StatementContext, tokens: Tokens, common: tuple[CommonTable, ...]) -> LoweredStatement | None:
    """TRUNCATE TABLE: it writes, and no data flows."""
    name, _ = name_at(tokens, 2)
    if name:
        context.write(context.on_linked_server(name))
    emptied = (_emptied(context.on_linked_server(name), context.span(tokens)),) if name else ()
    return LoweredStatement(StatementKind.TRUNCATE_TABLE, emptied)


def _emptied(name: Name, span: Span) -> Write:
    """All rows go."""
    return Write(name, (), Query(Rows(())), span, action=Action.DELETE)


def _clauses(tokens: Tokens, at: int) -> dict[str, Tokens]:
    """What stands behind SET, OUTPUT (its word included), FROM and WHERE."""
    clauses: dict[str, Tokens] = {"SET": [], "OUTPUT": [], "FROM": [], "WHERE": []}
    current = "SET"
    while at < len(tokens):
        end = find_clause(tokens, {"OUTPUT", "FROM", "WHERE"}, at + (current == "OUTPUT"))
        clauses[current] += tokens[at:end]
        current = word_at(tokens, end)
        at = end + (current != "OUTPUT")
    return clauses


def _scope(context: StatementContext, clauses: dict[str, Tokens]) -> tuple[tuple[Source, ...], tuple[Condition, ...]]:
    sources, conditions = read_sources(context, clauses["FROM"]) if clauses["FROM"] else ((), ())
    where = clauses["WHERE"]
    if where and word_at(where, 0) != "CURRENT":
        conditions = (*conditions, read_search(context, where))
    return sources, conditions


def _target(
    name: Name, item: Source, sources: tuple[Source, ...], common: tuple[CommonTable, ...], column: str | None
) -> _Target | None:
    """Which table the named target is. One that FROM does not name joins the sources as `item`, but is not read.

    A table that FROM holds once is meant there, although it has an alias. `column` is one that the statement assigns: of several
    tables beneath a CTE it tells the changed one. None: not known.
    """
    named = [source for source in sources if _named(source, name)]
    candidates = [source for source in sources if _stands_for(source, name)]
    for source in named or (candidates if len(candidates) == 1 else ()):
        underlying_table = beneath_source(source, common, column)
        alias = source.alias or (source.relation.name.last if isinstance(source.relation, TableSource) else "")
        return _Target(underlying_table, alias, sources) if underlying_table else None
    underlying_table = beneath_source(item, common, column)
    return _Target(underlying_table, name.last, (item, *sources)) if underlying_table else None


def _named(source: Source, name: Name) -> bool:
    if source.alias is not None:
        return len(name.parts) == 1 and source.alias.casefold() == name.last.casefold()
    return isinstance(source.relation, TableSource) and _same_table(source.relation.name, name)


def _stands_for(source: Source, name: Name) -> bool:
    """Is it the table, under an alias? The rows of a trigger, which are its table's too, are not.

    `UPDATE dbo.t … FROM Stage.dbo.t AS s` has two tables; which one a name without its schema means is not told here.
    """
    if (source.alias or "").casefold() in ("inserted", "deleted") or not isinstance(source.relation, TableSource):
        return False
    source_parts, target_parts = ([part.casefold() for part in some.parts] for some in (source.relation.name, name))
    return source_parts == target_parts or (
        sorted((len(source_parts), len(target_parts))) == [1, 2]
        and "dbo" in (source_parts[0], target_parts[0])
        and source_parts[-1] == target_parts[-1]
    )


def _same_table(first: Name, second: Name) -> bool:
    shared = min(len(first.parts), len(second.parts))
    return [p.casefold() for p in first.parts[-shared:]] == [p.casefold() for p in second.parts[-shared:]]


def _first_assigned(tokens: Tokens) -> str | None:
    """The first column that SET assigns."""
    names = (name_at(piece, 0) for piece in split(tokens))
    return next((name.last for name, _ in names if name and not name.temporary), None)


def _assignments(
    context: StatementContext, tokens: Tokens, target: _Target
) -> tuple[list[str], list[Output], list[tuple[str, Output]]]:
    """The columns set and their values, and the variables set on the way (`@v = c = x`)."""
    columns: list[str] = []
    outputs: list[Output] = []
    variables: list[tuple[str, Output]] = []
    for piece in split(tokens):
        for column, variable, value in assignment(context, piece, target.alias):
            output = Output(column or variable, value, context.span(piece))
            if column:
                columns.append(target.underlying_table.columns.get(column.casefold(), column))
                outputs.append(output)
            else:
                variables.append((variable, output))
    return columns, outputs, variables


def _carried(outputs: list[Output], variables: list[tuple[str, Output]]) -> list[tuple[str, Output]]:
    """`SET @v += a, b = @v`: a variable that a column takes goes from row to row, so it has its old value or the new one."""
    used = {use.operand.name.casefold() for o in outputs for use in o.expression if isinstance(use.operand, VariableRef)}
    return [
        (name, replace(o, expression=(Use(VariableRef(name), Subtype.IDENTITY), *o.expression)) if name.casefold() in used else o)
        for name, o in variables
    ]


def assignment(context: StatementContext, piece: Tokens, target: str) -> list[tuple[str, str, Expression]]:
    """`c = x`, `c += x`, `t.c = x`, `c.WRITE(x, …)`, `@v = x`, `@v = c = x`: (column, variable, value), one name empty."""
    if len(piece) < 3:
        return []
    name, at = name_at(piece, 0)
    operator = word_at(piece, at)
    if name is None:
        return []
    if operator == "(":  # c.WRITE(value, offset, length), a method of a CLR type
        column = name.parts[-2] if len(name.parts) > 1 else name.last
        parts = split(piece[at + 1 : skip_group(piece, at) - 1])
        values = parts[:1] if name.last.upper() == "WRITE" else parts  # behind the value of WRITE stand offset and length
        value = tuple(use for part in values for use in read_expression(context, part, Subtype.TRANSFORMATION))
        if name.last.lower() == "modify":
            value += values_in_xquery(" ".join(token.value for token in piece), context.span(piece), Subtype.TRANSFORMATION)
        return [(column, "", value + _kept(column, target, context.span(piece)))]
    value_at = at + 1
    if piece[0].kind is Kind.VARIABLE and operator == "=":
        inner, after = name_at(piece, value_at)
        if inner and not inner.temporary and word_at(piece, after) in ASSIGNMENT_OPERATORS:  # @v = c = x
            assignments = assignment(context, piece[value_at:], target)
            return [*assignments, *(("", piece[0].value, value) for _, _, value in assignments)]
    value = read_expression(context, piece[value_at:])
    if operator in COMPOUND_OPERATORS:
        value = tuple(Use(use.operand, compose(Subtype.TRANSFORMATION, use.subtype)) for use in value)
        if piece[0].kind is Kind.VARIABLE:
            value = (Use(VariableRef(piece[0].value), Subtype.TRANSFORMATION), *value)
        else:
            value = (*_kept(name.last, target, context.span(piece)), *value)
    if piece[0].kind is Kind.VARIABLE:
        return [("", piece[0].value, value)]
    return [(name.last, "", value)]


def _kept(column: str, target: str, span: Span) -> Expression:
    """The old value of a column, which takes part in its new one."""
    return tuple(Use(use.operand, Subtype.TRANSFORMATION) for use in column_of(column, target, span))
