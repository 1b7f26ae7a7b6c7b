"""Declared lineage: what people say, held against what the scan knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sql_lineage_purview.project.configuring.loading import load_settings
from sql_lineage_purview.project.scanning import scan
from sql_lineage_purview.purview.planning.process_names import display_name, qualified_name
from sql_lineage_purview.purview.planning.stages.flow_grouping import flows_of

if TYPE_CHECKING:
    from pathlib import Path

    from sql_lineage_purview.model.graph import LineageGraph

TABLES = "CREATE TABLE dbo.A (x int, y int)\nCREATE TABLE dbo.B (u int, v int)\n"


def scanned(root: Path, sql: str = "", toml: str = "") -> LineageGraph:
    (root / "tables.sql").write_text(TABLES, encoding="utf-8")
    (root / "say.sql").write_text(sql, encoding="utf-8")
    (root / "sql-lineage-purview.toml").write_text(toml, encoding="utf-8")
    return scan([root], load_settings(root, arguments={}, environment={}), use_cache=False).graph


def declarations(graph: LineageGraph) -> list[str]:
    """Each declaration with its columns and place."""
    pairs = [" ".join(map(":".join, row.columns)) for row in graph.declared]
    return [
        f"{row.source} -> {row.target} {columns} {row.path}:{row.line} {row.stale or ''}".strip()
        for row, columns in zip(graph.declared, pairs, strict=True)
    ]


def diagnostics(graph: LineageGraph) -> list[str]:
    return [
        f"{diagnostic.path}:{diagnostic.span.line} {diagnostic.code} {diagnostic.message}"
        for diagnostic in graph.diagnostics
    ]


class TestWhereItIsSaid:
    @pytest.mark.parametrize(
        ("comment", "declared"),
        [
            ("-- lineage: dbo.A -> dbo.B", "dbo.A -> dbo.B  say.sql:2"),
            ("--Lineage : [a]->b", "dbo.A -> dbo.B  say.sql:2"),
            ("-- lineage: dbo.A.x -> dbo.B.u", "dbo.A -> dbo.B x:u say.sql:2"),
            ("-- lineage: dbo.A (X, y) -> dbo.B (u, [v])", "dbo.A -> dbo.B x:u y:v say.sql:2"),
            (
                "-- lineage: https://l.dfs.core.windows.net/r/f.csv (n) -> dbo.B (u)",
                "https://l.dfs.core.windows.net/r/f.csv -> dbo.B n:u say.sql:2",
            ),
            ("SELECT 1 -- lineage: dbo.A -> dbo.B", "dbo.A -> dbo.B  say.sql:2"),
        ],
    )
    def test_in_a_comment(self, tmp_path: Path, comment: str, declared: str) -> None:
        graph = scanned(tmp_path, f"\n{comment}\n")

        assert declarations(graph) == [declared]
        assert diagnostics(graph) == []

    def test_columns_of_tables_that_nothing_defines_are_spelled_as_their_edges_spell_them(
        self, tmp_path: Path
    ) -> None:
        graph = scanned(
            tmp_path,
            "INSERT ext.Raw (Mail) SELECT x FROM dbo.A; -- lineage: ext.raw (MAIL) -> dbo.B (u)",
        )

        assert declarations(graph) == ["ext.Raw -> dbo.B Mail:u say.sql:1"]

    @pytest.mark.parametrize(
        "sql",
        [
            "PRINT '-- lineage: dbo.A -> dbo.B'",
            "/* -- lineage: dbo.A -> dbo.B */",
            "-- the lineage: a -> b",
        ],
    )
    def test_a_mark_inside_of_something_else_says_nothing(self, tmp_path: Path, sql: str) -> None:
        assert declarations(scanned(tmp_path, sql)) == []

    def test_a_comment_behind_use_is_about_that_database(self, tmp_path: Path) -> None:
        graph = scanned(tmp_path, "USE [My]\nGO\n-- lineage: dbo.A -> Other.dbo.B")

        assert declarations(graph) == ["My.dbo.A -> Other.dbo.B  say.sql:3"]

    def test_in_the_configuration(self, tmp_path: Path) -> None:
        toml = """[[lineage]]
source = "A"
target = "dbo.B"

[[lineage]]
source = "dbo.A"
target = "dbo.B"
columns = { x = "v" }
"""

        assert declarations(scanned(tmp_path, toml=toml)) == [
            "dbo.A -> dbo.B  sql-lineage-purview.toml:1",
            "dbo.A -> dbo.B x:v sql-lineage-purview.toml:5",
        ]

    @pytest.mark.parametrize(
        ("comment", "reason"),
        [
            ("dbo.A", "it has no ->: write dbo.Source -> dbo.Target"),
            ("dbo.A ->", "an end of it is no name"),
            ("dbo.A (x, y) -> dbo.B (u)", "the two ends have not the same number of columns"),
            ("dbo.A (a.b) -> dbo.B (u)", "a column that it lists is no name"),
        ],
    )
    def test_a_comment_that_is_none_is_reported(
        self, tmp_path: Path, comment: str, reason: str
    ) -> None:
        assert diagnostics(scanned(tmp_path, f"-- lineage: {comment}")) == [
            f"say.sql:1 SLP601 this declares no lineage: {reason}"
        ]


class TestGoingStale:
    def test_where_the_scan_derives_the_tables(self, tmp_path: Path) -> None:
        graph = scanned(
            tmp_path, "-- lineage: dbo.A -> dbo.B\nINSERT dbo.B (u) SELECT x FROM dbo.A"
        )

        assert diagnostics(graph) == [
            "say.sql:1 SLP603 dbo.A -> dbo.B is declared, and the scan derives it"
        ]
        assert [flow for flow in flows_of(graph) if flow.declared] == []

    def test_columns_are_only_derived_where_all_are(self, tmp_path: Path) -> None:
        graph = scanned(
            tmp_path,
            "-- lineage: dbo.A (x, y) -> dbo.B (u, v)\nINSERT dbo.B (u) SELECT x FROM dbo.A",
        )

        assert diagnostics(graph) == []

    @pytest.mark.parametrize(
        ("comment", "gone"),
        [
            ("dbo.Old -> dbo.B", "neither the scan nor a catalog has dbo.Old"),
            ("dbo.A (z) -> dbo.B (u)", "dbo.A has no column z"),
            ("dbo.A.x -> dbo.B.z", "dbo.B has no column z"),
        ],
    )
    def test_where_an_end_is_gone(self, tmp_path: Path, comment: str, gone: str) -> None:
        [finding] = diagnostics(scanned(tmp_path, f"-- lineage: {comment}"))

        assert finding.startswith("say.sql:1 SLP602 ")
        assert finding.endswith(f"is declared, but {gone}")

    def test_of_a_database_that_the_scan_does_not_know_nothing_is_missed(
        self, tmp_path: Path
    ) -> None:
        assert diagnostics(scanned(tmp_path, "-- lineage: Crm.dbo.Customer -> dbo.B")) == []

    def test_a_database_of_which_tables_are_only_named_defines_none(self, tmp_path: Path) -> None:
        graph = scanned(
            tmp_path,
            "-- lineage: Crm.dbo.Customer -> dbo.B\nINSERT dbo.B (v) SELECT Id FROM Crm.dbo.Person",
        )

        assert diagnostics(graph) == []


class TestPublishing:
    def test_each_table_is_one_process_that_says_declared(self, tmp_path: Path) -> None:
        graph = scanned(
            tmp_path, "-- lineage: dbo.A (x) -> dbo.B (u)\n-- lineage: Crm.dbo.C -> dbo.B"
        )
        [flow] = flows_of(graph)

        assert qualified_name("team", flow) == "sql-lineage-purview://team/(declared)#dbo.b"
        assert display_name(flow) == "declared -> dbo.B"
        assert [str(name) for name in flow.sources] == ["Crm.dbo.C", "dbo.A"]

    def test_it_is_no_derived_lineage(self, tmp_path: Path) -> None:
        graph = scanned(tmp_path, "-- lineage: dbo.A -> Crm.dbo.B")

        assert (graph.table_lineage, graph.column_lineage) == ((), ())
        assert "Crm.dbo.B" in [str(table.name) for table in graph.tables]
