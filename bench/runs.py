"""Runs of the tool and of the other parser over one folder, each in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inputs import BenchError

_BENCH = Path(__file__).parent
_TOOL = (sys.executable, "-m", "sql_lineage_purview")
_AT_ONCE = 200  # paths in one command: Windows takes about 32,000 characters


@dataclass(frozen=True, slots=True)
class Target:
    """A folder to measure, and the name it has in the tables.

    `synapse`: the parser is to read past Synapse's own words.
    """

    title: str
    folder: Path
    synapse: bool = False
    suite: bool = False


@dataclass(frozen=True, slots=True)
class Oracle:
    """The other parser's command, and the folder that keeps its answers.

    The command may be a Python script. Answers are kept so that each is asked for only once.
    """

    command: Path
    work: Path

    def tables(self, target: Target) -> Path:
        """What each statement reads, writes and calls."""
        flags = ["--sqlcmd", *(["--synapse"] if target.synapse else [])]
        return self._answer(target, "tables", flags)

    def starts(self, target: Target) -> Path:
        """Where each statement begins.

        Without the flags that change the text, and with it the offsets.
        """
        return self._answer(target, "parse", ["--starts"])

    def validity(self, target: Target) -> Path:
        """Which scripts are valid."""
        return self._answer(target, "parse", [])

    def bound(self, target: Target) -> Path:
        """The columns that each module of a database refers to; the folder is read as a whole."""
        flags = ["--sqlcmd", *(["--synapse"] if target.synapse else [])]
        kept = self._kept(target, "bind")
        if not kept.exists():
            run = self._run(["bind", *flags], [target.folder])
            if run.returncode:
                raise BenchError(
                    f"{self.command} bind fails in {target.folder}: {_last_line(run.stderr)}"
                )
            _keep(kept, run.stdout.splitlines())
        return kept

    def _answer(self, target: Target, question: str, flags: Sequence[str]) -> Path:
        kept = self._kept(target, question)
        if not kept.exists():
            _keep(kept, self._asked(target.folder, [question, *flags]))
        return kept

    def _kept(self, target: Target, question: str) -> Path:
        return self.work / f"{_file_name(target)}.{question}.jsonl"

    def _asked(self, folder: Path, arguments: Sequence[str]) -> list[str]:
        """The answer, one line for each script.

        Where the parser breaks off at a script, it is asked again for the scripts behind that
        one.
        """
        scripts = left = asked = _scripts(folder)
        run = self._run(arguments, [folder])
        lines: list[str] = []
        while True:
            answer = run.stdout.splitlines()
            lines += answer
            done = len(asked)
            if run.returncode and len(answer) < len(asked):
                if not lines and left is not scripts:
                    raise BenchError(
                        f"{self.command} {arguments[0]} fails in {folder}: {_last_line(run.stderr)}"
                    )
                say(f"the parser fails on {asked[len(answer)]}: {_last_line(run.stderr)}")
                done = len(answer) + 1
            left = left[done:]
            if not left:
                return lines
            asked = left[:_AT_ONCE]
            run = self._run(arguments, asked)

    def _run(
        self, arguments: Sequence[str], paths: Sequence[Path]
    ) -> subprocess.CompletedProcess[str]:
        python = [sys.executable] if self.command.suffix == ".py" else []
        return _run([*python, str(self.command), *arguments, *map(str, paths)])


def scanned(target: Target, work: Path) -> Path:
    """The lineage document of a folder, made by the installed tool.

    Raises:
        BenchError: the tool fails.
    """
    document = work / f"{_file_name(target)}.lineage.json"
    run = _run(
        [*_TOOL, "scan", str(target.folder), "--no-cache", "--format", "json", "-o", str(document)]
    )
    if run.returncode:
        raise BenchError(f"the scan of {target.folder} failed: {_last_line(run.stderr)}")
    return document


def counted(command: str, *arguments: Path) -> Any:
    """What another command of the bench prints as JSON.

    Raises:
        BenchError: it fails.
    """
    run = _run([sys.executable, str(_BENCH / command), *map(str, arguments), "--json"])
    if run.returncode == 2 or not run.stdout:
        raise BenchError(f"{command} failed: {_last_line(run.stderr)}")
    return json.loads(run.stdout)


def say(text: str) -> None:
    """Tell the person how far it is, on stderr."""
    print(text, file=sys.stderr, flush=True)


def _run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            command, capture_output=True, text=True, encoding="utf-8", errors="replace", check=False
        )
    except OSError as error:
        raise BenchError(f"{command[0]} cannot be run: {error.strerror or error}") from error


def _keep(file: Path, lines: Sequence[str]) -> None:
    unfinished = file.with_suffix(".unfinished")
    unfinished.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    unfinished.replace(file)


def _scripts(folder: Path) -> list[Path]:
    """The scripts of a folder in the order in which the parser takes them."""
    return sorted(
        path for path in folder.rglob("*") if path.suffix.lower() == ".sql" and path.is_file()
    )


def _file_name(target: Target) -> str:
    return target.folder.name if not target.suite else target.title.replace("/", "+")


def _last_line(text: str) -> str:
    return text.strip().splitlines()[-1] if text.strip() else "it says nothing"
