"""CREATE TABLE and ALTER TABLE.

Source: https://learn.microsoft.com/sql/t-sql/statements/create-table-transact-sql,
https://learn.microsoft.com/sql/t-sql/statements/create-table-as-select-azure-sql-data-warehouse,
https://learn.microsoft.com/sql/t-sql/statements/alter-table-transact-sql
"""

from __future__ import annotations

from ..reading.cursor import STRING
from .column_rules import columns, definition
from .query_rules import common_tables, select_statement
from .rule_cursor import RuleCursor
from .simple_rules import rest
from .source_rules import names

_CLAUSES = frozenset({"ON", "TEXTIMAGE_ON", "FILESTREAM_ON", "WITH", "AS", "FEDERATED"})


def table(c: RuleCursor) -> None:
    """CREATE TABLE, with columns or AS SELECT, from its name on."""
    c.expect_dotted_name()
    typed = c.word != "(" or _typed(c)
    if c.word == "(":
        c.inside(columns if typed else names)
    elif c.word not in _CLAUSES:
        c.fail()
    while c.word and not _queried(c):
        _clause(c)
    if c.accept("AS"):
        if c.word == "WITH":
            common_tables(c)
        select_statement(c)
    elif not typed:
        c.fail()


def _typed(c: RuleCursor) -> bool:
    """Are these columns with types, rather than names that CREATE TABLE … AS SELECT gives?"""
    # (a, b) AS SELECT has names alone; (timestamp) is a column that needs no type
    return c.peek(2) not in (",", ")") or c.peek(1) == "TIMESTAMP"


def _queried(c: RuleCursor) -> bool:
    return c.word == "AS" and c.peek() in ("SELECT", "WITH", "(")


def _clause(c: RuleCursor) -> None:
    """ON a filegroup, WITH options, AS NODE."""
    word = c.word
    if word not in _CLAUSES:
        c.fail()
    c.advance()
    if word in ("WITH", "FEDERATED"):
        c.accept("ON")
        c.expect_group()
    elif word == "AS":  # NODE, EDGE, FILETABLE, CLONE OF t
        rest(c)
    else:
        if not c.accept(STRING, "PRIMARY", "DEFAULT"):
            c.expect_name()
        if c.word == "(":
            c.inside(names)


def alter_table(c: RuleCursor) -> None:
    """ALTER TABLE, from the table's name on."""
    c.expect_dotted_name()
    if c.accept("WITH"):
        c.expect("CHECK", "NOCHECK")
        if c.word not in ("ADD", "CHECK"):
            c.fail()
    action = c.word
    c.expect(*_ACTIONS)
    if action == "ADD":
        if c.word == "(" and c.peek() == "CLUSTER":  # of a warehouse of Fabric
            c.expect_group()
        else:
            c.commas(definition)
    elif action == "DROP":
        c.commas(_dropped)
    elif action == "SWITCH":
        # SWITCH PARTITION 3 TO: the number may be an expression
        while c.word != "TO":
            c.advance()
        c.advance()
        c.expect_dotted_name()
        rest(c)
    elif action == "ALTER":
        c.expect("COLUMN", "INDEX")
        c.expect_name()
        c.advance()
        rest(c)
    else:
        rest(c)


_ACTIONS = "ADD ALTER DROP SWITCH SET REBUILD ENABLE DISABLE CHECK NOCHECK SPLIT MERGE".split()


def _dropped(c: RuleCursor) -> None:
    c.accept("COLUMN", "CONSTRAINT", "INDEX")
    if c.word == "PERIOD" and c.peek() == "FOR":
        c.skip(3)
        return
    if c.accept("IF"):
        c.expect("EXISTS")
    c.expect_name()
    if c.accept("WITH"):
        c.expect_group()
