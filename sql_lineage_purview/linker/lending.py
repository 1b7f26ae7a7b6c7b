"""Lending: the temporary tables of a caller, which what it calls reads, fills, empties and drops; and those that are left to it.

Source: https://learn.microsoft.com/sql/t-sql/statements/create-table-transact-sql#temporary-tables,
https://learn.microsoft.com/azure/synapse-analytics/sql-data-warehouse/sql-data-warehouse-tables-temporary
"""

from __future__ import annotations

from collections.abc import Callable

from ..model.facts import Declare, Discard
from .branches import State, either
from .memory import Memory
from .session import Session
from .temporary import Temporary


def lend(inner: Session, caller: Session) -> None:
    """A callee sees the #temporary tables of its caller, and the transient ones, which are the database's."""
    for key, table in caller.memory.temporaries.tables.items():
        if _is_local(key) or key in caller.knowledge.transient:
            inner.memory.temporaries.tables[key] = table


def take_back_tables(session: Session, inner: Session) -> None:
    """What a callee leaves of its caller's tables is what the caller has; where the session keeps them, its own ones too."""
    memory, callee = session.memory, inner.memory
    _take_back_transient(session, inner)
    for key, table in _left(callee, lambda table: table.maker is not callee).items():
        held = memory.temporaries.tables.get(key)
        if held is not None and held is not table:
            memory.replaced(key)
            memory.temporaries.tables[key] = table
    if session.knowledge.options.keeps_for_session(inner.home):
        for key, table in _left(callee, lambda table: table.maker is callee).items():
            memory.replaced(key)
            table.maker = memory
            memory.temporaries.tables[key] = table


def _take_back_transient(session: Session, inner: Session) -> None:
    """A transient table is there, or is gone, as the callee leaves it."""
    transient, memory = session.knowledge.transient, session.memory
    if transient:
        ends = either(inner.memory.ends, session.naming).tables
        for key in session.transient_keys() - ends.keys():
            memory.replaced(key)
            del memory.temporaries.tables[key]
        for key in transient & ends.keys():
            if memory.temporaries.tables.get(key) is not ends[key]:
                memory.replaced(key)
                memory.temporaries.tables[key] = ends[key]


def _left(callee: Memory, wanted: Callable[[Temporary], bool]) -> dict[str, Temporary]:
    """The #temporary tables of a kind that there may be at the end of a callee."""
    ends = [
        State({}, {key: table for key, table in end.tables.items() if _is_local(key) and wanted(table)}) for end in callee.ends
    ]
    return either(ends, callee.naming).tables


def discard(session: Session, discarded: Discard) -> None:
    """DROP TABLE: a caller's table is empty from here on; before a CREATE of the same statement nothing is dropped."""
    memory = session.memory
    key = session.naming.key(discarded.name)
    table = memory.temporaries.tables.get(key)
    memory.replaced(key)
    effects = session.statement.effects if session.statement else ()
    created = any(isinstance(effect, Declare) for effect in effects)
    if table is None or table.maker is memory or created:
        memory.temporaries.tables.pop(key, None)
    elif not memory.in_loop:
        memory.temporaries.tables[key] = table.emptied()


def _is_local(key: str) -> bool:
    return key.startswith("#") and not key.startswith("##")
