"""Memory: what lives only while the statements of a session run: variables, temporary tables, table variables and cursors.

They are looked through: what flows into them flows on to where they are read.

Source: https://learn.microsoft.com/sql/t-sql/statements/create-table-transact-sql#temporary-tables (a temporary table is seen by
what its creator calls).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ..model.names import Name
from ..model.naming import Naming
from .bound import Bound, Value
from .branches import State, either, either_value
from .summaries import Observation, print_of_rows
from .temporary import Temporaries, Temporary


@dataclass(slots=True)
class Memory:
    """What one session holds.

    `shared` are the ##global temporary tables, which all sessions see. `caller` is the memory of the session that calls this one:
    its #temporary tables and global cursors are seen here.
    """

    naming: Naming
    shared: Mapping[str, Temporary]
    caller: Memory | None = None
    temporaries: Temporaries = field(init=False)
    variables: dict[str, Value] = field(default_factory=dict)
    cursors: dict[str, Bound] = field(default_factory=dict)
    untyped: dict[str, Name] = field(default_factory=dict)  # the types of variables that no script defines
    declared: dict[str, str | None] = field(default_factory=dict)  # the ids of the statements that declare the cursors
    looped: list[dict[str, Value]] = field(default_factory=list)  # what each loop has set: a BREAK may leave any of it
    returns: list[State] = field(default_factory=list)  # what there was at each RETURN inside a branch
    jumps: dict[str, list[State]] = field(default_factory=dict)  # what there was at each GOTO, by its label
    attempts: list[tuple[State, State]] = field(default_factory=list)  # of each TRY: what it began with, what it has replaced
    caught: State | None = None  # what a CATCH that begins here may find
    observation: Observation | None = None  # of what is asked here; None in a module's own run

    def __post_init__(self) -> None:
        self.temporaries = Temporaries(self.naming)

    # --- states -------------------------------------------------------------------------------------------------------

    @property
    def state(self) -> State:
        """What there is now."""
        return State(self.variables, self.temporaries.tables)

    @property
    def ends(self) -> list[State]:
        """What there may be once the session has ended: at one of its RETURNs, or behind its last statement."""
        return [*self.returns, self.state]

    def take(self, state: State) -> None:
        """From here on there is what this state holds."""
        self.variables, self.temporaries.tables = state.variables, state.tables

    def aside(self) -> Memory:
        """A copy of all that is seen here, which may change without a trace."""
        copied = Memory(self.naming, {}, None)
        memory: Memory | None = self
        tables: dict[str, Temporary] = dict(self.shared)
        while memory:
            entries = memory.temporaries.tables.items()
            tables.update((key, table) for key, table in entries if memory is self or (key.startswith("#") and key not in tables))
            copied.cursors = {**memory.cursors, **copied.cursors}
            memory = memory.caller
        copied.temporaries.tables = {key: table.copied() for key, table in tables.items()}
        copied.variables = dict(self.variables)
        copied.observation = self.observation
        for key in copied.cursors:
            self.find_cursor(key)
        return copied

    def jump(self, label: str) -> None:
        """GOTO: what there is now may be what there is at the label."""
        self.jumps.setdefault(label.casefold(), []).append(self.state.copied(()))

    def land(self, label: str) -> None:
        """A label: there is what stood before it, or what there was at a GOTO."""
        self.take(either([self.state, *self.jumps.pop(label.casefold(), ())], self.naming))

    def attempt(self) -> None:
        """BEGIN TRY."""
        self.attempts.append((self.state.copied(()), State({}, {})))

    def rescue(self) -> None:
        """BEGIN CATCH: it finds what there was behind any statement of its TRY."""
        if self.attempts:
            self.caught = either([self.state, *self.attempts.pop()], self.naming)

    def makes(self, key: str, *, always: bool) -> None:
        """A temporary table is made, in each run (`always`) or in an arm of it: then what was there may be there behind it."""
        if self.observation and always and not (self.attempts or self.jumps or key.startswith("##")):  # others see these
            self.observation.local_tables.add(key)
        else:
            self.replaced(key)

    def drop(self, key: str) -> None:
        """A temporary table of this session is no more; one of the caller's may be seen again."""
        self.temporaries.tables.pop(key, None)
        if self.observation:
            self.observation.local_tables.discard(key)

    def replaced(self, key: str) -> None:
        """A temporary table is emptied, dropped or made anew; a CATCH may still find it as it was."""
        table = self.table(key)
        for _, state in self.attempts if table else ():
            now = State({}, {key: table}) if table else state
            state.tables.update(
                either([now, State({}, {key: state.tables[key]})] if key in state.tables else [now], self.naming).tables
            )

    def leave_to_caller(self, before: State) -> None:
        """`IF OBJECT_ID('tempdb..#t') IS NULL CREATE TABLE #t`: where a caller has made it, that one is used."""
        for key, table in before.tables.items():
            new_table = self.temporaries.tables.get(key)
            if key.startswith("#") and table.maker is not self and new_table is not None and new_table.maker is self:
                self.temporaries.tables[key] = table

    @property
    def in_loop(self) -> bool:
        """Does a loop run here or in a caller? What a BREAK has left is not known apart from what its end leaves."""
        return bool(self.looped) or (self.caller is not None and self.caller.in_loop)

    def size(self) -> int:
        """How much has flowed so far; it only grows."""
        values = sum(len(value.flows) + len(value.rows) for value in self.variables.values())
        tables = sum(
            len(table.bound.rows) + sum(len(column.flows) for column in table.bound.columns)
            for table in self.temporaries.tables.values()
        )
        return values + tables

    def end_batch(self) -> None:
        """GO ends the life of variables, those of tables too; #temporary tables and global cursors go on."""
        self.variables.clear()
        self.jumps.clear()
        for key in [key for key in self.temporaries.tables if key.startswith("@")]:
            del self.temporaries.tables[key]

    def end_string(self, suffix: str) -> None:
        """An executed string ends the life of its own variables, whose names end like this."""
        for namespace in (self.variables, self.temporaries.tables, self.cursors):
            for key in [key for key in namespace if key.startswith("@") and key.endswith(suffix)]:
                del namespace[key]

    # --- variables ----------------------------------------------------------------------------------------------------

    def set(self, name: str, value: Value) -> None:
        """A variable takes a value."""
        key = self.naming.fold(name)
        self.variables[key] = value
        for variables in (*self.looped[-1:], *(attempt.variables for _, attempt in self.attempts)):
            variables[key] = either_value((variables.get(key), value))

    def variable(self, name: str) -> Value:
        """What a variable holds, be it a scalar or a table."""
        table = self.find_temporary(Name((name,)))
        return Value(relation=table.bound) if table else self.variables.get(self.naming.fold(name), Value())

    # --- what is looked up in callers too -------------------------------------------------------------------------------

    def find_temporary(self, name: Name) -> Temporary | None:
        """The temporary table or table variable of this name."""
        key = self.naming.key(Name((name.last,)))
        table = self.seen(key)
        if self.observation:
            self.observation.table(key, table)
        return table

    def table(self, key: str) -> Temporary | None:
        """The table of this key that was made here, lent by the caller, or is transient."""
        table = self.temporaries.tables.get(key)
        if self.observation:
            self.observation.table(key, table)
        return table

    def every_table(self) -> Iterable[tuple[str, Temporary]]:
        """All tables that were made here, lent by the caller, or are transient, by key."""
        if self.observation:
            self.observation.every_table(self.temporaries.tables)
        return self.temporaries.tables.items()

    def seen(self, key: str) -> Temporary | None:
        """What a look-up by a key finds, without its being a question of what runs here."""
        memory: Memory | None = self
        while memory:
            if key in memory.temporaries.tables:
                return memory.temporaries.tables[key]
            memory = memory.caller if key.startswith("#") else None
        return self.shared.get(key)

    def finds(self, name: Name) -> bool:
        """Is there a temporary table of this name here or in a caller?"""
        return self.find_temporary(name) is not None

    def find_cursor(self, key: str) -> Bound | None:
        """A cursor of this session; one without @ may be a global one that a caller has declared."""
        memory: Memory | None = self
        crossed: list[Observation] = []
        while memory and key not in memory.cursors:
            crossed += [memory.observation] if memory.observation else []
            memory = None if key.startswith("@") else memory.caller
        cursor = memory.cursors[key] if memory else None
        for observation in crossed:
            if key not in observation.cursors:
                observation.cursors[key] = print_of_rows(cursor)
        return cursor
