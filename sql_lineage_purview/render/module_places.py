"""Which module a line of a file is part of."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..model.graph import Module


class ModulePlaces:
    """The modules of a graph, by their lines."""

    def __init__(self, modules: Iterable[Module]) -> None:
        self._spans: defaultdict[str, list[tuple[int, int, int]]] = defaultdict(list)
        for number, module in enumerate(modules):
            self._spans[module.path].append((module.line, module.end_line, number))

    def at(self, path: str, line: int) -> int | None:
        """The number of the module among those of the graph; None between modules."""
        spans = self._spans.get(path, ())
        return next((number for first, last, number in spans if first <= line <= last), None)
