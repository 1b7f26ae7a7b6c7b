"""The numbers by which the rows of a page refer to names, columns and groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from ...model.names import Name, bracketed

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    from ...model.graph import Column, LineageGraph

Item = TypeVar("Item", bound="Hashable")


class Numbers(Generic[Item]):
    """Numbers things from 0 in the order in which they come."""

    def __init__(self) -> None:
        self._numbers: dict[Item, int] = {}

    def number(self, item: Item) -> int:
        """The number of a thing."""
        return self._numbers.setdefault(item, len(self._numbers))

    def all(self) -> Sequence[Item]:
        """All things by their numbers."""
        return list(self._numbers)


class NameNumbers(Numbers[Name]):
    """Numbers names, those of nodes first.

    A statement may spell a table in another case than its definition, and means it all the same.
    """

    def __init__(self, nodes: Iterable[Name]) -> None:
        super().__init__()
        self._keys: dict[str, Name] = {}
        for name in nodes:
            super().number(name)
            self._keys.setdefault(name.key, name)

    def number(self, item: Name) -> int:
        """The number of a name, as it is spelled or in another case."""
        if item in self._numbers:
            return self._numbers[item]
        return super().number(self._keys.setdefault(item.key, item))


class ColumnNumbers:
    """Numbers columns over all tables.

    The first of each table is its rows as a whole, then come its columns in their order, and behind
    them those that only an edge or a module names.
    """

    def __init__(self, nodes: Sequence[Name], graph: LineageGraph) -> None:
        self._columns: dict[Name, dict[str | None, int]] = {name: {None: 0} for name in nodes}
        for table in graph.tables:
            self._note(table.name, table.columns or ())
        for column in _referenced(graph):
            self._note(column.table, (column.column,))
        self._first: dict[Name, int] = {}
        total = 0
        for name, positions in self._columns.items():
            self._first[name] = total
            total += len(positions)

    def _note(self, table: Name, columns: Iterable[str | None]) -> None:
        positions = self._columns[table]
        for column in columns:
            positions.setdefault(column, len(positions))

    def number(self, column: Column) -> int:
        """The number of a column, or of the rows of its table."""
        return self._first[column.table] + self._columns[column.table][column.column]

    def of_table(self, table: Name) -> Sequence[str]:
        """The columns of a table in the order of their numbers."""
        return [column for column in self._columns[table] if column is not None]


def _referenced(graph: LineageGraph) -> Iterable[Column]:
    for edge in graph.column_lineage:
        yield from (edge.source, edge.target)
    for row in graph.declared:
        for edge in row.edges:
            yield from (edge.source, edge.target)
    for module in graph.modules:
        yield from module.columns


def group_of(name: Name) -> tuple[str, str]:
    """Database and schema of an object; of a file its store, without a schema."""
    if name.address:
        return (name.parts[0].partition("://")[2].partition("/")[0] or "files", "")
    *database, schema = ("", *name.parts[:-1])
    return (".".join(bracketed(part) for part in database if part), bracketed(schema))


def short_name(name: Name) -> str:
    """A name without database and schema; of a file the end of its path."""
    if name.address:
        return "/".join(name.parts[0].rsplit("/", 2)[-2:])
    return bracketed(name.object)
