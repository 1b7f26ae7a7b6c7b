"""The assets of a scan's tables with their columns, and the classifications that these bear."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field

from ..account.assets import Found
from ..account.entities import (
    LINEAGE,
    ColumnEntity,
    Entities,
    classifications_of,
    column_entities,
    exists,
    schema_guid,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sql_lineage_purview.model.graph import LineageGraph
    from sql_lineage_purview.model.names import Name

    from ..account.assets import AssetRef, Resolution
    from ..account.typedefs import Json
    from ..resolving.asset_resolution import Resolver
    from .classified import ClassifiedAccount


class ScanAssets(Struct):
    """What was read of the assets of a scan.

    `named` are the assets by the tables of the scan, `scan_guids` all that belongs to them.
    """

    named: Mapping[Name, AssetRef]
    scan_guids: set[str] = field(default_factory=set)
    _columns: dict[str, dict[str, ColumnEntity]] = field(default_factory=dict)
    _classifications: dict[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def read(cls, graph: LineageGraph, resolver: Resolver, client: ClassifiedAccount) -> ScanAssets:
        """Resolve the tables of a scan, and read their assets with the columns.

        Raises:
            PurviewError: the account does not answer, or refuses.
        """
        resolutions = resolver.resolve(graph.tables)
        names = (table.name for table in graph.tables)
        assets = cls({name: ref for name in names if (ref := _ref(resolutions, name))})
        assets._read((ref.guid for ref in assets.named.values()), client)
        return assets

    @property
    def classifications(self) -> set[str]:
        """All that assets and columns bear."""
        rows = [*self._classifications.values()]
        rows += [
            column.classifications
            for columns in self._columns.values()
            for column in columns.values()
        ]
        return set().union(*rows)

    def columns(self, asset: AssetRef) -> Mapping[str, ColumnEntity]:
        """The columns of an asset, by their names without case."""
        return self._columns.get(asset.guid, {})

    def classifications_of(self, asset: AssetRef) -> frozenset[str]:
        """What an asset bears as a whole."""
        return self._classifications.get(asset.guid, frozenset())

    def _read(self, guids: Iterable[str], client: ClassifiedAccount) -> None:
        """Read assets; the columns of files stand in schemas, which are read in bulks too."""
        schemas: dict[str, str] = {}
        for part in client.read_guids(guids, exclude=LINEAGE):
            for entity in filter(exists, part.entities):
                guid, rows = entity["guid"], column_entities(entity, part.referred)
                schema = None if rows else schema_guid(Entities((entity,), {}))
                if schema:
                    schemas[schema] = guid
                self._add(guid, rows)
                self._classifications[guid] = classifications_of(entity)
        for part in client.read_guids(schemas):
            for entity in filter(exists, part.entities):
                self._add_schema(entity, schemas[entity["guid"]], part.referred)

    def _add_schema(self, entity: Json, asset: str, referred: Mapping[str, Json]) -> None:
        self.scan_guids.add(entity["guid"])
        self._add(asset, column_entities(entity, referred))

    def _add(self, guid: str, rows: Iterable[ColumnEntity]) -> None:
        # The catalogue's spelling of a column need not be that of the scripts, which SQL takes
        # for the same.
        self._columns[guid] = {row.name.casefold(): row for row in rows}
        self.scan_guids |= {guid, *(row.guid for row in self._columns[guid].values())}


def _ref(resolutions: Mapping[Name, Resolution], name: Name) -> AssetRef | None:
    resolution = resolutions.get(name)
    return resolution.asset.ref if isinstance(resolution, Found) else None
