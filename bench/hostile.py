"""Attack the tool in many ways, each time in a folder and a process of their own.

The attacks are special files, bombs, scripts that grow, names that command, and answers that
never end.

    python bench/hostile.py [--only WORD] [--out TABLE.md]

Each case is a folder of its own and one run of the tool in a process of its own. It fails where the
tool takes more than 30 seconds of processor time or 600 MB, ends with another code than 0 to 3,
shows a traceback or calls itself defective, or does not say what the case wants said. A scan must
still have the lineage of the script beside the attack. Runs on POSIX systems.

Exit code: 0; 1 where a case fails.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import chain, islice
from multiprocessing import get_context
from pathlib import Path

from attacking import Case, attack, fault
from hostile_files import answers, bombs, full_disks, injections, large_files, special_files
from hostile_lineage import lineage
from hostile_strings import strings

Row = tuple[str, str, int, str, float, int, str]
_HEAD = (
    "| kind | case | exit | what came out | seconds | MB | fault |\n|---|---|---|---|---|---|---|"
)


def main() -> int:
    """Run the command and give its exit code."""
    parser = argparse.ArgumentParser(description="Attack the tool.")
    parser.add_argument("--only", default="", help="the cases whose kind or name holds this word")
    parser.add_argument("--out", type=Path, help="write the table to a file")
    arguments = parser.parse_args()
    rows = []
    for row in outcomes(
        number
        for number, case in enumerate(cases())
        if arguments.only in f"{case.kind}: {case.name}"
    ):
        rows.append(row)
        print(_line(row), flush=True)
    print(_total(rows))
    if arguments.out:
        arguments.out.write_text(
            "\n".join([_HEAD, *map(_line, rows), "", _total(rows), ""]), encoding="utf-8"
        )
    return 1 if any(row[-1] for row in rows) else 0


def cases() -> Iterator[Case]:
    """All attacks."""
    return chain(
        special_files(),
        large_files(),
        bombs(),
        strings(),
        lineage(),
        injections(),
        answers(),
        full_disks(),
    )


def outcomes(numbers: Iterable[int]) -> Iterator[Row]:
    """Run cases.

    Each from a fresh process, since what a process has ever taken counts for those that it starts.
    """
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), max_tasks_per_child=1) as pool:
        yield from pool.map(_outcome, numbers)


def _outcome(number: int) -> Row:
    case = next(islice(cases(), number, None))
    outcome = attack(case)
    summary, wrong = outcome.summary(), fault(case, outcome)
    return (case.kind, case.name, outcome.code, summary, outcome.seconds, outcome.megabytes, wrong)


def _line(row: Row) -> str:
    kind, name, code, summary, seconds, megabytes, wrong = row
    return f"| {kind} | {name} | {code} | {summary} | {seconds:.1f} | {megabytes} | {wrong} |"


def _total(rows: list[Row]) -> str:
    failed = sum(bool(row[-1]) for row in rows)
    seconds, megabytes = (max((row[column] for row in rows), default=0) for column in (4, 5))
    return f"{len(rows)} cases, {failed} failed; at most {seconds:.1f} seconds and {megabytes} MB."


if __name__ == "__main__":
    sys.exit(main())
