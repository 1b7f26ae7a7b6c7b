"""Each format of each kind of thing: on any console, into a pipe, into a file."""

from __future__ import annotations

import importlib
import io
import pkgutil
import sys
from typing import TYPE_CHECKING, Any

import pytest

from sql_lineage_purview import render
from sql_lineage_purview.cli.console import prepare_streams
from sql_lineage_purview.cli.delivery import deliver
from sql_lineage_purview.cli.output import is_result
from sql_lineage_purview.render.format import Format, FormatTable
from sql_lineage_purview.render.format_tables import each_format_table

from ..render.subjects import subjects

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# No console of western Europe has all of it, and the override of the direction of writing may stand
# in none.
NAME = "Größe 表 → 🙂"
PLAIN = "Amount"


def things(name: str) -> Iterator[tuple[str, FormatTable[Any], Format[Any], Any]]:
    """Each thing in each of its formats, with what to call it in a test."""
    for noun, (table, rows) in subjects(name).items():
        for form in table.rows:
            for number, subject in enumerate(rows):
                yield f"{noun} as {form.name} {number}", table, form, subject


def cases(name: str, *, data: bool | None = None, files: bool = False) -> Any:
    """The cases of a test: of one kind of formats, or of those that may be written to files."""
    rows = [
        pytest.param(form, subject, id=text)
        for text, table, form, subject in things(name)
        if data in (None, form.is_data) and (not files or any(row.opening for row in table.rows))
    ]
    return pytest.mark.parametrize(("form", "subject"), rows)


class Console:
    """A stdout that keeps the bytes that it is written."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch

    def printed(
        self, form: Format[Any], subject: Any, encoding: str, *, terminal: bool = False
    ) -> bytes:
        written = io.BytesIO()
        stream = io.TextIOWrapper(
            written, encoding=encoding, newline="\r\n" if encoding == "cp1252" else None
        )
        with self._monkeypatch.context() as patch:
            patch.setattr(stream, "isatty", lambda: terminal)
            patch.setattr(sys, "stdout", stream)
            prepare_streams()
            deliver(subject, form)
            stream.flush()
            return written.getvalue()


@pytest.fixture
def console(monkeypatch: pytest.MonkeyPatch) -> Console:
    return Console(monkeypatch)


def in_file(form: Format[Any], subject: Any, folder: Path) -> bytes:
    output = folder / "out"
    deliver(subject, form, output)
    return output.read_bytes()


def tables_in_modules() -> set[str]:
    modules = [
        importlib.import_module(row.name)
        for row in pkgutil.walk_packages(render.__path__, f"{render.__name__}.")
    ]
    return {
        value.noun
        for module in modules
        for value in vars(module).values()
        if isinstance(value, FormatTable)
    }


def test_every_table_of_formats_is_listed_and_has_something_to_render() -> None:
    nouns = [table.noun for table in each_format_table()]

    assert set(nouns) == tables_in_modules() == set(subjects(NAME))
    assert len(nouns) == len(set(nouns))


@pytest.mark.parametrize("table", list(each_format_table()), ids=lambda table: table.noun)
def test_a_name_and_an_ending_choose_one_format(table: FormatTable[Any]) -> None:
    endings = [ending for row in table.rows for ending in row.endings]

    assert len(set(table.names)) == len(table.names)
    assert len(set(endings)) == len(endings)
    assert all(ending.startswith(".") and ending == ending.lower() for ending in endings)


@cases(NAME, data=True)
@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8", "utf-16"])
def test_data_is_the_same_bytes_on_each_console_and_in_a_file(
    form: Format[Any], subject: Any, encoding: str, console: Console, tmp_path: Path
) -> None:
    content = in_file(form, subject, tmp_path)

    assert console.printed(form, subject, encoding) == content
    assert console.printed(form, subject, encoding, terminal=True) == content
    assert b"\r" not in content
    assert b"\x1b" not in content
    # of nothing there is no command to a build
    assert content.decode("utf-8").endswith("\n") or not (content or subject)


@cases(NAME, data=False)
def test_text_is_what_the_console_has_characters_for(
    form: Format[Any], subject: Any, console: Console, tmp_path: Path
) -> None:
    content = in_file(form, subject, tmp_path).decode("utf-8")

    assert not content or content.endswith("\n")
    assert not any(sign in content for sign in "\r\x1b\u202e")
    assert console.printed(form, subject, "utf-8").decode("utf-8") == content
    for encoding in ("ascii", "cp1252"):
        shown = console.printed(form, subject, encoding).decode(encoding).replace("\r\n", "\n")
        assert len(shown.splitlines()) == len(content.splitlines())
        assert shown.count(NAME.encode(encoding, "replace").decode(encoding)) == content.count(NAME)


@cases(PLAIN, data=False)
def test_text_needs_no_character_that_a_console_may_lack(
    form: Format[Any], subject: Any, console: Console
) -> None:
    """What is drawn with others (arrows, boxes) is data, or can do without them."""
    assert "?" not in console.printed(form, subject, "ascii").decode("ascii")


@cases(NAME, files=True)
def test_a_result_may_be_written_over(form: Format[Any], subject: Any, tmp_path: Path) -> None:
    """By what its row says that each text of the format begins with."""
    in_file(form, subject, tmp_path)

    assert is_result(tmp_path / "out")


@pytest.mark.parametrize(
    "content", ["hello\n", "SELECT 1\n", "# A page\n", '{"a": 1}\n', "a,b\n1,2\n", "x: 1\n"]
)
def test_what_begins_otherwise_is_no_result(content: str, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text(content, encoding="utf-8")

    assert not is_result(tmp_path / "mine")


def test_a_text_without_a_newline_at_its_end_gets_one(console: Console, tmp_path: Path) -> None:
    for is_data in (True, False):
        form: Format[str] = Format("x", (), is_data=is_data, render=str)
        assert (
            console.printed(form, "a\nb", "utf-8") == in_file(form, "a\nb", tmp_path) == b"a\nb\n"
        )
        assert console.printed(form, "", "utf-8") == b""
