"""What a patch asks for while it is made: files, definitions and findings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Protocol

from ...model.catalogue import Catalogue
from ...model.facts import SourceFile
from ..context.findings import Findings

# Findings, once those that are part of them are given by their keys.
Opened = Callable[[Callable[[str], Findings]], Findings]


class PatchSource(Protocol):
    """What a patch asks for while it is made."""

    def files(self, paths: AbstractSet[str]) -> Sequence[SourceFile]:
        """Files as they are today, in the order of the scan.

        Raises:
            NotPatchableError: one cannot be read by itself.
        """
        ...

    def catalogue(self, files: Sequence[SourceFile]) -> Catalogue:
        """The columns that files define."""
        ...

    def findings(self, keys: Sequence[str]) -> Mapping[str, Opened]:
        """The findings of the scan before by the keys of their parts.

        Raises:
            NotPatchableError: they are there no more.
        """
        ...

    def key(self, findings: Findings) -> str:
        """What findings are found by from now on."""
        ...
