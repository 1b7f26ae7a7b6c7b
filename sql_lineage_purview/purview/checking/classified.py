"""What the search index has of a classification.

An account may have more of it than one search can answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from ..resolving.spellings import MOST_HITS
from ..resolving.storage import parse_address

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from ..account.assets import AssetRef
    from ..account.client import SearchHit
    from ..account.entities import Entities
    from ..account.typedefs import Json

# Of an account with fewer all are read, in one request; of others those near the assets that are
# asked about.
_FEW = 1_000
# So many places in one search; the service does not say how many conditions it takes.
_PLACES = 50


class ClassifiedAccount(Protocol):
    """What is read of classifications; a client answers it, and so does a snapshot."""

    def read_guids(
        self, guids: Iterable[str], *, exclude: Collection[str] = ()
    ) -> Iterator[Entities]:
        """The entities of these guids, without relationships of some types."""

    def search_classified(
        self, classification: str, contains: Sequence[str] = (), *, most: int | None = None
    ) -> Iterator[SearchHit]:
        """What bears a classification, below some places; the first `most` of it."""

    def get_classification(self, name: str) -> Json:
        """The definition of a classification."""


class Classified(Struct, frozen=True):
    """What bears a classification.

    Args:
        guids: The assets and columns.
        complete: Are these all of the account? Else they are all near the assets that were asked
            about.
        unsearched: Where there may be more near these assets, by what the qualified names there
            begin with.
    """

    guids: frozenset[str]
    complete: bool
    unsearched: tuple[str, ...] = ()


def search_classified(
    client: ClassifiedAccount, classification: str, assets: Iterable[AssetRef]
) -> Classified:
    """Search for what bears a classification, as far as it concerns some assets and their columns.

    Raises:
        PurviewError: the account does not answer, or refuses.
    """
    guids = {hit.guid for hit in client.search_classified(classification, most=_FEW)}
    if len(guids) < _FEW:
        return Classified(frozenset(guids), complete=True)
    places = sorted({_place(asset) for asset in assets})
    waiting = [places[start : start + _PLACES] for start in range(0, len(places), _PLACES)]
    unsearched: list[str] = []
    while waiting:
        batch = waiting.pop()
        hits = {hit.guid for hit in client.search_classified(classification, batch, most=MOST_HITS)}
        guids |= hits
        if len(hits) == MOST_HITS and len(batch) > 1:
            waiting += [batch[: len(batch) // 2], batch[len(batch) // 2 :]]
        elif len(hits) == MOST_HITS:
            unsearched += batch
    return Classified(frozenset(guids), complete=False, unsearched=tuple(sorted(unsearched)))


def _place(asset: AssetRef) -> str:
    """The container of a file, the schema of a table."""
    address = parse_address(asset.qualified_name)
    return f"{address.root if address else asset.qualified_name.rpartition('/')[0]}/"
