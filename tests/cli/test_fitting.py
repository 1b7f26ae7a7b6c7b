"""Text for a person on a terminal: as wide as that, its words whole."""

from __future__ import annotations

import io

import pytest

from sql_lineage_purview.cli.console import say
from sql_lineage_purview.cli.fitting import fitted

SENTENCE = "Skipped etl/load.sql: it holds more text than is read of one file."


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")


def test_lines_go_on_below_on_a_terminal_and_nowhere_else() -> None:
    assert fitted(SENTENCE, io.StringIO()) == fitted(SENTENCE, None) == SENTENCE
    assert fitted(f"Two lines\n  {SENTENCE}\n", Terminal()).split("\n") == [
        "Two lines",
        "  Skipped etl/load.sql: it holds more",
        "      text than is read of one file.",
        "",
    ]


def test_wide_characters_take_two_columns() -> None:
    assert fitted("表 " * 20, Terminal()).split("\n")[0] == " ".join("表" * 13)


def test_the_usual_width_stands_in_where_a_terminal_does_not_tell_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("COLUMNS")
    assert fitted(SENTENCE, Terminal()) == SENTENCE


def test_what_is_said_to_a_person_is_fitted(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Terminal()
    monkeypatch.setattr("sys.stderr", stream)

    say(SENTENCE)

    assert max(map(len, stream.getvalue().splitlines())) <= 40
