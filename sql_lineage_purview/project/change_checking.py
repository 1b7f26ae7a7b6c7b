"""What a change does to the findings of a project: those that it causes, wherever they are.

A folder is scanned as it is, and as it was; both scans are kept, so that the next check finds most
of them done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from ..analysis.gone_objects import uses_of_gone
from ..analysis.new_findings import new_findings
from ..analysis.removed_lineage import removed_lineage
from ..analysis.silencing import without_silenced
from ..analysis.undefined_objects import undefined_objects
from ..model.diagnostics import Severity
from ..model.naming import Naming
from .keeping.kept_graph import KeptGraph, is_same_text
from .revision_scanning import scan_revision

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ..model.diagnostics import Diagnostic
    from ..model.graph import LineageGraph
    from .configuring.settings import Settings
    from .keeping.scan_result import Scan


class ChangeFindings(Struct, frozen=True):
    """What a change causes, and how many findings there were before it that are there still."""

    caused: tuple[Diagnostic, ...]
    earlier: int


def findings_of_change(
    result: Scan,
    paths: Sequence[Path],
    settings: Settings,
    revisions: Sequence[str],
    *,
    use_cache: bool = True,
) -> ChangeFindings:
    """Hold a scan against the states before it.

    What a merge brings together is caused by the merge where neither side had it.

    Args:
        result: the scan.
        paths: what was scanned.
        settings: see `load_settings`.
        revisions: the states before; none before the first commit.
        use_cache: see `scan`.

    Raises:
        ProjectError: as of `scan_revision`.
    """
    reported = without_silenced(result.graph)
    naming = Naming(settings.default_schema, settings.case_sensitive)
    caused: dict[str, Diagnostic] | None = None
    explained: set[int] = set()
    for revision in revisions:
        base = scan_revision(paths, settings, revision, root=result.root, use_cache=use_cache)
        rows = _caused(base.graph, result, reported, naming, explained)
        by_order = {str(row.order): row for row in rows}
        caused = {key: row for key, row in by_order.items() if caused is None or key in caused}
    findings = list(reported) if caused is None else list(caused.values())
    new = {id(row) for row in findings} | explained
    return ChangeFindings(
        tuple(sorted(findings, key=lambda row: row.order)),
        sum(id(row) not in new and row.severity is not Severity.INFO for row in reported),
    )


def _caused(
    base: LineageGraph,
    result: Scan,
    reported: Sequence[Diagnostic],
    naming: Naming,
    explained: set[int],
) -> list[Diagnostic]:
    """What has come since a state; findings that something else explains are noted by identity."""
    head = result.graph
    if is_same_text(base, head):
        return []
    if isinstance(base, KeptGraph):
        base = base.beside(head)
    gone, causes = uses_of_gone(base, head, naming)
    explained.update(map(id, causes))
    new = new_findings(base, without_silenced(base), head, reported)
    return [
        *gone,
        *(row for row in new if id(row) not in explained),
        *removed_lineage(base, head, naming),
        *undefined_objects(base, head, naming, result.known),
    ]
