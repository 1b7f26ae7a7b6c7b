"""bench/speed.py: what is measured, never how long it took."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("resource")  # POSIX

from inputs import BenchError
from speed import ROWS, main, run, subject


def test_every_ratio_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "scripts"
    folder.mkdir()
    script = folder / "a.sql"
    script.write_text("INSERT INTO t (a) SELECT a FROM s;\n", encoding="utf-8")
    assert main(["--rounds", "1", str(folder)]) == 0
    rows = [line.split("|")[1].strip() for line in capsys.readouterr().out.splitlines()[2:]]
    assert rows == list(ROWS)
    assert [path.name for path in folder.iterdir()] == ["a.sql"]
    assert script.read_text(encoding="utf-8") == "INSERT INTO t (a) SELECT a FROM s;\n"


def test_the_floor_gets_the_statements_as_they_are_cut(tmp_path: Path) -> None:
    folder, work = tmp_path / "scripts", tmp_path / "work"
    folder.mkdir()
    work.mkdir()
    (folder / "a.sql").write_text("DELETE t IF 1 = 1 SELECT a\nGO\nDROP TABLE u", encoding="utf-8")
    chosen = subject(str(folder), work)
    cuts = json.loads(chosen.statements.read_text(encoding="utf-8"))
    assert cuts == ["DELETE t", "IF 1 = 1", "SELECT a", "DROP TABLE u"]


def test_generated_inserts_have_the_size_that_was_named(tmp_path: Path) -> None:
    chosen = subject("inserts:1", tmp_path)
    assert 900_000 < chosen.size < 1_200_000


def test_a_command_that_fails_is_reported(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match="no such thing"):
        run(("-c", "raise SystemExit(7 * 'no such thing' and 7)"), tmp_path, tmp_path)
