"""bench/cuts.py: where statements begin, on both sides."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from cuts import Utf16, differences, main

if TYPE_CHECKING:
    from pathlib import Path

Start = tuple[int, str]


def start(text: str, words: str, kind: str, nth: int = 0) -> Start:
    """Where the nth appearance of some words stands, in UTF-16 units."""
    position = -1
    for _ in range(nth + 1):
        position = text.index(words, position + 1)
    return len(text[:position].encode("utf-16-le")) // 2, kind


def messages(text: str, *theirs: Start) -> list[str]:
    return [str(difference) for difference in differences("a.sql", text, sorted(theirs))]


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        ("SELECT 1 SELECT 2", [("SELECT 1", "Select"), ("SELECT 2", "Select")]),
        (
            "IF 1 = 1 BEGIN PRINT 1 END ELSE PRINT 2",
            [("IF", "If"), ("BEGIN", "BeginEndBlock"), ("PRINT 1", "Print"), ("PRINT 2", "Print")],
        ),
        ("CREATE VIEW v AS SELECT 1 AS a", [("CREATE", "CreateView"), ("SELECT", "Select")]),
        ("DECLARE c CURSOR FOR SELECT 1", [("DECLARE", "DeclareCursor"), ("SELECT", "Select")]),
        (
            "WAITFOR (RECEIVE * FROM q), TIMEOUT 10",
            [("WAITFOR", "WaitFor"), ("RECEIVE", "Receive")],
        ),
        ("END CONVERSATION @h", [("@h", "EndConversation")]),
        (
            "CREATE PROC p WITH NATIVE_COMPILATION, SCHEMABINDING AS BEGIN ATOMIC WITH (LANGUAGE "
            "= N'x') RETURN 1 END",
            [("CREATE", "CreateProcedure"), ("N'x'", "BeginEndAtomicBlock"), ("RETURN", "Return")],
        ),
        ("-- \n\ufeffUSE master", [("\ufeffUSE", "Execute")]),
        ("PRINT N'\U0001f600' PRINT 2", [("PRINT N", "Print"), ("PRINT 2", "Print")]),
    ],
)
def test_the_same_starts_are_no_difference(text: str, starts: list[tuple[str, str]]) -> None:
    assert messages(text, *(start(text, words, kind) for words, kind in starts)) == []


def test_a_start_that_one_side_lacks_is_reported_with_its_place() -> None:
    text = "PRINT N'\U0001f600'\nPRINT 2 SELECT 3"

    assert messages(text, start(text, "PRINT N", "Print"), start(text, "2", "Fake")) == [
        "a.sql:2: lost Fake: 2 SELECT 3",
        "a.sql:2: no statement there: PRINT 2 SELECT 3",
        "a.sql:2: no statement there: SELECT 3",
    ]


def test_a_query_is_a_statement_of_its_own_where_nothing_holds_it() -> None:
    text = "PRINT (1)"

    assert messages(text, (0, "Print"), (7, "Select")) == ["a.sql:1: lost Select: 1)"]


def test_offsets_past_the_basic_plane_go_both_ways() -> None:
    text = "a\U0001f600b\U0001f600c"
    offsets = Utf16(text)

    assert [offsets.unit(point) for point in range(5)] == [0, 1, 3, 4, 6]
    assert [offsets.point(unit) for unit in (0, 1, 3, 4, 6)] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [("utf-8", b""), ("utf-8", b"\xef\xbb\xbf"), ("utf-16-le", b"\xff\xfe"), ("cp1252", b"")],
)
def test_files_of_all_encodings_are_compared(
    encoding: str, mark: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "PRINT 'é'\r\nPRINT 2"
    (tmp_path / "a.sql").write_bytes(mark + text.encode(encoding))
    entry = {"file": str(tmp_path / "a.sql"), "valid": True, "statements": {"PrintStatement": 2}}
    answer = tmp_path / "starts.jsonl"
    answer.write_text(
        json.dumps({**entry, "starts": [[0, "Print"], [11, "Print"]]}), encoding="utf-8"
    )

    assert main([str(tmp_path), str(answer)]) == 0
    assert capsys.readouterr().out == "1 valid files, 2 statements, 0 differences\n"

    answer.write_text(json.dumps({**entry, "starts": [[0, "Print"]]}), encoding="utf-8")
    assert main([str(tmp_path), str(answer), "--json"]) == 1
    assert json.loads(capsys.readouterr().out) == {"files": 1, "starts": 1, "differences": 1}


def test_an_answer_without_starts_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.sql").write_text("PRINT 1", encoding="utf-8")
    answer = tmp_path / "starts.jsonl"
    answer.write_text(
        json.dumps({"file": str(tmp_path / "a.sql"), "valid": True, "statements": {}}),
        encoding="utf-8",
    )

    assert main([str(tmp_path), str(answer)]) == 2
    assert "parse --starts" in capsys.readouterr().err
