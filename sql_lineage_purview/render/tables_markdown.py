"""Tables and views with their columns, as a table of Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .markdown_table import markdown_table

if TYPE_CHECKING:
    from .table_list import TableList


def render_tables_markdown(table_list: TableList) -> str:
    """One line for each table, its columns last."""
    header = ("table", "kind", *(("told by",) if table_list.with_source else ()), "columns")
    rows = [
        (
            str(table.name),
            table.kind.value,
            *table_list.last_cell(table),
            "not known" if table.columns is None else ", ".join(table.columns),
        )
        for table in table_list.tables()
    ]
    return markdown_table(header, rows)
