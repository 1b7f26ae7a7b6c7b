"""Files that hold scripts: which count, and what of them is SQL."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from sql_lineage_purview.model.diagnostics import Diagnostic, Span
from sql_lineage_purview.project.configuring.settings import Settings
from sql_lineage_purview.project.keeping.scan_result import Scan
from sql_lineage_purview.project.reading.exclusion import Exclusion
from sql_lineage_purview.project.reading.file_discovery import discover
from sql_lineage_purview.project.reading.source_lines import SourceLines
from sql_lineage_purview.project.scanning import scan

if TYPE_CHECKING:
    from pathlib import Path

LOAD = "INSERT INTO dbo.Fact (Id)\nSELECT Id FROM stg.Sales"


def sql_script(query: object = LOAD, **content: object) -> dict[str, object]:
    return {"name": "x", "properties": {"content": {"query": query, **content}, "type": "SqlQuery"}}


def pipeline(*activities: object) -> dict[str, object]:
    return {"name": "x", "properties": {"activities": list(activities)}}


def notebook(*cells: object, kernel: str = "SQL") -> dict[str, object]:
    return {
        "cells": [{"cell_type": "code", "source": cell} for cell in cells],
        "metadata": {"kernelspec": {"name": kernel}, "language_info": {"name": "sql"}},
    }


def put(root: Path, path: str, document: object) -> Path:
    place = root / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(
        document if isinstance(document, str) else json.dumps(document), encoding="utf-8"
    )
    return place


def rows(result: Scan) -> list[str]:
    return [
        f"{row.line} {row.kind.value} {' '.join(map(str, (*row.reads, *row.writes, *row.calls)))}"
        for row in result.graph.statements
    ]


def scanned(root: Path) -> Scan:
    return scan([root], Settings(), use_cache=False)


def test_a_pipeline_in_any_folder_is_read(tmp_path: Path) -> None:
    activity = {"name": "a", "type": "Script", "typeProperties": {"scripts": [{"text": LOAD}]}}
    put(tmp_path, "adf/load.json", pipeline(activity))
    put(tmp_path, "adf/sports.json", {"properties": {}, "activities": [{"type": "Run"}]})

    assert [file.path for file in discover([tmp_path]).files] == ["adf/load.json"]


class TestWhichFilesCount:
    @pytest.mark.parametrize(
        "path", ["sqlscript/a.json", "SqlScript/deep/a.JSON", "ws/sqlscripts/a.json"]
    )
    def test_scripts_in_folders_of_scripts(self, tmp_path: Path, path: str) -> None:
        put(tmp_path, path, sql_script())

        assert [file.path for file in scanned(tmp_path).graph.files] == [path]

    def test_the_scanned_folder_may_be_the_folder_of_scripts(self, tmp_path: Path) -> None:
        put(tmp_path, "sqlscript/a.json", sql_script())

        assert rows(scanned(tmp_path / "sqlscript")) == ["1 INSERT stg.Sales dbo.Fact"]

    @pytest.mark.parametrize(
        ("path", "document"),
        [
            ("settings/a.json", sql_script()),
            ("sqlscript/a.json", {"properties": {"content": {"query": 1}}}),
            ("sqlscript/a.json", ["properties"]),
            ("sqlscript/a.json", {"query": LOAD}),
            ("sqlscript/kql.json", sql_script("T | take 1", metadata={"language": "kql"})),
            (
                "pipeline/a.json",
                pipeline({"name": "w", "type": "Wait", "typeProperties": {"waitTimeInSeconds": 1}}),
            ),
            (
                "pipeline/a.json",
                {
                    "properties": {
                        "activities": [None, "x", {"type": "Script"}, {"typeProperties": 1}]
                    }
                },
            ),
            (
                "notebook/a.json",
                {
                    "properties": {
                        "cells": [None, {"cell_type": "code", "source": 1}],
                        "metadata": None,
                    }
                },
            ),
            ("a.ipynb", notebook("%%sql\nSELECT 1 FROM spark_table", kernel="synapse_pyspark")),
            (
                "a.ipynb",
                {
                    "cells": [{"cell_type": "code", "source": "SELECT 1"}],
                    "metadata": {"language_info": {"name": "sql"}},
                },
            ),
        ],
    )
    def test_what_holds_no_sql_is_passed_over_in_silence(
        self, tmp_path: Path, path: str, document: object
    ) -> None:
        put(tmp_path, path, document)

        discovery = discover([tmp_path])

        assert not discovery.files
        assert not discovery.skipped

    @pytest.mark.parametrize("document", ["{ broken", "[" * 200_000])
    def test_what_cannot_be_read_is_said(self, tmp_path: Path, document: str) -> None:
        put(tmp_path, "sqlscript/a.json", document)

        discovery = discover([tmp_path])

        assert not discovery.files
        assert [file.path for file in discovery.skipped] == ["sqlscript/a.json"]

    def test_a_file_that_is_named_counts_wherever_it_is_and_is_said_where_it_holds_none(
        self, tmp_path: Path
    ) -> None:
        script_file, empty = put(tmp_path, "a.json", sql_script()), put(tmp_path, "b.json", {})

        discovery = discover([script_file, empty])

        assert [file.path for file in discovery.files] == ["a.json"]
        assert [(file.path, file.reason) for file in discovery.skipped] == [
            ("b.json", "holds no T-SQL")
        ]

    def test_excluded_ones_are_not_read(self, tmp_path: Path) -> None:
        put(tmp_path, "sqlscript/a.json", sql_script())

        assert not discover([tmp_path], Exclusion(("sqlscript/",))).files


class TestScripts:
    def test_lines_are_those_of_the_script(self, tmp_path: Path) -> None:
        put(
            tmp_path,
            "sqlscript/a.json",
            sql_script("-- one\r\n\r\nSELECT a FROM dbo.x\r\nGO\r\nSELECT b FROM dbo.y"),
        )

        assert rows(scanned(tmp_path)) == ["3 SELECT dbo.x", "5 SELECT dbo.y"]

    @pytest.mark.parametrize(
        ("connection", "table"),
        [
            ({"databaseName": "dw01", "poolName": "pool"}, "dw01.dbo.t"),
            ({"poolName": "pool01"}, "pool01.dbo.t"),
            ({"poolName": "Built-in"}, "dbo.t"),
            (None, "dbo.t"),
        ],
    )
    def test_the_connection_tells_the_database(
        self, tmp_path: Path, connection: object, table: str
    ) -> None:
        put(
            tmp_path,
            "sqlscript/a.json",
            sql_script("SELECT a FROM dbo.t", currentConnection=connection),
        )

        assert rows(scanned(tmp_path)) == [f"1 SELECT {table}"]

    def test_a_configured_database_wins_over_the_connection(self, tmp_path: Path) -> None:
        put(
            tmp_path,
            "sqlscript/a.json",
            sql_script("SELECT a FROM dbo.t", currentConnection={"databaseName": "dev"}),
        )
        settings = Settings(folders=((tmp_path.resolve() / "sqlscript", "prod"),))

        assert rows(scan([tmp_path], settings, use_cache=False)) == ["1 SELECT prod.dbo.t"]

    def test_any_text_is_a_script(self, tmp_path: Path) -> None:
        put(
            tmp_path,
            "sqlscript/a.json",
            '{"properties": {"content": {"query": "SELECT a FROM dbo.t -- \\ud800"}}}',
        )

        assert rows(scanned(tmp_path)) == ["1 SELECT dbo.t"]

    def test_the_lines_of_a_finding_are_shown_from_the_script(self, tmp_path: Path) -> None:
        put(
            tmp_path,
            "sqlscript/a.json",
            sql_script("SELECT 1\nSELECT a FROM dbo.t WHERE x = 'open"),
        )
        finding = next(
            diagnostic
            for diagnostic in scanned(tmp_path).graph.diagnostics
            if diagnostic.code == "SLP102"
        )

        line = SourceLines(tmp_path).line_of(finding)

        assert line is not None
        assert line.text == "SELECT a FROM dbo.t WHERE x = '***"

    def test_a_file_that_holds_no_script_any_more_has_no_lines(self, tmp_path: Path) -> None:
        put(tmp_path, "sqlscript/a.json", "{}")

        assert (
            SourceLines(tmp_path).line_of(Diagnostic("SLP102", "", Span(2), "sqlscript/a.json"))
            is None
        )


class TestNotebooks:
    def test_each_cell_of_a_sql_kernel_is_a_batch(self, tmp_path: Path) -> None:
        put(
            tmp_path,
            "a.ipynb",
            notebook(
                ["SELECT a\n", "FROM dbo.x"], "%%python\nprint(1)", "%%sql\nSELECT b FROM dbo.y"
            ),
        )

        result = scanned(tmp_path)

        assert rows(result) == ["2 SELECT dbo.x", "6 SELECT dbo.y"]
        assert [file.batches for file in result.graph.files] == [2]

    def test_studio_keeps_them_below_properties(self, tmp_path: Path) -> None:
        put(
            tmp_path,
            "notebook/a.json",
            {"properties": notebook("SELECT a FROM dbo.x", kernel="sqldatawarehouse")},
        )

        assert rows(scanned(tmp_path)) == ["2 SELECT dbo.x"]

    def test_of_another_kernel_only_cells_with_the_magic_of_t_sql_count(
        self, tmp_path: Path
    ) -> None:
        cells = [
            "x = 1",
            "%%sql\nSELECT 1 FROM spark",
            "%%tsql -artifact Sales -type Warehouse\nSELECT a FROM dbo.x",
        ]
        put(tmp_path, "a.ipynb", notebook(*cells, kernel="python3"))

        assert rows(scanned(tmp_path)) == ["3 SELECT Sales.dbo.x"]
