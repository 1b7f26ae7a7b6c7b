"""The program as a whole: exit codes, streams, and errors that are one line."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from sql_lineage_purview import __version__
from sql_lineage_purview.cli import COMMANDS, main
from sql_lineage_purview.model.diagnostics import RULES

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Run


def _python(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "sql_lineage_purview", *arguments],
        capture_output=True,
        cwd=cwd,
        env=os.environ | environment,
        check=False,
    )


def test_the_version(run: Run) -> None:
    outcome = run("--version")

    assert (outcome.code, outcome.out) == (0, f"sql-lineage-purview {__version__}\n")


def test_help_lists_every_command(run: Run) -> None:
    outcome = run("--help")

    assert outcome.code == 0
    assert {line.split()[0] for line in outcome.out.splitlines() if line[:5].strip()} >= {*COMMANDS}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(run: Run, command: str) -> None:
    outcome = run(command, "--help")

    assert outcome.code == 0
    assert outcome.out.startswith(f"usage: sql-lineage-purview {command}")


@pytest.mark.parametrize("arguments", [[], ["frob"], ["tree"], ["--frob"], ["scan", ".", "--frob"]])
def test_a_usage_error_has_exit_code_2(run: Run, arguments: list[str]) -> None:
    outcome = run(*arguments)

    assert outcome.code == 2
    assert outcome.err.startswith("usage: ")


class TestExplain:
    def test_a_code_in_any_case(self, run: Run) -> None:
        outcome = run("explain", "slp203")

        assert outcome.code == 0
        assert outcome.out.startswith("SLP203 Columns not known\nWARNING, a gap of kind name\n\n")
        assert RULES["SLP203"].remedy in outcome.out

    def test_without_a_code_lists_all(self, run: Run) -> None:
        assert [line[:6] for line in run("explain").out.splitlines()] == list(RULES)

    def test_they_are_data_too(self, run: Run, tmp_path: Path) -> None:
        rows = list(csv.DictReader(io.StringIO(run("explain", "--format", "csv").out)))
        run("explain", "SLP301", "-o", str(tmp_path / "rule.json"))
        [rule] = json.loads((tmp_path / "rule.json").read_text(encoding="utf-8"))

        assert [row["code"] for row in rows] == list(RULES)
        assert (rule["code"], rule["remedy"]) == ("SLP301", RULES["SLP301"].remedy)
        assert run("explain", "SLP301", "--format", "markdown").out.startswith("### SLP301 ")
        assert run("explain", "--markdown").out.startswith("# Diagnostics\n")

    def test_an_unknown_code(self, run: Run) -> None:
        outcome = run("explain", "SLP1O1")

        assert outcome.code == 2
        assert "there is no diagnostic 'SLP1O1'. Did you mean SLP101?" in outcome.err


class TestDefects:
    @pytest.fixture(autouse=True)
    def _defect(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*_: object) -> None:
            raise RuntimeError("boom\nin two lines")

        monkeypatch.setattr("sql_lineage_purview.cli.explain_command.deliver", fail)

    def test_are_one_line_with_what_to_do(self, run: Run) -> None:
        outcome = run("explain")

        assert (outcome.code, outcome.out) == (2, "")
        assert outcome.err.startswith("sql-lineage-purview: error: internal error: RuntimeError. ")
        assert "report it" in outcome.err
        assert outcome.err.count("\n") == 1

    def test_show_where_they_are_when_asked(
        self, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SQL_LINEAGE_PURVIEW_DEBUG", "1")

        assert "Traceback (most recent call last)" in run("explain").err


def test_an_interrupt_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("sql_lineage_purview.cli.explain_command.deliver", interrupt)

    outcome = run("explain")

    assert (outcome.code, outcome.err) == (130, "Interrupted.\n")


class TestStreams:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        (tmp_path / "a.sql").write_text(
            "INSERT INTO dbo.[Größe 表] (a) SELECT a FROM dbo.s", encoding="utf-8"
        )
        return tmp_path

    def test_data_is_utf_8_with_plain_newlines_whatever_the_console_speaks(
        self, folder: Path
    ) -> None:
        done = _python("scan", ".", "--format", "json", cwd=folder, PYTHONIOENCODING="cp1252")

        assert done.returncode == 0
        assert b"\r" not in done.stdout
        assert "Größe 表" in done.stdout.decode("utf-8")

    def test_a_tree_fits_the_code_page_of_the_console(self, folder: Path) -> None:
        done = _python("scan", ".", cwd=folder, PYTHONIOENCODING="cp437")

        assert done.returncode == 0
        assert "Größe ?" in done.stdout.decode("cp437")

    def test_what_is_no_terminal_gets_no_escape_sequences(self, folder: Path) -> None:
        done = _python("scan", ".", cwd=folder)

        assert b"\x1b" not in done.stdout + done.stderr

    def test_a_reader_that_leaves_early_is_no_error(self, folder: Path) -> None:
        with subprocess.Popen(
            [sys.executable, "-m", "sql_lineage_purview", "scan", ".", "--format", "json"],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            process.stdout.close()
            message = process.stderr.read().decode()

        assert process.returncode == 0
        assert "rror" not in message


def test_main_takes_the_arguments_of_the_process(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["sql-lineage-purview", "explain", "SLP001"])

    assert main() == 0
    assert capsys.readouterr().out.startswith("SLP001 ")
