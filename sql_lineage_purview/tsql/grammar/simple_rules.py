"""Statements of a few words, which move nothing.

Source: https://learn.microsoft.com/sql/t-sql/statements/set-statements-transact-sql,
https://learn.microsoft.com/sql/t-sql/language-elements/transactions-transact-sql
"""

from __future__ import annotations

from collections.abc import Mapping

from ..reading.cursor import NUMBER, STRING, VARIABLE
from .rule_cursor import Rule, RuleCursor

# SET … ON, several with commas.
_SWITCHES = frozenset(
    """
    CONCAT_NULL_YIELDS_NULL CURSOR_CLOSE_ON_COMMIT QUOTED_IDENTIFIER ARITHABORT ARITHIGNORE FMTONLY
    NOCOUNT NOEXEC NUMERIC_ROUNDABORT PARSEONLY RESULT_SET_CACHING ANSI_DEFAULTS ANSI_NULL_DFLT_OFF
    ANSI_NULL_DFLT_ON ANSI_NULLS ANSI_PADDING ANSI_WARNINGS FORCEPLAN SHOWPLAN_ALL SHOWPLAN_TEXT
    SHOWPLAN_XML IMPLICIT_TRANSACTIONS REMOTE_PROC_TRANSACTIONS XACT_ABORT NO_BROWSETABLE
    DISABLE_DEF_CNST_CHK RECOMMENDATIONS""".split()
)
# SET … and a value, or words of its own.
_VALUED = frozenset(
    """
    DATEFIRST DATEFORMAT DEADLOCK_PRIORITY LOCK_TIMEOUT FIPS_FLAGGER LANGUAGE OFFSETS
    QUERY_GOVERNOR_COST_LIMIT ROWCOUNT TEXTSIZE STATISTICS TRANSACTION TRAN CONTEXT_INFO ERRLVL USER
""".split()
)


def rest(c: RuleCursor) -> None:
    """Whatever is left of the statement."""
    while c.word:
        c.advance()


def some(c: RuleCursor) -> None:
    """A statement that is not looked into, but for its having more than its first word."""
    c.skip(2)
    rest(c)


def nothing(c: RuleCursor) -> None:
    """A statement of one word, or of more."""
    rest(c)


def set_option(c: RuleCursor) -> None:
    """SET of anything but a variable, from the option on."""
    if c.word == "IDENTITY_INSERT":
        c.advance()
        c.expect_dotted_name()
        c.expect("ON", "OFF")
    elif c.word in _SWITCHES:
        c.commas(_switch)
        c.expect("ON", "OFF")
    elif c.word in _VALUED:
        c.skip(2)
        rest(c)
    else:
        c.fail()


def _switch(c: RuleCursor) -> None:
    if c.word not in _SWITCHES:
        c.fail()
    c.advance()


def use(c: RuleCursor) -> None:
    """USE d, GOTO l."""
    c.advance()
    c.expect_name()
    # USE FEDERATION …, of an Azure SQL long gone
    if c.before() == "FEDERATION":
        rest(c)


def cursor_name(c: RuleCursor) -> None:
    """`[GLOBAL] c`, `@c`."""
    if c.word == "GLOBAL" and c.at_name(1):
        c.advance()
    if not c.accept(VARIABLE):
        c.expect_name()


def cursor_statement(c: RuleCursor) -> None:
    """OPEN, CLOSE, DEALLOCATE of a cursor; of a key too."""
    c.advance()
    # OPEN SYMMETRIC KEY k DECRYPTION BY …, CLOSE ALL SYMMETRIC KEYS
    if c.word in ("SYMMETRIC", "MASTER", "ALL"):
        c.skip(2)
        rest(c)
    else:
        cursor_name(c)


def fetch(c: RuleCursor) -> None:
    """FETCH NEXT FROM c INTO @a, @b."""
    c.expect("FETCH")
    if c.word in ("ABSOLUTE", "RELATIVE") and c.peek() in ("-", NUMBER, VARIABLE):
        c.advance()
        c.accept("-")
        c.expect(NUMBER, VARIABLE)
        c.expect("FROM")
    elif c.word in ("NEXT", "PRIOR", "FIRST", "LAST") and c.peek() == "FROM":
        c.skip(2)
    else:
        c.accept("FROM")
    cursor_name(c)
    if c.accept("INTO"):
        c.commas(_variable)


def _variable(c: RuleCursor) -> None:
    c.expect(VARIABLE)


def truncate(c: RuleCursor) -> None:
    """TRUNCATE TABLE."""
    c.expect("TRUNCATE")
    c.expect("TABLE")
    c.expect_dotted_name()
    if c.accept("WITH"):
        c.expect_group()


def transaction(c: RuleCursor) -> None:
    """BEGIN TRAN, COMMIT, ROLLBACK, SAVE."""
    first = c.word
    c.advance()
    if first == "BEGIN":
        c.accept("DISTRIBUTED")
        if c.word not in ("TRAN", "TRANSACTION"):  # BEGIN DIALOG, BEGIN CONVERSATION TIMER
            rest(c)
            return
    c.accept("TRAN", "TRANSACTION", "WORK")
    if first == "SAVE":  # a savepoint may have a number before its name
        c.advance()
        rest(c)
        return
    if c.word == VARIABLE or c.at_name():
        c.advance()
    if c.accept("WITH"):
        rest(c)


def wait(c: RuleCursor) -> None:
    """WAITFOR DELAY, TIME, or a message."""
    c.expect("WAITFOR")
    if c.word == "(":
        rest(c)
        return
    c.expect("DELAY", "TIME")
    c.expect(STRING, VARIABLE, NUMBER)


def permission(c: RuleCursor) -> None:
    """GRANT, DENY, REVOKE."""
    c.advance()
    if c.word in ("ON", "TO", "FROM"):
        c.fail()
    while c.word not in ("TO", "FROM"):
        c.advance()
    c.skip(2)
    rest(c)


def end(c: RuleCursor) -> None:
    """END CONVERSATION; END alone ends nothing here."""
    c.expect("END")
    c.expect("CONVERSATION")
    rest(c)


def bulk(c: RuleCursor) -> None:
    """BULK INSERT t FROM 'file' WITH (…)."""
    c.expect("BULK")
    c.expect("INSERT")
    c.expect_dotted_name()
    c.expect("FROM")
    # a variable where a command of the system puts it together
    if not c.accept(STRING, NUMBER, VARIABLE):
        c.expect_name()
    if c.accept("WITH"):
        c.expect_group()


def copy(c: RuleCursor) -> None:
    """COPY INTO t (columns) FROM 'file', 'file' WITH (…)."""
    c.expect("COPY")
    c.expect("INTO")
    c.expect_dotted_name()
    if c.word == "(":
        c.expect_group()
    c.expect("FROM")
    c.commas(_file)
    if c.accept("WITH"):
        c.expect_group()
    if c.accept("OPTION"):
        c.expect_group()


def _file(c: RuleCursor) -> None:
    c.expect(STRING)


SIMPLE: Mapping[str, Rule] = {
    "FETCH": fetch,
    "TRUNCATE": truncate,
    "WAITFOR": wait,
    "END": end,
    "BULK": bulk,
    "COPY": copy,
    **dict.fromkeys(("OPEN", "CLOSE", "DEALLOCATE"), cursor_statement),
    **dict.fromkeys(("BEGIN", "COMMIT", "ROLLBACK", "SAVE"), transaction),
    **dict.fromkeys(("GRANT", "DENY", "REVOKE"), permission),
    **dict.fromkeys(("USE", "GOTO"), use),
    **dict.fromkeys(
        "BACKUP RESTORE DBCC KILL ADD ENABLE DISABLE GET MOVE SEND RENAME READTEXT".split(), some
    ),
}
