"""What lives only while the statements of a frame run.

These are variables, temporary tables, table variables and cursors.

They are looked through: what flows into them flows on to where they are read.

Source: https://learn.microsoft.com/sql/t-sql/statements/create-table-transact-sql#temporary-tables
(a temporary table is seen by what its creator calls).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any

from ...model.copied_mapping import CopiedMapping
from ...model.names import Name
from ...model.naming import Naming
from ..relations.prints import print_of_rows
from ..relations.relation import Relation, Value
from .branches import AbstractState, join_states, join_values
from .control_flow import ControlFlow
from .observation import Observation
from .temporary import Temporaries, Temporary


class FrameState:
    """What one frame holds.

    `shared`: the ##global temporary tables, which all sessions see. `caller`: the state of the
    frame that calls this one, whose #temporary tables and global cursors are seen here. `untyped`:
    the types of variables that no script defines. `declared`: the ids of the statements that
    declare the cursors. `observation`: of what is asked here; None in a module's own run.
    """

    def __init__(
        self, naming: Naming, shared: Mapping[str, Temporary], caller: FrameState | None = None
    ) -> None:
        self.naming, self.shared, self.caller = naming, shared, caller
        self.temporaries = Temporaries(naming)
        self.variables: CopiedMapping[Value] = CopiedMapping()
        self.cursors: dict[str, Relation] = {}
        self.untyped: dict[str, Name] = {}
        self.declared: dict[str, str | None] = {}
        self.flow = ControlFlow()
        self.observation: Observation | None = None
        self._called_in_loop = caller is not None and caller.in_loop

    # --- states -----------------------------------------------------------------------------------

    @property
    def now(self) -> AbstractState:
        """What there is now."""
        return AbstractState(self.variables, self.temporaries.tables)

    @property
    def ends(self) -> list[AbstractState]:
        """What there may be once the frame has ended.

        It ends at one of its RETURNs, or behind its last statement.
        """
        return [*self.flow.returns, self.now]

    def take(self, state: AbstractState) -> None:
        """From here on there is what this state holds."""
        self.variables, self.temporaries.tables = state.variables, state.tables

    def aside(self) -> FrameState:
        """A copy of all that is seen here, which may change without a trace."""
        copied = FrameState(self.naming, {}, None)
        memory: FrameState | None = self
        tables: dict[str, Temporary] = dict(self.shared)
        while memory:
            entries = memory.temporaries.tables.items()
            tables.update(
                (key, table)
                for key, table in entries
                if memory is self or (key.startswith("#") and key not in tables)
            )
            copied.cursors = {**memory.cursors, **copied.cursors}
            memory = memory.caller
        copied.temporaries.tables = CopiedMapping(
            {key: table.copied() for key, table in tables.items()}
        )
        copied.variables = self.variables.copied()
        copied.observation = self.observation
        # only so that they are noted as asked for: the copy finds them without asking a caller
        for key in copied.cursors:
            self.find_cursor(key)
        return copied

    def go_to(self, label: str) -> None:
        """GOTO: what there is now may be what there is at the label."""
        self.flow.jumps.setdefault(label.casefold(), []).append(self.now.copied(()))

    def reach_label(self, label: str) -> None:
        """A label: there is what stood before it, or what there was at a GOTO."""
        self.flow.skip()
        self.take(join_states([self.now, *self.flow.jumps.pop(label.casefold(), ())], self.naming))

    def begin_try(self) -> None:
        """BEGIN TRY."""
        self.flow.tries.append((self.now.copied(()), AbstractState()))

    def begin_catch(self) -> None:
        """BEGIN CATCH: it finds what there was behind any statement of its TRY."""
        if self.flow.tries:
            self.flow.caught = join_states([self.now, *self.flow.tries.pop()], self.naming)

    def makes(self, key: str, *, always: bool) -> None:
        """Note that a temporary table is made, in each run (`always`) or in an arm of it.

        Where it is made in an arm, what was there before may be there behind the arm.
        """
        # others see these
        if (
            self.observation
            and always
            and not (self.flow.tries or self.flow.jumps or key.startswith("##"))
        ):
            self.observation.questions.make_table(key)
        else:
            self.replaced(key)

    def drop(self, key: str) -> None:
        """A temporary table of this frame is no more; one of the caller's may be seen again."""
        self.temporaries.tables.pop(key, None)
        if self.observation:
            self.observation.questions.drop_table(key)

    def replaced(self, key: str) -> None:
        """A temporary table is emptied, dropped or made anew.

        A CATCH may still find it as it was.
        """
        table = self.table(key)
        for _, state in self.flow.tries if table else ():
            now = AbstractState(tables=CopiedMapping({key: table})) if table else state
            state.tables.update(
                join_states(
                    [now, AbstractState(tables=CopiedMapping({key: state.tables[key]}))]
                    if key in state.tables
                    else [now],
                    self.naming,
                ).tables
            )

    def leave_to_caller(self, before: AbstractState) -> None:
        """Leave a table to a caller that has made it: the caller's table is used.

        An example is `IF OBJECT_ID('tempdb..#t') IS NULL CREATE TABLE #t`.
        """
        tables = self.temporaries.tables
        for key in list(tables.differing(before.tables)):
            table = before.tables.get(key)
            if (
                key.startswith("#")
                and table is not None
                and table.maker is not self
                and tables[key].maker is self
            ):
                tables[key] = table

    @property
    def in_loop(self) -> bool:
        """Does a loop run here or in a caller?

        What a BREAK has left is not known apart from what its end leaves.
        """
        return bool(self.flow.loops) or self._called_in_loop

    def end_batch(self) -> None:
        """GO ends the life of variables, those of tables too.

        #temporary tables and global cursors go on.
        """
        self.variables.clear()
        self.flow.jumps.clear()
        for key in [key for key in self.temporaries.tables if key.startswith("@")]:
            del self.temporaries.tables[key]

    def end_string(self, suffix: str) -> None:
        """An executed string ends the life of its own variables, whose names end like this."""
        namespaces: tuple[MutableMapping[str, Any], ...] = (
            self.variables,
            self.temporaries.tables,
            self.cursors,
        )
        for namespace in namespaces:
            for key in [key for key in namespace if key.startswith("@") and key.endswith(suffix)]:
                del namespace[key]

    # --- variables --------------------------------------------------------------------------------

    def set(self, name: str, value: Value) -> None:
        """A variable takes a value."""
        key = self.naming.fold(name)
        self.variables[key] = value
        self.flow.assign(key, value)
        self.flow.overwrite(key)

    def set_or_keep(self, name: str, value: Value, before: Value | None) -> None:
        """A variable takes a value where there is a row for it, and else is as it was before."""
        either = join_values((before, value)) if before else value
        self.flow.keep(self.naming.fold(name), either)
        self.set(name, either)

    def variable(self, name: str) -> Value:
        """What a variable holds, be it a scalar or a table."""
        key = self.naming.fold(name)
        self.flow.look_up(key)
        table = self._find(key)
        if table is not None:
            return Value(relation=table.bound)
        value = self.variables.get(key)
        return Value() if value is None else value

    # --- what is looked up in callers too ---------------------------------------------------------

    def find_temporary(self, name: Name) -> Temporary | None:
        """The temporary table or table variable of this name."""
        # whatever database a script names, temporary tables are those of tempdb
        return self._find(self.naming.fold(name.object))

    def _find(self, key: str) -> Temporary | None:
        table = self.seen(key)
        if self.observation:
            self.observation.table(key, table)
        return table

    def table(self, key: str) -> Temporary | None:
        """The table of this key that was made here, lent by the caller, or is transient."""
        if self.observation:
            # a caller is asked for what it sees, which may be one that all sessions share
            self.observation.table(key, self.seen(key))
        return self.temporaries.tables.get(key)

    def every_table(self) -> Iterable[tuple[str, Temporary]]:
        """All tables that were made here, lent by the caller, or are transient, by key."""
        if self.observation:
            self.observation.every_table(self.temporaries.tables)
        return self.temporaries.tables.items()

    def seen(self, key: str) -> Temporary | None:
        """What a look-up by a key finds, without its being a question of what runs here."""
        memory: FrameState | None = self
        while memory:
            if key in memory.temporaries.tables:
                return memory.temporaries.tables[key]
            # @t is seen by its own module alone
            memory = memory.caller if key.startswith("#") else None
        return self.shared.get(key)

    def finds(self, name: Name) -> bool:
        """Is there a temporary table of this name here or in a caller?"""
        return self.find_temporary(name) is not None

    def find_cursor(self, key: str) -> Relation | None:
        """A cursor of this frame.

        One without @ may be a global one that a caller has declared.
        """
        self.flow.look_up(key)
        memory: FrameState | None = self
        crossed: list[Observation] = []
        while memory and key not in memory.cursors:
            crossed += [memory.observation] if memory.observation else []
            memory = None if key.startswith("@") else memory.caller
        cursor = memory.cursors[key] if memory else None
        for observation in crossed:
            observation.questions.ask_for_cursor(key, print_of_rows(cursor))
        return cursor
