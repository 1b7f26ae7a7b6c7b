"""Files in a table of Spark give the document that the command gives of their folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sql_lineage_purview.model.limits import SCRIPT_BYTES
from sql_lineage_purview.project.project_errors import ConfigurationError
from sql_lineage_purview.render.json_document import render_json

from .repositories import DATABASES, INCLUDES, REPOSITORIES, command_document, table_of, write

pytest.importorskip("pyspark", reason="the extra spark is not installed")

from sql_lineage_purview.spark import compile_files, link_facts
from sql_lineage_purview.spark.facts_linking import FactsMissingError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from sql_lineage_purview.spark.driver_folder import SettingValues

SAMPLE = Path(__file__).parents[2] / "sample_sql"


def document(facts: DataFrame, settings: SettingValues = None) -> str:
    return render_json(link_facts(facts, settings).graph)


def sized(spark: SparkSession, size: int) -> DataFrame:
    rows = [("large.sql", "0", size, None, None, None)]
    return spark.createDataFrame(
        rows, "path string, hash string, size long, content binary, key string, facts binary"
    )


def test_the_sample_read_as_files_with_settings_as_text(
    spark: SparkSession, tmp_path: Path
) -> None:
    files = (
        spark.read.format("binaryFile")
        .option("recursiveFileLookup", "true")
        .option("pathGlobFilter", "*.sql")
        .load(str(SAMPLE))
    )
    settings = (SAMPLE / "sql-lineage-purview.toml").read_text(encoding="utf-8")

    facts = compile_files(files, settings, root=str(SAMPLE))

    assert document(facts, settings) == command_document(SAMPLE, tmp_path / "sample.json")


@pytest.mark.parametrize("name", REPOSITORIES)
def test_repositories_whose_files_need_each_other(
    spark: SparkSession, tmp_path: Path, name: str
) -> None:
    folder = write(tmp_path / "repository", REPOSITORIES[name])
    expected = command_document(folder, tmp_path / "document.json")

    assert document(compile_files(table_of(spark, folder))) == expected


def test_order_and_partitions_do_not_matter(spark: SparkSession, tmp_path: Path) -> None:
    folder = write(tmp_path / "repository", {**INCLUDES, **DATABASES})
    files = table_of(spark, folder)
    shuffled = files.repartition(5, "content").orderBy("content", ascending=False)

    facts = compile_files(shuffled)

    expected = command_document(folder, tmp_path / "document.json")
    assert document(facts.orderBy("key").repartition(3)) == expected


def test_settings_as_values_and_text_of_modules(spark: SparkSession, tmp_path: Path) -> None:
    settings = {"database": "Sales", "folders": {"dw": "Dw"}, "variables": {"T": "Stage"}}
    modules = {
        "v.sql": "CREATE VIEW dbo.V AS SELECT Größe FROM dbo.$(T);",
        "dw/w.sql": "CREATE VIEW dbo.W AS SELECT Größe FROM Sales.dbo.V;",
        "encrypted.sql": "",
    }
    folder = write(tmp_path / "modules", {**modules})
    toml = 'database = "Sales"\nfolders = {dw = "Dw"}\nvariables = {T = "Stage"}\n'
    (folder / "sql-lineage-purview.toml").write_text(toml, encoding="utf-8")
    rows = [(path, text or None) for path, text in modules.items()]
    files = spark.createDataFrame(rows, "path string, content string")

    facts = compile_files(files, settings)

    expected = command_document(folder, tmp_path / "document.json")
    assert document(facts, settings) == expected


def test_the_driver_has_the_text_of_what_is_brought_in_alone(
    spark: SparkSession, tmp_path: Path
) -> None:
    folder = write(tmp_path / "repository", {**INCLUDES, "other.sql": "SELECT 1"})
    rows = compile_files(table_of(spark, folder)).collect()

    assert {row.path for row in rows if row.content is None} == {"other.sql"}
    assert all(row.facts for row in rows)


def test_only_what_changed_is_compiled_again(spark: SparkSession, tmp_path: Path) -> None:
    folder = write(tmp_path / "repository", {**INCLUDES, "same.sql": "SELECT 1", "old.sql": "x"})
    previous = compile_files(table_of(spark, folder)).collect()
    marked = spark.createDataFrame(
        [(row.key, row.path.encode(), row.failed) for row in previous],
        "key string, facts binary, failed boolean",
    )
    # what names.sql sets comes to deploy.sql through Load.sql, and is what Load.sql runs with
    write(folder, {"parts/names.sql": ":setvar Source Bills\n", "new.sql": "SELECT 2"})
    (folder / "old.sql").unlink()

    rows = compile_files(table_of(spark, folder), previous=marked).collect()

    reused = {row.path for row in rows if bytes(row.facts) == row.path.encode()}
    assert {row.path for row in rows} - reused == {
        "deploy.sql",
        "new.sql",
        "parts/Load.sql",
        "parts/names.sql",
    }


def test_other_settings_or_no_facts_are_said(spark: SparkSession, tmp_path: Path) -> None:
    folder = write(tmp_path / "repository", {"a.sql": "SELECT $(T) FROM t"})
    facts = compile_files(table_of(spark, folder), {"variables": {"T": "a"}})

    with pytest.raises(FactsMissingError, match=r"a\.sql: the table has no facts of it"):
        link_facts(facts, {"variables": {"T": "b"}})
    with pytest.raises(ConfigurationError, match="databse"):
        link_facts(facts, {"databse": "x"})


def test_what_is_too_large_is_said_as_by_the_command(spark: SparkSession, tmp_path: Path) -> None:
    (tmp_path / "repository").mkdir()
    with (tmp_path / "repository" / "large.sql").open("wb") as stream:
        stream.truncate(SCRIPT_BYTES + 1)

    expected = command_document(tmp_path / "repository", tmp_path / "document.json")
    assert "SLP001" in expected
    assert document(sized(spark, SCRIPT_BYTES + 1)) == expected


@pytest.mark.parametrize(
    ("paths", "root", "message"),
    [
        (["/sql/a.sql"], "/lake", "not below /lake"),
        (["/sql/a.sql"], "", "no path below the root"),
        (["a/../../b.sql"], "", "no path below the root"),
        (["a.sql", "a.sql"], "", "stands in the table twice"),
        (["a", "a/b.sql"], "", "no path of a file"),
    ],
)
def test_paths_that_are_none(
    spark: SparkSession, paths: list[str], root: str, message: str
) -> None:
    files = spark.createDataFrame(
        [(path, "SELECT 1") for path in paths], "path string, content string"
    )

    with pytest.raises(ValueError, match=message):
        compile_files(files, root=root)
