"""One run of a module or script, followed for the tables that it makes, names and drops."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from ...model.facts import (
    BeginCatch,
    BeginTry,
    CloseSession,
    Create,
    Drop,
    Effect,
    EvaluateOnly,
    Execute,
    ExecuteString,
    IfExists,
    Jump,
    Label,
    ModuleFact,
    NextBatch,
    OpenSession,
    Rename,
    Return,
    StatementFact,
    Write,
)
from ...model.names import Name
from ...model.vocabulary import ModuleKind, StatementKind
from ..context.executed_strings import CompiledStrings
from ..definitions.arguments import Generic, Strings, passed_elsewhere, passed_strings, texts
from ..definitions.scan_definitions import Definitions, ModuleEntry
from ..frames.frame import MAX_CALL_DEPTH
from ..state.branches import end_of_arm, is_other_arm
from .call_effects import CallEffect, CallEffects, FollowedCall, last_part
from .named_tables import NamedTables
from .presence import Presence, Tables, join_presence

MAX_FOLLOWED_STATEMENTS = 100_000  # of the procedures that one module or script calls
_EXTERNAL = (StatementKind.CREATE_EXTERNAL_TABLE, StatementKind.CREATE_EXTERNAL_TABLE_AS_SELECT)

# What counts in a procedure that is called; the others only read and write. Arms begin behind an
# `EvaluateOnly` or `BeginCatch`.
_FOLLOWED = (
    BeginTry,
    CloseSession,
    Create,
    Drop,
    Execute,
    ExecuteString,
    IfExists,
    EvaluateOnly,
    Jump,
    Label,
    OpenSession,
    Rename,
    BeginCatch,
    Return,
)

# of these, what does not only lead to others
_DECIDING = (CloseSession, Create, Drop, ExecuteString, OpenSession, Rename)

_UNKNOWN = "${…"  # in a name of which two may be two; `dbo.${@table}_new` is one all through a run


class LifetimeFrame(Struct, frozen=True):
    """One activation of a module or script.

    `naming`: do its names count for the run, being in its text or from its strings?
    """

    module: Name | None
    database: str | None
    naming: bool = True
    strings: Strings = field(default_factory=dict)
    caller_supplied_parameters: frozenset[str] = frozenset()
    calls: tuple[str, ...] = ()


class Survey(Struct, frozen=True):
    """What the runs of one linking are followed with."""

    definitions: Definitions
    generic: Generic
    strings: CompiledStrings
    relevant: frozenset[str]
    keys: dict[tuple[Name, Name | None, str | None], str] = field(default_factory=dict)
    bodies: dict[str, list[StatementFact]] = field(default_factory=dict)
    called: dict[tuple[Name, Name | None, str | None], ModuleEntry | None] = field(
        default_factory=dict
    )
    effects: CallEffects = field(default_factory=CallEffects)

    def callee(
        self, procedure: Name, module: Name | None, database: str | None
    ) -> ModuleEntry | None:
        """What a name that is executed in a module means; load scripts call one thousands of times.

        None where nothing defines it, or no caller has to follow it.
        """
        asked = (procedure, module, database)
        if asked not in self.called:
            entry = self.definitions.module(self.definitions.resolve(*asked))
            is_followed = (
                entry is not None
                and entry.fact.kind is ModuleKind.PROCEDURE
                and self.definitions.naming.key(entry.name) in self.relevant
            )
            self.called[asked] = entry if is_followed else None
        return self.called[asked]

    def body(self, key: str, fact: ModuleFact) -> list[StatementFact]:
        """The statements of a procedure that its callers do not pass over.

        They are what makes and drops, and where arms begin.
        """
        if key not in self.bodies:
            self.bodies[key] = [
                statement
                for statement in fact.body
                if not statement.effects
                or statement.kind is StatementKind.THROW
                or any(map(_is_followed, statement.effects))
            ]
        return self.bodies[key]


class LifetimeRun(Struct):
    """One run: what it names, what it makes, and what may be there at each point that counts.

    These points are where it has come to, and the ways out that it has passed. `calls`: those that
    have been followed; `following`: those within which it is, innermost last.
    """

    survey: Survey
    view: str | None = None  # the key of the view whose text this is
    tables: NamedTables = field(default_factory=NamedTables)
    presence: Presence = field(default_factory=Presence)
    asked: IfExists | None = None
    followed: int = 0
    calls: dict[Hashable, FollowedCall] = field(default_factory=dict)
    following: list[FollowedCall] = field(default_factory=list)

    def stays(self) -> set[str]:
        """What is no transient table because of this run."""
        ends = self.presence.at_end()
        return self.tables.stays(frozenset().union(*ends) if ends else self.tables.created)

    # --- the order of statements ------------------------------------------------------------------

    def walk(
        self, frame: LifetimeFrame, statements: Sequence[StatementFact], within: int = 0
    ) -> None:
        """Go over statements in order, those in an arm of IF, CATCH or WHILE as arms.

        Only arms deeper than `within` are meant.
        """
        start = 0
        while start < len(statements):
            if len(statements[start].branch) <= within:
                self._statement(frame, statements[start])
                start += 1
                continue
            end = end_of_arm(statements, start, within)
            if statements[start].branch[within] > 0 and is_other_arm(statements, end, within):
                middle, end = end, end_of_arm(statements, end, within)
                self._either(frame, [statements[start:middle], statements[middle:end]], within)
            else:
                self._perhaps(frame, statements[start:end], within)
            start = end

    def _either(
        self, frame: LifetimeFrame, arms: Iterable[Sequence[StatementFact]], within: int
    ) -> None:
        before, ends = self.presence.present, []
        for arm in arms:
            self.presence.go_on(before)
            self.walk(frame, arm, within + 1)
            ends.append(self.presence.present)
        self.presence.go_on(*ends)

    def _perhaps(self, frame: LifetimeFrame, arm: Sequence[StatementFact], within: int) -> None:
        """Go over an arm without an ELSE.

        For `IF OBJECT_ID('dbo.t') IS NOT NULL DROP TABLE dbo.t`: where the arm does not run,
        there is no such table.
        """
        before, asked, self.asked = self.presence.present, self.asked, None
        self.walk(frame, arm, within + 1)
        if asked:
            before = self._otherwise(before, asked)
        self.presence.go_on(before, self.presence.present)

    def _otherwise(self, before: Tables, asked: IfExists) -> Tables:
        """What there may be where the arm behind `IF EXISTS (…)` does not run."""
        lasts = {name.object.casefold() for name in asked.names}
        for call in self.following[-1:]:
            call.asked |= lasts
        if not before:
            return before
        if lasts:
            return frozenset(key for key in before if last_part(key) not in lasts)
        if self.presence.present is None:
            self._spoil()
            return frozenset()
        return before & self.presence.present

    # --- one statement ----------------------------------------------------------------------------

    def _statement(self, frame: LifetimeFrame, statement: StatementFact) -> None:
        if statement.unreached:
            return
        if statement.database and statement.database != frame.database:
            frame = replace(frame, database=statement.database)
        self.asked = None
        if frame.naming:
            self._names(frame, statement)
        for effect in statement.effects:
            self._effect(frame, statement, effect)
        if statement.kind is StatementKind.THROW and statement.branch:
            self.presence.fail()

    def _names(self, frame: LifetimeFrame, statement: StatementFact) -> None:
        created = [name for effect in statement.effects for name in created_names(effect)]
        created_keys = self._keys(frame, created)
        self.tables.name(self._keys(frame, (*statement.reads, *statement.writes)), created_keys)
        if statement.kind in _EXTERNAL:
            self.tables.create_external(created_keys)
        elif self.tables.external:
            self.tables.fill_external(self._keys(frame, statement.writes))

    def _keys(self, frame: LifetimeFrame, names: Iterable[Name]) -> set[str]:
        """The keys of names that count; the view whose text this is does not."""
        return {key for name in names if (key := self._key(frame, name)) and key != self.view}

    def _key(self, frame: LifetimeFrame, name: Name) -> str | None:
        if (
            name.address
            or name.temporary
            or name.system
            or any(_UNKNOWN in part for part in name.parts)
        ):
            return None
        keys, asked = self.survey.keys, (name, frame.module, frame.database)
        if asked not in keys:
            definitions = self.survey.definitions
            keys[asked] = definitions.naming.key(
                definitions.resolve(name, frame.module, frame.database)
            )
        return keys[asked]

    def _effect(self, frame: LifetimeFrame, statement: StatementFact, effect: Effect) -> None:
        match effect:
            case Create() | Write(creates=True) | Rename():
                self._made(frame, effect)
            case Drop(name=name):
                self._remove(self._key(frame, name))
            case Execute():
                self._call(frame, effect)
            case ExecuteString():
                self._string(frame, statement, effect)
            case Return() if frame.module is not None:
                self.presence.leave()
            case Jump(label=label):
                self.presence.jump(label.casefold())
            case Label(name=label):
                self.presence.land(label.casefold())
            case NextBatch():
                self.presence.begin_batch()
            case OpenSession():
                self._spoil()
                self.tables.open_session()
            case CloseSession():
                self._spoil()
                self.tables.close_session()
            case IfExists():
                self.asked = effect
            case _:
                pass

    def _made(self, frame: LifetimeFrame, effect: Effect) -> None:
        if isinstance(effect, Rename):
            old = self._key(frame, effect.old)
            if old and not may_be_transient(old, self.survey.definitions):
                return  # a procedure
            self._remove(old)
        for name in created_names(effect):
            self.make(self._key(frame, name))

    def make(self, key: str | None) -> None:
        """From here on there is one."""
        if key and key != self.view:
            self.tables.create(key)
            self.presence.add(key)
            for call in self.following[-1:]:
                call.touched.add(key)
                call.created.add(key)

    def _remove(self, key: str | None) -> None:
        self.presence.remove(key)
        if key and self.following:
            self.following[-1].touched.add(key)

    # --- calls and strings ------------------------------------------------------------------------

    def _call(self, frame: LifetimeFrame, executed: Execute) -> None:
        survey = self.survey
        called = survey.callee(executed.procedure, frame.module, frame.database)
        if called is None:
            return
        if not self._may_follow(frame, called):
            self._spoil()
            return
        key, parameters = survey.definitions.naming.key(called.name), called.fact.parameters
        naming = survey.definitions.naming
        inner = LifetimeFrame(
            called.name,
            called.database,
            naming=False,
            strings=passed_strings(naming, parameters, executed.arguments, frame.strings),
            caller_supplied_parameters=passed_elsewhere(
                naming, parameters, executed.arguments, frame.caller_supplied_parameters
            ),
            calls=(*frame.calls, key),
        )
        passed = (key, frozenset(inner.strings.items()), inner.caller_supplied_parameters)
        effect = survey.effects.find(passed, self.presence.present)
        if effect is not None:
            self._take_in(effect)
            self.presence.go_on(effect.behind(self.presence.present))
            return
        call = self._followed(inner, called.fact, passed)
        effect = call.effect()
        if call.shared:
            survey.effects.keep(passed, effect)
        else:
            self._spoil()
        self._take_in(effect)
        self.presence.go_on(call.end)

    def _take_in(self, effect: CallEffect) -> None:
        for call in self.following[-1:]:
            call.take_in(effect)
        for key in effect.created:
            self.tables.create(key)

    def _followed(self, frame: LifetimeFrame, fact: ModuleFact, passed: Hashable) -> FollowedCall:
        """The call of a procedure, followed if this run has seen no other that finds the same."""
        present = self.presence.present
        # what has been made only becomes more
        sizes = (len(self.tables.created), len(self.tables.external), self.tables.separate_sessions)
        sight = (passed, present, sizes)
        call = self.calls.get(sight)
        if call is None:
            self.followed += len(fact.body)
            # what is there at the end is for a call within that differs in nothing
            call = self.calls[sight] = FollowedCall(present, present)
            self._follow(frame, self.survey.body(frame.calls[-1], fact), call)
        elif call in self.following:
            self._spoil()
        return call

    def _follow(
        self, frame: LifetimeFrame, body: Sequence[StatementFact], call: FollowedCall
    ) -> None:
        caller = self.presence
        self.presence = Presence(caller.present)
        self.following.append(call)
        self.walk(frame, body)
        self.following.pop()
        call.end = join_presence(self.presence.at_end())
        self.presence = caller

    def _spoil(self) -> None:
        """The calls that are followed may do something else in another run, or for other calls."""
        for call in self.following:
            call.shared = False

    def _may_follow(self, frame: LifetimeFrame, called: ModuleEntry) -> bool:
        key = self.survey.definitions.naming.key(called.name)
        return (
            frame.calls.count(key) < 2
            and len(frame.calls) < MAX_CALL_DEPTH
            and self.followed < MAX_FOLLOWED_STATEMENTS
        )

    def _string(
        self, frame: LifetimeFrame, statement: StatementFact, execution: ExecuteString
    ) -> None:
        if not execution.pattern:
            return
        before, ends = self.presence.present, []
        for text in texts(execution.pattern, frame.strings, frame.caller_supplied_parameters) or ():
            self._spoil()  # what a string names counts by what this run has made
            self.presence.go_on(before)
            facts = self.survey.strings.compile(text, execution, frame.database)
            if facts is None:
                return
            self.walk(
                replace(frame, naming=True),
                [fact for fact in facts.items if isinstance(fact, StatementFact)],
            )
            ends.append(self.presence.present)
        if ends:
            self.presence.go_on(*ends)


def decides(statement: StatementFact) -> bool:
    """Does it decide which tables there are, by itself and not by what it calls?"""
    return statement.kind is StatementKind.THROW or any(
        isinstance(effect, _DECIDING) or (isinstance(effect, Write) and effect.creates)
        for effect in statement.effects
    )


def _is_followed(effect: Effect) -> bool:
    return isinstance(effect, _FOLLOWED) or (isinstance(effect, Write) and effect.creates)


def created_names(effect: Effect) -> tuple[Name, ...]:
    """What there is behind an effect that was not there before it."""
    match effect:
        case Create(name=name) | Write(creates=True, target=name) | Rename(new=name):
            return (name,)
    return ()


def may_be_transient(key: str, definitions: Definitions) -> bool:
    """Can what this key names be looked through? A procedure, function or trigger cannot."""
    entry = definitions.modules.get(key)
    return entry is None or entry.fact.kind is ModuleKind.VIEW
