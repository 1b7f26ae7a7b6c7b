"""The columns of a relation, and how one is found by its name."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct, field

from ...model.graph import Column
from ...model.naming import Naming
from .provenance import Flows

STAR = "*"


class RelationColumn(Struct):
    """A column of a bound relation; a `hidden` one is not among those that `*` stands for.

    `property`: IDENTITY or ROWGUIDCOL, where the column may go by that. A `generated` one is passed
    over by an INSERT without a column list. `origin`: the column of a table that it is, row by row,
    so that a change of it changes that one.
    """

    name: str | None
    flows: Flows
    hidden: bool = False
    property: str | None = None
    generated: bool = False
    origin: Column | None = None


class ColumnIndex(Struct, eq=False):
    """The columns of a relation by folded name.

    A hot path: each name in a query is looked for in the relations of its FROM, and an INSERT of a
    thousand columns names each of them in a table that has as many.

    `listed`: the columns as the relation lists them. More may be appended to it, and these are
    indexed when the next name is looked for; what is there already goes by the same name for good.
    `namesakes`: of the names that several columns share, all of them in order.
    """

    listed: list[RelationColumn]
    first: dict[str, RelationColumn] = field(default_factory=dict)
    namesakes: dict[str, list[RelationColumn]] = field(default_factory=dict)
    indexed: int = 0

    def find(self, name: str, naming: Naming) -> RelationColumn | None:
        """The first column of a name."""
        if self.indexed < len(self.listed):
            self._index(naming)
        return self.first.get(naming.fold(name))

    def find_all(self, name: str, naming: Naming) -> Sequence[RelationColumn]:
        """All columns of a name, in order: `SELECT a.x, b.x FROM …` has two."""
        column = self.find(name, naming)
        return () if column is None else self.namesakes.get(naming.fold(name), (column,))

    def has_namesakes(self, naming: Naming) -> bool:
        """Are there any that share a name?"""
        if self.indexed < len(self.listed):
            self._index(naming)
        return bool(self.namesakes)

    def _index(self, naming: Naming) -> None:
        for column in self.listed[self.indexed :]:
            if column.name is not None:
                key = naming.fold(column.name)
                first = self.first.setdefault(key, column)
                if first is not column:
                    self.namesakes.setdefault(key, [first]).append(column)
        self.indexed = len(self.listed)
