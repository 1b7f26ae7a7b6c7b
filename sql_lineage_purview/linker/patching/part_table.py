"""Part tables: which findings of a scan are part of which, and what each has asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TypeAlias

from msgspec import Struct, field
from msgspec.structs import replace

from ...model.names import Name
from ..context.findings import Findings
from .touched_paths import is_global, touched_paths

# A place of columns: the key of a view or table, and the file that sees it so.
ColumnPlace: TypeAlias = tuple[str, str]


class PartOutline(Struct, frozen=True, array_like=True):
    """Findings without what they have found.

    `key` is what they are found by, `inner` the numbers of those that are part of them, `asked` the
    keys of the objects that they depend on, `touched` the paths in whose rows they show, `spelled`
    what only strings name, as it is spelled. `is_global`: do they show in no file's rows alone?
    """

    key: str
    inner: tuple[int, ...]
    asked: tuple[str, ...]
    touched: tuple[str, ...]
    spelled: tuple[tuple[str, Name], ...] = ()
    is_global: bool = False


class PartTable(Struct, frozen=True):
    """The parts of a scan, those that are part of others before these.

    `roots`: the numbers of the findings of files, by path; `columns`: of those that tell columns.
    """

    parts: Sequence[PartOutline]
    roots: Mapping[str, int]
    columns: Sequence[tuple[ColumnPlace, int]]

    def asking(self, keys: AbstractSet[str]) -> set[int]:
        """The parts that depend on one of some objects, by themselves or through others."""
        found: set[int] = set()
        for number, part in enumerate(self.parts):
            if not keys.isdisjoint(part.asked) or not found.isdisjoint(part.inner):
                found.add(number)
        return found

    def holding(self, numbers: AbstractSet[int]) -> set[int]:
        """Some parts, and all that they are part of."""
        found = set(numbers)
        for number, part in enumerate(self.parts):
            if not found.isdisjoint(part.inner):
                found.add(number)
        return found

    def reached(self, roots: Iterable[int]) -> set[int]:
        """Some parts, and all that are part of them."""
        waiting, found = list(roots), set[int]()
        while waiting:
            number = waiting.pop()
            if number not in found:
                found.add(number)
                waiting += self.parts[number].inner
        return found

    def kept(self, numbers: AbstractSet[int]) -> PartTableBuilder:
        """The beginning of a table that has only these; with each all that is part of it."""
        builder = PartTableBuilder()
        renumbered: dict[int, int] = {}
        for number in sorted(numbers):
            part = self.parts[number]
            inner = tuple(renumbered[one] for one in part.inner)
            renumbered[number] = builder.take(replace(part, inner=inner))
        builder.roots.update(
            (path, renumbered[number]) for path, number in self.roots.items() if number in numbers
        )
        builder.columns.update(
            (place, renumbered[number]) for place, number in self.columns if number in numbers
        )
        return builder


class PartTableBuilder(Struct):
    """A table in the making."""

    parts: list[PartOutline] = field(default_factory=list)
    roots: dict[str, int] = field(default_factory=dict)
    columns: dict[ColumnPlace, int] = field(default_factory=dict)
    _numbers: dict[str, int] = field(default_factory=dict)

    def take(self, part: PartOutline) -> int:
        """Take in a part; its number."""
        number = self._numbers.setdefault(part.key, len(self.parts))
        if number == len(self.parts):
            self.parts.append(part)
        return number

    def add(self, findings: Findings, key_of: Callable[[Findings], str]) -> int:
        """Take in findings, and all that is part of them; their number."""
        # no recursion: procedures call one another more deeply than Python goes
        waiting = [findings]
        while waiting:
            one = waiting[-1]
            missing = [part for part in one.inner() if key_of(part) not in self._numbers]
            if missing:
                waiting += missing
                continue
            waiting.pop()
            if key_of(one) not in self._numbers:
                inner = tuple(self._numbers[key_of(part)] for part in one.inner())
                self.take(part_of(one, key_of(one), inner))
        return self._numbers[key_of(findings)]

    def table(self) -> PartTable:
        """The table."""
        return PartTable(self.parts, self.roots, list(self.columns.items()))


def part_of(findings: Findings, key: str, inner: tuple[int, ...]) -> PartOutline:
    """A part, with the numbers of those that are part of it."""
    asked = tuple(sorted(findings.dependencies.asked))
    touched = tuple(sorted(touched_paths(findings)))
    spelled = tuple(sorted(findings.dependencies.spelled.items()))
    return PartOutline(key, inner, asked, touched, spelled, is_global(findings))
