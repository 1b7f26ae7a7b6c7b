"""Facts to JSON and back.

Facts are written as one flat list of rows, each object after those that it holds, and each row
`[class, field, …]` with the numbers of the rows it refers to. So equal objects are written once (a
name stands in hundreds of places), and nothing here recurses, however deep the query. How a field
is written follows from its annotation alone (`record_code`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, TypeAlias, TypeVar

from .record_code import Holding, RecordCode, RowReader, RowWriter, layout, record_codes

Rows: TypeAlias = Sequence[Sequence[Any]]
Root = TypeVar("Root")


class _RowReaders(dict[int, RowReader]):
    """What makes objects of rows, by the numbers of their classes; looked up when used first.

    Those of the class `apart` stand in rows as numbers: the first object makes one of a number.
    """

    def __init__(self, codes: Mapping[type, RecordCode], apart: type | None) -> None:
        super().__init__()
        self._codes = list(codes.values())
        if apart:
            self[codes[apart].number] = lambda row, get: get(0)(row[1])

    def __missing__(self, number: int) -> RowReader:
        reader = self[number] = self._codes[number].reader
        return reader


class _RowWriters(dict[type, tuple[RowWriter, Holding]]):
    """What makes rows of objects, by their classes; looked up when used first."""

    def __init__(self, codes: Mapping[type, RecordCode]) -> None:
        super().__init__()
        self._codes = codes

    def __missing__(self, kind: type) -> tuple[RowWriter, Holding]:
        code = self._codes.get(kind)
        # one that is read only when it is looked into is written as one of the class above
        writers = self[kind] = (code.row, code.held) if code else self[kind.__mro__[1]]
        return writers


class _RowList:
    """The rows of objects, each with its number, and each behind those that the object holds."""

    def __init__(
        self, writers: Mapping[type, tuple[RowWriter, Holding]], first: tuple[Any, ...] = ()
    ) -> None:
        self._writers = writers
        # by the `id` of an object: whoever has the rows written keeps the objects
        self._numbers: dict[int, int | None] = {id(None): None}
        self.rows: dict[tuple[Any, ...], int] = {first: 0} if first else {}

    def number(self, root: object) -> int | None:
        """The number of an object, which is written with all that it holds."""
        numbers, rows, writers = self._numbers, self.rows, self._writers
        number = numbers.__getitem__
        pending = [root]
        while pending:
            thing = pending[-1]
            if id(thing) not in numbers:
                row_of, held = writers[type(thing)]
                try:
                    row = row_of(thing, number)
                except KeyError:  # it holds what has no number yet
                    pending += held(thing)
                    continue
                numbers[id(thing)] = rows.setdefault(row, len(rows))
            pending.pop()
        return numbers[id(root)]


def encode(root: object) -> Rows:
    """Write an object as rows of plain JSON values; the first tells the version of its class."""
    return encode_apart(root, None)[0]


def encode_apart(root: object, apart: type | None) -> tuple[Rows, Rows]:
    """Write an object, and what it holds of the class `apart` behind it.

    Such an object stands in the first rows as its number among the second.

    Args:
        root: what is written.
        apart: the class; None: nothing is written apart.
    """
    codes = record_codes(type(root))  # type: ignore[arg-type]  # a class can be hashed
    others, writers = _RowList(_RowWriters(codes)), _RowWriters(codes)
    if apart:
        writers[apart] = (lambda thing, _: (codes[apart].number, others.number(thing))), _nothing
    rows = _RowList(writers, (layout(type(root)),))  # type: ignore[arg-type]  # the same
    rows.number(root)
    return list(rows.rows), list(others.rows)


def decode_as(root: type[Root], rows: Iterable[Sequence[Any]]) -> Root:
    """Read an object of a class that `encode` wrote.

    Raises:
        ValueError: the rows are of other classes, or are damaged.
    """
    return decode_apart(root, rows, None, _nothing)


def decode_apart(
    root: type[Root],
    rows: Iterable[Sequence[Any]],
    apart: type | None,
    make: Callable[[int], object],
) -> Root:
    """Read the first rows that `encode_apart` wrote, row by row.

    Args:
        root: the class of the object.
        rows: the rows.
        apart: the class that was written apart.
        make: gives what stands for an object of that, by its number.

    Raises:
        ValueError: the rows are of other classes, or are damaged.
    """
    rows = iter(rows)
    first = next(rows, None)
    if not first or list(first) != [layout(root)]:  # type: ignore[arg-type]  # the same
        raise ValueError("written by another version")
    last = _decoded(rows, _readers(root, apart), [make])[-1]  # type: ignore[arg-type]  # the same
    if isinstance(last, root):
        return last
    raise ValueError("damaged facts: no whole at the end")


def decode_rest(root: type, rows: Iterable[Sequence[Any]]) -> list[Any]:
    """Read the second rows that `encode_apart` wrote: the objects by their numbers.

    Raises:
        ValueError: the rows are damaged.
    """
    return _decoded(rows, _readers(root, None), [])


@cache
def _readers(root: type, apart: type | None) -> _RowReaders:
    return _RowReaders(record_codes(root), apart)


def _nothing(_thing: object) -> tuple[()]:
    return ()


def _decoded(
    rows: Iterable[Sequence[Any]], readers: Mapping[int, RowReader], objects: list[Any]
) -> list[Any]:
    """Objects by their numbers: some, and behind them those of rows.

    Raises:
        ValueError: there are none, or they are damaged.
    """
    get, add = objects.__getitem__, objects.append
    try:
        for row in rows:
            add(readers[row[0]](row, get))
    except (IndexError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"damaged facts: {error!r}") from error
    if not objects:
        raise ValueError("damaged facts: there are none")
    return objects
