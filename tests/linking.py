"""Scripts to a graph, in memory: what most tests begin with."""

from __future__ import annotations

from collections.abc import Mapping

from sql_lineage_purview.catalog.ddl import read_definitions
from sql_lineage_purview.linker import LinkOptions, link
from sql_lineage_purview.model.facts import FileFacts, SourceFile
from sql_lineage_purview.model.graph import Column, ColumnEdge, LineageGraph
from sql_lineage_purview.model.vocabulary import Certainty
from sql_lineage_purview.tsql import CompileOptions, compile_file, compile_string


def no_include(path: str, stack: tuple[str, ...]) -> bytes:
    raise FileNotFoundError(path)


def compiled(sql: str | bytes) -> FileFacts:
    data = sql.encode() if isinstance(sql, str) else sql
    return compile_file(data, CompileOptions(), no_include)


def lineage_of(
    scripts: str | Mapping[str, str],
    options: LinkOptions | None = None,
    database: str | None = None,
) -> LineageGraph:
    """The graph of one script, or of several by their paths."""
    named = {"script.sql": scripts} if isinstance(scripts, str) else scripts
    files = [SourceFile(path, compiled(sql), database) for path, sql in named.items()]
    options = options or LinkOptions()
    return link(files, read_definitions(files, options.naming), options, compile_string)


def column(end: Column) -> str:
    return f"{end.table}.{end.column}" if end.column is not None else str(end.table)


def edge_line(edge: ColumnEdge) -> str:
    """`dbo.s.a -> dbo.t.b  IDENTITY`, with the certainty where it is not EXACT."""
    sure = "" if edge.certainty is Certainty.EXACT else f"  {edge.certainty.value}"
    return f"{column(edge.source)} -> {column(edge.target)}  {edge.subtype.value}{sure}"


def column_lines(graph: LineageGraph) -> list[str]:
    return sorted(edge_line(edge) for edge in graph.column_lineage)


def table_lines(graph: LineageGraph) -> list[str]:
    return sorted(
        f"{edge.source} -> {edge.target}  {edge.type.value}" for edge in graph.table_lineage
    )


def statement_lines(graph: LineageGraph) -> list[str]:
    """`INSERT  reads dbo.s  writes dbo.t  calls dbo.p`, in the order of the statements.

    What is empty is left out.
    """
    lines = []
    for row in graph.statements:
        parts = [row.kind.value + (" (dynamic)" if row.dynamic else "")]
        parts += [
            f"{what} {', '.join(map(str, names))}"
            for what, names in (("reads", row.reads), ("writes", row.writes), ("calls", row.calls))
            if names
        ]
        lines.append("  ".join(parts))
    return lines
