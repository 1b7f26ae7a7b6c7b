"""INSERT, UPDATE, DELETE, TRUNCATE TABLE.

Source: https://learn.microsoft.com/sql/t-sql/statements/insert-transact-sql,
https://learn.microsoft.com/sql/t-sql/queries/update-transact-sql,
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
    Execute,
    Expression,
    Output,
    Query,
    Rows,
    Select,
    Source,
    Star,
    TableSource,
    Use,
    VariableRef,
    Write,
)
from ...model.names import Name
from ...model.vocabulary import StatementKind, Subtype, compose
from ..lexer import Kind
from ..queries import read_condition, read_expression, read_query, read_sources
from ..reader import Reader
from ..words import find, name_at, skip_group, split
from .base import (
    Form,
    Tokens,
    column_list,
    column_of,
    select_of,
    skip_hints,
    skip_top,
    table_source,
    target_at,
    with_common,
    without_option,
    word,
)
from .execute import read_execute
from .output import Changed, read_output

_BODY = frozenset({"VALUES", "SELECT", "EXEC", "EXECUTE", "DEFAULT", "WITH", "("})
_CONSTANT = {Kind.STRING: "'", Kind.NUMBER: "0"}
_COMPOUND = frozenset({"+=", "-=", "*=", "/=", "%=", "&=", "|=", "^="})


# --- INSERT --------------------------------------------------------------------------------------------------------


def insert(reader: Reader, tokens: Tokens, common: tuple[CommonTable, ...]) -> Form | None:
    """INSERT, with VALUES, a query, EXEC or DEFAULT VALUES."""
    tokens = without_option(tokens)
    at = skip_top(tokens, 1)
    at += word(tokens, at) == "INTO"
    start = at
    target, at = target_at(reader, tokens, at)
    span = reader.span(tokens[start:at])
    if target is None:
        read_query(reader, tokens[at:])
        return Form(StatementKind.INSERT)
    target = base_table(target, common)[0]
    reader.write(target)
    at = skip_hints(tokens, at)
    columns = None
    if word(tokens, at) == "(" and word(tokens, at + 1) not in ("SELECT", "WITH", "("):
        end = skip_group(tokens, at)
        columns, at = column_list(tokens[at + 1 : end - 1]), end
    body = _body_start(tokens, at)
    outputs, rest = tokens[at:body], tokens[body:]
    if word(rest, 0) in ("EXEC", "EXECUTE"):
        effects = read_execute(reader, rest)
        reader.strings = [replace(string, into=target, columns=columns) for string in reader.strings]
        return Form(StatementKind.INSERT, tuple(_into(effect, target, columns) for effect in effects))
    query = _insert_rows(reader, rest, common)
    effects = (Write(target, columns, query, span),)
    return Form(StatementKind.INSERT, effects + read_output(reader, outputs, Changed(target, query, columns, common=common)))


def _body_start(tokens: Tokens, at: int) -> int:
    """Where the rows of an INSERT begin, behind its OUTPUT clause."""
    if word(tokens, at) != "OUTPUT":
        return at
    at = find(tokens, _BODY, at)
    while word(tokens, at) == "(" and word(tokens, at + 1) not in ("SELECT", "WITH", "("):  # INTO t (columns)
        at = find(tokens, _BODY, skip_group(tokens, at))
    return at


def _into(effect: Effect, target: Name, columns: tuple[str, ...] | None) -> Effect:
    if isinstance(effect, Execute):
        return Execute(effect.procedure, effect.arguments, effect.span, target, columns)
    return effect


def _insert_rows(reader: Reader, tokens: Tokens, common: tuple[CommonTable, ...]) -> Query:
    if word(tokens, 0) == "VALUES":
        return Query(Rows(value_rows(reader, tokens[1:])), common)
    if word(tokens, 0) == "DEFAULT" or not tokens:
        return Query(Rows(()), common)
    return with_common(read_query(reader, tokens), common)


def value_rows(reader: Reader, tokens: Tokens) -> tuple[tuple[Expression, ...], ...]:
    """`(a, b), (c, d)`: of rows that differ only by constants one, since a megabyte of constants says nothing."""
    rows: dict[tuple[Expression, ...], None] = {}
    seen: set[tuple[str, ...]] = set()
    at = 0
    while at < len(tokens):
        if word(tokens, at) != "(":
            at += 1
            continue
        end = skip_group(tokens, at)
        shape = tuple(_CONSTANT.get(token.kind, token.value) for token in tokens[at:end])
        if shape not in seen:
            seen.add(shape)
            rows[tuple(_cell(reader, piece) for piece in split(tokens[at + 1 : end - 1]))] = None
        at = end
    return tuple(rows)


def _cell(reader: Reader, tokens: Tokens) -> Expression:
    if len(tokens) <= 2 and all(t.kind in _CONSTANT or t.upper in ("-", "+", "NULL", "DEFAULT") for t in tokens):
        return ()
    return read_expression(reader, tokens)


# --- UPDATE and DELETE ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Target:
    """The target of UPDATE or DELETE: its table, the name it has in scope, the sources, and its columns' names beneath a CTE."""

    table: Name
    alias: str
    sources: tuple[Source, ...]
    columns: dict[str, str]


def update(reader: Reader, tokens: Tokens, common: tuple[CommonTable, ...]) -> Form | None:
    """UPDATE, also through an alias or a common table expression."""
    if word(tokens, 1) == "STATISTICS":
        return None
    tokens = without_option(tokens)
    start = skip_top(tokens, 1)
    name, at = target_at(reader, tokens, start)
    span = reader.span(tokens[start:at])
    first = find(tokens, {"SET"}, at)
    clauses = _clauses(tokens, first + 1)
    sources, conditions = _scope(reader, clauses)
    if name is None:
        return Form(StatementKind.UPDATE)
    target = _target(name, span, sources, common)
    reader.write(target.table)
    columns, outputs, variables = _assignments(reader, clauses["SET"], target)
    query = select_of(tuple(outputs), target.sources, conditions, common)
    effects: list[Effect] = [Write(target.table, tuple(columns), query, span)]
    if variables:
        effects.append(
            Assign(tuple(n for n, _ in variables), select_of(tuple(o for _, o in variables), target.sources, conditions, common))
        )
    changed = Changed(target.table, query, tuple(columns), target.sources, conditions, common)
    return Form(StatementKind.UPDATE, (*effects, *read_output(reader, clauses["OUTPUT"], changed)))


def delete(reader: Reader, tokens: Tokens, common: tuple[CommonTable, ...]) -> Form | None:
    """DELETE, also through an alias or a common table expression."""
    tokens = without_option(tokens)
    start = skip_top(tokens, 1)
    start += word(tokens, start) == "FROM"
    name, at = target_at(reader, tokens, start)
    span = reader.span(tokens[start:at])
    clauses = _clauses(tokens, skip_hints(tokens, at))
    sources, conditions = _scope(reader, clauses)
    if name is None:
        return Form(StatementKind.DELETE)
    target = _target(name, span, sources, common)
    reader.write(target.table)
    effects = (Write(target.table, (), select_of((), target.sources, conditions, common), span),)
    changed = Changed(target.table, None, (), target.sources, conditions, common)
    return Form(StatementKind.DELETE, effects + read_output(reader, clauses["OUTPUT"], changed))


def truncate(reader: Reader, tokens: Tokens, common: tuple[CommonTable, ...]) -> Form | None:
    """TRUNCATE TABLE: it writes, and no data flows."""
    name, _ = name_at(tokens, 2)
    if name:
        reader.write(name)
    return Form(StatementKind.TRUNCATE_TABLE)


def _clauses(tokens: Tokens, at: int) -> dict[str, Tokens]:
    """What stands behind SET, OUTPUT (its word included), FROM and WHERE."""
    found: dict[str, Tokens] = {"SET": [], "OUTPUT": [], "FROM": [], "WHERE": []}
    current = "SET"
    while at < len(tokens):
        end = find(tokens, {"OUTPUT", "FROM", "WHERE"}, at + (current == "OUTPUT"))
        found[current] += tokens[at:end]
        current = word(tokens, end)
        at = end + (current != "OUTPUT")
    return found


def _scope(reader: Reader, clauses: dict[str, Tokens]) -> tuple[tuple[Source, ...], tuple[Condition, ...]]:
    sources, conditions = read_sources(reader, clauses["FROM"]) if clauses["FROM"] else ((), ())
    where = clauses["WHERE"]
    if where and word(where, 0) != "CURRENT":
        conditions = (*conditions, Condition(Subtype.FILTER, read_condition(reader, where)))
    return sources, conditions


def _target(name: Name, span: Span, sources: tuple[Source, ...], common: tuple[CommonTable, ...]) -> _Target:
    """Which table the named target is. One that FROM does not name joins the sources, but is not read."""
    for source in sources:
        if not _named(source, name):
            continue
        relation = source.relation
        if isinstance(relation, TableSource):
            table, columns = base_table(relation.name, common)
            return _Target(table, source.alias or relation.name.last, sources, columns)
        if isinstance(relation, Query):
            found = _only_table(relation)
            if found:
                table, columns = base_table(found, common)
                return _Target(table, source.alias or found.last, sources, {**columns, **_renamed(relation)})
    table, columns = base_table(name, common)
    return _Target(table, name.last, (table_source(name, span), *sources), columns)


def _named(source: Source, name: Name) -> bool:
    if source.alias is not None:
        return len(name.parts) == 1 and source.alias.casefold() == name.last.casefold()
    return isinstance(source.relation, TableSource) and _same_table(source.relation.name, name)


def _same_table(one: Name, other: Name) -> bool:
    shared = min(len(one.parts), len(other.parts))
    return [p.casefold() for p in one.parts[-shared:]] == [p.casefold() for p in other.parts[-shared:]]


def base_table(name: Name, common: tuple[CommonTable, ...]) -> tuple[Name, dict[str, str]]:
    """The table beneath a common table expression, and its column for each of the expression's (folded) names.

    The name itself where it is no expression's, or of one that reads several tables, so that which one is changed is not known.
    """
    columns: dict[str, str] = {}
    for table in reversed(common):
        if len(name.parts) != 1 or table.name.casefold() != name.last.casefold():
            continue
        found = _only_table(table.query)
        if found is None:
            break
        inner, below = base_table(found, common[: common.index(table)])
        mapped = _renamed(table.query, table.columns)
        columns = {alias: below.get(column.casefold(), column) for alias, column in mapped.items()} or below
        return inner, columns
    return name, columns


def _only_table(query: Query) -> Name | None:
    body = query.body
    if not isinstance(body, Select):
        return None
    if len(body.sources) != 1:
        return None
    only = body.sources[0].relation
    if isinstance(only, TableSource):
        return only.name
    return _only_table(only) if isinstance(only, Query) else None


def _renamed(query: Query, names: tuple[str, ...] | None = None) -> dict[str, str]:
    """For each output of a query that is a plain column: its (folded) name -> the column."""
    body = query.body
    if not isinstance(body, Select):
        return {}
    found: dict[str, str] = {}
    for position, output in enumerate(body.outputs):
        if isinstance(output, Star):
            continue
        name = names[position] if names and position < len(names) else output.name
        operand = output.expression[0].operand if len(output.expression) == 1 else None
        parts = getattr(operand, "parts", None)
        if name and parts:
            found[name.casefold()] = parts[-1]
    return found


def _assignments(reader: Reader, tokens: Tokens, target: _Target) -> tuple[list[str], list[Output], list[tuple[str, Output]]]:
    """The columns set and their values, and the variables set on the way (`@v = c = x`)."""
    columns: list[str] = []
    outputs: list[Output] = []
    variables: list[tuple[str, Output]] = []
    for piece in split(tokens):
        for column, variable, value in assignment(reader, piece, target.alias):
            output = Output(column or variable, value, reader.span(piece))
            if column:
                columns.append(target.columns.get(column.casefold(), column))
                outputs.append(output)
            else:
                variables.append((variable, output))
    return columns, outputs, variables


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
        inside = [token for part in split(piece[at + 1 : skip_group(piece, at) - 1])[:1] for token in part]
        value = read_expression(reader, inside, Subtype.TRANSFORMATION) if inside else ()
        return [(column, "", value + _kept(column, target, reader.span(piece)))]
    value_at = at + 1
    if piece[0].kind is Kind.VARIABLE and operator == "=":
        inner, after = name_at(piece, value_at)
        if inner and not inner.temporary and word(piece, after) in _COMPOUND | {"="}:  # @v = c = x
            found = assignment(reader, piece[value_at:], target)
            return [*found, *(("", piece[0].value, value) for _, _, value in found)]
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
