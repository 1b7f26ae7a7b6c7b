"""Queries that are read when somebody looks into them, all of a file at once.

Most of what a file says are its queries, and of a file that has not changed nobody looks into them
but who follows what has changed into it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...model.facts import Query

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class DeferredQueries:
    """The queries of a file by their numbers; `read` gives them all, and is called once at most."""

    __slots__ = ("_queries", "_read")

    def __init__(self, read: Callable[[], Sequence[Any]]) -> None:
        self._read: Callable[[], Sequence[Any]] | None = read
        self._queries: Sequence[Any] = ()

    def query(self, number: int) -> Query:
        """The query of a number."""
        return DeferredQuery.of(self, number)

    def read(self, number: int) -> Query:
        """The same, with all that it holds."""
        if self._read is not None:
            self._queries, self._read = self._read(), None
        query: Query = self._queries[number]
        return query


class DeferredQuery(Query):
    """A query whose fields are read when they are asked for first; all else is as of others."""

    __slots__ = ("_number", "_queries")

    _queries: DeferredQueries
    _number: int

    @classmethod
    def of(cls, queries: DeferredQueries, number: int) -> DeferredQuery:
        """The query of a number."""
        # Without `__init__`, so that the slots of the fields stay empty: only of those Python
        # asks `__getattr__`.
        query = cls.__new__(cls)
        object.__setattr__(query, "_queries", queries)
        object.__setattr__(query, "_number", number)
        return query

    def __getattr__(self, name: str) -> Any:
        """A field that was not asked for yet."""
        if name not in Query.__slots__:
            raise AttributeError(name)
        query = self._queries.read(self._number)
        # Queries are frozen; from here on the slots answer by themselves.
        object.__setattr__(self, "body", query.body)
        object.__setattr__(self, "ctes", query.ctes)
        return getattr(query, name)

    def __eq__(self, query: object) -> bool:
        """Does another query, deferred or not, have the same fields?"""
        if not isinstance(query, Query):
            return NotImplemented
        return (self.body, self.ctes) == (query.body, query.ctes)

    def __hash__(self) -> int:
        return hash((self.body, self.ctes))

    def __repr__(self) -> str:
        return repr(Query(self.body, self.ctes))
