"""The formats of rules, which diagnostics come from. `explain` loads little besides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .format import Format, FormatTable
from .rule_rows import RULE_HEADER, render_rules_csv, render_rules_json, render_rules_text
from .rules_page import RULES_PAGE_OPENING, render_rules_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..model.diagnostics import Rule

RULES_FORMATS: FormatTable[Sequence[Rule]] = FormatTable(
    "the rules",
    (
        Format("text", (), is_data=False, render=render_rules_text, opening=r"SLP\d{3} +[A-Z]"),
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
