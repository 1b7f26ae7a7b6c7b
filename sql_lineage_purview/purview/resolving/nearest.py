"""The names that come closest to one that is missing."""

from __future__ import annotations

from collections import Counter
from difflib import get_close_matches
from typing import TYPE_CHECKING

from ..account.assets import AssetRef

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..account.client import SearchHit

_MOST = 3
# Names are compared letter by letter only with those that share most of their parts, as a server may have 20,000.
_COMPARED = 50
_COUNTED = 5_000


class Nearby:
    """Names among which the nearest are looked for, many times."""

    def __init__(self, hits: Iterable[SearchHit]) -> None:
        refs = dict.fromkeys(AssetRef(hit.qualified_name, hit.type_name, hit.guid) for hit in hits)
        self._by_last: dict[str, list[AssetRef]] = {}
        for ref in refs:
            self._by_last.setdefault(_last(ref.qualified_name), []).append(ref)
        self._by_part: dict[str, list[str]] = {}
        for last in self._by_last:
            for part in _parts(last):
                self._by_part.setdefault(part, []).append(last)

    def nearest(self, wanted: str) -> tuple[AssetRef, ...]:
        """The assets whose qualified names are most like the wanted one, best first.

        Those of the same last part (another schema or database) come before those that are spelled alike.
        """
        last = _last(wanted)
        namesakes = _by_name(self._by_last.get(last, ()))
        if namesakes:
            close = get_close_matches(wanted.casefold(), namesakes, _MOST, cutoff=0.0)
            return tuple(ref for name in close for ref in sorted(namesakes[name]))[:_MOST]
        alike = get_close_matches(last, self._likely(last), _MOST, cutoff=0.6)
        found = [refs for name in alike for _, refs in sorted(_by_name(self._by_last[name]).items())]
        return tuple(ref for refs in found for ref in sorted(refs))[:_MOST]

    def _likely(self, last: str) -> list[str]:
        """The names that share most with one, what few others have first."""
        shared: Counter[str] = Counter()
        counted = 0
        for names in sorted((self._by_part.get(part, []) for part in sorted(_parts(last))), key=len):
            if counted > _COUNTED:
                break
            shared.update(names)
            counted += len(names)
        return [name for name, _ in shared.most_common(_COMPARED)]


def nearest(wanted: str, hits: Iterable[SearchHit]) -> tuple[AssetRef, ...]:
    """The assets among some whose qualified names are most like the wanted one, best first."""
    return Nearby(hits).nearest(wanted)


def _by_name(refs: Iterable[AssetRef]) -> dict[str, list[AssetRef]]:
    found: dict[str, list[AssetRef]] = {}
    for ref in refs:
        found.setdefault(ref.qualified_name.casefold(), []).append(ref)
    return found


def _last(qualified_name: str) -> str:
    return qualified_name.rstrip("/").rpartition("/")[2].replace("%20", " ").casefold()


def _parts(name: str) -> set[str]:
    """The runs of two letters of a name, its beginning and end included."""
    marked = f"\n{name}\n"
    return {marked[place : place + 2] for place in range(len(marked) - 1)}
