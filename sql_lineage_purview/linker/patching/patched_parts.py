"""Which findings of a scan are replaced by others, and which hold."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from msgspec import Struct

from ...model.names import Name
from ..context.findings import Event, Findings
from .part_table import PartTable
from .partial_linking import PartialLinking
from .patch_source import PatchSource
from .scan_change import NotPatchableError
from .touched_paths import global_events, is_global, touched_paths


class ReplacedParts(Struct, frozen=True):
    """What came of files that have been run, where it is another thing than before.

    `altered`: the findings of these files by path. `numbers`: the parts that they had, `staying`
    those of all others. `paths`: the files in whose rows any of them shows. `late`: see
    `ScanOutline`.
    """

    altered: Mapping[str, Findings]
    numbers: AbstractSet[int]
    staying: AbstractSet[int]
    paths: AbstractSet[str]
    late: Mapping[str, Name]

    @classmethod
    def of(cls, parts: PartTable, linking: PartialLinking, source: PatchSource) -> ReplacedParts:
        """What is replaced.

        Raises:
            NotPatchableError: it shows in no file's rows alone.
        """
        altered = {
            path: findings
            for path, findings in linking.findings.items()
            if source.key(findings) != parts.parts[parts.roots[path]].key
        }
        numbers = parts.reached(parts.roots[path] for path in altered)
        staying = parts.reached(root for path, root in parts.roots.items() if path not in altered)
        today: set[Findings] = set()
        for findings in altered.values():
            today.update(findings.parts(today))
        if any(parts.parts[number].is_global for number in numbers) or any(map(is_global, today)):
            raise NotPatchableError("what is known of a file in a store changes")
        paths = {path for number in numbers for path in parts.parts[number].touched}
        late = {key: name for number in staying for key, name in parts.parts[number].spelled}
        for findings in today:
            late.update(findings.dependencies.spelled)
        return cls(altered, numbers, staying, paths.union(*map(touched_paths, today)), late)


class KeptParts(Struct, frozen=True):
    """The findings of the scan before that hold: those that are `staying`."""

    parts: PartTable
    staying: AbstractSet[int]
    source: PatchSource

    def of(self, numbers: AbstractSet[int]) -> list[Findings]:
        """Findings without those that are part of them."""
        keys = [self.parts.parts[number].key for number in sorted(numbers)]
        opened = self.source.findings(keys)
        return [opened[key](lambda _: Findings()) for key in keys]

    def touching(self, paths: AbstractSet[str]) -> list[Findings]:
        """Those that show in the rows of some files, without those that are part of them."""
        return self.of(self._touching(paths))

    def beside(self, paths: AbstractSet[str], altered: Mapping[str, Findings]) -> list[Findings]:
        """The findings of files in the order of paths: altered ones, and those that matter.

        What belongs to no file's rows, as that a table is renamed, is told by all that stay.

        Args:
            paths: the files in whose rows they matter.
            altered: the findings that have taken the place of others, by path.
        """
        parts, numbers = self.parts.parts, self._touching(paths)
        telling = {number for number in self.staying if parts[number].is_global}
        read = numbers | telling
        opened = self.source.findings([parts[number].key for number in sorted(read)])
        leading = self.parts.holding(read)
        # of what only leads to others, or tells of no row, nothing matters but their order
        found: dict[str, Findings] = {}
        for number in sorted(leading):
            part = parts[number]
            if number in numbers:
                found[part.key] = opened[part.key](lambda key: found.get(key) or Findings())
            else:
                inner = [found[key] for one in part.inner if (key := parts[one].key) in found]
                events: dict[Event | Findings, None] = dict.fromkeys(inner)
                if number in telling:
                    events = {**global_events(opened[part.key](lambda _: Findings())), **events}
                found[part.key] = Findings(events=events)
        return [
            altered.get(path) or found[parts[root].key]
            for path, root in sorted(self.parts.roots.items())
            if path in altered or root in leading
        ]

    def _touching(self, paths: AbstractSet[str]) -> set[int]:
        return {
            number
            for number in self.staying
            if not paths.isdisjoint(self.parts.parts[number].touched)
        }
