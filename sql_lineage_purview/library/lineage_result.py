"""The lineage of some scripts, as a program asks it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..analysis.comparison.graph_comparison import GraphComparison, compare_graphs
from ..analysis.expansion import expanded
from ..analysis.impact import Impact, impact_of
from ..analysis.walks import FlowDirection
from ..model.diagnostics import Severity
from ..render.json_document import render_json
from .lineage_rows import ColumnRow, ModuleRow, TableRow, column_rows, module_rows, table_rows
from .lineage_steps import StepRow, step_rows
from .node_selection import selected_nodes

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

    def upstream(self, selector: str, depth: int | None = None) -> list[StepRow]:
        """All that feeds some tables or columns, nearest first.

        Args:
            selector: `dbo.Fact`, `Fact.Amount`, `stg.*` …, as commands take it.
            depth: how many edges are followed; None for all.

        Raises:
            ProjectError: it selects nothing, or is not clear.

        Example:
            >>> from sql_lineage_purview import link
            >>> lineage = link("INSERT INTO dbo.t (a) SELECT b + 1 FROM dbo.s;")
            >>> [(row.table, row.column, row.kind) for row in lineage.upstream("t.a")]
            [('dbo.s', 'b', 'TRANSFORMATION')]
        """
        return step_rows(self.graph, selector, FlowDirection.UPSTREAM, depth)

    def downstream(self, selector: str, depth: int | None = None) -> list[StepRow]:
        """All that some tables or columns feed, nearest first; see `upstream`."""
        return step_rows(self.graph, selector, FlowDirection.DOWNSTREAM, depth)

    def impact(self, selector: str, depth: int | None = None) -> Impact:
        """Who uses some tables, columns or modules, what is downstream, and what could hide more.

        Args:
            selector: what is asked for.
            depth: how many edges are followed downstream; None for all.

        Raises:
            ProjectError: it selects nothing, or is not clear.

        Example:
            >>> from sql_lineage_purview import link
            >>> lineage = link("CREATE PROC dbo.p AS SELECT a FROM dbo.t;")
            >>> [str(use.module) for use in lineage.impact("t.a").modules]
            ['dbo.p']
        """
        nodes = expanded(self.graph, selected_nodes(self.graph, selector))
        return impact_of(self.graph, nodes, depth)

    def diff(self, base: Lineage) -> GraphComparison:
        """What this lineage has and an earlier one has not, and the other way round.

        Args:
            base: the earlier one.

        Example:
            >>> from sql_lineage_purview import link
            >>> before = link("INSERT INTO dbo.t (a) SELECT b FROM dbo.s;")
            >>> after = link("INSERT INTO dbo.t (a) SELECT c FROM dbo.s;")
            >>> for change in after.diff(before).changes:
            ...     print(change.kind, change.impact, change.subject.column)
            lineage-changed risky a
        """
        return compare_graphs(base.graph, self.graph, case_sensitive=self.settings.case_sensitive)

    def to_json(self) -> str:
        """The lineage document, which `scan --format json` writes."""
        return render_json(self.graph)
