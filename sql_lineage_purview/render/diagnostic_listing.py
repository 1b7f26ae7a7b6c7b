"""Diagnostics as text, one a line: `path:line:column: CODE message`, for editors to follow."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

from msgspec import Struct

from ..model.diagnostics import RULES, Diagnostic, Severity
from ..model.graph import Location
from ..model.printable import one_line
from .drawing import Branch, Fragment, Meaning, text_drawing
from .rule_rows import remedy_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_INDENT = " " * 4
_STATEMENT_LINES = 16
_MOST_INDENTED = 8
_MOST_OF_A_KIND = 20  # in one file, that are listed
_MEANINGS = {Severity.ERROR: Meaning.ERROR, Severity.WARNING: Meaning.REMARK}


class SourceLine(Struct, frozen=True):
    """A line of a script as it may be seen.

    `intact` where the columns of the diagnostic still hold in it.
    """

    text: str
    intact: bool = True


class ShownDiagnostic(Struct, frozen=True):
    """A diagnostic, how its file is called, and the line that it stands in where that is shown."""

    diagnostic: Diagnostic
    path: str
    source: SourceLine | None = None


def render_diagnostics(rows: Iterable[ShownDiagnostic]) -> Branch:
    """Diagnostics one below the other; of one kind in one file only the first few.

    How many more there are stands behind those of the file.
    """
    screen = Branch(guided=False)
    for path, members in groupby(rows, key=lambda row: row.path):
        screen.children += _of_file(path, list(members))
    return screen


def _of_file(path: str, rows: Sequence[ShownDiagnostic]) -> Iterator[Branch]:
    counts: Counter[str] = Counter()
    for row in rows:
        counts[row.diagnostic.code] += 1
        if counts[row.diagnostic.code] <= _MOST_OF_A_KIND:
            yield from _of_diagnostic(row)
    for code, count in sorted(counts.items()):
        if count > _MOST_OF_A_KIND:
            more = f"… and {count - _MOST_OF_A_KIND} more {code} in this file"
            yield Branch((Fragment(f"{path}:", Meaning.PLACE), Fragment(more, joint=" ")))


def _of_diagnostic(row: ShownDiagnostic) -> Iterator[Branch]:
    finding = row.diagnostic
    text = f"{row.path}:{finding.span.line}:{finding.span.column}:"
    place = Fragment(text, Meaning.PLACE, Location(row.path, finding.span.line))
    code = Fragment(finding.code, _MEANINGS.get(finding.severity, Meaning.PLAIN), joint=" ")
    yield Branch((place, code, Fragment(finding.message, joint=" ")))
    yield from text_drawing(_configured(finding).splitlines()).children
    if row.source:
        yield from _marked(row.source, finding)
    yield from text_drawing(_laid_out(finding.statement or "").splitlines()).children


def render_diagnostic(diagnostic: Diagnostic, *, path: str | None = None) -> str:
    """One diagnostic as text that ends in a newline.

    A statement that could not be read is laid out below, if it takes lines.

    Args:
        diagnostic: what to show.
        path: how its file is called here; None takes the path of the diagnostic.
    """
    span = diagnostic.span
    place = f"{diagnostic.path if path is None else path}:{span.line}:{span.column}"
    text = one_line(f"{place}: {diagnostic.code} {diagnostic.message}") + "\n"
    return text + _configured(diagnostic) + _laid_out(diagnostic.statement or "")


def _configured(diagnostic: Diagnostic) -> str:
    """Where it is configured."""
    return "".join(f"{_INDENT}{one_line(line)}\n" for line in diagnostic.configuration)


def render_remedies(diagnostics: Iterable[Diagnostic]) -> str:
    """What to do about some diagnostics: one line for each code, most frequent first."""
    rows = list(diagnostics)
    in_pipelines = {row.code for row in rows if row.path.lower().endswith(".json")}
    counts = sorted(Counter(row.code for row in rows).items(), key=lambda row: (-row[1], row[0]))
    return "".join(
        f"{code} {RULES[code].title} ({count}): "
        f"{remedy_of(RULES[code], in_pipelines=code in in_pipelines)}\n"
        for code, count in counts
    )


def _marked(source: SourceLine, diagnostic: Diagnostic) -> Iterator[Branch]:
    """The line, and the mark below its place; on a screen both are cut to the same part."""
    # a tab is one column to the diagnostic, and several on a screen
    text = source.text.replace("\t", " ")
    # an escape is longer than the character that it stands for
    shown, mark = one_line(text), len(one_line(text[: diagnostic.span.column - 1]))
    lines = [shown, f"{' ' * mark}^".ljust(len(shown))] if source.intact else [shown]
    for line in lines:
        cut = Fragment(line, joint="", focus=mark if source.intact else 0)
        yield Branch((Fragment(_INDENT), cut))


def _laid_out(statement: str) -> str:
    lines = statement.splitlines()
    if len(lines) < 2:
        return ""
    shown = [one_line(_indented(line)) for line in lines[:_STATEMENT_LINES]] + ["…"] * (
        len(lines) > _STATEMENT_LINES
    )
    return "".join(f"{_INDENT}| {line}\n" for line in shown)


def _indented(line: str) -> str:
    """A line that is not laid out below the parenthesis of another one, far to the right."""
    text = line.lstrip(" ")
    return " " * min(len(line) - len(text), _MOST_INDENTED) + text
