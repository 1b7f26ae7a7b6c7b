"""Twin patches: of a name that has twins it is said at the first row that has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from msgspec import Struct

from ...model.diagnostics import Diagnostic, Span
from ...model.graph import Statement
from ...model.names import Name
from ...model.naming import Naming
from ..assembly.twin_names import TwinNames
from .scan_change import NotPatchableError

_FULL = 3  # the parts of a name with its database


class MetTwins(Struct, frozen=True):
    """What is said of names that some rows have or had; `messages` is what was said of them.

    `paths`: the files where it is said.
    """

    diagnostics: Sequence[Diagnostic] = ()
    messages: AbstractSet[str] = frozenset()
    paths: AbstractSet[str] = frozenset()

    def replaces(self, diagnostic: Diagnostic) -> bool:
        """Is a diagnostic of before one of these?"""
        return diagnostic.code == "SLP204" and diagnostic.message in self.messages


class TwinPatch(Struct, frozen=True):
    """Where twins are told of.

    `old`: the diagnostics of the scan before. `spellings`: of all names today, by their keys.
    `respelled`: the keys of those that were spelled otherwise, or not at all. `referred`: of the
    objects that references tell of, which nobody may use.
    """

    old: Sequence[Diagnostic]
    spellings: Mapping[str, Name]
    naming: Naming
    respelled: AbstractSet[str]
    referred: AbstractSet[str]

    def met(
        self, before: AbstractSet[Name], today: AbstractSet[Name], rows: Sequence[Statement]
    ) -> MetTwins:
        """What is said of names.

        Args:
            before: what some rows named.
            today: what they name now.
            rows: all of today.

        Raises:
            NotPatchableError: other names may have twins by now, or no more.
        """
        self._hold(before, today)
        twins = TwinNames.of(self.spellings, self.naming)
        named = twins.named(before | today)
        if not named:
            return MetTwins()
        others = (self.naming.key(name) for key in named for name in twins.with_database[key])
        if not self.referred.isdisjoint(others):
            raise NotPatchableError("a name may be a twin of one that nobody uses")
        messages = {twins.message(key, name) for key, name in named.items()}
        diagnostics = [
            Diagnostic.of("", "SLP204", message, Span(row.line, 1, row.line, 1), row.path)
            for message, row in twins.met(rows, named)
        ]
        former = [one for one in self.old if one.code == "SLP204" and one.message in messages]
        paths = {one.path for one in (*former, *diagnostics)}
        return MetTwins(diagnostics, messages, paths)

    def _hold(self, before: AbstractSet[Name], today: AbstractSet[Name]) -> None:
        changed = [key.split("\0") for key in self.respelled]
        if self.referred:
            changed += [self.naming.key(name).split("\0") for name in before ^ today]
        short = {"\0".join(parts[1:]) for parts in changed if len(parts) == _FULL}
        known = short & (self.spellings.keys() | {self.naming.key(name) for name in before})
        if known:
            raise NotPatchableError("two names may be one table by now, or no more")
