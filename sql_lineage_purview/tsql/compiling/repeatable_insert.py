"""The fact of an INSERT of constants, which is that of all that repeat it but for its place."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from ...model.diagnostics import Span
from ...model.facts import ModuleFact, Rows, StatementFact, Write


class RepeatableInsert(Struct, frozen=True):
    """What an INSERT says, wherever it stands."""

    fact: StatementFact
    write: Write

    def at(self, span: Span) -> StatementFact:
        """The fact of a statement with the same text up to its constants."""
        lines = span.line - self.fact.span.line
        columns = span.column - self.fact.span.column
        target = self.write.span
        first_line = self.fact.span.line
        place = Span(
            target.line + lines,
            target.column + (columns if target.line == first_line else 0),
            target.end_line + lines,
            target.end_column + (columns if target.end_line == first_line else 0),
        )
        return replace(self.fact, span=span, effects=(replace(self.write, span=place),))


def repeatable_insert(facts: Sequence[StatementFact | ModuleFact]) -> RepeatableInsert | None:
    """The facts of a statement, where they are those of an INSERT of constants and no more."""
    fact = facts[0] if len(facts) == 1 else None
    if not isinstance(fact, StatementFact) or fact.reads or fact.calls or len(fact.effects) != 1:
        return None
    write = fact.effects[0]
    if not isinstance(write, Write) or not isinstance(write.query.body, Rows):
        return None
    constants = not any(map(any, write.query.body.rows))
    return RepeatableInsert(fact, write) if constants else None
