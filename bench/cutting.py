"""The tool's own cuts: which statements a text holds, and where they begin.

Only this part of the bench imports the package.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sql_lineage_purview.tsql.cutting.cutter import (
    BlockNode,
    Conditional,
    Leaf,
    ModuleNode,
    Node,
    cut,
)
from sql_lineage_purview.tsql.reading.lexer import SourceText, Token


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement as the tool cuts it: offsets in code points, and its first words.

    `block`: BEGIN … END, no statement itself.
    """

    start: int
    end: int
    words: tuple[str, ...]
    block: bool = False


def statements(text: str) -> list[Statement]:
    """The statements of a script in order, those within others too. ELSE and END are none."""
    found: list[Statement] = []
    for batch in SourceText(text).batches():
        for node in cut(batch):
            found += _within(node)
    return sorted(found, key=lambda statement: (statement.start, -statement.end))


def modules(text: str) -> list[Statement]:
    """The procedures, functions, views and triggers of a script, each with its whole body."""
    nodes = [node for batch in SourceText(text).batches() for node in cut(batch)]
    return [
        _statement([*node.header, *node.body]) for node in nodes if isinstance(node, ModuleNode)
    ]


def _within(node: Node) -> Iterator[Statement]:
    if isinstance(node, Leaf):
        if node.tokens[0].upper not in ("ELSE", "END") or _word(node.tokens, 1) == "CONVERSATION":
            yield _statement(node.tokens)
    elif isinstance(node, Conditional):
        yield _statement([node.keyword, *node.condition])
        yield from _all(node.arms)
    elif isinstance(node, BlockNode):
        yield Statement(node.keyword.start, node.keyword.end, ("BEGIN",), block=not node.attempt)
        yield from _all(node.arms)
    elif isinstance(node, ModuleNode):
        yield _statement([*node.header, *(() if node.statements else node.body)])
        yield from _all([node.statements])


def _all(arms: Iterable[Iterable[Node]]) -> Iterator[Statement]:
    return (statement for arm in arms for node in arm for statement in _within(node))


def _statement(tokens: list[Token]) -> Statement:
    return Statement(tokens[0].start, tokens[-1].end, tuple(token.upper for token in tokens[:6]))


def _word(tokens: list[Token], index: int) -> str:
    return tokens[index].upper if index < len(tokens) else ""
