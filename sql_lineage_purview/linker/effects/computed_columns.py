"""Computed columns: those of a table that the server makes of others.

Source:
https://learn.microsoft.com/sql/relational-databases/tables/specify-computed-columns-in-a-table
"""

from __future__ import annotations

from collections.abc import Iterable

from ...model.diagnostics import Span
from ...model.facts import Expression
from ...model.graph import Column
from ...model.names import Name
from ..binding.binder import Binder
from ..frames.frame import Frame
from ..relations.provenance import DIRECT, Flows, flow
from ..relations.relation import Relation, Value
from ..relations.relation_columns import RelationColumn
from ..relations.scope import FromItem, Scope
from .frame_environment import FrameEnvironment


class DefinitionEnvironment(FrameEnvironment, frozen=True):
    """What an expression of a definition sees.

    A module that defines a table does not refer to its columns by that.
    """

    def refer(self, column: Column) -> None:
        """Note nothing."""


class ReportedEnvironment(DefinitionEnvironment, frozen=True):
    """What an expression sees whose findings are told where it is defined."""

    def report(self, code: str, message: str, span: Span, subject: str = "") -> None:
        """Note nothing."""


def made_table(name: Name, columns: Iterable[str]) -> Relation:
    """A table as a statement creates it, whatever another script says of it."""
    return Relation(
        [RelationColumn(column, flow(Column(name, column))) for column in columns],
        base=name,
        tables={name: DIRECT},
    )


def value_of(
    environment: DefinitionEnvironment, expression: Expression, table: Relation, name: Name
) -> Value:
    """The value of a computed column over the columns of its table.

    Args:
        environment: what the expression sees.
        expression: that of the computed column.
        table: the columns that it is made of.
        name: the table.
    """
    return Binder(environment).value(
        expression, Scope(environment.naming, [FromItem(table, None, name)])
    )


def carried_on(
    frame: Frame, target: Name, written: list[tuple[str, Flows]]
) -> list[tuple[str, Flows]]:
    """Computed columns carry on what was written into the columns that they are made of.

    What else these are made of stands.
    """
    environment = ReportedEnvironment(frame)
    table = Relation([RelationColumn(name, flows) for name, flows in written], opaque=True)
    values: list[tuple[str, Flows]] = []
    for fact in frame.context.columns.facts(target, frame.place.path, frame.position) or ():
        if fact.computed and not fact.dropped:
            # AS dbo.Rated(Amount): what the function reads besides `Amount` is an edge of the
            # CREATE TABLE (`sinks.compute`), and not of each INSERT
            others = value_of(environment, fact.computed, Relation(opaque=True), target).flows
            column_flows = value_of(environment, fact.computed, table, target).flows
            values.append(
                (
                    fact.name,
                    {
                        key: provenance
                        for key, provenance in column_flows.items()
                        if key not in others
                    },
                )
            )
    return [(name, flows) for name, flows in values if flows]
