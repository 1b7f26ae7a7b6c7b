"""Rounds of a loop: one that finds what the round before it found adds nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from msgspec import Struct

from ...model.copied_mapping import CopiedMapping
from ...model.facts import Execute, ExecuteString, StatementFact
from ...model.names import Name
from ..relations.relation import Relation, Value
from .branches import join_values, written
from .frame_state import FrameState
from .round_reads import RoundReads
from .temporary import Temporary

T = TypeVar("T")

_NOTHING = Value()


class RoundStart(Struct, frozen=True):
    """What a round of a loop begins with, as it was then.

    `changeable`: the keys of the tables that the round may change, of which there are copies.
    """

    variables: CopiedMapping[Value]
    tables: CopiedMapping[Temporary]
    changeable: frozenset[str]
    shared: Mapping[str, Temporary]
    cursors: Mapping[str, Relation]
    untyped: Mapping[str, Name]

    @classmethod
    def of(cls, state: FrameState, changeable: Iterable[str]) -> RoundStart:
        """What there is now in the frame that runs the loop."""
        keys = frozenset(changeable)
        now = state.now.copied(keys)
        return cls(
            now.variables,
            now.tables,
            keys,
            {key: table.copied() for key, table in state.shared.items()},
            dict(state.cursors),
            dict(state.untyped),
        )

    def finds_the_same(self, state: FrameState, reads: RoundReads) -> bool:
        """Does the next round find what this one found, wherever it looks?

        Args:
            state: that of the frame, behind this round.
            reads: what this round has read.
        """
        tables = state.temporaries.tables
        return (
            not state.flow.jumps
            and self.untyped == state.untyped
            and self._has_cursors(state.cursors, reads)
            and _are_alike(self.tables, tables, self._changed_tables(tables), reads)
            and _are_alike(
                self.shared, state.shared, self.shared.keys() | state.shared.keys(), reads
            )
            and all(
                state.variables[name] == (self.variables.get(name) or _NOTHING)
                for name in state.variables.differing(self.variables)
                if name in reads.read
            )
            and all(_adds_nothing(value, state.variables.get(name)) for name, value in reads.kept)
        )

    def growth(self, state: FrameState) -> int:
        """How much more has flowed behind this round.

        Args:
            state: that of the frame.
        """
        tables, variables = state.temporaries.tables, state.variables
        return sum(
            _size_of_value(variables.get(name)) - _size_of_value(self.variables.get(name))
            for name in _differing(variables, self.variables)
        ) + sum(
            _size_of_table(tables.get(key)) - _size_of_table(self.tables.get(key))
            for key in self._changed_tables(tables)
        )

    def _changed_tables(self, tables: CopiedMapping[Temporary]) -> frozenset[str]:
        # a table that is made or dropped, or is another one behind an arm, is another object
        return self.changeable | _differing(tables, self.tables)

    def _has_cursors(self, cursors: Mapping[str, Relation], reads: RoundReads) -> bool:
        return cursors.keys() == self.cursors.keys() and all(
            cursor == cursors[key]
            for key, cursor in self.cursors.items()
            if reads.called or key in reads.read
        )


def _differing(mapping: CopiedMapping[T], other: CopiedMapping[T]) -> set[str]:
    return {*mapping.differing(other), *other.differing(mapping)}


def _size_of_value(value: Value | None) -> int:
    return len(value.flows) + len(value.rows) if value else 0


def _size_of_table(table: Temporary | None) -> int:
    if table is None:
        return 0
    return len(table.bound.rows) + sum(len(column.flows) for column in table.bound.columns)


def _adds_nothing(value: Value, more: Value | None) -> bool:
    return value is more or join_values((value, more)) == value


def _are_alike(
    before: Mapping[str, Temporary],
    after: Mapping[str, Temporary],
    keys: Iterable[str],
    reads: RoundReads,
) -> bool:
    """Are tables what they were: what they hold where the round reads it, else their shape?"""
    for key in keys:
        table, other = before.get(key), after.get(key)
        if table is None or other is None:
            if table is not other:
                return False
        elif reads.called or key in reads.read or not key.startswith(("#", "@")):
            if _content(table) != _content(other):
                return False
        elif _shape(table) != _shape(other):
            return False
    return True


def _content(table: Temporary) -> tuple[object, ...]:
    return table.bound, table.facts, table.node


def _shape(table: Temporary) -> tuple[object, ...]:
    bound = table.bound
    names = [(column.name, column.generated) for column in bound.columns]
    return names, table.facts, table.node, bound.open, bound.opaque, bound.extension


def changeable_tables(state: FrameState, body: Sequence[StatementFact]) -> set[str]:
    """The keys of the temporary tables that the statements of a loop may change.

    Procedures that they call, and strings that only the run tells, may change any.
    """
    called = any(
        isinstance(effect, Execute | ExecuteString)
        for statement in body
        for effect in statement.effects
    )
    return set(state.temporaries.tables) if called else written(body, state.naming)
