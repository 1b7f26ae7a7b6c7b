"""The formats of diagnostics, and of the rules that they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .annotations.annotation_formats import annotation_formats
from .diagnostic_annotations import diagnostic_annotations
from .diagnostic_json import DIAGNOSTICS_OPENING, render_diagnostics_json
from .diagnostic_listing import ShownDiagnostic, render_diagnostics, render_rule, render_rules
from .format import Format, FormatTable
from .rules_page import render_rules_page

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..model.diagnostics import Rule

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
        *annotation_formats(diagnostic_annotations),
    ),
)

RULE_FORMATS: FormatTable[Rule] = FormatTable(
    "a rule",
    (Format("text", (), is_data=False, render=render_rule),),
)

RULES_FORMATS: FormatTable[Iterable[Rule]] = FormatTable(
    "all rules",
    (
        Format("text", (), is_data=False, render=render_rules),
        Format("markdown", (), is_data=True, render=render_rules_page),
    ),
)
