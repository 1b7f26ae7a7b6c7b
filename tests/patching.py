"""Patching the scan of a repository that is held in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

from msgspec import Struct, field

from sql_lineage_purview.catalog.ddl import read_definitions
from sql_lineage_purview.linker import LinkOptions, link, relink
from sql_lineage_purview.linker.context.findings import Findings
from sql_lineage_purview.linker.patching.part_table import PartTableBuilder
from sql_lineage_purview.linker.patching.patch_source import Opened
from sql_lineage_purview.linker.patching.patching import PatchedScan, patch
from sql_lineage_purview.linker.patching.scan_change import NotPatchableError
from sql_lineage_purview.model.catalogue import Catalogue
from sql_lineage_purview.model.facts import SourceFile
from sql_lineage_purview.model.graph import LineageGraph
from sql_lineage_purview.project.keeping.kept_findings import KeptFindings
from sql_lineage_purview.project.storing.blob_store import BlobStore
from sql_lineage_purview.tsql import compile_string
from tests.linking import compiled


class Repository(Struct):
    """Scripts by path, and their scan; None where the next one cannot be patched."""

    scripts: dict[str, str]
    options: LinkOptions
    findings: KeptFindings
    references: AbstractSet[str] = frozenset()  # the paths of scripts that only tell of objects
    scan: PatchedScan | None = None
    _files: dict[tuple[str, str], SourceFile] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        scripts: Mapping[str, str],
        options: LinkOptions | None = None,
        references: AbstractSet[str] = frozenset(),
    ) -> Repository:
        """A repository whose scripts have been linked."""
        options = options or LinkOptions()
        store = BlobStore(Path("never-written.sqlite3"))
        repository = cls(dict(scripts), options, KeptFindings(store, Path(), "1.0"), references)
        repository._link()
        return repository

    def edit(self, edits: Mapping[str, str]) -> bool:
        """Let scripts that are there say something else; True: the scan was patched."""
        self.scripts.update(edits)
        if self.scan is not None:
            changed = [self._file(path) for path in edits]
            try:
                self.scan = patch(self.scan, changed, MemorySource(self), compile_string)
            except NotPatchableError:
                pass
            else:
                self.findings.add([part.key for part in self.scan.parts.parts])
                return True
        self._link()
        return False

    @property
    def graph(self) -> LineageGraph:
        """The graph of the scripts, patched where that is known."""
        return self.scan.graph if self.scan is not None else self.linked()

    def linked(self) -> LineageGraph:
        """The graph that linking all of the scripts gives."""
        files = self.files()
        catalogue = read_definitions(files, self.options.naming)
        return link(files, catalogue, self.options, compile_string)

    def files(self) -> list[SourceFile]:
        """All files, in the order of the scan."""
        return [self._file(path) for path in self.scripts]

    def _file(self, path: str) -> SourceFile:
        text = self.scripts[path]
        if (path, text) not in self._files:
            reference = path in self.references
            self._files[path, text] = SourceFile(
                path, compiled(text), reference=reference, fingerprint=text
            )
        return self._files[path, text]

    def _link(self) -> None:
        files = self.files()
        catalogue = read_definitions(files, self.options.naming)
        linked = relink(files, catalogue, self.options, compile_string)
        self.findings.keep(linked.kept)
        self.scan = None
        if linked.outline:
            builder = PartTableBuilder()
            for path, findings in linked.findings.items():
                builder.roots[path] = builder.add(findings, self.findings.key)
            for place, findings in linked.columns:
                builder.columns[place] = builder.add(findings, self.findings.key)
            self.findings.add([part.key for part in builder.parts])
            self.scan = PatchedScan(linked.graph, linked.outline, builder.table(), frozenset())


class MemorySource(Struct):
    """See `PatchSource`."""

    repository: Repository

    def files(self, paths: AbstractSet[str]) -> Sequence[SourceFile]:
        """See `PatchSource`."""
        return [file for file in self.repository.files() if file.path in paths]

    def catalogue(self, files: Sequence[SourceFile]) -> Catalogue:
        """See `PatchSource`."""
        return read_definitions(files, self.repository.options.naming)

    def findings(self, keys: Sequence[str]) -> Mapping[str, Opened]:
        """See `PatchSource`."""
        return self.repository.findings.opened(keys)

    def key(self, findings: Findings) -> str:
        """See `PatchSource`."""
        return self.repository.findings.key(findings)
