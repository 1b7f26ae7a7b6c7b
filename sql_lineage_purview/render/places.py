"""From an edge back to the text: which statements carry it, of what kind, and where they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.graph import Location
from .drawing import Fragment, Meaning, at

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..model.graph import Declaration, LineageGraph, Statement
    from ..model.names import Name

DECLARED = "declared"


def declared_at(row: Declaration) -> str:
    """Where a person declares lineage."""
    return f"{row.path}:{row.line}"


def statement_place(row: Statement, more: int, *, module: Name | None) -> tuple[Fragment, ...]:
    """`MERGE in dbo.usp_Load, etl/load.sql:12 and 2 more`.

    Args:
        row: The statement.
        more: How many others take part.
        module: The module that it is part of; None where that stands on the line already.
    """
    part = f" in {module}" if module else ""
    yet = (Fragment(f"and {more} more", Meaning.PLACE, joint=" "),) if more else ()
    kind = Fragment(f"{statement_kind(row)}{part},", Meaning.PLACE)
    return (kind, at(Location(row.path, row.line), " "), *yet)


def statement_kind(row: Statement) -> str:
    """What a statement is, as a person calls it."""
    return "definition" if row.defines else row.kind.value


class Places:
    """The statements of a graph, by id."""

    def __init__(self, graph: LineageGraph) -> None:
        self._statements = {statement.id: statement for statement in graph.statements}

    def all(self, ids: Iterable[str]) -> list[Statement]:
        """The statements of some ids, as far as the graph holds them."""
        return [self._statements[name] for name in ids if name in self._statements]

    def first(self, ids: Sequence[str]) -> Statement | None:
        """The first of some statements that writes a table that persists, else the first.

        None where the graph holds none.
        """
        # an edge through #t is carried by the INSERT into #t too; who looks for it wants the
        # other one
        rows = self.all(ids)
        return next(
            (row for row in rows if not all(name.temporary for name in row.writes)),
            rows[0] if rows else None,
        )

    def described(self, ids: Iterable[str]) -> str:
        """The statement that writes, and how many others do.

        It reads like `MERGE in dbo.usp_Load, etl/load.sql:12 and 2 more`.
        """
        unique = list(dict.fromkeys(ids))
        first = self.first(unique)
        if first is None:
            return ", ".join(unique)
        module = f" in {first.module}" if first.module else ""
        more = f" and {len(unique) - 1} more" if len(unique) > 1 else ""
        return f"{statement_kind(first)}{module}, {first.path}:{first.line}{more}"
