"""Where classified data goes: classifications of the account, traced down a scan's lineage.

Source: https://learn.microsoft.com/purview/data-map-classification
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sql_lineage_purview.model.graph import Column

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
from .classified import search_classified
from .reach import Reached, followed_edges, reached_from

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sql_lineage_purview.model.graph import LineageGraph
    from sql_lineage_purview.model.names import Name

    from ..account.assets import AssetRef, Resolution
    from ..account.client import DataMapClient
    from ..resolving.asset_resolution import Resolver

_ALL_COLUMNS = "*"


@dataclass(frozen=True, slots=True)
class TracedColumn:
    """A column that classified data reaches, and what the account knows of it.

    Args:
        reached: The column of the scan, and the path to it.
        asset: The asset of its table; None where there is none.
        entity: The column in the account; None where it has none of this name.
        classified: Does it bear the classification already?
    """

    reached: Reached
    asset: AssetRef | None
    entity: ColumnEntity | None
    classified: bool

    @property
    def proposed(self) -> bool:
        """Should it bear the classification, and can it be given it?"""
        return self.reached.certain and not self.classified and self.entity is not None


@dataclass(frozen=True, slots=True)
class Trace:
    """Where one classification's data goes.

    Args:
        classification: Its name.
        origins: The columns of the scan that bear it; `*` where a table bears it as a whole.
        columns: What is reached from these, nearest first.
        other_entities: How many other entities bear it, which no table of the scan is.
        more_entities: There may be more of these than were counted.
        unsearched: Where so much bears it that not all was looked at; what is classified by a
            derived classification alone may be missing there.
    """

    classification: str
    origins: tuple[Column, ...]
    columns: tuple[TracedColumn, ...]
    other_entities: int = 0
    more_entities: bool = False
    unsearched: tuple[str, ...] = ()

    @property
    def proposed(self) -> tuple[TracedColumn, ...]:
        """The columns that should be given the classification."""
        return tuple(row for row in self.columns if row.proposed)


def trace(
    graph: LineageGraph, resolver: Resolver, client: DataMapClient, classification: str
) -> Trace:
    """Follow what bears a classification to every column that its values reach; nothing is written.

    Args:
        graph: The scan.
        resolver: Finds the assets of its tables.
        client: Reads classifications.
        classification: Its name, as `MICROSOFT.PERSONAL.EMAIL`.

    Raises:
        NotFoundError: nothing bears it, and it does not even exist.
        PurviewError: the account does not answer, or refuses.
    """
    resolutions = resolver.resolve(graph.tables)
    refs = [row.asset.ref for row in resolutions.values() if isinstance(row, Found)]
    classified = search_classified(client, classification, refs)
    bearing = _Bearing(client, classification, classified.guids)
    bearing.read(ref.guid for ref in refs)
    named = {
        table.name: asset for table in graph.tables if (asset := _ref(resolutions, table.name))
    }
    origins = _origins(graph, named, bearing)
    if not (origins or classified.guids):
        # Asked for alone where nothing bears it: a name that is misspelt would look like one that
        # is not used.
        client.get_classification(classification)
    columns = tuple(_traced(row, named, bearing) for row in reached_from(graph, origins))
    other_entities = len(classified.guids - bearing.scan_guids)
    return Trace(
        classification,
        origins,
        columns,
        other_entities,
        not classified.complete,
        classified.unsearched,
    )


class _Bearing:
    """What of the account bears the classification, as far as the scan's assets go.

    The search index tells it, but lags behind; what is read with an asset tells it too.
    """

    def __init__(self, client: DataMapClient, classification: str, hits: frozenset[str]) -> None:
        self._client = client
        self._classification = classification
        self._hits = hits
        self._columns: dict[str, dict[str, ColumnEntity]] = {}
        self._classified_assets: set[str] = set()
        self.scan_guids: set[str] = set()

    def read(self, guids: Iterable[str]) -> None:
        """Read assets with their columns.

        Those of files stand in schemas, which are read in bulks too.
        """
        schemas: dict[str, str] = {}
        for part in self._client.read_guids(guids, exclude=LINEAGE):
            for entity in filter(exists, part.entities):
                guid, rows = entity["guid"], column_entities(entity, part.referred)
                schema = None if rows else schema_guid(Entities((entity,), {}))
                if schema:
                    schemas[schema] = guid
                self._add(guid, rows)
                if guid in self._hits or self._classification in classifications_of(entity):
                    self._classified_assets.add(guid)
        for part in self._client.read_guids(schemas):
            for entity in filter(exists, part.entities):
                self.scan_guids.add(entity["guid"])
                self._add(schemas[entity["guid"]], column_entities(entity, part.referred))

    def _add(self, guid: str, rows: Iterable[ColumnEntity]) -> None:
        # The catalogue's spelling of a column need not be that of the scripts, which SQL takes
        # for the same.
        self._columns[guid] = {row.name.casefold(): row for row in rows}
        self.scan_guids |= {guid, *(row.guid for row in self._columns[guid].values())}

    def column(self, asset: AssetRef, name: str) -> ColumnEntity | None:
        return self._columns.get(asset.guid, {}).get(name.casefold())

    def bears(self, column: ColumnEntity) -> bool:
        return column.guid in self._hits or self._classification in column.classifications

    def origins(self, asset: AssetRef) -> set[str]:
        """The columns of an asset that bear it, case-folded.

        `*` where the asset does and none of its columns.
        """
        names = {name for name, row in self._columns.get(asset.guid, {}).items() if self.bears(row)}
        return names or ({_ALL_COLUMNS} if asset.guid in self._classified_assets else set())


def _ref(resolutions: Mapping[Name, Resolution], name: Name) -> AssetRef | None:
    resolution = resolutions.get(name)
    return resolution.asset.ref if isinstance(resolution, Found) else None


def _origins(
    graph: LineageGraph, named: Mapping[Name, AssetRef], bearing: _Bearing
) -> tuple[Column, ...]:
    """The columns of the scan that bear the classification, as the scan spells them."""
    spelled: dict[Name, dict[str, str]] = {}
    for edge in followed_edges(graph):
        for end in (edge.source, edge.target):
            if end.column is not None:
                spelled.setdefault(end.table, {})[end.column.casefold()] = end.column
    return tuple(
        Column(
            table,
            spelled.get(table, {}).get(
                name, row.name if (row := bearing.column(ref, name)) else name
            ),
        )
        for table, ref in named.items()
        for name in sorted(bearing.origins(ref))
    )


def _traced(reached: Reached, named: Mapping[Name, AssetRef], bearing: _Bearing) -> TracedColumn:
    asset = named.get(reached.column.table)
    name = reached.column.column or _ALL_COLUMNS
    entity = bearing.column(asset, name) if asset and name != _ALL_COLUMNS else None
    return TracedColumn(
        reached, asset, entity, classified=entity is not None and bearing.bears(entity)
    )
