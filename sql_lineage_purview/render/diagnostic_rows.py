"""Findings and rules as tables: CSV, Markdown, and rules as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.printable import to_json
from .csv_text import csv_text
from .markdown_table import markdown_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ..model.diagnostics import Rule
    from .diagnostic_listing import ShownDiagnostic

FINDING_HEADER = ("path", "line", "column", "code", "severity", "gap", "title", "message")
RULE_HEADER = ("code", "severity", "gap", "title", "meaning", "remedy")


def render_diagnostics_csv(rows: Sequence[ShownDiagnostic]) -> str:
    """One row for each finding, all of them."""
    return csv_text((FINDING_HEADER, *map(_finding, rows)))


def render_diagnostics_markdown(rows: Sequence[ShownDiagnostic]) -> str:
    """One line for each finding, all of them."""
    return markdown_table(FINDING_HEADER, map(_finding, rows))


def render_rules_csv(rules: Iterable[Rule]) -> str:
    """One row for each rule."""
    return csv_text((RULE_HEADER, *_rules(rules)))


def render_rules_json(rules: Iterable[Rule]) -> str:
    """One object for each rule, each on a line of its own."""
    texts = [to_json(dict(zip(RULE_HEADER, row, strict=True))) for row in _rules(rules)]
    return "[\n " + ",\n ".join(texts) + "\n]\n"


def _finding(row: ShownDiagnostic) -> tuple[object, ...]:
    finding = row.diagnostic
    rule, span = finding.rule, finding.span
    gap = rule.gap.value if rule.gap else ""
    place = (row.path, span.line, span.column)
    return (*place, finding.code, rule.severity.value, gap, rule.title, finding.message)


def _rules(rules: Iterable[Rule]) -> Iterator[tuple[str, ...]]:
    for rule in rules:
        gap = rule.gap.value if rule.gap else ""
        yield (rule.code, rule.severity.value, gap, rule.title, rule.meaning, rule.remedy)
