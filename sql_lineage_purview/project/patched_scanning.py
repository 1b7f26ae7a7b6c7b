"""A scan that is patched: a few scripts say something else, and what is around them is known."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from ..catalog.ddl import read_definitions
from ..linker.patching.patching import patch
from ..linker.patching.scan_change import NotPatchableError
from ..model.facts import SourceFile
from ..model.limits import SCRIPT_BYTES
from ..model.naming import Naming
from ..tsql import StringCompiler
from .foreign_objects import foreign_objects
from .keeping.kept_findings import KeptFindings
from .keeping.kept_strings import KeptStrings
from .keeping.patch_basis import PatchBasis
from .reading.cache import Cache
from .reading.compilation import ScriptCompiler, unseal_variables
from .reading.found import FoundFile
from .reading.opened_files import OpenedFiles
from .reading.standalone_scripts import fingerprints_of, silent
from .storing.tool_versions import tool_versions

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from ..linker.context.findings import Findings
    from ..linker.patching.patch_source import Opened
    from ..model.catalogue import Catalogue
    from ..model.graph import LineageGraph
    from ..model.names import Name
    from .configuring.settings import Settings
    from .reading.standalone_scripts import Fingerprints
    from .storing.blob_store import BlobStore


class ScanState(Struct, frozen=True):
    """A scan as it is kept: its graph, what it is patched from, and its standalone scripts."""

    graph: LineageGraph
    basis: PatchBasis
    standalone: Fingerprints


def patched(
    before: ScanState,
    changed: Collection[str],
    root: Path,
    settings: Settings,
    store: BlobStore,
) -> ScanState | None:
    """The scan of today; None where all files have to be linked.

    Args:
        before: the scan that was kept.
        changed: the locations of the scripts that have changed, all of them standalone.
        root: what paths are relative to.
        settings: see `load_settings`.
        store: keeps facts and findings.
    """
    versions = tool_versions(store)
    findings = KeptFindings(store, root, versions, before.basis.chunks)
    files = ScriptFiles(before, root, Cache(store, versions))
    try:
        sources = files.changed(changed)
        strings = KeptStrings(StringCompiler(files.statements()), store, versions)
        source = StoredPatchSource(files, findings, before.basis.outline.options.naming)
        scan = patch(before.basis.beside(before.graph), sources, source, strings)
    # what is gone or damaged too
    except (NotPatchableError, KeyError, ValueError, OSError):
        return None
    if _names_others(settings) and _names(scan.graph) != _names(before.graph):
        return None
    findings.add([part.key for part in scan.parts.parts])
    foreign = foreign_objects(scan.graph, before.basis.scopes)
    others = (one for one in scan.graph.diagnostics if one.code != "SLP504")
    diagnostics = tuple(sorted((*others, *foreign), key=lambda one: one.order))
    basis = replace(before.basis, outline=scan.outline, parts=scan.parts, chunks=findings.chunks)
    return ScanState(
        dataclasses.replace(scan.graph, diagnostics=diagnostics), basis, files.fingerprints
    )


def _names_others(settings: Settings) -> bool:
    """Do settings name tables or databases, so that it is told where no name matches?"""
    return bool(settings.databases or settings.pins or settings.publish.exclude)


def _names(graph: LineageGraph) -> list[Name]:
    return [table.name for table in graph.tables]


class ScriptFiles(Struct):
    """The scripts of a scan as they are today.

    `fingerprints`: of the facts of standalone ones, by location.
    """

    before: ScanState
    root: Path
    cache: Cache
    opened: OpenedFiles = field(default_factory=OpenedFiles)
    fingerprints: dict[str, str] = field(default_factory=dict)
    _read: dict[str, SourceFile] = field(default_factory=dict)

    def changed(self, locations: Collection[str]) -> list[SourceFile]:
        """Standalone scripts that have changed.

        Raises:
            NotPatchableError: one has a part in others by now, or cannot be read.
        """
        self.fingerprints.update(self.before.standalone)
        paths = {self._location(old.path): old.path for old in self.before.basis.outline.files}
        if not paths.keys() >= set(locations):
            raise NotPatchableError("a script is none of the scan")
        found = [FoundFile(paths[place], Path(place)) for place in locations]
        compiler = self._compile(found)
        today = fingerprints_of(found, compiler)
        if today.keys() != set(locations):
            raise NotPatchableError("more than the bytes of a script decide what it says")
        self.fingerprints.update(today)
        return list(self._read.values())

    def statements(self) -> int:
        """How many all files have."""
        outline = self.before.basis.outline
        before = sum(old.statements for old in outline.files if old.path not in self._read)
        return before + sum(file.facts.statements for file in self._read.values())

    def files(self, paths: AbstractSet[str]) -> list[SourceFile]:
        """Files in the order of the scan.

        Raises:
            NotPatchableError: one cannot be read by itself, or has changed meanwhile.
        """
        missing = paths - self._read.keys()
        if missing:
            self._read_former(missing)
        ordered = (old.path for old in self.before.basis.outline.files)
        return [self._read[path] for path in ordered if path in paths]

    def _read_former(self, paths: AbstractSet[str]) -> None:
        dependent = {
            script.path: script for script in self.before.basis.dependent if script.path in paths
        }
        found: list[FoundFile] = []
        fingerprints: list[str] = []
        for path in sorted(paths):
            location = self._location(path)
            if path in dependent:
                script = dependent[path]
                includes = tuple(map(Path, script.includes))
                place = Path(script.location)
                variables: tuple[tuple[str, str], ...] = ()
                if script.given:
                    data = self.opened.read(place, SCRIPT_BYTES).data
                    variables = unseal_variables(script.given, data)
                found.append(FoundFile(path, place, variables=variables, includes=includes))
                fingerprints.append(script.fingerprint)
            elif location in self.before.standalone:
                found.append(FoundFile(path, Path(location)))
                fingerprints.append(self.before.standalone[location])
            else:
                raise NotPatchableError("what is asked for stands in no script of its own")
        compiler = self._compile(found)
        if [compiler.fingerprints.get(number) for number in range(len(found))] != fingerprints:
            raise NotPatchableError("a script has changed meanwhile")

    def _compile(self, found: Sequence[FoundFile]) -> ScriptCompiler:
        databases = {old.path: old.database for old in self.before.basis.outline.files}
        compiler = ScriptCompiler(self.root, 1, self.cache, silent, self.opened)
        for number, facts in enumerate(compiler.compile(found)):
            path, fingerprint = found[number].path, compiler.fingerprints.get(number, "")
            self._read[path] = SourceFile(path, facts, databases[path], fingerprint=fingerprint)
        return compiler

    def _location(self, path: str) -> str:
        return f"{self.root}{os.sep}{path.replace('/', os.sep)}"


class StoredPatchSource(Struct, frozen=True):
    """See `PatchSource`."""

    scripts: ScriptFiles
    kept: KeptFindings
    naming: Naming

    def files(self, paths: AbstractSet[str]) -> Sequence[SourceFile]:
        """See `PatchSource`."""
        return self.scripts.files(paths)

    def catalogue(self, files: Sequence[SourceFile]) -> Catalogue:
        """See `PatchSource`."""
        return read_definitions(files, self.naming)

    def findings(self, keys: Sequence[str]) -> Mapping[str, Opened]:
        """See `PatchSource`."""
        return self.kept.opened(keys)

    def key(self, findings: Findings) -> str:
        """See `PatchSource`."""
        return self.kept.key(findings)
