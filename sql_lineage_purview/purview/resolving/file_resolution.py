"""Files in Azure Storage: which path, container or resource set is meant by an address in SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from ..account.assets import (
    Ambiguous,
    Asset,
    AssetRef,
    Evidence,
    Found,
    Missing,
    Placeholder,
    Resolution,
)
from .asset_discovery import Listing
from .listed_files import Folder, FolderListings, ListedNames
from .nearest import Nearby
from .spellings import MOST_HITS
from .storage import ADLS_GEN2, BLOB, StorageAddress, file_key, parse_address, without_query

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import TypeAlias

    from sql_lineage_purview.model.names import Name

    from ..account.client import SearchHit
    from .asset_discovery import Discovery
    from .storage import StorageKind

    _Reading: TypeAlias = Callable[[Iterable[StorageAddress]], None]
    _Step: TypeAlias = Callable[[StorageAddress], Resolution | None]

_MOST_CANDIDATES = 10
_FIRST = _MOST_CANDIDATES + 1
_NOTHING = Listing((), complete=True)


def resolve_files(names: Iterable[Name], discovery: Discovery) -> dict[Name, Resolution]:
    """Find each address.

    First comes the exact path, then the resource set that holds its files, then a single file
    that it covers.

    Each step is taken for all addresses before the next, so that the account is asked for many of
    them at a time.
    """
    outcomes: dict[Name, Resolution] = {}
    addresses: dict[Name, StorageAddress] = {}
    for name in names:
        address = parse_address(name.object)
        if address:
            addresses[name] = address
        else:
            shown = without_query(name.object)
            outcomes[name] = Missing(
                f"{shown} is no address in Azure Data Lake Storage Gen2 or "
                "Blob Storage; pin it to an asset"
            )
    return outcomes | _Files(discovery).resolve(addresses)


class _Files:
    """The files of one account."""

    def __init__(self, discovery: Discovery) -> None:
        self._discovery = discovery
        self._by_key: dict[tuple[str, str], list[Asset]] = {}
        self._folders = {kind: FolderListings(kind.path, discovery) for kind in (ADLS_GEN2, BLOB)}
        self._names: dict[Listing, ListedNames] = {}
        self._nearby: dict[Listing, Nearby] = {}

    def resolve(self, addresses: Mapping[Name, StorageAddress]) -> dict[Name, Resolution]:
        outcomes: dict[Name, Resolution] = {}
        steps: Sequence[tuple[_Reading, _Step]] = (
            (self._read_exact, self._exact),
            (self._read_resource_sets, self._in_resource_set),
            (self._read_single_files, self._only_file),
        )
        for read, step in steps:
            # the endpoint that SQL names first: an account may be registered under both
            for same_endpoint in (True, False):
                waiting = {
                    name: address for name, address in addresses.items() if name not in outcomes
                }
                places = {
                    name: address if same_endpoint else address.sibling
                    for name, address in waiting.items()
                }
                read(places.values())
                stepped = ((name, step(place)) for name, place in places.items())
                outcomes |= {
                    name: outcome if same_endpoint else _by_sibling(outcome)
                    for name, outcome in stepped
                    if outcome
                }
        missing = {name: address for name, address in addresses.items() if name not in outcomes}
        self._list_folders(
            place for address in missing.values() for place in (address, address.sibling)
        )
        return outcomes | {name: self._missing(address) for name, address in missing.items()}

    def _read_exact(self, addresses: Iterable[StorageAddress]) -> None:
        self._discovery.read(
            (type_name, spelling)
            for address in addresses
            if not address.wildcard
            for type_name in address.types
            for spelling in address.spellings
        )
        self._by_key = {}
        for asset in self._discovery.assets:
            self._by_key.setdefault(
                (asset.ref.type_name, file_key(asset.ref.qualified_name)), []
            ).append(asset)

    def _exact(self, address: StorageAddress) -> Resolution | None:
        """The asset of just this name; a path comes before a resource set."""
        if address.wildcard:
            return None
        key = file_key(address.qualified_name)
        assets = next(
            (rows for type_name in address.types if (rows := self._by_key.get((type_name, key)))),
            (),
        )
        return _one(assets, Evidence.EXACT, address)

    def _read_resource_sets(self, addresses: Iterable[StorageAddress]) -> None:
        listed = ((address, self._resource_sets(address)) for address in addresses)
        self._read(
            hit
            for address, listing in listed
            if listing.complete
            for hit in self._meeting(address, listing)[:_FIRST]
        )

    def _in_resource_set(self, address: StorageAddress) -> Resolution | None:
        """The resource set that can hold files of this address."""
        listing = self._resource_sets(address)
        # of a listing that was cut nobody knows what else would have met the address
        if not listing.complete:
            return self._uncertain(address, listing, "resource sets in its container")
        return _one(
            self._confirmed(self._meeting(address, listing)), Evidence.RESOURCE_SET, address
        )

    def _read_single_files(self, addresses: Iterable[StorageAddress]) -> None:
        several = [address for address in addresses if address.wildcard or address.folder]
        self._list_folders(several, inside=True)
        self._read(
            hit
            for address in several
            for hit in self._meeting(address, self._paths(address, inside=True))[:_FIRST]
        )

    def _only_file(self, address: StorageAddress) -> Resolution | None:
        """The file that a wildcard or folder covers."""
        if not (address.wildcard or address.folder):
            return None
        listing = self._paths(address, inside=True)
        outcome = _one(
            self._confirmed(self._meeting(address, listing)), Evidence.CONTAINED, address
        )
        return (
            outcome
            if listing.complete or isinstance(outcome, Ambiguous)
            else self._uncertain(address, listing, "files there")
        )

    def _uncertain(self, address: StorageAddress, listing: Listing, others: str) -> Missing:
        """What is not listed may be meant just as well."""
        reason = (
            f"the catalogue has {len(listing.hits)} {others} and more, which were not all "
            "looked through for it"
        )
        advice = f'pin it to its asset: [pins."{address.qualified_name}"]'
        return Missing(f"{reason}; {advice}", self._nearest(address, [listing]))

    def _missing(self, address: StorageAddress) -> Missing:
        places = (address, address.sibling)
        listings = [
            listing
            for place in places
            for listing in (self._resource_sets(place), self._paths(place))
        ]
        advice = (
            "pin it to the asset of its lakehouse"
            if address.onelake
            else ("scan the storage account in Purview")
        )
        reason = f"the catalogue has no file or resource set for {address.qualified_name}; {advice}"
        return Missing(reason, self._nearest(address, listings), _place(address))

    def _nearest(
        self, address: StorageAddress, listings: Iterable[Listing]
    ) -> tuple[AssetRef, ...]:
        """The names that come closest: the nearest of what is nearest in each listing."""
        closest: list[AssetRef] = []
        for listing in listings:
            if listing not in self._nearby:
                self._nearby[listing] = Nearby(listing.hits)
            closest += self._nearby[listing].nearest(address.qualified_name)
        return Nearby(closest).nearest(address.qualified_name)

    def _read(self, hits: Iterable[SearchHit]) -> None:
        self._discovery.read((hit.type_name, hit.qualified_name) for hit in hits)

    def _confirmed(self, hits: Sequence[SearchHit]) -> list[Asset]:
        """What of the index the store has, too.

        Of many the first, as two are enough to be ambiguous.
        """
        assets = self._stored(hits[:_FIRST])
        return assets if len(assets) > 1 else [*assets, *self._stored(hits[_FIRST:])]

    def _stored(self, hits: Sequence[SearchHit]) -> list[Asset]:
        self._read(hits)
        names = dict.fromkeys((hit.type_name, hit.qualified_name) for hit in hits)
        return [asset for name in names if (asset := self._discovery.named(*name))]

    def _meeting(self, address: StorageAddress, listing: Listing) -> list[SearchHit]:
        """What of a listing can hold files of the address, by name."""
        if listing not in self._names:
            self._names[listing] = ListedNames(listing)
        return sorted(
            self._names[listing].meeting(address.pattern), key=lambda hit: hit.qualified_name
        )

    def _resource_sets(self, address: StorageAddress) -> Listing:
        if not address.container:
            return _NOTHING
        return self._discovery.search((address.kind.resource_set,), (address.root,), most=MOST_HITS)

    def _paths(self, address: StorageAddress, *, inside: bool = False) -> Listing:
        """Files in the folder of an address.

        And near it, in those whose names begin alike, unless `inside`.
        """
        return (
            self._folders[address.kind].below(_folder(address, inside=inside))
            if address.container
            else _NOTHING
        )

    def _list_folders(self, addresses: Iterable[StorageAddress], *, inside: bool = False) -> None:
        by_kind: dict[StorageKind, list[Folder]] = {}
        for address in addresses:
            if address.container:
                by_kind.setdefault(address.kind, []).append(_folder(address, inside=inside))
        for kind, folders in by_kind.items():
            self._folders[kind].read(folders)


def _folder(address: StorageAddress, *, inside: bool) -> Folder:
    """The last folder of an address that is written without a wildcard.

    `inside`: it ends in its slash.
    """
    path, slash, _ = address.pattern.partition("*")[0].rpartition("/")
    return Folder(address.root, path + (slash if inside else ""))


def _by_sibling(outcome: Resolution) -> Resolution:
    """An outcome for the account's other endpoint."""
    return replace(outcome, evidence=Evidence.ENDPOINT) if isinstance(outcome, Found) else outcome


def _place(address: StorageAddress) -> Placeholder | None:
    """Where its asset would stand.

    Of many files nobody knows what set a scan would make of them.
    """
    if address.wildcard or not address.path or address.onelake:
        return None
    return Placeholder(AssetRef(address.spellings[0], address.kind.path, ""))


def _one(assets: Sequence[Asset], evidence: Evidence, address: StorageAddress) -> Resolution | None:
    if not assets:
        return None
    if len(assets) == 1:
        return Found(assets[0], evidence)
    refs: tuple[AssetRef, ...] = tuple(sorted(asset.ref for asset in assets))[:_MOST_CANDIDATES]
    return Ambiguous(
        refs,
        "several assets hold files of the address; pin it to one of them: "
        f'[pins."{address.qualified_name}"]',
    )
