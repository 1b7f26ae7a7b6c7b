"""Evaluates expressions of pipelines as far as their values are known before the run.

    concat('dbo.', pipeline().parameters.Table)     with Table bound to 'Orders': 'dbo.Orders'
    item().Name                                     with nothing bound: a hole

Source: https://learn.microsoft.com/azure/data-factory/control-flow-expression-language-functions
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from msgspec import Struct, field

from ...model.regex import regex
from .expression_functions import LONGEST, NotKnownError, as_text, call, member

_DEEPEST = 40
_TOKEN = regex(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>-?\d+(?:\.\d+)?)|(?P<word>[A-Za-z_]\w*)|"
    r"(?P<mark>\?\.|\?\[|[().,\[\]]))"
)
_END = regex(r"\s*\Z")
# Functions of which not all arguments must be known, with the number of those that must.
_BESIDE = {
    "array": 0,
    "coalesce": 1,
    "createarray": 0,
    "empty": 1,
    "first": 1,
    "if": 1,
    "last": 1,
    "length": 1,
    "skip": 2,
    "take": 2,
}
_CONSTANTS = {"true": True, "false": False, "null": None}
# What a run, and not an expression, gives values to.
_REFERENCES = frozenset(
    {"activity", "dataset", "item", "linkedservice", "pipeline", "trigger", "variables"}
)


class Hole(Struct, frozen=True):
    """A part that only the run knows; `source` is its expression."""

    source: str


class PartialText(tuple[str | Hole, ...]):
    """A text of which parts are known."""

    __slots__ = ()


class BoundValue(Struct, frozen=True):
    """What a reference stands for: a JSON value, or one that only the run knows.

    `assumed`: unless a run is given another.
    """

    value: object
    assumed: bool = False


class Values(Struct, frozen=True):
    """What references stand for, by their key.

    Keys are `pipeline().parameters.x`, `dataset().x`, `item()` and `variables('x')`.
    """

    bound: Mapping[str, BoundValue] = field(default_factory=dict)

    def and_bound(self, more: Mapping[str, BoundValue]) -> Values:
        """These values, and others that go before them."""
        return Values({**self.bound, **more})

    def certain(self) -> Values:
        """What holds in each run, and the item of a loop, whose list was settled before."""
        return Values(
            {
                key: bound
                for key, bound in self.bound.items()
                if not bound.assumed or key == "item()"
            }
        )


class _ExpressionReference(Struct, frozen=True):
    """A reference that is not bound, so far as it was read."""

    key: str


class _Malformed(Exception):  # noqa: N818 - never leaves this file
    pass


def evaluate(source: str, values: Values) -> BoundValue:
    """The value of an expression, without the @ before it.

    A hole where it is none, or only the run knows it.
    """
    try:
        evaluation = _Evaluation(source, values)
        value = evaluation.whole()
    except _Malformed:
        return BoundValue(Hole(source.strip()))
    return BoundValue(value, evaluation.assumed)


def without_texts(source: str) -> str:
    """An expression without its constants, as a message may show it; `…` where it is none."""
    try:
        tokens = list(_tokens(source))
    except _Malformed:
        return "…"
    pieces: list[str] = []
    for index, token in enumerate(tokens):
        called = (
            tokens[index - 2]["word"] if index > 1 and tokens[index - 1]["mark"] == "(" else None
        )
        # activity('Look up') has a name
        names = token["text"] is None or (called or "").lower() in _REFERENCES
        pieces.append(
            token[0] if names else f"{token[0][: token.start('text') - token.start()]}'***'"
        )
    return "".join(pieces).strip()


class _Evaluation:
    """Reads an expression from left to right, and evaluates each part when its end is reached."""

    def __init__(self, source: str, values: Values) -> None:
        self._source = source
        self._values = values
        self._tokens = list(_tokens(source))
        self._next = 0
        self.assumed = False

    def whole(self) -> object:
        value = self._operand(0)
        if self._next != len(self._tokens):
            raise _Malformed
        return value

    def _operand(self, depth: int) -> object:
        """A constant, call or reference, with the members taken of it."""
        if depth == _DEEPEST:
            raise _Malformed
        first = self._next
        value = self._primary(depth)
        while (mark := self._peek()) in (".", "?.", "[", "?["):
            self._next += 1
            key = self._word() if mark.endswith(".") else self._operand(depth + 1)
            if mark.endswith("["):
                self._take("]")
            value = self._member(value, key, optional=mark.startswith("?"))
        return self._hole(first) if isinstance(value, _ExpressionReference | Hole) else value

    def _primary(self, depth: int) -> object:
        token = self._token()
        if token.lastgroup == "text":
            return token["text"][1:-1].replace("''", "'")
        if token.lastgroup == "number":
            return float(token["number"]) if "." in token["number"] else int(token["number"])
        if token.lastgroup != "word":
            raise _Malformed
        name = token["word"].lower()
        if self._peek() != "(":
            if name in _CONSTANTS:
                return _CONSTANTS[name]
            raise _Malformed
        arguments = self._arguments(depth)
        return self._reference(name, arguments) if name in _REFERENCES else _called(name, arguments)

    def _arguments(self, depth: int) -> list[object]:
        self._take("(")
        arguments: list[object] = []
        while self._peek() != ")":
            if arguments:
                self._take(",")
            arguments.append(self._operand(depth + 1))
        self._take(")")
        return arguments

    def _reference(self, name: str, arguments: list[object]) -> object:
        if not all(isinstance(argument, str) for argument in arguments):
            return _ExpressionReference("")
        # activity('Look Up') and activity('look up') are one
        quoted = ",".join(f"'{str(argument).lower()}'" for argument in arguments)
        return self._known(f"{name}({quoted})")

    def _known(self, key: str) -> object:
        bound = self._values.bound.get(key)
        if bound is None:
            return _ExpressionReference(key)
        self.assumed = self.assumed or bound.assumed
        return bound.value

    def _member(self, value: object, key: object, *, optional: bool) -> object:
        if isinstance(value, _ExpressionReference):
            return (
                self._known(f"{value.key}.{key.lower()}")
                if isinstance(key, str) and value.key
                else _ExpressionReference("")
            )
        try:
            return member(value, key)
        except NotKnownError:
            # ?. gives null for a member that is not there, and leaves all else to the run
            return None if optional and isinstance(value, dict) else _ExpressionReference("")

    def _hole(self, first: int) -> Hole:
        return Hole(
            self._source[self._tokens[first].start() : self._tokens[self._next - 1].end()].strip()
        )

    def _peek(self) -> str:
        token = self._tokens[self._next] if self._next < len(self._tokens) else None
        return token["mark"] or "" if token else ""

    def _token(self) -> re.Match[str]:
        if self._next == len(self._tokens):
            raise _Malformed
        self._next += 1
        return self._tokens[self._next - 1]

    def _take(self, mark: str) -> None:
        if self._token()["mark"] != mark:
            raise _Malformed

    def _word(self) -> str:
        word: str | None = self._token()["word"]
        if word is None:
            raise _Malformed
        return word


def _tokens(source: str) -> list[re.Match[str]]:
    tokens: list[re.Match[str]] = []
    end = 0
    while not _END.match(source, end):
        token = _TOKEN.match(source, end)
        if token is None:
            raise _Malformed
        tokens.append(token)
        end = token.end()
    return tokens


def _called(name: str, arguments: list[object]) -> object:
    """What a function gives.

    One that only puts values side by side, or chooses among them, needs not know them all.
    """
    if (
        name == "concat"
        and arguments
        and not any(isinstance(argument, list | dict) for argument in arguments)
    ):
        return joined(arguments)
    # a text is its own text, also where a part of it is not known
    if name == "string" and isinstance(arguments[0] if arguments else None, PartialText):
        return arguments[0]
    if name not in _BESIDE and any(map(has_hole, arguments)):
        return Hole(name)
    if name in _BESIDE and any(
        isinstance(argument, Hole | PartialText) for argument in arguments[: _BESIDE[name]]
    ):
        return Hole(name)
    try:
        return call(name, arguments)
    except NotKnownError:
        return Hole(name)


def joined(pieces: Sequence[object]) -> object:
    """Texts one behind the other."""
    flat: list[str | Hole] = []
    for piece in pieces:
        flat += (
            piece
            if isinstance(piece, PartialText)
            else [piece if isinstance(piece, Hole) else as_text(piece)]
        )
    if sum(len(piece) for piece in flat if isinstance(piece, str)) > LONGEST:
        return Hole("concat")
    return (
        PartialText(flat)
        if any(isinstance(piece, Hole) for piece in flat)
        else "".join(map(str, flat))
    )


def has_hole(value: object) -> bool:
    """Is a value, or one inside of it, not known?"""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return isinstance(value, Hole | PartialText) or any(map(has_hole, inner))
