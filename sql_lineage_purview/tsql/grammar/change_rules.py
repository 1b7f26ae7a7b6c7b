"""INSERT, UPDATE, DELETE, MERGE.

Source: https://learn.microsoft.com/sql/t-sql/statements/insert-transact-sql,
https://learn.microsoft.com/sql/t-sql/queries/update-transact-sql,
https://learn.microsoft.com/sql/t-sql/statements/delete-transact-sql,
https://learn.microsoft.com/sql/t-sql/statements/merge-transact-sql
"""

from __future__ import annotations

from .column_rules import definitions
from .cursor import STRING, VARIABLE, Cursor
from .expression_rules import call, condition, value
from .query_rules import ASSIGNMENTS, common_tables, item, option, top, where, whole_query
from .source_rules import alias, hints, rows, source, sources
from .variable_rules import execute

_REMOTE = frozenset({"OPENQUERY", "OPENROWSET", "OPENDATASOURCE"})


def insert(c: Cursor) -> None:
    """INSERT, with what supplies its rows."""
    c.expect("INSERT")
    if c.take("BULK"):
        _insert_bulk(c)
        return
    top(c)
    c.take("INTO", "OVER")
    target(c)
    if c.word == "(" and c.peek() == ")":  # of a function
        c.skip(2)
    hints(c)
    if c.word == "(" and c.peek() not in ("SELECT", "WITH", "("):
        c.inside(_columns)
    output(c)
    if c.take("VALUES"):
        rows(c)
    elif c.take("DEFAULT"):
        c.expect("VALUES")
    elif c.word in ("EXEC", "EXECUTE"):
        execute(c)
    else:
        if c.word == "WITH":  # as other systems have it
            common_tables(c)
        whole_query(c)
    option(c)


def _insert_bulk(c: Cursor) -> None:
    """INSERT BULK t (columns) WITH (options), of which a program sends the rows."""
    c.dotted()
    if c.word == "(":
        c.inside(definitions)
    if c.take("WITH"):
        c.group()


def _columns(c: Cursor) -> None:
    c.commas(Cursor.dotted)


def target(c: Cursor) -> None:
    """The table that a statement changes."""
    if c.take(VARIABLE):
        return
    if c.word in _REMOTE and c.peek() == "(":
        c.advance()
        c.group()
        while c.take("."):
            if c.word != "." and not c.take(STRING):
                c.name()
        return
    c.object_name()


def output(c: Cursor) -> None:
    """OUTPUT clauses: rows into a table, to the client, or both."""
    while c.take("OUTPUT"):
        c.commas(item)
        if c.take("INTO"):
            target(c)
            if c.word == "(" and c.peek() not in ("SELECT", "("):
                c.inside(_columns)


def update(c: Cursor) -> None:
    """UPDATE."""
    c.expect("UPDATE")
    top(c)
    target(c)
    if c.word == "(":
        _function_or_hints(c)
    hints(c)
    c.expect("SET")
    c.commas(assignment)
    _changed_from(c)


def _function_or_hints(c: Cursor) -> None:
    c.group(empty=True)


def _changed_from(c: Cursor) -> None:
    output(c)
    if c.take("FROM"):
        sources(c)
    where(c)
    option(c)


def assignment(c: Cursor) -> None:
    """`c = x`, `c += x`, `c.WRITE(x, 0, 1)`, `@v = x`, `@v = c = x`."""
    variable = c.take(VARIABLE)
    if not variable:
        c.dotted()
        if c.word == "(":
            call(c, "")
            return
    elif c.take(".", "::"):
        c.name()
        if c.word == "(":
            call(c, "")
            return
    c.expect(*ASSIGNMENTS)
    if c.take("DEFAULT"):
        return
    value(c)
    if variable and c.word in ASSIGNMENTS:
        c.advance()
        if not c.take("DEFAULT"):
            value(c)


def delete(c: Cursor) -> None:
    """DELETE."""
    c.expect("DELETE")
    top(c)
    c.take("FROM")
    target(c)
    if c.word == "(":
        _function_or_hints(c)
    hints(c)
    _changed_from(c)


def merge(c: Cursor) -> None:
    """MERGE."""
    c.expect("MERGE")
    top(c)
    c.take("INTO")
    target(c)
    hints(c)
    if c.word != "USING" or c.peek() == "USING":
        alias(c)
    hints(c)
    c.expect("USING")
    source(c)
    c.expect("ON")
    condition(c)
    while True:
        _when(c)
        if c.word != "WHEN":
            break
    output(c)
    option(c)


def _when(c: Cursor) -> None:
    c.expect("WHEN")
    c.take("NOT")
    c.expect("MATCHED")
    if c.take("BY"):
        c.expect("TARGET", "SOURCE")
    if c.take("AND"):
        condition(c)
    c.expect("THEN")
    if c.take("UPDATE"):
        c.expect("SET")
        c.commas(assignment)
    elif c.take("INSERT"):
        if c.word == "(":
            c.inside(_columns)
        if c.take("DEFAULT"):
            c.expect("VALUES")
        else:
            c.expect("VALUES")
            rows(c)
    else:
        c.expect("DELETE")
