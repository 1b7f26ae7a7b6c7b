"""Which table a change reaches where its target is a common table expression or a derived table.

Source: https://learn.microsoft.com/sql/t-sql/queries/with-common-table-expression-transact-sql,
https://learn.microsoft.com/sql/t-sql/statements/create-view-transact-sql#updatable-views
"""

from __future__ import annotations

from msgspec import Struct, field
from msgspec.structs import replace

from ...model.facts import (
    ColumnRef,
    CommonTable,
    FunctionSource,
    Output,
    Query,
    Select,
    Source,
    Star,
    TableSource,
)
from ...model.names import Name
from ...model.vocabulary import StatementKind
from ..queries.statement_context import StatementContext
from .base import LoweredStatement, Tokens


class Beneath(Struct, frozen=True):
    """A table, and its column for each of the (folded) names that an expression over it gives them.

    `function`: it is an inline function, which is called and has a table beneath.
    """

    table: Name
    columns: dict[str, str] = field(default_factory=dict)
    function: bool = False

    def below(self, names: tuple[str, ...] | None) -> tuple[str, ...] | None:
        """The table's columns for some of the expression's."""
        return (
            None
            if names is None
            else tuple(self.columns.get(name.casefold(), name) for name in names)
        )

    def written(self, context: StatementContext) -> Name:
        """The name of what the statement writes, noted as that; a function is called."""
        table = self.table if self.function else context.on_linked_server(self.table)
        if not self.function:
            context.accessed.write(table)
        return table


def beneath(name: Name, ctes: tuple[CommonTable, ...], column: str | None) -> Beneath | None:
    """The table that a name stands for.

    None: an expression over several, of which `column` does not tell the changed one.
    """
    # from the last: a name that stands twice means the nearer one
    for position in range(len(ctes) - 1, -1, -1):
        table = ctes[position]
        if len(name.parts) == 1 and table.name.casefold() == name.object.casefold():
            # an expression sees those that stand before it, and none behind
            return _beneath_query(table.query, table.columns, ctes[:position], column)
    return Beneath(name)


def beneath_source(
    source: Source, ctes: tuple[CommonTable, ...], column: str | None
) -> Beneath | None:
    """The table of an item of FROM."""
    if isinstance(source.relation, TableSource):
        return beneath(source.relation.name, ctes, column)
    if isinstance(source.relation, Query):
        return _beneath_query(source.relation, source.columns, ctes, column)
    if isinstance(source.relation, FunctionSource) and len(source.relation.name.parts) > 1:
        return Beneath(source.relation.name, function=True)
    return None


def unknown_target(
    context: StatementContext, kind: StatementKind, name: Name, tokens: Tokens
) -> LoweredStatement:
    """A change whose table is not known.

    Args:
        context: of the statement; takes the finding.
        kind: of the statement.
        name: what the statement calls its target.
        tokens: where the finding points.
    """
    context.report("SLP103", f"{name}: which of its tables is changed is not known", tokens)
    return LoweredStatement(kind)


def _beneath_query(
    query: Query, names: tuple[str, ...] | None, ctes: tuple[CommonTable, ...], column: str | None
) -> Beneath | None:
    body = query.body
    # a UNION cannot be changed, nor can what has no table
    if not isinstance(body, Select) or not body.sources:
        return None
    mapped = _plain_columns(body, names)
    parts = mapped.get(column.casefold(), ()) if column is not None else ()
    # of a join only one table may be changed: it is the one whose column is assigned
    source = body.sources[0] if len(body.sources) == 1 else _supplier(body, parts)
    if source is None:
        return None
    underlying_table = beneath_source(source, ctes + query.ctes, parts[-1] if parts else column)
    if underlying_table is None:
        return None
    below = {
        alias: underlying_table.columns.get(column_parts[-1].casefold(), column_parts[-1])
        for alias, column_parts in mapped.items()
    }
    return replace(
        underlying_table,
        columns={**underlying_table.columns, **below} if _passes_all(body) else below,
    )


def _plain_columns(body: Select, names: tuple[str, ...] | None) -> dict[str, tuple[str, ...]]:
    """For each output that is a plain column: its (folded) name -> the column as written."""
    columns: dict[str, tuple[str, ...]] = {}
    for position, output in enumerate(body.outputs):
        if not isinstance(output, Output) or len(output.expression) != 1:
            continue
        name = names[position] if names and position < len(names) else output.name
        operand = output.expression[0].operand
        if name and isinstance(operand, ColumnRef):
            columns[name.casefold()] = operand.parts
    return columns


def _passes_all(body: Select) -> bool:
    return any(isinstance(output, Star) for output in body.outputs)


def _supplier(body: Select, parts: tuple[str, ...]) -> Source | None:
    """The one of several sources that a column is of.

    It is the one it is qualified with, or the only one of which `*` is taken.
    """
    stars = [output.qualifier for output in body.outputs if isinstance(output, Star)]
    qualifier = parts[:-1] or (stars[0] if len(stars) == 1 and not parts else ())
    if not qualifier:
        return None
    return next(
        (source for source in body.sources if _scope_name(source) == qualifier[-1].casefold()), None
    )


def _scope_name(source: Source) -> str | None:
    if source.alias:
        return source.alias.casefold()
    return (
        source.relation.name.object.casefold()
        if isinstance(source.relation, (TableSource, FunctionSource))
        else None
    )
