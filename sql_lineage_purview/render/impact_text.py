"""Impact as text for a person: totals, who uses it, what it reaches, and what could hide more."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ..model.diagnostics import RULES
from ..model.graph import Column
from ..model.printable import one_line
from .aligned_text import aligned
from .counting import counted
from .impact_report import kind_words, sites, user_kind, user_name
from .labels import label

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ..analysis.use import ObjectUse
    from ..model.diagnostics import Diagnostic
    from .impact_report import ImpactReport

TITLE = "Impact of "
_SITES = 4
_NAMES = 10
_REACHED = 50
_GAPS = 5


def render_impact_text(report: ImpactReport) -> str:
    """The answer, in sections; those that would be empty are left out."""
    impact = report.impact
    sections = (
        ("Used by", _users(impact.modules)),
        ("Used outside of modules by", _users(impact.files)),
        ("May be used by", _users(impact.uncertain)),
        ("Used through views by", _users_of_views(report)),
        ("Called by", _callers(report)),
        ("Downstream", _downstream(report)),
        ("Could hide a use", _hidden(report)),
        ("Could hide more downstream", _gaps(impact.gaps)),
    )
    text = "".join(f"{line}\n" for line in (_title(report), *filter(None, report.totals)))
    return text + "".join(_section(title, list(rows)) for title, rows in sections)


def _title(report: ImpactReport) -> str:
    names = report.names
    if len(names) == 1:
        return one_line(f"{TITLE}{names[0]}")
    more = f" and {len(names) - _NAMES} more" if len(names) > _NAMES else ""
    return one_line(f"{TITLE}{len(names)} selected: {', '.join(names[:_NAMES])}{more}")


def _section(title: str, rows: Sequence[Sequence[str]]) -> str:
    """Rows of three cells in columns; what a row has as a fourth stands on a line below it."""
    if not rows:
        return ""
    lines = aligned([[one_line(cell) for cell in (*row, "", "")[:3]] for row in rows]).splitlines()
    further = [one_line(row[3]) if len(row) > 3 else "" for row in rows]
    text = "".join(
        f"  {line}\n" + (f"    {more}\n" if more else "")
        for line, more in zip(lines, further, strict=True)
    )
    return f"\n{title}\n{text}"


def _users(uses: Iterable[ObjectUse]) -> list[tuple[str, ...]]:
    return [_user(use, kind_words(use)) for use in uses]


def _users_of_views(report: ImpactReport) -> list[tuple[str, ...]]:
    rows = (_user(row.use, f"{kind_words(row.use)} {row.view}") for row in report.impact.of_views)
    return list(dict.fromkeys(rows))


def _callers(report: ImpactReport) -> list[tuple[str, ...]]:
    return [_user(row.use, f"calls {row.module}") for row in report.impact.calls]


def _user(use: ObjectUse, how: str) -> tuple[str, ...]:
    return (f"{user_kind(use)} {user_name(use)}", how, _sites(use))


def _sites(use: ObjectUse) -> str:
    """`etl/load.sql:12, :40`: the path once, where it is that of all."""
    first, *others = sites(use)
    path = first.rpartition(":")[0]
    shown = [first, *(place.removeprefix(path) for place in others[: _SITES - 1])]
    more = f" and {len(others) + 1 - _SITES} more" if len(others) >= _SITES else ""
    return ", ".join(shown) + more


def _downstream(report: ImpactReport) -> Iterator[tuple[str, ...]]:
    """What is reached, how and by which statement; behind it the path, where it is a longer one."""
    impact = report.impact
    tables = {column.table for column in impact.columns.columns}
    reached = [
        *impact.columns.columns,
        *(Column(name, None) for name in impact.tables.tables if name not in tables),
    ]
    for column in reached[:_REACHED]:
        kind, carrier = report.last_step(column)
        rows = " of its rows" if column in impact.columns.last and column.column is None else ""
        path = report.path(column)
        yield (label(column), f"{kind}{rows}", carrier, path if path.count(" -> ") > 1 else "")
    if len(reached) > _REACHED:
        yield (f"… and {len(reached) - _REACHED} more: --format csv lists all",)


def _hidden(report: ImpactReport) -> Iterator[tuple[str, ...]]:
    hidden = report.impact.hidden
    yield from _gaps(hidden.gaps)
    yield from ((f"not read: {text}",) for text in report.unread)
    yield from ((f"may be the same table: {name}",) for name in hidden.doubles)


def _gaps(gaps: Sequence[Diagnostic]) -> Iterator[tuple[str, ...]]:
    """By kind: how many, and the first of them."""
    for code, number in Counter(gap.code for gap in gaps).most_common():
        places = [f"{gap.path}:{gap.span.line}" for gap in gaps if gap.code == code]
        more = f" and {number - _GAPS} more" if number > _GAPS else ""
        kind = f"{code} {RULES[code].title}"
        yield (kind, counted(number, "gap"), ", ".join(places[:_GAPS]) + more)
