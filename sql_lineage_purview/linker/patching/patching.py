"""Patching: the graph of today from the one before, where a few files say something else.

    dbo.Load reads another table  -->  dbo.Load is run, and so is who calls it; the rows of its file
    are made anew, and the edges that its statements carry; all else is as it was

It is done only where it is known that nothing else can have changed: `link` gives the same graph.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet

from msgspec import Struct
from msgspec.structs import replace

from ...model.diagnostics import Diagnostic
from ...model.facts import SourceFile
from ...model.graph import LineageGraph
from ...model.names import Name
from ...model.naming import Naming
from ...model.stack import deep
from ..assembly.graph_assembly import GraphAssembly
from ..assembly.scan_findings import ScanFindings
from ..context.executed_strings import CompiledStrings, CompileString
from ..interpreter.file_runs import MAX_SPENT
from ..reuse.fingerprints import defined_names
from .dependents import Dependents, dependent_paths
from .edge_patch import EdgePatch
from .file_outline import first_uses
from .graph_patch import GraphPatch
from .part_table import PartTable
from .partial_linking import PartialLinking, link_part
from .patch_source import PatchSource
from .patched_parts import KeptParts, ReplacedParts
from .scan_change import NotPatchableError, ScanChange, change_of
from .scan_outline import ScanOutline
from .twin_patch import TwinPatch

MAX_FILES = 1000  # that are looked into; with more, all may as well be linked


class PatchedScan(Struct, frozen=True):
    """A scan that can be patched: its graph, and what is known of it.

    `outer`: the diagnostics of the graph that are none of the linking.
    """

    graph: LineageGraph
    outline: ScanOutline
    parts: PartTable
    outer: frozenset[Diagnostic]


def patch(
    before: PatchedScan,
    changed: Sequence[SourceFile],
    source: PatchSource,
    compile_string: CompileString,
) -> PatchedScan:
    """The scan of today.

    Args:
        before: the scan before.
        changed: the files that say something else.
        source: gives what is asked for.
        compile_string: as for `link`.

    Raises:
        NotPatchableError: it cannot be said that all else is as it was.
    """
    return deep(lambda: _Patch.of(before, changed, source, CompiledStrings(compile_string)).scan())


class _Patch(Struct, frozen=True):
    """A patch in the making: what has changed, and who is run because of it."""

    before: PatchedScan
    source: PatchSource
    strings: CompiledStrings
    change: ScanChange
    asking: AbstractSet[int]
    rerun: AbstractSet[str]

    @classmethod
    def of(
        cls,
        before: PatchedScan,
        changed: Sequence[SourceFile],
        source: PatchSource,
        strings: CompiledStrings,
    ) -> _Patch:
        ordered = sorted(changed, key=lambda file: file.path)
        naming = before.outline.options.naming
        change = change_of(before.outline, ordered, naming, source.files, source.catalogue)
        asking = before.parts.asking(change.keys)
        rerun = {path for path, root in before.parts.roots.items() if root in asking}
        rerun |= {file.path for file in ordered}
        # what one of them leaves in a global temporary table the others find
        if not rerun.isdisjoint(before.outline.sharing.paths):
            rerun |= before.outline.sharing.paths
        return cls(before, source, strings, change, asking, rerun)

    def scan(self) -> PatchedScan:
        """The scan of today."""
        tellers, parts = self._tellers(), self.before.parts
        naming = self.before.outline.options.naming
        roots = [parts.roots[path] for path in self.rerun if path in parts.roots]
        numbers = parts.reached(roots)
        # views above a view that has changed have other columns too
        columns = parts.reached(number for _, number in parts.columns if number in self.asking)
        asked = {key for number in numbers | columns for key in parts.parts[number].asked}
        # Whose rows will be made anew is seen when all has been run; most of these were so before.
        shown = {path for number in numbers for path in parts.parts[number].touched} | self.rerun
        shown |= dependent_paths(self.before.graph.dependencies, self.change, naming)
        for old in self.before.outline.files:
            if old.path in self.rerun:
                asked.update(old.used)
            if old.path in shown:
                asked.update(old.defined)
        for file in self.change.files:
            asked.update(first_uses(file, naming))
        known = shown | _told(asked, tellers)
        while True:
            if len(known) > MAX_FILES:
                raise NotPatchableError("more files have a part in it than are looked into")
            linking = self._linked(known, tellers)
            if not isinstance(linking, PartialLinking):
                missing = _told(linking, tellers) - known
            elif not (missing := _told(linking.asked, tellers) - known):
                scan, further = self._patched(linking, known, tellers)
                if scan:
                    return scan
                missing.update(further)
            known |= missing

    def _tellers(self) -> dict[str, list[str]]:
        """The paths of the files that say what an object is today."""
        paths, naming = (
            {file.path for file in self.change.files},
            self.before.outline.options.naming,
        )
        tellers: dict[str, list[str]] = {}
        for old in self.before.outline.files:
            if old.path not in paths:
                for key in old.defined:
                    tellers.setdefault(key, []).append(old.path)
        for file in self.change.files:
            for name in defined_names(file, naming):
                tellers.setdefault(naming.key(name), []).append(file.path)
        return tellers

    def _linked(
        self, known: AbstractSet[str], tellers: Mapping[str, Sequence[str]]
    ) -> PartialLinking | AbstractSet[str]:
        sources = {old.path for old in self.before.outline.files if old.is_source}
        files = self.source.files(known | sources)
        return link_part(
            self.before.outline,
            self.change,
            files,
            self.source.catalogue(files),
            self.rerun,
            self.strings,
            lambda keys: _told(keys, tellers) <= known,
        )

    def _patched(
        self, linking: PartialLinking, known: AbstractSet[str], tellers: Mapping[str, Sequence[str]]
    ) -> tuple[PatchedScan | None, AbstractSet[str]]:
        """The scan; or else the paths of files that have to be known first."""
        replaced = ReplacedParts.of(self.before.parts, linking, self.source)
        # a file says so where it defines what another has defined
        paths = replaced.paths | _told(self.change.shared, tellers)
        paths |= {file.path for file in self.change.files}
        if not paths <= self.before.parts.roots.keys():
            raise NotPatchableError("what is shown of a file that only tells of objects changes")
        defined = {
            key for old in self.before.outline.files if old.path in paths for key in old.defined
        }
        naming, old = self.before.outline.options.naming, self.before.graph
        dependents = dependent_paths(old.dependencies, self.change, naming)
        missing = (paths | dependents | _told(defined, tellers)) - known
        if missing:
            return None, missing
        context = linking.context
        kept = KeptParts(self.before.parts, replaced.staying, self.source)
        rows = {path: list(context.rows.by_path.get(path, ())) for path in paths}
        merged = ScanFindings.of(context.definitions, rows, kept.beside(paths, replaced.altered))
        files = {file.path: file for file in self.source.files(known) if not file.reference}
        assembly = GraphAssembly(context, merged, [files[path] for path in sorted(paths)])
        edges = EdgePatch(
            paths,
            {row.id for row in old.statements if row.path in paths},
            [*kept.touching(paths), *kept.of(replaced.numbers - replaced.staying)],
            merged.edges,
            kept.touching,
        )
        described = {
            key for (key, path), number in self.before.parts.columns if number in self.asking
        }
        described = _through_renames(described, merged.renamed, self.change.keys, naming)
        naming_files = Dependents(
            [files[path] for path in sorted(dependents)],
            self.before.outline.dropped,
            {file.path: frozenset(file.hidden) for file in self.before.outline.files},
        )
        context.definitions.spellings.late.update(replaced.late)
        respelled = self._respelled_late(replaced.late)
        twins = TwinPatch(
            old.diagnostics,
            context.definitions.spellings.all(),
            context.naming,
            self.change.respelled | respelled,
            {key for file in self.before.outline.files if file.reference for key in file.defined},
        )
        graph_patch = GraphPatch(
            old,
            self.change,
            respelled,
            self.before.outline.respelled,
            assembly,
            paths,
            edges,
            described,
            naming_files,
            twins,
            self.before.outer,
        )
        with context.recorder.part() as asking:
            graph = graph_patch.graph()
        asked = {key for part in asking.parts() for key in part.dependencies.asked}
        missing = _told(asked, tellers) - known
        if missing:
            return None, missing
        return PatchedScan(
            graph,
            self._outline(linking, replaced.late, self._spent(linking, graph)),
            self._parts(linking, replaced),
            self.before.outer,
        ), set()

    def _respelled_late(self, late: Mapping[str, Name]) -> set[str]:
        """What only strings name, where it is spelled otherwise or by one of both states alone."""
        before = self.before.outline.late
        return {key for key in before.keys() | late.keys() if before.get(key) != late.get(key)}

    def _spent(self, linking: PartialLinking, graph: LineageGraph) -> float:
        """See `ScanOutline`; a scan of less statements that have rows may use less, too.

        Raises:
            NotPatchableError: so much that a budget may be short.
        """
        before, today = len(self.before.graph.statements), len(graph.statements)
        spent = linking.spent * max(1.0, before / max(1, today))
        if spent > MAX_SPENT:
            raise NotPatchableError("a budget may be short")
        return spent

    def _outline(
        self, linking: PartialLinking, late: Mapping[str, Name], spent: float
    ) -> ScanOutline:
        outline, change = self.before.outline, self.change
        return replace(
            outline,
            files=[linking.outlines.get(old.path, old) for old in outline.files],
            written=change.written,
            undefined=change.undefined,
            unlike=change.unlike,
            late=late,
            spent=spent,
        )

    def _parts(self, linking: PartialLinking, replaced: ReplacedParts) -> PartTable:
        parts = self.before.parts
        columns = [number for _, number in parts.columns if number not in self.asking]
        builder = parts.kept(replaced.staying | parts.reached(columns))
        for path, findings in replaced.altered.items():
            builder.roots[path] = builder.add(findings, self.source.key)
        for place, _, findings in linking.context.columns.described():
            if findings.lasting:
                builder.columns[place] = builder.add(findings, self.source.key)
        return builder.table()


def _through_renames(
    described: AbstractSet[str],
    renamed: Mapping[str, Name],
    changed: AbstractSet[str],
    naming: Naming,
) -> set[str]:
    """Some keys, and those of tables whose columns may be others under the name they had."""
    found, count = set(described), -1
    while count < len(found):
        count = len(found)
        found |= {key for key, old in renamed.items() if naming.key(old) in found | changed}
    return found


def _told(keys: Iterable[str], tellers: Mapping[str, Sequence[str]]) -> set[str]:
    """The files that say what some objects are."""
    return {path for key in keys for path in tellers.get(key, ())}
