"""The tools compared, each behind an adapter, in a process and an environment of its own."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from features import ComparisonError, Feature
from judging import judge_columns, judge_tables
from page import Compared

_ADAPTERS = Path(__file__).with_name("adapters")
_SECONDS = 600
OWN = "own"
PEERS = ("sqlglot", "datahub", "sqllineage", "openlineage")


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool by the name of its adapter, and the Python that runs it."""

    name: str
    python: Path

    @property
    def adapter(self) -> Path:
        """The script that asks the tool."""
        return _ADAPTERS / (f"{self.name}.py" if self.name == OWN else f"with_{self.name}.py")


def peer(text: str) -> Tool:
    """A peer as it is named on a command line: `sqlglot=PYTHON`.

    Raises:
        ComparisonError: there is no adapter of this name, or no Python.
    """
    name, _, python = text.partition("=")
    if name not in PEERS or not python:
        raise ComparisonError(
            f"--peer {text}: write NAME=PYTHON, the name one of {', '.join(PEERS)}"
        )
    return Tool(name, Path(python))


def judged(tools: Sequence[Tool], features: Sequence[Feature], runs: int) -> list[Compared]:
    """Ask the tools about all features, in turn and several times, and judge their answers.

    The fastest time of each counts.

    Raises:
        ComparisonError: a tool cannot be run.
    """
    asked = json.dumps(question(features))
    rounds = [[_run(tool, asked) for tool in tools] for _ in range(max(1, runs))]
    fastest = [
        min(answer["seconds"] for answer in answers) for answers in zip(*rounds, strict=True)
    ]
    return [
        _compared(features, answer, seconds)
        for answer, seconds in zip(rounds[0], fastest, strict=True)
    ]


def _compared(features: Sequence[Feature], answer: dict[str, Any], seconds: float) -> Compared:
    told = answer["answers"]
    return Compared(
        answer["version"],
        tuple(
            judge_columns(feature, one["columns"])
            for feature, one in zip(features, told, strict=True)
        ),
        tuple(
            judge_tables(feature, one["tables"])
            for feature, one in zip(features, told, strict=True)
        ),
        tuple(one["error"] or "" for one in told),
        seconds,
    )


def question(features: Sequence[Feature]) -> dict[str, Any]:
    """What adapters are asked: nothing of the answers."""
    return {
        "features": [
            {
                "title": one.title,
                "batches": one.batches,
                "columns": {table: list(names) for table, names in one.columns.items()},
            }
            for one in features
        ]
    }


def _run(tool: Tool, asked: str) -> dict[str, Any]:
    try:
        done = subprocess.run(
            [tool.python, tool.adapter],
            input=asked,
            capture_output=True,
            encoding="utf-8",
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ComparisonError(f"{tool.name}: {tool.python} cannot be run ({error})") from None
    if done.returncode:
        raise ComparisonError(
            f"{tool.name}: the adapter failed. Is the tool installed there?\n{done.stderr.strip()}"
        )
    found: dict[str, Any] = json.loads(done.stdout)
    return found
