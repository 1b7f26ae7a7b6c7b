"""Runs of files: each is run for itself, unless what came of it the last time holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from math import inf

from msgspec import Struct, field

from ...model.facts import ModuleFact, SourceFile
from ...model.names import Name
from ...model.naming import Naming
from ..context.findings import Findings
from ..context.link_budget import shrinking
from ..context.link_context import LinkContext
from ..definitions.scan_definitions import statements_of
from ..reuse.kept_links import DescribedColumns, KeptLinks, LinkedFile, Reuse, file_key
from .interpreter import Interpreter

# of what a scan may use: what a linking uses that runs some files alone is less than all would
MAX_SPENT = 0.5


class FileRuns(Struct):
    """The runs of the files of one linking, in the order of paths.

    `reused`: how many of them were not run anew. `sharing`: the paths of those that use ##global
    temporary tables; `makers`: of others whose strings make some.
    """

    files: Sequence[SourceFile]
    context: LinkContext
    reuse: Reuse
    reused: int = 0
    sharing: frozenset[str] = frozenset()
    makers: frozenset[str] = frozenset()
    _findings: dict[int, Findings] = field(default_factory=dict)

    @property
    def findings(self) -> list[Findings]:
        """What came of each file."""
        return [self._findings[number] for number in range(len(self.files))]

    def given_up(self) -> Iterator[Findings]:
        """What came of each file, which is given up here one by one: nobody else needs it."""
        for number in range(len(self.files)):
            yield self._findings.pop(number)

    @property
    def spent(self) -> float:
        """How much of its budgets the scan has used, from 0 to 1; more where they were short."""
        budget = self.context.budget
        if budget.exceeded:
            return inf
        strings = self.context.strings.compiler.spent
        edges = self.context.recorder.column_edges
        kept = self.reuse.kept
        return kept.spent * shrinking(kept.size, budget.size) + budget.share(strings, edges)

    def kept(self) -> KeptLinks:
        """What is to be kept for the next time.

        That is nothing where a budget has been used to a large part: what it would cut off next
        time depends on all files.
        """
        reuse, spent = self.reuse, self.spent
        if spent > MAX_SPENT:
            return KeptLinks()
        # the numbers of statements of a file that is in several databases depend on which these are
        times = Counter(file.path for file in self.files)
        linked = {
            file_key(file): LinkedFile(file.fingerprint, findings)
            for file, findings in zip(self.files, self.findings, strict=True)
            if file.fingerprint and findings.lasting and times[file.path] == 1
        }
        columns = dict(self._lasting_columns())
        size = self.context.budget.size
        return KeptLinks(reuse.circumstances, reuse.answers, linked, columns, spent, size)

    def _lasting_columns(self) -> Iterator[tuple[tuple[str, str], DescribedColumns]]:
        """The columns that queries give, where these hold in the next linking too."""
        definitions = self.context.definitions
        unspelled: set[Findings] = set()  # each is looked at once: a view is part of those above it
        for (key, path), names, findings in self.context.columns.described():
            if findings.lasting and (key in definitions.modules or key in definitions.creations):
                parts = list(findings.parts(unspelled))
                # a spelling is that of the first use, which others may be in the next linking
                if not any(part.dependencies.spelled for part in parts):
                    unspelled.update(parts)
                    yield (key, path), (names, findings)

    def run(self) -> None:
        """Run the files.

        Those that use ##global temporary tables find what the others have put there, so they are
        run behind the others and together: once to fill the tables, and once to read them.
        """
        interpreter = Interpreter(self.context)
        sharing = _using_globals(self.files, self.context.naming)
        self.sharing = frozenset(self.files[number].path for number in sharing)
        for number, file in enumerate(self.files):
            if number not in sharing:
                kept = self._kept(file)
                self._findings[number] = kept or interpreter.run_file(file)
                if kept is None and self.context.global_tables.tables:
                    self.makers |= {file.path}
        self._share(interpreter, sharing)
        if self.context.global_tables.tables:
            self.context.global_tables.join_all()
            self._share(interpreter, sharing)

    def _kept(self, file: SourceFile) -> Findings | None:
        """What came of a file the last time, if it holds."""
        findings = self.reuse.findings(file)
        if findings is None or not self._spells_alike(findings):
            return None
        self.reused += 1
        return findings

    def _spells_alike(self, findings: Findings) -> bool:
        """Is what only strings name spelled as at its first use in the files before?"""
        spelled: dict[str, Name] = {}
        for part in findings.parts():
            spelled |= part.dependencies.spelled
        return not spelled or self.context.definitions.spellings.spell_late(spelled)

    def _share(self, interpreter: Interpreter, sharing: Mapping[int, None]) -> None:
        for number in sharing:
            findings = self._findings[number] = interpreter.run_sharing(self.files[number])
            findings.lasting = False


def _using_globals(files: Sequence[SourceFile], naming: Naming) -> dict[int, None]:
    """The numbers of the files that use ##global temporary tables, by themselves or through calls.

    They read or write such tables, or call a procedure of such a file, through however many
    others.
    """
    pending = [number for number, file in enumerate(files) if _names_globals(file)]
    if not pending:
        return {}
    callers: dict[str, list[int]] = {}  # by the last part of the name that they call
    for number, file in enumerate(files):
        statements = [statement for statement, _ in statements_of(file)]
        for name in {naming.fold(name.object) for item in statements for name in item.calls}:
            callers.setdefault(name, []).append(number)
    users: set[int] = set()
    while pending:
        number = pending.pop()
        if number not in users:
            users.add(number)
            for name in module_names(files[number], naming):
                pending += callers.get(name, ())
    return dict.fromkeys(sorted(users))


def _names_globals(file: SourceFile) -> bool:
    return any(
        name.object.startswith("##")
        for statement, _ in statements_of(file)
        for names in (statement.reads, statement.writes)
        for name in names
    )


def module_names(file: SourceFile, naming: Naming) -> set[str]:
    """The last parts of the names of a file's modules."""
    return {
        naming.fold(item.name.object) for item in file.facts.items if isinstance(item, ModuleFact)
    }
