"""Assets that differ from given names in spelling alone: in case, or in how spaces are written.

The search index finds them, since the store compares names letter by letter. How much it is asked
for depends on the names and not on the account, which may have any number of others on the same
server.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from .platforms import object_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..account.client import SearchHit

# So many names in one search; the service does not say how many conditions it takes.
_NAMES = 50
# Names that many others begin with make long answers. Real searches break beyond some 20,000 hits
# (https://github.com/wjohnson/pyapacheatlas/issues/206).
MOST_HITS = 20_000
_MOST_OF_SEVERAL = 2_000
# Of more names than these it is tried first whether to look through the whole server takes no more
# searches.
_MANY = 500
_PAGE = 1_000


class Index(Protocol):
    """What is asked of an account."""

    def search_any(
        self, type_names: Sequence[str], contains: Sequence[str], *, most: int | None = None
    ) -> Iterator[SearchHit]:
        """The entities of some types whose qualified name contains one of some texts.

        The first `most` of them.
        """


def spelled_alike(
    index: Index, type_names: Sequence[str], names: Sequence[str], prefixes: Sequence[str]
) -> tuple[list[SearchHit], list[str]]:
    """What the index has of some types under these names, in any spelling.

    Args:
        index: The account.
        type_names: At least one.
        names: Qualified names, each with all ways to write its spaces.
        prefixes: What all of them begin with.

    Returns:
        The entities, and those of the names of which there may be more.
    """
    keys = {object_key(name) for name in names}
    hits, cut = _of_server(index, type_names, names, prefixes) or _of_names(
        index, type_names, names
    )
    return [hit for hit in hits if object_key(hit.qualified_name) in keys], cut


def _of_server(
    index: Index, type_names: Sequence[str], names: Sequence[str], prefixes: Sequence[str]
) -> tuple[list[SearchHit], list[str]] | None:
    """All of the server, where that is no more to read than the answers for the names.

    Else None.
    """
    most = min(len(names) // _NAMES * _PAGE, MOST_HITS)
    if len(names) <= _MANY:
        return None
    hits = list(index.search_any(type_names, prefixes, most=most))
    return (hits, []) if len(hits) < most else None


def _of_names(
    index: Index, type_names: Sequence[str], names: Sequence[str]
) -> tuple[list[SearchHit], list[str]]:
    hits: list[SearchHit] = []
    cut: list[str] = []
    for start in range(0, len(names), _NAMES):
        waiting = [names[start : start + _NAMES]]
        while waiting:
            asked = waiting.pop()
            most = MOST_HITS if len(asked) == 1 else _MOST_OF_SEVERAL
            answer = list(index.search_any(type_names, asked, most=most))
            if len(answer) == most and len(asked) > 1:
                waiting += [asked[: len(asked) // 2], asked[len(asked) // 2 :]]
                continue
            hits += answer
            cut += asked if len(answer) == most else ()
    return hits, cut
