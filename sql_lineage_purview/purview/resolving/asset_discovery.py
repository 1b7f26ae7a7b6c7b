"""Reading assets of the account, each at most once.

The store confirms them, since the search index lags behind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from msgspec import Struct
from msgspec.structs import replace

from ..account.entities import LINEAGE, Entities, assets_of, exists, schema_guid

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from ..account.assets import Asset
    from ..account.client import SearchHit


class Assets(Protocol):
    """What is asked of an account; a client is one, and so is a snapshot of assets."""

    def locate(self, type_name: str, qualified_names: Iterable[str]) -> Iterator[Entities]:
        """The entities of one type with these qualified names, without what they relate to."""

    def read_guids(
        self, guids: Iterable[str], *, exclude: Collection[str] = ()
    ) -> Iterator[Entities]:
        """The entities of these guids, without relationships of some types."""

    def search_any(
        self, type_names: Sequence[str], contains: Sequence[str], *, most: int | None = None
    ) -> Iterator[SearchHit]:
        """The entities of some types whose qualified name contains one of some texts."""


class Listing(Struct, frozen=True, eq=False):
    """What the search index has; `complete`: it has fewer than were asked for, so these are all.

    It is equal to itself alone, so that what is made of it can be kept under it, however long it
    is.
    """

    hits: tuple[SearchHit, ...]
    complete: bool


class Discovery:
    """What is known of one account's assets so far."""

    def __init__(self, client: Assets) -> None:
        self._client = client
        self._assets: dict[str, Asset] = {}
        self._guids: dict[tuple[str, str], str] = {}
        self._asked: set[tuple[str, str]] = set()
        self._listings: dict[tuple[tuple[str, ...], tuple[str, ...]], Listing] = {}

    @property
    def index(self) -> Assets:
        """What is asked for names in any spelling."""
        return self._client

    @property
    def assets(self) -> Iterator[Asset]:
        """All assets that were read."""
        return iter(self._assets.values())

    def named(self, type_name: str, qualified_name: str) -> Asset | None:
        """The asset of a type and qualified name, where it was read and exists."""
        return self._assets.get(self._guids.get((type_name, qualified_name), ""))

    def read(self, references: Iterable[tuple[str, str]]) -> None:
        """Read the assets of these types and qualified names, as far as they exist.

        By name their guids alone, by guid the assets with their columns: what processes they have
        is not asked for.
        """
        by_type: dict[str, list[str]] = {}
        for type_name, qualified_name in references:
            # What was asked for and does not exist is not asked for again: the same names come by
            # several ways, exact ones and hits of the index.
            if (type_name, qualified_name) not in self._asked:
                self._asked.add((type_name, qualified_name))
                by_type.setdefault(type_name, []).append(qualified_name)
        parts = (
            part
            for type_name, names in by_type.items()
            for part in self._client.locate(type_name, names)
        )
        guids = [
            entity.get("guid") or "" for part in parts for entity in part.entities if exists(entity)
        ]
        self._read_guids(guid for guid in guids if guid not in self._assets)

    def _read_guids(self, guids: Iterable[str]) -> None:
        """Read assets; the columns of files stand in entities of their own."""
        schemas: dict[str, str] = {}
        for part in self._client.read_guids(guids, exclude=LINEAGE):
            for asset in assets_of(part):
                self._assets[asset.ref.guid] = asset
                self._guids[asset.ref.type_name, asset.ref.qualified_name] = asset.ref.guid
            pairs = (
                (schema_guid(Entities((entity,), {})), entity.get("guid") or "")
                for entity in part.entities
            )
            schemas |= {
                schema: guid for schema, guid in pairs if schema and self._lacks_columns(guid)
            }
        for part in self._client.read_guids(schemas) if schemas else ():
            for schema in assets_of(part):
                guid = schemas[schema.ref.guid]
                self._assets[guid] = replace(
                    self._assets[guid], columns=schema.columns, truncated=schema.truncated
                )

    def _lacks_columns(self, guid: str) -> bool:
        return guid in self._assets and self._assets[guid].columns is None

    def search(self, type_names: Sequence[str], contains: Sequence[str], *, most: int) -> Listing:
        """The first `most` of what the search index has of some types.

        Their qualified names contain one of some texts.
        """
        key = (tuple(type_names), tuple(contains))
        if key not in self._listings:
            hits = tuple(self._client.search_any(type_names, contains, most=most))
            self._listings[key] = Listing(hits, complete=len(hits) < most)
        return self._listings[key]
