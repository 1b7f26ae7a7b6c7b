"""From an edge back to the text: which statements carry it, of what kind, and where they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..model.graph import LineageGraph, Statement


class Places:
    """The statements of a graph, by id."""

    def __init__(self, graph: LineageGraph) -> None:
        self._statements = {statement.id: statement for statement in graph.statements}

    def first(self, ids: Sequence[str]) -> Statement | None:
        """The first of some statements, or None where the graph does not hold it."""
        return self._statements.get(ids[0]) if ids else None

    def described(self, ids: Iterable[str]) -> str:
        """`MERGE in dbo.usp_Load, etl/load.sql:12 and 2 more`: the first statement, and how many others."""
        unique = list(dict.fromkeys(ids))
        first = self.first(unique)
        if first is None:
            return ", ".join(unique)
        module = f" in {first.module}" if first.module else ""
        more = f" and {len(unique) - 1} more" if len(unique) > 1 else ""
        return f"{first.kind}{module}, {first.path}:{first.line}{more}"
