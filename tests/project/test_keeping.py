"""A scan that was kept is used again where nothing has changed, and equals a fresh one always."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sql_lineage_purview.cli import main
from sql_lineage_purview.model.observed_files import observed_by
from sql_lineage_purview.project.configuring.loading import load_settings
from sql_lineage_purview.project.configuring.settings import Settings
from sql_lineage_purview.project.keeping import kept_scans
from sql_lineage_purview.project.keeping.kept_graph import KeptGraph
from sql_lineage_purview.project.reading.file_discovery import discover
from sql_lineage_purview.project.scanning import scan
from sql_lineage_purview.project.storing import file_trace
from sql_lineage_purview.project.storing.file_trace import FileTrace
from sql_lineage_purview.project.storing.left_out import CACHE_FOLDER
from sql_lineage_purview.render.json_document import render_json
from tests.catalog.packages import package, simple, table
from tests.project.test_opened_files import FILES, opens

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sql_lineage_purview.project.keeping.scan_result import Scan


def written(root: Path, files: dict[str, object]) -> Path:
    for path, content in files.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        text = content if isinstance(content, str) else json.dumps(content)
        place.write_text(text, encoding="utf-8")
    return root.resolve()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return written(tmp_path, FILES)


def is_kept(result: Scan) -> bool:
    return isinstance(result.graph, KeptGraph)


def age(root: Path, seconds: float = 60) -> None:
    """Let all files be older than the index that is written next."""
    file_trace._CLOCK_TICK = -int(seconds * 1e9)


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    before = file_trace._CLOCK_TICK
    yield
    file_trace._CLOCK_TICK = before


def test_a_kept_scan_equals_the_fresh_one(root: Path) -> None:
    fresh, second = scan([root], Settings(jobs=1)), scan([root], Settings(jobs=2))

    assert not is_kept(fresh)
    assert is_kept(second)
    assert second == fresh
    assert second.graph == fresh.graph
    assert fresh.graph == second.graph
    assert render_json(second.graph) == render_json(fresh.graph)
    assert fresh.embedded
    assert dict(second.embedded) == fresh.embedded


def test_a_run_with_nothing_changed_opens_no_file_of_the_scan(root: Path) -> None:
    age(root)
    scan([root], Settings(jobs=1))
    with opens(root) as counts:
        assert is_kept(scan([root], Settings(jobs=1)))

    assert not counts


def test_a_file_that_may_have_changed_within_a_tick_of_the_clock_is_read(root: Path) -> None:
    scan([root], Settings(jobs=1))
    with opens(root) as counts:
        assert is_kept(scan([root], Settings(jobs=1)))

    assert set(counts) == set(FILES)
    age(root)  # what was read again is noted
    with opens(root) as counts:
        assert is_kept(scan([root], Settings(jobs=1)))
    assert not counts


def test_what_was_only_touched_is_read_once_and_has_not_changed(root: Path) -> None:
    age(root)
    scan([root], Settings(jobs=1))
    os.utime(root / "a.sql", (1, 1))
    with opens(root) as counts:
        assert is_kept(scan([root], Settings(jobs=1)))
    assert counts == {"a.sql": 1}
    with opens(root) as counts:
        assert is_kept(scan([root], Settings(jobs=1)))
    assert not counts


@pytest.mark.skipif(sys.platform == "win32", reason="Windows tells no time of the last change")
def test_a_change_that_keeps_size_and_time_is_seen(root: Path) -> None:
    age(root)
    scan([root], Settings(jobs=1))
    status = (root / "a.sql").stat()
    text = (root / "a.sql").read_text(encoding="utf-8")
    (root / "a.sql").write_text(text.replace("x", "y"), encoding="utf-8")
    os.utime(root / "a.sql", ns=(status.st_atime_ns, status.st_mtime_ns))

    result = scan([root], Settings(jobs=1))
    assert not is_kept(result)
    assert [
        table.columns for table in result.graph.tables if str(table.name).endswith("dbo.a")
    ] == [("y",)]


SAYS_THE_SAME: dict[str, tuple[str, str]] = {
    "a comment": ("a.sql", "CREATE TABLE dbo.a (x int) -- of orders"),
    "a block comment": ("a.sql", "CREATE TABLE dbo.a (x int) /* lineage */"),
    "empty lines": ("a.sql", "CREATE TABLE dbo.a (x int)\n\n"),
}
SAYS_ANOTHER: dict[str, tuple[str, str]] = {
    "a column": ("a.sql", "CREATE TABLE dbo.a (y int)"),
    "a line": ("a.sql", "\nCREATE TABLE dbo.a (x int)"),
    "a variable": ("a.sql", "CREATE TABLE dbo.a (x int) -- $(Name)"),
    "another file": ("a.sql", "CREATE TABLE dbo.a (x int)\nGO\n:r none.sql"),
    "no script": ("pipeline/Load.json", json.dumps(FILES["pipeline/Load.json"], indent=1)),
}


@pytest.mark.parametrize("change", SAYS_THE_SAME)
def test_scripts_that_say_the_same_have_changed_nothing(root: Path, change: str) -> None:
    (root / "a.sql").write_text("CREATE TABLE dbo.a (x int)", encoding="utf-8")
    path, text = SAYS_THE_SAME[change]
    age(root)
    scan([root], Settings(jobs=1))
    (root / path).write_text(text, encoding="utf-8")
    with opens(root) as counts:
        second = scan([root], Settings(jobs=1))

    assert is_kept(second)
    assert second.graph == scan([root], Settings(jobs=1), use_cache=False).graph
    assert set(counts) == {path}
    with opens(root) as counts:
        assert is_kept(scan([root], Settings(jobs=1)))
    assert not counts


@pytest.mark.parametrize("change", SAYS_ANOTHER)
def test_what_says_something_else_is_scanned_anew(root: Path, change: str) -> None:
    (root / "a.sql").write_text("CREATE TABLE dbo.a (x int)", encoding="utf-8")
    path, text = SAYS_ANOTHER[change]
    scan([root], Settings(jobs=1))
    (root / path).write_text(text, encoding="utf-8")
    second = scan([root], Settings(jobs=1))

    assert not is_kept(second)
    assert second.graph == scan([root], Settings(jobs=1), use_cache=False).graph


def test_what_another_script_brings_in_is_a_part_of_that(root: Path) -> None:
    (root / "main.sql").write_text(":r part.sql\n", encoding="utf-8")
    (root / "part.sql").write_text("DELETE dbo.a", encoding="utf-8")
    scan([root], Settings(jobs=1))
    (root / "part.sql").write_text("DELETE dbo.a -- all", encoding="utf-8")

    assert not is_kept(scan([root], Settings(jobs=1)))


def test_a_script_of_two_databases_is_known_for_both_or_none(tmp_path: Path) -> None:
    project = (
        '<Project Sdk="Microsoft.Build.Sql"><ItemGroup><Build Include="../t.sql" /></ItemGroup>'
        "</Project>"
    )
    files = {"A/A.sqlproj": project, "B/B.sqlproj": project, "t.sql": "CREATE TABLE dbo.t (x int)"}
    root = written(tmp_path, dict(files))
    scan([root], Settings(jobs=1))
    (root / "t.sql").write_text("CREATE TABLE dbo.t (x int) -- both", encoding="utf-8")
    second = scan([root], Settings(jobs=1))

    assert is_kept(second)
    assert second.graph == scan([root], Settings(jobs=1), use_cache=False).graph


OTHERS: dict[str, Callable[[], Settings]] = {
    "schema": lambda: Settings(default_schema="other"),
    "variables": lambda: Settings(variables=(("x", "y"),)),
    "exclude": lambda: Settings(exclude=("*.json",)),
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_settings_are_another_scan(root: Path, name: str) -> None:
    scan([root], Settings())

    assert not is_kept(scan([root], OTHERS[name]()))
    assert is_kept(scan([root], OTHERS[name]()))
    assert is_kept(scan([root], Settings()))


KEY = """
from pathlib import Path
from sql_lineage_purview.project.configuring.loading import load_settings
from sql_lineage_purview.project.keeping.kept_scans import scan_key
chosen = {"default_schema": "a", "database": "b", "endpoint": "x", "owner": "y", "jobs": 1}
settings = load_settings(Path(), arguments=chosen, environment={})
print(scan_key([Path()], settings, None, "1").hex())
"""


def test_the_order_of_a_set_is_no_other_setting(root: Path) -> None:
    keys = {
        subprocess.run(
            [sys.executable, "-c", KEY],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }

    assert len(keys) == 1


def test_without_a_cache_nothing_is_kept_or_used(root: Path) -> None:
    scan([root], Settings(), use_cache=False)
    assert not (root / CACHE_FOLDER).exists()
    scan([root], Settings())

    assert not is_kept(scan([root], Settings(), use_cache=False))


def test_what_an_account_or_a_database_tells_is_not_kept() -> None:
    settings = load_settings(Path(), arguments={}, environment={})
    assert kept_scans.is_kept(settings)
    for source in ("mssql://server/database", "purview"):
        arguments = {"catalogs": [_catalog(source)]}
        assert not kept_scans.is_kept(load_settings(Path(), arguments=arguments, environment={}))


def _catalog(source: str) -> object:
    from sql_lineage_purview.project.configuring.catalog_sources import catalog

    return catalog(source, Path.cwd())


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads all")
def test_what_could_not_be_read_is_tried_again(root: Path) -> None:
    (root / "a.sql").chmod(0)
    scan([root], Settings(jobs=1))

    assert not is_kept(scan([root], Settings(jobs=1)))


# what runs for the memory: a compiler's room, one statement of the linker, a view for its columns
FAILING = {
    "compiling": "sql_lineage_purview.tsql.compiling.text_compiler._lowered",
    "running": "sql_lineage_purview.linker.interpreter.interpreter.perform",
    "describing": "sql_lineage_purview.linker.interpreter.interpreter.Binder.query",
}


@pytest.mark.parametrize("place", FAILING)
def test_what_the_tool_failed_on_is_tried_again(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = written(
        tmp_path,
        {
            "v.sql": "CREATE VIEW dbo.v AS SELECT a FROM dbo.s",
            "load.sql": "INSERT dbo.t (a) SELECT * FROM dbo.v;",
        },
    )

    def fail(*_: object, **__: object) -> None:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(FAILING[place], fail)
        failed = scan([root], Settings(jobs=1))
    second = scan([root], Settings(jobs=1))

    assert "SLP104" in {diagnostic.code for diagnostic in failed.graph.diagnostics}
    assert second.graph == scan([root], Settings(jobs=1), use_cache=False).graph
    assert not second.graph.diagnostics


def test_a_file_that_cannot_be_read_spoils_the_trace(tmp_path: Path) -> None:
    trace = FileTrace()
    trace.failed(tmp_path / "a.sql", FileNotFoundError())
    assert trace.completed()
    trace.failed(tmp_path / "a.sql", PermissionError())

    assert not trace.completed()


def test_a_trace_is_read_as_it_was_written(root: Path) -> None:
    trace = FileTrace()
    with observed_by(trace):
        discover([root])
    assert trace.completed()
    copy = FileTrace.of_json(json.loads(json.dumps(trace.to_json())))

    assert copy.to_json() == trace.to_json()
    assert copy.still_holds()


def test_no_secret_of_what_is_kept_is_in_clear(root: Path) -> None:
    pipeline = FILES["pipeline/Load.json"]
    text = json.dumps(pipeline).replace("SELECT x FROM", "SELECT 'Tr0ub1' AS x FROM")
    (root / "pipeline" / "Load.json").write_text(text, encoding="utf-8")
    (root / "a.sql").write_text(
        "CREATE PROC dbo.p AS DECLARE @x nvarchar(9) = 'Tr0ub2'; EXEC ('SELEC ''Tr0ub3''' + @x);"
        "SELECT FROM WHERE 'Tr0ub4'",
        encoding="utf-8",
    )
    result = scan([root], Settings(jobs=1))
    assert any(diagnostic.code == "SLP101" for diagnostic in result.graph.diagnostics)
    assert "Tr0ub1" in str([script.text for script in result.embedded.values()])
    from sql_lineage_purview.project.keeping.kept_blobs import text_in
    from sql_lineage_purview.project.storing.store_file import connect

    connection = connect(root / CACHE_FOLDER / "cache.sqlite3")
    assert connection
    readable = []
    for (blob,) in connection.execute("SELECT data FROM blobs").fetchall():
        try:
            readable.append(text_in(blob))
        except ValueError:
            readable.append(str(blob))
    connection.close()
    assert any('"folders"' in text for text in readable)
    assert not [text for text in readable if "Tr0ub" in text]


NO_COMPILER = """
import sys
from sql_lineage_purview.cli import main
code = main(sys.argv[1:])
print(*(name for name in ("sqlglot", "sqlparse", "multiprocessing", "rich") if name in sys.modules),
      file=sys.stderr)
sys.exit(code)
"""
COMMANDS: dict[str, list[str]] = {
    "json": ["scan", ".", "--format", "json"],
    "csv": ["scan", ".", "--format", "csv"],
    "check": ["check", "."],
    "check a file": ["check", "doubtful.sql"],
    "tables": ["tables", "."],
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_with_nothing_changed_loads_no_compiler_and_says_the_same(
    root: Path, name: str
) -> None:
    (root / ".git").mkdir()
    (root / "doubtful.sql").write_text("INSERT dbo.b (x) SELECT z FROM dbo.a", encoding="utf-8")
    first, second, uncached = (
        subprocess.run(
            [sys.executable, "-c", NO_COMPILER, *COMMANDS[name], *more],
            cwd=root,
            capture_output=True,
            check=False,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        for more in ([], [], ["--no-cache"])
    )
    messages = [run.stderr.decode().splitlines() for run in (first, second, uncached)]

    assert first.stdout == second.stdout == uncached.stdout != b""
    assert first.returncode == second.returncode == uncached.returncode
    assert messages[0][:-1] == messages[1][:-1] == messages[2][:-1]
    assert "sqlglot" in messages[0][-1]
    assert messages[1][-1] == ""


# --- the law --------------------------------------------------------------------------------------

TREE: dict[str, object] = {
    "tables.sql": "CREATE TABLE dbo.a (x int, y int)\nGO\nCREATE TABLE dbo.b (x int, y int)",
    "load.sql": "INSERT dbo.b (x) SELECT x FROM dbo.a",
    "star.sql": "INSERT dbo.c SELECT * FROM dbo.a",
    "main.sql": ":r part.sql\nGO\n:r sub/more.sql\n",
    "part.sql": "INSERT dbo.d (x) SELECT x FROM dbo.b",
    "sub/more.sql": "INSERT dbo.e (x) SELECT y FROM dbo.a",
    "Db/Db.sqlproj": '<Project Sdk="Microsoft.Build.Sql"><ItemGroup>'
    '<ArtifactReference Include="other.dacpac"><DatabaseVariableLiteralValue>Other'
    "</DatabaseVariableLiteralValue></ArtifactReference></ItemGroup></Project>",
    "Db/view.sql": "CREATE VIEW dbo.v AS SELECT * FROM Other.dbo.t",
    "pipeline/Load.json": FILES["pipeline/Load.json"],
    "dataset/Orders.json": FILES["dataset/Orders.json"],
    "dataset/Sales.json": FILES["dataset/Sales.json"],
    "linkedService/Server.json": FILES["linkedService/Server.json"],
    "sql-lineage-purview.toml": 'exclude = ["old/"]\n',
    "old/gone.sql": "INSERT dbo.old (x) SELECT x FROM dbo.a",
    "flow.dtsx": "",
    ".gitignore": "*.tmp\n",
}
CONTENTS = (
    "INSERT dbo.b (x) SELECT x FROM dbo.a",
    "INSERT dbo.b (y) SELECT y FROM dbo.a",  # of the same length
    "CREATE TABLE dbo.a (x int)",
    ":r part.sql\n",
    ":r ../PART.sql\n",
    'default_schema = "other"\n',
    'database = "Sales"\n',
    "{}",
    "",
    json.dumps(FILES["pipeline/Load.json"]),
    '<Project Sdk="Microsoft.Build.Sql"><ItemGroup><Build Include="../part.sql" /></ItemGroup>'
    "</Project>",
    "*.dtsx\n",
)
PATHS = (*TREE, "Db/other.dacpac", "new.sql", "sub", "link.sql", "Part.SQL", "dataset")


@dataclass(frozen=True)
class Edit:
    """Something that happens to a path; `content` and `target` are for those that need one."""

    what: str
    path: str
    content: str
    target: str

    def apply(self, root: Path) -> None:
        try:
            getattr(self, f"_{self.what}")(root / self.path, root)
        except OSError:
            return  # there is no such file, or a folder is in its way

    def _write(self, place: Path, _root: Path) -> None:
        place.parent.mkdir(exist_ok=True)
        place.write_text(self.content, encoding="utf-8")

    def _write_with_the_old_time(self, place: Path, _root: Path) -> None:
        status = place.stat()
        place.write_text(self.content, encoding="utf-8")
        os.utime(place, ns=(status.st_atime_ns, status.st_mtime_ns))

    def _replace(self, place: Path, root: Path) -> None:
        (root / ".new").write_text(self.content, encoding="utf-8")
        (root / ".new").replace(place)

    def _remove(self, place: Path, _root: Path) -> None:
        if place.is_dir() and not place.is_symlink():
            shutil.rmtree(place)
        else:
            place.unlink()

    def _rename(self, place: Path, root: Path) -> None:
        place.rename(root / self.target)

    def _comment(self, place: Path, _root: Path) -> None:
        with place.open("a", encoding="utf-8") as file:
            file.write("\n-- " + self.content.replace("\n", " ") + "\n")

    def _touch(self, place: Path, _root: Path) -> None:
        os.utime(place, (time.time() - 1000, time.time() - 1000))

    def _swap(self, place: Path, root: Path) -> None:
        """A file becomes a folder of that name, or the other way round."""
        if place.is_dir():
            self._remove(place, root)
            place.write_text(self.content, encoding="utf-8")
        else:
            place.unlink()
            place.mkdir()

    def _package(self, _place: Path, root: Path) -> None:
        column = "a" if self.content < "D" else "b"
        data = package(table("[dbo].[t]", simple("[dbo].[t]", column)))
        (root / "Db" / "other.dacpac").write_bytes(data)

    def _link(self, place: Path, root: Path) -> None:
        place.symlink_to(root / self.target)


EDITS = [name[1:] for name in vars(Edit) if name.startswith("_") and not name.startswith("__")]
edits = st.builds(
    Edit,
    st.sampled_from(sorted(EDITS)),
    st.sampled_from(PATHS),
    st.sampled_from(CONTENTS),
    st.sampled_from(PATHS),
)


def document(root: Path, paths: Sequence[Path], *, use_cache: bool) -> tuple[str, object]:
    try:
        settings = load_settings(root, arguments={"jobs": 1}, environment={})
        result = scan(paths, settings, root=root, use_cache=use_cache)
    except Exception as error:
        return str(error), None
    return render_json(result.graph), (
        result.skipped,
        result.database,
        dict(result.scripts),
        dict(result.embedded),
    )


@settings(max_examples=40)
@given(
    rounds=st.lists(st.lists(edits, max_size=3), max_size=4),
    is_settled=st.booleans(),
    named=st.sampled_from([".", "load.sql", "sub"]),
)
def test_a_scan_with_a_store_equals_one_without_whatever_is_edited(
    rounds: list[list[Edit]], *, is_settled: bool, named: str
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = written(Path(folder), TREE)
        paths = [root] if named == "." else [root, root / named]
        if is_settled and sys.platform != "win32":  # there the status tells each change
            age(root)
        for edited in [[], *rounds]:
            for edit in edited:
                edit.apply(root)
            uncached = document(root, paths, use_cache=False)
            assert document(root, paths, use_cache=True) == uncached
            assert document(root, paths, use_cache=True) == uncached


def test_the_law_uses_kept_scans(tmp_path: Path) -> None:
    root = written(tmp_path, TREE)
    settings = load_settings(root, arguments={"jobs": 1}, environment={})
    scan([root], settings)

    assert is_kept(scan([root], settings))


def test_check_of_a_file_is_kept_for_itself(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / ".git").mkdir()
    monkeypatch.chdir(root)
    main(["check", "a.sql"])
    age(root)
    main(["check", "a.sql"])
    with opens(root) as counts:
        main(["check", "a.sql"])

    assert not counts
