"""Where classified data goes: classifications of the account, traced down a scan's lineage.

Source: https://learn.microsoft.com/purview/data-map-classification
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from sql_lineage_purview.model.graph import Column

from .classified import search_classified
from .reach import Reached, followed_edges, reached_from
from .scan_assets import ScanAssets

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sql_lineage_purview.model.graph import LineageGraph
    from sql_lineage_purview.model.names import Name

    from ..account.assets import AssetRef
    from ..account.entities import ColumnEntity
    from ..resolving.asset_resolution import Resolver
    from .classified import ClassifiedAccount

_ALL_COLUMNS = "*"


class TracedColumn(Struct, frozen=True):
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


class Trace(Struct, frozen=True):
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
    graph: LineageGraph, resolver: Resolver, client: ClassifiedAccount, classification: str
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
    return _trace(graph, ScanAssets.read(graph, resolver, client), client, classification)


def trace_all(
    graph: LineageGraph, resolver: Resolver, client: ClassifiedAccount
) -> tuple[Trace, ...]:
    """Follow each classification that the assets of a scan bear, by name; nothing is written.

    Args:
        graph: The scan.
        resolver: Finds the assets of its tables.
        client: Reads classifications.

    Raises:
        PurviewError: the account does not answer, or refuses.
    """
    assets = ScanAssets.read(graph, resolver, client)
    names = sorted(assets.classifications)
    return tuple(_trace(graph, assets, client, name) for name in names)


def _trace(
    graph: LineageGraph, assets: ScanAssets, client: ClassifiedAccount, classification: str
) -> Trace:
    classified = search_classified(client, classification, assets.named.values())
    bearing = _Bearing(assets, classification, classified.guids)
    named = assets.named
    origins = _origins(graph, named, bearing)
    if not (origins or classified.guids):
        # Asked for alone where nothing bears it: a name that is misspelt would look like one that
        # is not used.
        client.get_classification(classification)
    columns = tuple(_traced(row, named, bearing) for row in reached_from(graph, origins))
    other_entities = len(classified.guids - assets.scan_guids)
    return Trace(
        classification,
        origins,
        columns,
        other_entities,
        not classified.complete,
        classified.unsearched,
    )


class _Bearing:
    """What of a scan's assets bears a classification.

    The search index tells it, but lags behind; what is read with an asset tells it too.
    """

    def __init__(self, assets: ScanAssets, classification: str, hits: frozenset[str]) -> None:
        self._assets = assets
        self._classification = classification
        self._hits = hits

    def column(self, asset: AssetRef, name: str) -> ColumnEntity | None:
        return self._assets.columns(asset).get(name.casefold())

    def bears(self, column: ColumnEntity) -> bool:
        return column.guid in self._hits or self._classification in column.classifications

    def origins(self, asset: AssetRef) -> set[str]:
        """The columns of an asset that bear it, case-folded.

        `*` where the asset does and none of its columns.
        """
        names = {name for name, row in self._assets.columns(asset).items() if self.bears(row)}
        bears_itself = asset.guid in self._hits or (
            self._classification in self._assets.classifications_of(asset)
        )
        return names or ({_ALL_COLUMNS} if bears_itself else set())


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
