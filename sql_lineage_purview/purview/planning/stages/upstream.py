"""What stands upstream of a table, as far as tables without an asset lead.

That is tables, and where the values of columns come from.
"""

from __future__ import annotations

from collections import defaultdict
from enum import Enum, auto
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct, field

from sql_lineage_purview.model.graph import Column
from sql_lineage_purview.model.vocabulary import Certainty, EdgeType, Subtype, compose

from ...account.assets import Ambiguous, Found
from ..flows import Carrier, Passage, lines_of, writer_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from sql_lineage_purview.model.graph import ColumnEdge, Statement
    from sql_lineage_purview.model.names import Name

    from ...account.assets import Resolution
    from ..flows import Flow, Transfer, Writer

Origins: TypeAlias = "dict[tuple[Column, Subtype], Certainty]"
"""How columns take part in another, and how surely that is known."""

_ANY = "*"


class Influence(Enum):
    """How the data of one table reaches another."""

    INDIRECT = auto()
    """It only decides which rows come."""
    DIRECT = auto()
    """Its values do, in columns that are known."""
    UNMAPPED = auto()
    """Its values do, and nobody knows in which columns."""

    def after(self, inner: Influence) -> Influence:
        """How data goes on that has come by `inner`."""
        # what once only decided about rows never becomes a value again
        return next(
            kind
            for kind in (Influence.INDIRECT, Influence.UNMAPPED, Influence.DIRECT)
            if kind in (self, inner)
        )

    @staticmethod
    def of(transfer: Transfer) -> Influence:
        """How a transfer's data goes."""
        if transfer.type is EdgeType.INDIRECT:
            return Influence.INDIRECT
        return Influence.DIRECT if transfer.columns_known else Influence.UNMAPPED


class _Inflow(Struct):
    """What flows into one table; `writers` are the transfers of each who fills it."""

    sources: dict[Name, set[Influence]] = field(default_factory=dict)
    writers: dict[Writer, list[tuple[Flow, Transfer]]] = field(default_factory=dict)
    columns: dict[str | None, dict[ColumnEdge, None]] = field(default_factory=dict)

    def into(self, column: str) -> Iterator[ColumnEdge]:
        """The edges into a column. Where no spelling is the same, case does not count."""
        if column in self.columns:
            yield from self.columns[column]
            return
        folded = column.casefold()
        for name, edges in self.columns.items():
            if name is not None and name.casefold() == folded:
                yield from edges


class UpstreamRoute(Struct):
    """What is met on the way upstream from a table.

    Args:
        sources: The first tables that have an asset: how many tables lie between, and how their
            data comes.
        passed: The tables without an asset that lie between, and the how manieth each is.
        ambiguous: Tables that may be one of several assets; the way ends there.
        too_far: Tables without an asset that more others lie before than are passed.
    """

    sources: dict[Name, tuple[int, set[Influence]]] = field(default_factory=dict)
    passed: dict[Name, int] = field(default_factory=dict)
    ambiguous: dict[Name, None] = field(default_factory=dict)
    too_far: tuple[Name, ...] = ()


class Upstream:
    """Looks upstream in the flows of a scan.

    Args:
        flows: All flows, those too that no process can be made of.
        outcomes: The asset of each table. A table that is not looked up, since it is excluded, has
            none.
        most: How many tables without an asset may lie in a row.
    """

    def __init__(
        self, flows: Iterable[Flow], outcomes: Mapping[Name, Resolution], most: int
    ) -> None:
        self._outcomes = outcomes
        self._most = most
        self._inflows: dict[Name, _Inflow] = defaultdict(_Inflow)
        self._origins: dict[Column, Origins] = {}
        self._routes: dict[frozenset[tuple[Name, Influence]], UpstreamRoute] = {}
        self._beyond: dict[Name, tuple[Name, ...]] = {}
        self._passages: dict[Name, Passage] = {}
        for flow in flows:
            for transfer in flow.transfers:
                if not self.has_asset(transfer.target):
                    inflow = self._inflows[transfer.target]
                    inflow.sources.setdefault(transfer.source, set()).add(Influence.of(transfer))
                    inflow.writers.setdefault(writer_of(flow), []).append((flow, transfer))
            for edge in flow.columns:
                if not self.has_asset(edge.target.table):
                    self._inflows[edge.target.table].columns.setdefault(edge.target.column, {})[
                        edge
                    ] = None

    def has_asset(self, table: Name) -> bool:
        """Is it known which asset a table is?"""
        return isinstance(self._outcomes.get(table), Found)

    def is_ambiguous(self, table: Name) -> bool:
        """May it be one of several assets?"""
        return isinstance(self._outcomes.get(table), Ambiguous)

    def is_passable(self, table: Name) -> bool:
        """Does lineage go through a table, since no asset can stand for it?"""
        return not self.has_asset(table) and not self.is_ambiguous(table)

    def sources(self, table: Name) -> Collection[Name]:
        """What fills a table that has no asset."""
        return self._inflows[table].sources if table in self._inflows else ()

    def statements(self, table: Name, writer: Writer) -> Iterator[Statement]:
        """What of a writer fills a table that has no asset."""
        if table in self._inflows:
            for _, transfer in self._inflows[table].writers.get(writer, ()):
                yield from transfer.statements

    def passage(self, table: Name) -> Passage:
        """A table that has no asset, with all who fill it."""
        if table not in self._passages:
            self._passages[table] = Passage(table, _carriers(self._inflows[table].writers.values()))
        return self._passages[table]

    def route(self, borders: Iterable[tuple[Name, Influence]]) -> UpstreamRoute:
        """What is met upstream of `borders`.

        These are tables without an asset, of each of which it is known how its data goes on.
        """
        level = list(borders)
        key = frozenset(level)
        if key not in self._routes:
            self._routes[key] = self._followed_tables(level)
        return self._routes[key]

    def _followed_tables(self, level: list[tuple[Name, Influence]]) -> UpstreamRoute:
        route = UpstreamRoute()
        visited: set[tuple[Name, Influence]] = set()
        distance = 0
        # level by level, so that each table is met on its shortest way, and circles end
        while level and distance < self._most:
            distance += 1
            visited.update(level)
            route.passed |= {table: distance for table, _ in level if table not in route.passed}
            level = list(
                dict.fromkeys(
                    step
                    for table, reach in level
                    for step in self._steps(table, reach, distance, route)
                )
            )
            level = [step for step in level if step not in visited]
        route.too_far = tuple(
            dict.fromkeys(table for table, _ in level if table not in route.passed)
        )
        return route

    def _steps(
        self, table: Name, outer: Influence, distance: int, route: UpstreamRoute
    ) -> Iterator[tuple[Name, Influence]]:
        """Note what fills a table, and tell what of it has no asset either."""
        for source in self.sources(table):
            reaches = {outer.after(inner) for inner in self._inflows[table].sources[source]}
            if self.has_asset(source):
                route.sources.setdefault(source, (distance, set()))[1].update(reaches)
            elif self.is_ambiguous(source):
                route.ambiguous[source] = None
            else:
                yield from ((source, reach) for reach in Influence if reach in reaches)

    def fed(self, passed: Iterable[Name], sources: Collection[Name]) -> set[Name]:
        """Those of some tables without an asset that data of `sources` comes through."""
        passed = list(passed)
        fed_tables = {
            table for table in passed if any(source in sources for source in self.sources(table))
        }
        feeds: dict[Name, list[Name]] = defaultdict(list)
        for table in passed:
            for source in self.sources(table):
                feeds[source].append(table)
        waiting = list(fed_tables)
        while waiting:
            fresh = [table for table in feeds[waiting.pop()] if table not in fed_tables]
            fed_tables.update(fresh)
            waiting += fresh
        return fed_tables

    def beyond(self, table: Name) -> tuple[Name, ...]:
        """All tables with an asset that data would come from if no way ended at this table."""
        if table not in self._beyond:
            tables: dict[Name, None] = {}
            visited = {table}
            waiting = [table]
            while waiting:
                for source in self.sources(waiting.pop()):
                    if self.has_asset(source):
                        tables[source] = None
                    elif source not in visited:
                        visited.add(source)
                        waiting.append(source)
            self._beyond[table] = tuple(sorted(tables, key=str))
        return self._beyond[table]

    def origins(self, column: Column) -> Origins:
        """The columns with an asset that a column, or rows, of a table without one come from."""
        if column not in self._origins:
            self._origins[column] = self._followed_columns(column)
        return self._origins[column]

    def _followed_columns(self, column: Column) -> Origins:
        origins: Origins = {}
        visited: Origins = {(column, Subtype.IDENTITY): Certainty.EXACT}
        level = dict(visited)
        for _ in range(self._most):
            waiting: Origins = {}
            for (inner, outer), certainty in level.items():
                for source, subtype, step_certainty in self._into(inner):
                    key, surety = (source, compose(outer, subtype)), certainty & step_certainty
                    if self.has_asset(source.table):
                        origins[key] = origins.get(key, surety) | surety
                    # a column is gone on from only where it is known better than before, so that
                    # circles end
                    elif self.is_passable(source.table) and (
                        better := visited.get(key, surety) | surety
                    ) != visited.get(key):
                        visited[key] = waiting[key] = better
            level = waiting
        return origins

    def _into(self, column: Column) -> Iterator[tuple[Column, Subtype, Certainty]]:
        """What flows into a column (`*`: some column), or (None) decides which rows a table has.

        Where it is not known which column is meant, on either side, it is not known either which
        one of the source it is.
        """
        inflow = self._inflows.get(column.table)
        if inflow is None:
            return
        if column.column is None:
            yield from (
                (edge.source, edge.subtype, edge.certainty) for edge in inflow.columns.get(None, ())
            )
            rows = (Column(source, None) for source in inflow.sources if self.is_passable(source))
            yield from ((source, Subtype.IDENTITY, Certainty.EXACT) for source in rows)
            return
        if column.column != _ANY:
            yield from (
                (edge.source, edge.subtype, edge.certainty) for edge in inflow.into(column.column)
            )
        for name in inflow.columns if column.column == _ANY else (_ANY,):
            edges = inflow.columns.get(name, ()) if name is not None else ()
            yield from (
                (Column(edge.source.table, _ANY), edge.subtype, Certainty.PARTIAL) for edge in edges
            )


def _carriers(writers: Iterable[Iterable[tuple[Flow, Transfer]]]) -> tuple[Carrier, ...]:
    line_ranges: dict[tuple[str, str, bool], list[tuple[int, int]]] = {}
    for rows in writers:
        for flow, transfer in rows:
            key = ("" if flow.module is None else str(flow.module), flow.path, flow.declared)
            line_ranges.setdefault(key, []).append(lines_of(flow, transfer))
    return tuple(
        Carrier(
            module, path, min(first for first, _ in lines), max(last for _, last in lines), declared
        )
        for (module, path, declared), lines in sorted(line_ranges.items())
    )
