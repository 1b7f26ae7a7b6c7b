"""Scan randomly made texts, and look for failures, slow scans and answers that differ.

    python bench/fuzz.py FOLDER ... --minutes 60

The texts are made of the scripts of the FOLDERs, and of sample_sql and the specs, by
bench/mutating.py; so many as the minutes of processor time allow. Each is compiled alone, with its
time taken; those of a round are then one folder, which is scanned by one process, by two with an
empty cache, and again with the cache of that. All three documents must be the same bytes, no
statement may fail (SLP104) or be given up (SLP105), and nothing may end with another exit code than
0. What fails is kept in `--keep`.

Exit code: 0; 1 where something was found; 2 where a folder cannot be read.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import process_time

from inputs import BenchError, existing_folder
from mutating import Mutator
from runs import say

from sql_lineage_purview.tsql.compiling.file_compiler import CompileOptions, compile_file

_ROOT = Path(__file__).parents[1]
_SEEDS = (_ROOT / "sample_sql", _ROOT / "tests" / "specs")
_SQL = re.compile(r"```sql\n(.*?)```", re.DOTALL)
_LARGEST = 30_000  # characters of a script that texts are made of
_A_ROUND = 200  # texts
_SLOW = 5.0  # seconds for one text
_SCANS = (
    ("one process", "--jobs", "1", "--no-cache"),
    ("two processes", "--jobs", "2"),
    ("a warm cache", "--jobs", "2"),
)
_TOOL = (sys.executable, "-m", "sql_lineage_purview", "scan", ".", "--format", "json", "-o")


@dataclass(slots=True)
class Tally:
    """What was run, and what was found.

    `slowest`: seconds and size of the text that took longest.
    """

    texts: int = 0
    size: int = 0
    statements: int = 0
    findings: list[str] = field(default_factory=list)
    slowest: tuple[float, int] = (0.0, 0)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and give its exit code."""
    options = _options(arguments)
    try:
        tally = fuzz(
            [*_SEEDS, *map(existing_folder, options.folders)],
            options.minutes * 60,
            options.seed,
            options.keep,
        )
    except BenchError as error:
        say(f"fuzz: {error}")
        return 2
    print("\n".join(report(tally)))
    return 1 if tally.findings else 0


def fuzz(folders: Sequence[Path], seconds: float, seed: int, keep: Path | None) -> Tally:
    """Rounds until so much processor time is used, children included."""
    texts = sorted({text for folder in folders for text in _texts(folder)})
    if not texts:
        raise BenchError("the folders hold no script")
    mutator, tally, begun = Mutator(texts, seed), Tally(), _used()
    while _used() - begun < seconds:
        with tempfile.TemporaryDirectory() as folder:
            _round(mutator, Path(folder), tally, keep)
        say(
            f"{_used() - begun:.0f} s: {tally.texts:,} texts, {len(tally.findings)} findings, "
            f"slowest {tally.slowest[0]:.1f} s"
        )
    return tally


def report(tally: Tally) -> Iterator[str]:
    """The figures as lines of text."""
    seconds, size = tally.slowest
    yield (
        f"{tally.texts:,} texts of {tally.size / 1e6:,.1f} MB with {tally.statements:,} "
        "statements: "
        f"{len(tally.findings)} findings; the slowest took {seconds:.1f} s ({size:,} bytes)."
    )
    yield from tally.findings


def _round(mutator: Mutator, folder: Path, tally: Tally, keep: Path | None) -> None:
    found: dict[str, str] = {}
    for number in range(_A_ROUND):
        file = folder / f"{number:03}.sql"
        file.write_bytes(mutator.text())
        if problem := _alone(file.read_bytes(), tally):
            found[file.name] = problem
    found |= _together(folder)
    for name, problem in found.items():
        tally.findings.append(f"- {_kept(folder, name, keep, len(tally.findings))}: {problem}")


def _alone(data: bytes, tally: Tally) -> str | None:
    """What is wrong with the facts of one text: a failure, or the time."""
    start = process_time()
    try:
        facts = compile_file(data, CompileOptions(), _no_file)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    seconds = process_time() - start
    tally.texts += 1
    tally.size += len(data)
    tally.statements += facts.statements
    tally.slowest = max(tally.slowest, (seconds, len(data)))
    failed = [found.message for found in facts.diagnostics if found.code == "SLP104"]
    return failed[0] if failed else f"{seconds:.1f} s" if seconds > _SLOW else None


def _together(folder: Path) -> dict[str, str]:
    """What is wrong with the folder's documents, by file; an empty name is the folder itself."""
    documents = []
    for what, *flags in _SCANS:
        document = folder.parent / f"{folder.name}.json"
        command = [*_TOOL, str(document), *flags]
        run = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, errors="replace", check=False
        )
        if run.returncode or "Traceback" in run.stderr:
            return {"": f"with {what}: exit code {run.returncode}, {run.stderr.strip()[-300:]}"}
        documents.append((what, document.read_bytes()))
        document.unlink()
    first = documents[0][1]
    problems = {
        found.get("file", ""): f"{found['code']}: {found['message']}"
        for found in json.loads(first)["diagnostics"]
        if found["code"] in ("SLP104", "SLP105")
    }
    if differing := [what for what, document in documents if document != first]:
        problems[""] = f"{' and '.join(differing)} gives another document"
    return problems


def _kept(folder: Path, name: str, keep: Path | None, number: int) -> str:
    """Keep the text, or the texts of the whole round; what to call it."""
    if not keep:
        return name or "a folder"
    target = keep / f"{number:03}"
    target.mkdir(parents=True, exist_ok=True)
    for file in [folder / name] if name else folder.glob("*.sql"):
        (target / file.name).write_bytes(file.read_bytes())
    return f"{target.name}/{name}"


def _texts(folder: Path) -> Iterator[str]:
    for file in sorted(folder.rglob("*")):
        if file.suffix.lower() == ".sql" and file.is_file() and file.stat().st_size < _LARGEST:
            yield file.read_text(encoding="utf-8", errors="replace")
        elif file.suffix == ".md" and file.is_file():
            yield from _SQL.findall(file.read_text(encoding="utf-8"))


def _used() -> float:
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _no_file(path: str, _stack: tuple[str, ...]) -> bytes:
    raise FileNotFoundError(path)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "folders",
        nargs="*",
        type=Path,
        metavar="FOLDER",
        help="scripts that texts are made of, besides the project's own",
    )
    parser.add_argument("--minutes", type=float, default=60, help="of processor time (default: 60)")
    parser.add_argument(
        "--seed", type=int, default=1, help="what the draw begins with (default: 1)"
    )
    parser.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="keep the texts that something is wrong with"
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
