"""Arms: the states at the ends of an IF and of the ELSE IFs in its ELSE, joined all at once.

What an ELSE IF sets would else be looked at once more by each of the arms around it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from msgspec import Struct, field

from ...model.copied_mapping import CopiedMapping
from ...model.facts import Pattern
from .patterns import (
    MAX_MARKS,
    UNKNOWN,
    Patterns,
    chosen,
    divided,
    mark,
    markable,
    merged,
    some,
)

Strings: TypeAlias = CopiedMapping[Patterns]


class Arms(Struct, eq=False):
    """The arms of a chain of IFs, the last first.

    `before` is the state that the first condition meets, `last` that behind the last ELSE; `ends`
    are those behind each THEN, and `choices` are what their conditions choose.
    """

    before: Strings
    last: Strings
    ends: list[Strings] = field(default_factory=list)
    choices: list[int] = field(default_factory=list)

    def add(self, before: Strings, end: Strings, choice: int) -> None:
        """Put an IF around all, which are its ELSE from now on."""
        self.before = before
        self.ends.append(end)
        self.choices.append(choice)

    def joined(self) -> Strings:
        """Behind all: each variable holds what one arm left."""
        values = self.ends[-1].copied()
        names = frozenset(map(str, self.choices))
        for name, by_place in self._differing().items():
            before = self.before.get(name)
            if name.startswith("?"):
                unchanged = before if len(by_place) <= len(self.ends) else None
                if any(patterns is not None for patterns in (unchanged, *by_place.values())):
                    values[name] = ()
                continue
            variable = JoinedVariable(self.choices, names, before, by_place.pop(-1, before))
            for place, patterns in by_place.items():
                variable.pass_to(place)
                variable.join(patterns)
            variable.pass_to(len(self.ends))
            values[name] = variable.patterns or ()
            if variable.nullable:
                values[f"?{name}"] = ()
        return values

    def _differing(self) -> dict[str, dict[int, Patterns | None]]:
        """What arms leave that was not there before, by variables, and by places from -1 on."""
        differing: dict[str, dict[int, Patterns | None]] = {}
        for place, end in enumerate((self.last, *self.ends), -1):
            for name in (*end.differing(self.before), *self.before.differing(end)):
                differing.setdefault(name, {})[place] = end.get(name)
        return differing


class JoinedVariable(Struct):
    """What one variable holds behind the arms from the last up to a place.

    `names`: those of the choices in marks. `before`: what the variable held before all. `nullable`:
    it may hold a string, or NULL.
    """

    choices: list[int]
    names: frozenset[str]
    before: Patterns | None
    patterns: Patterns | None
    place: int = 0
    nullable: bool = False

    def join(self, patterns: Patterns | None) -> None:
        """Take in what the arm at the place leaves, and go to the next."""
        by_arm = (patterns, self.patterns)
        if patterns is not self.patterns:  # UNKNOWN in both stays that object
            self.patterns = of_one_arm(by_arm, self.choices[self.place])
            self.nullable |= may_be_null(self.patterns, by_arm)
        self.place += 1

    def pass_to(self, stop: int) -> None:
        """Take in that all arms up to a place leave what there was before."""
        if self.before == () and self.patterns and self.place < stop:
            marks = self.choices[self.place : stop]
            self.patterns = some(self._marked(pattern, marks) for pattern in self.patterns)
            self.nullable = True
        else:
            self._join_all(stop)
        self.place = stop

    def _join_all(self, stop: int) -> None:
        """Take in a string at each place.

        There are soon too many of them. From where there were, all comes again: as often as it
        does, it may be left out.
        """
        before, overflow = self.before, stop
        recurs = self._is_distinct and self._is_new_to(before or ())
        alike = self.patterns is before
        while self.place < stop and not alike:
            alike = before in (None, self.patterns)
            self.join(before)
            if self.patterns != UNKNOWN:
                continue
            period = self.place - overflow
            if recurs and period > 0:
                self.place = stop - (stop - self.place) % period
            overflow = self.place

    @property
    def _is_distinct(self) -> bool:
        """Does each condition make a choice of its own?"""
        return len(self.names) == len(self.choices)

    def _is_new_to(self, patterns: Patterns) -> bool:
        """Are all choices others than those that strings are marked with?"""
        marks = (piece for pattern in patterns for piece in divided(pattern)[0])
        return self.names.isdisjoint((piece.variable or "").partition("=")[0] for piece in marks)

    def _marked(self, pattern: Pattern, choices: Sequence[int]) -> Pattern:
        """A pattern of the ELSE of all these choices, marked with as many as are kept."""
        while choices:
            pattern = markable(pattern)
            if self._is_distinct and pattern == UNKNOWN[0]:  # forgotten again and again
                choices = choices[(len(choices) - 1) // MAX_MARKS * MAX_MARKS :]
            room = max(1, MAX_MARKS - len(divided(pattern)[0]))
            passed = (mark(choice, 1) for choice in reversed(choices[:room]))
            pattern, choices = merged((*passed, *pattern)), choices[room:]
        return pattern


def of_one_arm(by_arm: Sequence[Patterns | None], choice: int) -> Patterns:
    """What a variable holds behind arms, of which those that do not know it tell nothing."""
    candidates = [patterns for patterns in by_arm if patterns is not None]
    if len(set(candidates)) > 1:
        candidates = [
            chosen(patterns, choice, arm)
            for arm, patterns in enumerate(by_arm)
            if patterns is not None
        ]
    return some(pattern for patterns in candidates for pattern in patterns)


def may_be_null(patterns: Patterns | None, by_arm: Sequence[Patterns | None]) -> bool:
    """Does a variable hold a string behind arms of which one left NULL?"""
    return bool(patterns) and () in by_arm


State: TypeAlias = Strings | Arms


def values_of(state: State) -> Strings:
    """What each variable holds in a state."""
    return state.joined() if isinstance(state, Arms) else state
