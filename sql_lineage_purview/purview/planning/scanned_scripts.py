"""What a scan tells of its scripts beside their lineage.

The modules that they define, and what they may hold more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sql_lineage_purview.model.vocabulary import ModuleKind

from .flows import placed_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from sql_lineage_purview.model.graph import LineageGraph
    from sql_lineage_purview.model.names import Name

    from .plan_options import PlanOptions

# What `ScannedFile.encoding` says of a file that is no text, or could not be opened.
_NO_TEXT = frozenset({"unknown", "binary"})


def views_of(graph: LineageGraph) -> frozenset[Name]:
    """The views that a scan defines."""
    return frozenset(module.name for module in graph.modules if module.kind is ModuleKind.VIEW)


def procedures_of(graph: LineageGraph) -> dict[str, Name]:
    """The procedures that a scan defines, as processes name them."""
    return {
        str(module.name): module.name
        for module in graph.modules
        if module.kind is ModuleKind.PROCEDURE
    }


def doubtful_scripts(graph: LineageGraph, options: PlanOptions) -> Callable[[str], str]:
    """Says of a script, by its placed path, why it may hold more than the scan saw.

    Empty where it does not.

    It was not read, or not understood in all parts, or it includes what was not read.
    """
    reasons = {
        file.path: f"parts of {file.path} were not understood"
        for file in graph.files
        if file.gaps.syntax
    }
    diagnostics = [row for row in graph.diagnostics if row.rule.unseen]
    reasons |= {row.path: row.rule.unseen.format(row.path) for row in diagnostics}
    unread = (
        file.path for file in graph.files if not file.statements and file.encoding in _NO_TEXT
    )
    reasons |= {path: f"{path} could not be read" for path in unread}
    placed = {placed_path(options.folder, path): reason for path, reason in reasons.items()}
    scanned_paths = {placed_path(options.folder, file.path) for file in graph.files}
    # What is not included may be the very script that the process comes from.
    include_reason = next(
        (row.rule.unseen.format(row.path) for row in diagnostics if row.rule.unseen_script), ""
    )
    return lambda path: (
        placed.get(path)
        or options.unseen(path)
        or ("" if path in scanned_paths else include_reason)
    )
