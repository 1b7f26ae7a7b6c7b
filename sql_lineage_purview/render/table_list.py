"""What `tables` lists: the tables and views of a scan, and who told their columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from ..model.vocabulary import TableKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..model.graph import Table

# Nodes of the lineage, too, but no tables of a database.
_UNLISTED_KINDS = (TableKind.FUNCTION, TableKind.FILE, TableKind.TEMPORARY)


class TableList(Struct, frozen=True):
    """Nodes of a graph that may be tables.

    Args:
        nodes: The nodes.
        with_source: Is it listed who told their columns?
        in_full: Are all columns shown on a screen, too?
    """

    nodes: Sequence[Table]
    with_source: bool = False
    in_full: bool = False

    def tables(self) -> Iterator[Table]:
        """The nodes that are tables or views of a database."""
        return (table for table in self.nodes if table.kind not in _UNLISTED_KINDS)

    def last_cell(self, table: Table) -> tuple[str, ...]:
        """Who told its columns, where that is listed: `definition ddl/Fact.sql:2`, `nobody`."""
        if not self.with_source:
            return ()
        source = table.column_source
        if source is None:
            return ("nobody",)
        return (f"{source.by} {source.path}" + (f":{source.line}" if source.line else ""),)
