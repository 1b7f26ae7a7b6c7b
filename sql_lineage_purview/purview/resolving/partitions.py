"""All that the search index has below a name.

Of very much it is asked in parts, as one long search breaks.
"""

from __future__ import annotations

import string
from collections import Counter
from itertools import takewhile
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from .spellings import MOST_HITS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ..account.client import SearchHit

# What may follow in a name.
_LETTERS = string.ascii_lowercase + string.digits + "_-./#$@%[](){} ~+&',;=!*^`"


class CountedIndex(Protocol):
    """What is asked of an account."""

    def search_any(
        self, type_names: Sequence[str], contains: Sequence[str], *, most: int | None = None
    ) -> Iterator[SearchHit]:
        """The entities of some types whose qualified name contains one of some texts.

        The first `most` of them.
        """

    def count(self, type_name: str, contains: str) -> int | None:
        """How many entities of a type have a qualified name that contains a text.

        None where the index does not say.
        """


class Partition(Struct, frozen=True):
    """What the index has.

    `total` is how many it says there are, where it has more than are in it.
    """

    hits: tuple[SearchHit, ...]
    total: int | None
    complete: bool


def search_in_parts(index: CountedIndex, type_name: str, text: str) -> Partition:
    """Every entity of a type whose qualified name contains a text, in any case.

    A name that does not exist has none.

    Where there are more than one search may answer, the text is made longer by each letter that may
    follow, until all are found.
    """
    hits = _first(index, type_name, text)
    if len(hits) < MOST_HITS:
        return Partition(tuple(hits.values()), len(hits), complete=True)
    total = index.count(type_name, text)
    if total is not None:
        _add_parts(index, type_name, text, hits, total)
    return Partition(tuple(hits.values()), total, complete=total is not None and len(hits) >= total)


def _add_parts(
    index: CountedIndex, type_name: str, text: str, hits: dict[str, SearchHit], total: int
) -> None:
    """Search for longer texts, until there are as many hits as there are said to be."""
    common = _common_beginning(text, hits.values())
    if len(common) > len(text) and index.count(type_name, common) == total:
        text = common
    for letter in _letters(text, hits.values()):
        if len(hits) >= total:
            return
        part = _first(index, type_name, text + letter)
        hits |= part
        if len(part) == MOST_HITS:
            count = index.count(type_name, text + letter)
            _add_parts(index, type_name, text + letter, part, count or 0)
            hits |= part


def _first(index: CountedIndex, type_name: str, text: str) -> dict[str, SearchHit]:
    return {hit.guid: hit for hit in index.search_any((type_name,), (text,), most=MOST_HITS)}


def _common_beginning(text: str, hits: Iterable[SearchHit]) -> str:
    """What the names share from the text on."""
    names = sorted(name for hit in hits if (name := _from(text, hit)))
    pairs = zip(names[0], names[-1], strict=False) if names else ()
    return "".join(first for first, _ in takewhile(lambda pair: pair[0] == pair[1], pairs)) or text


def _letters(text: str, hits: Iterable[SearchHit]) -> Iterator[str]:
    """What may follow a text, that which follows it most first; other digits where one does."""
    following = Counter(
        tail[len(text)] for hit in hits if len(tail := _from(text, hit)) > len(text)
    )
    frequent = [letter for letter, _ in following.most_common()]
    digits = string.digits if any(letter in string.digits for letter in frequent) else ""
    yield from dict.fromkeys((*frequent, *digits, *_LETTERS))


def _from(text: str, hit: SearchHit) -> str:
    """A name from where it holds a text; empty where it does not."""
    name = hit.qualified_name.lower()
    start = name.find(text.lower())
    return name[start:] if start >= 0 else ""
