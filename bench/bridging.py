"""What it brings that plans lead lineage over tables without an asset.

It is measured how many tables have a process with columns, before and after.

    python bench/bridging.py CORPORA --repo NAME ... --out docs/conformance.md

For sample_sql and the repositories, a catalogue is made up that has all tables and views of the
lineage but those that tables pass their data through on its way: any whose schema or name says
stage or staging, and what RENAME and SWITCH put beside a table that they make anew (`Fact_new`,
`Fact_old`). A *final* table is one that is written and has an asset. Before: without leading
lineage over tables (`[publish] through = false`). After: as it is by default.

Exit code: 0; 1 where a final table has fewer inputs or columns after than before; 2 where an input
cannot be read. Unlike the commands that hold the tool against other readings, this one imports the
package.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from inputs import BenchError, existing_folder
from measure import publish, targets_of
from runs import Target, say

from sql_lineage_purview.model.vocabulary import StatementKind, TableKind
from sql_lineage_purview.project.configuring.loading import load_settings
from sql_lineage_purview.project.gathering import gather, linked
from sql_lineage_purview.project.project_errors import ProjectError
from sql_lineage_purview.purview import PlanOptions, make_plan
from sql_lineage_purview.purview.account.assets import Asset, AssetRef, Evidence, Found, Missing

if TYPE_CHECKING:
    from sql_lineage_purview.model.graph import LineageGraph, Table
    from sql_lineage_purview.model.names import Name
    from sql_lineage_purview.purview import Plan
    from sql_lineage_purview.purview.account.assets import Resolution

MARKS = ("<!-- bench/bridging.py: begin -->", "<!-- bench/bridging.py: end -->")
_SAMPLE = Target("sample_sql", Path(__file__).parents[1] / "sample_sql")
_STAGE = ("stg", "stage", "staging")
_UNHOLDABLE = frozenset({TableKind.FUNCTION, TableKind.QUEUE, TableKind.TEMPORARY})
_SWAPS = frozenset({StatementKind.RENAME, StatementKind.SWITCH})


class Catalogue:
    """Has an asset for every table but some; also an account that holds no process yet."""

    endpoint, path_prefix = "https://bench.purview.azure.com", "/datamap/api"

    def __init__(self, lacking: Iterable[Name]) -> None:
        self._lacking = frozenset(lacking)

    def resolve(self, tables: Iterable[Table]) -> dict[Name, Resolution]:
        """The outcome for each table."""
        return {table.name: self._outcome(table) for table in tables}

    def _outcome(self, table: Table) -> Resolution:
        if table.name in self._lacking or table.kind in _UNHOLDABLE:
            return Missing("the catalogue does not have it", holdable=table.kind not in _UNHOLDABLE)
        return Found(Asset(AssetRef(str(table.name), "table", str(table.name))), Evidence.EXACT)

    def read_entities(self, type_name: str, qualified_names: Iterable[str]) -> Iterator[None]:
        """Nothing is there yet."""
        return iter(())

    def read_guids(self, guids: Iterable[str], *, exclude: Iterable[str] = ()) -> Iterator[None]:
        """Nothing is there yet."""
        return iter(())

    def search_any(
        self, type_names: Sequence[str], contains: Sequence[str], *, most: int | None = None
    ) -> Iterator[None]:
        """Nothing is there yet."""
        return iter(())

    def count(self, type_name: str, contains: str) -> int:
        """Nothing is there yet."""
        return 0


@dataclass(frozen=True, slots=True)
class Published:
    """What a plan publishes: the inputs of each final table, and the pairs of its columns.

    And where its lineage ends.
    """

    inputs: dict[str, set[str]]
    columns: dict[str, set[tuple[str, str, str]]]
    cuts: int
    seconds: float

    @property
    def mapped(self) -> int:
        """How many final tables have a process with columns."""
        return sum(map(bool, self.columns.values()))


@dataclass(frozen=True, slots=True)
class Row:
    """One repository."""

    title: str
    lacking: int
    finals: int
    before: Published
    after: Published

    @property
    def lost(self) -> list[str]:
        """The final tables that have less than before: none, unless something is wrong."""
        return [
            table
            for table, inputs in self.before.inputs.items()
            if inputs - self.after.inputs.get(table, set())
            or self.before.columns[table] - self.after.columns.get(table, set())
        ]


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print, and return the exit code."""
    arguments = _parser().parse_args(argv)
    try:
        targets = [_SAMPLE]
        if arguments.corpora:
            targets += targets_of(existing_folder(arguments.corpora), arguments.repo or [], [])
        rows = [measured(target) for target in targets]
        publish(markdown(rows), arguments.out, MARKS)
    except (BenchError, ProjectError) as error:
        print(f"bridging: {error}", file=sys.stderr)
        return 2
    for row in rows:
        for table in row.lost:
            print(f"FAILED: {row.title}: {table} has less than before", file=sys.stderr)
    return 1 if any(row.lost for row in rows) else 0


def measured(target: Target) -> Row:
    """Scan one repository, and plan it twice.

    Raises:
        ProjectError: it cannot be scanned.
    """
    say(f"{target.title}: scan")
    settings = load_settings(target.folder, arguments={}, environment={})
    graph = linked(gather([target.folder], settings).sources, settings)
    lacking = frozenset(passed_tables(graph))
    finals = {edge.target for edge in graph.table_lineage if not edge.target.left_open} - lacking
    say(f"{target.title}: plan")
    before, after = (published(graph, lacking, through=through) for through in (False, True))
    return Row(target.title, len(lacking), len(finals), before, after)


def passed_tables(graph: LineageGraph) -> Iterator[Name]:
    """The tables of the lineage that data only passes on its way."""
    names = {name for edge in graph.table_lineage for name in (edge.source, edge.target)}
    swapped = {
        name for row in graph.statements if row.kind in _SWAPS for name in (*row.reads, *row.writes)
    }
    for name in names:
        beside = any(
            name != other and name.object.lower().startswith(other.object.lower())
            for other in swapped
        )
        if (name in swapped and beside) or _is_stage(name):
            yield name


def _is_stage(name: Name) -> bool:
    return not name.address and any(
        word in part.lower() for word in _STAGE for part in name.parts[-2:]
    )


def published(graph: LineageGraph, lacking: Iterable[Name], *, through: bool) -> Published:
    """Plan a graph."""
    catalogue = Catalogue(lacking)
    start = perf_counter()
    plan = make_plan(
        graph, catalogue, catalogue, owner="bench", options=PlanOptions(through=through)
    )  # type: ignore[arg-type]  # it is asked for what planning asks
    seconds = perf_counter() - start
    inputs: dict[str, set[str]] = {}
    columns: dict[str, set[tuple[str, str, str]]] = {}
    for table, names, pairs in _processes(plan):
        inputs.setdefault(table, set()).update(names)
        columns.setdefault(table, set()).update(pairs)
    return Published(inputs, columns, len(plan.cuts), seconds)


def _processes(plan: Plan) -> Iterator[tuple[str, list[str], list[tuple[str, str, str]]]]:
    for row in plan.processes:
        blocks = json.loads(row.process.column_mapping)
        for output in row.process.outputs:
            name = output.qualified_name
            own = [block for block in blocks if block["DatasetMapping"]["Sink"] == name]
            pairs = [
                (block["DatasetMapping"]["Source"], pair["Source"], pair["Sink"])
                for block in own
                for pair in block["ColumnMapping"]
            ]
            yield name, [ref.qualified_name for ref in row.process.inputs], pairs


def markdown(rows: Iterable[Row]) -> str:
    """The table."""
    lines = [
        "| repository | without an asset | final tables | with a process | with columns | inputs "
        "| pairs of columns | cuts |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for row in rows:
        pairs = (
            (len(row.before.inputs), len(row.after.inputs)),
            (row.before.mapped, row.after.mapped),
            _sums(row.before.inputs, row.after.inputs),
            _sums(row.before.columns, row.after.columns),
        )
        figures = " | ".join(f"{before:,} → {after:,}" for before, after in pairs)
        lines.append(
            f"| {row.title} | {row.lacking:,} | {row.finals:,} | {figures} | {row.after.cuts:,} |"
        )
        say(f"{row.title}: planned in {row.before.seconds:.1f} and {row.after.seconds:.1f} seconds")
    return "\n".join(lines)


def _sums(*tables: dict[str, set[str]] | dict[str, set[tuple[str, str, str]]]) -> tuple[int, ...]:
    return tuple(sum(map(len, rows.values())) for rows in tables)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "bridging.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "corpora",
        type=Path,
        nargs="?",
        metavar="CORPORA",
        help="the folder that holds the repositories",
    )
    parser.add_argument("--repo", nargs="+", metavar="NAME", help="measure these folders only")
    parser.add_argument(
        "--out",
        type=Path,
        metavar="PAGE",
        help="put the table into this page, between its two marks",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
