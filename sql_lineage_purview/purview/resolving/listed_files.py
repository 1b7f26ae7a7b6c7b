"""What the search index lists of storage accounts.

That is files below folders, and which of the names listed can mean one file.

Scripts may name thousands of files, and a container may hold tens of thousands of names. So one
search tells of many folders, and an address is held only against names that begin as it does.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from msgspec import Struct

from .asset_discovery import Listing
from .resource_sets import literal_beginning, overlaps
from .storage import file_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ..account.client import SearchHit
    from .asset_discovery import Discovery

# A container may hold millions of files; these are enough to find what a wildcard covers, and near
# names. It is the same for a folder, a container and for many folders at once, so that an address
# comes to the same whatever others there are.
MOST_PATHS = 1_000
# So many folders in one search; the service does not say how many conditions it takes.
_FOLDERS = 50


class Folder(Struct, frozen=True):
    """A folder of a container, by what the addresses of all below it begin with."""

    container: str
    address: str


class FolderListings:
    """What the index has below folders, of one type of assets."""

    def __init__(self, type_name: str, discovery: Discovery) -> None:
        self._type = type_name
        self._discovery = discovery
        self._listings: dict[str, Listing] = {}

    def below(self, folder: Folder) -> Listing:
        """The files below a folder; of very many the first."""
        if folder.address not in self._listings:
            self.read([folder])
        return self._listings[folder.address]

    def read(self, folders: Iterable[Folder]) -> None:
        """Ask for many folders at once.

        A small container is listed as a whole, a large one by bulks of its folders.
        """
        waiting: dict[str, dict[str, None]] = {}
        for folder in folders:
            if folder.address not in self._listings:
                waiting.setdefault(folder.container, {})[folder.address] = None
        for container, addresses in waiting.items():
            if len(addresses) == 1 or not self._read_container(container, addresses):
                self._read_folders(list(addresses))

    def _read_container(self, container: str, addresses: Iterable[str]) -> bool:
        """Is the container small enough to be listed as a whole?"""
        listing = self._search([container])
        if listing.complete:
            self._share_out(listing, addresses)
        return listing.complete

    def _read_folders(self, addresses: Sequence[str]) -> None:
        waiting = [
            addresses[start : start + _FOLDERS] for start in range(0, len(addresses), _FOLDERS)
        ]
        while waiting:
            batch = waiting.pop()
            listing = self._search(batch)
            if listing.complete:
                self._share_out(listing, batch)
            elif len(batch) == 1:
                self._listings[batch[0]] = listing
            else:
                waiting += [batch[: len(batch) // 2], batch[len(batch) // 2 :]]

    def _search(self, addresses: Sequence[str]) -> Listing:
        return self._discovery.search((self._type,), tuple(addresses), most=MOST_PATHS)

    def _share_out(self, listing: Listing, addresses: Iterable[str]) -> None:
        hits = sorted(
            (hit.qualified_name.casefold(), number, hit) for number, hit in enumerate(listing.hits)
        )
        names = [name for name, _, _ in hits]
        for address in addresses:
            start, end = _beginning_with(address.casefold(), names)
            below = sorted((number, hit) for _, number, hit in hits[start:end])
            self._listings[address] = Listing(tuple(hit for _, hit in below), complete=True)


class ListedNames:
    """The names of a listing, to be held against many addresses."""

    def __init__(self, listing: Listing) -> None:
        self._rows: dict[str, list[tuple[str, SearchHit]]] = {}
        for hit in listing.hits:
            name = file_key(hit.qualified_name)
            self._rows.setdefault(literal_beginning(name, "{"), []).append((name, hit))
        self._lengths = sorted({len(beginning) for beginning in self._rows})
        self._beginnings = sorted(self._rows)

    def meeting(self, pattern: str) -> list[SearchHit]:
        """The assets that can hold a file which the pattern of an address matches."""
        return [
            hit
            for beginning in self._likely(pattern)
            for name, hit in self._rows[beginning]
            if overlaps(pattern, name)
        ]

    def _likely(self, pattern: str) -> Iterator[str]:
        """The literal beginnings that begin the pattern's own, and those that it begins."""
        literal = literal_beginning(pattern, "*")
        for length in self._lengths:
            if length < len(literal) and literal[:length] in self._rows:
                yield literal[:length]
        start, end = _beginning_with(literal, self._beginnings)
        yield from self._beginnings[start:end]


def _beginning_with(text: str, names: Sequence[str]) -> tuple[int, int]:
    """Where among sorted names those stand that begin with a text."""
    start = bisect_left(names, text)
    end = start
    while end < len(names) and names[end].startswith(text):
        end += 1
    return start, end
