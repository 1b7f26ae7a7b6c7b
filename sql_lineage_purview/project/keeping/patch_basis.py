"""What a later scan is patched from: what is known of a scan besides its graph, in clear.

It holds names, as the graph does, and no text of a script.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.json import Decoder

from ...linker import Relinked
from ...linker.patching.part_table import PartTable, PartTableBuilder
from ...linker.patching.patching import PatchedScan
from ...linker.patching.scan_outline import ScanOutline
from ...model.diagnostics import Diagnostic
from ...model.graph import LineageGraph
from ..foreign_objects import ProjectScopes
from ..reading.row_text import row_bytes, typed_values
from ..reading.standalone_scripts import DependentScript
from .kept_findings import KeptFindings


class PatchBasis(Struct, frozen=True, array_like=True):
    """What is known of a scan.

    `chunks`: see `KeptFindings`. `outer`: the diagnostics of its graph that are none of the
    linking, but those of objects that only another project defines, which are told by `scopes`.
    `dependent`: the scripts that are no standalone ones.
    """

    outline: ScanOutline
    parts: PartTable
    chunks: Sequence[Sequence[str]]
    outer: Sequence[Diagnostic]
    scopes: ProjectScopes
    dependent: Sequence[DependentScript]

    def beside(self, graph: LineageGraph) -> PatchedScan:
        """The scan, with its graph."""
        return PatchedScan(graph, self.outline, self.parts, frozenset(self.outer))


_DECODER = Decoder(PatchBasis)


def basis_of(
    linked: Relinked,
    graph: LineageGraph,
    kept: KeptFindings,
    scopes: ProjectScopes,
    dependent: Sequence[DependentScript],
) -> PatchBasis | None:
    """What a later scan can be patched from; None where it can only be linked.

    Args:
        linked: what the linking gave.
        graph: the graph of the scan, with all that was added to that of the linking.
        kept: keeps the findings.
        scopes: the projects of the scan.
        dependent: its scripts that are no standalone ones.
    """
    if linked.outline is None or graph.declared:
        return None
    builder = PartTableBuilder()
    for path, findings in linked.findings.items():
        builder.roots[path] = builder.add(findings, kept.key)
    for place, findings in linked.columns:
        builder.columns[place] = builder.add(findings, kept.key)
    kept.add([part.key for part in builder.parts])
    own = frozenset(linked.graph.diagnostics)
    outer = [one for one in graph.diagnostics if one not in own and one.code != "SLP504"]
    return PatchBasis(linked.outline, builder.table(), kept.chunks, outer, scopes, dependent)


def text_of_basis(basis: PatchBasis) -> bytes:
    """A basis as it is kept."""
    return row_bytes(basis)


def basis_in(text: bytes) -> PatchBasis:
    """What `text_of_basis` wrote.

    Raises:
        ValueError: the text is none of this version.
    """
    return typed_values(text, _DECODER)
