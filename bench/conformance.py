"""Compare a lineage document with another reading of the same scripts.

What is compared is what each statement reads, writes and calls.

    sql-lineage-purview scan FOLDER --format json -o lineage.json
    python bench/conformance.py FOLDER lineage.json truth.jsonl

`truth.jsonl` has one JSON object a line: {"file": path, "valid": bool, "statements": [row, …]}, a
row having line, kind, reads, writes and calls. Only files that are valid there are compared. Names
are compared case-folded, without brackets, `dbo` where no schema stands, by their last two parts;
files, @variables, system objects and rows of dynamic SQL are left aside, and of the calls those of
modules count that the folder defines. A pair is a table written and a table read by one statement.
A fact counts as often as statements state it; what the document lacks is a miss, a whole file or
statement too.

Exit code: 0; 1 where a threshold is missed or waivers (bench/waivers.py) excuse more than 0.5 % of
the facts; 2 where an input cannot be read. This command imports nothing of the package.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from facts import COMPARED, KINDS, Comparison, Tally, compare
from inputs import BenchError, existing_folder, load_document, load_truth
from waivers import LIMIT

_LISTED = 10


def main(argv: Sequence[str] | None = None) -> int:
    """Compare, print, and return the exit code."""
    arguments = _parser().parse_args(argv)
    try:
        folder = existing_folder(arguments.folder)
        document, truth = load_document(arguments.document), load_truth(arguments.truth, folder)
        comparison = compare(folder, document, truth)
    except BenchError as error:
        print(f"conformance: {error}", file=sys.stderr)
        return 2
    print("\n".join(_report(comparison, arguments.examples)))
    failures = [*_missed(comparison, arguments), *over_the_limit(comparison)]
    for failure in failures:
        print(f"FAILED: {failure}", file=sys.stderr)
    return 1 if failures else 0


def over_the_limit(comparison: Comparison) -> Iterator[str]:
    """Why the waivers excuse too much, if they do."""
    if comparison.waived_share > LIMIT:
        yield (
            f"waivers excuse {comparison.waived.total():,} of {comparison.facts:,} facts "
            f"({comparison.waived_share:.2%}); "
            f"together they may excuse {LIMIT:.1%}"
        )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "conformance.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "folder", type=Path, metavar="FOLDER", help="the folder of scripts that both sides read"
    )
    parser.add_argument(
        "document", type=Path, metavar="DOCUMENT", help="the lineage document of the folder (JSON)"
    )
    parser.add_argument(
        "truth",
        type=Path,
        metavar="TRUTH",
        help="the other reading of the folder (a JSON object a line)",
    )
    parser.add_argument(
        "--examples",
        type=int,
        default=0,
        metavar="N",
        help="list up to N differences of each kind of fact",
    )
    thresholds = parser.add_argument_group("thresholds", "The exit code is 1 where one is missed.")
    thresholds.add_argument(
        "--at-least",
        type=_share,
        metavar="SHARE",
        help="precision and recall of reads, writes and pairs",
    )
    thresholds.add_argument(
        "--calls", type=_share, metavar="SHARE", help="precision and recall of calls"
    )
    thresholds.add_argument(
        "--gaps",
        type=float,
        metavar="N",
        help="at most so many syntax gaps for each thousand statements",
    )
    return parser


def _share(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"{text} is no share between 0 and 1")
    return value


def _missed(comparison: Comparison, arguments: argparse.Namespace) -> Iterator[str]:
    limits = dict.fromkeys(("reads", "writes", "pairs"), arguments.at_least) | {
        "calls": arguments.calls
    }
    if not comparison.valid and any(
        limit is not None for limit in (*limits.values(), arguments.gaps)
    ):
        yield "the truth has no valid file, so nothing was compared"
    for kind, limit in limits.items():
        tally = comparison.tallies[kind]
        for what, value in (("precision", tally.precision), ("recall", tally.recall)):
            if limit is not None and value is not None and value < limit:
                yield f"{what} of {kind} is {value:.4f}, below {limit:g}"
    if arguments.gaps is not None and comparison.gaps_per_thousand > arguments.gaps:
        yield (
            f"{comparison.gaps_per_thousand:.2f} syntax gaps for each thousand statements, "
            f"more than {arguments.gaps:g}"
        )


def _report(comparison: Comparison, examples: int) -> Iterator[str]:
    yield (
        f"{comparison.files:,} files in the document; {len(comparison.valid):,} valid ones "
        "compared, "
        f"with {comparison.statements:,} statements and {comparison.facts:,} facts"
    )
    yield (
        f"syntax gaps in valid files: {comparison.gaps} ({comparison.gaps_per_thousand:.2f} "
        "for each thousand statements)"
    )
    yield from _paths(
        "valid files that the document lacks, all they hold counted as missed", comparison.missing
    )
    yield from _paths(
        "scripts of the document that the truth does not speak of, left out", comparison.unjudged
    )
    yield ""
    yield from _table(comparison.tallies)
    if comparison.waived.total():
        yield ""
        yield (
            f"waived: {comparison.waived.total():,} of {comparison.facts:,} facts "
            f"({comparison.waived_share:.2%})"
        )
        yield from (
            f"{count:8,}  {name}" for name, count in comparison.waived.most_common() if count
        )
        yield "without waivers:"
        yield from _table({kind: comparison.strict[kind] for kind in KINDS})
    yield from _differences(comparison, examples)


def _table(tallies: dict[str, Tally]) -> Iterator[str]:
    yield (
        f"{'':7} {'both':>8} {'only ours':>10} {'only theirs':>12} {'precision':>10} {'recall':>8}"
    )
    for kind, tally in tallies.items():
        ours, theirs = tally.ours.total(), tally.theirs.total()
        yield (
            f"{kind:7} {tally.both:8,} {ours:10,} {theirs:12,} {shown(tally.precision):>10} "
            f"{shown(tally.recall):>8}"
        )


def shown(value: float | None) -> str:
    """A share with four digits, never rounded up to 1; `none` where there is nothing to share."""
    if value is None:
        return "none"
    return "1.0000" if value == 1 else f"{min(value, 0.9999):.4f}"


def _paths(title: str, paths: Sequence[str]) -> Iterator[str]:
    if not paths:
        return
    yield f"{title}: {len(paths):,}"
    yield from (f"    {path}" for path in paths[:_LISTED])
    if len(paths) > _LISTED:
        yield f"    and {len(paths) - _LISTED:,} more"


def _differences(comparison: Comparison, examples: int) -> Iterator[str]:
    for kind in COMPARED if examples else ():
        tally = comparison.tallies[kind]
        listed = [("+", key, n) for key, n in sorted(tally.ours.items())] + [
            ("-", key, n) for key, n in sorted(tally.theirs.items())
        ]
        for sign, (path, fact), count in listed[:examples]:
            yield f"{kind}: {sign} {path}: {fact}" + (f" ({count} times)" if count > 1 else "")
    worst = comparison.worst()
    if worst:
        yield ""
        yield "files with the most differences:"
        yield from (f"{count:8,}  {path}" for path, count in worst[:_LISTED])


if __name__ == "__main__":
    sys.exit(main())
