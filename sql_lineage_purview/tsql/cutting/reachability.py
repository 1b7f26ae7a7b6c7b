"""Reachability: which statements no run comes to.

These are the ones behind a RETURN, under `IF 1 = 0`, or that EXPLAIN only explains.

Source: https://learn.microsoft.com/sql/t-sql/language-elements/control-of-flow,
https://learn.microsoft.com/sql/t-sql/queries/explain-transact-sql
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

from ..reading.lexer import Token
from ..reading.words import words_of
from .cutter import BlockNode, Conditional, Leaf, Node

# Is a condition true whatever the data is?
TruthOf: TypeAlias = Callable[[list[Token]], bool | None]

_LEAVE = frozenset({"RETURN", "THROW", "GOTO", "BREAK", "CONTINUE"})
# SET options under which statements are read and not run.
# https://learn.microsoft.com/sql/t-sql/statements/set-statements-transact-sql
_NOT_RUN = frozenset(
    {"NOEXEC", "PARSEONLY", "FMTONLY", "SHOWPLAN_ALL", "SHOWPLAN_TEXT", "SHOWPLAN_XML"}
)


class Reachability:
    """Goes over a list of statements in their order.

    A label behind a RETURN may be where a GOTO leads.

    `leaving` holds what has been found of the statements so far, by their identity: each is looked
    at in the lists around it too.
    """

    def __init__(self, truth_of: TruthOf, leaving: dict[int, bool]) -> None:
        self._truth_of = truth_of
        self._leaving = leaving
        self._goes_on = True
        self._explained = False
        # those before: a GOTO back to one is a loop, which ends somehow
        self._labels: set[str] = set()

    def comes_to(self, node: Node) -> bool:
        """Can a run come to the next statement?"""
        explained, self._explained = self._explained, _explains(node)
        # a GOTO may lead there from anywhere in the batch
        self._goes_on = self._goes_on or _has_label(node)
        comes = self._goes_on and not explained
        if isinstance(node, Leaf) and _has_label(node):
            self._labels.add(node.tokens[0].value.casefold())
        if comes:
            if id(node) not in self._leaving:
                self._leaving[id(node)] = self._leaves(node)
            self._goes_on = not self._leaving[id(node)]
        return comes

    def _leaves(self, node: Node) -> bool:
        """Does a run that comes to a statement never come to the one behind it?"""
        if isinstance(node, Leaf):
            first, second = words_of(node.tokens)
            back = first == "GOTO" and node.tokens[-1].value.casefold() in self._labels
            return first in _LEAVE and second != ":" and not back
        if isinstance(node, BlockNode):  # the CATCH of a TRY that returns may go on
            return all(map(self._ends, node.arms))
        # a WHILE may run no round, so what stands behind it is always come to
        if not isinstance(node, Conditional) or node.keyword.upper != "IF":
            return False
        arms = _taken(node, truth=self._truth_of(node.condition))
        return [] not in arms and all(map(self._ends, arms))

    def _ends(self, nodes: Iterable[Node]) -> bool:
        reach = Reachability(self._truth_of, self._leaving)
        for node in nodes:
            reach.comes_to(node)
        return not reach._goes_on


def _taken(node: Conditional, *, truth: bool | None) -> list[list[Node]]:
    """The arms of an IF of which a run takes one.

    An ELSE that is left out is an arm without statements.
    """
    arms = node.arms if len(node.arms) > 1 else [*node.arms, []]
    return arms if truth is None else arms[:1] if truth else arms[1:]


def _explains(node: Node) -> bool:
    return isinstance(node, Leaf) and node.tokens[0].upper == "EXPLAIN"


def _has_label(node: Node) -> bool:
    if isinstance(node, Leaf):
        return len(node.tokens) == 2 and node.tokens[1].upper == ":"
    return isinstance(node, BlockNode | Conditional) and any(
        _has_label(inner) for arm in node.arms for inner in arm
    )


def options_not_run(tokens: list[Token]) -> frozenset[str]:
    """The options of a `SET NOEXEC ON` or `OFF` under which statements are not run."""
    # SET NOEXEC, PARSEONLY ON: one SET may name several options
    if tokens[0].upper != "SET" or tokens[-1].upper not in ("ON", "OFF"):
        return frozenset()
    return _NOT_RUN.intersection(token.upper for token in tokens[1:-1])
