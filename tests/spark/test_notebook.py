"""The cells of docs/spark.md run as they stand, but for the first, which says what is yours."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

from tests.docs.pages import blocks_of

from .repositories import command_document

if TYPE_CHECKING:
    import pytest
    from pyspark.sql import SparkSession

SAMPLE = Path(__file__).parents[2] / "sample_sql"


def cells() -> list[str]:
    return [block.body for block in blocks_of("docs/spark.md") if block.language == "python"]


def names(cell: str) -> set[str]:
    nodes = ast.walk(ast.parse(cell))
    return {node.id for node in nodes if isinstance(node, ast.Name)}


def test_the_cells_make_the_document_of_the_command(
    spark: SparkSession, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    module = ("SalesDb", "dbo", "V", "CREATE VIEW dbo.V AS SELECT A FROM dbo.T")
    spark.createDataFrame(
        [module], "database_name string, schema_name string, object_name string, definition string"
    ).createOrReplaceTempView("sql_modules")
    first, *cells_that_follow = cells()
    mine: dict[str, object] = {
        "ROOT": str(SAMPLE),
        "SETTINGS": (SAMPLE / "sql-lineage-purview.toml").read_text(encoding="utf-8"),
        "FORMAT": "parquet",
        "FACTS": str(tmp_path / "first"),
        "PREVIOUS": None,
        "DOCUMENT": str(tmp_path / "document.json"),
    }
    assert names(first) == mine.keys()
    notebook = {**mine, "spark": spark}

    for cell in cells_that_follow:
        exec(cell, notebook)  # noqa: S102 - the page is ours
    notebook |= {"FACTS": str(tmp_path / "second"), "PREVIOUS": mine["FACTS"]}
    for cell in cells_that_follow[:-1]:
        exec(cell, notebook)  # noqa: S102 - the page is ours

    written = (tmp_path / "document.json").read_bytes().decode("utf-8")
    assert written == command_document(SAMPLE, tmp_path / "command.json")
    assert "RetailDW.ext.Store -> RetailDW.dw.DimStore" in capsys.readouterr().out
    assert [row.path for row in notebook["module_facts"].collect()] == ["SalesDb/dbo.V.sql"]
