"""A scan on one screen: what was read, what of it is known, where to look, what to type next."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ..analysis.connections import most_connected
from ..analysis.coverage import coverage_of
from ..model.diagnostics import RULES, Severity
from ..model.graph import Location
from ..model.unread import not_told
from .counting import counted
from .drawing import Branch, Fragment, Meaning, at
from .scan_summary import render_gaps
from .shell_words import quoted
from .unread_listing import render_counts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..analysis.connections import Connections
    from ..analysis.coverage import Coverage
    from ..model.graph import LineageGraph

_SHOWN_TABLES = 10
_SHOWN_KINDS = 5
_SHOWN_FILES = 5
_SHOWN_COMMANDS = 3
_SHOWN_PARTLY = 3
_HEADING_WIDTH = 10
_PROGRAM = "sql-lineage-purview"


def render_screen(graph: LineageGraph) -> Branch:
    """At most some forty lines, however large the scan is."""
    connected = most_connected(graph, _SHOWN_TABLES)
    screen = Branch(guided=False)
    for part in (
        [*_read(graph), *_known(graph)],
        list(_connected(graph, connected)),
        list(_findings(graph)),
        list(_commands(graph, connected)),
    ):
        if screen.children and part:
            screen.add(Fragment(""))
        for fragments in part:
            screen.add(*fragments).hanging = _HEADING_WIDTH
    return screen


_Line = tuple[Fragment, ...]


def _headed(heading: str, text: str, meaning: Meaning = Meaning.PLAIN) -> _Line:
    """`Read      36 files`."""
    return (
        Fragment(heading.ljust(_HEADING_WIDTH), Meaning.HEADING),
        Fragment(text, meaning, joint=""),
    )


def _numbered(number: int, *fragments: Fragment) -> _Line:
    return (Fragment(f"{number:{_HEADING_WIDTH - 2}}"), *fragments)


def _read(graph: LineageGraph) -> Iterator[_Line]:
    statements = sum(file.statements for file in graph.files)
    yield _headed(
        "Read",
        f"{counted(len(graph.files), 'file')}, {counted(statements, 'statement')}, "
        f"{counted(graph.count('modules'), 'module')}",
    )
    if not_read := not_told(graph.not_read):
        yield _headed("Not read", f"{render_counts(not_read)}", Meaning.REMARK)


def _known(graph: LineageGraph) -> Iterator[_Line]:
    gaps = render_gaps(graph)
    yield _headed(
        "Lineage",
        f"{counted(graph.count('table_lineage'), 'table edge')}, "
        f"{counted(graph.count('column_lineage'), 'column edge')}; "
        f"{f'gaps: {gaps}' if gaps else 'no gap in what was read'}",
    )
    coverage = coverage_of(graph)
    if not coverage.tables:
        yield _headed("Tables", "no statement that was read brings rows into a table")
    else:
        yield from _covered(coverage)
    strings = sum(file.gaps.dynamic for file in graph.files)
    if strings:
        yield _headed(
            "",
            f"{counted(strings, 'dynamic gap')} may write to any table: SQL or a copy that only "
            "a run tells",
            Meaning.REMARK,
        )


def _covered(coverage: Coverage) -> Iterator[_Line]:
    more = counted(coverage.open_names, "more is", "more are")
    aside = f"; {more} named at run time" if coverage.open_names else ""
    share = _share(coverage.tables_in_full, coverage.tables, "written tables")
    yield _headed("Tables", f"{share} have sources known in full{aside}")
    if coverage.partly_known:
        named = ", ".join(map(str, coverage.partly_known[:_SHOWN_PARTLY]))
        rest = len(coverage.partly_known) - _SHOWN_PARTLY
        others = f" and {rest} more" if rest > 0 else ""
        yield _headed(
            "", f"not in full: {named}{others}; tables --partly-known lists them", Meaning.REMARK
        )
    if coverage.columns:
        share = _share(coverage.columns_fed, coverage.columns, "of their columns")
        yield _headed("Columns", f"{share} have a source that is known by its name")
    else:
        yield _headed("Columns", "those of the written tables are not known")


def _share(number: int, total: int, noun: str) -> str:
    """`27 of 29 written tables (93 %)`; only all of them are 100 %."""
    percent = f" ({number * 100 // total} %)" if total else ""
    return f"{number} of {total} {noun}{percent}"


def _connected(graph: LineageGraph, rows: list[Connections]) -> Iterator[_Line]:
    if not rows:
        return
    kinds = {table.name: table.kind.value for table in graph.tables}
    yield (Fragment("Most connected tables", Meaning.HEADING),)
    yield (Fragment("  fed by  feeds", Meaning.KIND),)
    for row in rows:
        yield (
            Fragment(f"{row.sources:8}  {row.targets:5}"),
            Fragment(str(row.table), Meaning.NAME),
            Fragment(kinds.get(row.table, ""), Meaning.KIND),
        )


def _findings(graph: LineageGraph) -> Iterator[_Line]:
    findings = [row for row in graph.diagnostics if row.severity is not Severity.INFO]
    notes = len(graph.diagnostics) - len(findings)
    aside = f"; {notes} more only good to know" if notes else ""
    by_file = Counter(row.path for row in findings)
    where = f" in {counted(len(by_file), 'file')}" if findings else ""
    yield _headed("Findings", f"{len(findings) or 'none'}{where}{aside}")
    by_code = sorted(Counter(row.code for row in findings).items(), key=lambda row: (-row[1], row))
    for code, number in by_code[:_SHOWN_KINDS]:
        yield _numbered(number, Fragment(f"{code} {RULES[code].title}", Meaning.REMARK))
    if len(by_code) > _SHOWN_KINDS:
        others = sum(number for _, number in by_code[_SHOWN_KINDS:])
        yield _numbered(
            others, Fragment(f"of {counted(len(by_code) - _SHOWN_KINDS, 'other kind')}")
        )
    if findings:
        yield (Fragment("Worst files", Meaning.HEADING),)
    for path, number in sorted(by_file.items(), key=lambda row: (-row[1], row))[:_SHOWN_FILES]:
        yield _numbered(number, at(Location(path, 0)))


def _commands(graph: LineageGraph, connected: list[Connections]) -> Iterator[_Line]:
    commands = list(_worth(graph, connected))[:_SHOWN_COMMANDS]
    if commands:
        yield (Fragment("Next", Meaning.HEADING),)
    for before, behind in commands:
        yield (
            Fragment(f"  {_PROGRAM} {before}", Meaning.COMMAND),
            Fragment("", Meaning.SOURCE, joint=" "),
            *((Fragment(behind, Meaning.COMMAND, joint=" "),) if behind else ()),
        )


def _worth(graph: LineageGraph, connected: list[Connections]) -> Iterator[tuple[str, str]]:
    """What stands before the paths of a command and behind them, best first."""
    if connected:
        yield f"tree {quoted(str(connected[0].table))}", ""
    if any(row.severity is not Severity.INFO for row in graph.diagnostics):
        yield "check", "--all"
    if connected:
        yield f"impact {quoted(str(connected[0].table))}", ""
    if not_told(graph.not_read):
        yield "scan", "--not-read"
    if connected:
        yield "scan", "--format tree"
    if graph.tables:
        yield "tables", "--why"
