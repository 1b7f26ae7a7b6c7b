"""What a command loads: nobody waits for what it does not use."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

_HEAVY = {"sqlglot", "sqlparse", "multiprocessing", "pathspec", "rich", "requests", "azure"}
_PRINT = "print(*sys.modules, file=sys.stderr)"

# of our own rooms, what a script has no use for that stands alone, by the reasons
_FOR_OTHERS = {
    "pipelines": ("activities", "artefacts.artefact_files", "calls", "copies", "statements"),
    "catalogs": ("catalog.package", "catalog.snapshot", "project.reading.schema_files"),
    "projects": ("project.reading.project_files", "project.reading.msbuild"),
    "configuration": ("project.configuring.configuration", "project.configuring.file_settings"),
    "builds": ("render.annotations.sarif", "render.annotations.gitlab"),
}


def modules_loaded_by(*words: str) -> set[str]:
    code = f"""
import sys
from sql_lineage_purview.cli import main
main({list(words)!r})
{_PRINT}
"""
    run = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, encoding="utf-8"
    )
    return set(run.stderr.splitlines()[-1].split())


def loaded_by(*words: str) -> set[str]:
    return {name.partition(".")[0] for name in modules_loaded_by(*words)}


@pytest.mark.parametrize("words", [("--help",), ("explain", "SLP101"), ("explain",)])
def test_what_only_prints_loads_no_library(words: tuple[str, ...]) -> None:
    assert not loaded_by(*words) & (_HEAVY | {"secrets", "hmac", "traceback"})


def test_what_is_explained_loads_no_store() -> None:
    assert not loaded_by("explain", "SLP101") & {"dataclasses", "hashlib", "sqlite3"}


def test_help_loads_nothing_that_a_command_needs() -> None:
    assert not loaded_by("--help") & {"dataclasses", "inspect", "sqlite3"}


def test_one_script_loads_the_parser_and_nothing_for_many(tmp_path: Path) -> None:
    script = tmp_path / "load.sql"
    script.write_text("INSERT dbo.t (a) SELECT a FROM dbo.s;", encoding="utf-8")
    loaded = loaded_by("check", str(script), "--no-cache")

    assert loaded & _HEAVY == {"sqlglot"}


def test_one_script_loads_nothing_for_what_it_has_not(tmp_path: Path) -> None:
    script = tmp_path / "load.sql"
    script.write_text("INSERT dbo.t (a) SELECT a FROM dbo.s;", encoding="utf-8")
    loaded = modules_loaded_by("check", str(script), "--no-cache")

    assert not loaded & {"xml", "tomllib", "sqlite3"}
    for reason, names in _FOR_OTHERS.items():
        room = "pipelines." if reason == "pipelines" else ""
        full_names = {f"sql_lineage_purview.{room}{name}" for name in names}
        assert not loaded & full_names, reason


def test_a_script_without_queries_loads_no_parser(tmp_path: Path) -> None:
    script = tmp_path / "tables.sql"
    script.write_text(
        "CREATE TABLE dbo.t (a int NOT NULL DEFAULT 0 PRIMARY KEY, b nvarchar(max));\nGO\n"
        "CREATE INDEX i ON dbo.t (b);\nGO\nCREATE SYNONYM dbo.s FOR dbo.t;\nGO\n"
        "EXEC dbo.fill @day = 1;\n",
        encoding="utf-8",
    )
    loaded = loaded_by("check", str(script), "--no-cache")

    assert not loaded & _HEAVY


def test_columns_are_traced_by_name_without_what_speaks_to_a_network(tmp_path: Path) -> None:
    script = tmp_path / "load.sql"
    script.write_text("INSERT dbo.t (a) SELECT a FROM dbo.s;", encoding="utf-8")
    loaded = loaded_by("trace", str(script), "--column", "a", "--no-cache")

    assert not loaded & {"requests", "urllib3", "azure", "http", "rich"}


def test_a_path_that_is_not_there_is_refused_before_anything_is_compiled(tmp_path: Path) -> None:
    loaded = loaded_by("scan", str(tmp_path / "nowhere"))

    assert not loaded & _HEAVY
