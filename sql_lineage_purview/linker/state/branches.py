"""Branches: what variables and temporary tables hold behind an IF or a loop.

It is not known which way a run takes there.

Inside an arm a new value takes the place of the old one; behind the arms either may be there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct, field

from ...model.copied_mapping import CopiedMapping
from ...model.facts import (
    Declare,
    Discard,
    Effect,
    Execute,
    RenameTemporary,
    Return,
    StatementFact,
    Write,
)
from ...model.names import Name
from ...model.naming import Naming
from ..relations.provenance import add_flows, add_tables
from ..relations.relation import Value
from .temporary import Temporary


class AbstractState(Struct):
    """What the variables and temporary tables of one frame hold at one point."""

    variables: CopiedMapping[Value] = field(default_factory=CopiedMapping)
    tables: CopiedMapping[Temporary] = field(default_factory=CopiedMapping)

    def copied(self, written: Iterable[str]) -> AbstractState:
        """A copy in which the tables of these keys are copies of their own.

        Filling them does not change the original.
        """
        tables = self.tables.copied()
        for key in written:
            if key in tables:
                tables[key] = tables[key].copied()
        return AbstractState(self.variables.copied(), tables)


def written(statements: Iterable[StatementFact], naming: Naming) -> set[str]:
    """The keys of the temporary tables that statements write or make.

    ##global ones are of all sessions, so they stay.
    """
    names = [_written(effect) for statement in statements for effect in statement.effects]
    return {
        naming.fold(name.object)
        for name in names
        if name and name.temporary and not name.object.startswith("##")
    }


def _written(effect: Effect) -> Name | None:
    match effect:
        case (
            Write(target=name)
            | Declare(name=name)
            | Discard(name=name)
            | Execute(into=name)
            | RenameTemporary(table=name)
        ):
            return name
    return None


def end_of_arm(statements: Sequence[StatementFact], start: int, depth: int) -> int:
    """The index behind the statements of one arm."""
    arm, end = statements[start].branch[depth], start + 1
    while (
        end < len(statements)
        and len(statements[end].branch) > depth
        and statements[end].branch[depth] == arm
    ):
        end += 1
    return end


def is_other_arm(statements: Sequence[StatementFact], at: int, depth: int) -> bool:
    """Does ELSE begin here?

    Before any other arm stands a statement outside of it: its IF, its WHILE, the end of its TRY.
    """
    return (
        at < len(statements)
        and len(statements[at].branch) > depth
        and statements[at].branch[depth] > 0
    )


def leaves(arm: Sequence[StatementFact], branch: tuple[int, ...]) -> bool:
    """Does an arm end with a RETURN, so that nothing behind the IF sees what it did?"""
    # behind the RETURN there may be statements that no run comes to
    last = next((statement for statement in reversed(arm) if not statement.unreached), arm[-1])
    return last.branch == branch and any(isinstance(effect, Return) for effect in last.effects)


def join_values(values: Iterable[Value | None]) -> Value:
    """A variable that holds one of several values."""
    joined_value = Value()
    for value in values:
        if value is not None:
            add_flows(joined_value.flows, value.flows)
            add_flows(joined_value.rows, value.rows)
            add_tables(joined_value.tables, value.tables)
            joined_value.relation = joined_value.relation or value.relation
    return joined_value


def join_states(states: Sequence[AbstractState], naming: Naming) -> AbstractState:
    """The state where one of several is true."""
    if len(states) == 1:
        return states[0]
    return AbstractState(
        _merged([state.variables for state in states]),
        _merged_tables([state.tables for state in states], naming),
    )


def _merged(ends: Sequence[CopiedMapping[Value]]) -> CopiedMapping[Value]:
    variables = ends[0].copied()
    for end in ends[1:]:
        for name in list(end.differing(variables)):
            # a variable that one arm alone sets is NULL behind the other, which adds nothing
            previous_value = variables.setdefault(name, end[name])
            if previous_value is not end[name]:
                variables[name] = join_values((previous_value, end[name]))
    return variables


def _merged_tables(
    ends: Sequence[CopiedMapping[Temporary]], naming: Naming
) -> CopiedMapping[Temporary]:
    tables = ends[0].copied()
    for key in dict.fromkeys(key for end in ends[1:] for key in end.differing(ends[0])):
        tables[key] = _either_table([end[key] for end in ends if key in end], naming)
    return tables


def _either_table(tables: Sequence[Temporary], naming: Naming) -> Temporary:
    first = tables[0]
    others = [table for table in tables[1:] if table is not first]
    if not others:
        return first
    merged = first.copied()
    for table in others:
        merged.take_in(table, naming)
    return merged
