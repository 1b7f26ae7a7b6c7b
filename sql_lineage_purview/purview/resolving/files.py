"""Files in Azure Storage: which path, container or resource set is meant by an address in SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..account.assets import Ambiguous, Asset, AssetRef, Evidence, Found, Missing, Placeholder, Resolution
from .discovery import Listing
from .nearest import nearest
from .resource_sets import overlaps
from .spellings import MOST_HITS
from .storage import StorageAddress, file_key, parse_address, without_query

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sql_lineage_purview.model.names import Name

    from ..account.client import SearchHit
    from .discovery import Discovery

# A container may hold millions of files; these are enough to find what a wildcard covers, and near names.
_MOST_PATHS = 1_000
_MOST_CANDIDATES = 10
_NOTHING = Listing((), complete=True)


def resolve_files(names: Iterable[Name], discovery: Discovery) -> dict[Name, Resolution]:
    """Find each address: the exact path, then the resource set that holds its files, then a single file that it covers."""
    outcomes: dict[Name, Resolution] = {}
    addresses: dict[Name, StorageAddress] = {}
    for name in names:
        address = parse_address(name.last)
        if address:
            addresses[name] = address
        else:
            shown = without_query(name.last)
            outcomes[name] = Missing(f"{shown} is no address in Azure Data Lake Storage Gen2 or Blob Storage; pin it to an asset")
    discovery.read(
        (type_name, spelling)
        for address in addresses.values()
        for place in (address, address.sibling)
        if not address.wildcard
        for type_name in place.types
        for spelling in place.spellings
    )
    outcomes |= {name: _resolve(address, discovery) for name, address in addresses.items()}
    return outcomes


def _resolve(address: StorageAddress, discovery: Discovery) -> Resolution:
    ways: Sequence[Callable[[StorageAddress, Discovery], Resolution | None]] = (_exact, _in_resource_set, _only_file)
    for way in ways:
        for place in (address, address.sibling):
            outcome = way(place, discovery)
            if isinstance(outcome, Found):
                evidence = outcome.evidence if place is address else Evidence.ENDPOINT
                return Found(outcome.asset, evidence)
            if outcome:
                return outcome
    places = (address, address.sibling)
    hits = [hit for place in places for listed in (_resource_sets, _paths) for hit in listed(place, discovery).hits]
    advice = "pin it to the asset of its lakehouse" if address.onelake else "scan the storage account in Purview"
    reason = f"the catalogue has no file or resource set for {address.qualified_name}; {advice}"
    return Missing(reason, nearest(address.qualified_name, hits), _place(address))


def _place(address: StorageAddress) -> Placeholder | None:
    """Where its asset would stand. Of many files nobody knows what set a scan would make of them."""
    if address.wildcard or not address.path or address.onelake:
        return None
    return Placeholder(AssetRef(address.spellings[0], address.kind.path, ""))


def _exact(address: StorageAddress, discovery: Discovery) -> Resolution | None:
    """The asset of just this name; a path comes before a resource set."""
    if address.wildcard:
        return None
    key = file_key(address.qualified_name)
    for type_name in address.types:
        found = [
            asset for asset in discovery.assets if asset.ref.type_name == type_name and file_key(asset.ref.qualified_name) == key
        ]
        if found:
            return _one(found, Evidence.EXACT, address)
    return None


def _in_resource_set(address: StorageAddress, discovery: Discovery) -> Resolution | None:
    """The resource set that can hold files of this address."""
    listing = _resource_sets(address, discovery)
    if not listing.complete:
        return _uncertain(address, listing, "resource sets in its container")
    hits = [hit for hit in listing.hits if overlaps(address.pattern, file_key(hit.qualified_name))]
    return _one(_confirmed(hits, discovery), Evidence.RESOURCE_SET, address)


def _only_file(address: StorageAddress, discovery: Discovery) -> Resolution | None:
    """The file that a wildcard or folder covers."""
    if not (address.wildcard or address.folder):
        return None
    listing = _paths(address, discovery)
    hits = [hit for hit in listing.hits if overlaps(address.pattern, file_key(hit.qualified_name))]
    outcome = _one(_confirmed(hits, discovery), Evidence.CONTAINED, address)
    return outcome if listing.complete or isinstance(outcome, Ambiguous) else _uncertain(address, listing, "files there")


def _uncertain(address: StorageAddress, listing: Listing, others: str) -> Missing:
    """What is not listed may be meant just as well."""
    said = f"the catalogue has {len(listing.hits)} {others} and more, which were not all looked through for it"
    advice = f'pin it to its asset: [pins."{address.qualified_name}"]'
    return Missing(f"{said}; {advice}", nearest(address.qualified_name, listing.hits))


def _one(assets: Sequence[Asset], evidence: Evidence, address: StorageAddress) -> Resolution | None:
    if not assets:
        return None
    if len(assets) == 1:
        return Found(assets[0], evidence)
    refs: tuple[AssetRef, ...] = tuple(sorted(asset.ref for asset in assets))[:_MOST_CANDIDATES]
    return Ambiguous(refs, f'several assets hold files of the address; pin it to one of them: [pins."{address.qualified_name}"]')


def _confirmed(hits: Sequence[SearchHit], discovery: Discovery) -> list[Asset]:
    discovery.read((hit.type_name, hit.qualified_name) for hit in hits)
    names = {(hit.type_name, hit.qualified_name) for hit in hits}
    return [asset for asset in discovery.assets if (asset.ref.type_name, asset.ref.qualified_name) in names]


def _resource_sets(address: StorageAddress, discovery: Discovery) -> Listing:
    return discovery.search((address.kind.resource_set,), (address.root,), most=MOST_HITS) if address.container else _NOTHING


def _paths(address: StorageAddress, discovery: Discovery) -> Listing:
    """Files of the catalogue near an address: those below its last folder that is written without a wildcard."""
    if not address.container:
        return _NOTHING
    fixed = address.pattern.partition("*")[0].rpartition("/")[0]
    return discovery.search((address.kind.path,), (fixed,), most=_MOST_PATHS)
