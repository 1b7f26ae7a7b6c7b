"""Impact as Markdown, for a ticket or a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .impact_sections import impact_remarks, impact_sections, impact_title
from .markdown_table import markdown_table, markdown_text

if TYPE_CHECKING:
    from .impact_report import ImpactReport

OPENING = "# Impact of "


def render_impact_markdown(report: ImpactReport) -> str:
    """The totals as a list, and a table for each section that is not empty."""
    totals = "".join(f"- {markdown_text(line)}\n" for line in impact_remarks(report))
    tables = "".join(
        f"\n## {section.title}\n\n{markdown_table(section.header, section.rows)}"
        for section in impact_sections(report)
    )
    return f"{OPENING}{markdown_text(impact_title(report))}\n\n{totals}{tables}"
