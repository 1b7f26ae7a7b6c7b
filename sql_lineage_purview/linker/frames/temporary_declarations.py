"""Declaring: the temporary tables and table variables that come to be in a frame.

Table-valued parameters are declared here too.

Source: https://learn.microsoft.com/sql/t-sql/statements/create-table-transact-sql#temporary-tables
"""

from __future__ import annotations

from collections.abc import Iterable

from ...model.facts import Declare, Discard, Parameter, RenameTemporary
from ...model.names import Name, is_left_open
from ..state.temporary import Temporary
from .extending import extended_by_pattern
from .frame import Frame


def declare(frame: Frame, declared: Declare) -> None:
    """CREATE TABLE #t, DECLARE @t TABLE, ALTER TABLE #t."""
    if declared.like is not None:
        _declare_like(frame, declared.name, declared.like)
        return
    statement, name = frame.statement, Name((declared.name.object,))
    is_creation = (
        any(isinstance(effect, Discard) for effect in statement.effects) if statement else False
    )
    table = None if is_creation or name.object.startswith("@") else frame.state.find_temporary(name)
    columns = tuple(fact for fact in declared.columns if not is_left_open(fact.name))
    if table is not None and len(columns) < len(declared.columns):
        extended_by_pattern(table, name)
    if table is not None:
        table.alter(columns, frame.naming)
        if statement:
            frame.found(name, statement.span)
        return
    # ALTER of a table that only a caller has
    if not (is_creation or name.object.startswith("@")) and statement:
        frame.missing(name, statement.span)
        return
    if is_creation:
        frame.state.flow.overwrite(frame.naming.key(name))
    table = own(frame, name, frame.state.temporaries.declare(name, columns))
    if len(columns) < len(declared.columns):
        extended_by_pattern(table, name)


def rename_temporary(frame: Frame, renamed: RenameTemporary) -> None:
    """A table or column goes by another name; what has flowed into it stays.

    Source:
    https://learn.microsoft.com/sql/relational-databases/system-stored-procedures/sp-rename-transact-sql
    """
    table, tables = frame.state.find_temporary(renamed.table), frame.state.temporaries.tables
    if table is None:
        if frame.statement:
            frame.missing(renamed.table, frame.statement.span)
    elif renamed.column is not None:
        table.rename_column(renamed.column, renamed.new, frame.naming)
    else:
        name, observation = Name((renamed.new,)), frame.state.observation
        if observation and table.maker is not frame.state:  # it is the callee's from here on
            observation.dependence.spoil()
        # looked up so that it is noted: a caller's table of the new name is out of sight from
        # here on
        frame.state.table(frame.naming.key(name))
        tables.pop(frame.naming.key(renamed.table), None)
        tables[frame.naming.key(name)] = own(frame, name, table)


def declare_parameters(frame: Frame, parameters: Iterable[Parameter]) -> None:
    """A table-valued parameter is a table variable that nobody has filled."""
    for parameter in parameters:
        if parameter.type_name:
            _declare_like(frame, Name((parameter.name,)), parameter.type_name)


def _declare_like(frame: Frame, name: Name, kind: Name) -> None:
    naming = frame.naming
    columns = frame.context.definitions.table_type(naming.canonical(kind, frame.place.database))
    if columns is None:
        frame.state.untyped[naming.key(name)] = kind
    else:
        frame.state.temporaries.tables[naming.key(name)] = Temporary.empty(columns)


def own(frame: Frame, name: Name, table: Temporary) -> Temporary:
    """A table is its maker's, whoever fills it; a ##global one is seen by all sessions."""
    table.node, table.maker = frame.temporary_node(name), frame.state
    if name.object.startswith("##") and frame.place.writes:
        frame.context.global_tables.create(frame.naming.key(name), table)
        # findings that are kept would not make the table for the files that read it
        frame.context.recorder.now.lasting = False
    return table
