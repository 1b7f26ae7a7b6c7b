"""The formats of what two states differ in."""

from __future__ import annotations

from ..annotations.annotation_formats import annotation_formats
from ..format import Format, FormatTable
from .comparison_annotations import comparison_annotations
from .comparison_csv import COMPARISON_HEADER, render_comparison_csv
from .comparison_json import COMPARISON_OPENING, render_comparison_json
from .comparison_markdown import MARKER, render_comparison_markdown
from .comparison_report import ComparisonReport
from .comparison_text import render_comparison

COMPARISON_FORMATS: FormatTable[ComparisonReport] = FormatTable(
    "what has changed",
    (
        Format(
            "text",
            (),
            is_data=False,
            render=render_comparison,
            opening=r"No change from |From [^\n]+: \d+ (?:breaking|risky|harmless)",
        ),
        Format(
            "json",
            (".json",),
            is_data=True,
            render=render_comparison_json,
            opening=COMPARISON_OPENING,
        ),
        Format(
            "csv",
            (".csv",),
            is_data=True,
            render=render_comparison_csv,
            opening=",".join(COMPARISON_HEADER),
        ),
        Format(
            "markdown",
            (".md",),
            is_data=True,
            render=render_comparison_markdown,
            opening=MARKER,
        ),
        *annotation_formats(comparison_annotations),
    ),
)
