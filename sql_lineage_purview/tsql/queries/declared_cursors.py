"""The cursors that a script or module has declared up to a statement."""

from __future__ import annotations

from msgspec import Struct, field

from ...model.facts import Query


class DeclaredCursors(Struct):
    """The query of each cursor, by its folded name.

    One over temporary tables has the rows that these hold at its OPEN, so that it is read once
    more there.
    """

    _queries: dict[str, Query] = field(default_factory=dict)
    _over_temporary: set[str] = field(default_factory=set)

    def declare(self, name: str, query: Query, *, reads_temporary: bool) -> None:
        """DECLARE name CURSOR FOR query."""
        self._queries[name.casefold()] = query
        if reads_temporary:
            self._over_temporary.add(name.casefold())

    def query_at_open(self, name: str) -> Query | None:
        """The query that OPEN reads anew; None: the cursor is over no temporary table."""
        key = name.casefold()
        return self._queries[key] if key in self._over_temporary else None

    def copied(self, source: str, target: str) -> Query | None:
        """SET @target = source: the query of both from here on; None: there is no such cursor."""
        query = self._queries.get(source.casefold())
        if query is not None:
            self.declare(target, query, reads_temporary=source.casefold() in self._over_temporary)
        return query
