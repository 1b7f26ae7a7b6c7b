"""Columns that are not known, by the modules and scripts that name them."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from ..model.diagnostics import Diagnostic
    from ..model.graph import LineageGraph, Module
    from ..model.names import Name

# A file, a column, and the module that names it; None: outside of all modules.
_NamedColumn: TypeAlias = "tuple[str, str, Name | None]"


class UnknownColumns:
    """The findings of a graph that say that a column is not known.

    Args:
        graph: the scan.
        fold: makes of a name what two spellings of it share.
    """

    def __init__(self, graph: LineageGraph, fold: Callable[[str], str]) -> None:
        self._fold = fold
        self._findings: defaultdict[_NamedColumn, list[Diagnostic]] = defaultdict(list)
        unknown = [row for row in graph.diagnostics if row.rule.unknown_column]
        paths = {row.path for row in unknown}
        modules: defaultdict[str, list[Module]] = defaultdict(list)
        for module in sorted(graph.modules, key=lambda module: module.line):
            if module.path in paths:
                modules[module.path].append(module)
        for row in unknown:
            user = _module_at(modules[row.path], row.span.line)
            for name in dict.fromkeys(map(fold, _columns(row))):
                self._findings[row.path, name, user].append(row)

    def named(self, column: str, module: Name | None, path: str) -> tuple[Diagnostic, ...]:
        """Those about a column that a module names, or a script outside of all modules.

        Args:
            column: the column, without its table.
            module: None for the script.
            path: the file.
        """
        return tuple(self._findings.get((path, self._fold(column), module), ()))


def _module_at(modules: Sequence[Module], line: int) -> Name | None:
    """The module that holds a line, among those of a file in the order of their lines."""
    place = bisect_right(modules, line, key=lambda module: module.line)
    module = modules[place - 1] if place else None
    return module.name if module and line <= module.end_line else None


def _columns(row: Diagnostic) -> Iterator[str]:
    """The columns that a finding is about; in a saved document only its message tells them."""
    subject = row.subject or row.message.partition(": ")[0]
    return (name.rpartition(".")[2] for name in subject.split(", "))
