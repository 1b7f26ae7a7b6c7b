"""What lowering needs to know of the statement it is in.

Here it also notes what the statement reads and calls.
"""

from __future__ import annotations

from msgspec import Struct, field
from msgspec.structs import replace

from ...model.diagnostics import Diagnostic, Span
from ...model.facts import Definition, Effect
from ...model.names import Name
from ..reading.lexer import SourceText, Token
from ..strings.constants import Constants
from ..strings.folding import FoldedString
from .accessed_objects import AccessedObjects
from .deadline import Deadline
from .declared_cursors import DeclaredCursors
from .local_sources import LocalSources
from .shared_parts import SharedParts
from .truth import is_filled_in, truth_of


class StatementContext(Struct):
    """The statement being lowered.

    Its constants and cursors are those of its script or module, and shared parts those of its text;
    what is noted is its own.
    """

    source: SourceText
    on: Name | None = None
    database: str | None = None
    server: str | None = None  # the linked server that the statement is passed to
    server_database: str = ""  # the database there that names without one belong to
    constants: Constants = field(default_factory=Constants)
    cursors: DeclaredCursors = field(default_factory=DeclaredCursors)
    deadline: Deadline = field(default_factory=Deadline)
    same_parts: SharedParts = field(default_factory=SharedParts)
    local_sources: LocalSources = field(default_factory=LocalSources)
    accessed: AccessedObjects = field(default_factory=AccessedObjects)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    definitions: list[Definition] = field(default_factory=list)
    strings: list[FoldedString] = field(default_factory=list)
    # what happens once the strings have been executed
    after: list[Effect] = field(default_factory=list)

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

    def define(self, definition: Definition) -> None:
        """Note what the statement says that an object is."""
        self.definitions.append(definition)

    def forget_reports(self) -> None:
        """What was noted of a part of the statement is noted once more of the whole."""
        self.diagnostics.clear()
        self.definitions.clear()

    def execute(self, string: FoldedString) -> None:
        """Note a string that the statement executes."""
        self.strings.append(string)

    def do_afterwards(self, effect: Effect) -> None:
        """Note what happens once the strings have been executed."""
        self.after.append(effect)

    def deliver(self, target: Name, columns: tuple[str, ...] | None) -> None:
        """INSERT … EXEC: the result sets of the strings go into a table.

        Those of a session of its own do not: nobody here sees them.
        """
        self.strings[:] = [
            string if string.own_session else replace(string, into=target, columns=columns)
            for string in self.strings
        ]

    def table(self, name: Name) -> Name:
        """The table that a name in FROM stands for.

        In a trigger, `inserted` and `deleted` are its table.
        """
        if self.on and len(name.parts) == 1 and name.object.lower() in ("inserted", "deleted"):
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
