"""The cache: found by content, whole or not at all, and never a reason to fail."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from sql_lineage_purview.model.diagnostics import Diagnostic, Span
from sql_lineage_purview.model.document import Document
from sql_lineage_purview.model.facts import FileFacts
from sql_lineage_purview.project.reading.cache import Cache, dump_entry
from sql_lineage_purview.project.reading.includes import IncludeReader
from sql_lineage_purview.tsql import CompileOptions

OPTIONS = CompileOptions()
FACTS = FileFacts("utf-8", 1, 2, diagnostics=(Diagnostic("SLP101", "what", Span(1, 2, 3, 4)),))


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


def _document(data: bytes) -> Document:
    return Document(Path("main.sql"), data)


def _reader(root: Path) -> IncludeReader:
    return IncludeReader(root / "main.sql", root)


def _entry_files(cache: Cache) -> list[Path]:
    return list(cache.folder.glob("*/*.json"))


def test_what_was_put_is_got_by_the_same_content(cache: Cache, tmp_path: Path) -> None:
    cache.put(_document(b"SELECT 1"), OPTIONS, dump_entry(FACTS, []))

    assert cache.get(_document(b"SELECT 1"), OPTIONS, _reader(tmp_path)) == FACTS
    assert cache.get(_document(b"SELECT 2"), OPTIONS, _reader(tmp_path)) is None


def test_other_options_find_nothing(cache: Cache, tmp_path: Path) -> None:
    cache.put(_document(b"SELECT 1"), OPTIONS, dump_entry(FACTS, []))

    assert (
        cache.get(_document(b"SELECT 1"), CompileOptions((("x", "1"),)), _reader(tmp_path)) is None
    )


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "[[], [[]]]", "null", "[" * 100_000, "\udc80"], ids=range(7)
)
def test_an_entry_that_cannot_be_read_is_not_there(cache: Cache, tmp_path: Path, text: str) -> None:
    cache.put(_document(b"x"), OPTIONS, dump_entry(FACTS, []))
    [place] = _entry_files(cache)
    place.write_text(text, encoding="utf-8", errors="surrogateescape")

    assert cache.get(_document(b"x"), OPTIONS, _reader(tmp_path)) is None


def test_a_folder_that_cannot_be_written_keeps_nothing_and_harms_nobody(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    cache = Cache(tmp_path / "file")

    cache.put(_document(b"x"), OPTIONS, dump_entry(FACTS, []))
    cache.tidy()

    assert cache.get(_document(b"x"), OPTIONS, _reader(tmp_path)) is None


def test_the_folder_hides_itself_from_git(cache: Cache) -> None:
    cache.put(_document(b"x"), OPTIONS, dump_entry(FACTS, []))
    cache.tidy()

    assert (cache.folder / ".gitignore").read_text(encoding="utf-8") == "*\n"


def test_entries_that_nobody_used_for_a_month_go(cache: Cache, tmp_path: Path) -> None:
    for content in (b"old", b"used"):
        cache.put(_document(content), OPTIONS, dump_entry(FACTS, []))
    for place in _entry_files(cache):
        os.utime(place, (time.time() - 40 * 86_400,) * 2)

    cache.get(_document(b"used"), OPTIONS, _reader(tmp_path))
    cache.tidy()

    assert cache.get(_document(b"used"), OPTIONS, _reader(tmp_path)) == FACTS
    assert len(_entry_files(cache)) == 1


class TestIncludes:
    def _kept(self, cache: Cache, root: Path) -> None:
        """Compile a script that includes one.sql, which is there, and two.sql, which is not."""
        (root / "one.sql").write_bytes(b"1")
        reader = _reader(root)
        reader("one.sql", ())
        with pytest.raises(FileNotFoundError):
            reader("two.sql", ("one.sql",))
        cache.put(_document(b"main"), OPTIONS, dump_entry(FACTS, reader.inclusions))

    def test_that_are_unchanged_leave_the_entry_valid(self, cache: Cache, tmp_path: Path) -> None:
        self._kept(cache, tmp_path)

        assert cache.get(_document(b"main"), OPTIONS, _reader(tmp_path)) == FACTS

    def test_that_changed_make_the_entry_void(self, cache: Cache, tmp_path: Path) -> None:
        self._kept(cache, tmp_path)
        (tmp_path / "one.sql").write_bytes(b"other")

        assert cache.get(_document(b"main"), OPTIONS, _reader(tmp_path)) is None

    def test_that_came_into_being_make_the_entry_void(self, cache: Cache, tmp_path: Path) -> None:
        self._kept(cache, tmp_path)
        (tmp_path / "two.sql").write_bytes(b"")

        assert cache.get(_document(b"main"), OPTIONS, _reader(tmp_path)) is None
