"""What a change drops or renames that is used all the same: told where it is used."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

from ..model.diagnostics import Diagnostic, Span
from ..model.vocabulary import ModuleKind
from .comparison.graph_comparison import object_changes
from .comparison.lineage_change import ImpactClass, LineageChange
from .unknown_columns import UnknownColumns

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from ..model.graph import Column, LineageGraph
    from ..model.naming import Naming
    from .use import ObjectUse

Row = TypeVar("Row")


def uses_of_gone(
    base: LineageGraph, head: LineageGraph, naming: Naming
) -> tuple[list[Diagnostic], list[Diagnostic]]:
    """A finding at each use of what is gone, and the findings of the head that it explains.

    What is gone, and who uses it, is what a comparison of both calls breaking.

    Args:
        base: the state before.
        head: the state now.
        naming: how names are compared.
    """
    breaking = list(_breaking(base, head, naming))
    if not breaking:
        return [], []
    paths = frozenset(file.path for file in head.files)
    unknown = UnknownColumns(head, naming.fold)
    findings: dict[Diagnostic, None] = {}
    explained: list[Diagnostic] = []
    for change, gone in breaking:
        for use in change.users:
            if not use.is_certain:
                continue
            causes = unknown.named(gone.column, use.module, use.path) if gone.column else ()
            explained += [row for row in causes if "," not in row.subject]
            findings[_finding(gone, use, _reason(change, paths), causes)] = None
    return list(findings), explained


def _breaking(
    base: LineageGraph, head: LineageGraph, naming: Naming
) -> Iterator[tuple[LineageChange, Column]]:
    if not _loses_objects(base, head):
        return  # as behind most changes, of which the others need a comparison
    for change in object_changes(base, head, case_sensitive=naming.case_sensitive):
        if change.impact is ImpactClass.BREAKING and change.subject:
            yield change, change.subject


def _loses_objects(base: LineageGraph, head: LineageGraph) -> bool:
    """Is less there of what can be dropped or renamed: tables with their columns, and the like?"""
    return (
        _loses(base.objects, head.objects, lambda row: (row.name, row.kind))
        or _loses(
            base.tables, head.tables, lambda row: (row.name, row.columns, row.defined_at is None)
        )
        or _loses(base.modules, head.modules, lambda row: (row.name, row.kind is ModuleKind.VIEW))
    )


def _loses(before: Sequence[Row], after: Sequence[Row], identity: Callable[[Row], object]) -> bool:
    return before is not after and not set(map(identity, before)) <= set(map(identity, after))


def _reason(change: LineageChange, paths: AbstractSet[str]) -> str:
    """What has become of the subject of a change."""
    if change.replacement:
        return f"it is called {_text(change.replacement)} now"
    path = change.location.path if change.location else ""
    return f"{path} defines it no more" if path in paths else f"{path}, which defined it, is gone"


def _finding(gone: Column, use: ObjectUse, reason: str, causes: Sequence[Diagnostic]) -> Diagnostic:
    site = use.sites[0] if use.sites else use
    span = next((row.span for row in causes), Span(site.line, 1, site.line, 1))
    user = f"{use.module} uses" if use.module else f"{use.part} names" if use.part else "this uses"
    return Diagnostic("SLP901", f"{user} {_text(gone)}, which is gone: {reason}", span, site.path)


def _text(column: Column) -> str:
    return f"{column.table}.{column.column}" if column.column else str(column.table)
