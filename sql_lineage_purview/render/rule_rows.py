"""Rules as people and programs read them: text, CSV and JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.printable import to_json
from .csv_text import csv_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ..model.diagnostics import Rule

RULE_HEADER = ("code", "severity", "gap", "title", "meaning", "remedy")


def render_rules_text(rules: Sequence[Rule]) -> str:
    """What `explain` prints: one rule in full, or a line for each of several."""
    if len(rules) == 1:
        return _in_full(rules[0])
    return "".join(f"{rule.code}  {rule.severity.value:<7}  {rule.title}\n" for rule in rules)


def remedy_of(rule: Rule, *, in_pipelines: bool) -> str:
    """What to do about findings of a rule, of which some stand in pipelines or none."""
    more = f" In a pipeline: {rule.in_pipelines}" if in_pipelines and rule.in_pipelines else ""
    return f"{rule.remedy}{more}"


def render_rules_csv(rules: Iterable[Rule]) -> str:
    """One row for each rule."""
    return csv_text((RULE_HEADER, *_rules(rules)))


def render_rules_json(rules: Iterable[Rule]) -> str:
    """One object for each rule, each on a line of its own."""
    texts = [to_json(dict(zip(RULE_HEADER, row, strict=True))) for row in _rules(rules)]
    return "[\n " + ",\n ".join(texts) + "\n]\n"


def _in_full(rule: Rule) -> str:
    gap = f", a gap of kind {rule.gap.value}" if rule.gap else ""
    return (
        f"{rule.code} {rule.title}\n{rule.severity.value}{gap}\n\n{rule.meaning}\n\nWhat to "
        f"do: {remedy_of(rule, in_pipelines=True)}\n"
    )


def _rules(rules: Iterable[Rule]) -> Iterator[tuple[str, ...]]:
    for rule in rules:
        gap = rule.gap.value if rule.gap else ""
        yield (rule.code, rule.severity.value, gap, rule.title, rule.meaning, rule.remedy)
