"""Modules as CSV: one row for each, with all that it reads, writes and calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .csv_text import csv_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..model.graph import LineageGraph, Module
    from ..model.names import Name

MODULE_HEADER = ("module", "kind", "path", "line", "end_line", "reads", "writes", "calls")


def render_modules_csv(graph: LineageGraph) -> str:
    """The modules in their order; names in one cell are separated by a comma and a blank."""
    return csv_text((MODULE_HEADER, *map(_row, graph.modules)))


def _row(module: Module) -> tuple[object, ...]:
    return (
        module.name,
        module.kind.value,
        module.path,
        module.line,
        module.end_line,
        *map(_cell, (module.reads, module.writes, module.calls)),
    )


def _cell(names: Sequence[Name]) -> str:
    return ", ".join(map(str, names))
