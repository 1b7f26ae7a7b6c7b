"""The tools that are compared: each behind an adapter, in a process and an environment of its own."""

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
PEERS = ("sqlglot", "datahub", "sqllineage")


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool by the name of its adapter, and the Python that runs it."""

    name: str
    python: Path

    @property
    def adapter(self) -> Path:
        """The script that asks the tool."""
        return _ADAPTERS / (f"{self.name}.py" if self.name == OWN else f"with_{self.name}.py")


def judged(tool: Tool, features: Sequence[Feature], runs: int) -> Compared:
    """Ask a tool about all features, and judge its answers. The time is that of the fastest run.

    Raises:
        ComparisonError: the tool cannot be run.
    """
    answers = [_run(tool, features) for _ in range(max(1, runs))]
    told = answers[0]["answers"]
    return Compared(
        told_version(answers[0]),
        tuple(judge_columns(feature, one["columns"]) for feature, one in zip(features, told, strict=True)),
        tuple(judge_tables(feature, one["tables"]) for feature, one in zip(features, told, strict=True)),
        tuple(one["error"] or "" for one in told),
        min(answer["seconds"] for answer in answers),
    )


def told_version(answer: dict[str, Any]) -> str:
    """The tool with its version."""
    return str(answer["version"])


def question(features: Sequence[Feature]) -> dict[str, Any]:
    """What adapters are asked: nothing of the answers."""
    return {
        "features": [
            {"title": one.title, "batches": one.batches, "columns": {table: list(names) for table, names in one.columns.items()}}
            for one in features
        ]
    }


def _run(tool: Tool, features: Sequence[Feature]) -> dict[str, Any]:
    asked = json.dumps(question(features))
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
        raise ComparisonError(f"{tool.name}: the adapter failed. Is the tool installed there?\n{done.stderr.strip()}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found
