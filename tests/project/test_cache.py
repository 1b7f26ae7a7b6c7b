"""The cache: found by content, whole or not at all, and never a reason to fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from sql_lineage_purview.model.diagnostics import Diagnostic, Span
from sql_lineage_purview.model.document import Document
from sql_lineage_purview.model.facts import FileFacts
from sql_lineage_purview.project.reading.cache import (
    Cache,
    CompilationInput,
    dump_entry,
    fingerprint,
)
from sql_lineage_purview.project.reading.includes import IncludeReader
from sql_lineage_purview.project.storing.blob_store import BlobStore
from sql_lineage_purview.tsql import CompileOptions

FACTS = FileFacts("utf-8", 1, 2, diagnostics=(Diagnostic("SLP101", "what", Span(1, 2, 3, 4)),))


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(BlobStore(tmp_path / "cache" / "cache.sqlite3"), "1.0")


def _input(data: bytes, options: CompileOptions = CompileOptions()) -> CompilationInput:  # noqa: B008 - it is frozen
    return CompilationInput(Document(Path("main.sql"), data), options)


def _reader(root: Path) -> IncludeReader:
    return IncludeReader(root / "main.sql", root)


def _get(cache: Cache, content: CompilationInput, root: Path) -> FileFacts | None:
    [entry] = cache.get_many([(content, _reader(root))])
    return entry[0] if entry else None


def test_what_was_put_is_got_by_the_same_content(cache: Cache, tmp_path: Path) -> None:
    cache.put(_input(b"SELECT 1"), dump_entry(FACTS, []))

    assert _get(cache, _input(b"SELECT 1"), tmp_path) == FACTS
    assert _get(cache, _input(b"SELECT 2"), tmp_path) is None


def test_many_are_got_at_once_in_their_order(cache: Cache, tmp_path: Path) -> None:
    cache.put(_input(b"SELECT 1"), dump_entry(FACTS, []))
    contents = [_input(b"SELECT 2"), _input(b"SELECT 1"), _input(b"SELECT 1")]

    entry = (FACTS, fingerprint(dump_entry(FACTS, [])))
    readers = [(content, _reader(tmp_path)) for content in contents]
    assert cache.get_many(readers) == [None, entry, entry]


def test_other_options_find_nothing(cache: Cache, tmp_path: Path) -> None:
    cache.put(_input(b"SELECT 1"), dump_entry(FACTS, []))

    assert _get(cache, _input(b"SELECT 1", CompileOptions((("x", "1"),))), tmp_path) is None


@pytest.mark.parametrize("text", ["", "{", "[]", "[[], [[]]]", "null", "[" * 100_000], ids=range(6))
def test_an_entry_that_is_none_is_not_there(cache: Cache, tmp_path: Path, text: str) -> None:
    cache.put(_input(b"x"), text)

    assert _get(cache, _input(b"x"), tmp_path) is None


@pytest.mark.parametrize("sealed", [b"", b"short", bytes(100)], ids=["empty", "short", "zeros"])
def test_an_entry_that_cannot_be_unsealed_is_not_there(
    cache: Cache, tmp_path: Path, sealed: bytes
) -> None:
    cache.store.put({_input(b"x").key("1.0"): sealed})

    assert _get(cache, _input(b"x"), tmp_path) is None


def test_who_has_not_the_script_reads_nothing(cache: Cache, tmp_path: Path) -> None:
    secret = "Tr0ub4dor&3-correct-horse"
    facts = FileFacts("utf-8", 1, 2, diagnostics=(Diagnostic("SLP101", secret, Span()),))
    cache.put(_input(b"x"), dump_entry(facts, []))
    cache.store.close()

    assert secret.encode() not in cache.store.file.read_bytes()
    key = _input(b"x").key("1.0")
    [sealed] = cache.store.get([key]).values()
    cache.store.put({_input(b"y").key("1.0"): sealed})
    assert _get(cache, _input(b"y"), tmp_path) is None


class TestIncludes:
    def _kept(self, cache: Cache, root: Path) -> None:
        """Compile a script that includes one.sql, which is there, and two.sql, which is not."""
        (root / "one.sql").write_bytes(b"1")
        reader = _reader(root)
        reader("one.sql", ())
        with pytest.raises(FileNotFoundError):
            reader("two.sql", ("one.sql",))
        cache.put(_input(b"main"), dump_entry(FACTS, reader.inclusions))

    def test_that_are_unchanged_leave_the_entry_valid(self, cache: Cache, tmp_path: Path) -> None:
        self._kept(cache, tmp_path)

        assert _get(cache, _input(b"main"), tmp_path) == FACTS

    def test_that_changed_make_the_entry_void(self, cache: Cache, tmp_path: Path) -> None:
        self._kept(cache, tmp_path)
        (tmp_path / "one.sql").write_bytes(b"other")

        assert _get(cache, _input(b"main"), tmp_path) is None

    def test_that_came_into_being_make_the_entry_void(self, cache: Cache, tmp_path: Path) -> None:
        self._kept(cache, tmp_path)
        (tmp_path / "two.sql").write_bytes(b"")

        assert _get(cache, _input(b"main"), tmp_path) is None
