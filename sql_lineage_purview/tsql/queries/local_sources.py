"""Table sources that have a name within one statement only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from msgspec import Struct, field

from ...model.facts import TableExpression
from ...model.names import Name


class LocalSources(Struct):
    """The common table expressions in scope, and the rowset functions under their stand-ins.

    The parser library is given a name in ⟦ ⟧ in place of `OPENROWSET(…)`, and this knows what the
    name stands for.
    """

    _ctes: list[str] = field(default_factory=list)
    _rowsets: dict[str, TableExpression] = field(default_factory=dict)

    @contextmanager
    def scope(self) -> Iterator[None]:
        """What is added within is out of scope behind it."""
        depth = len(self._ctes)
        try:
            yield
        finally:
            del self._ctes[depth:]

    def add_cte(self, name: str) -> None:
        """From here on a name is that of a common table expression."""
        self._ctes.append(name.casefold())

    def is_cte(self, name: Name) -> bool:
        """Is it a common table expression here?"""
        return bool(self._ctes) and len(name.parts) == 1 and name.object.casefold() in self._ctes

    def stand_in(self, relation: TableExpression) -> str:
        """The name under which a relation stands in the text that the library gets."""
        name = f"⟦{len(self._rowsets)}⟧"
        self._rowsets[name] = relation
        return name

    def rowset(self, name: str) -> TableExpression:
        """What a stand-in stands for."""
        return self._rowsets[name]

    def is_rowset(self, relation: TableExpression) -> bool:
        """Does a stand-in stand for it?"""
        return any(relation is rowset for rowset in self._rowsets.values())
