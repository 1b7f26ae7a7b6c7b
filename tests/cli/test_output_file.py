"""What -o writes over, and where output cannot be written."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sql_lineage_purview.cli import main

SCRIPT = (
    "CREATE TABLE dbo.s (a int); CREATE TABLE dbo.t (a int);\nGO\nINSERT INTO dbo.t SELECT a "
    "FROM dbo.s;\n"
)
MORE = "INSERT INTO dbo.t SELECT a FROM dbo.s WHERE a = 1;\n"
POSIX = pytest.mark.skipif(os.name == "nt", reason="a shell and signals of POSIX")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "x.sql").write_text(SCRIPT, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "command",
    [
        *(["scan", "--format", name] for name in ("tree", "table", "csv", "json")),
        *(["tables", "--format", name] for name in ("table", "csv", "json")),
    ],
    ids=" ".join,
)
def test_a_result_is_written_over(command: list[str], folder: Path) -> None:
    for _ in range(2):
        assert main([*command, "x.sql", "-o", "out"]) == 0


@pytest.mark.parametrize("content", ["hello", SCRIPT, '{"a": 1}', "[]x", "a,b\n"])
def test_what_is_no_result_is_not_written_over_unasked(
    content: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "mine").write_text(content, encoding="utf-8")

    assert main(["scan", "x.sql", "-o", "mine"]) == 2
    assert "mine: is no result of this tool" in capsys.readouterr().err
    assert (folder / "mine").read_text(encoding="utf-8") == content
    assert main(["scan", "x.sql", "-o", "mine", "--force"]) == 0


def test_what_is_read_is_not_written_over_unasked(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "columns.csv").write_text(
        "TABLE_SCHEMA,TABLE_NAME,COLUMN_NAME\ndbo,t,a\n", encoding="utf-8"
    )
    assert main(["catalog", "dump", "columns.csv", "-o", "columns.json"]) == 0

    assert main(["scan", "columns.json", "-o", "columns.json"]) == 2
    assert main(["scan", "x.sql", "--catalog", "db=columns.json", "-o", "columns.json"]) == 2
    assert main(["scan", "x.sql", "-o", "x.sql"]) == 2
    assert capsys.readouterr().err.count("is read by this command") == 3


def ran(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    tool = f"'{sys.executable}' -m sql_lineage_purview"
    return subprocess.run(  # noqa: S602 - commands of this file, redirections included
        command.replace("TOOL", tool),
        shell=True,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@POSIX
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full disk at hand")
def test_a_full_disk_is_a_line_and_a_code(folder: Path) -> None:
    for target in (">/dev/full", "-o /dev/full"):
        result = ran(f"TOOL scan . --no-cache {target}", folder)
        assert result.returncode == 2
        assert result.stderr.splitlines()[-1].endswith(
            "cannot be written (No space left on device). Is the disk full, or is it closed?"
        )
        assert "internal" not in result.stderr


@POSIX
def test_a_closed_stdout_is_a_line_and_a_code(folder: Path) -> None:
    result = ran("TOOL scan . --no-cache >&-", folder)

    assert result.returncode == 2
    assert "stdout: cannot be written" in result.stderr
    assert ran("TOOL scan . --no-cache 2>&-", folder).returncode == 0


@POSIX
@pytest.mark.parametrize("after", [0.05, 0.2, 0.4, 0.8, 1.6])
def test_an_interrupt_at_any_moment_is_one_line(after: float, tmp_path: Path) -> None:
    for number in range(4):
        (tmp_path / f"{number}.sql").write_text(SCRIPT + MORE * 8000, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    # Before that Python itself starts, and nobody can help.
    begun = (
        # what runs in the background ignores it
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "import sql_lineage_purview.__main__ as m; print('begun', flush=True); m.run()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", begun, "scan", ".", "--jobs", "2", "--no-cache"],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(after)
    os.killpg(process.pid, signal.SIGINT)
    _, message = process.communicate(timeout=60)

    assert (process.returncode, message) == (130, "Interrupted.\n")
