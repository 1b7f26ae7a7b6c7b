"""Kept links: what linking a scan has found, by file, for the next time.

The findings of a file hold as long as its facts are the same, and the answers to all that its run
has asked for. A *fingerprint* stands for an answer: two that are equal stand for equal ones.

    dbo.vw_Sales changes -> those who ask for dbo.vw_Sales are run again, and nobody else
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from msgspec import Struct, field

from ...model.facts import SourceFile
from ..context.findings import Findings

# A file, by its path and the database that it is in; one may stand for several.
FileKey: TypeAlias = tuple[str, str | None]


class LinkedFile(Struct, frozen=True):
    """What came of a file, and the fingerprint of its facts."""

    fingerprint: str
    findings: Findings


# The columns that a query gives a view or table, and what came of asking for them.
DescribedColumns: TypeAlias = tuple[tuple[str, ...] | None, Findings]


class KeptLinks(Struct, frozen=True):
    """What came of the files of a scan.

    `circumstances`: the fingerprint of what all files depend on. `answers`: the fingerprints of
    what was known of each object, by its key. `columns`: by the key of a view or table, and the
    file that sees it so. `spent`: how much of the budgets of the scan they have used, from 0 to 1,
    and `size` that of the scan; see `LinkBudget`.
    """

    circumstances: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[FileKey, LinkedFile] = field(default_factory=dict)
    columns: Mapping[tuple[str, str], DescribedColumns] = field(default_factory=dict)
    spent: float = 0.0
    size: tuple[int, int] = (0, 0)


def file_key(file: SourceFile) -> FileKey:
    """What tells a file from all others of a scan."""
    return file.path, file.database


class Reuse(Struct, frozen=True):
    """Which of the kept findings hold.

    `circumstances` and `answers` are those of today, `changed` the keys of the objects of which
    something else is known.
    """

    kept: KeptLinks = field(default_factory=KeptLinks)
    circumstances: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    changed: frozenset[str] = frozenset()
    _holding: dict[Findings, bool] = field(default_factory=dict)

    @classmethod
    def of(cls, kept: KeptLinks, circumstances: str, answers: Mapping[str, str]) -> Reuse:
        """What holds of what is kept, by what is known today."""
        if kept.circumstances != circumstances:
            kept = KeptLinks()
        changed = {key for key, answer in answers.items() if kept.answers.get(key) != answer}
        changed |= kept.answers.keys() - answers.keys()
        return cls(kept, circumstances, answers, frozenset(changed))

    def findings(self, file: SourceFile) -> Findings | None:
        """The findings of a file, if they hold."""
        linked = self.kept.files.get(file_key(file))
        if linked is None or not file.fingerprint or linked.fingerprint != file.fingerprint:
            return None
        return linked.findings if self._holds(linked.findings) else None

    def columns(self) -> dict[tuple[str, str], DescribedColumns]:
        """The columns of views and tables that hold."""
        return {
            place: (names, findings)
            for place, (names, findings) in self.kept.columns.items()
            if self._holds(findings)
        }

    def _holds(self, findings: Findings) -> bool:
        if findings not in self._holding:
            self._holding[findings] = (
                findings.lasting
                and self.changed.isdisjoint(findings.dependencies.asked)
                and all(
                    self._holds(event) for event in findings.events if isinstance(event, Findings)
                )
            )
        return self._holding[findings]
