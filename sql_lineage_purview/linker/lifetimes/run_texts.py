"""The texts of runs: that of each module, and of each script what stands between its modules.

    CREATE PROCEDURE dbo.Load AS SELECT a INTO #t FROM dbo.s; INSERT dbo.f SELECT a FROM #t

Such a run makes no table that others see, as most do, and others make what stays. Neither need be
followed to know that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from msgspec import Struct

from ...model.facts import (
    Create,
    Drop,
    Effect,
    Execute,
    ExecuteString,
    Jump,
    ModuleFact,
    Rename,
    Return,
    SourceFile,
    StatementFact,
    Write,
)
from ...model.names import Name
from ...model.vocabulary import ModuleKind, StatementKind
from ..definitions.scan_definitions import module_name
from .call_effects import last_part
from .lifetime_run import LifetimeFrame, LifetimeRun, Survey, created_names

_UNMAKING = (Drop, Jump, Return)


class RunText(Struct, frozen=True, eq=False):
    """The text of one run: statements, behind some of which a view is made, by its key.

    `view`: the key of the view whose text this is. `module`: the name and the fact of the module.
    """

    survey: Survey
    database: str | None
    parts: Sequence[tuple[Sequence[StatementFact], str | None]]
    view: str | None = None
    module: tuple[Name, ModuleFact] | None = None

    def may_lose(self) -> bool:
        """May it make a table that others see, or a view, which is gone at its end?"""
        makes, unmakes = any(key for _, key in self.parts), False
        for statements, _ in self.parts:
            for statement in statements:
                unmakes = unmakes or statement.kind is StatementKind.THROW
                for effect in statement.effects:
                    if isinstance(effect, Write | Create):
                        makes = makes or bool(_persistent(effect))
                    elif isinstance(effect, _UNMAKING):
                        unmakes = True
                    elif self._leads_on(statement, effect):
                        return True
        return makes and unmakes

    def may_name(self, lasts: AbstractSet[str]) -> bool:
        """May it name or make a table or view, by the last part of its name?"""
        for statements, key in self.parts:
            if key and last_part(key) in lasts:
                return True
            for statement in statements:
                for names in (statement.reads, statement.writes, *_created(statement)):
                    for name in names:
                        if name.parts[-1].casefold() in lasts:
                            return True
        return False

    def followed(self) -> LifetimeRun:
        """The run."""
        run, frame = LifetimeRun(self.survey, self.view), self._frame()
        for statements, key in self.parts:
            run.walk(frame, statements)
            run.make(key)
        return run

    def _leads_on(self, statement: StatementFact, effect: Effect) -> bool:
        """May it make and unmake whatever it likes?"""
        match effect:
            case Rename():
                return True
            case Execute():
                return self._calls(statement, effect)
            case ExecuteString():
                return bool(effect.pattern)
        return False

    def _calls(self, statement: StatementFact, executed: Execute) -> bool:
        """Does it call a procedure that is followed?"""
        module = self.module[0] if self.module else None
        database = statement.database or self.database
        return self.survey.callee(executed.procedure, module, database) is not None

    def _frame(self) -> LifetimeFrame:
        if self.module is None:
            return LifetimeFrame(None, self.database)
        name, fact = self.module
        survey = self.survey
        key = survey.definitions.naming.key(name)
        entry = survey.definitions.modules.get(key)
        is_counting = entry is not None and entry.fact is fact
        return LifetimeFrame(
            name,
            self.database,
            caller_supplied_parameters=(
                survey.generic.passed.get(key, frozenset()) if is_counting else frozenset()
            ),
            calls=(key,),
        )


def run_texts(survey: Survey, file: SourceFile) -> Iterator[RunText]:
    """The texts of the runs of a file: that of each module, and that of what is between them."""
    naming = survey.definitions.naming
    parts: list[tuple[Sequence[StatementFact], str | None]] = []
    pending: list[StatementFact] = []
    for item in file.facts.items:
        if isinstance(item, StatementFact):
            pending.append(item)
            continue
        name = module_name(item, file, naming)
        view = naming.key(name) if item.kind is ModuleKind.VIEW else None
        database = item.database or file.database
        yield RunText(survey, database, [(item.body, None)], view, (name, item))
        # one by a string is made by its EXEC
        parts.append((pending, None if item.dynamic else view))
        pending = []
    yield RunText(survey, file.database, [*parts, (pending, None)])


def _created(statement: StatementFact) -> list[tuple[Name, ...]]:
    return [names for effect in statement.effects if (names := _persistent(effect))]


def _persistent(effect: Effect) -> tuple[Name, ...]:
    """What an effect makes that others see."""
    return tuple(name for name in created_names(effect) if not name.temporary)
