"""Where the time of a cold scan goes: shares by the rooms of the package.

    python bench/phases.py FOLDER [FOLDER …] [--package FOLDER]

Each scan runs in one process, which is looked at some hundred times a second: the room counts in
which the innermost function of the package is, or that of the parser library. The library is
compiled and shows few functions of its own, so most of its time is that of the room that calls it.

Exit code: 0; 2 where a scan fails.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from inputs import BenchError, existing_folder

# What is shown, in the order of a file's way, and the rooms that it is made of.
PHASES: Mapping[str, tuple[str, ...]] = {
    "loading": ("loading",),
    "finding and reading files": ("project",),
    "tokens and cutting": ("tsql/reading", "tsql/cutting"),
    "forms and facts": ("tsql/grammar", "tsql/statements", "tsql/compiling", "tsql/disclosure"),
    "strings": ("tsql/strings",),
    "queries: text for the library, and its trees to facts": ("tsql/queries",),
    "the parser library": ("sqlglot",),
    "linking: lifetimes, definitions": ("linker/lifetimes", "linker/definitions"),
    "linking: the rest": ("linker",),
    "names and facts": ("model",),
    "rendering": ("render", "cli"),
}

# Runs a command of the tool, and prints how often each room was met.
_PROGRAM = """
import collections, json, sys, threading
counts, done = collections.Counter(), threading.Event()

def room(frame):
    while frame:
        path = frame.f_code.co_filename
        if "importlib" in path:
            return "loading"
        if "sqlglot" in path:
            return "sqlglot"
        if "sql_lineage_purview" in path:
            parts = path.split("sql_lineage_purview/")[-1].split("/")
            return "/".join(parts[:2]) if len(parts) > 2 else parts[0]
        frame = frame.f_back
    return "loading"

def watch():
    while not done.wait(0.002):
        counts[room(sys._current_frames()[worker.ident])] += 1

def work():
    # what recurses deeply has a thread of its own; here the one that is watched does it
    from sql_lineage_purview.model import stack
    stack.deep = lambda function: function()
    from sql_lineage_purview.cli import main
    codes.append(main(sys.argv[1:]))

codes = []
sys.setswitchinterval(0.0005)
sys.setrecursionlimit(100_000)
threading.stack_size(512 << 20)
worker = threading.Thread(target=work)
worker.start()
threading.stack_size(0)
threading.Thread(target=watch, daemon=True).start()
worker.join()
done.set()
print(json.dumps(counts))
raise SystemExit(codes[0])
"""


def shares(folder: Path, package: Path) -> Mapping[str, float]:
    """The share of each phase in a scan of a folder, in percent.

    Raises:
        BenchError: the scan fails.
    """
    words = ("scan", folder.absolute(), "--no-cache", "--jobs", "1", "--format", "json")
    run = subprocess.run(
        [sys.executable, "-c", _PROGRAM, *map(str, words), "-o", "/dev/null"],
        check=False,
        capture_output=True,
        encoding="utf-8",
        cwd=package,
    )
    if run.returncode:
        raise BenchError(f"{folder}: the scan failed: {run.stderr.strip()[-200:]}")
    counts = Counter(json.loads(run.stdout.splitlines()[-1]))
    met: Counter[str] = Counter()
    for room, count in counts.items():
        met[phase_of(room)] += count
    return {phase: 100 * met[phase] / counts.total() for phase in PHASES}


def phase_of(room: str) -> str:
    """The phase of a room; the longest name counts, as that of `linker/lifetimes`."""
    rooms = [(name, phase) for phase, names in PHASES.items() for name in names]
    fitting = [(name, phase) for name, phase in rooms if f"{room}/".startswith(f"{name}/")]
    return max(fitting, default=("", "finding and reading files"))[1]


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print, and return the exit code."""
    parser = argparse.ArgumentParser(description="Where the time of a cold scan goes.")
    parser.add_argument("folders", nargs="+", metavar="FOLDER")
    parser.add_argument(
        "--package",
        type=Path,
        default=Path(__file__).parent.parent,
        metavar="FOLDER",
        help="the checkout whose tool is looked at (default: this one)",
    )
    arguments = parser.parse_args(argv)
    try:
        folders = [existing_folder(Path(folder)) for folder in arguments.folders]
        found = {folder: shares(folder, arguments.package.absolute()) for folder in folders}
    except BenchError as error:
        print(f"phases: {error}", file=sys.stderr)
        return 2
    print("| | " + " | ".join(folder.name for folder in found) + " |")
    print("|---" * (len(found) + 1) + "|")
    for phase in PHASES:
        print(f"| {phase} | " + " | ".join(f"{row[phase]:.0f} %" for row in found.values()) + " |")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
