"""Findings: what one part of a linking has asked for, and what has come of it.

A part is the run of a file, of a procedure for its callers, of a function, or the binding of a
view's query for its columns. The findings of a part that several others need are parts of theirs:

    dbo.a and dbo.b call dbo.Fill  -- the findings of dbo.Fill, run once, are part of both

So the findings of a file are all that there would be of it alone, and they hold as long as what
has been asked for is the same: the result of a file is a value of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TypeAlias

from msgspec import Struct, field

from ...model.diagnostics import Diagnostic, Span
from ...model.graph import Statement
from ...model.names import Name
from ..definitions.dependencies import Dependencies
from .edge_collection import Edges
from .references import References


class Reported(Struct, frozen=True, array_like=True, tag=True):
    """A diagnostic; `once`: only at the first of its places in a file."""

    diagnostic: Diagnostic
    once: bool

    @property
    def may_succeed_later(self) -> bool:
        """See `Rule`."""
        return self.diagnostic.rule.may_succeed_later


class Doubted(Struct, frozen=True, array_like=True, tag=True):
    """A diagnostic of a statement that lacked a temporary table, which another run may have.

    `statement`: see `StatementRows.keys`.
    """

    statement: str
    reported: Reported

    @property
    def may_succeed_later(self) -> bool:
        """See `Rule`."""
        return self.reported.may_succeed_later


class TablePlace(Struct, frozen=True, array_like=True):
    """A place of a file that names a temporary table."""

    path: str
    span: Span
    name: str


class MissingTable(Struct, frozen=True, array_like=True, tag=True):
    """A temporary table that a run did not have, with what is said where no run has it."""

    place: TablePlace
    message: str


class ReachedTable(Struct, frozen=True, array_like=True, tag=True):
    """A statement, given by the id of its row, writes a table through a view."""

    statement: str
    table: Name


class AssignedColumns(Struct, frozen=True, array_like=True, tag=True):
    """A statement, given by the id of its row, writes columns of a table."""

    statement: str
    table: Name
    columns: tuple[str, ...]


class StringRows(Struct, frozen=True, array_like=True, tag=True):
    """The rows of an executed string, under ids that are not numbers yet."""

    path: str
    rows: tuple[Statement, ...]


class ColumnsOfFile(Struct, frozen=True, array_like=True, tag=True):
    """The columns that a statement names of a file, which is given by its address."""

    file: Name
    columns: tuple[str, ...]


class RenamedTable(Struct, frozen=True, array_like=True, tag=True):
    """A string renames a table, which nothing defines under its new name."""

    new: Name
    old: Name


MAX_ABSORBED = 64  # objects that a part asks for which has no other findings

Event: TypeAlias = (
    Reported
    | Doubted
    | MissingTable
    | ReachedTable
    | AssignedColumns
    | StringRows
    | ColumnsOfFile
    | RenamedTable
)


# Keys of dictionaries by what they are, not by what they hold: they grow while the part runs.
class Findings(Struct, eq=False):
    """What has come of one part.

    `dependencies`: what it has asked for. `settled`: the keys of the statements that ran and lacked
    nothing. `present`: the temporary tables that were there. `events`: the rest, and the findings
    of other parts that are part of these, in their order. `lasting`: do they depend on nothing but
    what has been asked for?
    """

    dependencies: Dependencies = field(default_factory=Dependencies)
    edges: Edges = field(default_factory=Edges)
    references: References = field(default_factory=References)
    settled: set[str] = field(default_factory=set)
    present: set[TablePlace] = field(default_factory=set)
    events: dict[Event | Findings, None] = field(default_factory=dict)
    lasting: bool = True

    @property
    def only_asks(self) -> bool:
        """Has nothing come of the part, but that it has asked for a few objects?

        The part of a view over a thousand others asks for all of these: whoever asks for it has it
        as a part, and not each of the thousand once more.
        """
        return len(self.dependencies.asked) <= MAX_ABSORBED and not (
            self.events
            or self.edges.tables
            or self.edges.columns
            or self.settled
            or self.present
            or self.references
        )

    def only_asks_for(self, key: str) -> bool:
        """Has nothing come of the part, but that it has asked for the object of this key?"""
        dependencies = self.dependencies
        only = self.only_asks and dependencies.asked == {key} and not dependencies.spelled
        return only and self.lasting

    def inner(self) -> list[Findings]:
        """Those that are directly part of these."""
        return [event for event in self.events if isinstance(event, Findings)]

    def parts(self, passed: Collection[Findings] = ()) -> Iterator[Findings]:
        """These, and all that are part of them, each once; none beneath those that are passed."""
        waiting, met = [self], {self}
        while waiting:
            findings = waiting.pop()
            yield findings
            inner = [part for part in findings.inner() if part not in met and part not in passed]
            waiting += inner
            met.update(inner)

    def absorb(self, part: Findings) -> None:
        """What a part has found that nobody else needs becomes these findings' own."""
        self.dependencies.asked |= part.dependencies.asked
        # the spelling of the first use is the one that is shown
        for key, name in part.dependencies.spelled.items():
            self.dependencies.spelled.setdefault(key, name)
        self.edges.take_in(part.edges)
        self.references.take_in(part.references)
        self.settled |= part.settled
        self.present |= part.present
        self.events |= part.events
        self.lasting = self.lasting and part.lasting
