"""What linking has found is kept, in one text for each part; what is damaged is found anew."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from sql_lineage_purview.cli import main
from sql_lineage_purview.linker import KeptLinks
from sql_lineage_purview.project.configuring.settings import Settings
from sql_lineage_purview.project.keeping.kept_findings import KeptFindings
from sql_lineage_purview.project.scanning import scan
from sql_lineage_purview.project.storing.blob_store import BlobStore
from tests.relinking import kept_in_a_store, relinked

SCRIPTS = {
    "call.sql": "CREATE PROCEDURE dbo.call AS CREATE TABLE #w (a int); EXEC dbo.fill; "
    "INSERT dbo.target (a) SELECT a FROM #w;",
    "again.sql": "CREATE PROCEDURE dbo.again AS CREATE TABLE #w (a int); EXEC dbo.fill; "
    "INSERT dbo.other (a) SELECT a FROM #w;",
    "fill.sql": "CREATE PROCEDURE dbo.fill AS INSERT #w (a) SELECT b FROM dbo.t;",
    "t.sql": "CREATE TABLE dbo.t (b int);",
}
SECRET = """CREATE PROCEDURE dbo.run @t sysname AS
EXEC ('INSERT dbo.x (a) SELECT ''hunter2'' FROM ' + @t)
GO
CREATE PROCEDURE dbo.all_of_them AS
EXEC dbo.run 'dbo.s WHERE k = ''hunter2''';
"""


class Blobs(BlobStore):
    """A store that writes nothing to the disk, and says what was put into it."""

    def __init__(self) -> None:
        super().__init__(Path("never-written.sqlite3"))
        self.written: dict[bytes, bytes] = {}

    def put(self, values: Mapping[bytes, bytes], *, along: bool = False) -> None:
        self.written |= values
        super().put(values, along=along)


def kept_in(blobs: Blobs, root: Path = Path(), version: str = "1.0") -> KeptFindings:
    return KeptFindings(blobs, root, version)


def test_what_is_kept_says_of_each_file_what_was_found() -> None:
    graph, links = relinked(SCRIPTS)
    loaded = kept_in_a_store(links)

    assert loaded.files.keys() == links.files.keys()
    assert loaded.answers == links.answers
    assert loaded.circumstances == links.circumstances
    assert relinked(SCRIPTS, loaded)[0] == graph


def test_what_has_not_changed_is_not_written_again() -> None:
    blobs, (_, links) = Blobs(), relinked(SCRIPTS)
    kept_in(blobs).keep(links)
    before, blobs.written = blobs.written, {}
    findings = kept_in(blobs)
    more = {**SCRIPTS, "u.sql": "CREATE PROCEDURE dbo.u AS INSERT dbo.v SELECT b FROM dbo.t;"}
    findings.keep(relinked(more, findings.load())[1])

    assert len(blobs.written) == 2
    assert len(blobs.written.keys() - before.keys()) == 1  # the other says of which files


def test_of_many_files_those_around_one_that_has_changed_are_written_again() -> None:
    scripts = {
        f"{number}.sql": f"CREATE PROCEDURE dbo.p{number} AS INSERT dbo.v SELECT b FROM dbo.t;"
        for number in range(200)
    }
    blobs, (_, links) = Blobs(), relinked(scripts)
    kept_in(blobs).keep(links)
    count, blobs.written = len(blobs.written), {}
    findings = kept_in(blobs)
    changed = scripts | {"50.sql": "CREATE PROCEDURE dbo.p50 AS INSERT dbo.v SELECT c FROM dbo.t;"}
    graph, newer = relinked(changed, findings.load())
    findings.keep(newer)

    assert 3 < count < 60
    assert len(blobs.written) <= 3
    assert relinked(changed, kept_in(blobs).load())[0] == graph == relinked(changed)[0]


@pytest.mark.parametrize(("root", "version"), [(Path(), "2.0"), (Path("elsewhere"), "1.0")])
def test_of_another_version_or_folder_nothing_is_known(root: Path, version: str) -> None:
    blobs, (_, links) = Blobs(), relinked(SCRIPTS)
    kept_in(blobs).keep(links)

    assert kept_in(blobs, root, version).load() == KeptLinks()


@pytest.mark.parametrize("damage", [b"", b"{}", b"[1]", b'{"parts": [5]}', b"\xff\xfe", b"null"])
def test_what_is_damaged_is_nothing(damage: bytes) -> None:
    blobs, (_, links) = Blobs(), relinked(SCRIPTS)
    kept_in(blobs).keep(links)
    for key, whole in list(blobs.written.items()):
        blobs.put({key: damage})
        assert kept_in(blobs).load() == KeptLinks()
        blobs.put({key: whole})


def test_an_edit_gives_what_a_scan_without_anything_kept_gives(tmp_path: Path) -> None:
    for path, text in SCRIPTS.items():
        (tmp_path / path).write_text(text, encoding="utf-8")
    scan([tmp_path], Settings(jobs=1))
    (tmp_path / "t.sql").write_text("CREATE TABLE dbo.t (b int, a int);", encoding="utf-8")
    (tmp_path / "fill.sql").write_text(
        "CREATE PROCEDURE dbo.fill AS INSERT #w (a) SELECT a FROM dbo.t;", encoding="utf-8"
    )

    edited = scan([tmp_path], Settings(jobs=1)).graph
    assert edited == scan([tmp_path], Settings(jobs=1), use_cache=False).graph
    assert {edge.source.column for edge in edited.column_lineage} == {"a"}


def test_no_string_of_a_script_is_kept_in_clear(tmp_path: Path) -> None:
    (tmp_path / "run.sql").write_text(SECRET, encoding="utf-8")
    output = tmp_path / "x.json"
    assert main(["scan", str(tmp_path), "--format", "json", "-o", str(output)]) == 0

    contents = [path.read_bytes() for path in tmp_path.rglob("*.sqlite3")]
    assert contents
    assert not any(b"hunter2" in data for data in contents)
