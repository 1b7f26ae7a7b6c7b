"""Columns that are not known, by the modules and scripts that name them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..model.diagnostics import Diagnostic
    from ..model.graph import LineageGraph
    from ..model.names import Name


class UnknownColumns:
    """The findings of a graph that say that a column is not known.

    Args:
        graph: the scan.
        fold: makes of a name what two spellings of it share.
    """

    def __init__(self, graph: LineageGraph, fold: Callable[[str], str]) -> None:
        self._fold = fold
        self._findings: defaultdict[tuple[str, str], list[Diagnostic]] = defaultdict(list)
        for row in graph.diagnostics:
            if row.rule.unknown_column:
                for name in dict.fromkeys(map(fold, _columns(row))):
                    self._findings[row.path, name].append(row)
        self._modules: defaultdict[str, list[tuple[int, int, Name]]] = defaultdict(list)
        paths = {path for path, _ in self._findings}
        for module in graph.modules:
            if module.path in paths:
                lines = (module.line, module.end_line, module.name)
                self._modules[module.path].append(lines)

    def named(self, column: str, module: Name | None, path: str) -> tuple[Diagnostic, ...]:
        """Those about a column that a module names, or a script outside of all modules.

        Args:
            column: the column, without its table.
            module: None for the script.
            path: the file.
        """
        findings = self._findings.get((path, self._fold(column)), ())
        return tuple(row for row in findings if self._module_at(row) == module)

    def _module_at(self, row: Diagnostic) -> Name | None:
        for line, end_line, name in self._modules[row.path]:
            if line <= row.span.line <= end_line:
                return name
        return None


def _columns(row: Diagnostic) -> Iterator[str]:
    """The columns that a finding is about; in a saved document only its message tells them."""
    subject = row.subject or row.message.partition(": ")[0]
    return (name.rpartition(".")[2] for name in subject.split(", "))
