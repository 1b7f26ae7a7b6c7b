"""A scan behind a change of a few scripts is patched: it finds no files, and equals a fresh one.

`progress` is told by who finds and compiles files, and by nobody else.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sql_lineage_purview.project.configuring.loading import load_settings
from sql_lineage_purview.project.keeping.kept_blobs import text_in
from sql_lineage_purview.project.keeping.kept_graph import KeptGraph
from sql_lineage_purview.project.revision_scanning import scan_revision
from sql_lineage_purview.project.scanning import scan
from sql_lineage_purview.project.storing.left_out import CACHE_FOLDER
from sql_lineage_purview.project.storing.store_file import connect
from sql_lineage_purview.render.json_document import render_json
from tests.git_repository import GitRepository
from tests.project.test_keeping import written

if TYPE_CHECKING:
    from sql_lineage_purview.model.graph import LineageGraph
    from sql_lineage_purview.project.configuring.settings import Settings
    from sql_lineage_purview.project.keeping.scan_result import Scan

PROJECT = (
    '<Project Sdk="Microsoft.Build.Sql"><PropertyGroup><Name>{}</Name></PropertyGroup></Project>'
)
FILES: dict[str, object] = {
    "sql-lineage-purview.toml": "",
    "tables/s.sql": "CREATE TABLE dbo.s (k int PRIMARY KEY, v int)",
    "tables/t.sql": "CREATE TABLE dbo.t (k int REFERENCES dbo.s (k), v int)",
    "views/w.sql": "CREATE VIEW dbo.w AS SELECT * FROM dbo.s",
    "load.sql": "CREATE PROCEDURE dbo.load AS INSERT dbo.t (k, v) SELECT k, v FROM dbo.w",
    "run.sql": "EXEC dbo.load",
    "main.sql": ":r part.inc\nGO\nINSERT dbo.t (v) SELECT v FROM dbo.fresh",
    "part.inc": "CREATE TABLE dbo.fresh (v int)",
    "given.sql": "CREATE TABLE dbo.$(Name) (v int)",
}
EDITS = {
    "another source": (
        "load.sql",
        "CREATE PROCEDURE dbo.load AS INSERT dbo.t (v) SELECT v FROM dbo.s",
    ),
    "another key": ("tables/t.sql", "CREATE TABLE dbo.t (k int, v int REFERENCES dbo.s (k))"),
    "what a script with others in it defines": ("run.sql", "DELETE dbo.fresh WHERE v = 1"),
    "what a script with variables defines": (
        "run.sql",
        "INSERT dbo.t (v) SELECT v FROM dbo.Tr0ub5",
    ),
    "a column less": ("tables/s.sql", "CREATE TABLE dbo.s (k int PRIMARY KEY)"),
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return written(tmp_path, FILES)


def settings_of(root: Path) -> Settings:
    arguments = {"jobs": 1, "variables": (("Name", "Tr0ub5"),)}
    return load_settings(root, arguments=arguments, environment={})


def scanned(root: Path) -> tuple[Scan, bool]:
    """A scan, and whether it has found files by itself."""
    told: list[int] = []
    result = scan([root], settings_of(root), progress=lambda done, _: told.append(done))
    return result, bool(told)


def document(result: Scan) -> str:
    return "".join(render_json(result.graph))


def cold(root: Path) -> LineageGraph:
    return scan([root], settings_of(root), use_cache=False).graph


@pytest.mark.parametrize("name", EDITS)
def test_a_patched_scan_equals_a_fresh_one_and_is_kept(root: Path, name: str) -> None:
    before, has_searched = scanned(root)
    assert has_searched
    path, text = EDITS[name]
    (root / path).write_text(text, encoding="utf-8")
    result, has_searched = scanned(root)

    assert not has_searched
    assert result.graph == cold(root) != before.graph
    again, has_searched = scanned(root)
    assert isinstance(again.graph, KeptGraph)
    assert not has_searched
    assert again == result


def test_one_patch_follows_another(root: Path) -> None:
    scanned(root)
    for path, text in EDITS.values():
        (root / path).write_text(text, encoding="utf-8")
        result, has_searched = scanned(root)

        assert not has_searched
        assert result.graph == cold(root)


def test_scripts_that_are_brought_in_are_no_scripts_of_their_own(root: Path) -> None:
    scanned(root)
    (root / "part.inc").write_text("CREATE TABLE dbo.fresh (v int, w int)", encoding="utf-8")
    result, has_searched = scanned(root)

    assert has_searched
    assert result.graph == cold(root)


def test_a_name_of_the_configuration_that_nothing_has_any_more_is_told(root: Path) -> None:
    (root / "sql-lineage-purview.toml").write_text('publish.exclude = ["dbo.gone"]', "utf-8")
    (root / "run.sql").write_text("DELETE dbo.gone WHERE v = 1", encoding="utf-8")
    assert "SLP704" not in document(scanned(root)[0])
    (root / "run.sql").write_text("DELETE dbo.s WHERE v = 1", encoding="utf-8")
    result, _ = scanned(root)

    assert "SLP704" in document(result)
    assert result.graph == cold(root)


def test_an_object_that_only_another_project_defines_is_told(root: Path) -> None:
    load = "CREATE PROCEDURE dbo.l AS INSERT dbo.o (v) SELECT v FROM dbo.{}"
    written(
        root,
        {
            "one/One.sqlproj": PROJECT.format("One"),
            "one/load.sql": load.format("o"),
            "two/Two.sqlproj": PROJECT.format("Two"),
            "two/other.sql": "CREATE TABLE dbo.other (v int)",
        },
    )
    assert "SLP504" not in document(scanned(root)[0])
    (root / "one/load.sql").write_text(load.format("other"), encoding="utf-8")
    result, has_searched = scanned(root)

    assert not has_searched
    assert "SLP504" in document(result)
    assert result.graph == cold(root)


def test_a_state_of_git_is_patched_from_the_one_before(tmp_path: Path) -> None:
    repository = GitRepository.made(written(tmp_path, FILES))
    repository.git("add", "--all")
    repository.commit()
    told: list[int] = []
    for is_patched in (False, True):
        told.clear()
        result = scan_revision(
            [repository.folder],
            settings_of(repository.folder),
            "HEAD",
            progress=lambda done, _: told.append(done),
        )

        assert bool(told) != is_patched
        assert result.graph == cold(repository.folder)
        repository.write(*EDITS["another source"])
        repository.git("add", "--all")
        repository.commit()


def texts_of_the_store(root: Path) -> dict[bytes, str]:
    connection = connect(root / CACHE_FOLDER / "cache.sqlite3")
    assert connection
    texts = {}
    for key, blob in connection.execute("SELECT key, data FROM blobs").fetchall():
        try:
            texts[key] = text_in(blob)
        except ValueError:
            texts[key] = str(blob)
    connection.close()
    return texts


def test_what_a_patch_starts_from_holds_no_value_of_a_variable(root: Path) -> None:
    text = "CREATE PROCEDURE dbo.p AS EXEC ('SELECT ''$(Name)''')"
    (root / "given.sql").write_text(text, encoding="utf-8")
    assert "Tr0ub" not in document(scanned(root)[0])
    readable = texts_of_the_store(root).values()

    assert any("given.sql" in text for text in readable)
    assert not [text for text in readable if "Tr0ub" in text]


def test_where_what_it_starts_from_is_gone_all_is_linked(root: Path) -> None:
    scanned(root)
    damaged = [key for key, text in texts_of_the_store(root).items() if text.startswith("[{")]
    assert damaged
    connection = connect(root / CACHE_FOLDER / "cache.sqlite3")
    assert connection
    for key in damaged:
        connection.execute("UPDATE blobs SET data = ? WHERE key = ?", (b"not what it was", key))
    connection.commit()
    connection.close()
    path, text = EDITS["another source"]
    (root / path).write_text(text, encoding="utf-8")
    result, has_searched = scanned(root)

    assert has_searched
    assert result.graph == cold(root)
