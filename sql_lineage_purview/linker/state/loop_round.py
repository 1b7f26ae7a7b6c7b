"""Rounds of a loop: one that finds what the round before it found adds nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from msgspec import Struct

from ...model.copied_mapping import CopiedMapping
from ...model.names import Name
from ..relations.relation import Relation, Value
from .branches import join_values
from .frame_state import FrameState
from .round_reads import RoundReads
from .temporary import Temporary

T = TypeVar("T")


class RoundStart(Struct, frozen=True):
    """What a round of a loop begins with, as it was then; the tables are copies."""

    variables: CopiedMapping[Value]
    tables: Mapping[str, Temporary]
    shared: Mapping[str, Temporary]
    cursors: Mapping[str, Relation]
    untyped: Mapping[str, Name]

    @classmethod
    def of(cls, state: FrameState) -> RoundStart:
        """What there is now in the frame that runs the loop."""
        return cls(
            state.variables.copied(),
            _copies(state.temporaries.tables),
            _copies(state.shared),
            dict(state.cursors),
            dict(state.untyped),
        )

    def finds_the_same(self, state: FrameState, reads: RoundReads) -> bool:
        """Does the next round find what this one found, wherever it looks?

        Args:
            state: that of the frame, behind this round.
            reads: what this round has read.
        """
        return (
            not state.flow.jumps
            and self.untyped == state.untyped
            and self._has_cursors(state.cursors, reads)
            and _are_alike(self.tables, state.temporaries.tables, reads)
            and _are_alike(self.shared, state.shared, reads)
            and all(
                state.variables[name] == self.variables.get(name)
                for name in state.variables.differing(self.variables)
                if name in reads.read
            )
            and all(_adds_nothing(value, state.variables[name]) for name, value in reads.kept)
        )

    def _has_cursors(self, cursors: Mapping[str, Relation], reads: RoundReads) -> bool:
        return cursors.keys() == self.cursors.keys() and all(
            cursor == cursors[key]
            for key, cursor in self.cursors.items()
            if reads.called or key in reads.read
        )


def _adds_nothing(value: Value, more: Value) -> bool:
    return value is more or join_values((value, more)) == value


def _copies(tables: Mapping[str, Temporary]) -> dict[str, Temporary]:
    return {key: table.copied() for key, table in tables.items()}


def _are_alike(
    before: Mapping[str, Temporary], after: Mapping[str, Temporary], reads: RoundReads
) -> bool:
    """Are tables what they were: what they hold where the round reads it, else their shape?"""
    return before.keys() == after.keys() and all(
        _content(table) == _content(after[key])
        if reads.called or key in reads.read or not key.startswith(("#", "@"))
        else _shape(table) == _shape(after[key])
        for key, table in before.items()
    )


def _content(table: Temporary) -> tuple[object, ...]:
    return table.bound, table.facts, table.node


def _shape(table: Temporary) -> tuple[object, ...]:
    bound = table.bound
    names = [(column.name, column.generated) for column in bound.columns]
    return names, table.facts, table.node, bound.open, bound.opaque, bound.extension
