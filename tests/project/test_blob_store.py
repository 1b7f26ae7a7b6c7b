"""A store gives what was put or nothing, whatever happens to its file, and never fails."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sql_lineage_purview.model.limits import ENTRY_BYTES
from sql_lineage_purview.project.storing import blob_store, store_file
from sql_lineage_purview.project.storing.blob_store import BlobStore
from sql_lineage_purview.project.storing.cache_folder import cache_folder, open_store
from tests.project.storing_process import values

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

VALUES = {f"key {number}".encode(): bytes([number]) * number * 100 for number in range(60)}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "store.sqlite3"


def put(file: Path, content: Mapping[bytes, bytes] = VALUES) -> None:
    with BlobStore(file) as store:
        store.put(content)


def got(file: Path, keys: Mapping[bytes, bytes] = VALUES) -> dict[bytes, bytes]:
    with BlobStore(file) as store:
        return store.get(keys)


def test_what_was_put_is_got(file: Path) -> None:
    with BlobStore(file) as store:
        store.put(VALUES)
        assert store.get(VALUES) == VALUES

    assert got(file) == VALUES
    assert got(file, {b"another": b""}) == {}


def test_of_two_values_of_a_key_the_later_one_is_kept(file: Path) -> None:
    put(file, {b"a": b"1", b"b": b"1"})
    put(file, {b"a": b"2"})

    assert got(file, {b"a": b"", b"b": b""}) == {b"a": b"2", b"b": b"1"}


def test_nothing_is_made_where_nothing_is_put(file: Path) -> None:
    assert got(file) == {}
    assert not file.parent.exists()


def test_hundreds_are_read_with_few_queries(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    many = {str(number).encode(): b"x" for number in range(1200)}
    put(file, many)
    with BlobStore(file) as store:
        store.get([])
        store.get([b"0"])
        queries: list[str] = []
        assert store._connection
        store._connection.set_trace_callback(queries.append)
        assert store.get(many) == many

    assert len([query for query in queries if query.startswith("SELECT")]) == 3


def test_a_run_writes_in_one_transaction(file: Path) -> None:
    put(file, {b"first": b""})
    with BlobStore(file) as store:
        store.get([b"first"])
        queries: list[str] = []
        assert store._connection
        store._connection.set_trace_callback(queries.append)
        for key, value in VALUES.items():
            store.put({key: value})

    assert queries.count("BEGIN IMMEDIATE") == queries.count("COMMIT") == 1


def test_what_waits_has_a_limit(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blob_store, "_WAITING_BYTES", 1000)
    with BlobStore(file) as store:
        for number in range(10):
            store.put({bytes([number]): bytes(600)})
        assert len(got(file, {bytes([number]): b"" for number in range(10)})) == 10


def test_what_is_larger_than_an_entry_is_not_kept(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ENTRY_BYTES > 1000
    monkeypatch.setattr(blob_store, "ENTRY_BYTES", 1000)
    put(file, {b"large": bytes(1001), b"small": bytes(1000)})

    assert list(got(file, {b"large": b"", b"small": b""})) == [b"small"]


class TestPruning:
    def _days_go_by(self, monkeypatch: pytest.MonkeyPatch, days: int) -> None:
        later = time.time() + days * 86_400
        monkeypatch.setattr(blob_store.time, "time", lambda: later)

    def test_what_nobody_used_for_a_month_goes(
        self, file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        put(file, {b"old": b"1", b"used": b"2"})
        self._days_go_by(monkeypatch, 20)
        assert got(file, {b"used": b""})
        self._days_go_by(monkeypatch, 20)
        put(file, {b"new": b"3"})

        assert got(file, {b"old": b"", b"used": b"", b"new": b""}) == {b"used": b"2", b"new": b"3"}

    def test_beyond_the_bytes_that_it_may_have_what_was_used_least_goes(
        self, file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        keys = {bytes([number]): bytes(10_000) for number in range(100)}
        put(file, keys)
        size = file.stat().st_size
        self._days_go_by(monkeypatch, 3)
        used = {bytes([number]): b"" for number in range(50, 60)}
        assert len(got(file, used)) == 10
        with BlobStore(file, most=300_000) as store:
            store.put({b"new": bytes(10_000)})

        assert {*used, b"new"} <= got(file, {**keys, b"new": b""}).keys()
        assert len(got(file, keys)) < 25
        assert file.stat().st_size < size / 2


class TestUnusableFile:
    """Each is an empty store; what is no damage stays as it is."""

    def _is_empty_and_anew(self, file: Path) -> None:
        assert got(file) == {}
        put(file)
        assert got(file) == VALUES

    @pytest.mark.parametrize("content", [b"", b"no database" * 500, bytes(5000)], ids=range(3))
    def test_what_is_no_database_is_made_anew(self, file: Path, content: bytes) -> None:
        file.parent.mkdir()
        file.write_bytes(content)

        self._is_empty_and_anew(file)

    def test_an_older_schema_is_made_anew(self, file: Path) -> None:
        put(file)
        with sqlite3.connect(file) as connection:
            connection.execute("PRAGMA user_version = 0")
            connection.execute("ALTER TABLE blobs ADD more")
        connection.close()

        self._is_empty_and_anew(file)

    @pytest.mark.parametrize(
        "statement",
        [
            "CREATE TRIGGER t AFTER INSERT ON blobs BEGIN DELETE FROM blobs; END",
            "CREATE VIEW v AS SELECT load_extension('evil')",
        ],
    )
    def test_a_schema_that_does_something_is_not_used(self, file: Path, statement: str) -> None:
        put(file)
        with sqlite3.connect(file) as connection:
            connection.execute(statement)
        connection.close()

        self._is_empty_and_anew(file)

    @pytest.mark.parametrize("pragma", ["user_version = 99", "application_id = 7"])
    def test_what_others_made_is_left_alone(self, file: Path, pragma: str) -> None:
        put(file)
        with sqlite3.connect(file) as connection:
            connection.execute(f"PRAGMA {pragma}")
        connection.close()
        content = file.read_bytes()

        assert got(file) == {}
        put(file)
        assert got(file) == {}
        assert file.read_bytes() == content

    @pytest.mark.skipif(sys.platform == "win32", reason="links are for those alone who may")
    def test_a_link_is_not_followed(self, file: Path, tmp_path: Path) -> None:
        put(tmp_path / "elsewhere")
        content = (tmp_path / "elsewhere").read_bytes()
        file.parent.mkdir()
        file.symlink_to(tmp_path / "elsewhere")

        assert got(file) == {}
        put(file, {b"x": b"y"})
        assert (tmp_path / "elsewhere").read_bytes() == content

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes")
    def test_a_pipe_is_not_waited_for(self, file: Path) -> None:
        file.parent.mkdir()
        os.mkfifo(file)

        put(file)
        assert got(file) == {}

    def test_a_folder_in_its_place(self, file: Path) -> None:
        file.mkdir(parents=True)

        put(file)
        assert got(file) == {}

    def test_a_file_in_place_of_its_folder(self, file: Path) -> None:
        file.parent.write_bytes(b"")

        put(file)
        assert got(file) == {}

    def test_a_name_that_no_file_can_have(self, tmp_path: Path) -> None:
        put(tmp_path / "a\0b" / "store.sqlite3")
        assert got(tmp_path / "a\0b" / "store.sqlite3") == {}

    def test_a_locked_file(self, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(store_file, "_BUSY_SECONDS", 0.01)
        put(file)
        connection = sqlite3.connect(file, isolation_level=None)
        connection.execute("BEGIN EXCLUSIVE")

        assert got(file) == {}
        put(file, {b"more": b""})
        connection.execute("ROLLBACK")
        connection.close()
        assert got(file, {**VALUES, b"more": b""}) == VALUES

    @pytest.mark.parametrize(
        "error", [sqlite3.OperationalError("database or disk is full"), OSError(28, "full")]
    )
    def test_a_full_disk(
        self, file: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
    ) -> None:
        put(file)

        def full(_file: Path) -> None:
            raise error

        monkeypatch.setattr(blob_store, "create", full)
        monkeypatch.setattr(blob_store, "connect", full)
        put(file, {b"more": b""})
        assert got(file) == {}
        monkeypatch.undo()
        assert got(file, {**VALUES, b"more": b""}) == VALUES


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("sound") / "store.sqlite3"
    put(file)
    return file


def _damaged(sound: Path, folder: Path, damage: Callable[[bytearray], bytes | bytearray]) -> None:
    file = folder / "store.sqlite3"
    folder.mkdir()
    file.write_bytes(damage(bytearray(sound.read_bytes())))
    assert got(file).items() <= VALUES.items()
    put(file, {b"new": b"1"})
    assert got(file, {b"new": b""}).items() <= {b"new": b"1"}.items()
    assert got(file).items() <= VALUES.items()
    shutil.rmtree(folder)


@settings(max_examples=150)
@given(flips=st.lists(st.tuples(st.floats(0, 1), st.integers(1, 255)), min_size=1, max_size=8))
def test_flipped_bytes_give_what_was_put_or_nothing(
    sound: Path, flips: list[tuple[float, int]]
) -> None:
    def damage(content: bytearray) -> bytearray:
        for share, bits in flips:
            # half of them where the schema and the trees begin
            place = int(share * 2 * 200) if share < 0.5 else int((share - 0.5) * 2 * len(content))
            content[min(place, len(content) - 1)] ^= bits
        return content

    _damaged(sound, sound.parent / "flipped", damage)


@settings(max_examples=40)
@given(share=st.floats(0, 1))
def test_a_truncated_file_gives_what_was_put_or_nothing(sound: Path, share: float) -> None:
    _damaged(
        sound, sound.parent / "truncated", lambda content: content[: int(share * len(content))]
    )


def _process(mode: str, file: Path, name: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.project.storing_process", mode, file, name]
    )


def test_two_processes_write_at_once(file: Path) -> None:
    processes = [_process("written", file, name) for name in ("one", "two")]

    assert [process.wait(120) for process in processes] == [0, 0]
    for name in ("one", "two"):
        for number in range(20):
            expected = values(name, number)
            assert got(file, expected) == expected


def test_a_process_that_is_killed_in_the_middle_leaves_what_was_there(file: Path) -> None:
    put(file)

    assert _process("killed", file, "dying").wait(60) == 9
    assert got(file) == VALUES
    assert got(file, values("dying", 0)) == {}
    put(file, {b"more": b"1"})
    assert got(file, {b"more": b""}) == {b"more": b"1"}


class TestFolder:
    def test_hides_itself_from_git(self, tmp_path: Path) -> None:
        with open_store(tmp_path / "cache") as store:
            store.put({b"x": b"y"})

        assert (tmp_path / "cache" / ".gitignore").read_text(encoding="utf-8") == "*\n"

    def test_loses_the_entries_of_older_versions_and_nothing_else(self, tmp_path: Path) -> None:
        old, others = tmp_path / "ab" / f"{'ab' * 32}.json", tmp_path / "cd" / "mine.json"
        for place in (old, others, tmp_path / "runs.json"):
            place.parent.mkdir(exist_ok=True)
            place.write_text("{}", encoding="utf-8")
        with open_store(tmp_path) as store:
            store.put({b"x": b"y"})

        assert not old.parent.exists()
        assert others.exists()
        assert (tmp_path / "runs.json").exists()

    def test_stands_beside_the_configuration_or_in_the_first_folder(self, tmp_path: Path) -> None:
        (tmp_path / "a.sql").write_text("", encoding="utf-8")

        assert cache_folder([tmp_path / "x"], tmp_path / "base").parent == tmp_path / "base"
        assert cache_folder([tmp_path], None).parent == tmp_path.resolve()
        assert cache_folder([tmp_path / "a.sql"], None).parent == tmp_path.resolve()
