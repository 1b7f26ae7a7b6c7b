"""What very large scripts cost: time and peak memory of `scan`.

The scripts are INSERT … VALUES of 5, 10 and 20 MB.

    python bench/limits.py [--megabytes 5 10 20] [--at-most 600]

Prints a Markdown table and fails where a scan takes more memory than allowed, or its time grows by
more than the size does (a third more is taken as noise). Runs on POSIX systems: the peak memory is
asked of the operating system.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

_MEGABYTE = 1_000_000
_NOISE = 1.33

_INSERT = "INSERT INTO dbo.Customer (Id, Name, Since, Amount, Note) VALUES"


def _row(number: int) -> str:
    return (
        f"({number}, N'Customer {number}', '2024-01-{number % 28 + 1:02d}', "
        f"{number % 1000}.{number % 100:02d}, NULL)"
    )


def _rows(number: int) -> str:
    head = f"{_INSERT}\n" if number % 1000 == 0 else ""
    return f"{head}{_row(number)}{';' if number % 1000 == 999 else ','}\n"


SCRIPTS: dict[str, Callable[[int], str]] = {
    "one row each, semicolons": lambda number: f"{_INSERT} {_row(number)};\n",
    "one row each, no semicolons": lambda number: f"{_INSERT} {_row(number)}\n",
    "one row each, GO after 100": lambda number: (
        f"{_INSERT} {_row(number)}\n" + "GO\n" * (number % 100 == 99)
    ),
    "1,000 rows each": _rows,
}


def _script(statement: Callable[[int], str], size: int) -> str:
    pieces: list[str] = []
    length = 0
    while length < size:
        pieces.append(statement(len(pieces)))
        length += len(pieces[-1])
    return "".join(pieces)


def scan(folder: str) -> tuple[float, float]:
    """Scan a folder in a process of its own: seconds, and the megabytes that it held at most."""
    start = time.perf_counter()
    command = [
        sys.executable,
        "-m",
        "sql_lineage_purview",
        "scan",
        folder,
        "--format",
        "json",
        "--jobs",
        "1",
    ]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    unit = 1 if sys.platform == "darwin" else 1024
    return time.perf_counter() - start, resource.getrusage(
        resource.RUSAGE_CHILDREN
    ).ru_maxrss * unit / _MEGABYTE


def _measured(statement: Callable[[int], str], size: int) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "big.sql").write_text(_script(statement, size), encoding="utf-8")
        # the peak is that of all children so far, so each scan is the only child of its parent
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            return pool.apply(scan, (folder,))


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure scans of very large scripts.")
    parser.add_argument(
        "--megabytes", type=int, nargs="+", default=[5, 10, 20], help="sizes, in order"
    )
    parser.add_argument(
        "--at-most",
        type=float,
        default=600,
        metavar="MB",
        help="peak memory allowed (default: %(default)s)",
    )
    arguments = parser.parse_args()
    failed = False
    print("| script | size | seconds | seconds per MB | peak MB |\n|---|---|---|---|---|")
    for name, statement in SCRIPTS.items():
        pace: float | None = None
        for size in arguments.megabytes:
            seconds, peak = _measured(statement, size * _MEGABYTE)
            print(
                f"| {name} | {size} MB | {seconds:.1f} | {seconds / size:.2f} | {peak:.0f} |",
                flush=True,
            )
            failed |= peak > arguments.at_most or (
                pace is not None and seconds / size > pace * _NOISE
            )
            pace = seconds / size
    return int(failed)


if __name__ == "__main__":
    raise SystemExit(main())
