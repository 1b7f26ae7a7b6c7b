"""The heads of modules: what stands before their bodies.

Source: https://learn.microsoft.com/sql/t-sql/statements/create-procedure-transact-sql,
https://learn.microsoft.com/sql/t-sql/statements/create-function-transact-sql,
https://learn.microsoft.com/sql/t-sql/statements/create-view-transact-sql,
https://learn.microsoft.com/sql/t-sql/statements/create-trigger-transact-sql
"""

from __future__ import annotations

from collections.abc import Mapping

from .column_rules import columns
from .cursor import NUMBER, STRING, VARIABLE, Cursor, Rule
from .expression_rules import type_name
from .simple_rules import rest


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
    _HEADS.get(kind, rest)(c)


def _procedure(c: Cursor) -> None:
    if c.word == ";" and c.peek() == NUMBER:
        c.skip(2)
    if c.word == "(":
        c.inside(_parameters)
    elif c.word == VARIABLE:
        _parameters(c)
    if c.word not in ("WITH", "FOR", "AS"):
        c.fail()
    rest(c)


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
    rest(c)


def _view(c: Cursor) -> None:
    if c.word == "(":
        c.inside(_names)
    c.expect("WITH", "AS")
    rest(c)


def _trigger(c: Cursor) -> None:
    c.expect("ON")
    if not c.take("DATABASE"):
        if c.word == "ALL" and c.peek() == "SERVER":
            c.skip(2)
        else:
            c.dotted()
    while c.word not in ("FOR", "AFTER", "INSTEAD"):
        c.advance()
    rest(c)


def _names(c: Cursor) -> None:
    c.commas(Cursor.name)


_HEADS: Mapping[str, Rule] = {
    "PROC": _procedure,
    "PROCEDURE": _procedure,
    "FUNCTION": _function,
    "VIEW": _view,
    "TRIGGER": _trigger,
}
