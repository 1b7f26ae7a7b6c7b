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
from ..lexer import Kind
from ..queries import read_expression, read_search, read_sources
from ..reader import Reader
from ..words import find, name_at, skip_group, split
from ..xquery import values_in_xquery
from .base import (
    Form,
    Tokens,
    column_of,
    find_clause,
    read_top,
    select_of,
    skip_hints,
    target_at,
    target_source,
    without_option,
    word,
)
from .output import Changed, read_output
from .targets import Beneath, beneath_source, unknown_target

_COMPOUND = frozenset({"+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "||="})


@dataclass(frozen=True, slots=True)
class _Target:
    """The target of UPDATE or DELETE: its table and what its columns are called there, the name it has in scope, the sources."""

    underlying_table: Beneath
    alias: str
    sources: tuple[Source, ...]


def update(reader: Reader, tokens: Tokens, common: tuple[CommonTable, ...]) -> Form | None:
    """UPDATE, also through an alias or a common table expression."""
    if word(tokens, 1) == "STATISTICS":
        return None
    tokens = without_option(tokens)
    start = read_top(reader, tokens, 1)
    name, at = target_at(reader, tokens, start) if word(tokens, start) != "SET" else (None, start)
    span = reader.span(tokens[start:at])
    first = find(tokens, {"SET"}, at)
    clauses = _clauses(tokens, first + 1)
    sources, conditions = _scope(reader, clauses)
    if name is None:
        for piece in split(clauses["SET"]):
            assignment(reader, piece, "")
        return Form(StatementKind.UPDATE)
    item = target_source(reader, name, tokens[start:at])
    target = _target(name, item, sources, common, _first_assigned(clauses["SET"]))
    if target is None:
        return unknown_target(reader, StatementKind.UPDATE, name, tokens[start:at])
    table = target.underlying_table.written(reader)
    columns, outputs, variables = _assignments(reader, clauses["SET"], target)
    query = select_of(tuple(outputs), target.sources, conditions, common)
    effects: list[Effect] = [Write(table, tuple(columns), query, span, action=Action.UPDATE)]
    if variables:
        carried = _carried(outputs, variables)
        values = select_of(tuple(o for _, o in carried), target.sources, conditions, common)
        effects.insert(0 if carried != variables else 1, Assign(tuple(n for n, _ in carried), values, keeps=True))
    changed = Changed(table, query, tuple(columns), target.sources, conditions, common)
    return Form(StatementKind.UPDATE, (*effects, *read_output(reader, clauses["OUTPUT"], changed)))


def delete(reader: Reader, tokens: Tokens, common: tuple[CommonTable, ...]) -> Form | None:
    """DELETE, also through an alias or a common table expression."""
    tokens = without_option(tokens)
    start = read_top(reader, tokens, 1)
    start += word(tokens, start) == "FROM"
    name, at = target_at(reader, tokens, start)
    span = reader.span(tokens[start:at])
    clauses = _clauses(tokens, skip_hints(tokens, at))
    sources, conditions = _scope(reader, clauses)
    if name is None:
        return Form(StatementKind.DELETE)
    target = _target(name, target_source(reader, name, tokens[start:at]), sources, common, None)
    if target is None:
        return unknown_target(reader, StatementKind.DELETE, name, tokens[start:at])
    table = target.underlying_table.written(reader)
    rows = select_of((), target.sources, conditions, common)
    effects: tuple[Effect, ...] = (Write(table, (), rows, span, action=Action.DELETE),)
    if tokens[-1] is tokens[at - 1] and word(tokens, 1) != "TOP":
        emptied = _emptied(table, span)
        effects = (emptied,) if table.temporary else (*effects, emptied)
    changed = Changed(table, None, (), target.sources, conditions, common)
    return Form(StatementKind.DELETE, effects + read_output(reader, clauses["OUTPUT"], changed))


def truncate(reader: Reader, tokens: Tokens, common: tuple[CommonTable, ...]) -> Form | None:
    """TRUNCATE TABLE: it writes, and no data flows."""
    name, _ = name_at(tokens, 2)
    if name:
        reader.write(reader.there(name))
    emptied = (_emptied(reader.there(name), reader.span(tokens)),) if name else ()
    return Form(StatementKind.TRUNCATE_TABLE, emptied)


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
        current = word(tokens, end)
        at = end + (current != "OUTPUT")
    return clauses


def _scope(reader: Reader, clauses: dict[str, Tokens]) -> tuple[tuple[Source, ...], tuple[Condition, ...]]:
    sources, conditions = read_sources(reader, clauses["FROM"]) if clauses["FROM"] else ((), ())
    where = clauses["WHERE"]
    if where and word(where, 0) != "CURRENT":
        conditions = (*conditions, read_search(reader, where))
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


def _assignments(reader: Reader, tokens: Tokens, target: _Target) -> tuple[list[str], list[Output], list[tuple[str, Output]]]:
    """The columns set and their values, and the variables set on the way (`@v = c = x`)."""
    columns: list[str] = []
    outputs: list[Output] = []
    variables: list[tuple[str, Output]] = []
    for piece in split(tokens):
        for column, variable, value in assignment(reader, piece, target.alias):
            output = Output(column or variable, value, reader.span(piece))
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


def assignment(reader: Reader, piece: Tokens, target: str) -> list[tuple[str, str, Expression]]:
    """`c = x`, `c += x`, `t.c = x`, `c.WRITE(x, …)`, `@v = x`, `@v = c = x`: (column, variable, value), one name empty."""
    if len(piece) < 3:
        return []
    name, at = name_at(piece, 0)
    operator = word(piece, at)
    if name is None:
        return []
    if operator == "(":  # c.WRITE(value, offset, length), a method of a CLR type
        column = name.parts[-2] if len(name.parts) > 1 else name.last
        parts = split(piece[at + 1 : skip_group(piece, at) - 1])
        values = parts[:1] if name.last.upper() == "WRITE" else parts  # behind the value of WRITE stand offset and length
        value = tuple(use for part in values for use in read_expression(reader, part, Subtype.TRANSFORMATION))
        if name.last.lower() == "modify":
            value += values_in_xquery(" ".join(token.value for token in piece), reader.span(piece), Subtype.TRANSFORMATION)
        return [(column, "", value + _kept(column, target, reader.span(piece)))]
    value_at = at + 1
    if piece[0].kind is Kind.VARIABLE and operator == "=":
        inner, after = name_at(piece, value_at)
        if inner and not inner.temporary and word(piece, after) in _COMPOUND | {"="}:  # @v = c = x
            assignments = assignment(reader, piece[value_at:], target)
            return [*assignments, *(("", piece[0].value, value) for _, _, value in assignments)]
    value = read_expression(reader, piece[value_at:])
    if operator in _COMPOUND:
        value = tuple(Use(use.operand, compose(Subtype.TRANSFORMATION, use.subtype)) for use in value)
        if piece[0].kind is Kind.VARIABLE:
            value = (Use(VariableRef(piece[0].value), Subtype.TRANSFORMATION), *value)
        else:
            value = (*_kept(name.last, target, reader.span(piece)), *value)
    if piece[0].kind is Kind.VARIABLE:
        return [("", piece[0].value, value)]
    return [(name.last, "", value)]


def _kept(column: str, target: str, span: Span) -> Expression:
    """The old value of a column, which takes part in its new one."""
    return tuple(Use(use.operand, Subtype.TRANSFORMATION) for use in column_of(column, target, span))
