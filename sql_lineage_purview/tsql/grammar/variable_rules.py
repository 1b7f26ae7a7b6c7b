"""DECLARE, SET, EXECUTE, and the statements that only look at a value.

Source: https://learn.microsoft.com/sql/t-sql/language-elements/declare-local-variable-transact-sql,
https://learn.microsoft.com/sql/t-sql/language-elements/declare-cursor-transact-sql,
https://learn.microsoft.com/sql/t-sql/language-elements/execute-transact-sql
"""

from __future__ import annotations

from ..reading.cursor import END, NUMBER, STRING, VARIABLE
from .column_rules import columns_of_variable
from .expression_rules import call, type_name, value, values
from .query_rules import ASSIGNMENTS, common_tables, option, query
from .rule_cursor import RuleCursor
from .simple_rules import rest, set_option
from .source_rules import names


def declare(c: RuleCursor) -> None:
    """DECLARE of variables, table variables and cursors."""
    c.expect("DECLARE")
    if c.word == VARIABLE:
        c.commas(_declared)
    else:
        c.expect_name()
        cursor(c)


def _declared(c: RuleCursor) -> None:
    c.expect(VARIABLE)
    c.accept("AS")
    if c.accept("TABLE"):
        c.inside(columns_of_variable)
        return
    if not c.accept("CURSOR"):
        type_name(c)
    if c.accept("NOT"):
        c.expect("NULL")
    else:
        c.accept("NULL")
    if c.accept("="):
        value(c)


_CURSOR_OPTIONS = """
    LOCAL GLOBAL FORWARD_ONLY SCROLL STATIC KEYSET DYNAMIC FAST_FORWARD READ_ONLY SCROLL_LOCKS
    OPTIMISTIC TYPE_WARNING""".split()


def cursor(c: RuleCursor) -> None:
    """A cursor, from the options before its word on."""
    while c.accept("INSENSITIVE", "SCROLL"):
        pass
    c.expect("CURSOR")
    while c.accept(*_CURSOR_OPTIONS):
        pass
    if c.word == "WITH":
        c.skip(2)
    c.expect("FOR")
    if c.word == "WITH":
        common_tables(c)
    query(c)
    option(c)
    if c.accept("FOR"):
        c.expect("READ", "UPDATE")
        rest(c)


def assign(c: RuleCursor) -> None:
    """SET of a variable or an option."""
    c.expect("SET")
    if c.word != VARIABLE:
        set_option(c)
        return
    c.advance()
    if c.accept(".", "::"):
        c.expect_name()
        if c.word == "(":
            call(c, "")
            return
    c.expect(*ASSIGNMENTS)
    if c.word == "CURSOR":
        cursor(c)
    else:
        value(c)


def look(c: RuleCursor) -> None:
    """PRINT x, RETURN [x]."""
    needed = c.word == "PRINT"
    c.advance()
    if needed or c.word:
        value(c)


def throw(c: RuleCursor) -> None:
    """THROW [number, message, state]."""
    c.expect("THROW")
    if c.word:
        value(c)
        for _ in range(2):
            c.expect(",")
            value(c)


def raise_error(c: RuleCursor) -> None:
    """RAISERROR (…) WITH …, and its form of old."""
    c.expect("RAISERROR")
    # RAISERROR 50001 'text', of old
    if c.word != "(":
        c.expect(NUMBER, VARIABLE)
        rest(c)
        return
    c.inside(values)
    if c.accept("WITH"):
        names(c)


# --- EXECUTE --------------------------------------------------------------------------------------


def execute(c: RuleCursor) -> None:
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


def _procedure(c: RuleCursor) -> None:
    if c.word == "OPENDATASOURCE":
        c.advance()
        c.expect_group()
        c.expect(".")
        c.expect_dotted_name()
    elif not c.accept(VARIABLE):
        c.expect_object_name()
    arguments(c)


def arguments(c: RuleCursor) -> None:
    """What stands behind the name of a procedure."""
    if c.word == ";" and c.peek() == NUMBER:
        c.skip(2)
    if c.word not in (END, "WITH", "OPTION"):
        c.commas(_argument)
    if c.accept("WITH"):
        rest(c)


# A bare word is a string, and so are some that are reserved.
_ARGUMENTS = (
    STRING,
    NUMBER,
    VARIABLE,
    *"NULL DEFAULT ? BREAK CHECKPOINT COMMIT CONTINUE RECONFIGURE RETURN REVERT ROLLBACK SETUSER "
    "SHUTDOWN".split(),
)


def _argument(c: RuleCursor) -> None:
    if c.word == VARIABLE and c.peek() == "=":
        c.skip(2)
    while c.word in ("+", "-"):
        c.advance()
    if c.word == "{":
        c.advance()
        c.expect_name()
        c.expect(STRING)
        c.expect("}")
    elif not c.accept(*_ARGUMENTS):
        c.expect_name()
    c.accept("OUT", "OUTPUT")


def _part(c: RuleCursor) -> None:
    value(c)
    c.accept("OUT", "OUTPUT")


def _string(c: RuleCursor) -> None:
    c.expect("(")
    c.commas(_part)
    c.expect(")")
    if c.word == "AS":
        c.skip(2)
        if c.accept("="):
            c.expect(STRING)
    if c.accept("AT"):
        if c.word == "DATA_SOURCE" and c.at_name(1):
            c.advance()
        c.expect_name()
    if c.accept("WITH"):
        rest(c)
