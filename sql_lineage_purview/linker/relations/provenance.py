"""Flows: which persistent columns and tables take part in something, and how.

They also say by which statements these came there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, TypeAlias

from ...model.graph import Column
from ...model.names import Name
from ...model.vocabulary import CHAINS, Certainty, EdgeType, Subtype


class StatementIds:
    """A set of ids of statements that is put together only once it is looked into.

    A value that wanders through thousands of variables would else be thousands of sets, most of
    them never looked into.
    """

    __slots__ = ("ids", "parts")

    def __init__(self, ids: Iterable[str] = (), parts: tuple[StatementIds, ...] = ()) -> None:
        self.ids = frozenset(ids)
        self.parts = parts

    def __or__(self, other: StatementIds) -> StatementIds:
        """The ids of both."""
        if self is other or other is NO_STATEMENTS:
            return self
        return other if self is NO_STATEMENTS else StatementIds(parts=(self, other))

    def __iter__(self) -> Iterator[str]:
        return iter(self.all())

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, StatementIds) and self.all() == other.all())

    def __hash__(self) -> int:
        return hash(self.all())

    def all(self) -> frozenset[str]:
        """The ids, from here on in one set."""
        if self.parts:
            ids: set[str] = set()
            # by identity: to ask two sets whether they are equal would put both together
            visited = {id(self)}
            pending = [self]
            while pending:
                part = pending.pop()
                ids |= part.ids
                parts = [inner for inner in part.parts if id(inner) not in visited]
                visited.update(map(id, parts))
                pending += parts
            self.ids, self.parts = frozenset(ids), ()
        return self.ids


NO_STATEMENTS = StatementIds()


class Provenance(NamedTuple):
    """How a column takes part: how surely that is known, and which statements carried it.

    These are the ids of the statements that have carried its values so far.
    """

    certainty: Certainty
    statements: StatementIds = NO_STATEMENTS

    def __and__(self, provenance: Provenance) -> Provenance:
        """A way that goes on as another."""
        if provenance is EXACT:
            return self
        if self is EXACT:
            return provenance
        return Provenance(
            self.certainty & provenance.certainty, self.statements | provenance.statements
        )

    def __or__(self, provenance: Provenance) -> Provenance:
        """Two ways between the same ends; the surer one counts, and both are told."""
        if self is provenance:
            return self
        return Provenance(
            self.certainty | provenance.certainty, self.statements | provenance.statements
        )


class TableProvenance(NamedTuple):
    """How a table takes part, and the ids of the statements that have carried its rows so far."""

    type: EdgeType
    statements: StatementIds = NO_STATEMENTS

    def __and__(self, provenance: TableProvenance) -> TableProvenance:
        """A part that something has which itself has a part: INDIRECT where either is."""
        if provenance is DIRECT:
            return self
        kind = (
            EdgeType.INDIRECT
            if EdgeType.INDIRECT in (self.type, provenance.type)
            else EdgeType.DIRECT
        )
        return TableProvenance(kind, self.statements | provenance.statements)

    def __or__(self, provenance: TableProvenance) -> TableProvenance:
        """Two parts that one table has: DIRECT where either is."""
        if self is provenance:
            return self
        kind = (
            EdgeType.DIRECT
            if EdgeType.DIRECT in (self.type, provenance.type)
            else EdgeType.INDIRECT
        )
        return TableProvenance(kind, self.statements | provenance.statements)


class TooManyFlowsError(Exception):
    """A statement leads more columns to more columns than is followed."""


EXACT = Provenance(Certainty.EXACT)
EXPANDED = Provenance(Certainty.EXPANDED)
INFERRED = Provenance(Certainty.INFERRED)
PARTIAL = Provenance(Certainty.PARTIAL)
DIRECT = TableProvenance(EdgeType.DIRECT)
INDIRECT = TableProvenance(EdgeType.INDIRECT)
PARTS = {EdgeType.DIRECT: DIRECT, EdgeType.INDIRECT: INDIRECT}

Flows: TypeAlias = dict[tuple[Column, Subtype], Provenance]
Tables: TypeAlias = dict[Name, TableProvenance]


def flow(column: Column, provenance: Provenance = EXACT) -> Flows:
    """The flow of a column as it is."""
    return {(column, Subtype.IDENTITY): provenance}


def add_flows(flows: Flows, more: Mapping[tuple[Column, Subtype], Provenance]) -> None:
    """Merge flows.

    A hot path, most often with nothing to merge: a dictionary copies another without asking its
    keys for their hashes.
    """
    if not flows:
        flows.update(more)
        return
    for key, provenance in more.items():
        previous_provenance = flows.setdefault(key, provenance)
        if previous_provenance is not provenance:
            flows[key] = previous_provenance | provenance


def add_used(flows: Flows, more: Flows, subtype: Subtype) -> None:
    """Merge the flows of something that is used as `subtype`; a hot path as well."""
    if subtype is Subtype.IDENTITY:
        add_flows(flows, more)
        return
    chains = CHAINS[subtype]
    for (column, inner), provenance in more.items():
        key = (column, chains[inner])
        previous_provenance = flows.setdefault(key, provenance)
        if previous_provenance is not provenance:
            flows[key] = previous_provenance | provenance


def used_as(flows: Flows, subtype: Subtype, provenance: Provenance = EXACT) -> Flows:
    """The flows of something that is itself used as `subtype`."""
    followed_flows = followed_by(flows, provenance)
    if subtype is Subtype.IDENTITY:  # most often, and no key changes
        return followed_flows
    composed_flows: Flows = {}
    add_used(composed_flows, followed_flows, subtype)
    return composed_flows


def followed_by(flows: Flows, provenance: Provenance) -> Flows:
    """The flows of something, known no more surely than this."""
    if provenance is EXACT:
        return dict(flows)
    return {key: inner & provenance for key, inner in flows.items()}


def in_part(flows: Flows) -> Flows:
    """The flows of something of which it is not known which column of it is meant."""
    return followed_by(flows, PARTIAL)


def add_tables(tables: Tables, more: Tables, part: TableProvenance = DIRECT) -> None:
    """Merge the tables of something that itself has a part."""
    if part is DIRECT and not tables:
        tables.update(more)
        return
    for name, provenance in more.items():
        on = provenance & part
        previous_part = tables.setdefault(name, on)
        if previous_part is not on:
            tables[name] = previous_part | on


def carried(flows: Flows, statement: str) -> Flows:
    """The flows once a statement has put them where a later one finds them."""
    by = Provenance(Certainty.EXACT, StatementIds((statement,)))
    return {key: provenance & by for key, provenance in flows.items()}


def statements_of(provenances: Iterable[Provenance | TableProvenance]) -> set[str]:
    """All statements of some ways."""
    return {statement for provenance in provenances for statement in provenance.statements}
