"""Facts of two readings, compared: how many both have, and how many only one of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from inputs import Document, Judged, Row
from names import folded
from waivers import WAIVERS, Statements, Waiver

KINDS = ("reads", "writes", "calls", "pairs")
# `lines`: where statements begin that read or write. It shows a statement lost as such; its names
# are lost facts already.
COMPARED = (*KINDS, "lines")
Facts = dict[str, Counter[str]]


@dataclass(frozen=True, slots=True)
class Scope:
    """What decides which names are compared: the modules whose calls count."""

    modules: frozenset[str]

    @classmethod
    def of(cls, document: Document, truth: Iterable[Judged]) -> Scope:
        """The modules that either side has seen defined."""
        modules = document.modules.union(*(judged.modules for judged in truth))
        return cls(frozenset(name for raw in modules if (name := folded(raw))))

    def facts(self, row: Row) -> Facts:
        """What one statement states."""
        reads, writes, calls = (_folded(names) for names in (row.reads, row.writes, row.calls))
        return {
            "reads": Counter(reads),
            "writes": Counter(writes),
            "calls": Counter(calls & self.modules),
            "pairs": Counter(f"{write} <- {read}" for write in writes for read in reads),
            "lines": Counter([str(row.line)] if reads or writes else []),
        }

    def all_facts(self, rows: Iterable[Row]) -> Facts:
        """The facts of a file, each as often as statements state it."""
        found: Facts = {kind: Counter() for kind in COMPARED}
        for row in rows:
            for kind, facts in self.facts(row).items():
                found[kind] += facts
        return found


@dataclass(slots=True)
class Tally:
    """How many facts both have, only the document, only the truth.

    Each of the latter two with its file.
    """

    both: int = 0
    ours: Counter[tuple[str, str]] = field(default_factory=Counter)
    theirs: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, path: str, both: int, ours: Counter[str], theirs: Counter[str]) -> None:
        """Count the facts of one file."""
        self.both += both
        self.ours.update({(path, fact): count for fact, count in ours.items()})
        self.theirs.update({(path, fact): count for fact, count in theirs.items()})

    @property
    def precision(self) -> float | None:
        """The share of our facts that the truth has; None where we have none."""
        return _share(self.both, self.ours.total())

    @property
    def recall(self) -> float | None:
        """The share of the truth's facts that we have; None where it has none."""
        return _share(self.both, self.theirs.total())

    @property
    def total(self) -> int:
        """All facts of either side."""
        return self.both + self.ours.total() + self.theirs.total()


@dataclass(slots=True)
class Comparison:
    """What came out.

    `strict`: without waivers; `tallies`: with them; `waived`: facts that each waiver excused.
    """

    files: int
    valid: list[str]
    missing: list[str]
    unjudged: list[str]
    statements: int
    gaps: int
    strict: dict[str, Tally] = field(default_factory=lambda: {kind: Tally() for kind in COMPARED})
    tallies: dict[str, Tally] = field(default_factory=lambda: {kind: Tally() for kind in COMPARED})
    waived: Counter[str] = field(default_factory=Counter)

    @property
    def facts(self) -> int:
        """All reads, writes, calls and pairs of either side, before any waiver."""
        return sum(self.strict[kind].total for kind in KINDS)

    @property
    def gaps_per_thousand(self) -> float:
        """Syntax gaps for each thousand statements of valid files.

        A valid file that the document lacks is one.
        """
        return 1000 * (self.gaps + len(self.missing)) / max(1, self.statements)

    @property
    def waived_share(self) -> float:
        """The share of all facts that waivers excused."""
        return self.waived.total() / max(1, self.facts)

    def worst(self) -> list[tuple[str, int]]:
        """The files with the most differences."""
        found: Counter[str] = Counter()
        for tally in self.tallies.values():
            for side in (tally.ours, tally.theirs):
                for (path, _), count in side.items():
                    found[path] += count
        return found.most_common()


def compare(
    folder: Path, document: Document, truth: Sequence[Judged], waivers: Sequence[Waiver] = WAIVERS
) -> Comparison:
    """Hold the document against the truth, over the files that the truth calls valid."""
    scope = Scope.of(document, truth)
    valid = [judged for judged in truth if judged.valid]
    known = {judged.path for judged in truth}
    present = [document.files[judged.path] for judged in valid if judged.path in document.files]
    result = Comparison(
        files=len(document.files),
        valid=[judged.path for judged in valid],
        missing=[judged.path for judged in valid if judged.path not in document.files],
        unjudged=sorted(
            path for path in document.files if path.lower().endswith(".sql") and path not in known
        ),
        statements=sum(statements for statements, _ in present),
        gaps=sum(gaps for _, gaps in present),
    )
    for judged in valid:
        _compare_file(
            result,
            scope,
            Statements(judged.path, document.rows.get(judged.path, ()), judged.rows, folder),
            waivers,
        )
    return result


def _compare_file(
    result: Comparison, scope: Scope, statements: Statements, waivers: Sequence[Waiver]
) -> None:
    mine, other = scope.all_facts(statements.ours), scope.all_facts(statements.theirs)
    extra = {kind: mine[kind] - other[kind] for kind in COMPARED}
    lost = {kind: other[kind] - mine[kind] for kind in COMPARED}
    for kind in COMPARED:
        agreed = (mine[kind] & other[kind]).total()
        result.strict[kind].add(statements.path, agreed, extra[kind], lost[kind])
    for waiver in waivers:
        for claim in waiver.claims(statements):
            facts = scope.facts(claim.row)
            disputed = extra if claim.ours else lost
            for kind in claim.kinds:
                excused = disputed[kind] & facts[kind]
                disputed[kind] -= excused
                if kind in KINDS:
                    result.waived[waiver.name] += excused.total()
    for kind in COMPARED:
        result.tallies[kind].add(
            statements.path, (mine[kind] & other[kind]).total(), extra[kind], lost[kind]
        )


def _folded(names: Iterable[str]) -> set[str]:
    return {name for raw in names if (name := folded(raw))}


def _share(both: int, apart: int) -> float | None:
    return both / (both + apart) if both + apart else None
