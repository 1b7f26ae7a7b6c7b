"""Measure the columns of every database project, and print the table of docs/conformance.md.

The projects are all those below a folder of repositories.

    python bench/projects.py CORPORA --oracle ORACLE --out docs/conformance.md

A database project is a folder with a .sqlproj; each is one database. Measured are those that define
at least 85 % of the tables and views that they use, see bench/columns.py. ORACLE is a command that
answers `bind FOLDER`; repositories stand under their names or numbers as in bench/measure.py.

Exit code: 0; 1 where a project is below `--at-least`, or where the waivers
(bench/column_waivers.py) excuse more than 0.5 % of all columns; 2 where a command fails.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from column_waivers import LIMIT
from columns import Result, compare, missed
from conformance import shown
from inputs import BenchError, existing_folder
from measure import publish, targets_of
from modules import load_bound, load_modules
from runs import Oracle, Target, say, scanned

MARKS = ("<!-- bench/projects.py: begin -->", "<!-- bench/projects.py: end -->")
_COMPLETE = 0.85


@dataclass(frozen=True, slots=True)
class Measured:
    """One project: its name, the share of its tables in use that it defines, what came out."""

    name: str
    defined: float
    result: Result


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print, and return the exit code."""
    parser = argparse.ArgumentParser(
        "projects.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "corpora", type=Path, metavar="CORPORA", help="the folder that holds the repositories"
    )
    parser.add_argument(
        "--oracle",
        type=Path,
        required=True,
        metavar="COMMAND",
        help="the command of the other parser",
    )
    parser.add_argument(
        "--repo",
        nargs="+",
        default=[],
        metavar="NAME",
        help="measure the projects of these folders only",
    )
    parser.add_argument(
        "--synapse",
        nargs="+",
        default=[],
        metavar="NAME",
        help="unlisted folders of Synapse scripts",
    )
    parser.add_argument(
        "--at-least",
        type=float,
        metavar="SHARE",
        help="recall and precision of each project, with waivers",
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="PAGE",
        help="put the table into this page, between its two marks",
    )
    parser.add_argument(
        "--work",
        type=Path,
        metavar="FOLDER",
        help="keep the other parser's answers there, and use them again",
    )
    arguments = parser.parse_args(argv)
    try:
        repositories = list(
            targets_of(existing_folder(arguments.corpora), arguments.repo, arguments.synapse)
        )
        with tempfile.TemporaryDirectory() as temporary:
            work = (arguments.work or Path(temporary)).absolute()
            found = [project for repository in repositories for project in projects_of(repository)]
            results = [
                one
                for project in found
                if (one := _measured(project, arguments.oracle.absolute(), work))
            ]
        publish(_markdown(results, len(found)), arguments.out, MARKS)
    except BenchError as error:
        print(f"projects: {error}", file=sys.stderr)
        return 2
    failures = [
        f"{one.name}: {why}"
        for one in results
        for why in missed(one.result, arguments.at_least, strict=False)
    ]
    if _excused(results).total() > LIMIT * sum(_facts(one) for one in results):
        failures.append(f"waivers excuse more than {LIMIT:.1%} of all columns")
    for failure in failures:
        print(f"FAILED: {failure}", file=sys.stderr)
    return 1 if failures else 0


def projects_of(repository: Target) -> Iterator[Target]:
    """The database projects of a repository; a repository under a number has no paths either."""
    folders = sorted({file.parent for file in repository.folder.rglob("*.sqlproj")})
    for number, folder in enumerate(folders, 1):
        if not repository.title.startswith("repository "):
            path = folder.relative_to(repository.folder).as_posix()
            title = f"{repository.title}: {path}"
        else:
            title = (
                repository.title if len(folders) == 1 else (f"{repository.title}: project {number}")
            )
        yield Target(title, folder, synapse=repository.synapse)


def _measured(project: Target, command: Path, work: Path) -> Measured | None:
    """The project's figures.

    None where it defines too little of what it uses, or nothing is to be compared.
    """
    place = work / "".join(letter if letter.isalnum() else "-" for letter in project.title)
    place.mkdir(parents=True, exist_ok=True)
    say(project.title)
    ours = load_modules(scanned(project, place), project.folder)
    if ours.defined_share is None or ours.defined_share < _COMPLETE:
        return None
    result = compare(ours, *load_bound(Oracle(command, place).bound(project)))
    measured = Measured(
        project.title + (" (Synapse)" if project.synapse else ""), ours.defined_share, result
    )
    return measured if _facts(measured) else None


def _markdown(results: Sequence[Measured], found: int) -> str:
    lines = [
        "| project | defined | modules | columns | missing | extra | recall | precision | waived "
        "| with waivers R / P |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---|---|",
        *(_row(one) for one in results),
    ]
    facts, excused = sum(_facts(one) for one in results), _excused(results).total()
    lines += [
        "",
        f"{found - len(results)} of {found} projects define less than {_COMPLETE:.0%} of what "
        "they use, or have no module that "
        f"refers to a column. Of {facts:,} columns the rules excuse {excused:,} "
        f"({excused / max(1, facts):.2%}).",
    ]
    return "\n".join(lines)


def _row(one: Measured) -> str:
    result = one.result
    rules: Counter[str] = Counter()
    for (_, rule), count in result.excused.items():
        rules[rule] += count
    return (
        f"| {one.name} | {one.defined:.1%} | {result.modules:,} | {result.both:,} | "
        f"{result.count('missing'):,} "
        f"| {result.count('extra'):,} | {shown(result.recall(strict=True))} | "
        f"{shown(result.precision(strict=True))} "
        f"| {', '.join(f'{rule} {count}' for rule, count in rules.most_common()) or '0'} "
        f"| {shown(result.recall(strict=False))} / {shown(result.precision(strict=False))} |"
    )


def _facts(one: Measured) -> int:
    return one.result.both + one.result.count("missing") + one.result.count("extra")


def _excused(results: Sequence[Measured]) -> Counter[tuple[str, str]]:
    return sum((one.result.excused for one in results), Counter[tuple[str, str]]())


if __name__ == "__main__":
    sys.exit(main())
