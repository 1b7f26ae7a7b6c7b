"""bench/gaps.py: the kinds of the statements that were not understood."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from gaps import leading_words, main

from .readings import written

if TYPE_CHECKING:
    from pathlib import Path

SCRIPTS = {
    "good.sql": "CREATE PROCEDURE p AS\nSELECT JSON(1 : 2)\nPRINT 1\n",
    "bad.sql": "\nDROP EXTERNAL THING x\nSELECT TOP 1 : 2\n",
}


def gap(path: str, line: int, column: int, code: str = "SLP101") -> dict[str, object]:
    return {"path": path, "line": line, "column": column, "code": code, "message": ""}


def test_gaps_are_counted_by_the_statement_they_stand_in(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path, text in SCRIPTS.items():
        (tmp_path / path).write_text(text, encoding="utf-8")
    diagnostics = [
        gap("bad.sql", 2, 15),
        gap("bad.sql", 3, 14),
        gap("good.sql", 2, 15),
        gap("good.sql", 1, 1, "SLP201"),
    ]
    document = {"files": [], "modules": [], "statements": [], "diagnostics": diagnostics}
    truth = [
        {"file": str(tmp_path / path), "valid": path == "good.sql", "statements": []}
        for path in SCRIPTS
    ]
    inputs = written(tmp_path, tmp_path, document, truth)

    assert main(inputs.arguments) == 0
    assert capsys.readouterr().out.splitlines() == [
        " valid  other  kind",
        "     1      1  SELECT  (bad.sql:3)",
        "     0      1  DROP EXTERNAL THING  (bad.sql:2)",
        "     1      2  in all",
    ]
    assert main([*inputs.arguments, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[1] == {
        "kind": "DROP EXTERNAL THING",
        "valid": 0,
        "invalid": 1,
        "first": "bad.sql:2",
    }


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (("SELECT", "A", "FROM"), "SELECT"),
        (("CREATE", "TABLE", "T", "("), "CREATE TABLE"),
        (("CREATE", "OR", "ALTER", "VIEW", "V"), "CREATE OR ALTER VIEW"),
        (("ALTER", "DATABASE", "SCOPED"), "ALTER DATABASE SCOPED"),
        (("DROP",), "DROP"),
        (("", "X"), "(no word)"),
        ((), "(no word)"),
    ],
)
def test_the_kind_is_the_leading_words(words: tuple[str, ...], kind: str) -> None:
    assert leading_words(words) == kind


def test_a_missing_document_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path), str(tmp_path / "none.json"), str(tmp_path / "none.jsonl")]) == 2
    assert capsys.readouterr().err.startswith("gaps: ")
