"""bench/fuzz.py: texts made at random, compiled alone and scanned in three ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

import fuzz
import pytest
from mutating import LONGEST, Mutator

from sql_lineage_purview.model.facts import FileFacts

if TYPE_CHECKING:
    from pathlib import Path

    from sql_lineage_purview.tsql.compiling.file_compiler import CompileOptions
    from sql_lineage_purview.tsql.reading.sqlcmd import Include

SCRIPTS = (
    "INSERT dbo.t (a) SELECT b FROM dbo.s WHERE c = 'x';\nGO\nEXEC dbo.p;",
    "CREATE VIEW dbo.v AS SELECT a + 1 AS n FROM dbo.t",
)


@pytest.fixture(autouse=True)
def _small_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzz, "_A_ROUND", 5)


def test_texts_are_the_same_for_a_seed_and_others_for_another() -> None:
    drawn = {seed: [Mutator(SCRIPTS, seed).text() for _ in range(2)] for seed in (1, 2)}
    assert drawn[1] == [Mutator(SCRIPTS, 1).text() for _ in range(2)]
    assert drawn[1] != drawn[2]


def test_texts_differ_from_those_they_are_made_of_and_stay_within_bounds() -> None:
    mutator = Mutator(SCRIPTS, 3)
    texts = [mutator.text() for _ in range(200)]
    assert sum(text.decode("utf-8", "replace") not in SCRIPTS for text in texts) > 150
    assert max(map(len, texts)) <= 4 * LONGEST + 4


def test_a_sound_tool_gives_no_finding(capsys: pytest.CaptureFixture[str]) -> None:
    assert fuzz.main(["--minutes", "0.001"]) == 0
    assert capsys.readouterr().out.startswith("5 texts of ")


def test_a_text_that_fails_is_reported_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(fuzz, "compile_file", _failing)
    assert fuzz.main(["--minutes", "0.001", "--keep", str(tmp_path)]) == 1
    assert "- 000/000.sql: ValueError: planted\n" in capsys.readouterr().out
    assert (tmp_path / "000" / "000.sql").is_file()


def test_documents_that_differ_are_reported_and_the_folder_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    scans = (("one process", "--no-cache"), ("another schema", "--default-schema", "other"))
    monkeypatch.setattr(fuzz, "_SCANS", scans)
    monkeypatch.setattr(fuzz, "_A_ROUND", 40)  # of so many, some name a table without its schema
    assert fuzz.main(["--minutes", "0.001", "--keep", str(tmp_path)]) == 1
    assert "another schema gives another document" in capsys.readouterr().out
    assert len(list((tmp_path / "000").glob("*.sql"))) == 40


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert fuzz.main([str(tmp_path / "none")]) == 2


def _failing(_data: bytes, _options: CompileOptions, _include: Include) -> FileFacts:
    raise ValueError("planted")
