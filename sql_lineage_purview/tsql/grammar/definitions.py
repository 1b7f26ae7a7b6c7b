"""Columns of tables, and the heads of modules.

Source: https://learn.microsoft.com/sql/t-sql/statements/create-table-transact-sql,
https://learn.microsoft.com/sql/t-sql/statements/create-procedure-transact-sql
"""

from __future__ import annotations

from collections.abc import Mapping

from .cursor import NUMBER, STRING, VARIABLE, Cursor, Rule
from .expressions import type_name, value
from .queries import common_tables, select_statement

_CONSTRAINTS = frozenset({"CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN", "CHECK", "INDEX", "PERIOD", "CONNECTION", "DEFAULT"})
# What stands behind the type of a column in words alone.
_PLAIN = frozenset(
    """NOT NULL PRIMARY KEY UNIQUE CLUSTERED NONCLUSTERED ROWGUIDCOL SPARSE FILESTREAM FOR REPLICATION HIDDEN PERSISTED HASH
    COLUMNSTORE ENFORCED GENERATED VALUES COLUMN_SET
    ALL_SPARSE_COLUMNS IDENTITY ASC DESC FOREIGN""".split()
)


def columns(c: Cursor) -> None:
    """The columns and constraints of a table, a comma behind the last one allowed."""
    _definition(c)
    while c.take(","):
        if c.word == ")":
            return
        _definition(c)


def columns_of_variable(c: Cursor) -> None:
    """The columns of a table variable, where no comma ends the list."""
    c.commas(_definition)


def table(c: Cursor) -> None:
    """CREATE TABLE, with columns or AS SELECT, from its name on."""
    c.dotted()
    typed = c.word != "(" or _typed(c)
    if c.word == "(":
        c.inside(columns if typed else _names)
    while c.word and not (c.word == "AS" and c.peek() in ("SELECT", "WITH", "(")):
        if c.word == "(":
            c.group()
        else:
            c.advance()
    if c.take("AS"):
        if c.word == "WITH":
            common_tables(c)
        select_statement(c)
    elif not typed:
        c.fail()


def _typed(c: Cursor) -> bool:
    """Are these columns with their types, rather than the names that CREATE TABLE … AS SELECT gives?"""
    return c.peek(2) not in (",", ")") or c.peek(1) == "TIMESTAMP"


def external_table(c: Cursor) -> None:
    """CREATE EXTERNAL TABLE, from its name on."""
    table(c)


def alter_table(c: Cursor) -> None:
    """ALTER TABLE, from the table's name on."""
    c.dotted()
    if c.take("WITH"):
        c.expect("CHECK", "NOCHECK")
        if c.word not in ("ADD", "CHECK"):
            c.fail()
    action = c.word
    c.expect(*_ACTIONS)
    if action == "ADD":
        c.commas(_definition)
    elif action == "DROP":
        c.commas(_dropped)
    elif action == "SWITCH":
        while c.word != "TO":
            c.advance()
        c.advance()
        c.dotted()
        _to_end(c)
    elif action == "ALTER":
        c.expect("COLUMN", "INDEX")
        c.name()
        c.advance()
        _to_end(c)
    else:
        _to_end(c)


_ACTIONS = "ADD ALTER DROP SWITCH SET REBUILD ENABLE DISABLE CHECK NOCHECK SPLIT MERGE".split()


def _dropped(c: Cursor) -> None:
    c.take("COLUMN", "CONSTRAINT", "INDEX")
    if c.word == "PERIOD" and c.peek() == "FOR":
        c.skip(3)
        return
    if c.take("IF"):
        c.expect("EXISTS")
    c.name()
    if c.take("WITH"):
        c.group()


def _definition(c: Cursor) -> None:
    if c.word in _CONSTRAINTS and not _is_column(c):
        _to_comma(c)
        return
    c.name()
    if c.before() == "TIMESTAMP" and (c.word in (",", ")", "CONSTRAINT") or c.word in _PLAIN):
        _options(c)
        return
    if c.word == "AS":
        c.advance()
        value(c)
    else:
        type_name(c)
    _options(c)


def _options(c: Cursor) -> None:
    while c.word not in (",", ")", ""):
        _option(c)


def _is_column(c: Cursor) -> bool:
    """`period int`: a column named like a constraint's first word."""
    return c.at_name() and c.peek() not in ("FOR", "(") and not (c.word in ("INDEX", "CONNECTION") and c.peek(2) in ("(", "ON"))


def _to_comma(c: Cursor) -> None:
    while c.word not in (",", ")", ""):
        if c.word == "(":
            c.group()
        else:
            c.advance()


def _option(c: Cursor) -> None:
    word = c.word
    if word in ("CONSTRAINT", "COLLATE", "INDEX"):
        c.advance()
        c.name()
    elif word == "REFERENCES":
        c.advance()
        c.dotted()
    elif word == "ON":
        _on(c)
    elif word == "DEFAULT":
        c.advance()
        value(c)
    elif word == "(":
        c.group()
    elif word in ("CHECK", "MASKED", "ENCRYPTED", "WITH", "INCLUDE"):
        c.advance()
        if c.before() == "WITH" and c.peek() == "=":  # FILLFACTOR = 34
            c.skip(3)
    elif word == "FILESTREAM_ON":
        c.advance()
        c.name()
    elif word == "WHERE":  # of an index
        _to_comma(c)
    elif word == "ALWAYS":  # GENERATED ALWAYS AS ROW START
        c.advance()
        c.expect("AS")
        c.name()
        c.expect("START", "END")
    elif word in _PLAIN:
        c.advance()
    else:
        c.fail()


def _on(c: Cursor) -> None:
    """ON a filegroup, or ON DELETE SET NULL of a reference."""
    c.expect("ON")
    if c.take("DELETE", "UPDATE"):
        if c.take("NO"):
            c.expect("ACTION")
        elif c.take("SET"):
            c.expect("NULL", "DEFAULT")
        else:
            c.expect("CASCADE")
    elif not c.take(STRING, "PRIMARY"):
        c.name()


# --- heads of modules ---------------------------------------------------------------------------------------------------


def head(c: Cursor) -> None:
    """What stands before the body of a module, AS included."""
    c.expect("CREATE", "ALTER")
    if c.take("OR"):
        c.expect("ALTER")
    c.take("MATERIALIZED")
    kind = c.word
    c.expect("PROC", "PROCEDURE", "FUNCTION", "VIEW", "TRIGGER")
    c.name()
    while c.take("."):  # no part is left out
        c.name()
    _HEADS.get(kind, _to_end)(c)


def _procedure(c: Cursor) -> None:
    if c.word == ";" and c.peek() == NUMBER:
        c.skip(2)
    if c.word == "(":
        c.inside(_parameters)
    elif c.word == VARIABLE:
        _parameters(c)
    if c.word not in ("WITH", "FOR", "AS"):
        c.fail()
    _to_end(c)


def _parameters(c: Cursor) -> None:
    c.commas(_parameter)


def _parameter(c: Cursor) -> None:
    c.expect(VARIABLE)
    c.take("AS")
    if c.take("CURSOR"):
        c.take("VARYING")
    else:
        type_name(c)
    c.take("NOT")
    c.take("NULL")
    if c.take("="):
        while c.take("+", "-", "$"):
            pass
        if not c.take(STRING, NUMBER, VARIABLE, "NULL", "DEFAULT"):
            c.dotted()
    while c.take("OUT", "OUTPUT", "READONLY"):
        pass


def _function(c: Cursor) -> None:
    c.expect("(")
    if not c.take(")"):
        _parameters(c)
        c.expect(")")
    c.expect("RETURNS")
    if c.take(VARIABLE):
        c.expect("TABLE")
        c.inside(columns)
    elif not c.take("TABLE"):
        type_name(c)
    _to_end(c)


def _view(c: Cursor) -> None:
    if c.word == "(":
        c.inside(_names)
    c.expect("WITH", "AS")
    _to_end(c)


def _trigger(c: Cursor) -> None:
    c.expect("ON")
    if not c.take("DATABASE"):
        if c.word == "ALL" and c.peek() == "SERVER":
            c.skip(2)
        else:
            c.dotted()
    while c.word not in ("FOR", "AFTER", "INSTEAD"):
        c.advance()
    _to_end(c)


def _names(c: Cursor) -> None:
    c.commas(Cursor.name)


def _to_end(c: Cursor) -> None:
    while c.word:
        c.advance()


_HEADS: Mapping[str, Rule] = {
    "PROC": _procedure,
    "PROCEDURE": _procedure,
    "FUNCTION": _function,
    "VIEW": _view,
    "TRIGGER": _trigger,
}
