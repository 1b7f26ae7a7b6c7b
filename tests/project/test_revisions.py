"""A state of a repository is scanned as if it were checked out, and nothing that it names runs."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import zlib
from pathlib import Path

import pytest
from msgspec.structs import replace

from sql_lineage_purview.linker.context.findings import Findings
from sql_lineage_purview.linker.interpreter.interpreter import Interpreter
from sql_lineage_purview.model.facts import SourceFile
from sql_lineage_purview.project.configuring.settings import Settings
from sql_lineage_purview.project.keeping.kept_blobs import mark_of
from sql_lineage_purview.project.keeping.kept_graph import KeptGraph, is_same_text
from sql_lineage_purview.project.keeping.kept_scans import KeptScans
from sql_lineage_purview.project.keeping.latest_state import LatestState
from sql_lineage_purview.project.keeping.scan_result import Scan
from sql_lineage_purview.project.project_errors import ProjectError
from sql_lineage_purview.project.reading.revisions.git_program import GitError, GitObjects
from sql_lineage_purview.project.revision_scanning import INDEX, scan_revision
from sql_lineage_purview.project.scanning import scan
from sql_lineage_purview.project.storing.blob_store import BlobStore
from sql_lineage_purview.render.json_document import render_json
from tests.git_repository import GitRepository

TABLES = "CREATE TABLE dbo.s (a int, b int);\nGO\nCREATE TABLE dbo.t (a int, b int);\n"
LOAD = "INSERT INTO dbo.t (a, b) SELECT a, b FROM dbo.s;\n"
LESS = "INSERT INTO dbo.t (a) SELECT a FROM dbo.s;\n"


@pytest.fixture
def repository(tmp_path: Path) -> GitRepository:
    made = GitRepository.made(tmp_path / "repository")
    made.commit(tables=TABLES, load=LOAD)
    return made


def _paths(result: Scan) -> list[str]:
    return [file.path for file in result.graph.files]


def _edges(result: Scan) -> int:
    return len(result.graph.column_lineage)


def _at(repository: GitRepository, revision: str = "HEAD", **options: bool) -> Scan:
    return scan_revision([repository.folder], Settings(), revision, **options)


def _told(result: Scan) -> Scan:
    """What a scan tells, whether texts of it are kept or not."""
    return replace(result, texts=None)


def test_a_revision_gives_what_its_checkout_gives(repository: GitRepository) -> None:
    checked_out = render_json(scan([repository.folder], Settings()).graph)
    repository.write("load.sql", LESS)
    repository.write("more/new.sql", LOAD)
    (repository.folder / "tables.sql").unlink()

    for use_cache in (False, True, True):
        assert render_json(_at(repository, use_cache=use_cache).graph) == checked_out
    assert (repository.folder / "load.sql").read_text(encoding="utf-8") == LESS


def test_what_is_kept_of_a_state_is_not_taken_for_another(repository: GitRepository) -> None:
    first = repository.git("rev-parse", "HEAD")
    second = repository.commit(load=LESS)

    for _ in range(2):
        assert _edges(_at(repository, first)) == 2
        assert _edges(_at(repository, second)) == 1
        assert _edges(scan([repository.folder], Settings())) == 1


def test_the_index_is_a_state_too(repository: GitRepository) -> None:
    repository.write("load.sql", LESS)
    repository.git("add", "load.sql")
    repository.write("load.sql", "SELECT 1;")

    assert _edges(_at(repository, INDEX)) == 1
    assert _edges(_at(repository)) == 2


def test_the_index_of_a_commit_under_way(
    repository: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`git commit FILE` has an index of its own, which its hooks are told of."""
    repository.write("load.sql", LESS)
    monkeypatch.setenv("GIT_DIR", ".git")
    monkeypatch.chdir(repository.folder)
    original = (repository.folder / ".git/index").read_bytes()
    repository.git("add", "load.sql")
    other = repository.folder / ".git/next-index"
    other.write_bytes((repository.folder / ".git/index").read_bytes())
    (repository.folder / ".git/index").write_bytes(original)

    assert _edges(_at(repository, INDEX)) == 2
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/next-index")
    assert _edges(_at(repository, INDEX)) == 1


def test_only_what_differs_is_read_from_gits_objects(
    repository: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    names: list[str] = []
    read = GitObjects.read

    def counted(objects: GitObjects, name: str, most: int) -> tuple[bytes, int]:
        names.append(name)
        return read(objects, name, most)

    monkeypatch.setattr(GitObjects, "read", counted)
    # as a checkout on Windows may have it
    (repository.folder / "tables.sql").write_bytes(TABLES.replace("\n", "\r\n").encode())
    repository.write("load.sql", LESS)
    expected = repository.git("rev-parse", "HEAD:load.sql")

    assert _edges(_at(repository)) == 2
    assert set(names) == {expected}
    names.clear()
    assert _edges(_at(repository)) == 2
    assert not names


# By what they are called: what a file holds next (None: it goes), and is that of the state before
# used again?
NEXT_STATES: dict[str, tuple[str, str | None, bool]] = {
    "a comment": ("load.sql", LOAD + "-- done\n", True),
    "an operator": ("load.sql", LOAD.replace("SELECT a, b", "SELECT -a, b"), False),
    "a column": ("load.sql", LESS, False),
    "a variable": ("load.sql", LOAD + "-- $(Name)\n", False),
    "a new file": ("more.sql", "-- nothing\n", False),
    "a file less": ("load.sql", None, False),
    "a file that is brought in": ("part.sql", "DELETE dbo.s; -- all\n", False),
    "no script": ("notes.json", "[1]", False),
}


@pytest.mark.parametrize("change", NEXT_STATES)
def test_a_state_that_says_what_the_latest_said_is_not_scanned_anew(
    repository: GitRepository, change: str
) -> None:
    repository.write("notes.json", "{}")
    repository.write("sub/ignored.txt", "")
    repository.commit(main=":r part.sql\n", part="DELETE dbo.s;\n")
    former = _at(repository)
    path, text, is_same = NEXT_STATES[change]
    if text is None:
        (repository.folder / path).unlink()
    else:
        repository.write(path, text)
    repository.git("add", "--all")
    result = _at(repository, INDEX)

    assert isinstance(result.graph, KeptGraph) == is_same
    assert _told(result) == _told(_at(repository, INDEX, use_cache=False))
    assert _told(former) == _told(_at(repository))
    assert is_same_text(_at(repository).graph, _at(repository, INDEX).graph) or not is_same


def test_what_is_the_same_on_the_disk_and_in_a_state_is_kept_as_the_same_texts(
    repository: GitRepository,
) -> None:
    for _ in range(2):
        on_disk, state = scan([repository.folder], Settings()).graph, _at(repository).graph

    assert is_same_text(on_disk, state)
    assert on_disk == state
    repository.write("load.sql", LESS)
    for _ in range(2):
        on_disk = scan([repository.folder], Settings()).graph
    assert not is_same_text(on_disk, state)
    assert on_disk != state


@pytest.mark.parametrize("first", ["the disk", "a state"])
def test_of_a_state_and_the_disk_only_what_differs_is_linked_twice(
    repository: GitRepository, monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    scans = [lambda: scan([repository.folder], Settings()), lambda: _at(repository)]
    one, other = scans if first == "the disk" else reversed(scans)
    repository.write("load.sql", LESS)
    one()
    linked: list[str] = []
    run_file = Interpreter.run_file

    def noted(interpreter: Interpreter, file: SourceFile) -> Findings:
        linked.append(file.path)
        return run_file(interpreter, file)

    monkeypatch.setattr(Interpreter, "run_file", noted)
    result = other()

    assert linked == ["load.sql"]
    assert _edges(result) == (2 if first == "the disk" else 1)


def test_members_that_are_the_same_in_two_states_are_read_once(repository: GitRepository) -> None:
    for _ in range(2):
        state = _at(repository).graph
    repository.write("load.sql", LESS)
    on_disk = scan([repository.folder], Settings()).graph
    assert isinstance(state, KeptGraph)
    beside = state.beside(on_disk)

    assert beside == state
    assert beside.files is on_disk.files
    assert beside.column_lineage is not on_disk.column_lineage


def test_a_link_in_the_place_of_a_script_is_another_state(repository: GitRepository) -> None:
    _at(repository)
    blob = repository.git("rev-parse", "HEAD:load.sql")
    repository.git("update-index", "--cacheinfo", f"120000,{blob},load.sql")

    assert _paths(_at(repository, INDEX)) == _paths(_at(repository, INDEX, use_cache=False))


def test_the_latest_state_is_no_other_folders(repository: GitRepository) -> None:
    repository.write("etl/a.sql", LOAD)
    repository.commit()
    _at(repository)
    scan_revision([repository.folder / "etl"], Settings(), "HEAD")
    repository.write("etl/a.sql", LOAD + "-- done")
    repository.git("add", "--all")
    result = scan_revision([repository.folder / "etl"], Settings(), INDEX)

    assert _paths(result) == ["a.sql"]
    anew = scan_revision([repository.folder / "etl"], Settings(), INDEX, use_cache=False)
    assert _told(result) == _told(anew)


@pytest.mark.parametrize(
    "damage", ["", "{}", "[]", '{"scan": "xy", "listing": {}}', '{"scan": "", "listing": []}']
)
def test_a_damaged_note_of_the_latest_state_is_none(damage: str) -> None:
    store = BlobStore(Path("never-written.sqlite3"))
    latest = LatestState(store, b"key", {"/a.sql": "100644 1"})
    latest.put(b"scan")
    assert LatestState(store, b"key", {"/a.sql": "100644 2"}).differing(9) == (b"scan", ["/a.sql"])
    [(key, blob)] = store._waiting.items()
    store.put({key: mark_of(blob) + zlib.compress(damage.encode())})

    scans = KeptScans(store, b"state", _nothing_again, lambda *_: True, latest)
    assert scans.get() is None


def _nothing_again() -> Scan:
    raise AssertionError("nothing is read")


def test_a_path_that_a_revision_has_not(repository: GitRepository) -> None:
    first = repository.git("rev-parse", "HEAD")
    repository.write("etl/load.sql", LESS)
    repository.commit()
    folder = repository.folder / "etl"

    assert _paths(scan_revision([folder], Settings(), "HEAD")) == ["load.sql"]
    assert _paths(scan_revision([folder], Settings(), first)) == []


def test_a_folder_that_is_there_no_more(repository: GitRepository) -> None:
    repository.write("etl/load.sql", LESS)
    repository.commit()
    folder = repository.folder / "etl"
    (folder / "load.sql").unlink()
    folder.rmdir()

    assert _paths(scan_revision([folder], Settings(), "HEAD")) == ["load.sql"]


def test_what_git_ignores_lies_beside_all_states(repository: GitRepository) -> None:
    repository.write(".gitignore", "/built/\n*.local.sql\n")
    repository.commit()
    repository.write("built/script.sql", LOAD)
    repository.write("etl/my.local.sql", LOAD)
    repository.write("untracked.sql", LOAD)

    beside = ["built/script.sql", "etl/my.local.sql"]
    assert _paths(_at(repository)) == sorted([*beside, "load.sql", "tables.sql"])
    assert _paths(_at(repository, with_ignored=False)) == ["load.sql", "tables.sql"]
    repository.write("built/script.sql", LESS)
    assert _paths(_at(repository)) == sorted([*beside, "load.sql", "tables.sql"])
    assert sum(file.statements for file in _at(repository).graph.files) == 5


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
@pytest.mark.parametrize(
    ("target", "paths"),
    [
        ("../outside", ["load.sql", "tables.sql"]),
        ("/etc", ["load.sql", "tables.sql"]),
        ("linked", ["load.sql", "tables.sql"]),
        ("nowhere", ["load.sql", "tables.sql"]),
        ("etl", ["etl/more.sql", "load.sql", "tables.sql"]),
    ],
)
def test_links_are_those_of_the_state(
    repository: GitRepository, target: str, paths: list[str]
) -> None:
    outside = repository.folder.parent / "outside"
    outside.mkdir()
    (outside / "secret.sql").write_text(LOAD, encoding="utf-8")
    repository.write("etl/more.sql", LESS) if target == "etl" else None
    (repository.folder / "linked").symlink_to(target)
    repository.commit()
    checked_out = scan([repository.folder], Settings())
    (repository.folder / "linked").unlink()
    result = _at(repository)

    assert _paths(result) == paths
    assert render_json(result.graph) == render_json(checked_out.graph)


def test_scripts_brought_in_are_those_of_the_state(repository: GitRepository) -> None:
    """In several processes too, which know of no state."""
    for number in range(6):
        repository.write(f"main{number}.sql", f":r parts/part{number}.sql\n")
        repository.write(f"parts/part{number}.sql", LOAD)
    repository.commit()
    checked_out = render_json(scan([repository.folder], Settings(), use_cache=False).graph)
    for number in range(6):
        repository.write(f"parts/part{number}.sql", LESS)

    result = scan_revision([repository.folder], Settings(jobs=2), "HEAD", use_cache=False)
    assert render_json(result.graph) == checked_out


def test_copies_of_pipelines_are_those_of_the_state(repository: GitRepository) -> None:
    """Their datasets are looked for on another thread."""
    source = {"type": "AzureSqlTable", "typeProperties": {"schema": "dbo", "table": "s"}}
    target = {"type": "AzureSqlTable", "typeProperties": {"schema": "dbo", "table": "t"}}
    copy = {
        "name": "copy",
        "type": "Copy",
        "inputs": [{"referenceName": "source", "type": "DatasetReference"}],
        "outputs": [{"referenceName": "target", "type": "DatasetReference"}],
        "typeProperties": {"source": {"type": "AzureSqlSource"}, "sink": {"type": "AzureSqlSink"}},
    }
    documents = {
        "pipeline/load": {"properties": {"activities": [copy]}},
        "dataset/source": {"properties": source},
        "dataset/target": {"properties": target},
    }
    files = [
        repository.write(f"{name}.json", json.dumps(document))
        for name, document in documents.items()
    ]
    repository.commit()
    checked_out = render_json(scan([repository.folder], Settings()).graph)
    assert "pipeline/load.json" in checked_out
    for file in files:
        file.unlink()

    assert render_json(_at(repository).graph) == checked_out


def test_a_pointer_of_git_lfs_is_not_read_as_a_script(repository: GitRepository) -> None:
    data = LESS.encode()
    name = hashlib.sha256(data).hexdigest()
    lines = (
        "version https://git-lfs.github.com/spec/v1",
        f"oid sha256:{name}",
        f"size {len(data)}",
    )
    repository.commit(load="\n".join(lines) + "\n")
    repository.write("load.sql", "SELECT 1;")

    result = _at(repository)
    assert [d.message for d in result.graph.diagnostics] == [
        "The file cannot be read (a pointer of Git LFS, whose content is not on this disk)."
    ]
    stored = repository.folder / ".git/lfs/objects" / name[:2] / name[2:4] / name
    stored.parent.mkdir(parents=True)
    stored.write_bytes(data)
    assert _edges(_at(repository)) == 1


def test_a_submodule_is_read_at_its_commit(repository: GitRepository, tmp_path: Path) -> None:
    library = GitRepository.made(tmp_path / "library")
    library.commit(shared=LOAD)
    allowed = "protocol.file.allow=always"
    repository.git("-c", allowed, "submodule", "--quiet", "add", str(library.folder), "library")
    repository.commit()
    module = GitRepository(repository.folder / "library")
    module.write("shared.sql", "SELECT 1;")

    assert _paths(_at(repository)) == ["library/shared.sql", "load.sql", "tables.sql"]
    repository.git("submodule", "--quiet", "deinit", "--force", "library")
    result = _at(repository)
    assert [(entry.path, entry.reason) for entry in result.skipped] == [
        ("library", "a submodule whose commit is not on this disk")
    ]


@pytest.mark.parametrize("revision", ["nothing", "--output=here", "HEAD:load.sql", ""])
def test_what_is_no_revision_is_said(repository: GitRepository, revision: str) -> None:
    with pytest.raises(GitError, match="no revision of"):
        _at(repository, revision)
    assert not (repository.folder / "here").exists()


def test_a_folder_of_no_repository(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="not a git repository"):
        scan_revision([tmp_path], Settings(), "HEAD")


@pytest.mark.skipif(sys.platform == "win32", reason="a script of the shell")
def test_nothing_runs_that_a_repository_names(repository: GitRepository, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    command = tmp_path / "command"
    command.write_text(f"#!/bin/sh\necho $0 >> {ran}\ncat\n", encoding="utf-8")
    command.chmod(0o755)
    repository.write(".gitattributes", "*.sql filter=evil diff=evil merge=evil\n")
    repository.commit()
    for setting in (
        "core.fsmonitor",
        "core.sshCommand",
        "core.pager",
        "core.editor",
        "core.askPass",
        "diff.external",
        "diff.evil.command",
        "diff.evil.textconv",
        "filter.evil.clean",
        "filter.evil.smudge",
        "filter.evil.process",
        "merge.evil.driver",
        "uploadpack.packObjectsHook",
    ):
        repository.git("config", setting, str(command))
    hooks = repository.folder / ".git/hooks"
    for hook in (
        "post-checkout",
        "post-index-change",
        "fsmonitor-watchman",
        "reference-transaction",
    ):
        (hooks / hook).write_bytes(command.read_bytes())
        (hooks / hook).chmod(0o755)
    ran.unlink(missing_ok=True)
    repository.write("load.sql", LESS)
    os.utime(repository.folder / "tables.sql")

    assert _edges(_at(repository)) == 2
    assert _edges(_at(repository, INDEX)) == 2
    assert not ran.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="a script of the shell")
def test_nothing_is_fetched(repository: GitRepository, tmp_path: Path) -> None:
    """A partial clone would ask its remote for what it lacks."""
    ran = tmp_path / "ran"
    command = tmp_path / "command"
    command.write_text(f"#!/bin/sh\necho $0 >> {ran}\n", encoding="utf-8")
    command.chmod(0o755)
    name = repository.git("rev-parse", "HEAD:load.sql")
    (repository.folder / ".git/objects" / name[:2] / name[2:]).unlink()
    repository.write("load.sql", LESS)
    for setting, value in (
        ("core.repositoryFormatVersion", "1"),
        ("extensions.partialClone", "origin"),
        ("remote.origin.url", f"ext::{command}"),
        ("remote.origin.promisor", "true"),
        ("protocol.ext.allow", "always"),
    ):
        repository.git("config", setting, value)

    result = _at(repository)
    assert [diagnostic.code for diagnostic in result.graph.diagnostics] == ["SLP001"]
    assert not ran.exists()
