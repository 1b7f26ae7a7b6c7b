"""A scan as a whole: every file is read, whatever is wrong with others.

Equal input gives equal output.
"""

from __future__ import annotations

import os
import sqlite3
import zlib
from pathlib import Path

import pytest

from sql_lineage_purview.model.names import parse_name
from sql_lineage_purview.project.configuring.settings import Settings
from sql_lineage_purview.project.keeping.scan_result import Scan
from sql_lineage_purview.project.scanning import scan
from sql_lineage_purview.project.storing.left_out import CACHE_FOLDER
from sql_lineage_purview.render.json_document import render_json

LOAD = "INSERT INTO dbo.Fact (Id) SELECT Id FROM stg.Sales"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.sql").write_text("CREATE TABLE stg.Sales (Id int)", encoding="utf-8")
    (tmp_path / "b.sql").write_text("CREATE TABLE dbo.Fact (Id int)", encoding="utf-8")
    (tmp_path / "c.sql").write_text(LOAD, encoding="utf-16")
    return tmp_path


def _codes(result: Scan) -> list[tuple[str, str]]:
    return [(diagnostic.path, diagnostic.code) for diagnostic in result.graph.diagnostics]


def _edges(result: Scan) -> list[tuple[str, str]]:
    return [(str(edge.source), str(edge.target)) for edge in result.graph.table_lineage]


def test_files_are_linked_to_one_graph(folder: Path) -> None:
    result = scan([folder], Settings())

    assert result.root == folder.resolve()
    assert [file.path for file in result.graph.files] == ["a.sql", "b.sql", "c.sql"]
    assert _edges(result) == [("stg.Sales", "dbo.Fact")]


def test_workers_and_cache_change_nothing(folder: Path) -> None:
    for number in range(12):
        (folder / f"more{number}.sql").write_text(f"{LOAD} WHERE Id > {number}", encoding="utf-8")

    alone = render_json(scan([folder], Settings(jobs=1), use_cache=False).graph)
    assert not (folder / CACHE_FOLDER).exists()
    shared = render_json(scan([folder], Settings(jobs=2)).graph)
    cached = render_json(scan([folder], Settings(jobs=2)).graph)

    assert alone == shared == cached


def test_a_warm_cache_compiles_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scan([folder], Settings())
    compiled: list[object] = []
    monkeypatch.setattr(
        "sql_lineage_purview.project.reading.compilation.compile_file",
        lambda *work: compiled.append(work),
    )

    result = scan([folder], Settings(keep_temporary=True))  # the result of the other is kept

    assert not compiled
    assert _edges(result) == [("stg.Sales", "dbo.Fact")]


def test_other_variables_are_another_compilation(folder: Path) -> None:
    (folder / "c.sql").write_text(
        "INSERT INTO dbo.Fact (Id) SELECT Id FROM $(Source)", encoding="utf-8"
    )

    first = scan([folder], Settings(variables=(("Source", "stg.Sales"),)))
    second = scan([folder], Settings(variables=(("Source", "stg.Other"),)))

    assert _edges(first) == [("stg.Sales", "dbo.Fact")]
    assert _edges(second) == [("stg.Other", "dbo.Fact")]


def test_a_file_that_cannot_be_read_is_a_diagnostic_and_the_rest_is_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = os.open

    def refuse(path: Path, *flags: int) -> int:
        if Path(path).name == "a.sql":
            raise PermissionError(13, "Permission denied")
        return opened(path, *flags)

    monkeypatch.setattr(os, "open", refuse)

    result = scan([folder], Settings())

    assert ("a.sql", "SLP001") in _codes(result)
    assert _edges(result) == [("stg.Sales", "dbo.Fact")]


def test_a_defect_in_one_file_is_a_diagnostic_and_is_tried_anew(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("boom")

    with monkeypatch.context() as patch:
        patch.setattr("sql_lineage_purview.project.reading.compilation.compile_file", fail)
        failed = scan([folder], Settings())

    assert _codes(failed) == [("a.sql", "SLP104"), ("b.sql", "SLP104"), ("c.sql", "SLP104")]
    assert _edges(scan([folder], Settings())) == [("stg.Sales", "dbo.Fact")]


def test_binary_files_and_odd_bytes_harm_no_others(folder: Path) -> None:
    (folder / "binary.sql").write_bytes(bytes(range(256)) * 10)
    (folder / "odd.sql").write_bytes(b"SELECT '\x81\x8d' AS a FROM dbo.Fact")
    (folder / "cut.sql").write_bytes(b"SELECT a FROM dbo.t WHERE x = 'never closed")

    result = scan([folder], Settings())

    assert {("binary.sql", "SLP002"), ("odd.sql", "SLP003"), ("cut.sql", "SLP102")} <= set(
        _codes(result)
    )
    assert ("stg.Sales", "dbo.Fact") in _edges(result)


def test_a_script_belongs_to_the_database_of_its_folder(folder: Path) -> None:
    (folder / "dw").mkdir()
    (folder / "dw" / "load.sql").write_text(LOAD, encoding="utf-8")
    settings = Settings(folders=((folder.resolve() / "dw", "Dw"),))

    names = {table.name for table in scan([folder], settings).graph.tables}

    assert {parse_name("Dw.dbo.Fact"), parse_name("dbo.Fact")} <= names


def test_the_cache_of_distant_folders_stands_in_the_first(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.sql").write_text(LOAD, encoding="utf-8")

    scan([tmp_path / "one", tmp_path / "two" / "a.sql"], Settings())

    assert [place.parent.name for place in tmp_path.rglob(CACHE_FOLDER)] == ["one"]


def test_progress_counts_every_file_once(folder: Path) -> None:
    steps: list[tuple[int, int]] = []

    scan([folder], Settings(), progress=lambda done, total: steps.append((done, total)))

    assert steps == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_a_folder_without_scripts_gives_an_empty_graph(tmp_path: Path) -> None:
    result = scan([tmp_path], Settings())

    assert not result.graph.files
    assert not (tmp_path / CACHE_FOLDER).exists()


def test_a_pool_that_cannot_start_is_no_error(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("no semaphores here")

    monkeypatch.setattr("sql_lineage_purview.project.reading.workers.ProcessPoolExecutor", refuse)

    assert _edges(scan([folder], Settings(jobs=2))) == [("stg.Sales", "dbo.Fact")]


def test_no_secret_of_a_string_or_an_argument_is_kept(tmp_path: Path) -> None:
    (tmp_path / "load.sql").write_text(
        """
        CREATE PROCEDURE dbo.P @t sysname, @DbPassword nvarchar(99) = 'Kept1' AS
        DECLARE @s nvarchar(max) = N'CREATE LOGIN x WITH PASSWORD = ''Kept2'';
            INSERT INTO dbo.t SELECT * FROM ' + @t;
        EXEC (@s);
        EXEC dbo.Other @DbPassword = 'Kept3', @name = 'dbo.S';
        """,
        encoding="utf-8",
    )
    scan([tmp_path], Settings(), use_cache=True)
    [cache] = tmp_path.rglob("*.sqlite3")
    [*entries] = sqlite3.connect(cache).execute("SELECT data FROM blobs")
    assert entries
    sealed = 0
    for content in (cache.read_bytes(), *(entry for (entry,) in entries)):
        assert not any(word in content for word in (b"Kept", b"dbo.Other"))
        try:
            shown = zlib.decompress(content[16:])
        except zlib.error:  # packed, and not only that
            sealed += 1
        else:  # what has been found, which the document shows
            assert b"Kept" not in shown
    # the file as a whole, the facts of the script and of its string, and digests of the tool's own
    # files
    assert sealed == 4
