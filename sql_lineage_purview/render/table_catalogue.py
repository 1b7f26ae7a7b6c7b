"""The tables and views of a scan with their columns, as aligned text, JSON or CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from ..model.printable import one_line, to_json
from ..model.vocabulary import TableKind
from .csv_text import csv_text
from .table_listing import aligned

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ..model.graph import Table

_UNLISTED_KINDS = (TableKind.FUNCTION, TableKind.FILE, TableKind.TEMPORARY)
_UNKNOWN = "not known"


class Listing(Protocol):
    """A format: tables to text, `why` with who told the columns of each."""

    def __call__(self, tables: Iterable[Table], *, why: bool) -> str:
        """The whole text, ending in a newline."""


def render_listing(tables: Iterable[Table], *, why: bool) -> str:
    """One line for each table; the columns stand last, since there may be many."""
    rows = [("TABLE", "KIND", *(("TOLD BY",) if why else ()), "COLUMNS")]
    for table in _listed(tables):
        columns = ", ".join(table.columns) if table.columns is not None else _UNKNOWN
        cells = (str(table.name), table.kind.value, *((told_by(table),) if why else ()), columns)
        rows.append(tuple(map(one_line, cells)))
    return aligned(rows)


def render_tables_json(tables: Iterable[Table], *, why: bool) -> str:
    """An array with one object for each table, each on a line of its own."""
    rows = [to_json(row) for row in _rows(tables, why=why)]
    return "[\n " + ",\n ".join(rows) + "\n]\n" if rows else "[]\n"


def render_tables_csv(tables: Iterable[Table], *, why: bool) -> str:
    """One row for each column ; a table without known columns has one row without a column."""
    rows: list[tuple[object, ...]] = [("table", "kind", "position", "column", *(("told_by",) if why else ()))]
    for table in _listed(tables):
        columns: Sequence[tuple[int | str, str]] = [*enumerate(table.columns or (), 1)] or [("", "")]
        last = (told_by(table),) if why else ()
        rows += ((table.name, table.kind.value, position, column, *last) for position, column in columns)
    return csv_text(rows)


CATALOGUE_FORMATS: Mapping[str, Listing] = {
    "table": render_listing,
    "json": render_tables_json,
    "csv": render_tables_csv,
}


def told_by(table: Table) -> str:
    """Who told the columns of a table: `definition ddl/dbo.Fact.sql:2`, `query etl/load.sql:7`, `catalog dw.json`, `nobody`."""
    source = table.told
    if source is None:
        return "nobody"
    return f"{source.by} {source.path}" + (f":{source.line}" if source.line else "")


def _listed(tables: Iterable[Table]) -> Iterator[Table]:
    """Functions, files and temporary tables are nodes of the lineage, too, but no tables of a database."""
    return (table for table in tables if table.kind not in _UNLISTED_KINDS)


def _rows(tables: Iterable[Table], *, why: bool) -> Iterator[dict[str, Any]]:
    for table in _listed(tables):
        columns = None if table.columns is None else list(table.columns)
        row: dict[str, Any] = {"name": str(table.name), "kind": table.kind.value, "columns": columns}
        if why:
            source = table.told
            row["told"] = source and {"by": source.by.value, "path": source.path, "line": source.line}
        yield row
