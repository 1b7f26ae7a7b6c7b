"""Reading assets of the account: each at most once, confirmed by the store, since the search index lags behind."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Protocol

from ..account.entities import assets_of, schema_guid
from ..errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..account.assets import Asset
    from ..account.client import Entities, SearchHit


class Assets(Protocol):
    """What is asked of an account; a client is one, and so is a snapshot of assets."""

    def get_entity(self, guid: str) -> Entities:
        """An entity; raises NotFoundError where there is none."""

    def get_entities(self, type_name: str, qualified_names: Iterable[str]) -> Entities:
        """The entities of one type that have these qualified names."""

    def search(self, type_name: str, contains: str) -> Iterator[SearchHit]:
        """The entities of a type whose qualified name contains a text."""


class Discovery:
    """What is known of one account's assets so far."""

    def __init__(self, client: Assets) -> None:
        self._client = client
        self._assets: dict[str, Asset] = {}
        self._asked: set[tuple[str, str]] = set()
        self._hits: dict[tuple[str, str, int | None], tuple[SearchHit, ...]] = {}

    @property
    def assets(self) -> Iterator[Asset]:
        """All assets that were read."""
        return iter(self._assets.values())

    def read(self, wanted: Iterable[tuple[str, str]]) -> None:
        """Read the assets of these types and qualified names, as far as they exist."""
        by_type: dict[str, list[str]] = {}
        for type_name, qualified_name in wanted:
            if (type_name, qualified_name) not in self._asked:
                self._asked.add((type_name, qualified_name))
                by_type.setdefault(type_name, []).append(qualified_name)
        for type_name, names in by_type.items():
            for asset in assets_of(self._client.get_entities(type_name, names)):
                self._assets[asset.ref.guid] = asset

    def hits(self, type_name: str, contains: str, *, most: int | None = None) -> tuple[SearchHit, ...]:
        """What the search index has of a type whose qualified names contain a text; the first `most` of it."""
        key = (type_name, contains, most)
        if key not in self._hits:
            self._hits[key] = tuple(islice(self._client.search(type_name, contains), most))
        return self._hits[key]

    def with_columns(self, asset: Asset) -> Asset:
        """The asset of a file with its columns, which stand in an entity of their own."""
        if asset.columns is not None:
            return asset
        try:
            entity = self._client.get_entity(asset.ref.guid)
            guid = schema_guid(entity)
            schema = assets_of(self._client.get_entity(guid)) if guid else []
        except NotFoundError:
            return asset
        return replace(asset, columns=schema[0].columns, truncated=schema[0].truncated) if schema else asset
