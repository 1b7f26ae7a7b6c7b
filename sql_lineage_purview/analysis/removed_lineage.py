"""Lineage that a change removes between tables that are still there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from ..model.diagnostics import Diagnostic, Span
from ..model.graph import LineageGraph, Location, Statement, TableEdge
from ..model.names import Name
from ..model.naming import Naming

_SHOWN = 5


def removed_lineage(base: LineageGraph, head: LineageGraph, naming: Naming) -> list[Diagnostic]:
    """One finding for each table that has lost a source, at what brought it, or in its definition.

    Args:
        base: the state before.
        head: the state now.
        naming: how names are compared.
    """
    if base.table_lineage is head.table_lineage:
        return []
    pairs = {(row.source, row.target) for row in head.table_lineage}
    candidates = [row for row in base.table_lineage if (row.source, row.target) not in pairs]
    if not candidates:
        return []
    present = {naming.key(table.name): table for table in head.tables}
    edges = {(naming.key(row.source), naming.key(row.target)) for row in head.table_lineage}
    lost: defaultdict[str, list[TableEdge]] = defaultdict(list)
    for row in candidates:
        source, target = naming.key(row.source), naming.key(row.target)
        if (source, target) not in edges and source in present and target in present:
            lost[target].append(row)
    statements = {row.id: row for row in base.statements}
    findings = (_finding(rows, head, statements) for rows in lost.values())
    return [finding for finding in findings if finding]


def _finding(
    rows: list[TableEdge], head: LineageGraph, statements: Mapping[str, Statement]
) -> Diagnostic | None:
    names = sorted({str(row.source) for row in rows})
    listed = ", ".join(names[:_SHOWN]) + (
        f" and {len(names) - _SHOWN} more" if names[_SHOWN:] else ""
    )
    carriers = [statements[name] for row in rows for name in row.statements if name in statements]
    carrier = carriers[-1] if carriers else None
    target = rows[0].target
    user = str(carrier.module or carrier.path) if carrier else "a statement"
    message = f"{target} has no data from {listed} any more, which {user} brought"
    place = _place(carrier, target, head)
    if place is None:
        return None
    return Diagnostic("SLP902", message, Span(place.line, 1, place.line, 1), place.path)


def _place(carrier: Statement | None, target: Name, head: LineageGraph) -> Location | None:
    """The module that brought it, as far as it is there, else its file, else the table's own."""
    if carrier and carrier.module:
        for module in head.modules:
            if module.name == carrier.module:
                return Location(module.path, module.line)
    if carrier and any(file.path == carrier.path for file in head.files):
        return Location(carrier.path, 1)
    return next((row.defined_at for row in head.tables if row.name == target), None)
