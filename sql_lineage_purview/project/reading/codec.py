"""Facts to JSON and back.

Facts are written as one flat list of rows, each object after those that it holds, and each row
`[class, field, …]` with the numbers of the rows it refers to. So equal objects are written once (a
name stands in hundreds of places), and nothing here recurses, however deep the query. How a field
is written follows from its annotation alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum
from functools import cache
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, TypeAlias, TypeVar, Union, get_args, get_origin, get_type_hints

from msgspec import Struct

from ...model.record_fields import field_names, is_record

Rows: TypeAlias = Sequence[Sequence[Any]]
Root = TypeVar("Root")
_Step: TypeAlias = Callable[[Any, Any], Any]
# makes an object of a row, and of what finds an object by its number
_Reader: TypeAlias = Callable[[Sequence[Any], Callable[[int], Any]], Any]


class _Field(Struct, frozen=True):
    """How one field is handled.

    It has `depth` tuples around objects (None: it holds no objects). It is written as a function,
    and read as an expression of `{0}`, for which its value in a row stands, and of the `members` of
    its enumeration.
    """

    depth: int | None
    write: _Step | None
    read: str
    members: Mapping[Any, Enum] | None = None


class _Class(Struct, frozen=True):
    """How the objects of one class are handled. `values` takes an object apart.

    `held`: the places of the fields that hold objects, with their depths; `writing`: the places of
    those that are written as functions, with these.
    """

    number: int
    type: type
    values: Callable[[Any], tuple[Any, ...]]
    held: tuple[tuple[int, int], ...]
    writing: tuple[tuple[int, _Step], ...]
    fields: tuple[_Field, ...]

    def reader(self) -> _Reader:
        """What makes an object of a row.

        It is written out for each class, since most of a run in which little has changed is reading
        rows, and a function for each field takes three times as long:

            lambda row, get: kind(get(row[1]), row[2], tuple(map(get, row[3])))
        """
        values = (
            field.read.format(f"row[{place}]").replace("members", f"members{place}")
            for place, field in enumerate(self.fields, 1)
        )
        members = {f"members{place}": field.members for place, field in enumerate(self.fields, 1)}
        source = f"lambda row, get: kind({', '.join(values)})"
        reader: _Reader = eval(source, {"kind": self.type, **members})  # noqa: S307 - of the names above alone
        return reader


class _Readers(dict[int, _Reader]):
    """The readers of the classes that one is made of, by their numbers.

    Each is looked up when it is used first. `apart`: what stands for objects of some classes, by
    the number in its row.
    """

    def __init__(self, root: type, apart: Mapping[type, Callable[[int], object]]) -> None:
        classes = _classes(root)
        super().__init__(
            {classes[kind].number: _reader_apart(make) for kind, make in apart.items()}
        )
        self._root = root

    def __missing__(self, number: int) -> _Reader:
        reader = self[number] = _reader(self._root, number)
        return reader


def encode(root: object) -> Rows:
    """Write an object as rows of plain JSON values; the first names the classes."""
    return encode_apart(root, None)[0]


def encode_apart(root: object, apart: type | None) -> tuple[Rows, Rows]:
    """Write an object, and what it holds of the class `apart` behind it.

    Such an object stands in the first rows as its number among the second.

    Args:
        root: what is written.
        apart: the class; None: nothing is written apart.
    """
    classes = _classes(type(root))  # type: ignore[arg-type]  # a class can be hashed
    objects, others = _objects([root], classes, apart)
    apart_numbers, apart_rows = _written_rows(_objects(others, classes, None)[0], classes, {})
    numbers = {
        id(thing): (classes[apart].number, apart_numbers[id(thing)]) for thing in others if apart
    }
    _, rows = _written_rows(objects, classes, numbers)
    return [[kind.__name__ for kind in classes], *rows], list(apart_rows)


def decode_as(root: type[Root], rows: Iterable[Sequence[Any]]) -> Root:
    """Read an object of a class that `encode` wrote.

    Raises:
        ValueError: the rows are of other classes, or are damaged.
    """
    return decode_apart(root, rows, {})


def decode_apart(
    root: type[Root],
    rows: Iterable[Sequence[Any]],
    apart: Mapping[type, Callable[[int], object]],
) -> Root:
    """Read the first rows that `encode_apart` wrote, row by row.

    Args:
        root: the class of the object.
        rows: the rows.
        apart: what stands for an object of the class that was written apart, by its number.

    Raises:
        ValueError: the rows are of other classes, or are damaged.
    """
    classes = _classes(root)  # type: ignore[arg-type]  # the same
    rows = iter(rows)
    if next(rows, None) != [kind.__name__ for kind in classes]:
        raise ValueError("written by another version")
    last = _decoded(rows, _Readers(root, apart))[-1]
    if isinstance(last, root):
        return last
    raise ValueError("damaged facts: no whole at the end")


def decode_rest(root: type, rows: Iterable[Sequence[Any]]) -> list[Any]:
    """Read the second rows that `encode_apart` wrote: the objects by their numbers.

    Raises:
        ValueError: the rows are damaged.
    """
    return _decoded(rows, _Readers(root, {}))


@cache
def _reader(root: type, number: int) -> _Reader:
    return list(_classes(root).values())[number].reader()


def _reader_apart(make: Callable[[int], object]) -> _Reader:
    return lambda row, _: make(row[1])


def _decoded(rows: Iterable[Sequence[Any]], readers: Mapping[int, _Reader]) -> list[Any]:
    """The objects of rows.

    Raises:
        ValueError: there are none, or they are damaged.
    """
    objects: list[Any] = []
    get, add = objects.__getitem__, objects.append
    try:
        for row in rows:
            add(readers[row[0]](row, get))
    except (IndexError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"damaged facts: {error!r}") from error
    if not objects:
        raise ValueError("damaged facts: there are none")
    return objects


def _objects(
    roots: Iterable[object], classes: Mapping[type, _Class], apart: type | None
) -> tuple[list[object], list[object]]:
    """All objects, each before those that it holds, and those of the class `apart`."""
    objects: list[object] = []
    others: list[object] = []
    pending: list[Any] = list(roots)
    while pending:
        thing = pending.pop()
        if apart and isinstance(thing, apart):
            others.append(thing)
            continue
        objects.append(thing)
        class_ = _class_of(thing, classes)
        if class_.held:
            values = class_.values(thing)
            for place, depth in class_.held:
                if values[place] is not None:
                    pending.extend(_flat(values[place], depth))
    return objects, others


def _written_rows(
    objects: list[object], classes: Mapping[type, _Class], apart: Mapping[int, tuple[int, int]]
) -> tuple[dict[int, int], dict[tuple[Any, ...], int]]:
    """The rows of objects that stand before those that they hold, and their numbers by id.

    `apart`: the rows of those that are written apart, by id.
    """
    rows: dict[tuple[Any, ...], int] = {}
    numbers = {thing: rows.setdefault(row, len(rows)) for thing, row in apart.items()}
    for thing in reversed(objects):
        if id(thing) not in numbers:
            row = _row(_class_of(thing, classes), thing, numbers)
            numbers[id(thing)] = rows.setdefault(row, len(rows))
    return numbers, rows


def _class_of(thing: object, classes: Mapping[type, _Class]) -> _Class:
    """The class of an object; of one that is read only when it is looked into, the one above."""
    kind = type(thing)
    return classes[kind] if kind in classes else classes[kind.__mro__[1]]


def _flat(value: Any, depth: int) -> Iterable[Any]:
    if depth == 0:
        return (value,)
    for _ in range(depth - 1):
        value = [inner for outer in value for inner in outer]
    return value  # type: ignore[no-any-return]  # the annotation behind `depth` says what it is


def _row(class_: _Class, thing: object, numbers: dict[int, int]) -> tuple[Any, ...]:
    values = class_.values(thing)
    if not class_.writing:
        return (class_.number, *values)
    row = [class_.number, *values]
    for place, write in class_.writing:
        row[place + 1] = write(values[place], numbers)
    return tuple(row)


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
        names = field_names(kind)
        handled = list(enumerate(_field(name, hints[name]) for name in names))
        classes[kind] = _Class(
            len(classes),
            kind,
            _getter(names),
            tuple((place, field.depth) for place, field in handled if field.depth is not None),
            tuple((place, field.write) for place, field in handled if field.write),
            tuple(field for _, field in handled),
        )
        for name in names:
            pending.extend(leaf for leaf in _leaves(hints[name]) if is_record(leaf))
    return classes


def _getter(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    # of one name alone `attrgetter` gives no tuple
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
    # what is written would not say which of the two it was
    if len(depths) != 1:
        raise TypeError(f"tuples and single values in one field: {hint}")
    return depths.pop()


def _field(name: str, hint: Any) -> _Field:
    leaves = _leaves(hint)
    depth = _depth(hint)
    if all(is_record(leaf) for leaf in leaves):
        return _Field(depth, _written(depth), _optional_text(hint, _read("{0}", depth, "get")))
    if len(leaves) != 1:
        raise TypeError(f"objects and plain values in one field: {name}: {hint}")
    [leaf] = leaves
    if issubclass(leaf, Enum):
        members = {member.value: member for member in leaf}
        text = _optional_text(hint, _read("{0}", depth, "members.__getitem__"))
        return _Field(None, None, text, members)
    return _Field(None, None, _optional_text(hint, _read("{0}", depth, "")) if depth else "{0}")


def _read(value: str, depth: int, function: str) -> str:
    """The expression of a value with `depth` tuples around what a function reads, if there is one.

    No function of ours is called for each value of a tuple.
    """
    if depth == 0:
        return f"{function}({value})" if function else value
    if depth == 1:
        return f"tuple(map({function}, {value}))" if function else f"tuple({value})"
    return f"tuple([{_read('inner', depth - 1, function)} for inner in {value}])"


def _optional_text(hint: Any, text: str) -> str:
    is_optional = NoneType in get_args(hint)
    return f"(None if {{0}} is None else {text})" if is_optional else text


def _written(depth: int) -> _Step:
    if depth == 0:
        return lambda value, numbers: None if value is None else numbers[id(value)]
    if depth == 1:
        return lambda values, numbers: (
            None if values is None else tuple(map(numbers.__getitem__, map(id, values)))
        )
    return _optional(
        _nested(
            depth - 1,
            lambda values, numbers: tuple(map(numbers.__getitem__, map(id, values))),
        )
    )


def _nested(depth: int, inner: _Step) -> _Step:
    if depth == 0:
        return inner
    deeper = _nested(depth - 1, inner)
    return lambda values, context: tuple([deeper(value, context) for value in values])


def _optional(step: _Step) -> _Step:
    return lambda value, context: None if value is None else step(value, context)
