"""Declaring: the temporary tables, table variables and table-valued parameters that come to be in a session.

Source: https://learn.microsoft.com/sql/t-sql/statements/create-table-transact-sql#temporary-tables
"""

from __future__ import annotations

from collections.abc import Iterable

from ..model.facts import Declare, Discard, Parameter, RenameTemporary
from ..model.names import Name, is_left_open
from .extending import extended_by_pattern
from .session import Session
from .temporary import Temporary


def declare(session: Session, declared: Declare) -> None:
    """CREATE TABLE #t, DECLARE @t TABLE, ALTER TABLE #t."""
    if declared.like is not None:
        _declare_like(session, declared.name, declared.like)
        return
    statement, name = session.statement, Name((declared.name.last,))
    is_creation = any(isinstance(effect, Discard) for effect in statement.effects) if statement else False
    table = None if is_creation or name.last.startswith("@") else session.memory.find_temporary(name)
    columns = tuple(fact for fact in declared.columns if not is_left_open(fact.name))
    if table is not None and len(columns) < len(declared.columns):
        extended_by_pattern(table, name)
    if table is not None and table.alter(columns, session.naming):
        if statement:
            session.found(name, statement.span)
        return
    if not (is_creation or table or name.last.startswith("@")) and statement:  # ALTER of a table that only a caller has
        session.missing(name, statement.span)
        return
    table = own(session, name, session.memory.temporaries.declare(name, columns))
    if len(columns) < len(declared.columns):
        extended_by_pattern(table, name)


def rename_temporary(session: Session, renamed: RenameTemporary) -> None:
    """A table or column goes by another name; what has flowed into it stays.

    Source: https://learn.microsoft.com/sql/relational-databases/system-stored-procedures/sp-rename-transact-sql
    """
    table, tables = session.memory.find_temporary(renamed.table), session.memory.temporaries.tables
    if table is None:
        if session.statement:
            session.missing(renamed.table, session.statement.span)
    elif renamed.column is not None:
        table.rename_column(renamed.column, renamed.new, session.naming)
    else:
        name, observation = Name((renamed.new,)), session.memory.observation
        if observation and table.maker is not session.memory:  # it is the callee's from here on
            observation.spoil()
        session.memory.table(session.naming.key(name))
        tables.pop(session.naming.key(renamed.table), None)
        tables[session.naming.key(name)] = own(session, name, table)


def declare_parameters(session: Session, parameters: Iterable[Parameter]) -> None:
    """A table-valued parameter is a table variable that nobody has filled."""
    for parameter in parameters:
        if parameter.type_name:
            _declare_like(session, Name((parameter.name,)), parameter.type_name)


def _declare_like(session: Session, name: Name, kind: Name) -> None:
    naming = session.naming
    columns = session.knowledge.objects.catalogue.types.get(naming.key(naming.canonical(kind, session.place.database)))
    if columns is None:
        session.memory.untyped[naming.key(name)] = kind
    else:
        session.memory.temporaries.tables[naming.key(name)] = Temporary.empty(columns)


def own(session: Session, name: Name, table: Temporary) -> Temporary:
    """A table is its maker's, whoever fills it; a ##global one is seen by all sessions."""
    table.node, table.maker = session.temporary_node(name), session.memory
    if name.last.startswith("##") and session.place.writes:
        session.knowledge.share(session.naming.key(name), table)
    return table
