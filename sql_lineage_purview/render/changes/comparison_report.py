"""A comparison as it is shown, and the words that all of its formats share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from ...analysis.comparison.graph_comparison import GraphComparison
from ...analysis.comparison.lineage_change import ChangeKind, ImpactClass, LineageChange
from ...model.vocabulary import Subtype
from ..counting import counted
from ..definition_parts import counted_parts
from ..hidden_words import unread_words
from ..labels import label
from .change_kind_rules import CHANGE_RULES

if TYPE_CHECKING:
    from ...analysis.comparison.lineage_change import LineageInput
    from ...analysis.use import ObjectUse

NOT_COMPARED = (
    "Types, keys, indexes, constraints, ALTER, DROP, constants and kinds of joins are not part of "
    "lineage, and not compared."
)
_PASSED_ON = "passed on"
_WORDS = {
    Subtype.IDENTITY: _PASSED_ON,
    Subtype.TRANSFORMATION: "recomputed",
    Subtype.AGGREGATION: "aggregated",
}


class ComparisonReport(Struct, frozen=True):
    """A comparison with what its states are called.

    Args:
        comparison: What the states differ in.
        base: The first state, as it was named.
        head: The second one.
        path: How a file of the head is shown, by its path in the scan.
        in_full: Is all of it shown, however much that is?
        configurations: Configuration files in which the states differ.
    """

    comparison: GraphComparison
    base: str
    head: str
    path: Callable[[str], str] = str
    in_full: bool = False
    configurations: Sequence[str] = ()

    def __bool__(self) -> bool:
        """Has anything changed?"""
        return bool(self.comparison.changes)

    @property
    def counts(self) -> str:
        """How many changes there are of each class."""
        rows = [(impact, len(self.comparison.of(impact))) for impact in ImpactClass]
        return ", ".join(f"{number} {impact}" for impact, number in rows if number)

    @property
    def summary(self) -> str:
        """All that has changed in one sentence."""
        same = f"{counted(self.comparison.same_edges, 'column edge')} as before"
        if not self:
            return f"No change from {self.base} to {self.head}; {same}."
        return f"From {self.base} to {self.head}: {self.counts}; {same}."

    @property
    def doubts(self) -> Iterator[str]:
        """What is not proven by the comparison."""
        if self.configurations:
            names = ", ".join(self.configurations)
            verb = "differs" if len(self.configurations) == 1 else "differ"
            yield f"{names} {verb}: both states are read with the configuration of today."
        if gaps := self.comparison.gaps:
            files = counted(len({row.path for row in gaps}), "file")
            text = f"{counted(len(gaps), 'gap')} in {files} before and now"
            yield f"{text}: what these hide is not compared."
        if rows := self.comparison.not_read:
            yield f"{unread_words(rows)} not read: what these do is not compared."
        yield NOT_COMPARED

    def place(self, change: LineageChange) -> str:
        """Where a change stands."""
        if change.location is None:
            return ""
        place = f"{self.path(change.location.path)}:{change.location.line}"
        return f"{place} (before)" if change.in_base else place


def subject_of(change: LineageChange) -> str:
    """What a change is about."""
    if change.subject:
        return label(change.subject)
    return change.location.path if change.location else ""


def sentence(change: LineageChange) -> str:
    """What has happened to it."""
    text = CHANGE_RULES[change.kind].title
    if change.replacement:
        text += f" to {label(change.replacement)}"
    if change.kind is ChangeKind.FILE_MOVED:
        return f"{text} from {change.detail}"
    if change.detail:
        text += f": {change.detail}"
    return text + _users_in_short(change)


def _users_in_short(change: LineageChange) -> str:
    certain = sum(use.is_certain and not use.part for use in change.users)
    text = ""
    if certain:
        text = f"; {counted(certain, 'module or script uses', 'modules or scripts use')} it still"
    if parts := counted_parts(change.users):
        text += f"; {parts} still"
    if text:
        return text
    if change.users:
        return (
            f"; {counted(len(change.users), 'module or script', 'modules or scripts')} may use it"
        )
    if change.kind in _MAY_BE_USED and change.impact is not ImpactClass.HARMLESS:
        return "; nothing in the scan names it"
    return ""


_MAY_BE_USED = frozenset(
    (
        ChangeKind.COLUMN_DROPPED,
        ChangeKind.TABLE_DROPPED,
        ChangeKind.MODULE_DROPPED,
        ChangeKind.OBJECT_DROPPED,
        ChangeKind.COLUMN_RENAMED,
        ChangeKind.TABLE_RENAMED,
        ChangeKind.MODULE_RENAMED,
    )
)


def inputs(rows: Iterable[LineageInput]) -> str:
    """Columns that take part, each with how it does."""
    return ", ".join(f"{label(row.source)} ({_how(row)})" for row in rows)


def _how(row: LineageInput) -> str:
    word = _WORDS.get(row.subtype, row.subtype.lower().replace("_", " "))
    return f"{word}, by {', '.join(row.carriers)}" if row.carriers else word


def user(use: ObjectUse) -> str:
    """Who uses something, and how."""
    if use.part:
        return f"{use.part} names it"
    name = str(use.module or use.path)
    verbs = ", ".join(sorted(use.kinds))
    return f"{name} {verbs} it" if use.is_certain else f"{name} may use it"


def user_place(use: ObjectUse) -> tuple[str, int]:
    """The file and line where it does."""
    return (use.sites[0].path, use.sites[0].line) if use.sites else (use.path, use.line)


def paths(change: LineageChange) -> Iterator[str]:
    """The columns that a change reaches, those alone from which nothing leads on."""
    inner = {path[:-1] for path in change.reached}
    for path in change.reached:
        if path not in inner:
            yield " -> ".join(map(label, path))
