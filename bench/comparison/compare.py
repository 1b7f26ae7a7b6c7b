"""Run several lineage tools on the same scripts, and say where each is right.

    python bench/comparison/compare.py --peer sqlglot=PYTHON --peer datahub=PYTHON --out
    docs/comparison.md

The scripts and their lineage stand in `features/`. This project's tool runs in the Python of this
command; each peer in the Python that is named, of an environment in which the peer is installed.
Printed are the tables of the page; `--out` writes them into it, between its marks; `--differences`
lists what is missing in the answers, and what is wrong in them.

Exit code: 0; 1 where this project's tool is not right everywhere; 2 where a tool cannot be run.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from features import ComparisonError, Feature, read_features
from judging import Judgement, Verdict
from page import Compared, markdown, written
from tools import OWN, PEERS, Tool, judged, peer

_RUNS = 5


def main(argv: Sequence[str] | None = None) -> int:
    """Compare, print, and return the exit code."""
    arguments = _parser().parse_args(argv)
    try:
        features = read_features()
        tools = [Tool(OWN, Path(sys.executable)), *(peer(text) for text in arguments.peer)]
        compared = judged(tools, features, arguments.runs)
        text = markdown(features, compared)
        if arguments.out:
            written(arguments.out, text)
    except ComparisonError as error:
        print(f"compare: {error}", file=sys.stderr)
        return 2
    print(text)
    if arguments.differences:
        for one in compared:
            _print_differences(features, one)
    own = [*compared[0].columns, *compared[0].tables]
    return int(any(one.verdict not in (Verdict.RIGHT, Verdict.NOT_ASKED) for one in own))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "compare.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--peer",
        action="append",
        default=[],
        metavar="NAME=PYTHON",
        help=f"compare with {', '.join(PEERS)}, run by this interpreter (repeatable)",
    )
    parser.add_argument(
        "--runs",
        type=int,
        default=_RUNS,
        metavar="N",
        help="run each tool N times; the fastest counts",
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="write the tables into this page, between its marks",
    )
    parser.add_argument(
        "--differences", action="store_true", help="list what is missing or wrong in each answer"
    )
    return parser


def _print_differences(features: Sequence[Feature], compared: Compared) -> None:
    print(f"\n{compared.version}")
    for feature, columns, tables, error in zip(
        features, compared.columns, compared.tables, compared.errors, strict=True
    ):
        lines = [*_differences("columns", columns), *_differences("tables", tables)]
        if lines:
            print(f"  {feature.title}" + (f" ({error.splitlines()[0][:200]})" if error else ""))
            print("\n".join(lines))


def _differences(what: str, judgement: Judgement) -> list[str]:
    signs = [("-", judgement.missing), ("+", judgement.wrong)]
    return [
        f"    {what} {sign} {_shown(source)} -> {_shown(target)}"
        for sign, pairs in signs
        for source, target in pairs
    ]


def _shown(end: str | tuple[str, str]) -> str:
    return end if isinstance(end, str) else ".".join(end)


if __name__ == "__main__":
    sys.exit(main())
