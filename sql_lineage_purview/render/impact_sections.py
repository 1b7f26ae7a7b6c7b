"""Impact as tables, for pages and tickets: a section for each way in which something is touched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .impact_report import kind_words, sites, user_kind, user_name
from .labels import label
from .report_page import ReportSection, report_page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..analysis.use import ObjectUse
    from ..model.diagnostics import Diagnostic
    from .impact_report import ImpactReport

_NAMED = 10
_USED = ("who", "kind", "how", "where")
_GAPS = ("code", "message", "where")


def impact_title(report: ImpactReport) -> str:
    """What was asked for."""
    return ", ".join(report.names[:_NAMED]) + (" …" if len(report.names) > _NAMED else "")


def impact_remarks(report: ImpactReport) -> list[str]:
    """How much it touches, and what is not read."""
    return [*filter(None, report.totals), *(f"not read: {text}" for text in report.unread)]


def impact_sections(report: ImpactReport) -> list[ReportSection]:
    """Those that are not empty."""
    impact = report.impact
    views = [(str(row.view), *_use(row.use)) for row in impact.of_views]
    calls = [(str(row.module), *_use(row.use)) for row in impact.calls]
    assets = [(row.table, row.kind, row.qualified_name) for row in report.assets]
    reached = ("what", "how", "carried by", "lineage")
    sections = (
        ReportSection("Used by", _USED, list(map(_use, [*impact.modules, *impact.files]))),
        ReportSection("Named in definitions by", _USED, list(map(_use, impact.parts))),
        ReportSection("May be used by", _USED, list(map(_use, impact.uncertain))),
        ReportSection("Used through views by", ("view", *_USED), views),
        ReportSection("Called by", ("calls", *_USED), calls),
        ReportSection("Downstream", reached, list(_downstream(report))),
        ReportSection("Assets in Purview", ("table", "type", "asset"), assets),
        ReportSection("Could hide a use", _GAPS, list(map(_gap, impact.hidden.gaps))),
        ReportSection("Could hide more downstream", _GAPS, list(map(_gap, impact.gaps))),
    )
    return [section for section in sections if section.rows]


def render_impact_page(report: ImpactReport) -> str:
    """The sections as a page that can be kept with a change, or printed."""
    title = f"Impact of {impact_title(report)}"
    return report_page("impact", title, impact_remarks(report), impact_sections(report))


def _use(use: ObjectUse) -> tuple[str, ...]:
    return (user_name(use), user_kind(use), kind_words(use), ", ".join(sites(use)))


def _downstream(report: ImpactReport) -> Iterator[tuple[str, ...]]:
    for column in report.reached:
        yield (label(column), *report.last_step(column), report.path(column))


def _gap(gap: Diagnostic) -> tuple[str, ...]:
    return (gap.code, gap.message, f"{gap.path}:{gap.span.line}")
