"""Expressions of names, variables and constants: their uses from the tokens alone.

    @x    t.a    ISNULL(s.a, '')    (a + b) * 2    a = b AND @c IS NULL

A hot path: most expressions of a script are no more than that. Whatever operators and functions
stand between them, each name is used once, and as anything but a lone one it is transformed; so
only the order of operands and operators is looked at. All else, and whatever is doubtful, goes to
the parser library, which says the same of these; a test holds that.
"""

from __future__ import annotations

from sys import intern

from ...model.diagnostics import Span
from ...model.facts import Expression, Use
from ...model.vocabulary import Subtype, compose
from ..reading.keywords import KEYWORDS
from ..reading.lexer import Kind, Token
from .call_arguments import EDITED
from .operands import FUNCTIONS_WITH_ROLES, operand_of
from .rewrite import RESERVED_FUNCTIONS, ROWSET_WORDS
from .special_words import SPECIAL
from .statement_context import StatementContext
from .transcript import STRUCTURAL

_WORD, _VARIABLE, _NUMBER, _STRING = Kind.WORD, Kind.VARIABLE, Kind.NUMBER, Kind.STRING
_CALCULATES = frozenset("+ - * / % & |".split())
_COMPARES = frozenset("= <> != < > <= >= AND OR".split())
_BEFORE_NOT = frozenset({"(", "AND", "OR"})
_BEHIND_TEST = frozenset({"", ")", "AND", "OR"})
_NO_NAMES = KEYWORDS | STRUCTURAL | SPECIAL.keys() | ROWSET_WORDS
_NO_CALLS = (_NO_NAMES - RESERVED_FUNCTIONS) | SPECIAL.keys() | EDITED | FUNCTIONS_WITH_ROLES
_MAX_DEPTH = 50  # parentheses in one another; the library refuses what is nested too deeply
_MAX_PARTS = 3  # of a name


def plain_uses(
    context: StatementContext, tokens: list[Token], subtype: Subtype, *, condition: bool = False
) -> Expression | None:
    """The uses of an expression; None where the library has to read it.

    Args:
        context: of the statement.
        tokens: those of the expression.
        subtype: how the expression itself is used.
        condition: it is a search condition, which compares.
    """
    # in an executed string a name may be the value of a variable
    if context.source.splices:
        return None
    operands = _Operands(tokens, condition=condition)
    if not operands.are_all():
        return None
    if operands.composed:
        subtype = compose(subtype, Subtype.TRANSFORMATION)
    uses: dict[Use, None] = {}
    for name in operands.names:

        def span(name: list[Token] = name) -> Span:
            return context.span(name)

        operand = operand_of(tuple(intern(part.value) for part in name[::2]), span)
        if operand is not None:
            uses[Use(operand, subtype)] = None
    return tuple(uses)


class _Operands:
    """The names of an expression, as long as operands and operators take turns in it.

    `composed`: it is more than one name or constant.
    """

    __slots__ = ("_calls", "_condition", "_index", "_tokens", "_words", "composed", "names")

    def __init__(self, tokens: list[Token], *, condition: bool) -> None:
        self._tokens = tokens
        self._words = [token.upper for token in tokens]
        self._words += ["", "", ""]
        self._condition = condition
        self._index = 0
        self._calls: list[bool] = []  # the parentheses that are open; True: those of a call
        self.composed = False
        self.names: list[list[Token]] = []

    def are_all(self) -> bool:
        """Is the whole expression such operands?"""
        end = len(self._tokens)
        while self._index < end and self._operand() and self._ends():
            if self._index == end:
                return not self._calls
            if not self._operator():
                return False
        return False

    def _operand(self) -> bool:
        """Pass an operand and what stands before it; False where there is none of the plain."""
        self._pass_signs()
        if self._index >= len(self._tokens) or len(self._calls) > _MAX_DEPTH:
            return False
        token, word = self._tokens[self._index], self._words[self._index]
        kind, following = token.kind, self._words[self._index + 1]
        self._index += 1
        if kind is _STRING or word == "NULL":
            return True
        if kind is _NUMBER:  # one that is written like any other, as 1e5 is, the library reads
            return token.value.isascii() and token.value.replace(".", "", 1).isdigit()
        if kind is _VARIABLE:
            self.names.append([token])
            return following != "."
        if following == "(":
            return kind is _WORD and word not in _NO_CALLS and self._call()
        return token.name and (following == "." or word not in _NO_NAMES) and self._name()

    def _pass_signs(self) -> None:
        while (word := self._words[self._index]) in ("(", "-", "NOT"):
            if word == "(":
                self._calls.append(False)
            elif word == "NOT":
                is_first = not self._index or self._words[self._index - 1] in _BEFORE_NOT
                if not (self._condition and is_first) or any(self._calls):
                    return
                self.composed = True
            else:
                self.composed = True
            self._index += 1

    def _call(self) -> bool:
        self.composed = True
        self._index += 1
        if self._words[self._index] == ")":
            self._index += 1
            return True
        self._calls.append(True)
        return self._operand()

    def _name(self) -> bool:
        start = self._index - 1
        while self._words[self._index] == "." and self._is_name(self._index + 1):
            self._index += 2
        name = self._tokens[start : self._index]
        self.names.append(name)
        is_short = len(name) < 2 * _MAX_PARTS
        return is_short and all(part.value for part in name) and not self._goes_on()

    def _is_name(self, index: int) -> bool:
        return index < len(self._tokens) and self._tokens[index].name

    def _goes_on(self) -> bool:
        """Is it the name of a function or method, or one with parts left out?"""
        return self._words[self._index] in (".", "(")

    def _ends(self) -> bool:
        """Pass what may stand behind an operand: `)` and `IS [NOT] NULL`."""
        while (word := self._words[self._index]) in (")", "IS"):
            if word == ")":
                if not self._calls:
                    return False
                self._calls.pop()
                self._index += 1
            elif not self._is_test():
                return False
        return True

    def _is_test(self) -> bool:
        self.composed = True
        self._index += 3 if self._words[self._index + 1] == "NOT" else 2
        null = self._words[self._index - 1] == "NULL"
        allowed = self._condition and not any(self._calls)
        return null and allowed and self._words[self._index] in _BEHIND_TEST

    def _operator(self) -> bool:
        word = self._words[self._index]
        self._index += 1
        self.composed = True
        if word == ",":
            return bool(self._calls) and self._calls[-1]
        return word in _CALCULATES or (
            self._condition and word in _COMPARES and not any(self._calls)
        )
