"""The names that come closest to one that is missing."""

from __future__ import annotations

from collections import Counter
from difflib import get_close_matches
from itertools import islice
from typing import TYPE_CHECKING

from ..account.assets import AssetRef

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..account.client import SearchHit

_MOST = 3
# Names are compared letter by letter only with those that share most of their parts, as a server
# may have 20,000.
_COMPARED = 50
_COUNTED = 5_000


class Nearby:
    """Names among which the nearest are looked for, many times."""

    def __init__(self, hits: Iterable[SearchHit | AssetRef]) -> None:
        refs = dict.fromkeys(AssetRef(hit.qualified_name, hit.type_name, hit.guid) for hit in hits)
        self._by_last: dict[str, dict[str, list[AssetRef]]] = {}
        for ref in sorted(refs, key=lambda ref: (ref.qualified_name.casefold(), ref)):
            self._by_last.setdefault(_last(ref.qualified_name), {}).setdefault(
                ref.qualified_name.casefold(), []
            ).append(ref)
        self._lasts = _Names(self._by_last)
        self._namesakes: dict[str, _Names] = {}

    def nearest(self, qualified_name: str) -> tuple[AssetRef, ...]:
        """The assets whose qualified names are most like this one, best first.

        Those of the same last part (another schema or database) come before those that are spelled
        alike.
        """
        last = _last(qualified_name)
        namesakes = self._by_last.get(last)
        if namesakes:
            if last not in self._namesakes:
                self._namesakes[last] = _Names(namesakes)
            # the same table in another database is worth showing, however different that is called
            close = self._namesakes[last].most_like(qualified_name.casefold(), cutoff=0.0)
            return tuple(ref for name in close for ref in namesakes[name])[:_MOST]
        alike = self._lasts.most_like(last, cutoff=0.6)
        # Of one last part there may be thousands: no more of them are looked at than are shown.
        groups = (refs for name in alike for refs in islice(self._by_last[name].values(), _MOST))
        return tuple(ref for refs in groups for ref in refs)[:_MOST]


class _Names:
    """Names to be compared with others, of very many those that share most with them."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = list(names)
        self._by_part: dict[str, list[str]] = {}
        for name in self._names if len(self._names) > _COMPARED else ():
            for part in _parts(name):
                self._by_part.setdefault(part, []).append(name)

    def most_like(self, name: str, *, cutoff: float) -> list[str]:
        return get_close_matches(
            name, self._likely(name) if self._by_part else self._names, _MOST, cutoff=cutoff
        )

    def _likely(self, name: str) -> list[str]:
        """The names that share most with one, what few others have first."""
        shared: Counter[str] = Counter()
        counted = 0
        for names in sorted(
            (self._by_part.get(part, []) for part in sorted(_parts(name))), key=len
        ):
            if counted > _COUNTED:
                break
            shared.update(names[:_COUNTED])
            counted += len(names)
        return [likely for likely, _ in shared.most_common(_COMPARED)]


def _last(qualified_name: str) -> str:
    return qualified_name.rstrip("/").rpartition("/")[2].replace("%20", " ").casefold()


def _parts(name: str) -> set[str]:
    """The runs of two letters of a name, its beginning and end included."""
    marked = f"\n{name}\n"
    return {marked[place : place + 2] for place in range(len(marked) - 1)}
