"""The heads of modules: what stands before their bodies.

Source: https://learn.microsoft.com/sql/t-sql/statements/create-procedure-transact-sql,
https://learn.microsoft.com/sql/t-sql/statements/create-function-transact-sql,
https://learn.microsoft.com/sql/t-sql/statements/create-view-transact-sql,
https://learn.microsoft.com/sql/t-sql/statements/create-trigger-transact-sql
"""

from __future__ import annotations

from collections.abc import Mapping

from ..reading.cursor import NUMBER, STRING, VARIABLE
from .column_rules import columns
from .expression_rules import type_name
from .rule_cursor import Rule, RuleCursor
from .simple_rules import rest


def head(c: RuleCursor) -> None:
    """What stands before the body of a module, AS included."""
    c.expect("CREATE", "ALTER")
    if c.accept("OR"):
        c.expect("ALTER")
    c.accept("MATERIALIZED")
    kind = c.word
    c.expect("PROC", "PROCEDURE", "FUNCTION", "VIEW", "TRIGGER")
    c.expect_name()
    while c.accept("."):  # no part is left out
        c.expect_name()
    _HEADS.get(kind, rest)(c)


def _procedure(c: RuleCursor) -> None:
    # CREATE PROC p;2: one of several under a name
    if c.word == ";" and c.peek() == NUMBER:
        c.skip(2)
    if c.word == "(":
        c.inside(_parameters)
    elif c.word == VARIABLE:
        _parameters(c)
    if c.word not in ("WITH", "FOR", "AS"):
        c.fail()
    rest(c)


def _parameters(c: RuleCursor) -> None:
    c.commas(_parameter)


def _parameter(c: RuleCursor) -> None:
    c.expect(VARIABLE)
    c.accept("AS")
    if c.accept("CURSOR"):
        c.accept("VARYING")
    else:
        type_name(c)
    c.accept("NOT")
    c.accept("NULL")
    if c.accept("="):
        # a default is a constant: = -1, = $5
        while c.accept("+", "-", "$"):
            pass
        if not c.accept(STRING, NUMBER, VARIABLE, "NULL", "DEFAULT"):
            c.expect_dotted_name()
    while c.accept("OUT", "OUTPUT", "READONLY"):
        pass


def _function(c: RuleCursor) -> None:
    c.expect("(")
    if not c.accept(")"):
        _parameters(c)
        c.expect(")")
    c.expect("RETURNS")
    if c.accept(VARIABLE):
        c.expect("TABLE")
        c.inside(columns)
    elif not c.accept("TABLE"):
        type_name(c)
    rest(c)


def _view(c: RuleCursor) -> None:
    if c.word == "(":
        c.inside(_names)
    c.expect("WITH", "AS")
    rest(c)


def _trigger(c: RuleCursor) -> None:
    c.expect("ON")
    if not c.accept("DATABASE"):
        if c.word == "ALL" and c.peek() == "SERVER":
            c.skip(2)
        else:
            c.expect_dotted_name()
    # WITH ENCRYPTION, EXECUTE AS and NATIVE_COMPILATION may come before
    while c.word not in ("FOR", "AFTER", "INSTEAD"):
        c.advance()
    rest(c)


def _names(c: RuleCursor) -> None:
    c.commas(RuleCursor.expect_name)


_HEADS: Mapping[str, Rule] = {
    "PROC": _procedure,
    "PROCEDURE": _procedure,
    "FUNCTION": _function,
    "VIEW": _view,
    "TRIGGER": _trigger,
}
