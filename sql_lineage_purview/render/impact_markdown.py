"""Impact as Markdown, for a ticket or a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .impact_report import kind_words, sites, user_kind, user_name
from .labels import label
from .markdown_table import markdown_table, markdown_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ..analysis.use import ObjectUse
    from ..model.diagnostics import Diagnostic
    from .impact_report import ImpactReport

OPENING = "# Impact of "
_NAMED = 10


def render_impact_markdown(report: ImpactReport) -> str:
    """The totals as a list, and a table for each section that is not empty."""
    impact = report.impact
    names = ", ".join(report.names[:_NAMED]) + (" …" if len(report.names) > _NAMED else "")
    used = ("who", "kind", "how", "where")
    sections = (
        ("Used by", used, map(_use, [*impact.modules, *impact.files])),
        ("Named in definitions by", used, map(_use, impact.parts)),
        ("May be used by", used, map(_use, impact.uncertain)),
        (
            "Used through views by",
            ("view", *used),
            ((str(row.view), *_use(row.use)) for row in impact.of_views),
        ),
        (
            "Called by",
            ("calls", *used),
            ((str(row.module), *_use(row.use)) for row in impact.calls),
        ),
        ("Downstream", ("what", "how", "carried by", "lineage"), _downstream(report)),
        ("Could hide a use", ("code", "message", "where"), map(_gap, impact.hidden.gaps)),
        ("Could hide more downstream", ("code", "message", "where"), map(_gap, impact.gaps)),
    )
    totals = "".join(f"- {markdown_text(line)}\n" for line in report.totals if line)
    totals += "".join(f"- not read: {markdown_text(text)}\n" for text in report.unread)
    tables = "".join(_table(title, header, rows) for title, header, rows in sections)
    return f"{OPENING}{markdown_text(names)}\n\n{totals}{tables}"


def _table(title: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    cells = list(rows)
    return f"\n## {title}\n\n{markdown_table(header, cells)}" if cells else ""


def _use(use: ObjectUse) -> tuple[str, ...]:
    return (user_name(use), user_kind(use), kind_words(use), ", ".join(sites(use)))


def _downstream(report: ImpactReport) -> Iterator[tuple[str, ...]]:
    for column in report.reached:
        yield (label(column), *report.last_step(column), report.path(column))


def _gap(gap: Diagnostic) -> tuple[str, ...]:
    return (gap.code, gap.message, f"{gap.path}:{gap.span.line}")
