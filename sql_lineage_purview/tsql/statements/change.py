"""UPDATE, DELETE, TRUNCATE TABLE.

Source: https://learn.microsoft.com/sql/t-sql/queries/update-transact-sql,
https://learn.microsoft.com/sql/t-sql/statements/delete-transact-sql
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

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
from ..reading.cursor import VARIABLE, Cursor
from ..reading.keywords import ASSIGNMENT_OPERATORS, COMPOUND_OPERATORS
from ..reading.lexer import Kind
from ..reading.words import split
from .base import (
    LoweredStatement,
    Tokens,
    column_of,
    read_top,
    select_of,
    skip_hints,
    target_at,
    target_source,
    until_clause,
    without_option,
)
from .output_clause import Changed, read_output
from .targets import Beneath, beneath_source, unknown_target


class _ChangedTable(Struct, frozen=True):
    """The target of UPDATE or DELETE.

    It has its table and what its columns are called there, the name that it goes by in scope,
    and the sources.
    """

    underlying_table: Beneath
    alias: str
    sources: tuple[Source, ...]


def update(
    context: StatementContext, tokens: Tokens, ctes: tuple[CommonTable, ...]
) -> LoweredStatement | None:
    """UPDATE, also through an alias or a common table expression.

    Source: https://learn.microsoft.com/sql/t-sql/queries/update-transact-sql
    """
    cursor = Cursor(without_option(tokens), 1)
    # UPDATE STATISTICS dbo.t: the optimizer's histograms are made anew, no row changes
    if cursor.word == "STATISTICS":
        return None
    read_top(context, cursor)
    start = cursor.index
    # `UPDATE SET a = dbo.f()` is broken, which `grammar` says; what it calls is still read
    name = target_at(context, cursor) if cursor.word != "SET" else None
    named = cursor.since(start)
    span = context.span(named)
    cursor.until("SET")
    cursor.accept("SET")
    clauses = _clauses(cursor)
    sources, conditions = _scope(context, clauses)
    if name is None:
        for piece in split(clauses["SET"]):
            assignment(context, piece, "")
        return LoweredStatement(StatementKind.UPDATE)
    item = target_source(context, name, named)
    target = _target(name, item, sources, ctes, _first_assigned(clauses["SET"]))
    if target is None:
        return unknown_target(context, StatementKind.UPDATE, name, named)
    table = target.underlying_table.written(context)
    columns, outputs, variables = _assignments(context, clauses["SET"], target)
    query = select_of(tuple(outputs), target.sources, conditions, ctes)
    effects: list[Effect] = [Write(table, tuple(columns), query, span, action=Action.UPDATE)]
    if variables:
        carried = _carried(outputs, variables)
        values = select_of(tuple(o for _, o in carried), target.sources, conditions, ctes)
        # `@v = c, c = x`: the variable takes the value from before the change, so it comes first,
        # unless WHERE asks for what it held; an UPDATE of no row leaves it as it is
        effects.insert(
            1 if carried == variables and _are_asked_for(variables, clauses) else 0,
            Assign(tuple(n for n, _ in carried), values, keeps=True),
        )
    changed = Changed(table, query, tuple(columns), target.sources, conditions, ctes)
    return LoweredStatement(
        StatementKind.UPDATE, (*effects, *read_output(context, clauses["OUTPUT"], changed))
    )


def delete(
    context: StatementContext, tokens: Tokens, ctes: tuple[CommonTable, ...]
) -> LoweredStatement | None:
    """DELETE, also through an alias or a common table expression.

    Source: https://learn.microsoft.com/sql/t-sql/statements/delete-transact-sql
    """
    cursor = Cursor(without_option(tokens), 1)
    # DELETE TOP (5) #t leaves rows, and with them what the others hold has come from
    all_rows = cursor.word != "TOP"
    read_top(context, cursor)
    cursor.accept("FROM")
    start = cursor.index
    name = target_at(context, cursor)
    named = cursor.since(start)
    all_rows = all_rows and not cursor.word
    span = context.span(named)
    skip_hints(cursor)
    clauses = _clauses(cursor)
    sources, conditions = _scope(context, clauses)
    if name is None:
        return LoweredStatement(StatementKind.DELETE)
    target = _target(name, target_source(context, name, named), sources, ctes, None)
    if target is None:
        return unknown_target(context, StatementKind.DELETE, name, named)
    table = target.underlying_table.written(context)
    rows = select_of((), target.sources, conditions, ctes)
    effects: tuple[Effect, ...] = (Write(table, (), rows, span, action=Action.DELETE),)
    if all_rows:
        emptied = _emptied(table, span)
        effects = (emptied,) if table.temporary else (*effects, emptied)
    changed = Changed(table, None, (), target.sources, conditions, ctes)
    return LoweredStatement(
        StatementKind.DELETE, effects + read_output(context, clauses["OUTPUT"], changed)
    )


def truncate(
    context: StatementContext, tokens: Tokens, ctes: tuple[CommonTable, ...]
) -> LoweredStatement | None:
    """TRUNCATE TABLE: it writes, and no data flows.

    Source: https://learn.microsoft.com/sql/t-sql/statements/truncate-table-transact-sql
    """
    name = Cursor(tokens, 2).name()
    if name:
        context.accessed.write(context.on_linked_server(name))
    emptied = (_emptied(context.on_linked_server(name), context.span(tokens)),) if name else ()
    return LoweredStatement(StatementKind.TRUNCATE_TABLE, emptied)


def _emptied(name: Name, span: Span) -> Write:
    """All rows go."""
    return Write(name, (), Query(Rows(())), span, action=Action.DELETE)


def _clauses(cursor: Cursor) -> dict[str, Tokens]:
    """What stands behind SET, OUTPUT (its word included), FROM and WHERE."""
    clauses: dict[str, Tokens] = {"SET": [], "OUTPUT": [], "FROM": [], "WHERE": []}
    clause = "SET"
    while cursor.word:
        start = cursor.index - (clause == "OUTPUT")
        until_clause(cursor, "OUTPUT", "FROM", "WHERE")
        # `+=`: two OUTPUT clauses may stand behind one another, OUTPUT … INTO dbo.log OUTPUT …
        clauses[clause] += cursor.since(start)
        clause = cursor.word
        cursor.advance()
    return clauses


def _scope(
    context: StatementContext, clauses: dict[str, Tokens]
) -> tuple[tuple[Source, ...], tuple[Condition, ...]]:
    sources, conditions = read_sources(context, clauses["FROM"]) if clauses["FROM"] else ((), ())
    where = clauses["WHERE"]
    # WHERE CURRENT OF c: the cursor's own query has said which row that is
    if where and where[0].upper != "CURRENT":
        conditions = (*conditions, read_search(context, where))
    return sources, conditions


def _target(
    name: Name,
    item: Source,
    sources: tuple[Source, ...],
    ctes: tuple[CommonTable, ...],
    column: str | None,
) -> _ChangedTable | None:
    """Which table the named target is.

    One that FROM does not name joins the sources as `item`, but is not read.

    A table that FROM holds once is meant there, although it has an alias. `column` is one that the
    statement assigns: of several tables beneath a CTE it tells the changed one. None: not known.
    """
    named = [source for source in sources if _named(source, name)]
    candidates = [source for source in sources if _stands_for(source, name)]
    # `UPDATE x SET … FROM dbo.t AS x`: an alias of FROM goes before a table that has its name
    for source in named or (candidates if len(candidates) == 1 else ()):
        underlying_table = beneath_source(source, ctes, column)
        alias = source.alias or (
            source.relation.name.object if isinstance(source.relation, TableSource) else ""
        )
        return _ChangedTable(underlying_table, alias, sources) if underlying_table else None
    underlying_table = beneath_source(item, ctes, column)
    return (
        _ChangedTable(underlying_table, name.object, (item, *sources)) if underlying_table else None
    )


def _named(source: Source, name: Name) -> bool:
    if source.alias is not None:
        return len(name.parts) == 1 and source.alias.casefold() == name.object.casefold()
    return isinstance(source.relation, TableSource) and _same_table(source.relation.name, name)


def _stands_for(source: Source, name: Name) -> bool:
    """Is it the table, under an alias? The rows of a trigger, which are its table's too, are not.

    `UPDATE dbo.t … FROM Stage.dbo.t AS s` has two tables; which one a name without its schema means
    is not told here.
    """
    if (source.alias or "").casefold() in ("inserted", "deleted") or not isinstance(
        source.relation, TableSource
    ):
        return False
    source_parts, target_parts = (
        [part.casefold() for part in some.parts] for some in (source.relation.name, name)
    )
    # `t` and `dbo.t` are one table, but for users whose default schema is another
    return source_parts == target_parts or (
        sorted((len(source_parts), len(target_parts))) == [1, 2]
        and "dbo" in (source_parts[0], target_parts[0])
        and source_parts[-1] == target_parts[-1]
    )


def _same_table(first: Name, second: Name) -> bool:
    # dbo.t and Db.dbo.t are compared by the two parts that both have
    shared = min(len(first.parts), len(second.parts))
    return [p.casefold() for p in first.parts[-shared:]] == [
        p.casefold() for p in second.parts[-shared:]
    ]


def _first_assigned(tokens: Tokens) -> str | None:
    """The first column that SET assigns."""
    # a variable is no column: its @ makes it a temporary name
    names = (Cursor(piece).name() for piece in split(tokens) if piece)
    return next((name.object for name in names if name and not name.temporary), None)


def _assignments(
    context: StatementContext, tokens: Tokens, target: _ChangedTable
) -> tuple[list[str], list[Output], list[tuple[str, Output]]]:
    """The columns set and their values, and the variables set on the way (`@v = c = x`)."""
    columns: list[str] = []
    outputs: list[Output] = []
    variables: list[tuple[str, Output]] = []
    for piece in split(tokens):
        for column, variable, value in assignment(context, piece, target.alias):
            output = Output(column or variable, value, context.span(piece))
            if column:
                # WITH q AS (SELECT a AS x FROM dbo.t) UPDATE q SET x = 1 writes dbo.t.a
                columns.append(target.underlying_table.columns.get(column.casefold(), column))
                outputs.append(output)
            else:
                variables.append((variable, output))
    return columns, outputs, variables


def _carried(
    outputs: list[Output], variables: list[tuple[str, Output]]
) -> list[tuple[str, Output]]:
    """The variables, with their old value too where a column takes them: `SET @v += a, b = @v`.

    Such a variable goes from row to row, so it has its old value or the new one.
    """
    used = {
        use.operand.name.casefold()
        for o in outputs
        for use in o.expression
        if isinstance(use.operand, VariableRef)
    }
    return [
        (
            name,
            replace(o, expression=(Use(VariableRef(name), Subtype.IDENTITY), *o.expression))
            if name.casefold() in used
            else o,
        )
        for name, o in variables
    ]


def _are_asked_for(variables: list[tuple[str, Output]], clauses: dict[str, Tokens]) -> bool:
    """Do FROM or WHERE name a variable that SET fills? They see what it held before."""
    filled = {name.casefold() for name, _ in variables}
    return any(
        token.kind is Kind.VARIABLE and token.value.casefold() in filled
        for token in (*clauses["FROM"], *clauses["WHERE"])
    )


def assignment(
    context: StatementContext, piece: Tokens, target: str
) -> list[tuple[str, str, Expression]]:
    """What an assignment gives, as (column, variable, value), with one name empty.

    Assignments are `c = x`, `c += x`, `t.c = x`, `c.WRITE(x, …)`, `@v = x` and `@v = c = x`.

    Source: https://learn.microsoft.com/sql/t-sql/queries/update-transact-sql
    """
    if len(piece) < 3:
        return []
    cursor = Cursor(piece)
    variable = piece[0].value if cursor.word == VARIABLE else ""
    name = cursor.name()
    if name is None:
        return []
    if cursor.word == "(":
        return _method_call(context, piece, name, split(cursor.group()), target)
    operator = cursor.word
    cursor.advance()
    # `SET @v = a = x` is one assignment, and @v holds the new value of a: both are x
    if variable and operator == "=" and _assigns_column(Cursor(cursor.rest())):  # @v = c = x
        assignments = assignment(context, cursor.rest(), target)
        return [*assignments, *(("", variable, value) for _, _, value in assignments)]
    value = read_expression(context, cursor.rest())
    # `a += b` is `a = a + b`: the old value takes part, and no operand is merely copied
    if operator in COMPOUND_OPERATORS:
        value = tuple(
            Use(use.operand, compose(Subtype.TRANSFORMATION, use.subtype)) for use in value
        )
        if variable:
            value = (Use(VariableRef(variable), Subtype.TRANSFORMATION), *value)
        else:
            value = (*_kept(name.object, target, context.span(piece)), *value)
    return [("", variable, value)] if variable else [(name.object, "", value)]


def _assigns_column(cursor: Cursor) -> bool:
    """Does `c = x` or `t.c += x` stand here, and no expression?"""
    name = cursor.name()
    return name is not None and not name.temporary and cursor.word in ASSIGNMENT_OPERATORS


def _method_call(
    context: StatementContext, piece: Tokens, name: Name, arguments: list[Tokens], target: str
) -> list[tuple[str, str, Expression]]:
    """`c.WRITE(value, offset, length)`, or another method that changes a column of a CLR type.

    Source: https://learn.microsoft.com/sql/t-sql/xml/modify-method-xml-data-type, and the page of
    UPDATE for WRITE.
    """
    span = context.span(piece)
    # `t.Doc.WRITE(…)`, `Place.SetXY(1, 2)`: the method is the last part, the column the one before
    column = name.parts[-2] if len(name.parts) > 1 else name.object
    # behind the value of WRITE stand offset and length
    values = arguments[:1] if name.object.upper() == "WRITE" else arguments
    uses = tuple(
        use for part in values for use in read_expression(context, part, Subtype.TRANSFORMATION)
    )
    # what changes stands in the text: modify('insert sql:column("s.x") into (/a)[1]')
    if name.object.lower() == "modify":
        uses += values_in_xquery(
            " ".join(token.value for token in piece), span, Subtype.TRANSFORMATION
        )
    return [(column, "", uses + _kept(column, target, span))]


def _kept(column: str, target: str, span: Span) -> Expression:
    """The old value of a column, which takes part in its new one."""
    return tuple(
        Use(use.operand, Subtype.TRANSFORMATION) for use in column_of(column, target, span)
    )
