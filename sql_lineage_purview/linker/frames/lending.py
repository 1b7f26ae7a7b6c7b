"""Lending: the temporary tables of a caller, which what it calls reads, fills, empties and drops.

And those that are left to it.

Source: https://learn.microsoft.com/sql/t-sql/statements/create-table-transact-sql#temporary-tables,
https://learn.microsoft.com/azure/synapse-analytics/sql-data-warehouse/sql-data-warehouse-tables-temporary
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from ...model.copied_mapping import CopiedMapping
from ...model.facts import Declare, Discard
from ..context.call_summaries import CallSummary, LeftTables
from ..state.branches import AbstractState, join_states
from ..state.frame_state import FrameState
from ..state.observation import Observation, print_of_table
from ..state.temporary import Temporary
from .frame import Frame


def lend(inner: Frame, caller: Frame) -> None:
    """Let a callee see its caller's #temporary tables, and the transient ones.

    The transient ones are the database's.
    """
    # a view or function asks in the name of the procedure that names it
    inner.state.observation = caller.state.observation
    caller.state.flow.call()
    for key, table in caller.state.temporaries.tables.items():
        if _is_local(key) or key in caller.context.transient:
            inner.state.temporaries.tables[key] = table


def left_tables(frame: Frame, inner: Frame, observation: Observation) -> LeftTables:
    """What a callee that has come to its end leaves of its caller's tables.

    Where the session keeps them, its own ones too.
    """
    callee, caller_tables = inner.state, frame.state.temporaries.tables
    filled = {
        key: caller_tables[key].copied()
        for key, answer in observation.questions.tables.items()
        if key in caller_tables and print_of_table(caller_tables[key]) != answer
    }
    replacements = {
        key: table.copied()
        for key, table in _left(callee, lambda table: table.maker is not callee).items()
        if key in caller_tables
        and caller_tables[key] is not table
        and key in observation.questions.tables
    }
    gone, transient = _left_transient(frame, inner)
    session_tables: dict[str, Temporary] = {}
    # a dedicated pool keeps `#t` that a procedure makes for the statements behind its EXEC
    if frame.context.options.keeps_for_session(inner.home):
        session_tables = {
            key: table.copied()
            for key, table in _left(callee, lambda table: table.maker is callee).items()
        }
    return LeftTables(
        filled, replacements | transient, session_tables, gone, _left_shared(frame, observation)
    )


def _left_shared(frame: Frame, observation: Observation) -> dict[str, Temporary]:
    """The ##global tables that the callee was not the same with as without."""
    tables = {
        key: frame.context.global_tables.tables.get(key)
        for key in observation.questions.tables
        if key.startswith("##")
    }
    return {
        key: table.copied()
        for key, table in tables.items()
        if table and print_of_table(table) != observation.questions.tables[key]
    }


def _left_transient(frame: Frame, inner: Frame) -> tuple[frozenset[str], dict[str, Temporary]]:
    """The transient tables that are gone, and those that are others, as the callee leaves them."""
    transient, caller_tables = frame.context.transient, frame.state.temporaries.tables
    if not transient:
        return frozenset(), {}
    ends = join_states(inner.state.ends, frame.naming).tables
    changed = {
        key: ends[key].copied()
        for key in sorted(transient & ends.keys())
        if caller_tables.get(key) is not ends[key]
    }
    return frozenset(frame.transient_keys() - ends.keys()), changed


def take_back_tables(frame: Frame, summary: CallSummary) -> None:
    """What a callee leaves of its caller's tables is what the caller has."""
    state, outcome = frame.state, summary.tables
    tables = state.temporaries.tables
    for key, table in outcome.filled.items():
        if key in tables:
            tables[key].hold(table)
    for key in outcome.gone & tables.keys():
        state.replaced(key)
        del tables[key]
    for key, table in outcome.replacements.items():
        state.replaced(key)
        # copied, since other calls have the same summary, and each caller goes on to fill its
        # table
        tables[key] = replace(table.copied(), maker=tables[key].maker if key in tables else None)
    for key, table in outcome.shared.items():
        frame.context.global_tables.hold(key, table)
    for key, table in outcome.session_tables.items():
        state.replaced(key)
        tables[key] = replace(table.copied(), maker=state)


def _left(callee: FrameState, predicate: Callable[[Temporary], bool]) -> Mapping[str, Temporary]:
    """The #temporary tables of a kind that there may be at the end of a callee."""
    ends = [
        AbstractState(
            tables=CopiedMapping(
                {
                    key: table
                    for key, table in end.tables.items()
                    if _is_local(key) and predicate(table)
                }
            )
        )
        for end in callee.ends
    ]
    return join_states(ends, callee.naming).tables


def discard(frame: Frame, discarded: Discard) -> None:
    """DROP TABLE: a caller's table is empty from here on.

    Before a CREATE of the same statement nothing is dropped.
    """
    state = frame.state
    key = frame.naming.key(discarded.name)
    effects = frame.statement.effects if frame.statement else ()
    # CREATE TABLE #t, where the caller has one too: that is another table, and comes back into
    # sight when the procedure ends
    if any(isinstance(effect, Declare) for effect in effects):
        state.makes(key, always=frame.unconditional)
        state.temporaries.tables.pop(key, None)
        return
    table = state.table(key)
    state.replaced(key)
    if table is None or table.maker is state:
        state.drop(key)
    # it is the caller's, who may read it behind the EXEC: emptied, but not out of sight
    elif not state.in_loop:
        state.temporaries.tables[key] = table.emptied()


def _is_local(key: str) -> bool:
    return key.startswith("#") and not key.startswith("##")
