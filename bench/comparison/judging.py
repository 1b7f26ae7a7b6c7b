"""Is an answer right?

Temporary objects are looked through first, so that it does not matter whether a tool shows them.

Ends that are no table at all, as the alias of a subquery, are left aside: they are no fault, and no
answer either.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from features import Feature, Table

Node = TypeVar("Node", bound=Hashable)


class Verdict(StrEnum):
    """How an answer stands to the lineage that the script has."""

    RIGHT = "right"
    INCOMPLETE = "incomplete"
    WRONG = "wrong"
    NOTHING = "nothing"
    NOT_ASKED = "not asked"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with its reasons: pairs that are missing, and pairs that are not so."""

    verdict: Verdict
    missing: tuple[Any, ...] = ()
    wrong: tuple[Any, ...] = ()


def judge_columns(feature: Feature, pairs: Iterable[Sequence[str]]) -> Judgement:
    """Hold pairs of columns against the feature.

    Each is a table, its column, a table, its column.
    """
    given = {((_table(a), b.casefold()), (_table(c), d.casefold())) for a, b, c, d in pairs}
    exists, passing = feature.exists, feature.is_passed
    known = {(a, b) for a, b in given if exists(a[0]) and exists(b[0])}
    return _judge(known, feature.pairs, feature.also_pairs, lambda end: passing(end[0]))


def judge_tables(feature: Feature, pairs: Iterable[Sequence[str]]) -> Judgement:
    """Hold pairs of tables against the feature. That a table feeds itself is never a fault."""
    given = {(_table(source), _table(target)) for source, target in pairs}
    known = {(a, b) for a, b in given if feature.exists(a) and feature.exists(b) and a != b}
    return _judge(known, feature.tables, frozenset(), feature.is_passed)


def _table(name: str) -> Table:
    """A name with its schema; a temporary object is known by its own name alone."""
    name = name.casefold().replace("[", "").replace("]", "").replace('"', "").replace("`", "")
    if "://" in name:
        return name
    parts = name.split(".")
    if parts[-1].startswith(("#", "@")):
        return parts[-1]
    return ".".join(parts if len(parts) > 1 else ["dbo", *parts])


def _judge(
    given: set[tuple[Node, Node]],
    expected: frozenset[tuple[Node, Node]],
    also: frozenset[tuple[Node, Node]],
    passing: Callable[[Node], bool],
) -> Judgement:
    """An expected pair may be a chain of pairs.

    A pair is wrong that no chain of what is so leads along.
    """
    shown = _looked_through(given, passing)
    allowed = _chains(expected | also)
    right = shown & allowed
    missing = tuple(sorted(expected - _chains(right), key=str))
    wrong = tuple(sorted(shown - allowed, key=str))
    if wrong:
        return Judgement(Verdict.WRONG, missing, wrong)
    if not expected:
        return Judgement(Verdict.NOT_ASKED)
    if not missing:
        return Judgement(Verdict.RIGHT)
    return Judgement(Verdict.INCOMPLETE if right else Verdict.NOTHING, missing)


def _looked_through(
    pairs: Iterable[tuple[Node, Node]], passing: Callable[[Node], bool]
) -> set[tuple[Node, Node]]:
    """The pairs of ends that are joined directly, or by a chain whose inner nodes let pass.

    What lets pass is no end itself.
    """
    onward = _onward(pairs)
    return {
        (start, end)
        for start in onward
        if not passing(start)
        for end in _reached(onward, start, passing)
        if not passing(end)
    }


def _chains(pairs: Iterable[tuple[Node, Node]]) -> set[tuple[Node, Node]]:
    """The pairs of ends that a chain of any length joins."""
    onward = _onward(pairs)
    return {(start, end) for start in onward for end in _reached(onward, start, lambda _node: True)}


def _onward(pairs: Iterable[tuple[Node, Node]]) -> dict[Node, set[Node]]:
    onward: dict[Node, set[Node]] = {}
    for source, target in pairs:
        onward.setdefault(source, set()).add(target)
    return onward


def _reached(
    onward: dict[Node, set[Node]], start: Node, passing: Callable[[Node], bool]
) -> set[Node]:
    """What follows after a node; behind one that does not let pass the way ends."""
    reached: set[Node] = set()
    ahead = list(onward[start])
    while ahead:
        node = ahead.pop()
        if node not in reached:
            reached.add(node)
            ahead += onward.get(node, ()) if passing(node) else ()
    return reached
