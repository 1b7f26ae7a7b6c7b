"""Common table expressions while a query is bound: which are in sight, and what is known of each.

Source: https://learn.microsoft.com/sql/t-sql/queries/with-common-table-expression-transact-sql
"""

from __future__ import annotations

from msgspec import Struct, field

from ...model.facts import CommonTable
from ..relations.relation import Relation


class CommonTableBinding(Struct):
    """A common table expression, bound when it is first used.

    While it is bound, a reference to itself sees the branches before it, and in a later round all
    that is known of it.
    """

    fact: CommonTable
    scope: CommonScope
    bound: Relation | None = None
    anchor: Relation | None = None
    busy: bool = False
    recursive: bool = False


class CommonScope(Struct):
    """The common table expressions in sight, and those around them."""

    tables: dict[str, CommonTableBinding] = field(default_factory=dict)
    outer: CommonScope | None = None

    def find(self, key: str) -> CommonTableBinding | None:
        """The innermost expression of this name."""
        scope: CommonScope | None = self
        while scope:
            if key in scope.tables:
                return scope.tables[key]
            scope = scope.outer
        return None
