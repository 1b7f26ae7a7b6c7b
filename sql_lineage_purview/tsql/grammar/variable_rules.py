"""DECLARE, SET, EXECUTE, and the statements that only look at a value.

Source: https://learn.microsoft.com/sql/t-sql/language-elements/declare-local-variable-transact-sql,
https://learn.microsoft.com/sql/t-sql/language-elements/declare-cursor-transact-sql,
https://learn.microsoft.com/sql/t-sql/language-elements/execute-transact-sql
"""

from __future__ import annotations

from .column_rules import columns_of_variable
from .cursor import END, NUMBER, STRING, VARIABLE, Cursor
from .expression_rules import call, type_name, value, values
from .query_rules import ASSIGNMENTS, common_tables, option, query
from .simple_rules import rest, set_option
from .source_rules import names


def declare(c: Cursor) -> None:
    """DECLARE of variables, table variables and cursors."""
    c.expect("DECLARE")
    if c.word == VARIABLE:
        c.commas(_declared)
    else:
        c.name()
        cursor(c)


def _declared(c: Cursor) -> None:
    c.expect(VARIABLE)
    c.take("AS")
    if c.take("TABLE"):
        c.inside(columns_of_variable)
        return
    if not c.take("CURSOR"):
        type_name(c)
    if c.take("NOT"):
        c.expect("NULL")
    else:
        c.take("NULL")
    if c.take("="):
        value(c)


_CURSOR_OPTIONS = """LOCAL GLOBAL FORWARD_ONLY SCROLL STATIC KEYSET DYNAMIC FAST_FORWARD READ_ONLY SCROLL_LOCKS OPTIMISTIC
    TYPE_WARNING""".split()


def cursor(c: Cursor) -> None:
    """A cursor, from the options before its word on."""
    while c.take("INSENSITIVE", "SCROLL"):
        pass
    c.expect("CURSOR")
    while c.take(*_CURSOR_OPTIONS):
        pass
    if c.word == "WITH":
        c.skip(2)
    c.expect("FOR")
    if c.word == "WITH":
        common_tables(c)
    query(c)
    option(c)
    if c.take("FOR"):
        c.expect("READ", "UPDATE")
        rest(c)


def assign(c: Cursor) -> None:
    """SET of a variable or an option."""
    c.expect("SET")
    if c.word != VARIABLE:
        set_option(c)
        return
    c.advance()
    if c.take(".", "::"):
        c.name()
        if c.word == "(":
            call(c, "")
            return
    c.expect(*ASSIGNMENTS)
    if c.word == "CURSOR":
        cursor(c)
    else:
        value(c)


def look(c: Cursor) -> None:
    """PRINT x, RETURN [x]."""
    needed = c.word == "PRINT"
    c.advance()
    if needed or c.word:
        value(c)


def throw(c: Cursor) -> None:
    """THROW [number, message, state]."""
    c.expect("THROW")
    if c.word:
        value(c)
        for _ in range(2):
            c.expect(",")
            value(c)


def raise_error(c: Cursor) -> None:
    """RAISERROR (…) WITH …, and its form of old."""
    c.expect("RAISERROR")
    if c.word != "(":
        c.expect(NUMBER, VARIABLE)
        rest(c)
        return
    c.inside(values)
    if c.take("WITH"):
        names(c)


# --- EXECUTE ------------------------------------------------------------------------------------------------------------


def execute(c: Cursor) -> None:
    """EXEC of a procedure or a string; EXECUTE AS."""
    c.expect("EXEC", "EXECUTE")
    if c.word == "AS":
        rest(c)
    elif c.word == "(":
        _string(c)
    else:
        if c.word == VARIABLE and c.peek() == "=":
            c.skip(2)
        _procedure(c)


def _procedure(c: Cursor) -> None:
    if c.word == "OPENDATASOURCE":
        c.advance()
        c.group()
        c.expect(".")
        c.dotted()
    elif not c.take(VARIABLE):
        c.object_name()
    arguments(c)


def arguments(c: Cursor) -> None:
    """What stands behind the name of a procedure."""
    if c.word == ";" and c.peek() == NUMBER:
        c.skip(2)
    if c.word not in (END, "WITH", "OPTION"):
        c.commas(_argument)
    if c.take("WITH"):
        rest(c)


# A bare word is a string, and so are some that are reserved.
_ARGUMENTS = (
    STRING,
    NUMBER,
    VARIABLE,
    *"NULL DEFAULT ? BREAK CHECKPOINT COMMIT CONTINUE RECONFIGURE RETURN REVERT ROLLBACK SETUSER SHUTDOWN".split(),
)


def _argument(c: Cursor) -> None:
    if c.word == VARIABLE and c.peek() == "=":
        c.skip(2)
    while c.word in ("+", "-"):
        c.advance()
    if c.word == "{":
        c.advance()
        c.name()
        c.expect(STRING)
        c.expect("}")
    elif not c.take(*_ARGUMENTS):
        c.name()
    c.take("OUT", "OUTPUT")


def _part(c: Cursor) -> None:
    value(c)
    c.take("OUT", "OUTPUT")


def _string(c: Cursor) -> None:
    c.expect("(")
    c.commas(_part)
    c.expect(")")
    if c.word == "AS":
        c.skip(2)
        if c.take("="):
            c.expect(STRING)
    if c.take("AT"):
        if c.word == "DATA_SOURCE" and c.at_name(1):
            c.advance()
        c.name()
    if c.take("WITH"):
        rest(c)
