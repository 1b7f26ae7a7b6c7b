"""Measure checked-out repositories and print the tables of docs/conformance.md.

Each repository is scanned, the other parser is asked, and the two are compared.

    python bench/measure.py CORPORA --oracle ORACLE --out docs/conformance.md

Each folder in CORPORA is a repository. Those that bench/repositories.json lists stand under their
name, with what it says of them; all others, which may have no licence, under a number. ORACLE is a
command that answers `tables FOLDER` and `parse --starts FOLDER` with a JSON object a line, as
bench/conformance.py and bench/cuts.py read them; with `--sqlcmd` it reads past SQLCMD's commands,
with `--synapse` past the words of Synapse.

Exit code: 0; 1 where waivers excuse more than 0.5 % of the facts of a repository; 2 where a command
fails.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from conformance import over_the_limit
from facts import compare
from inputs import BenchError, existing_folder, load_document, load_truth
from runs import Oracle, Target, counted, say, scanned
from tables import Measured, markdown

BEGIN, END = "<!-- bench/measure.py: begin -->", "<!-- bench/measure.py: end -->"
_LISTED = Path(__file__).with_name("repositories.json")


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print, and return the exit code."""
    arguments = _parser().parse_args(argv)
    try:
        targets = list(
            targets_of(existing_folder(arguments.corpora), arguments.repo or [], arguments.synapse)
        )
        if arguments.out:
            # an unfit page is told before the work, not behind it
            _with_tables(arguments.out, "", (BEGIN, END))
        with tempfile.TemporaryDirectory() as temporary:
            work = arguments.work or Path(temporary)
            work.mkdir(parents=True, exist_ok=True)
            results = [
                measured(target, Oracle(arguments.oracle.absolute(), work)) for target in targets
            ]
        publish(markdown(results), arguments.out, (BEGIN, END))
    except BenchError as error:
        print(f"measure: {error}", file=sys.stderr)
        return 2
    failures = [
        f"{result.title}: {failure}"
        for result in results
        if not result.suite
        for failure in over_the_limit(result.comparison)
    ]
    for failure in failures:
        print(f"FAILED: {failure}", file=sys.stderr)
    return 1 if failures else 0


def measured(target: Target, oracle: Oracle) -> Measured:
    """One repository: scanned, read by the other parser, compared.

    Raises:
        BenchError: one of the commands fails.
    """
    say(f"{target.title}: scan")
    document_file = scanned(target, oracle.work)
    say(f"{target.title}: the other parser")
    truth_file, starts_file = oracle.tables(target), oracle.starts(target)
    say(f"{target.title}: compare")
    document, truth = load_document(document_file), load_truth(truth_file, target.folder)
    return Measured(
        target.title,
        document.generator,
        compare(target.folder, document, truth),
        counted("cuts.py", target.folder, starts_file),
        counted("gaps.py", target.folder, document_file, truth_file) if target.suite else [],
        synapse=target.synapse,
        suite=target.suite,
    )


def targets_of(corpora: Path, names: Sequence[str], synapse: Sequence[str]) -> Iterator[Target]:
    """The repositories to measure: those named, else every folder with a script.

    Raises:
        BenchError: there is no such folder, or none at all.
    """
    folders = {
        folder.name: folder
        for folder in sorted(corpora.iterdir(), key=lambda path: path.name.lower())
        if folder.is_dir()
    }
    listed = {
        row["name"].split("/")[1]: row for row in json.loads(_LISTED.read_text(encoding="utf-8"))
    }
    numbers = {
        name: number
        for number, name in enumerate((name for name in folders if name not in listed), 1)
    }
    unknown = [name for name in [*names, *synapse] if name.split("/")[-1] not in folders]
    if unknown:
        raise BenchError(
            f"{corpora} has no folder {', '.join(unknown)}; it has: {', '.join(folders) or 'none'}"
        )
    wanted = [name.split("/")[-1] for name in names] or list(folders)
    if not wanted:
        raise BenchError(
            f"{corpora} holds no folder. Check repositories out into it, each in a "
            "folder of its own."
        )
    for name in wanted:
        row = listed.get(name, {"name": f"repository {numbers.get(name)}"})
        folder = folders[name] / row.get("within", "")
        if not folder.is_dir():
            raise BenchError(f"{folder} is missing: {row['name']} is measured there.")
        yield Target(
            row["name"],
            folder,
            synapse=row.get("synapse", name in synapse),
            suite=row.get("suite", False),
        )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "measure.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
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
    parser.add_argument("--repo", nargs="+", metavar="NAME", help="measure these folders only")
    parser.add_argument(
        "--synapse",
        nargs="+",
        default=[],
        metavar="NAME",
        help="unlisted folders of Synapse scripts, which the parser reads so",
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="PAGE",
        help="put the tables into this page, between its two marks",
    )
    parser.add_argument(
        "--work",
        type=Path,
        metavar="FOLDER",
        help="keep documents and answers there; an answer found there is used again",
    )
    return parser


def publish(tables: str, page: Path | None, marks: tuple[str, str]) -> None:
    """Put tables into a page between its two marks, or print them.

    Raises:
        BenchError: the page cannot be read, or has no such marks.
    """
    if page is None:
        print(tables)
        return
    page.write_text(_with_tables(page, tables, marks), encoding="utf-8", newline="\n")
    say(f"Written to {page}")


def _with_tables(page: Path, tables: str, marks: tuple[str, str]) -> str:
    try:
        text = page.read_text(encoding="utf-8")
    except OSError as error:
        raise BenchError(f"{page} cannot be read: {error.strerror or error}") from error
    before, begin, rest = text.partition(marks[0])
    _, end, after = rest.partition(marks[1])
    if not begin or not end:
        raise BenchError(
            f"{page} has no place for the tables. Put two lines into it: {marks[0]} and {marks[1]}"
        )
    return f"{before}{begin}\n\n{tables}\n\n{end}{after}"


if __name__ == "__main__":
    sys.exit(main())
