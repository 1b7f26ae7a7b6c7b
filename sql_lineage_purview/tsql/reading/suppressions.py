"""Comments that silence findings: `-- sql-lineage: ignore[SLP301] built by the loader`.

At the end of a line it is about this line, alone on a line about the next one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec.structs import replace

from ...model.diagnostics import RULES, Diagnostic, Span
from ...model.facts import FileFacts, SuppressionFact
from ...model.regex import regex
from .lexer import comment_end

_TOOL = regex(r"sql-lineage\s*:", re.IGNORECASE)
_MARK = regex(
    r"(?:--|/\*)\s*sql-lineage\s*:\s*ignore\b\s*(?P<brackets>\[(?P<codes>[^\]\n]*)\])?(?P<reason>.*)",
    re.IGNORECASE | re.DOTALL,
)
# comments, and what they cannot begin in
_PIECE = regex(
    r"(?P<line>--[^\n]*+)|(?P<block>/\*)|'(?:[^']++|'')*+(?:'|\Z)|\[(?:[^\]]++|\]\])*+(?:\]|\Z)"
    r'|"(?:[^"]++|"")*+(?:"|\Z)'
)
# the rest of a line, and the lines behind it that are comments alone
_COMMENT_LINES = regex(r"[^\n]*\n(?:[ \t]*--[^\n]*\n){0,50}")
_FORM = "write -- sql-lineage: ignore[SLP301] reason"


def with_suppressions(facts: FileFacts, text: str) -> FileFacts:
    """Facts with what the comments of their text silence."""
    # in most scripts there are none, and a pattern takes longer to say so
    if "sql-lineage" not in text.casefold() or not _TOOL.search(text):
        return facts
    marks = list(_marks(text))
    faults = [fault for span, mark, _ in marks for fault in _faults(mark, span)]
    return replace(
        facts,
        suppressions=tuple(
            SuppressionFact(code, line, span)
            for span, mark, line in marks
            for code in dict.fromkeys(_codes(mark))
            if code in RULES
        ),
        diagnostics=(*facts.diagnostics, *faults),
    )


def _marks(text: str) -> Iterator[tuple[Span, re.Match[str], int]]:
    """The place of each such comment, what it says, and the line that it is about."""
    line, offset = 1, 0
    for start, end in _comments(text):
        mark = _MARK.fullmatch(text, start, end)
        if not mark:
            continue
        line += text.count("\n", offset, start)
        offset = start
        column = start - text.rfind("\n", 0, start)
        span = Span(line, column, line, column + len(text[start:end].rstrip()))
        alone = not text[start - column + 1 : start].strip()
        yield span, mark, _next_line(text, end, line) if alone else line


def _comments(text: str) -> Iterator[tuple[int, int]]:
    position = 0
    while piece := _PIECE.search(text, position):
        position = piece.end()
        if piece["block"]:
            position = comment_end(text, piece.start()) or len(text)
        if piece["block"] or piece["line"]:
            yield piece.start(), position


def _next_line(text: str, end: int, line: int) -> int:
    """The first line behind a comment that is no comment itself."""
    passed = _COMMENT_LINES.match(text, end)
    return line + (passed[0].count("\n") if passed else 0)


def _codes(mark: re.Match[str]) -> list[str]:
    return [code.strip().upper() for code in (mark["codes"] or "").split(",") if code.strip()]


def _faults(mark: re.Match[str], span: Span) -> Iterator[Diagnostic]:
    codes = _codes(mark)
    if not codes:
        yield Diagnostic("SLP802", f"this silences nothing, since it names no code: {_FORM}", span)
    for code in codes:
        if code not in RULES:
            yield Diagnostic("SLP802", "this names a code that there is not", span)
    if codes and not mark["reason"].removesuffix("*/").strip(" \t\r\n:-"):
        yield Diagnostic("SLP802", f"this gives no reason: {_FORM}", span)
