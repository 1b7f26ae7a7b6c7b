"""The page of all diagnostics, in Markdown: docs/diagnostics.md is what this prints."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..model.diagnostics import Rule

_INTRODUCTION = """\
# Diagnostics

What the tool could not do, where, and what you can do about it. Each finding is one line, \
`path:line:column: CODE message`,
which editors can follow; `sql-lineage-purview explain CODE` prints the entry below.

- An ERROR or WARNING is a finding: `sql-lineage-purview check` exits with 1. \
An INFO is only good to know.
- A gap is lineage that is missing: a *syntax* gap is a statement that was not \
understood, a *name* gap one whose names could not
  all be resolved, a *dynamic* gap SQL in a string that could not be known. \
Everything beside a gap is still part of the lineage.

This page is printed by `sql-lineage-purview explain --markdown`.
"""


RULES_PAGE_OPENING = "# Diagnostics|### SLP"


def render_rules_page(rules: Sequence[Rule]) -> str:
    """One chapter for each hundred of codes, one section for each rule; of one its section alone.

    Rules come in the order of their codes.
    """
    if len(rules) == 1:
        return _section(rules[0])
    pieces = [_INTRODUCTION]
    for chapter, group in groupby(rules, lambda rule: rule.chapter):
        pieces.append(f"## {chapter}\n")
        pieces += [_section(rule) for rule in group]
    return "\n".join(pieces)


def _section(rule: Rule) -> str:
    gap = f", {rule.gap.value} gap" if rule.gap else ""
    return (
        f"### {rule.code} {rule.title}\n\n{rule.severity.value}{gap}\n\n{rule.meaning}\n\nWhat "
        f"to do: {rule.remedy}\n"
    )
