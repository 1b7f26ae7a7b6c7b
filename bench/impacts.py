"""Hold `impact` against a compiler: is every module named that uses a column?

Columns are drawn at random from the database projects of some repositories, and `impact` is asked
who uses each of them: what is counted is what `impact SELECTOR --format json` prints. ORACLE is the
command of a compiler that answers `bind FOLDER` (see bench/columns.py): every module that it says
refers to the column must be named.

    python bench/impacts.py CORPORA --oracle ORACLE --repo NAME... --columns 50

Columns are drawn of each repository, of all tables and views that its projects define and that
something refers to, or not. A miss that a rule of bench/column_waivers.py excuses is counted apart.
Modules that `impact` alone names are counted too: the compiler does not expand `*`, so they may be
right.

Exit code: 0; 1 where a module is not named and no rule excuses it; 2 where a command fails.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from column_waivers import excused_by
from inputs import BenchError, existing_folder
from measure import targets_of
from modules import Column, Modules, Relation, load_bound, load_modules
from names import name_parts
from projects import projects_of
from runs import Oracle, Target, say

from sql_lineage_purview import LineageGraph, scan
from sql_lineage_purview.analysis.expansion import expanded
from sql_lineage_purview.analysis.impact import impact_of
from sql_lineage_purview.analysis.selection import SelectedNodes, select
from sql_lineage_purview.render.impact_report import ImpactReport
from sql_lineage_purview.render.impact_rows import render_impact_json


@dataclass(slots=True)
class Answers:
    """What came out of one repository.

    `asked`: columns; `due`: modules that the compiler names, over all of them; `named`: those of
    them that `impact` names, `certain` those that it is sure of; `extra`: those that it alone is
    sure of, in modules that the compiler knows in full; `missed`: column and module.
    """

    repository: str
    asked: int = 0
    unused: int = 0
    due: int = 0
    named: int = 0
    certain: int = 0
    extra: list[tuple[Column, str]] = field(default_factory=list)
    excused: list[tuple[Column, str, str]] = field(default_factory=list)
    missed: list[tuple[Column, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Project:
    """A database project, the compiler's answer, and our document, which waivers are held to."""

    graph: LineageGraph
    bound: Sequence[Relation]
    ours: Modules
    columns: Sequence[Column]


def main(argv: Sequence[str] | None = None) -> int:
    """Ask, print, and return the exit code."""
    arguments = _parser().parse_args(argv)
    try:
        repositories = list(targets_of(existing_folder(arguments.corpora), arguments.repo, []))
        with tempfile.TemporaryDirectory() as temporary:
            work = (arguments.work or Path(temporary)).absolute()
            oracle = arguments.oracle.absolute()
            results = [
                _measured(repository, oracle, work, Path(temporary), arguments)
                for repository in repositories
            ]
    except BenchError as error:
        print(f"impacts: {error}", file=sys.stderr)
        return 2
    print("\n".join(_report(results, arguments.examples)))
    return 1 if any(result.missed for result in results) else 0


def _measured(
    repository: Target, oracle: Path, work: Path, temporary: Path, arguments: argparse.Namespace
) -> Answers:
    projects = list(_projects(repository, oracle, work, temporary))
    population = [(project, column) for project in projects for column in project.columns]
    draw = random.Random(f"{arguments.seed} {repository.title}")  # noqa: S311 - no secret
    answers = Answers(repository.title)
    sample = draw.sample(population, min(arguments.columns, len(population)))
    for project, column in sample:
        _ask(project, column, answers)
    return answers


def _projects(repository: Target, oracle: Path, work: Path, temporary: Path) -> Iterator[Project]:
    for number, target in enumerate(projects_of(repository)):
        place = work / "".join(letter if letter.isalnum() else "-" for letter in target.title)
        place.mkdir(parents=True, exist_ok=True)
        say(target.title)
        bound, defined = load_bound(Oracle(oracle, place).bound(target))
        document = temporary / f"{repository.folder.name}{number}.json"
        lineage = scan(target.folder, use_cache=False)
        document.write_text(lineage.to_json(), encoding="utf-8")
        ours = load_modules(document, target.folder)
        columns = {(table, one) for table in defined for one in ours.known.get(table, ())}
        columns |= {column for row in bound for column in row.columns if column[0] in defined}
        yield Project(lineage.graph, bound, ours, sorted(columns))


def _ask(project: Project, column: Column, answers: Answers) -> None:
    """Who uses a column, by both sides."""
    uses = _uses(project.graph, column)
    due = {row.module for row in project.bound if column in row.columns}
    complete = {row.module for row in project.bound if row.complete}
    answers.asked += 1
    answers.unused += not due
    answers.due += len(due)
    answers.named += len(due & {*uses})
    answers.certain += sum(uses.get(module, False) for module in due)
    sure = {module for module, is_certain in uses.items() if is_certain}
    answers.extra += [(column, module) for module in sorted(sure & complete - due)]
    starred = frozenset(row.module for row in project.bound if not row.complete)
    for module in sorted(due - {*uses}):
        rule = excused_by(project.ours.dispute(module, column, starred), ours=False)
        if rule:
            answers.excused.append((column, module, rule))
        else:
            answers.missed.append((column, module))


def _uses(graph: LineageGraph, column: Column) -> dict[str, bool]:
    """The modules that `impact` names, and whether it is sure of each."""
    table, name = column
    parts = [*name_parts(table), name]
    selector = ".".join(f"[{part.replace(']', ']]')}]" for part in parts)
    selection = select(graph, selector)
    if not isinstance(selection, SelectedNodes):
        raise BenchError(f"impact {selector} selects nothing: {selection}")
    impact = impact_of(graph, expanded(graph, selection))
    uses: dict[str, bool] = {}
    for use in json.loads(render_impact_json(ImpactReport(impact, graph)))["uses"]:
        if use["kind"] not in ("script", "pipeline"):
            key = _key(use["name"])
            uses[key] = uses.get(key, False) or use["certain"]
    return uses


def _key(name: str) -> str:
    parts = name_parts(name)
    return ".".join(parts[-2:]) if len(parts) > 1 else f"dbo.{parts[0]}"


def _report(results: Sequence[Answers], examples: int) -> Iterator[str]:
    yield "| repository | columns | used by none | modules due | named | for sure | excused | missed | ours alone |"  # noqa: E501
    yield "|---|---:|---:|---:|---:|---:|---:|---:|---:|"
    for one in results:
        yield (
            f"| {one.repository} | {one.asked} | {one.unused} | {one.due} | {one.named} | "
            f"{one.certain} | {len(one.excused)} | {len(one.missed)} | {len(one.extra)} |"
        )
    for title, rows in (
        ("missed", [row for one in results for row in one.missed]),
        ("excused", [row for one in results for row in one.excused]),
        ("ours alone", [row for one in results for row in one.extra]),
    ):
        for (table, name), *module in rows[:examples]:
            yield f"{title}: {table}.{name}: {', '.join(module)}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "impacts.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "corpora", type=Path, metavar="CORPORA", help="the folder that holds the repositories"
    )
    parser.add_argument(
        "--oracle", type=Path, required=True, metavar="COMMAND", help="the compiler's command"
    )
    parser.add_argument(
        "--repo", nargs="+", default=[], metavar="NAME", help="these repositories only"
    )
    parser.add_argument(
        "--columns", type=int, default=50, metavar="N", help="how many of each repository (50)"
    )
    parser.add_argument("--seed", type=int, default=1, help="draws other columns (1)")
    parser.add_argument(
        "--examples", type=int, default=20, metavar="N", help="list up to N of each kind (20)"
    )
    parser.add_argument(
        "--work", type=Path, metavar="FOLDER", help="keep the compiler's answers there"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
