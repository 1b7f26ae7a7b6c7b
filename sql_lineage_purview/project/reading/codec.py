"""Facts to JSON and back.

Facts are written as one flat list of rows, each object after those that it holds, and each row
`[class, field, …]` with the numbers of the rows it refers to. So equal objects are written once (a
name stands in hundreds of places), and nothing here recurses, however deep the query. How a field
is written follows from its annotation alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from functools import cache
from operator import attrgetter
from types import NoneType, UnionType
from typing import (
    TYPE_CHECKING,
    Any,
    TypeAlias,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

if TYPE_CHECKING:
    from ...model.facts import FileFacts

Rows: TypeAlias = Sequence[Sequence[Any]]
Root = TypeVar("Root")
_Step: TypeAlias = Callable[[Any, Any], Any]


@dataclass(frozen=True, slots=True)
class _Field:
    """How one field is handled.

    It has `depth` tuples around objects (None: it holds no objects), and read and write as
    functions.
    """

    name: str
    depth: int | None
    write: _Step | None
    read: _Step | None


@dataclass(frozen=True, slots=True)
class _Class:
    """How the objects of one class are handled. `values` takes an object apart."""

    number: int
    type: type
    fields: tuple[_Field, ...]
    values: Callable[[Any], tuple[Any, ...]]


def encode(root: object) -> Rows:
    """Write facts, or another object, as rows of plain JSON values; the first names the classes."""
    classes = _classes(type(root))  # type: ignore[arg-type]  # a class can be hashed
    numbers: dict[int, int] = {}
    rows: dict[tuple[Any, ...], int] = {}
    for thing in reversed(_objects(root, classes)):
        if id(thing) not in numbers:
            row = _row(classes[type(thing)], thing, numbers)
            numbers[id(thing)] = rows.setdefault(row, len(rows))
    return [[kind.__name__ for kind in classes], *rows]


def decode(rows: Iterable[Sequence[Any]]) -> FileFacts:
    """Read the facts that `encode` wrote, row by row.

    Raises:
        ValueError: the rows are of other classes, or are damaged.
    """
    from ...model.facts import FileFacts  # noqa: PLC0415 - graphs are read without them

    return decode_as(FileFacts, rows)


def decode_as(root: type[Root], rows: Iterable[Sequence[Any]]) -> Root:
    """Read an object of a class that `encode` wrote.

    Raises:
        ValueError: the rows are of other classes, or are damaged.
    """
    classes = list(_classes(root).values())  # type: ignore[arg-type]  # the same
    rows = iter(rows)
    if next(rows, None) != [class_.type.__name__ for class_ in classes]:
        raise ValueError("written by another version")
    try:
        last = _decoded(rows, classes)
    except (IndexError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"damaged facts: {error!r}") from error
    if isinstance(last, root):
        return last
    raise ValueError("damaged facts: no whole at the end")


def _decoded(rows: Iterable[Sequence[Any]], classes: list[_Class]) -> object:
    readers = [
        (
            class_.type,
            [(place, field.read) for place, field in enumerate(class_.fields) if field.read],
        )
        for class_ in classes
    ]
    objects: list[Any] = []
    look_up = objects.__getitem__
    for row in rows:
        kind, reading = readers[row[0]]
        values = list(row[1:])
        for place, read in reading:
            values[place] = read(values[place], look_up)
        objects.append(kind(*values))
    return objects[-1]


def _objects(root: object, classes: Mapping[type, _Class]) -> list[object]:
    """All objects, each before those that it holds."""
    objects: list[object] = []
    pending: list[Any] = [root]
    while pending:
        thing = pending.pop()
        objects.append(thing)
        class_ = classes[type(thing)]
        for field, value in zip(class_.fields, class_.values(thing), strict=True):
            if field.depth is not None and value is not None:
                pending.extend(_flat(value, field.depth))
    return objects


def _flat(value: Any, depth: int) -> Iterable[Any]:
    if depth == 0:
        return (value,)
    for _ in range(depth - 1):
        value = [inner for outer in value for inner in outer]
    return value  # type: ignore[no-any-return]  # the annotation behind `depth` says what it is


def _row(class_: _Class, thing: object, numbers: dict[int, int]) -> tuple[Any, ...]:
    return (
        class_.number,
        *(
            field.write(value, numbers) if field.write else value
            for field, value in zip(class_.fields, class_.values(thing), strict=True)
        ),
    )


# --- from annotations -----------------------------------------------------------------------------


@cache
def _classes(root: type) -> dict[type, _Class]:
    """Every class that one is made of, in an order that depends on their annotations alone."""
    classes: dict[type, _Class] = {}
    pending: list[Any] = [root]
    while pending:
        kind = pending.pop()
        if kind in classes:
            continue
        hints = get_type_hints(kind)
        names = [field.name for field in fields(kind)]
        classes[kind] = _Class(
            len(classes), kind, tuple(_field(name, hints[name]) for name in names), _getter(names)
        )
        for name in names:
            pending.extend(
                leaf
                for leaf in _leaves(hints[name])
                if is_dataclass(leaf) and isinstance(leaf, type)
            )
    return classes


def _getter(names: list[str]) -> Callable[[Any], tuple[Any, ...]]:
    if len(names) > 1:
        return attrgetter(*names)
    return lambda thing: tuple(getattr(thing, name) for name in names)


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
    if len(depths) != 1:
        raise TypeError(f"tuples and single values in one field: {hint}")
    return depths.pop()


def _field(name: str, hint: Any) -> _Field:
    leaves = _leaves(hint)
    depth = _depth(hint)
    if all(is_dataclass(leaf) for leaf in leaves):
        return _Field(
            name,
            depth,
            _written(depth),
            _optional(_nested(depth, lambda value, look_up: look_up(value))),
        )
    if len(leaves) != 1:
        raise TypeError(f"objects and plain values in one field: {name}: {hint}")
    [leaf] = leaves
    if issubclass(leaf, Enum):
        return _Field(name, None, None, _optional(_nested(depth, lambda value, _: leaf(value))))
    return _Field(
        name, None, None, _optional(_nested(depth, lambda value, _: value)) if depth else None
    )


def _written(depth: int) -> _Step:
    return _optional(_nested(depth, lambda value, numbers: numbers[id(value)]))


def _nested(depth: int, inner: _Step) -> _Step:
    if depth == 0:
        return inner
    deeper = _nested(depth - 1, inner)
    return lambda values, context: tuple([deeper(value, context) for value in values])


def _optional(step: _Step) -> _Step:
    return lambda value, context: None if value is None else step(value, context)
