"""How nodes of the lineage are written where a person reads or types them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.names import Name

if TYPE_CHECKING:
    from ..model.graph import Column


def label(column: Column) -> str:
    """The label of a table, or of a column of a table or file.

    A table is shown as its name, a column as `dbo.Fact.Amount`, a column of a file as
    `https://…/sales.csv#Amount`.
    """
    table = column.table
    if column.column is None:
        return str(table)
    if table.address:
        return f"{table}#{column.column}"
    if column.column == "*":
        return f"{table}.*"
    return str(Name((*table.parts, column.column)))
