"""What lowering needs to know of the statement it is in.

Here it also notes what the statement reads and calls.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field

from ...model.diagnostics import Diagnostic, Span
from ...model.facts import Definition, Effect, Query, Relation
from ...model.names import Name
from ..reading.lexer import SourceText, Token
from ..strings.constants import Constants
from ..strings.folding import FoldedString
from .truth import is_filled_in, truth_of


class TooSlowError(Exception):
    """The lowering of a statement has taken longer than it may."""


@dataclass(slots=True)
class StatementContext:
    """The statement being lowered.

    After the `deadline` (in seconds of the thread's processor time) its lowering is given up where
    the room's own loops go on; a call of the parser library cannot be interrupted, so it may end
    later than that.

    `common` are the names of the common table expressions in scope, `rowsets` the table sources
    that stand under a name in ⟦ ⟧.
    """

    source: SourceText
    on: Name | None = None
    reads: dict[Name, None] = field(default_factory=dict)
    writes: dict[Name, None] = field(default_factory=dict)
    calls: dict[Name, None] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    common: list[frozenset[str]] = field(default_factory=list)
    rowsets: dict[str, Relation] = field(default_factory=dict)
    definitions: list[Definition] = field(default_factory=list)
    database: str | None = None
    server: str | None = None  # the linked server that the statement is passed to
    server_database: str = ""  # the database there that names without one belong to
    constants: Constants = field(default_factory=Constants)
    strings: list[FoldedString] = field(default_factory=list)
    cursors: dict[str, Query] = field(default_factory=dict)  # those declared so far, by folded name
    # the cursors over temporary tables, whose rows are those at their OPEN
    filled: set[str] = field(default_factory=set)
    # what happens once the strings have been executed
    after: list[Effect] = field(default_factory=list)
    deadline: float = math.inf

    def check_deadline(self) -> None:
        """Give up where the deadline has passed.

        Raises:
            TooSlowError: it has.
        """
        if time.thread_time() > self.deadline:
            raise TooSlowError

    def span(self, tokens: list[Token]) -> Span:
        """The place of some tokens, which stand in order."""
        return self.source.span(tokens[0].start, tokens[-1].end) if tokens else Span()

    def truth_of(self, tokens: list[Token]) -> bool | None:
        """Is a search condition true whatever the data is?

        None: it depends on more than constants that stand in the text.
        """
        truth = truth_of(tokens)
        return (
            None
            if truth is None or is_filled_in(self.source.text[tokens[0].start : tokens[-1].end])
            else truth
        )

    def report(self, code: str, message: str, tokens: list[Token]) -> None:
        """Note a finding at some tokens."""
        self.diagnostics.append(Diagnostic(code, message, self.span(tokens)))

    def is_cte(self, name: Name) -> bool:
        """Is it a common table expression here?"""
        return len(name.parts) == 1 and any(name.last.casefold() in names for names in self.common)

    def table(self, name: Name) -> Name:
        """The table that a name in FROM stands for.

        In a trigger, `inserted` and `deleted` are its table.
        """
        if self.on and len(name.parts) == 1 and name.last.lower() in ("inserted", "deleted"):
            return self.on
        return self.on_linked_server(name)

    def on_linked_server(self, name: Name) -> Name:
        """An object of the linked server that the statement runs on, by its four-part name.

        Any other as written.
        """
        if self.server is None or name.temporary or len(name.parts) > 3:
            return name
        database, schema, last = ("", "", *name.parts)[-3:]
        return Name((self.server, database or self.server_database, schema, last))

    def read(self, name: Name) -> None:
        """Note that the statement reads a table."""
        self.reads[name] = None

    def write(self, name: Name) -> None:
        """Note that the statement writes a table."""
        self.writes[name] = None

    def call(self, name: Name) -> None:
        """Note that the statement calls a procedure or function."""
        self.calls[name] = None
