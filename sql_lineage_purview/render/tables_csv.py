"""Tables and views with their columns, as CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .csv_text import csv_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..model.graph import Table
    from .table_list import TableList

_HEADER = ("table", "kind", "position", "column")


def render_tables_csv(table_list: TableList) -> str:
    """One row for each column; a table without known columns has one row without a column."""
    header = (*_HEADER, *(("told_by",) if table_list.with_source else ()))
    rows = (row for table in table_list.tables() for row in _rows(table, table_list))
    return csv_text([header, *rows])


def _rows(table: Table, table_list: TableList) -> Iterator[tuple[object, ...]]:
    last_cell = table_list.last_cell(table)
    columns: list[tuple[int | str, str]] = [*enumerate(table.columns or (), 1)] or [("", "")]
    return ((table.name, table.kind.value, *column, *last_cell) for column in columns)
