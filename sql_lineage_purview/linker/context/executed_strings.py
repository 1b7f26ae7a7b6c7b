"""Strings that statements execute, compiled once a caller's constants tell them.

Each gets statement rows of its own.

The linker knows no parser, so `link` is given the function that compiles.

Source: https://learn.microsoft.com/sql/t-sql/language-elements/execute-transact-sql
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from typing import Protocol, TypeAlias, runtime_checkable

from msgspec import Struct, field
from msgspec.structs import replace

from ...model.diagnostics import Diagnostic
from ...model.facts import (
    ExecuteString,
    FileFacts,
    Query,
    Select,
    SetOperation,
    StatementFact,
    Write,
)
from ...model.names import is_left_open
from .diagnostic_log import DiagnosticLog
from .execution_context import ExecutionContext
from .findings import Findings, Reported, StringRows
from .statement_rows import StatementRows

# Compiles the text of a string that a statement executes in a database.
CompileString: TypeAlias = Callable[[str, ExecuteString, str | None], FileFacts]


@runtime_checkable
class SpendingCompiler(Protocol):
    """Who compiles strings within a budget."""

    @property
    def spent(self) -> float:
        """How much of it has been used, from 0 to 1."""
        ...


class CompiledStrings(Struct):
    """What `link` is given to compile strings with; a text is compiled once.

    Without `function` a string stays a gap.
    """

    function: CompileString | None = None
    _facts: dict[tuple[object, ...], FileFacts] = field(default_factory=dict)

    @property
    def spent(self) -> float:
        """How much of the budget of strings has been used, from 0 to 1; without one 0."""
        return self.function.spent if isinstance(self.function, SpendingCompiler) else 0.0

    def compile(
        self, text: str, execution: ExecuteString, database: str | None
    ) -> FileFacts | None:
        """The facts of a string that is executed in a database.

        None where it cannot be compiled.
        """
        if self.function is None:
            return None
        key = (
            text,
            database,
            execution.into,
            execution.columns,
            execution.server,
            execution.shares,
            _values(execution),
        )
        if key not in self._facts:
            self._facts[key] = self.function(text, execution, database)
        return self._facts[key]


class StringFacts(Struct, frozen=True):
    """The statements of an executed string.

    `open`: a name in them, or their very text, is known only in part.

    `disclosed`: the text as it may be seen.
    """

    statements: tuple[StatementFact, ...] = ()
    open: bool = False
    disclosed: str = ""


class ExecutedStrings(Struct):
    """The statements of executed strings, the same each time a text is executed at a place."""

    compiler: CompiledStrings
    rows: StatementRows
    diagnostics: DiagnosticLog
    _facts: dict[tuple[object, ...], tuple[StringFacts, Findings]] = field(default_factory=dict)

    def facts(
        self, text: str, execution: ExecuteString, statement: StatementFact, place: ExecutionContext
    ) -> StringFacts:
        """The statements of a string.

        Args:
            text: what is executed.
            execution: the effect that executes it.
            statement: that of the effect.
            place: where the statement stands.
        """
        key, recorder = (id(statement), text, _values(execution)), self.diagnostics.recorder
        if key not in self._facts:
            with recorder.part() as findings:
                self._facts[key] = self._placed(text, execution, statement, place), findings
        facts, findings = self._facts[key]
        recorder.include(findings)
        return facts

    def _placed(
        self, text: str, execution: ExecuteString, statement: StatementFact, place: ExecutionContext
    ) -> StringFacts:
        facts = self.compiler.compile(text, execution, place.database)
        if facts is None:
            return StringFacts(open=True)
        statements = tuple(
            replace(
                fact,
                span=statement.span,
                branch=(*statement.branch, *fact.branch),
                unreached=fact.unreached or statement.unreached,
            )
            for fact in facts.items
            if isinstance(fact, StatementFact)
        )
        for diagnostic in facts.diagnostics:
            if not diagnostic.rule.open_string:
                self.diagnostics.recorder.note(
                    Reported(
                        Diagnostic.of(
                            "", diagnostic.code, diagnostic.message, statement.span, place.path
                        ),
                        once=False,
                    )
                )
        misread = any(diagnostic.rule.open_string for diagnostic in facts.diagnostics)
        # NCHAR(0xD800) is half a character, which UTF-8 does not have
        digest = blake2b(repr((text, _values(execution))).encode("utf-8", "backslashreplace"))
        rows = self.rows.add_string(
            statements, f"{self.rows.keys[id(statement)]}@{digest.hexdigest()[:16]}", place
        )
        if rows:
            self.diagnostics.recorder.note(StringRows(place.path, rows))
        writes = (
            effect for fact in statements for effect in fact.effects if isinstance(effect, Write)
        )
        left_open = any(map(_names_left_open, statements)) or any(map(_columns_left_open, writes))
        return StringFacts(statements, misread or left_open, facts.disclosed)


def _values(execution: ExecuteString) -> tuple[object, ...]:
    """What the marks in a string stand for: two strings of one text may differ in that."""
    return tuple((piece.value, piece.converted) for piece in execution.pattern if not piece.known)


def _names_left_open(statement: StatementFact) -> bool:
    """Is a name known in part, or the database of one?

    Of what the system and the session have nothing is lost.
    """
    names = [
        name
        for name in (*statement.reads, *statement.writes, *statement.calls)
        if not name.system_source
    ]
    unknown_database = is_left_open(statement.database or "") and any(
        len(name.parts) < 3 and not name.temporary for name in names
    )
    return unknown_database or any(name.left_open for name in names)


def _columns_left_open(write: Write) -> bool:
    """Does a string that is known in part leave open which columns it writes, or which it takes?"""
    return any(name == "*" or is_left_open(name) for name in write.columns or ()) or _is_partial(
        write.query
    )


def _is_partial(query: Query) -> bool:
    inner = [table.query for table in query.ctes]
    match query.body:
        case SetOperation(left=left, right=right):
            inner += [left, right]
        case Select(partial=True):
            return True
        case Select(sources=sources):
            inner += [source.relation for source in sources if isinstance(source.relation, Query)]
    return any(map(_is_partial, inner))
