"""INSERT, UPDATE, DELETE, MERGE.

Source: https://learn.microsoft.com/sql/t-sql/statements/insert-transact-sql,
https://learn.microsoft.com/sql/t-sql/queries/update-transact-sql,
https://learn.microsoft.com/sql/t-sql/statements/delete-transact-sql,
https://learn.microsoft.com/sql/t-sql/statements/merge-transact-sql
"""

from __future__ import annotations

from ..reading.cursor import STRING, VARIABLE
from .column_rules import definitions
from .expression_rules import call, condition, value
from .query_rules import ASSIGNMENTS, common_tables, item, option, top, where, whole_query
from .rule_cursor import RuleCursor
from .source_rules import alias, hints, rows, source, sources
from .variable_rules import execute

_REMOTE = frozenset({"OPENQUERY", "OPENROWSET", "OPENDATASOURCE"})


def insert(c: RuleCursor) -> None:
    """INSERT, with what supplies its rows."""
    c.expect("INSERT")
    if c.accept("BULK"):
        _insert_bulk(c)
        return
    top(c)
    c.accept("INTO", "OVER")
    target(c)
    if c.word == "(" and c.peek() == ")":  # of a function
        c.skip(2)
    hints(c)
    if c.word == "(" and c.peek() not in ("SELECT", "WITH", "("):
        c.inside(_columns)
    output(c)
    if c.accept("VALUES"):
        rows(c)
    elif c.accept("DEFAULT"):
        c.expect("VALUES")
    elif c.word in ("EXEC", "EXECUTE"):
        execute(c)
    else:
        if c.word == "WITH":  # as other systems have it
            common_tables(c)
        whole_query(c)
    option(c)


def _insert_bulk(c: RuleCursor) -> None:
    """INSERT BULK t (columns) WITH (options), of which a program sends the rows."""
    c.expect_dotted_name()
    if c.word == "(":
        c.inside(definitions)
    if c.accept("WITH"):
        c.expect_group()


def _columns(c: RuleCursor) -> None:
    c.commas(RuleCursor.expect_dotted_name)


def target(c: RuleCursor) -> None:
    """The table that a statement changes."""
    if c.accept(VARIABLE):
        return
    if c.word in _REMOTE and c.peek() == "(":
        c.advance()
        c.expect_group()
        while c.accept("."):
            if c.word != "." and not c.accept(STRING):
                c.expect_name()
        return
    c.expect_object_name()


def output(c: RuleCursor) -> None:
    """OUTPUT clauses: rows into a table, to the client, or both."""
    while c.accept("OUTPUT"):
        c.commas(item)
        if c.accept("INTO"):
            target(c)
            # INSERT t OUTPUT … INTO u (SELECT …): the parenthesis holds the rows, and no columns of
            # u
            if c.word == "(" and c.peek() not in ("SELECT", "("):
                c.inside(_columns)


def update(c: RuleCursor) -> None:
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


def _function_or_hints(c: RuleCursor) -> None:
    c.expect_group(empty=True)


def _changed_from(c: RuleCursor) -> None:
    output(c)
    if c.accept("FROM"):
        sources(c)
    where(c)
    option(c)


def assignment(c: RuleCursor) -> None:
    """`c = x`, `c += x`, `c.WRITE(x, 0, 1)`, `@v = x`, `@v = c = x`."""
    variable = c.accept(VARIABLE)
    if not variable:
        c.expect_dotted_name()
        if c.word == "(":
            call(c, "")
            return
    # `@g.STSrid = 4326`, `@t::Method()`: a property or method of a CLR type
    elif c.accept(".", "::"):
        c.expect_name()
        if c.word == "(":
            call(c, "")
            return
    c.expect(*ASSIGNMENTS)
    if c.accept("DEFAULT"):
        return
    value(c)
    # `@v = c = x`: two in a row, and no more
    if variable and c.word in ASSIGNMENTS:
        c.advance()
        if not c.accept("DEFAULT"):
            value(c)


def delete(c: RuleCursor) -> None:
    """DELETE."""
    c.expect("DELETE")
    top(c)
    c.accept("FROM")
    target(c)
    if c.word == "(":
        _function_or_hints(c)
    hints(c)
    _changed_from(c)


def merge(c: RuleCursor) -> None:
    """MERGE."""
    c.expect("MERGE")
    top(c)
    c.accept("INTO")
    target(c)
    hints(c)
    # the target may be called using: MERGE t using USING s
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


def _when(c: RuleCursor) -> None:
    c.expect("WHEN")
    c.accept("NOT")
    c.expect("MATCHED")
    if c.accept("BY"):
        c.expect("TARGET", "SOURCE")
    if c.accept("AND"):
        condition(c)
    c.expect("THEN")
    if c.accept("UPDATE"):
        c.expect("SET")
        c.commas(assignment)
    elif c.accept("INSERT"):
        if c.word == "(":
            c.inside(_columns)
        if c.accept("DEFAULT"):
            c.expect("VALUES")
        else:
            c.expect("VALUES")
            rows(c)
    else:
        c.expect("DELETE")
