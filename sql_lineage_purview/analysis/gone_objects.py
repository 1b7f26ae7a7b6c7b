"""What a change drops or renames that is used all the same: told where it is used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..model.diagnostics import Diagnostic, Span
from ..model.graph import Column, LineageGraph, Location, Table
from ..model.names import Name
from ..model.naming import Naming
from ..model.vocabulary import ModuleKind
from .graph_index import GraphIndex
from .use import ObjectUse
from .uses import ObjectUses


@dataclass(frozen=True, slots=True)
class GoneObject:
    """A table, view, column or module that the base defines and the head does not.

    `name`: as the head spells it. `location`: where the base defines it.
    """

    name: Name
    column: str | None
    location: Location

    def __str__(self) -> str:
        return f"{self.name}.{self.column}" if self.column else str(self.name)


def gone_objects(base: LineageGraph, head: LineageGraph, naming: Naming) -> list[GoneObject]:
    """All that is gone, tables and views before modules."""
    return [*_gone_tables(base, head, naming), *_gone_modules(base, head, naming)]


def uses_of_gone(
    base: LineageGraph, head: LineageGraph, naming: Naming
) -> tuple[list[Diagnostic], list[Diagnostic]]:
    """A finding at each use of what is gone, and the findings of the head that it explains.

    Args:
        base: the state before.
        head: the state now.
        naming: how names are compared.
    """
    uses = ObjectUses(GraphIndex(head))
    paths = frozenset(file.path for file in head.files)
    findings: list[Diagnostic] = []
    explained: list[Diagnostic] = []
    unknown: dict[str, list[Diagnostic]] = {}
    for diagnostic in head.diagnostics:
        if diagnostic.rule.unknown_column:
            unknown.setdefault(diagnostic.path, []).append(diagnostic)
    for gone in gone_objects(base, head, naming):
        for use in uses.of(Column(gone.name, gone.column)):
            if not use.is_certain:
                continue
            causes = [row for row in unknown.get(use.path, ()) if _names(row, gone, naming)]
            explained += [row for row in causes if row.subject.find(",") < 0]
            findings.append(_finding(gone, use, causes, still_there=gone.location.path in paths))
    return findings, explained


def _finding(
    gone: GoneObject, use: ObjectUse, causes: Sequence[Diagnostic], *, still_there: bool
) -> Diagnostic:
    line = use.sites[0].line if use.sites else use.line
    path = use.sites[0].path if use.sites else use.path
    span = next((row.span for row in causes), Span(line, 1, line, 1))
    place = gone.location.path
    reason = f"{place} defines it no more" if still_there else f"{place}, which defined it, is gone"
    user = f"{use.module} uses" if use.module else "this uses"
    return Diagnostic("SLP901", f"{user} {gone}, which is gone: {reason}", span, path)


def _names(diagnostic: Diagnostic, gone: GoneObject, naming: Naming) -> bool:
    if gone.column is None:
        return False
    columns = (name.rpartition(".")[2] for name in diagnostic.subject.split(", "))
    return naming.fold(gone.column) in map(naming.fold, columns)


def _gone_tables(base: LineageGraph, head: LineageGraph, naming: Naming) -> Iterator[GoneObject]:
    present = {naming.key(table.name): table for table in head.tables}
    spellings = _spellings(head, naming)
    for table in base.tables:
        if table.defined_at is None:
            continue
        key = naming.key(table.name)
        name, current = spellings.get(key, table.name), present.get(key)
        if current is None or not _is_defined(current):
            yield GoneObject(name, None, table.defined_at)
        elif table.columns is not None and current.columns is not None:
            columns = frozenset(map(naming.fold, current.columns))
            for column in table.columns:
                if naming.fold(column) not in columns:
                    yield GoneObject(current.name, column, table.defined_at)


def _is_defined(table: Table) -> bool:
    """Does a script or a catalog say what it is? Else it is only named somewhere."""
    return table.defined_at is not None or table.column_source is not None


def _gone_modules(base: LineageGraph, head: LineageGraph, naming: Naming) -> Iterator[GoneObject]:
    present = {naming.key(module.name) for module in head.modules}
    spellings = _spellings(head, naming)
    for module in base.modules:
        key = naming.key(module.name)
        if module.kind is not ModuleKind.VIEW and key not in present:
            name = spellings.get(key, module.name)
            yield GoneObject(name, None, Location(module.path, module.line))


def _spellings(graph: LineageGraph, naming: Naming) -> Mapping[str, Name]:
    """The names that statements use, by keys."""
    return {
        naming.key(name): name
        for row in graph.statements
        for name in (*row.reads, *row.writes, *row.calls, *row.reached)
    }
