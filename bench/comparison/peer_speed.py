"""How long several lineage tools take for the scripts of a folder, and what they tell.

    python bench/comparison/peer_speed.py FOLDER --peer sqlglot=PYTHON --peer datahub=PYTHON

The tool of this project scans the folder in one process. Each peer runs behind its adapter in the
Python that is named, of an environment in which it is installed: it is asked about each script's
batches, with the columns of the tables that the script names, as far as the scan knows them. The
seconds are those of the processor for whole processes, the best of several rounds in turn. Answers
are compared by the tables that feed a table: how many of those that the scan tells a peer tells
too, and how many that the scan does not. Runs on POSIX systems, which tell what a process took.

Exit code: 0; 2 where a tool cannot be run.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from features import GO, ComparisonError
from tools import PEERS, Tool, peer

from sql_lineage_purview.model.names import parse_name
from sql_lineage_purview.tsql.reading.decode import decode

_WORD = re.compile(r"\w+")
_PACKAGE = Path(__file__).parents[2]

Edges: TypeAlias = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Measured:
    """What a tool took for all scripts, in seconds, and which tables feed which, as it says."""

    name: str
    seconds: float
    edges: Edges
    errors: int = 0


def compared(folder: Path, peers: Sequence[Tool], rounds: int) -> list[Measured]:
    """The tool of this project first, then each peer.

    Raises:
        ComparisonError: one of them cannot be run.
    """
    own, document = _own(folder)
    asked = json.dumps({"features": list(_questions(folder, document))})
    best = [own, *(_asked(one, asked) for one in peers)]
    for _ in range(rounds - 1):
        again = [_own(folder)[0], *(_asked(one, asked) for one in peers)]
        best = [min(pair, key=lambda one: one.seconds) for pair in zip(best, again, strict=True)]
    return best


def _own(folder: Path) -> tuple[Measured, dict[str, Any]]:
    with tempfile.TemporaryDirectory() as work:
        out = Path(work) / "lineage.json"
        words = ("-m", "sql_lineage_purview", "scan", folder.absolute(), "--no-cache")
        seconds, _ = _run([sys.executable, *words, "--jobs", "1", "-o", out], "", _PACKAGE)
        document: dict[str, Any] = json.loads(out.read_bytes())
    pairs = ((row["source"], row["target"]) for row in document["table_lineage"])
    return Measured("this project", seconds, _edges(pairs)), document


def _asked(one: Tool, asked: str) -> Measured:
    seconds, text = _run([one.python, one.adapter], asked, None)
    if not text:
        raise ComparisonError(f"{one.name}: the adapter failed. Is the tool installed there?")
    told = json.loads(text)
    pairs = (tuple(pair) for answer in told["answers"] for pair in answer["tables"])
    errors = sum(answer["error"] is not None for answer in told["answers"])
    return Measured(told["version"], seconds, _edges(pairs), errors)


def _run(words: Sequence[str | Path], asked: str, folder: Path | None) -> tuple[float, str]:
    """The seconds of a process, and what it prints.

    Raises:
        ComparisonError: it fails.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    try:
        done = subprocess.run(
            words, input=asked, capture_output=True, encoding="utf-8", check=False, cwd=folder
        )
    except OSError as error:
        raise ComparisonError(f"{words[0]} cannot be run ({error})") from None
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 1):  # 1: something was found
        raise ComparisonError(f"{' '.join(map(str, words))}: {done.stderr.strip()[-500:]}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


def _questions(folder: Path, document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """What the adapters are asked of each script."""
    columns = {
        _plain(table["name"]): table["columns"]
        for table in document["tables"]
        if table["columns"] and "/" not in table["name"]
    }
    for path in sorted(folder.rglob("*.sql")):
        text = decode(path.read_bytes()).text
        words = {word.casefold() for word in _WORD.findall(text)}
        named = {
            table: names
            for table, names in columns.items()
            if words.issuperset(map(str.casefold, _WORD.findall(table.rpartition(".")[2])))
        }
        batches = [batch for batch in GO.split(text) if batch.strip()]
        yield {"title": str(path), "batches": batches, "columns": named}


def _edges(pairs: Iterator[tuple[str, ...]]) -> Edges:
    """Edges of one schema's tables, whichever database a tool says they belong to."""
    return frozenset(
        (_table(source), _table(target)) for source, target in pairs if source != target
    )


def _table(name: str) -> str:
    parts = _plain(name).casefold().split(".")
    return ".".join(["dbo", *parts][-2:])


def _plain(name: str) -> str:
    """A name without brackets."""
    try:
        return ".".join(parse_name(name).parts)
    except ValueError:
        return name


def table(measured: Sequence[Measured]) -> str:
    """A Markdown table: a row for each tool."""
    own = measured[0]
    lines = [
        "| | seconds | ÷ this project | of its table edges | others | scripts with an error |",
        "|---|---|---|---|---|---|",
    ]
    for one in measured:
        told = f"{len(one.edges & own.edges)} of {len(own.edges)}"
        lines.append(
            f"| {one.name} | {one.seconds:.2f} | {one.seconds / own.seconds:.1f} | {told} | "
            f"{len(one.edges - own.edges)} | {one.errors} |"
        )
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print, and return the exit code."""
    parser = argparse.ArgumentParser("peer_speed.py", description="How long lineage tools take.")
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument(
        "--peer",
        action="append",
        default=[],
        metavar="NAME=PYTHON",
        help=f"{', '.join(PEERS)}: run by this interpreter (repeatable)",
    )
    parser.add_argument("--rounds", type=int, default=1, help="best of (default: %(default)s)")
    arguments = parser.parse_args(argv)
    try:
        peers = [peer(text) for text in arguments.peer]
        print(table(compared(arguments.folder, peers, arguments.rounds)))
    except ComparisonError as error:
        print(f"peer_speed: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
