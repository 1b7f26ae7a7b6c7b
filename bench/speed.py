"""How fast the tool is, as ratios of whole processes that run in turn on one machine.

    python bench/speed.py REPOSITORY [REPOSITORY …] [--rounds 3] [--package FOLDER]

REPOSITORY is a folder with scripts, or `inserts:13`, which makes up one of 13 MB of INSERT …
VALUES. Each is copied first, so that nothing is written beside its scripts. The floor is the parser
library alone, which parses the statements that the tool cuts (bench/speed_floor.py). Every ratio is
that of the best of all rounds: of processor seconds, and in parentheses of seconds on the clock.
Peak memory is that of the largest process. `--package` measures the tool of another checkout. Runs
on POSIX systems, which tell what a process took.

Exit code: 0; 2 where a command fails.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from cutting import statements
from inputs import BenchError, existing_folder
from limits import SCRIPTS

from sql_lineage_purview.project.storing.left_out import CACHE_FOLDER
from sql_lineage_purview.tsql.reading.decode import decode

_BENCH = Path(__file__).parent
_TOOL = ("-m", "sql_lineage_purview")
_PEAK_UNIT = 1 if sys.platform == "darwin" else 1024
_CHANGED = 3  # files that are edited before a check
_SCRIPT_BYTES = 200_000  # of each generated script
_ENDS = frozenset({0, 1})  # exit codes of a command that has done its work


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process took: seconds of processors and of the clock, and megabytes at most."""

    processor: float
    clock: float
    peak: float

    def best(self, another: Cost) -> Cost:
        """The least of each."""
        return Cost(
            min(self.processor, another.processor),
            min(self.clock, another.clock),
            min(self.peak, another.peak),
        )


@dataclass(frozen=True, slots=True)
class Subject:
    """A repository that is measured, in a folder that may be written to.

    `statements`: the file of its statements; `edited`: scripts of it; `alone`: one in a folder of
    its own.
    """

    title: str
    folder: Path
    statements: Path
    edited: tuple[Path, ...]
    alone: Path
    size: int
    files: int


@dataclass(slots=True)
class Costs:
    """The best cost of each command so far."""

    package: Path
    best: dict[str, Cost] = field(default_factory=dict)

    def measure(self, name: str, *words: str | Path, folder: Path | None = None) -> None:
        """Run Python with some words, and note what it took.

        Raises:
            BenchError: the command fails.
        """
        cost = run(words, folder or self.package, self.package)
        self.best[name] = cost.best(self.best.get(name, cost))


def run(words: Sequence[str | Path], folder: Path, package: Path) -> Cost:
    """What a process of Python takes.

    Raises:
        BenchError: it fails.
    """
    # Bytecode is kept as for an installed package, and beside no source.
    chosen = {"PYTHONPATH": str(package), "PYTHONPYCACHEPREFIX": str(_bytecode())}
    environment = {**os.environ, **chosen}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    start = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, *words],
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as process:
        errors = process.stderr.read() if process.stderr else b""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    clock = time.perf_counter() - start
    if process.returncode not in _ENDS or b"Traceback" in errors:
        command = " ".join(map(str, words))
        raise BenchError(f"{command}: {errors.decode('utf-8', 'replace')[-500:]}")
    peak = usage.ru_maxrss * _PEAK_UNIT / 1_000_000
    return Cost(usage.ru_utime + usage.ru_stime, clock, peak)


def _bytecode() -> Path:
    return Path(tempfile.gettempdir()) / "sql-lineage-purview-speed-bytecode"


def subject(name: str, work: Path) -> Subject:
    """A repository and its statements, made ready to be measured.

    Raises:
        BenchError: there is no such folder, or it holds no script.
    """
    folder = work / "repository"
    kind, _, size = name.partition(":")
    if kind == "inserts":
        _generate(folder, int(size or 13) * 1_000_000)
    else:
        source = existing_folder(Path(name))
        shutil.copytree(source, folder, symlinks=True, ignore=shutil.ignore_patterns(".git"))
    texts = dict(_texts(folder))
    if not texts:
        raise BenchError(f"{name}: holds no script")
    listed = work / "statements.json"
    listed.write_text(json.dumps([cut for text in texts.values() for cut in _cuts(text)]))
    by_size = sorted(texts, key=lambda path: (len(texts[path]), path))
    alone = work / "alone" / "script.sql"
    alone.parent.mkdir()
    shutil.copyfile(by_size[len(by_size) // 2], alone)
    middle = len(by_size) // 2
    return Subject(
        title=name if kind == "inserts" else Path(name).name,
        folder=folder,
        statements=listed,
        edited=tuple(by_size[middle : middle + _CHANGED]),
        alone=alone,
        size=sum(map(len, texts.values())),
        files=len(texts),
    )


def _texts(folder: Path) -> Iterator[tuple[Path, str]]:
    for path in sorted(folder.rglob("*.sql")):
        text = decode(path.read_bytes()).text if path.is_file() else None
        if text:
            yield path, text


def _cuts(text: str) -> Iterator[str]:
    return (text[cut.start : cut.end] for cut in statements(text) if not cut.block)


def _generate(folder: Path, size: int) -> None:
    folder.mkdir()
    row = SCRIPTS["one row each, semicolons"]
    numbers = iter(range(size))
    for script in range(-(-size // _SCRIPT_BYTES)):
        lines = islice(numbers, _SCRIPT_BYTES // len(row(10_000)))
        (folder / f"{script}.sql").write_text("".join(map(row, lines)), encoding="utf-8")


def commands(chosen: Subject, costs: Costs, turn: int) -> None:
    """One round: each command once, the first that keeps anything without what another has kept."""
    shutil.rmtree(chosen.folder / CACHE_FOLDER, ignore_errors=True)
    out = ("--format", "json", "-o", "/dev/null")
    costs.measure("floor", _BENCH / "speed_floor.py", chosen.statements)
    costs.measure("library", "-c", "import sqlglot")
    costs.measure("nothing", "-c", "pass")
    costs.measure("help", *_TOOL, "--help")
    costs.measure("explain", *_TOOL, "explain", "SLP101")
    costs.measure("alone", *_TOOL, "check", "--no-cache", chosen.alone, folder=chosen.alone.parent)
    for jobs in ("1", "2"):
        costs.measure(
            f"cold {jobs}", *_TOOL, "scan", chosen.folder, "--no-cache", "--jobs", jobs, *out
        )
    costs.measure("filling", *_TOOL, "scan", chosen.folder, "--jobs", "1", *out)
    costs.measure("warm", *_TOOL, "scan", chosen.folder, "--jobs", "1", *out)
    _comment(chosen.edited, f"scan {turn}")
    costs.measure("commented", *_TOOL, "scan", chosen.folder, "--jobs", "1", *out)
    _extend(chosen.edited, f"scan {turn}")
    costs.measure("edited", *_TOOL, "scan", chosen.folder, "--jobs", "1", *out)
    check = (*_TOOL, "check", "--jobs", "1", *chosen.edited)
    costs.measure("filling check", *check, folder=chosen.folder)
    costs.measure("unchanged", *check, folder=chosen.folder)
    _comment(chosen.edited, f"check {turn}")
    costs.measure("commented check", *check, folder=chosen.folder)
    _extend(chosen.edited, f"check {turn}")
    costs.measure("changed", *check, folder=chosen.folder)


def _comment(scripts: Sequence[Path], comment: str) -> None:
    """Change the scripts, and nothing that they say."""
    _append(scripts, f"\n-- {comment}\n")


def _extend(scripts: Sequence[Path], name: str) -> None:
    """Let each script say one thing more."""
    _append(scripts, f"\nGO\nSELECT * INTO dbo.[{name}] FROM dbo.[{name} source];\n")


def _append(scripts: Sequence[Path], text: str) -> None:
    for script in scripts:
        with script.open("ab") as stream:
            stream.write(text.encode())


def _write_bytecode(chosen: Subject, costs: Costs) -> None:
    """Load all that the rounds load, before any of them is measured."""
    costs.measure("floor", _BENCH / "speed_floor.py", chosen.statements)
    costs.measure("alone", *_TOOL, "check", "--jobs", "2", chosen.alone, chosen.alone.parent)
    costs.measure("explain", *_TOOL, "explain", "SLP101")
    costs.best.clear()


def _ratio(above: str, below: str) -> Callable[[Mapping[str, Cost]], str]:
    def shown(costs: Mapping[str, Cost]) -> str:
        first, second = costs[above], costs[below]
        return f"{first.processor / second.processor:.2f} ({first.clock / second.clock:.2f})"

    return shown


def _peak(name: str) -> Callable[[Mapping[str, Cost]], str]:
    return lambda costs: f"{costs[name].peak:.0f}"


def _seconds(name: str) -> Callable[[Mapping[str, Cost]], str]:
    return lambda costs: f"{costs[name].processor:.2f}"


ROWS: Mapping[str, Callable[[Mapping[str, Cost]], str]] = {
    "floor, processor seconds": _seconds("floor"),
    "cold ÷ floor": _ratio("cold 1", "floor"),
    "cold, filling the cache ÷ cold": _ratio("filling", "cold 1"),
    "cold ÷ warm, nothing changed": _ratio("cold 1", "warm"),
    f"cold ÷ warm, another comment in {_CHANGED} files": _ratio("cold 1", "commented"),
    f"cold ÷ warm, {_CHANGED} files changed": _ratio("cold 1", "edited"),
    "one process ÷ two": _ratio("cold 1", "cold 2"),
    f"check of {_CHANGED} changed files ÷ import sqlglot": _ratio("changed", "library"),
    f"check of {_CHANGED} files, another comment ÷ import sqlglot": _ratio(
        "commented check", "library"
    ),
    f"check of {_CHANGED} files, nothing changed ÷ import sqlglot": _ratio("unchanged", "library"),
    "check of one file alone ÷ import sqlglot": _ratio("alone", "library"),
    "--help ÷ python -c pass": _ratio("help", "nothing"),
    "explain ÷ python -c pass": _ratio("explain", "nothing"),
    "peak of a cold scan, MB": _peak("cold 1"),
    "peak of a warm scan, MB": _peak("warm"),
}


def table(measured: Sequence[tuple[Subject, Mapping[str, Cost]]]) -> str:
    """A Markdown table: a row for each ratio, a column for each repository."""
    head = [
        f"{chosen.title} ({chosen.files} files, {chosen.size / 1e6:.1f} MB)"
        for chosen, _ in measured
    ]
    lines = ["| | " + " | ".join(head) + " |", "|---" * (len(head) + 1) + "|"]
    lines += [
        f"| {title} | " + " | ".join(shown(costs) for _, costs in measured) + " |"
        for title, shown in ROWS.items()
    ]
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print, and return the exit code."""
    arguments = _parser().parse_args(argv)
    measured = []
    try:
        for name in arguments.repositories:
            with tempfile.TemporaryDirectory() as work:
                chosen = subject(name, Path(work))
                costs = Costs(arguments.package.absolute())
                _write_bytecode(chosen, costs)
                for turn in range(arguments.rounds):
                    print(f"{chosen.title}: round {turn + 1}", file=sys.stderr)
                    commands(chosen, costs, turn)
                measured.append((chosen, costs.best))
    except BenchError as error:
        print(f"speed: {error}", file=sys.stderr)
        return 2
    print(table(measured))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Measure how fast the tool is, as ratios.")
    parser.add_argument("repositories", nargs="+", metavar="REPOSITORY")
    parser.add_argument("--rounds", type=int, default=3, help="best of (default: %(default)s)")
    parser.add_argument(
        "--package",
        type=Path,
        default=_BENCH.parent,
        metavar="FOLDER",
        help="the checkout whose tool is measured (default: this one)",
    )
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
