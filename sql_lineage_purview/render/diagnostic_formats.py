"""The formats of diagnostics, and of the rules that they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .annotations.annotation_formats import annotation_formats
from .diagnostic_annotations import diagnostic_annotations
from .diagnostic_json import DIAGNOSTICS_OPENING, render_diagnostics_json
from .diagnostic_listing import ShownDiagnostic, render_diagnostics, render_rule, render_rules
from .diagnostic_rows import (
    FINDING_HEADER,
    RULE_HEADER,
    render_diagnostics_csv,
    render_diagnostics_markdown,
    render_rules_csv,
    render_rules_json,
)
from .format import Format, FormatTable
from .markdown_table import table_opening
from .rules_page import RULES_PAGE_OPENING, render_rules_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..model.diagnostics import Rule


def _rules_text(rules: Sequence[Rule]) -> str:
    """One rule in full, or a line for each of several."""
    return render_rule(rules[0]) if len(rules) == 1 else render_rules(rules)


DIAGNOSTIC_FORMATS: FormatTable[Sequence[ShownDiagnostic]] = FormatTable(
    "the diagnostics",
    (
        Format(
            "text",
            (),
            is_data=False,
            render=render_diagnostics,
            opening=r"[^\n]+:\d+:\d+: SLP\d{3} ",
        ),
        Format(
            "json",
            (".json",),
            is_data=True,
            render=render_diagnostics_json,
            opening=DIAGNOSTICS_OPENING,
        ),
        Format(
            "csv",
            (".csv",),
            is_data=True,
            render=render_diagnostics_csv,
            opening=",".join(FINDING_HEADER),
        ),
        Format(
            "markdown",
            (".md",),
            is_data=True,
            render=render_diagnostics_markdown,
            opening=table_opening(FINDING_HEADER),
        ),
        *annotation_formats(diagnostic_annotations),
    ),
)

RULES_FORMATS: FormatTable[Sequence[Rule]] = FormatTable(
    "the rules",
    (
        Format("text", (), is_data=False, render=_rules_text, opening=r"SLP\d{3} +[A-Z]"),
        Format(
            "json", (".json",), is_data=True, render=render_rules_json, opening=r'\[\s*\{"code":'
        ),
        Format(
            "csv",
            (".csv",),
            is_data=True,
            render=render_rules_csv,
            opening=",".join(RULE_HEADER),
        ),
        Format(
            "markdown",
            (".md",),
            is_data=True,
            render=render_rules_page,
            opening=RULES_PAGE_OPENING,
        ),
    ),
)
