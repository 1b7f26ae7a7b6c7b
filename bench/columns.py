"""Hold the columns that each module refers to against another reading of the same database's scripts.

    sql-lineage-purview scan FOLDER --format json -o lineage.json
    python bench/columns.py FOLDER lineage.json bind.jsonl --at-least 0.995
    python bench/columns.py FOLDER lineage.json --referenced columns.psv --at-least 0.995

`bind.jsonl` is the answer of a schema compiler, a JSON object a line: {"defined": [table, …]} once, and for each module
{"module": name, "stars": number, "columns": [table.column, …]}. It does not say what a `*` or an INSERT without a column list
stands for; `stars` counts them, and where there are any, only what the compiler has is looked for in ours. Columns of tables
and views that the folder does not define are left out. `columns.psv` is what SQL Server itself answers: module|entity|column,
a line each, lower case; rows whose entity is a function are left out.

A fact is (module, table, column). Where the document is right by its own rules, a rule of bench/column_waivers.py excuses a
difference with the compiler's answer; the shares without these rules are printed too, and `--strict` holds the threshold
against them. Exit code: 0; 1 where a threshold is missed; 2 where an input cannot be read. This command
imports nothing of the package.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from column_waivers import Dispute, excused_by
from conformance import shown
from inputs import BenchError, existing_folder, json_lines, json_object, script_text, shaped, text_of
from names import folded, name_parts

Column = tuple[str, str]
_LISTED = 10


@dataclass(frozen=True, slots=True)
class Place:
    """Where a module stands: its script, and its lines from 1."""

    script: Path
    line: int
    end_line: int

    def text(self) -> str:
        """The module's own text."""
        return "\n".join(script_text(self.script).splitlines()[self.line - 1 : self.end_line])


@dataclass(frozen=True, slots=True)
class Modules:
    """The document, as far as it is compared. `columns`: by module; `texts`: of each; `functions`: their names.

    `known`: the columns of each table, where it has told them. `used`, `defined`: the persistent tables and views that
    statements name, and those of them that the scripts create.
    """

    columns: Mapping[str, frozenset[Column]]
    places: Mapping[str, Place]
    functions: frozenset[str] = frozenset()
    known: Mapping[str, frozenset[str]] = field(default_factory=dict)
    used: frozenset[str] = frozenset()
    defined: frozenset[str] = frozenset()

    @property
    def defined_share(self) -> float | None:
        """The share of the tables in use that the scripts create; None where none is in use."""
        return len(self.defined) / len(self.used) if self.used else None

    def dispute(self, module: str, column: Column) -> Dispute:
        """A difference, with what a waiver decides from."""
        place = self.places.get(module)
        return Dispute(place.text() if place else "", *column, self.known.get(column[0], frozenset()))


@dataclass(frozen=True, slots=True)
class Bound:
    """The other reading of one module. `complete`: what it lacks is not there."""

    module: str
    columns: frozenset[Column]
    complete: bool = True


@dataclass(slots=True)
class Result:
    """What came out: facts of both sides, and those of one side only by module.

    `agreed`: facts of both sides in modules where the truth is complete; `absent`: modules that the document lacks;
    `excused`: how many differences each waiver excuses, on the truth's side (missing) and on ours (extra).
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
        """The share of the truth's facts that the document has; without waivers where it is strict."""
        return _share(self.both, self.count("missing") - self._excused("missing", strict=strict))

    def precision(self, *, strict: bool) -> float | None:
        """The share of the document's facts that the truth has, in modules where the truth is complete."""
        return _share(self.agreed, self.count("extra") - self._excused("extra", strict=strict))

    def _excused(self, wanted: str, *, strict: bool) -> int:
        return 0 if strict else sum(count for (side, _), count in self.excused.items() if side == wanted)

    def worst(self) -> list[tuple[str, int]]:
        """The modules with the most differences."""
        names = {*self.missing, *self.extra}
        counts = {name: len(self.missing.get(name, ())) + len(self.extra.get(name, ())) for name in names}
        return sorted(((name, count) for name, count in counts.items()), key=lambda one: (-one[1], one[0]))


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


def load_modules(path: Path, folder: Path) -> Modules:
    """The modules of a lineage document; of two that have one name, the later.

    Raises:
        BenchError: the file is missing, is no lineage document, or is that of another folder.
    """
    hint = "Make one with: sql-lineage-purview scan FOLDER --format json -o FILE"
    document = json_object(path, hint)
    paths = shaped(path, document, lambda value: [file["path"] for file in value["files"]], hint)
    gone = [one for one in paths if not (folder / one.partition("#")[0]).exists()]
    if gone:
        raise BenchError(f"{path} speaks of {gone[0]}, which {folder} lacks. Give the folder that was scanned.")
    return shaped(path, document, lambda value: _modules(value, folder), hint)


def load_bound(path: Path) -> tuple[list[Bound], frozenset[str]]:
    """The compiler's answer: its modules, and the tables and views that the folder defines.

    Raises:
        BenchError: the file is missing or is no such answer.
    """
    hint = 'It has lines {"defined": [table, …]} and {"module": name, "stars": 0, "columns": [table.column, …]}'
    entries = json_lines(path, hint)
    defined = shaped(path, entries, lambda rows: [row["defined"] for row in rows if "defined" in row], hint)
    if not defined:
        raise BenchError(f"{path} does not say which tables are defined. {hint}")
    modules = shaped(path, entries, lambda rows: [_bound(row) for row in rows if "module" in row], hint)
    return modules, frozenset(_key(name) for names in defined for name in names)


def load_referenced(path: Path, functions: frozenset[str]) -> list[Bound]:
    """SQL Server's answer, without the columns of functions.

    Raises:
        BenchError: the file is missing or is no such answer.
    """
    hint = "Each line is module|entity|column"
    found: dict[str, set[Column]] = {}
    for number, line in enumerate(text_of(path, hint).splitlines(), 1):
        row = line.lower().split("|")
        if len(row) != 3:
            raise BenchError(f"{path}:{number}: {line!r} has not three parts. {hint}")
        module, entity, column = row
        columns = found.setdefault(module, set())
        if entity not in functions:
            columns.add((entity, column))
    return [Bound(module, frozenset(columns)) for module, columns in found.items()]


def compare(ours: Modules, theirs: Iterable[Bound], defined: frozenset[str] | None = None) -> Result:
    """Hold our columns of each module against theirs; `defined`: the tables that count, None for all."""
    result = Result()
    for bound in theirs:
        known = ours.columns.get(bound.module)
        if known is None:
            result.absent.append(bound.module)
        mine = {column for column in known or () if defined is None or column[0] in defined}
        missing, extra = sorted(bound.columns - mine), sorted(mine - bound.columns) if bound.complete else []
        result.modules += 1
        result.both += len(mine & bound.columns)
        result.agreed += len(mine & bound.columns) if bound.complete else 0
        for title, columns, side in (("missing", missing, result.missing), ("extra", extra, result.extra)):
            if not columns:
                continue
            side[bound.module] = columns
            rules = (excused_by(ours.dispute(bound.module, one), ours=title == "extra") for one in columns if defined is not None)
            result.excused.update((title, rule) for rule in rules if rule)
    return result


def _modules(document: Any, folder: Path) -> Modules:
    rows = document["modules"]
    kinds = {_key(table["name"]): table["kind"] for table in document["tables"]}
    functions = frozenset(_key(row["name"]) for row in rows if row["kind"] == "FUNCTION")
    named = {
        name
        for row in document["statements"]
        if not row["dynamic"]
        for raw in (*row["reads"], *row["writes"])
        if (name := folded(raw)) and not name.startswith("#") and kinds.get(name) not in ("FILE", "FUNCTION")
    }
    created = {_key(table["name"]) for table in document["tables"] if table["defined_at"]}
    return Modules(
        {_key(row["name"]): frozenset((_key(one["table"]), one["column"].lower()) for one in row["columns"]) for row in rows},
        {_key(row["name"]): Place(folder / row["path"], row["line"], row["end_line"]) for row in rows},
        functions,
        {_key(table["name"]): frozenset(map(str.lower, table["columns"])) for table in document["tables"] if table["columns"]},
        frozenset(named - functions),
        frozenset((named - functions) & created),
    )


def _bound(row: Mapping[str, Any]) -> Bound:
    columns = (name_parts(one) for one in row["columns"])
    return Bound(row["module"].lower(), frozenset((".".join(parts[-3:-1]), parts[-1]) for parts in columns), not row["stars"])


def _key(name: str) -> str:
    parts = name_parts(name)
    return ".".join([*(["dbo"] if len(parts) == 1 or not parts[-2] else [parts[-2]]), parts[-1]])


def _share(both: int, apart: int) -> float | None:
    return both / (both + apart) if both + apart else None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("columns.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="the folder of one database's scripts, which both sides read")
    parser.add_argument("document", type=Path, metavar="DOCUMENT", help="the lineage document of the folder (JSON)")
    parser.add_argument("bind", type=Path, nargs="?", metavar="BIND", help="the compiler's answer (a JSON object a line)")
    parser.add_argument("--referenced", type=Path, metavar="FILE", help="SQL Server's own answer (module|entity|column) instead")
    parser.add_argument(
        "--without", nargs="+", default=[], metavar="MODULE", help="with --referenced: modules of which FILE has another version"
    )
    parser.add_argument("--at-least", type=float, metavar="SHARE", help="recall and precision; the exit code is 1 below")
    parser.add_argument("--strict", action="store_true", help="hold the threshold against the shares without waivers")
    parser.add_argument("--examples", type=int, default=_LISTED, metavar="N", help="list up to N columns of each side (10)")
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
    yield f"tables in use that the folder defines: {len(ours.defined):,} of {len(ours.used):,} ({shown(ours.defined_share)})"
    lost, added = result.count("missing"), result.count("extra")
    yield f"{result.modules:,} modules; {result.both:,} columns on both sides, {lost:,} missing, {added:,} extra"
    yield f"strict: recall {shown(result.recall(strict=True))}, precision {shown(result.precision(strict=True))}"
    if result.excused:
        yield f"waived: {', '.join(f'{rule} {count:,} {side}' for (side, rule), count in result.excused.most_common())}"
        yield f"recall {shown(result.recall(strict=False))}, precision {shown(result.precision(strict=False))}"
    if result.absent:
        yield f"modules that the document lacks: {len(result.absent):,}, such as {result.absent[0]}"
    for title, side in (("missing", result.missing), ("extra", result.extra)):
        rows = [f"{title}: {module}: {table}.{column}" for module, columns in sorted(side.items()) for table, column in columns]
        yield from rows[:examples]
    for name, count in result.worst()[:_LISTED] if examples else ():
        place = ours.places.get(name)
        yield f"{count:8,}  {name} ({place.script.name if place else 'not in the document'})"


if __name__ == "__main__":
    sys.exit(main())
