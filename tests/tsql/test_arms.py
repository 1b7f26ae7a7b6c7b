"""What variables hold behind an IF and its ELSE IFs, however many these are."""

from __future__ import annotations

from typing import TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sql_lineage_purview.model.copied_mapping import CopiedMapping
from sql_lineage_purview.model.facts import Piece
from sql_lineage_purview.model.limits import ALTERNATIVES
from sql_lineage_purview.tsql.reading.lexer import tokens_of
from sql_lineage_purview.tsql.strings import patterns
from sql_lineage_purview.tsql.strings.constants import Constants
from sql_lineage_purview.tsql.strings.patterns import MAX_MARKS, UNKNOWN, Patterns, fixed

# What each arm sets, the last of them that behind the last ELSE.
Settings: TypeAlias = list[dict[str, str]]

_NAMES = st.sampled_from(["@a", "@b", "@c"])
_TEXTS = st.sampled_from(["'x'", "'y'", "''", "NULL", "@a", "@b + 'z'", "IIF(@k = 1, 'x', 'y')"])
_ARM = st.dictionaries(_NAMES, _TEXTS)
_BEFORE = st.dictionaries(_NAMES, st.sampled_from(["'s'", "NULL", "IIF(@k = 2, 's', 't')"]))


def follow(constants: Constants, arm: dict[str, str]) -> None:
    for name, text in arm.items():
        constants.follow(tokens_of(f"SET {name} = {text}"), branching=False)


def go_through(
    constants: Constants, arms: Settings, conditions: list[int], *, at_once: bool
) -> None:
    """IF … ELSE IF … ELSE …; not `at_once`: each of them is joined before the one around it."""
    if len(arms) == 1:
        follow(constants, arms[0])
        return
    before = constants.values
    choice = constants.choice(tokens_of(f"@k = {conditions[0]}"))
    constants.values = before.copied()
    follow(constants, arms[0])
    end = constants.values
    constants.values = before.copied()
    go_through(constants, arms[1:], conditions[1:], at_once=at_once)
    if at_once:
        constants.join(before, end, constants.state, choice)
    else:
        constants.either([end, constants.values], choice)


def behind(
    chains: list[Settings], *conditions: list[int], at_once: bool = True
) -> dict[str, tuple[Patterns, bool]]:
    """What variables hold behind chains, and whether that is the value which has a place alone.

    The last conditions are those of all chains from there on.
    """
    constants = Constants()
    for at, arms in enumerate(chains):
        asked = conditions[min(at, len(conditions) - 1)]
        go_through(constants, arms, asked, at_once=at_once)
    return {name: (held, held is UNKNOWN) for name, held in constants.values.items()}


def sparse(size: int) -> st.SearchStrategy[Settings]:
    """Chains of which most arms set nothing."""
    arms = st.dictionaries(st.integers(0, size - 1), _ARM, max_size=4)
    return arms.map(lambda by_place: [by_place.get(place, {}) for place in range(size)])


@settings(deadline=None)
@given(before=_BEFORE, data=st.data(), size=st.integers(2, 40))
def test_arms_leave_at_once_what_they_leave_one_by_one(
    before: dict[str, str], data: st.DataObject, size: int
) -> None:
    """With all that is forgotten where there are too many strings, and conditions asked twice."""
    arms = st.lists(_ARM, min_size=size, max_size=size)
    chains = [[before], data.draw(arms | sparse(size)), data.draw(arms | sparse(size))]
    conditions = data.draw(st.lists(st.integers(0, 12), min_size=size, max_size=size))
    assert behind(chains, conditions) == behind(chains, conditions, at_once=False)


@settings(max_examples=30, deadline=None)
@given(before=_BEFORE, data=st.data(), size=st.integers(2, 320), differing=st.integers(20, 320))
def test_so_do_long_chains(
    before: dict[str, str], data: st.DataObject, size: int, differing: int
) -> None:
    """Longer than the marks that are kept, and than the strings that a variable may hold."""
    chains = [[before], data.draw(sparse(size))]
    conditions = data.draw(
        st.just([place % differing for place in range(size)])
        | st.lists(st.integers(0, 9), min_size=size, max_size=size)
    )
    assert behind(chains, conditions) == behind(chains, conditions, at_once=False)


_LENGTHS = (
    *range(ALTERNATIVES + 2, 3 * ALTERNATIVES + 4),
    *(times * MAX_MARKS + more for times in (1, 2, 3) for more in (-1, 0, 1, 2)),
)


@pytest.mark.parametrize("size", _LENGTHS)
def test_so_do_chains_of_all_lengths_that_matter(size: int) -> None:
    before = {"@a": "'s'", "@b": "NULL", "@c": "IIF(@k = 2, 's', 't')"}
    undeclared = [{"@d": f"'{place}'"} for place in range(ALTERNATIVES + 1)]
    arms = [{}] * (size - len(undeclared) - 1) + undeclared + [dict.fromkeys(before, "'x'")]
    chains = [[before], arms]
    conditions = list(range(size))
    assert behind(chains, conditions) == behind(chains, conditions, at_once=False)


@pytest.mark.parametrize("more", range(1, 2 * ALTERNATIVES))
def test_so_do_chains_that_ask_what_strings_are_marked_with(more: int) -> None:
    """All strings of a variable may have as many marks as are kept, and be forgotten at once."""
    again = list(range(MAX_MARKS - 2))
    first = [{}] * (len(again) - 1) + [{"@a": "'s'"}, {}]
    second = [{}] * (more + len(again)) + [{"@a": "'x'"}]
    chains, conditions = (
        [[{"@a": "NULL"}], first, second],
        ([], again, [*range(1000, 1000 + more), *again]),
    )
    assert behind(chains, *conditions) == behind(chains, *conditions, at_once=False)


@pytest.mark.parametrize(("before", "size"), [("NULL", 300), ("'s'", 80)])
def test_marks_are_looked_at_as_often_as_there_are_arms(
    before: str, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts: list[int] = []
    is_choice = patterns.is_choice

    def counted(piece: Piece) -> bool:
        counts[-1] += 1
        return is_choice(piece)

    monkeypatch.setattr(patterns, "is_choice", counted)
    for number in (size, 2 * size):
        counts.append(0)
        names = [f"@v{place}" for place in range(number)]
        behind(
            [[dict.fromkeys(names, before)], [{name: "'x'"} for name in names]], [*range(number)]
        )
    assert counts[1] < 2.7 * counts[0]


def test_what_both_arms_leave_is_not_joined() -> None:
    """An expression's place stands for a value only where nothing else is known of it."""
    before, end = CopiedMapping({"@a": fixed("s")}), CopiedMapping({"@a": UNKNOWN})
    constants = Constants()
    constants.join(before, end, end.copied(), 1)
    assert constants.values["@a"] is UNKNOWN
