"""Lending: the temporary tables of a caller, which what it calls reads, fills, empties and drops; and those that are left to it.

Source: https://learn.microsoft.com/sql/t-sql/statements/create-table-transact-sql#temporary-tables,
https://learn.microsoft.com/azure/synapse-analytics/sql-data-warehouse/sql-data-warehouse-tables-temporary
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ..model.facts import Declare, Discard
from .branches import State, either
from .memory import Memory
from .session import Session
from .summaries import CallSummary, LeftTables, Observation, print_of_table
from .temporary import Temporary


def lend(inner: Session, caller: Session) -> None:
    """A callee sees the #temporary tables of its caller, and the transient ones, which are the database's."""
    inner.memory.observation = caller.memory.observation
    for key, table in caller.memory.temporaries.tables.items():
        if _is_local(key) or key in caller.knowledge.transient:
            inner.memory.temporaries.tables[key] = table


def left_tables(session: Session, inner: Session, observation: Observation) -> LeftTables:
    """What a callee that has come to its end leaves of its caller's tables; where the session keeps them, its own ones too."""
    callee, caller_tables = inner.memory, session.memory.temporaries.tables
    filled = {
        key: caller_tables[key].copied()
        for key, answer in observation.tables.items()
        if key in caller_tables and print_of_table(caller_tables[key]) != answer
    }
    replacements = {
        key: table.copied()
        for key, table in _left(callee, lambda table: table.maker is not callee).items()
        if key in caller_tables and caller_tables[key] is not table and key in observation.tables
    }
    gone, transient = _left_transient(session, inner)
    session_tables: dict[str, Temporary] = {}
    if session.knowledge.options.keeps_for_session(inner.home):
        session_tables = {key: table.copied() for key, table in _left(callee, lambda table: table.maker is callee).items()}
    return LeftTables(filled, replacements | transient, session_tables, gone, _left_shared(session, observation))


def _left_shared(session: Session, observation: Observation) -> dict[str, Temporary]:
    """The ##global tables that the callee was not the same with as without."""
    tables = {key: session.knowledge.globals.get(key) for key in observation.tables if key.startswith("##")}
    return {key: table.copied() for key, table in tables.items() if table and print_of_table(table) != observation.tables[key]}


def _left_transient(session: Session, inner: Session) -> tuple[frozenset[str], dict[str, Temporary]]:
    """The transient tables that are gone, and those that are others, as the callee leaves them."""
    transient, caller_tables = session.knowledge.transient, session.memory.temporaries.tables
    if not transient:
        return frozenset(), {}
    ends = either(inner.memory.ends, session.naming).tables
    changed = {key: ends[key].copied() for key in sorted(transient & ends.keys()) if caller_tables.get(key) is not ends[key]}
    return frozenset(session.transient_keys() - ends.keys()), changed


def take_back_tables(session: Session, summary: CallSummary) -> None:
    """What a callee leaves of its caller's tables is what the caller has."""
    memory, outcome = session.memory, summary.tables
    tables = memory.temporaries.tables
    for key, table in outcome.filled.items():
        if key in tables:
            tables[key].hold(table)
    for key in outcome.gone & tables.keys():
        memory.replaced(key)
        del tables[key]
    for key, table in outcome.replacements.items():
        memory.replaced(key)
        tables[key] = replace(table.copied(), maker=tables[key].maker if key in tables else None)
    for key, table in outcome.shared.items():
        session.knowledge.hold_shared(key, table)
    for key, table in outcome.session_tables.items():
        memory.replaced(key)
        tables[key] = replace(table.copied(), maker=memory)


def _left(callee: Memory, predicate: Callable[[Temporary], bool]) -> dict[str, Temporary]:
    """The #temporary tables of a kind that there may be at the end of a callee."""
    ends = [
        State({}, {key: table for key, table in end.tables.items() if _is_local(key) and predicate(table)}) for end in callee.ends
    ]
    return either(ends, callee.naming).tables


def discard(session: Session, discarded: Discard) -> None:
    """DROP TABLE: a caller's table is empty from here on; before a CREATE of the same statement nothing is dropped."""
    memory = session.memory
    key = session.naming.key(discarded.name)
    effects = session.statement.effects if session.statement else ()
    if any(isinstance(effect, Declare) for effect in effects):
        memory.makes(key, always=session.unconditional)
        memory.temporaries.tables.pop(key, None)
        return
    table = memory.table(key)
    memory.replaced(key)
    if table is None or table.maker is memory:
        memory.drop(key)
    elif not memory.in_loop:
        memory.temporaries.tables[key] = table.emptied()


def _is_local(key: str) -> bool:
    return key.startswith("#") and not key.startswith("##")
