"""The lineage of some scripts, as a program asks it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..model.diagnostics import Severity
from ..render.json_document import render_json
from .lineage_rows import ColumnRow, ModuleRow, TableRow, column_rows, module_rows, table_rows

if TYPE_CHECKING:
    from ..model.diagnostics import Diagnostic
    from ..model.graph import LineageGraph
    from ..project.configuring.settings import Settings
    from ..project.keeping.scan_result import Scan


@dataclass(frozen=True)
class Lineage:
    """What `scan` and `link` give: rows for tables of data, and answers to questions.

    Args:
        scanned: the scan; its graph is `graph`.
        settings: those that it was made with, which `plan` uses too.

    Example:
        >>> from sql_lineage_purview import link
        >>> lineage = link("INSERT INTO dbo.t (a) SELECT b + 1 FROM dbo.s;")
        >>> for row in lineage.columns():
        ...     print(row.source_table, row.source_column, row.target_column, row.subtype)
        dbo.s b a TRANSFORMATION

        A row of pandas or polars is a row here: `pandas.DataFrame(lineage.columns())`.
    """

    scanned: Scan
    settings: Settings

    @property
    def graph(self) -> LineageGraph:
        """All of it, as the lineage document has it."""
        return self.scanned.graph

    def columns(self) -> list[ColumnRow]:
        """The column lineage, an edge a row; what people declare stands behind the others."""
        return column_rows(self.graph)

    def tables(self) -> list[TableRow]:
        """The tables, views and files."""
        return table_rows(self.graph)

    def modules(self) -> list[ModuleRow]:
        """The procedures, views, functions and triggers."""
        return module_rows(self.graph)

    def findings(self) -> list[Diagnostic]:
        """What is not known, with file and line: errors and warnings.

        Where this is not empty, the lineage may not be whole.
        """
        return [
            diagnostic
            for diagnostic in self.graph.diagnostics
            if diagnostic.severity in (Severity.ERROR, Severity.WARNING)
        ]

    def to_json(self) -> str:
        """The lineage document, which `scan --format json` writes."""
        return render_json(self.graph)
