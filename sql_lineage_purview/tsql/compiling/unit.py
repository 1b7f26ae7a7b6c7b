"""One text while it is compiled.

It has what is in use at the statement that has been reached, and what has been found so far.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from ...model.diagnostics import Diagnostic, Span
from ...model.facts import (
    Assign,
    Create,
    Definition,
    DependencyFact,
    Effect,
    Query,
    Rows,
    StatementFact,
    TableFact,
    Write,
)
from ...model.names import Name
from ...model.vocabulary import StatementKind
from ..disclosure.layout import laid_out, on_one_line
from ..queries.deadline import Deadline, TooSlowError
from ..queries.declared_cursors import DeclaredCursors
from ..queries.query_reader import fallback_query, read_query
from ..queries.shared_parts import SharedParts
from ..queries.statement_context import StatementContext
from ..reading.lexer import Kind, SourceText, Token, new_token
from ..strings.constants import Captured, Constants

T = TypeVar("T")

STATEMENT_SECONDS = 20.0  # of processor time, for the lowering of one statement
_LAID_OUT = 50  # statements of a file


class BlockContext(Struct):
    """A statement's place: its trigger's table, and the arms of IF, WHILE and TRY around it.

    `unreached`: no run comes to it. `in_goto_loop`: a GOTO may go back over it.
    """

    on: Name | None = None
    branch: tuple[int, ...] = ()
    unreached: bool = False
    in_goto_loop: bool = False


class Placement(Struct):
    """Where an object stands whose name does not say it: the current database and schema.

    `used`: the database that a USE of this text has named. `schema`: CREATE SCHEMA makes the
    objects behind it its own.
    """

    database: str | None = None
    used: str = ""
    schema: str | None = None

    def use(self, database: str) -> None:
        """From here on the text runs in a database."""
        self.database = self.used = database

    def open_schema(self, schema: str | None) -> None:
        """The rest of the batch is the elements of a CREATE SCHEMA; None: of none."""
        self.schema = schema

    def placed(self, name: Name) -> Name:
        """The name of an object that is made here."""
        return (
            Name((self.schema, *name.parts))
            if self.schema and len(name.parts) == 1 and not name.temporary
            else name
        )


class CompilationUnit(Struct):
    """One text: a file, or a string that is executed. `depth`: the strings around it."""

    source: SourceText
    depth: int = 0
    placement: Placement = field(default_factory=Placement)
    server: str | None = None  # the linked server that runs the text
    constants: Constants = field(default_factory=Constants)
    cursors: DeclaredCursors = field(default_factory=DeclaredCursors)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    definitions: list[Definition] = field(default_factory=list)
    # the options that are ON under which nothing is run, as NOEXEC
    not_run: set[str] = field(default_factory=set)
    unread: int = 0
    same_parts: SharedParts = field(default_factory=SharedParts)

    def span(self, tokens: list[Token]) -> Span:
        """The place of some tokens, which stand in order."""
        return self.source.span(tokens[0].start, tokens[-1].end)

    def report(self, code: str, message: str, tokens: list[Token]) -> None:
        """Note a finding at some tokens."""
        self.diagnostics.append(Diagnostic(code, message, self.span(tokens)))

    # --- lowering of one statement ----------------------------------------------------------------

    def context(self, block: BlockContext) -> StatementContext:
        """What the lowering of the next statement knows, and notes its findings in."""
        return StatementContext(
            self.source,
            on=block.on,
            database=self.placement.database,
            server=self.server,
            server_database=self.placement.used if self.server else "",
            constants=self.constants,
            cursors=self.cursors,
            deadline=Deadline(STATEMENT_SECONDS),
            same_parts=self.same_parts,
        )

    def guarded(
        self, context: StatementContext, tokens: list[Token], work: Callable[[], T]
    ) -> T | None:
        """Run the lowering of one statement; what it raises costs only this statement."""
        try:
            return work()
        except TooSlowError:
            context.report(
                "SLP105", f"given up after {STATEMENT_SECONDS} seconds of processor time", tokens
            )
            fallback_query(context, tokens)
            return None
        except RecursionError:
            context.report("SLP105", "given up: it is nested too deeply", tokens)
            fallback_query(context, tokens)
            return None
        except Exception as error:  # a defect of ours or of the library: the file goes on
            message = f"the tool failed on this statement ({type(error).__name__})"
            context.report("SLP104", message, tokens)
            fallback_query(context, tokens)
            return None
        finally:
            self.diagnostics += [
                self._shown(diagnostic, tokens) for diagnostic in context.diagnostics
            ]
            self.definitions += map(self._placed, context.definitions)

    def _placed(self, definition: Definition) -> Definition:
        placed = self.placement.placed
        if isinstance(definition, TableFact):
            return replace(definition, name=placed(definition.name))
        if isinstance(definition, DependencyFact):
            owner = definition.owner and placed(definition.owner)
            return replace(definition, target=placed(definition.target), owner=owner)
        return definition

    def _shown(self, diagnostic: Diagnostic, tokens: list[Token]) -> Diagnostic:
        """A diagnostic with its statement laid out, where the statement could not be read."""
        # of an executed string its EXEC is shown
        if not diagnostic.rule.shows_statement or self.depth:
            return diagnostic
        self.unread += 1  # a file of which nothing can be read must not take minutes to say so
        show = laid_out if self.unread <= _LAID_OUT else on_one_line
        return replace(diagnostic, statement=show(self.source, self.source.with_all_rows(tokens)))

    def captured(self, block: BlockContext, captured: Captured) -> Assign:
        """What keeps the value of an expression that stands in a string.

        What the statement itself reads has been noted.
        """
        context = self.context(block)
        first = captured.expression[0]
        tokens = [
            new_token(Kind.WORD, "SELECT", first.start, first.start),
            *captured.expression,
            *captured.source,
        ]

        def lower() -> Query:
            query = read_query(context, tokens)
            context.forget_reports()
            return query

        query = self.guarded(context, tokens, lower)
        return Assign((captured.name,), query or Query(Rows(())))

    # --- facts ------------------------------------------------------------------------------------

    def fact(
        self,
        context: StatementContext,
        kind: StatementKind,
        span: Span,
        effects: tuple[Effect, ...],
        block: BlockContext,
    ) -> StatementFact:
        """The fact of a statement that has been lowered.

        Args:
            context: has what the statement reads, writes and calls.
            kind: of the statement.
            span: where in the file it stands.
            effects: what it does, in order.
            block: where it stands among blocks and branches.
        """
        accessed = context.accessed
        reads, writes, calls = (
            self.same_parts.once(tuple(names))
            for names in (accessed.reads, accessed.writes, accessed.calls)
        )
        effects = tuple(self._lean(effect) for effect in effects)
        unreached = self.unreached(block)
        return StatementFact(
            kind,
            span,
            reads,
            writes,
            calls,
            effects,
            block.branch,
            self.placement.database,
            unreached=unreached,
        )

    def unreached(self, block: BlockContext) -> bool:
        """Is what stands there never run?"""
        return block.unreached or bool(self.not_run)

    def _lean(self, effect: Effect) -> Effect:
        """An effect that shares its parts with equal ones where it writes rows of constants.

        A script may insert a hundred thousand such rows, and each statement says the same of
        the same table.
        """
        if isinstance(effect, Create):
            return replace(effect, name=self.placement.placed(effect.name))
        if not (isinstance(effect, Write) and isinstance(effect.query.body, Rows)) or any(
            map(any, effect.query.body.rows)
        ):
            return effect
        return replace(
            effect,
            target=self.same_parts.once(effect.target),
            columns=self.same_parts.once(effect.columns),
            query=self.same_parts.once(effect.query),
        )
