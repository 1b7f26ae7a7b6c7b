"""Flows: which persistent columns and tables take part in something, how, and by which statements they came there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple, TypeAlias

from ..model.graph import Column
from ..model.names import Name
from ..model.vocabulary import Certainty, EdgeType, Subtype, compose


class Way(NamedTuple):
    """How a column takes part: how surely that is known, and the ids of the statements that have carried its values so far."""

    certainty: Certainty
    statements: frozenset[str] = frozenset()

    def __and__(self, other: Way) -> Way:
        """A way that goes on as another."""
        if other is EXACT:
            return self
        return Way(self.certainty & other.certainty, self.statements | other.statements)

    def __or__(self, other: Way) -> Way:
        """Two ways between the same ends; the surer one counts, and both are told."""
        return self if self == other else Way(self.certainty | other.certainty, self.statements | other.statements)


class Part(NamedTuple):
    """How a table takes part, and the ids of the statements that have carried its rows so far."""

    type: EdgeType
    statements: frozenset[str] = frozenset()

    def __and__(self, other: Part) -> Part:
        """A part that something has which itself has a part: INDIRECT where either is."""
        kind = EdgeType.INDIRECT if EdgeType.INDIRECT in (self.type, other.type) else EdgeType.DIRECT
        return Part(kind, self.statements | other.statements)

    def __or__(self, other: Part) -> Part:
        """Two parts that one table has: DIRECT where either is."""
        kind = EdgeType.DIRECT if EdgeType.DIRECT in (self.type, other.type) else EdgeType.INDIRECT
        return Part(kind, self.statements | other.statements)


class TooManyFlowsError(Exception):
    """A statement leads more columns to more columns than is followed."""


EXACT = Way(Certainty.EXACT)
EXPANDED = Way(Certainty.EXPANDED)
INFERRED = Way(Certainty.INFERRED)
PARTIAL = Way(Certainty.PARTIAL)
DIRECT = Part(EdgeType.DIRECT)
INDIRECT = Part(EdgeType.INDIRECT)

Flows: TypeAlias = dict[tuple[Column, Subtype], Way]
Tables: TypeAlias = dict[Name, Part]


def flow(column: Column, way: Way = EXACT) -> Flows:
    """The flow of a column as it is."""
    return {(column, Subtype.IDENTITY): way}


def add_flows(flows: Flows, more: Mapping[tuple[Column, Subtype], Way]) -> None:
    """Merge flows."""
    for key, way in more.items():
        known = flows.get(key)
        flows[key] = way if known is None else known | way


def used_as(flows: Flows, subtype: Subtype, way: Way = EXACT) -> Flows:
    """The flows of something that is itself used as `subtype`."""
    found: Flows = {}
    for (column, inner), known in flows.items():
        key = (column, compose(subtype, inner))
        on = known & way
        found[key] = found[key] | on if key in found else on
    return found


def in_part(flows: Flows) -> Flows:
    """The flows of something of which it is not known which column of it is meant."""
    return {key: way & PARTIAL for key, way in flows.items()}


def add_tables(tables: Tables, more: Tables, part: Part = DIRECT) -> None:
    """Merge the tables of something that itself has a part."""
    for name, known in more.items():
        on = known if part is DIRECT else known & part
        tables[name] = tables[name] | on if name in tables else on


def carried(flows: Flows, statement: str) -> Flows:
    """The flows once a statement has put them where a later one finds them."""
    by = Way(Certainty.EXACT, frozenset((statement,)))
    return {key: way & by for key, way in flows.items()}


def statements_of(ways: Iterable[Way | Part]) -> frozenset[str]:
    """All statements of some ways."""
    return frozenset().union(*(way.statements for way in ways))
