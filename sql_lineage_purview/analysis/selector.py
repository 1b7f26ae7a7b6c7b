"""The language of selectors: what a person types where a command asks for tables or columns.

`dbo.Fact`, `dbo.Fact.Amount`, `dbo.usp_Load`, `stg.*`, `file:etl/*.sql`, `kind:view`; with `+`
before or behind it also what leads to it or comes of it, `2+dbo.Fact+1` by so many edges.
"""

from __future__ import annotations

import re
from enum import StrEnum

from msgspec import Struct

from ..model.names import Name, parse_name
from ..model.regex import regex
from ..model.vocabulary import ModuleKind, TableKind

_HOPS = regex(r"(?:(?P<up>\d*)\+)?(?P<body>.*?)(?:\+(?P<down>\d*))?", re.DOTALL)
_METHOD = regex(r"(?P<method>file|kind|tag):(?P<value>.*)", re.IGNORECASE | re.DOTALL)
_BRACKETED = regex(r'\[(?:[^\]]|\]\])*\]|"(?:[^"]|"")*"')
# stands for a wildcard while a name is read; no name holds it
_MARK = "\0"


class SelectorMethod(StrEnum):
    """What a selector selects by."""

    NAME = "name"
    FILE = "file"
    KIND = "kind"
    TAG = "tag"


class SelectorError(ValueError):
    """A selector cannot be read; the message says why, and what could be meant."""


class Selector(Struct, frozen=True):
    """A selector, read.

    `upstream` and `downstream` are how many edges further it selects: 0 for none, None for all.
    """

    text: str
    method: SelectorMethod
    value: str
    upstream: int | None = 0
    downstream: int | None = 0

    @property
    def expands(self) -> bool:
        """Does it select more than what it names?"""
        return (self.upstream, self.downstream) != (0, 0)

    @property
    def has_wildcard(self) -> bool:
        """May it mean several, and wants all of them?"""
        return self.method is not SelectorMethod.NAME or "*" in _BRACKETED.sub("", self.value)


def parse_selector(text: str) -> Selector:
    """Read a selector.

    Raises:
        SelectorError: it is none.
    """
    match = _HOPS.fullmatch(text.strip())
    body = match["body"].strip() if match else ""
    if match is None or not body:
        raise SelectorError(f"{text!r} names nothing. {_EXAMPLES}")
    upstream, downstream = _hops(match["up"]), _hops(match["down"])
    by_method = _METHOD.fullmatch(body)
    if by_method is None:
        return Selector(text, SelectorMethod.NAME, _checked(body), upstream, downstream)
    method, value = SelectorMethod(by_method["method"].lower()), by_method["value"].strip()
    if method is SelectorMethod.KIND:
        value = _kind(value)
    elif not value:
        raise SelectorError(f"{text!r} names no {method.value}. {_EXAMPLES}")
    return Selector(text, method, value, upstream, downstream)


def pattern_of(value: str) -> tuple[re.Pattern[str], ...]:
    """The parts of a name with wildcards, each as what its folded spelling must match.

    Raises:
        ValueError: it is no name.
    """
    marked = _outside_brackets(value)
    return tuple(map(_part, parse_name(marked).parts))


def fits(name: Name, pattern: tuple[re.Pattern[str], ...]) -> bool:
    """Do the last parts of a name match?"""
    parts = name.parts[-len(pattern) :]
    return len(parts) == len(pattern) and all(
        part.fullmatch(text.casefold()) for part, text in zip(pattern, parts, strict=True)
    )


def glob(value: str) -> re.Pattern[str]:
    """A path or address with wildcards, which also stands for the end of a longer one."""
    text = ".*".join(map(re.escape, value.replace("\\", "/").casefold().split("*")))
    return re.compile(rf"(?:.*/)?{text}", re.DOTALL)


def _part(text: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, text.casefold().split(_MARK))), re.DOTALL)


def _outside_brackets(value: str) -> str:
    """A name whose wildcards are marked; in brackets, a star is a character like any other."""
    marked, position = [], 0
    for match in _BRACKETED.finditer(value):
        marked += [value[position : match.start()].replace("*", _MARK), match[0]]
        position = match.end()
    return "".join([*marked, value[position:].replace("*", _MARK)])


def _hops(digits: str | None) -> int | None:
    return 0 if digits is None else int(digits) if digits else None


def _checked(name: str) -> str:
    try:
        parse_name(name)
    except ValueError:
        raise SelectorError(
            f"{name!r} is no name. Write it as in T-SQL: dbo.Fact, dbo.[Fact Sales].Amount."
        ) from None
    return name


def _kind(value: str) -> str:
    kind = value.upper().replace("-", "_").replace(" ", "_")
    if kind not in _KINDS:
        raise SelectorError(f"there is no kind {value!r}. Kinds are {', '.join(_KINDS).lower()}.")
    return kind


_KINDS = tuple(dict.fromkeys([*map(str, TableKind), *map(str, ModuleKind)]))
_EXAMPLES = "Selectors are dbo.Fact, dbo.Fact.Amount, stg.*, file:etl/*.sql, kind:view, +dbo.Fact."
