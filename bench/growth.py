"""How time grows with what people have many of.

    python bench/growth.py [--case NAME …] [--repeat 2] [--most 1.25]

Each case (see `growth_cases`) is made at two sizes and scanned by processes of their own, without
a cache. What is measured are the processor's seconds, the best of `--repeat`, less those of a scan
of nothing; printed is the exponent between the two: 1 is linear, 2 is quadratic.

Exit code: 0; 1 where an exponent is beyond `--most`; 2 where a scan fails.
"""

from __future__ import annotations

import argparse
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from growth_cases import CASES, Case, Files

_SCAN = (sys.executable, "-m", "sql_lineage_purview", "scan", ".", "--no-cache", "--jobs", "1")
_CODES = (0, 1)  # 1: there are gaps
_SHORTEST = 0.02  # seconds that a clock of processes can tell


class ScanError(Exception):
    """A scan has come to no end."""


@dataclass(frozen=True)
class Growth:
    """The seconds of a case at each of its sizes."""

    case: Case
    seconds: tuple[float, float]

    @property
    def exponent(self) -> float:
        """How time grows between its two sizes."""
        (smaller, larger), (before, after) = self.case.sizes, self.seconds
        ratio = max(after, _SHORTEST) / max(before, _SHORTEST)
        return math.log(ratio) / math.log(larger / smaller)


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print, and return the exit code."""
    arguments = _parser().parse_args(argv)
    cases = [CASES[name] for name in arguments.case or CASES]
    try:
        print(f"{'case':<36} {'sizes':>15} {'seconds':>15} {'exponent':>9}")
        beyond = [
            growth.case.name
            for growth in (_measured(case, arguments.repeat) for case in cases)
            if _shown(growth).exponent > arguments.most
        ]
    except ScanError as error:
        print(f"growth: {error}", file=sys.stderr)
        return 2
    for name in beyond:
        print(f"beyond {arguments.most}: {name}", file=sys.stderr)
    return 1 if beyond else 0


def _shown(growth: Growth) -> Growth:
    sizes = " ".join(f"{size:>6}" for size in growth.case.sizes)
    seconds = " ".join(f"{second:>6.2f}" for second in growth.seconds)
    print(f"{growth.case.name:<36} {sizes:>15} {seconds:>15} {growth.exponent:>9.2f}", flush=True)
    return growth


def _measured(case: Case, repeat: int) -> Growth:
    """The seconds of a case; its sizes and a scan of nothing are measured in turn.

    What else the machine does in the meantime then meets all of them.
    """
    scans: list[Files] = [{"script.sql": "SELECT 1;\n"}, *map(case.files, case.sizes)]
    with ExitStack() as stack:
        folders = [stack.enter_context(_folder(files)) for files in scans]
        rounds = [list(map(_seconds, folders)) for _ in range(repeat)]
    start, smaller, larger = map(min, zip(*rounds, strict=True))
    return Growth(case, (smaller - start, larger - start))


@contextmanager
def _folder(files: Files) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        for path, text in files.items():
            Path(folder, path).write_text(text, encoding="utf-8")
        yield folder


def _seconds(folder: str) -> float:
    before = os.times()
    command = (*_SCAN, "--format", "json", "--output", os.devnull)
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[1])}
    process = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
    if process.returncode not in _CODES:
        raise ScanError(process.stderr.decode("utf-8", "replace").strip()[-500:])
    after = os.times()
    return sum(after[2:4]) - sum(before[2:4])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--case", action="append", choices=CASES, metavar="NAME")
    parser.add_argument("--repeat", type=int, default=2, help="scans of each size")
    parser.add_argument("--most", type=float, default=1.25, help="the exponent that is allowed")
    return parser


if __name__ == "__main__":
    sys.exit(main())
