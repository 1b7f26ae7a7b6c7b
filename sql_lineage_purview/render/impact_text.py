"""Impact for a person: totals, who uses it, what it reaches, and what could hide more."""

from __future__ import annotations

from collections import Counter
from functools import reduce
from typing import TYPE_CHECKING

from ..analysis.use import ObjectUse
from ..model.diagnostics import RULES
from ..model.graph import Location
from .counting import counted
from .drawing import Branch, Fragment, Meaning, at
from .impact_downstream import Distance, downstream
from .impact_report import kind_words, sites, user_kind, user_name
from .shell_words import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ..analysis.impact import CallOfUser
    from ..model.diagnostics import Diagnostic
    from ..model.names import Name
    from .impact_report import ImpactReport

TITLE = "Impact of "
_USERS = "Used by"
_SITES = 4
# what is alike from line to line: modules with what they do, gaps with their number
_IN_COLUMNS = (Meaning.MODULE, Meaning.REMARK)
_NAMES = 10


def render_impact_text(report: ImpactReport) -> Branch:
    """The answer, in sections; those that would be empty are left out."""
    impact = report.impact
    screen = Branch(guided=False)
    screen.add(Fragment(TITLE, Meaning.HEADING), Fragment(_title(report), Meaning.NAME, joint=""))
    for line in filter(None, report.totals):
        screen.add(Fragment(line))
    for title, rows in (
        (_USERS, _users(impact.modules)),
        ("Used outside of modules by", _users(impact.files)),
        ("Named in definitions by", _users(impact.parts)),
        ("May be used by", _users(impact.uncertain)),
        ("Used through views by", _users_of_views(report)),
        ("Called by", _callers(report)),
        ("Downstream", downstream(report, Distance.NEXT)),
        ("Further downstream", downstream(report, Distance.FURTHER)),
        ("Assets in Purview", _assets(report)),
        ("Could hide a use", _hidden(report)),
        ("Could hide more downstream", _gaps(impact.gaps, report)),
    ):
        screen.children += _section(title, list(rows), report)
    return screen


def _title(report: ImpactReport) -> str:
    names = report.names
    if len(names) == 1:
        return names[0]
    more = f" and {len(names) - _NAMES} more" if len(names) > _NAMES else ""
    return f"{len(names)} selected: {', '.join(names[:_NAMES])}{more}"


def _section(title: str, rows: Sequence[Branch], report: ImpactReport) -> Iterator[Branch]:
    """Its lines; of many the first, and the command that shows all."""
    if not rows:
        return
    most = report.most and (report.most if title == _USERS else report.most // 2)
    shown = list(rows[:most])
    yield Branch((Fragment(""),))
    heading = Fragment(title, Meaning.HEADING)
    in_columns = all(row.fragments[0].meaning in _IN_COLUMNS for row in shown)
    yield Branch((heading,), shown, guided=False, columns=2 * in_columns, indent=2)
    if len(shown) < len(rows):
        yield Branch(
            (
                Fragment(f"  … and {len(rows) - len(shown)} more:", Meaning.REMARK),
                *_whole_answer(report),
            )
        )


def _whole_answer(report: ImpactReport) -> Iterator[Fragment]:
    """The command that leaves nothing out."""
    command = f"sql-lineage-purview impact {quoted(report.selector)}"
    yield Fragment(command, Meaning.COMMAND, joint=" ")
    yield Fragment("", Meaning.SOURCE, joint=" ")
    yield Fragment("-v", Meaning.COMMAND, joint=" ")


def _users(uses: Iterable[ObjectUse]) -> list[Branch]:
    return [_user(use, kind_words(use)) for use in uses]


def _users_of_views(report: ImpactReport) -> Iterator[Branch]:
    rows = dict.fromkeys((row.use, str(row.view)) for row in report.impact.of_views)
    return (_user(use, f"{kind_words(use)} {view}") for use, view in rows)


def _callers(report: ImpactReport) -> Iterator[Branch]:
    """Each caller once, with all that it calls."""
    callers: dict[tuple[Name | None, str], list[CallOfUser]] = {}
    for row in report.impact.calls:
        callers.setdefault((row.use.module, row.use.path), []).append(row)
    for rows in callers.values():
        use = reduce(ObjectUse.joined, (row.use for row in rows))
        yield _user(use, f"calls {', '.join(sorted(str(row.module) for row in rows))}")


def _user(use: ObjectUse, how: str) -> Branch:
    who: tuple[Fragment, ...] = (Fragment(f"{user_kind(use)} {user_name(use)}", Meaning.MODULE),)
    if use.module is None and use.part is None:
        who = (Fragment(user_kind(use), Meaning.KIND), at(Location(use.path, 0), " "))
    return Branch((*who, Fragment(how), *_sites(use)), hanging=6)


def _sites(use: ObjectUse) -> Iterator[Fragment]:
    """`etl/load.sql:12, :40`: the path once, where it is that of all."""
    # the name of a script stands on the line already
    last = "" if use.module or use.part else use.path
    places = sites(use)
    for number, place in enumerate(places[:_SITES]):
        path, _, line = place.rpartition(":")
        joint = ", " if number else "  "
        if path == last:
            yield Fragment(f":{line}", Meaning.PLACE, Location(path, int(line)), joint)
        else:
            yield at(Location(path, int(line)), joint)
        last = path
    if len(places) > _SITES:
        yield _more(len(places) - _SITES)


def _more(number: int) -> Fragment:
    return Fragment(f"and {number} more", Meaning.PLACE, joint=" ")


def _assets(report: ImpactReport) -> Iterator[Branch]:
    for row in report.assets:
        name = Fragment(row.qualified_name) if row.qualified_name else Fragment("", joint="")
        yield Branch((Fragment(row.table, Meaning.NAME), Fragment(row.kind, Meaning.KIND), name))


def _hidden(report: ImpactReport) -> Iterator[Branch]:
    hidden = report.impact.hidden
    yield from _gaps(hidden.gaps, report)
    yield from (Branch((Fragment(f"not read: {text}"),)) for text in report.unread)
    yield from (Branch((Fragment(f"may be the same table: {name}"),)) for name in hidden.doubles)


def _gaps(gaps: Sequence[Diagnostic], report: ImpactReport) -> Iterator[Branch]:
    """By kind: how many, and where; on a screen the first of them."""
    for code, number in Counter(gap.code for gap in gaps).most_common():
        places = dict.fromkeys(
            Location(gap.path, gap.span.line) for gap in gaps if gap.code == code
        )
        shown = list(places)[: None if report.most is None else 1]
        yield Branch(
            (
                Fragment(f"{code} {RULES[code].title}", Meaning.REMARK),
                Fragment(counted(number, "gap"), Meaning.KIND),
                *(at(place, ", " if row else "  ") for row, place in enumerate(shown)),
                *([_more(len(places) - len(shown))] if len(shown) < len(places) else []),
            ),
            hanging=6,
        )
