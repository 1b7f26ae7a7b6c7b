"""Compare the columns that each module refers to with another reading of the same scripts.

The scripts are those of one database.

    sql-lineage-purview scan FOLDER --format json -o lineage.json
    python bench/columns.py FOLDER lineage.json bind.jsonl --at-least 0.995
    python bench/columns.py FOLDER lineage.json --referenced columns.psv --at-least 0.995

`bind.jsonl` is the answer of a schema compiler, a JSON object a line: {"defined": [table, …]} once,
and for each module {"module": name, "stars": number, "columns": [table.column, …]}. It does not say
what a `*` or an INSERT without a column list stands for; `stars` counts them, and where there are
any, only what the compiler has is looked for in ours. Columns of tables and views that the folder
does not define are left out. `columns.psv` is what SQL Server itself answers: module|entity|column,
a line each, lower case; rows whose entity is a function are left out.

A fact is (module, table, column). Where the document is right by its own rules, a rule of
bench/column_waivers.py excuses a difference with the compiler's answer; the shares without these
rules are printed too, and `--strict` holds the threshold against them. Exit code: 0; 1 where a
threshold is missed; 2 where an input cannot be read. This command imports nothing of the package.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from column_waivers import excused_by
from conformance import shown
from inputs import BenchError, existing_folder
from modules import Column, Modules, Relation, load_bound, load_modules, load_referenced

_LISTED = 10


@dataclass(slots=True)
class Result:
    """What came out: facts of both sides, and those of one side only by module.

    `agreed`: facts of both sides in modules where the truth is complete; `absent`: modules that the
    document lacks; `excused`: how many differences each waiver excuses, on the truth's side
    (missing) and on ours (extra).
    """

    modules: int = 0
    both: int = 0
    agreed: int = 0
    absent: list[str] = field(default_factory=list)
    missing: dict[str, list[Column]] = field(default_factory=dict)
    extra: dict[str, list[Column]] = field(default_factory=dict)
    excused: Counter[tuple[str, str]] = field(default_factory=Counter)

    def count(self, side: str) -> int:
        """How many columns are `missing` or `extra`."""
        return sum(map(len, (self.missing if side == "missing" else self.extra).values()))

    def recall(self, *, strict: bool) -> float | None:
        """The share of the truth's facts that the document has.

        Without waivers where it is strict.
        """
        return _share(self.both, self.count("missing") - self._excused("missing", strict=strict))

    def precision(self, *, strict: bool) -> float | None:
        """The share of the document's facts that the truth has too.

        Only modules where the truth is complete count.
        """
        return _share(self.agreed, self.count("extra") - self._excused("extra", strict=strict))

    def _excused(self, wanted: str, *, strict: bool) -> int:
        return (
            0
            if strict
            else sum(count for (side, _), count in self.excused.items() if side == wanted)
        )

    def worst(self) -> list[tuple[str, int]]:
        """The modules with the most differences."""
        names = {*self.missing, *self.extra}
        counts = {
            name: len(self.missing.get(name, ())) + len(self.extra.get(name, ())) for name in names
        }
        return sorted(
            ((name, count) for name, count in counts.items()), key=lambda one: (-one[1], one[0])
        )


def main(argv: Sequence[str] | None = None) -> int:
    """Compare, print, and return the exit code."""
    parser = _parser()
    arguments = parser.parse_args(argv)
    if (arguments.bind is None) == (arguments.referenced is None):
        parser.error("give either BIND or --referenced FILE")
    try:
        existing_folder(arguments.folder)
        ours = load_modules(arguments.document, arguments.folder)
        if arguments.referenced:
            left_out = {name.lower() for name in arguments.without}
            truth = load_referenced(arguments.referenced, ours.functions)
            result = compare(ours, [bound for bound in truth if bound.module not in left_out])
        else:
            result = compare(ours, *load_bound(arguments.bind))
    except BenchError as error:
        print(f"columns: {error}", file=sys.stderr)
        return 2
    print("\n".join(_report(ours, result, arguments.examples)))
    failures = list(missed(result, arguments.at_least, strict=arguments.strict))
    for failure in failures:
        print(f"FAILED: {failure}", file=sys.stderr)
    return 1 if failures else 0


def compare(
    ours: Modules, theirs: Sequence[Relation], defined: frozenset[str] | None = None
) -> Result:
    """Hold our columns of each module against theirs.

    `defined`: the tables that count, None for all.
    """
    result = Result()
    starred = frozenset(bound.module for bound in theirs if not bound.complete)
    for bound in theirs:
        known = ours.columns.get(bound.module)
        if known is None:
            result.absent.append(bound.module)
        mine = {column for column in known or () if defined is None or column[0] in defined}
        missing, extra = (
            sorted(bound.columns - mine),
            sorted(mine - bound.columns) if bound.complete else [],
        )
        result.modules += 1
        result.both += len(mine & bound.columns)
        result.agreed += len(mine & bound.columns) if bound.complete else 0
        for title, columns, side in (
            ("missing", missing, result.missing),
            ("extra", extra, result.extra),
        ):
            if not columns:
                continue
            side[bound.module] = columns
            rules = (
                excused_by(ours.dispute(bound.module, one, starred), ours=title == "extra")
                for one in columns
                if defined is not None
            )
            result.excused.update((title, rule) for rule in rules if rule)
    return result


def _share(both: int, apart: int) -> float | None:
    return both / (both + apart) if both + apart else None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "columns.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "folder",
        type=Path,
        metavar="FOLDER",
        help="the folder of one database's scripts, which both sides read",
    )
    parser.add_argument(
        "document", type=Path, metavar="DOCUMENT", help="the lineage document of the folder (JSON)"
    )
    parser.add_argument(
        "bind",
        type=Path,
        nargs="?",
        metavar="BIND",
        help="the compiler's answer (a JSON object a line)",
    )
    parser.add_argument(
        "--referenced",
        type=Path,
        metavar="FILE",
        help="SQL Server's own answer (module|entity|column) instead",
    )
    parser.add_argument(
        "--without",
        nargs="+",
        default=[],
        metavar="MODULE",
        help="with --referenced: modules of which FILE has another version",
    )
    parser.add_argument(
        "--at-least",
        type=float,
        metavar="SHARE",
        help="recall and precision; the exit code is 1 below",
    )
    parser.add_argument(
        "--strict",
        action="store_true",
        help="hold the threshold against the shares without waivers",
    )
    parser.add_argument(
        "--examples",
        type=int,
        default=_LISTED,
        metavar="N",
        help="list up to N columns of each side (10)",
    )
    return parser


def missed(result: Result, limit: float | None, *, strict: bool) -> Iterator[str]:
    """Which shares are below a limit."""
    if limit is None:
        return
    recall, precision = result.recall(strict=strict), result.precision(strict=strict)
    if recall is None:
        yield "the truth has no column, so nothing was compared"
    for what, value in (("recall", recall), ("precision", precision)):
        if value is not None and value < limit:
            yield f"{what} is {value:.4f}, below {limit:g}"


def _report(ours: Modules, result: Result, examples: int) -> Iterator[str]:
    yield (
        f"tables in use that the folder defines: {len(ours.defined):,} of {len(ours.used):,} "
        f"({shown(ours.defined_share)})"
    )
    lost, added = result.count("missing"), result.count("extra")
    yield (
        f"{result.modules:,} modules; {result.both:,} columns on both sides, {lost:,} missing, "
        f"{added:,} extra"
    )
    yield (
        f"strict: recall {shown(result.recall(strict=True))}, precision "
        f"{shown(result.precision(strict=True))}"
    )
    if result.excused:
        excused = result.excused.most_common()
        yield f"waived: {', '.join(f'{rule} {count:,} {side}' for (side, rule), count in excused)}"
        yield (
            f"recall {shown(result.recall(strict=False))}, precision "
            f"{shown(result.precision(strict=False))}"
        )
    if result.absent:
        yield f"modules that the document lacks: {len(result.absent):,}, such as {result.absent[0]}"
    for title, side in (("missing", result.missing), ("extra", result.extra)):
        rows = [
            f"{title}: {module}: {table}.{column}"
            for module, columns in sorted(side.items())
            for table, column in columns
        ]
        yield from rows[:examples]
    for name, count in result.worst()[:_LISTED] if examples else ():
        place = ours.places.get(name)
        yield f"{count:8,}  {name} ({place.script.name if place else 'not in the document'})"


if __name__ == "__main__":
    sys.exit(main())
