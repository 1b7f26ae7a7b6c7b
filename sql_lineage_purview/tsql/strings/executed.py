"""Strings that are executed: their facts, made those of the statement that executes them."""

from __future__ import annotations

from itertools import pairwise

from msgspec.structs import replace

from ...model.diagnostics import Diagnostic, Gap, Span
from ...model.facts import (
    Effect,
    EvaluateOnly,
    Execute,
    ExecuteString,
    FileFacts,
    ModuleFact,
    Result,
    Return,
    StatementFact,
    Write,
)
from ...model.names import RESERVED, is_left_open
from ..reading.lexer import Kind, Token
from .folding import FoldedString
from .own_variables import with_own_variables

_INSIDE = "in the executed string: "


def delivered(facts: FileFacts, string: FoldedString) -> FileFacts:
    """A string's facts: dynamic statements, and result sets that go where the EXEC puts them."""
    # a linked server may be Oracle, whose SQL is only half read as T-SQL
    if string.server and any(diagnostic.rule.gap is Gap.SYNTAX for diagnostic in facts.diagnostics):
        message = f"the string that {string.server} runs is in another language"
        return replace(
            facts, items=(), definitions=(), diagnostics=(Diagnostic("SLP103", message, Span()),)
        )
    diagnostics = [
        replace(diagnostic, message=f"{_INSIDE}{diagnostic.message.removeprefix(_INSIDE)}")
        for diagnostic in facts.diagnostics
    ]
    items: list[StatementFact | ModuleFact] = []
    for fact in facts.items:
        if isinstance(fact, ModuleFact):
            # the definition of a module with an open name would hide that of another
            if not string.server and not is_left_open(string.text):
                items.append(
                    replace(
                        fact,
                        body=tuple(replace(statement, dynamic=True) for statement in fact.body),
                        dynamic=True,
                    )
                )
            else:
                message = (
                    f"{fact.name}: a module that a string creates is not followed on another "
                    "server, or where a part is unknown"
                )
                diagnostics.append(Diagnostic("SLP302", message, Span()))
            continue
        # RETURN ends the string alone, so what stands behind its EXEC is run all the same.
        string_effects = (
            with_own_variables(fact.effects) if _has_variables(string) else fact.effects
        )
        effects = tuple(
            delivery
            for effect in string_effects
            if not isinstance(effect, Return)
            for delivery in _delivered(effect, string)
        )
        writes = fact.writes
        if string.into and any(isinstance(effect, Result) for effect in fact.effects):
            writes = (*writes, string.into)
        items.append(replace(fact, effects=effects, writes=writes, dynamic=True))
    definitions = () if string.server else facts.definitions
    return replace(
        facts, items=tuple(items), definitions=definitions, diagnostics=tuple(diagnostics)
    )


def _has_variables(string: FoldedString) -> bool:
    return not string.shares and ("@" in string.text or is_left_open(string.text))


def _delivered(effect: Effect, string: FoldedString) -> tuple[Effect, ...]:
    """A result set of an executed string, or of what it executes, where it goes.

    Most often that is into the target of INSERT … EXEC.
    """
    if isinstance(effect, Result):
        deliveries = string.deliver(effect) if string.deliver else (effect,)
        return tuple(
            _arrived(delivery, string) if isinstance(delivery, Result) else delivery
            for delivery in deliveries
        )
    if string.into and isinstance(effect, Execute) and effect.into is None:
        return (replace(effect, into=string.into, columns=string.columns, match=string.match),)
    if (
        string.into
        and isinstance(effect, ExecuteString)
        and effect.into is None
        and string.match is None
    ):
        return (replace(effect, into=string.into, columns=string.columns),)
    return (effect,)


def _arrived(result: Result, string: FoldedString) -> Effect:
    if string.into:
        return Write(string.into, string.columns, result.query, Span(), match=string.match)
    # a session of its own has another client: no INSERT … EXEC around it takes its rows
    return EvaluateOnly(result.query) if string.own_session else result


def readable(facts: FileFacts) -> FileFacts:
    """The facts without the statements that cannot be read.

    The string may never be run like this, so nothing is claimed of them.
    """
    misread = [
        diagnostic.span for diagnostic in facts.diagnostics if diagnostic.rule.gap is Gap.SYNTAX
    ]
    if not misread:
        return facts
    items = tuple(
        fact for fact in facts.items if not any(fact.span.holds(span) for span in misread)
    )
    diagnostics = tuple(
        diagnostic for diagnostic in facts.diagnostics if diagnostic.rule.gap is not Gap.SYNTAX
    )
    gap = Diagnostic("SLP301", "a part of the SQL that is executed cannot be read", Span())
    return replace(facts, items=items, diagnostics=(*diagnostics, gap))


def without_clauses(tokens: list[Token]) -> tuple[list[Token], list[Token]]:
    """A statement without what stands where no value or name can, and what of it is to be told.

    An example is `FROM t ${@where}`.
    """
    added: list[Token] = []
    reportable: list[Token] = []
    for before, token in pairwise(tokens):
        if (
            token.kind is Kind.STRING
            or not token.value.startswith("${")
            or not _ends_operand(before)
        ):
            continue
        added.append(token)
        # 1${…}: more of a list of numbers
        if before.kind is not Kind.NUMBER or before.end < token.start:
            reportable.append(token)
    return [token for token in tokens if token not in added] if added else tokens, reportable


def _ends_operand(token: Token) -> bool:
    if token.kind is Kind.OPERATOR:
        return token.upper == ")"
    return token.kind is not Kind.WORD or token.value.lower() not in RESERVED
