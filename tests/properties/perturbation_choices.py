"""The choices that make a generated program, and how taking some away makes it smaller."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")

_TRIES = 600  # of the shrinker; more rarely make a program smaller


class Choices:
    """Numbers that decide how a program looks: those given, then those of `random`.

    Without one, always the simplest, 0.
    """

    def __init__(self, sequence: Sequence[int] = (), random: Random | None = None) -> None:
        self._sequence = sequence
        self._random = random
        self.taken: list[int] = []

    def below(self, limit: int) -> int:
        position = len(self.taken)
        if position < len(self._sequence):
            number = min(self._sequence[position], limit - 1)
        else:
            number = self._random.randrange(limit) if self._random else 0
        self.taken.append(number)
        return number

    def one(self, options: Sequence[T]) -> T:
        """One of the options; the first is the simplest."""
        return options[self.below(len(options))]

    def chance(self, percent: int) -> bool:
        """Whether something happens that makes a program larger."""
        return self.below(100) >= 100 - percent

    def some(self, options: Sequence[T], least: int = 1) -> list[T]:
        """At least so many of the options, in their order."""
        picked = [self.chance(50) for _ in options]
        missing = least - sum(picked)
        chosen = []
        for option, pick in zip(options, picked, strict=True):
            if pick or missing > 0:
                chosen.append(option)
                missing -= 0 if pick else 1
        return chosen


def shrunk(choices: Sequence[int], fails: Callable[[Sequence[int]], bool]) -> list[int]:
    """The fewest and smallest choices found that still fail."""
    best = list(choices)
    tries = 0
    shorter = True
    while shorter:
        shorter = False
        for candidate in _smaller(best):
            tries += 1
            if tries > _TRIES:
                return best
            if fails(candidate):
                best = candidate
                shorter = True
                break
    return best


def _smaller(choices: list[int]) -> Iterator[list[int]]:
    size = max(1, len(choices) // 2)
    while size:
        for start in range(0, len(choices), size):
            yield choices[:start] + choices[start + size :]
        size //= 2
    for size in (8, 4, 2, 1):
        for start in range(0, len(choices), size):
            if any(choices[start : start + size]):
                yield (
                    choices[:start]
                    + [0] * len(choices[start : start + size])
                    + choices[start + size :]
                )
