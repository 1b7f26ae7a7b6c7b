"""How the objects of each class are written as rows and read back: code made from annotations.

It is written out for each class, since most of a run in which little has changed is reading and
writing rows, and a function for each field takes several times as long:

    row       lambda thing, number: (40, thing.kind, number(id(thing.span)))
    held      lambda thing: (thing.span,)
    reader    lambda row, get: kind(members1[row[1]], get(row[2]))
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum
from functools import cache, cached_property
from sys import intern
from types import NoneType, UnionType
from typing import Any, TypeAlias, Union, get_args, get_origin, get_type_hints

from msgspec import Struct

from ...model.record_fields import field_names, is_record

# makes a row of an object, and of what finds the number of another one by its `id`
RowWriter: TypeAlias = Callable[[Any, Callable[[int], "int | None"]], tuple[Any, ...]]
# the objects that one holds, and None for such as it lacks
Holding: TypeAlias = Callable[[Any], Iterable[Any]]
# makes an object of a row, and of what finds an object by its number
RowReader: TypeAlias = Callable[[Sequence[Any], Callable[[int], Any]], Any]


class _FieldCode(Struct, frozen=True):
    """How one field is handled, as expressions.

    `row`: its value in a row, and `held`: the objects in it, both of `{0}`, for which the value
    stands. `reading`: the value, of `{0}`, for which that in a row stands, and of the `members` of
    its enumeration.
    """

    row: str
    held: str
    reading: str
    members: Mapping[Any, Enum] | None = None


class RecordCode:
    """How the objects of one class are handled, which has a `number` among those of its root."""

    def __init__(self, number: int, kind: type, fields: Mapping[str, _FieldCode]) -> None:
        self.number = number
        self._kind = kind
        self._fields = fields

    @cached_property
    def row(self) -> RowWriter:
        """See `RowWriter`."""
        values = self._expressions(code.row for code in self._fields.values())
        writer: RowWriter = _compiled(f"lambda thing, number: ({self.number}, {values})", {})
        return writer

    @cached_property
    def held(self) -> Holding:
        """See `Holding`."""
        values = self._expressions(code.held for code in self._fields.values())
        holding: Holding = _compiled(f"lambda thing: ({values})", {})
        return holding

    @cached_property
    def reader(self) -> RowReader:
        """See `RowReader`."""
        codes = dict(enumerate(self._fields.values(), 1))
        values = (
            code.reading.format(f"row[{place}]").replace("members", f"members{place}")
            for place, code in codes.items()
        )
        members = {f"members{place}": code.members for place, code in codes.items()}
        source = f"lambda row, get: kind({', '.join(values)})"
        reader: RowReader = _compiled(source, {"kind": self._kind, "intern": intern, **members})
        return reader

    def _expressions(self, templates: Iterable[str]) -> str:
        """What stands in the parentheses of a tuple."""
        texts = zip(self._fields, templates, strict=True)
        return "".join(f"{text.format(f'thing.{name}')}, " for name, text in texts if text)


def _compiled(source: str, names: Mapping[str, Any]) -> Any:
    return eval(source, dict(names))  # noqa: S307 - made here, of the names of fields alone


@cache
def record_codes(root: type) -> dict[type, RecordCode]:
    """Every class that one is made of, in an order that depends on their annotations alone."""
    codes: dict[type, RecordCode] = {}
    pending: list[Any] = [root]
    while pending:
        kind = pending.pop()
        if kind in codes:
            continue
        hints = get_type_hints(kind)
        fields = {name: _field_code(name, hints[name]) for name in field_names(kind)}
        codes[kind] = RecordCode(len(codes), kind, fields)
        for name in fields:
            pending.extend(leaf for leaf in _leaves(hints[name]) if is_record(leaf))
    return codes


@cache
def layout(root: type) -> str:
    """What tells the rows of a class from those of another version of it."""
    classes = (" ".join((kind.__name__, *field_names(kind))) for kind in record_codes(root))
    return hashlib.blake2b("\n".join(classes).encode(), digest_size=6).hexdigest()


def _alternatives(hint: Any) -> tuple[Any, ...]:
    if get_origin(hint) in (Union, UnionType):
        return tuple(kind for kind in get_args(hint) if kind is not NoneType)
    return (hint,)


def _leaves(hint: Any) -> list[Any]:
    leaves: list[Any] = []
    for kind in _alternatives(hint):
        leaves.extend(_leaves(get_args(kind)[0]) if get_origin(kind) is tuple else [kind])
    return leaves


def _depth(hint: Any) -> int:
    depths = {
        _depth(get_args(kind)[0]) + 1 if get_origin(kind) is tuple else 0
        for kind in _alternatives(hint)
    }
    # what is written would not say which of the two it was
    if len(depths) != 1:
        raise TypeError(f"tuples and single values in one field: {hint}")
    return depths.pop()


def _field_code(name: str, hint: Any) -> _FieldCode:
    leaves, depth = _leaves(hint), _depth(hint)
    if all(is_record(leaf) for leaf in leaves):
        return _FieldCode(_numbers(depth), _held(depth), _reading(hint, depth, "get", "get({0})"))
    if len(leaves) != 1:
        raise TypeError(f"objects and plain values in one field: {name}: {hint}")
    [leaf] = leaves
    if issubclass(leaf, Enum):
        members = {member.value: member for member in leaf}
        text = _reading(hint, depth, "members.__getitem__", "members[{0}]")
        return _FieldCode("{0}", "", text, members)
    if leaf is str:  # thousands of files have the same names
        return _FieldCode("{0}", "", _reading(hint, depth, "intern", "intern({0})"))
    return _FieldCode("{0}", "", _reading(hint, depth, "", "{0}"))


def _numbers(depth: int) -> str:
    """The numbers of the objects in a field; an empty tuple, or None, stands for itself."""
    if depth == 0:
        return "number(id({0}))"
    return "{0} and " + _each("{0}", depth, "map(number, map(id, {0}))")


def _held(depth: int) -> str:
    """The objects in a field, among others of a tuple."""
    if depth == 0:
        return "{0}"
    values = "({0} or ())"
    for _ in range(depth - 1):
        values = f"[value for values in {values} for value in values]"
    return f"*{values}"


def _reading(hint: Any, depth: int, function: str, single: str) -> str:
    """The value of a field in which a function gives each value, alone or in tuples.

    No function of ours is called for each value of a tuple.
    """
    if depth:
        inner = f"map({function}, {{0}})" if function else "{0}"
        empty = "({0} if {0} is None else ())" if NoneType in get_args(hint) else "()"
        return f"({_each('{0}', depth, inner)} if {{0}} else {empty})"
    return f"(None if {{0}} is None else {single})" if NoneType in get_args(hint) else single


def _each(value: str, depth: int, inner: str) -> str:
    """Tuples of tuples, of which `inner` gives the values of the innermost."""
    if depth == 1:
        return f"tuple({inner.replace('{0}', value)})"
    return f"tuple([{_each('inner', depth - 1, inner)} for inner in {value}])"
