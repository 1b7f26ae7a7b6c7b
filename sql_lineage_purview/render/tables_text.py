"""Tables and views with their columns, as aligned text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.printable import one_line
from .aligned_text import aligned

if TYPE_CHECKING:
    from .table_list import TableList


def render_tables_text(table_list: TableList) -> str:
    """One line for each table; the columns stand last, since there may be many."""
    rows = [("TABLE", "KIND", *(("TOLD BY",) if table_list.with_source else ()), "COLUMNS")]
    for table in table_list.tables():
        columns = ", ".join(table.columns) if table.columns is not None else "not known"
        cells = (str(table.name), table.kind.value, *table_list.last_cell(table), columns)
        rows.append(tuple(map(one_line, cells)))
    return aligned(rows)
