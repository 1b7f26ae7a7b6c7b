"""Files that only tell of objects.

What they do not tell is said where it is missed, and their calls are nobody's.
"""

from __future__ import annotations

from sql_lineage_purview.catalog.ddl import read_definitions
from sql_lineage_purview.linker import LinkOptions, link
from sql_lineage_purview.model.facts import SourceFile
from sql_lineage_purview.model.graph import LineageGraph
from sql_lineage_purview.tsql import compile_string
from tests.linking import column_lines, compiled


def linked(script: str, reference: str) -> LineageGraph:
    files = [
        SourceFile("known", compiled(reference), reference=True),
        SourceFile("a.sql", compiled(script)),
    ]
    return link(files, read_definitions(files, LinkOptions().naming), LinkOptions(), compile_string)


def test_rows_that_the_reference_does_not_tell_are_a_gap_of_the_call() -> None:
    graph = linked(
        "CREATE PROCEDURE dbo.p @s nvarchar(99) AS INSERT dbo.t (a) EXEC dbo.rows_of @s",
        "CREATE PROCEDURE dbo.rows_of @s nvarchar(99) AS EXEC ('SELECT a FROM ' + @s + ' WHERE = "
        "1')",
    )
    assert [(diagnostic.code, diagnostic.path) for diagnostic in graph.diagnostics] == [
        ("SLP206", "a.sql")
    ]


def test_a_call_of_the_reference_tells_the_scan_nothing() -> None:
    graph = linked(
        "CREATE PROCEDURE dbo.p @n sysname AS EXEC ('INSERT dbo.t (a) SELECT a FROM dbo.' + @n)",
        "CREATE PROCEDURE dbo.caller AS EXEC dbo.p 's'",
    )
    assert column_lines(graph) == ["dbo.[${@n}].a -> dbo.t.a  IDENTITY  PARTIAL"]
    assert [diagnostic.code for diagnostic in graph.diagnostics] == ["SLP301"]
