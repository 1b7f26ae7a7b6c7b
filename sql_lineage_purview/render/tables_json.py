"""Tables and views with their columns, as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..model.printable import to_json

if TYPE_CHECKING:
    from ..model.graph import Table
    from .table_list import TableList


def render_tables_json(table_list: TableList) -> str:
    """An array with one object for each table, each on a line of its own."""
    with_source = table_list.with_source
    rows = [to_json(_row(table, with_source=with_source)) for table in table_list.tables()]
    return "[\n " + ",\n ".join(rows) + "\n]\n" if rows else "[]\n"


def _row(table: Table, *, with_source: bool) -> dict[str, Any]:
    columns = None if table.columns is None else list(table.columns)
    row: dict[str, Any] = {"name": str(table.name), "kind": table.kind.value, "columns": columns}
    if with_source:
        source = table.column_source
        row["told"] = source and {
            "by": source.by.value,
            "path": source.path,
            "line": source.line,
        }
    return row
