"""Comments that silence findings: which lines they are about, and what is wrong with them."""

from __future__ import annotations

import pytest

from sql_lineage_purview.model.facts import FileFacts
from sql_lineage_purview.tsql import CompileOptions, compile_file

IGNORE = "-- sql-lineage: ignore"


def no_file(path: str, _stack: tuple[str, ...]) -> bytes:
    raise FileNotFoundError(path)


def compiled(text: str) -> FileFacts:
    return compile_file(text.encode(), CompileOptions(), no_file)


def silenced(text: str) -> list[tuple[str, int]]:
    return [(fact.code, fact.line) for fact in compiled(text).suppressions]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        (f"SELECT 1 {IGNORE}[SLP301] why", [("SLP301", 1)]),
        (f"SELECT 1\n{IGNORE}[SLP301] why\nSELECT 2", [("SLP301", 3)]),
        (f"{IGNORE}[SLP301] why\n-- more of it\n  -- and more\nSELECT 2", [("SLP301", 4)]),
        (f"{IGNORE}[SLP301, slp201] why", [("SLP301", 1), ("SLP201", 1)]),
        ("SELECT /* sql-lineage : IGNORE [SLP301] why */ 1\nGO", [("SLP301", 1)]),
        ("/* a /* nested */ '\n */ SELECT '' --sql-lineage:ignore[SLP301]why", [("SLP301", 2)]),
    ],
)
def test_a_comment_is_about_its_line_or_the_next(text: str, rows: list[tuple[str, int]]) -> None:
    facts = compiled(text)

    assert [(fact.code, fact.line) for fact in facts.suppressions] == rows
    assert "SLP802" not in {diagnostic.code for diagnostic in facts.diagnostics}


@pytest.mark.parametrize(
    "text",
    [
        f"SELECT '{IGNORE}[SLP301] why'",
        f"SELECT '\n{IGNORE}[SLP301] why\n'",
        f"SELECT 1 AS [{IGNORE}[SLP301]",
        f'SELECT 1 AS "{IGNORE}[SLP301] why"',
        f"EXEC ('SELECT 1 {IGNORE}[SLP301] why')",
        "-- sql-lineage: dbo.a -> dbo.b",
        "-- see sql-lineage: ignore[SLP301]",
    ],
)
def test_what_stands_in_a_string_or_name_or_says_something_else_is_none(text: str) -> None:
    assert not silenced(text)


@pytest.mark.parametrize(
    ("comment", "message"),
    [
        ("", "names no code"),
        (" SLP301 why", "names no code"),
        ("[] why", "names no code"),
        ("[SLP999] why", "a code that there is not"),
        ("[SLP301]", "gives no reason"),
        ("[SLP301]  - ", "gives no reason"),
    ],
)
def test_what_is_wrong_with_a_comment_is_told(comment: str, message: str) -> None:
    [finding] = compiled(f"SELECT 1\n  {IGNORE}{comment}").diagnostics

    assert (finding.code, finding.span.line, finding.span.column) == ("SLP802", 2, 3)
    assert message in finding.message


def test_a_comment_without_a_reason_silences_all_the_same() -> None:
    assert silenced(f"SELECT 1 {IGNORE}[SLP301]") == [("SLP301", 1)]
