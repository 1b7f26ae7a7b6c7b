"""Where what is never closed begins, as a person would say it.

The words of a script tell only that something is missing at its end, its layout tells where.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...model.diagnostics import Diagnostic
from ...model.regex import regex
from ..cutting.cutter import BlockNode, Conditional
from ..reading.lexer import GO_LINE, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..cutting.cutter import Node
    from ..reading.lexer import SourceText, Token

# https://learn.microsoft.com/sql/relational-databases/databases/database-identifiers
MAX_NAME = 128
_TAB = 4
_STRANGE_BRACKET = regex(r"\[[^\]\n]{0,128}+[^\]]")
_TEMPLATES = ("{{", "${", "$(", "#{", "<")


def unclosed_block(block: BlockNode, text: str) -> Token:
    """The BEGIN that lacks its END, where that of the text is told by how blocks are indented.

        BEGIN
            IF @a = 1
            BEGIN          -- this one
                DELETE t
        END

    Args:
        block: one that is never closed, if the innermost BEGIN takes the next END.
        text: what it stands in.
    """
    misplaced = [
        inner
        for inner in _inner_blocks(block)
        if inner.end and _stands_left(inner, inner.end, text)
    ]
    closed_first = min(
        misplaced, key=lambda inner: inner.end.start if inner.end else 0, default=block
    )
    return closed_first.keyword


def unclosed_parenthesis(tokens: list[Token]) -> Token:
    """The innermost parenthesis that is never closed; the first token where each is."""
    waiting: list[Token] = []
    for token in tokens:
        if token.upper == "(":
            waiting.append(token)
        elif token.upper == ")" and waiting:
            waiting.pop()
    return waiting[-1] if waiting else tokens[0]


def is_cut_off(keyword: Token, source: SourceText) -> bool:
    """Is the rest of a block's batch passed over, since a string, comment or name never ends?"""
    return any(
        start > keyword.start and not GO_LINE.search(source.text, keyword.end, start)
        for start in source.unclosed
    )


def strange_brackets(text: str) -> frozenset[int]:
    """Where brackets begin that are closed on another line, or very late."""
    return frozenset(match.start() for match in _STRANGE_BRACKET.finditer(text))


def bracket_findings(
    tokens: list[Token], starts: frozenset[int], source: SourceText
) -> Iterator[Diagnostic]:
    """One finding for each name that holds what should stand behind its bracket.

    Args:
        tokens: those of a statement.
        starts: see `strange_brackets`.
        source: the text.
    """
    for token in tokens:
        if token.kind is not Kind.QUOTED or token.start not in starts:
            continue
        span = source.span(token.start, token.end)
        if len(token.value) > MAX_NAME and not any(mark in token.value for mark in _TEMPLATES):
            yield Diagnostic(
                "SLP102",
                "the bracket that begins here is closed too late: the name has "
                f"{len(token.value)} characters, and no name has more than {MAX_NAME}",
                span,
            )
        elif "\n" in token.value and "[" in token.value:
            message = "the bracket that begins here is closed on another line, behind a second one"
            yield Diagnostic("SLP109", message, span)


def _inner_blocks(block: BlockNode) -> Iterator[BlockNode]:
    """The blocks in a block, up to the last that is never closed itself: that one is told alone."""
    waiting: list[Node] = [block]
    while waiting:
        node = waiting.pop()
        if isinstance(node, BlockNode) and node is not block:
            if not node.closed:
                return
            yield node
        if isinstance(node, BlockNode | Conditional):
            waiting += [inner for arm in node.arms for inner in arm]


def _stands_left(block: BlockNode, end: Token, text: str) -> bool:
    """Does the END of a block stand further left than the line of its BEGIN?"""
    line = text[text.rfind("\n", 0, end.start) + 1 : end.start]
    return not line.strip() and _indent(text, end) < _indent(text, block.keyword)


def _indent(text: str, token: Token) -> int:
    start = text.rfind("\n", 0, token.start) + 1
    line = text[start : token.start + 1].expandtabs(_TAB)
    return len(line) - len(line.lstrip())
