"""Tables and views with their columns, drawn: on a screen as many columns as fit on the line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.graph import Location
from .drawing import Branch, Fragment, Meaning
from .scan_tree import name_order, named

if TYPE_CHECKING:
    from ..model.graph import Table
    from .table_list import TableList


def render_tables_text(table_list: TableList) -> Branch:
    """A line for each table, such as only a run names last; the columns stand at its end."""
    by = ("TOLD BY",) if table_list.with_source else ()
    heading = tuple(Fragment(text, Meaning.HEADING) for text in ("TABLE", "KIND", *by, "COLUMNS"))
    screen = Branch(guided=False, columns=len(heading) - 1)
    screen.children.append(Branch(heading))
    for table in sorted(table_list.tables(), key=lambda table: name_order(table.name)):
        row = screen.add(
            named(str(table.name), table.name),
            Fragment(table.kind.value, Meaning.KIND),
            *(_source(table, cell) for cell in table_list.last_cell(table)),
            _columns(table, in_full=table_list.in_full),
        )
        row.hanging = 6
    return screen


def _columns(table: Table, *, in_full: bool) -> Fragment:
    if table.columns is None:
        return Fragment("not known", Meaning.DOUBT)
    return Fragment(", ".join(table.columns), Meaning.PLAIN if in_full else Meaning.LIST)


def _source(table: Table, text: str) -> Fragment:
    """Who told the columns, and where."""
    source = table.column_source
    place = Location(source.path, source.line or 0) if source else None
    return Fragment(text, Meaning.PLACE if source else Meaning.DOUBT, place)
