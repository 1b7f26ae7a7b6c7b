"""The formats of an impact."""

from __future__ import annotations

from .format import Format, FormatTable
from .impact_markdown import OPENING, render_impact_markdown
from .impact_report import ImpactReport
from .impact_rows import HEADER, render_impact_csv, render_impact_json
from .impact_sections import render_impact_page
from .impact_text import TITLE, render_impact_text
from .report_page import page_opening

IMPACT_FORMATS: FormatTable[ImpactReport] = FormatTable(
    "the impact",
    (
        Format("text", (), is_data=False, render=render_impact_text, opening=TITLE),
        Format(
            "json",
            (".json",),
            is_data=True,
            render=render_impact_json,
            opening=r'\{\s*"impact_of":',
        ),
        Format(
            "csv",
            (".csv",),
            is_data=True,
            render=render_impact_csv,
            opening=",".join(HEADER),
        ),
        Format("markdown", (".md",), is_data=True, render=render_impact_markdown, opening=OPENING),
        Format(
            "html",
            (".html",),
            is_data=True,
            render=render_impact_page,
            opening=page_opening("impact"),
        ),
    ),
)
