"""Hold the column lineage against programs that are really run.

Generated programs run in SQLite with one column's values changed, and what changes then is
compared with the column lineage.

    python bench/perturbation.py [--programs 2000] [--seed 0] [--data 2] [--more 10] [--jobs 2]
    [--show 20]

A change without an edge is a missed edge: its program is printed, shrunk. An edge whose target
never changes with its source, over the data of `--data` seeds and up to `--more` others, is counted
as never confirmed. Many of those are true all the same (`WHERE a > 2 AND a < 1` decides, if always
alike), so they are printed for a person to look at, shortest programs first.

Exit code: 0; 1 where an edge is missed, or a program has a diagnostic.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.properties.perturbation_engine import UnfitError
from tests.properties.perturbation_law import Finding, drawn, examine, report_of, smallest

_SHRUNK = 10  # missed edges after which programs are shown as they are: shrinking takes minutes


@dataclass
class Totals:
    """What all programs showed."""

    run: int = 0
    unfit: int = 0
    changes: int = 0
    edges: int = 0
    failures: list[tuple[int, Finding]] = field(default_factory=list)
    doubtful: list[tuple[int, Finding]] = field(default_factory=list)
    unconfirmed: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)

    def add(self, number: int, finding: Finding | None) -> None:
        if finding is None:
            self.unfit += 1
            return
        self.run += 1
        self.changes += finding.changes
        self.edges += len(finding.edges)
        self.kinds.update(str(edge.subtype) for edge in finding.edges)
        self.unconfirmed.update(str(edge.subtype) for edge in finding.unconfirmed)
        if finding.missed or finding.diagnostics:
            self.failures.append((number, finding))
        if finding.unconfirmed:
            self.doubtful.append((number, finding))


def main(argv: Sequence[str] | None = None) -> int:
    """Run the programs, print what they show, and return the exit code."""
    arguments = _parser().parse_args(argv)
    totals = Totals()
    numbers = range(arguments.seed, arguments.seed + arguments.programs)
    for number, finding in zip(numbers, _findings(numbers, arguments), strict=True):
        totals.add(number, finding)
    _print(totals, arguments.show)
    return 1 if totals.failures else 0


def _findings(numbers: range, arguments: argparse.Namespace) -> Iterator[Finding | None]:
    work = [(number, arguments.data, arguments.more) for number in numbers]
    if arguments.jobs == 1:
        yield from map(_finding, work)
        return
    with ProcessPoolExecutor(arguments.jobs) as pool:
        yield from pool.map(_finding, work, chunksize=10)


def _finding(work: tuple[int, int, int]) -> Finding | None:
    number, data, more = work
    try:
        return examine(drawn(number), number, seeds=data, more=more)
    except UnfitError:
        return None


def _print(totals: Totals, shown: int) -> None:
    print(
        f"programs run       {totals.run}  (left out, since the engine would take too long: "
        f"{totals.unfit})"
    )
    print(f"changes observed   {totals.changes}")
    print(f"missed edges       {sum(len(set(finding.missed)) for _, finding in totals.failures)}")
    print(f"diagnostics        {sum(len(finding.diagnostics) for _, finding in totals.failures)}")
    confirmed = totals.edges - totals.unconfirmed.total()
    print(
        f"edges              {totals.edges}, of which {confirmed} confirmed by a change "
        f"({confirmed / max(1, totals.edges):.1%})"
    )
    for kind, count in sorted(totals.kinds.items()):
        print(f"  {kind:16} {count:6}, never confirmed {totals.unconfirmed[kind]}")
    for number, finding in totals.failures:
        print(f"\n=== program {number} ===")
        short = len(totals.failures) <= _SHRUNK and finding.missed
        print(report_of(examine(smallest(drawn(number), number), number) if short else finding))
    for number, finding in sorted(totals.doubtful, key=lambda one: len(report_of(one[1])))[:shown]:
        print(f"\n=== program {number}: never confirmed ===")
        print(report_of(finding))
        print("\n".join(map(str, finding.unconfirmed)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--programs", type=int, default=2000, help="how many programs to run")
    parser.add_argument("--seed", type=int, default=0, help="the number of the first program")
    parser.add_argument(
        "--data", type=int, default=2, help="over how many sets of rows each program runs"
    )
    parser.add_argument(
        "--more", type=int, default=10, help="over how many more where edges are not confirmed yet"
    )
    parser.add_argument("--jobs", type=int, default=2, help="how many programs to run at a time")
    parser.add_argument(
        "--show", type=int, default=10, help="how many programs with unconfirmed edges to print"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
