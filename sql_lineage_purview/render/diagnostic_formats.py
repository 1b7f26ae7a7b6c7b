"""The formats of diagnostics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .annotations.annotation_formats import annotation_formats
from .diagnostic_annotations import diagnostic_annotations
from .diagnostic_json import DIAGNOSTICS_OPENING, render_diagnostics_json
from .diagnostic_listing import ShownDiagnostic, render_diagnostics
from .diagnostic_rows import (
    FINDING_HEADER,
    render_diagnostics_csv,
    render_diagnostics_markdown,
)
from .format import Format, FormatTable
from .markdown_table import table_opening

if TYPE_CHECKING:
    from collections.abc import Sequence


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
