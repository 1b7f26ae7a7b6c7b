"""GOTO: which statements run again because one behind them goes back to a label before them.

Source: https://learn.microsoft.com/sql/t-sql/language-elements/goto-transact-sql
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...model.facts import Jump, Label
from ..reading.lexer import Token
from ..reading.words import words_of
from .cutter import BlockNode, Conditional, Leaf, Node


def repeated(nodes: Sequence[Node]) -> list[tuple[int, int]]:
    """The stretches of a list of statements that are loops.

    Each goes from a label to the last statement that goes back to it.
    """
    labels = {
        node.tokens[0].value.casefold(): at
        for at, node in enumerate(nodes)
        if isinstance(node, Leaf) and _is_label(node)
    }
    if not labels:
        return []
    back = [
        (labels[label], at + 1)
        for at, node in enumerate(nodes)
        for label in _targets(node)
        if labels.get(label, at + 1) <= at
    ]
    loops: list[tuple[int, int]] = []
    for start, end in sorted(back):
        # loops that overlap are run as one: which of them goes round, the data decides
        if loops and start < loops[-1][1]:
            loops[-1] = (loops[-1][0], max(end, loops[-1][1]))
        else:
            loops.append((start, end))
    return loops


def marked(tokens: list[Token]) -> Jump | Label | None:
    """What a statement is that only tells where a GOTO leads."""
    first, second = words_of(tokens)
    if first == "GOTO" and len(tokens) > 1:
        return Jump(tokens[1].value)
    return Label(tokens[0].value) if len(tokens) == 2 and tokens[0].name and second == ":" else None


def _is_label(leaf: Leaf) -> bool:
    return leaf.tokens[0].name and words_of(leaf.tokens)[1] == ":"


def _targets(node: Node) -> Iterator[str]:
    if isinstance(node, Leaf):
        if node.tokens[0].upper == "GOTO" and len(node.tokens) > 1:
            yield node.tokens[1].value.casefold()
    elif isinstance(node, Conditional | BlockNode):
        for arm in node.arms:
            for inner in arm:
                yield from _targets(inner)
