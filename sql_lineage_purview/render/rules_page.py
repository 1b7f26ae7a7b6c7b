"""The page of all diagnostics, in Markdown: docs/diagnostics.md is what this prints."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..model.diagnostics import Rule

_INTRODUCTION = """\
# Diagnostics

What the tool could not do, where, and what you can do about it. Each finding is one line, `path:line:column: CODE message`,
which editors can follow; `sql-lineage-purview explain CODE` prints the entry below.

- An ERROR or WARNING is a finding: `sql-lineage-purview check` exits with 1. An INFO is only good to know.
- A gap is lineage that is missing: a *syntax* gap is a statement that was not understood, a *name* gap one whose names could not
  all be resolved, a *dynamic* gap SQL in a string that could not be known. Everything beside a gap is still part of the lineage.

This page is printed by `sql-lineage-purview explain --markdown`.
"""
_CHAPTERS = {
    "SLP0": "Reading files",
    "SLP1": "Understanding statements",
    "SLP2": "Resolving names",
    "SLP3": "Dynamic SQL",
    "SLP4": "Files that others name",
    "SLP5": "Several scripts",
    "SLP6": "Declared lineage",
}


def render_rules_page(rules: Iterable[Rule]) -> str:
    """One chapter for each hundred of codes, one section for each rule; rules come in the order of their codes."""
    pieces = [_INTRODUCTION]
    for beginning, group in groupby(rules, lambda rule: rule.code[:4]):
        pieces.append(f"## {_CHAPTERS[beginning]}\n")
        pieces += [_section(rule) for rule in group]
    return "\n".join(pieces)


def _section(rule: Rule) -> str:
    gap = f", {rule.gap.value} gap" if rule.gap else ""
    return f"### {rule.code} {rule.title}\n\n{rule.severity.value}{gap}\n\n{rule.meaning}\n\nWhat to do: {rule.remedy}\n"
