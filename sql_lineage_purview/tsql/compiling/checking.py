"""Statements held against the grammar.

One that the server would refuse is reported, whatever could be read of it.
"""

from __future__ import annotations

from ...model.diagnostics import Gap
from ...model.regex import regex
from ..disclosure import shown
from ..grammar.statement_rules import (
    unexpected,
    unexpected_in_call,
    unexpected_in_condition,
    unexpected_in_head,
    unexpected_in_query,
)
from ..queries.query_reader import fallback_query
from ..queries.statement_context import StatementContext
from ..reading.cursor import Cursor
from ..reading.lexer import Kind, Token, comment_end

_QUERY_WORDS = frozenset({"SELECT", "WITH", "("})
_CHANGES = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "MERGE"})
_PASSED = regex(r"(?:\s+|--[^\n]*)+")
_TEMPLATES = ("{{", "${", "$(", "#{", "<")


def check_statement(context: StatementContext, tokens: list[Token]) -> None:
    """A statement that stands alone."""
    index = unexpected(tokens, context.source.leading)
    if index is not None and _belongs_to_misspelt(context, tokens):
        return
    _report(context, tokens, index)
    if index is None:
        _check_end(context, tokens)
    if index is not None and not context.accessed:
        fallback_query(context, tokens)


def _check_end(context: StatementContext, tokens: list[Token]) -> None:
    """MERGE is the one statement that must end with a semicolon.

    Source: https://learn.microsoft.com/sql/t-sql/statements/merge-transact-sql
    """
    if (
        tokens[0].upper not in ("MERGE", "WITH")
        or not _changes_by_merge(Cursor(tokens))
        # a MERGE that is broken somewhere else has been reported
        or context.diagnostics
        or any(map(_is_template, tokens))
    ):
        return
    if not _follows_semicolon(context.source.text, tokens[-1].end):
        context.report("SLP101", "not understood: a MERGE that no semicolon ends", [tokens[-1]])


def _changes_by_merge(cursor: Cursor) -> bool:
    cursor.until(*_CHANGES)
    return cursor.word == "MERGE"


def _follows_semicolon(text: str, position: int) -> bool:
    """Does a semicolon stand behind a place, with nothing but comments before it?"""
    while position < len(text):
        passed = _PASSED.match(text, position)
        end = passed.end() if passed else position
        if text.startswith("/*", end):
            end = comment_end(text, end) or len(text)
        if end == position:
            return text[position] == ";"
        position = end
    return False


def check_call(context: StatementContext, tokens: list[Token]) -> None:
    """A procedure's name and arguments, without EXEC."""
    _report(context, tokens, unexpected_in_call(tokens, context.source.leading))


def check_query(context: StatementContext, head: list[Token], tokens: list[Token]) -> None:
    """The query of a view or of an inline function, behind its head."""
    _report(
        context,
        tokens or head,
        len(head) if not tokens else unexpected_in_query(tokens, context.source.leading),
    )


def check_head(context: StatementContext, tokens: list[Token]) -> None:
    """What stands before the body of a module."""
    _report(context, tokens, unexpected_in_head(tokens, context.source.leading))


def check_condition(context: StatementContext, keyword: Token, tokens: list[Token]) -> None:
    """The condition of IF or WHILE."""
    _report(
        context,
        tokens or [keyword],
        unexpected_in_condition(tokens, context.source.leading) if tokens else 1,
    )


def check_behind_query(context: StatementContext, body: list[Token], behind: Token | None) -> None:
    """A query right behind that of a view: it belongs to it, and what joins them is missing."""
    text = context.source.text
    if (
        behind
        and body
        and behind.upper in _QUERY_WORDS
        and ";" not in text[body[-1].end : behind.start]
    ):
        context.report(
            "SLP101",
            f"not understood near {shown(context.source, behind)}: a view has one query",
            [behind],
        )


def _report(context: StatementContext, tokens: list[Token], index: int | None) -> None:
    reported = any(diagnostic.rule.gap is Gap.SYNTAX for diagnostic in context.diagnostics)
    # For a SET that may follow: see `_belongs_to_misspelt`.
    if reported or index is not None:
        context.source.misread = tokens[-1].end
    if reported or index is None or any(map(_is_template, tokens)):
        return
    if index < len(tokens):
        context.report(
            "SLP101",
            f"not understood near {shown(context.source, tokens[index])}: it cannot stand there",
            [tokens[index]],
        )
    elif not _goes_on(context, tokens[-1]):
        context.report(
            "SLP101",
            f"not understood: the statement breaks off behind {shown(context.source, tokens[-1])}",
            [tokens[-1]],
        )


def _belongs_to_misspelt(context: StatementContext, tokens: list[Token]) -> bool:
    """`UPDAET t SET a = 1`: the SET of a statement that is reported, since none begins like it."""
    source = context.source
    return (
        tokens[0].upper == "SET"
        and source.misread > 0
        and not source.text[source.misread : tokens[0].start].strip()
    )


def _goes_on(context: StatementContext, last: Token) -> bool:
    """Does a reported, never closed string, name or comment stand behind the statement?"""
    text = context.source.text
    return any(
        not text[last.end : start].strip() for start in context.source.unclosed if start >= last.end
    )


def _is_template(token: Token) -> bool:
    """Does something stand here that is filled in before the script is run?

    It may be a name, a value or a whole clause.
    """
    return token.kind is Kind.QUOTED and any(mark in token.value for mark in _TEMPLATES)
