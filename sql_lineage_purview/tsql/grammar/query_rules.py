"""Queries: SELECT, set operations, common table expressions.

Source: https://learn.microsoft.com/sql/t-sql/queries/select-transact-sql
"""

from __future__ import annotations

from ..reading.keywords import APPROXIMATELY
from .cursor import END, NUMBER, STRING, VARIABLE, Cursor
from .expression_rules import Sort, condition, order_by, scalar, value, window
from .source_rules import names, sources

ASSIGNMENTS = frozenset({"=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "||="})
_GROUPINGS = frozenset({"ROLLUP", "CUBE"})
_SET_OPERATORS = frozenset({"UNION", "EXCEPT", "INTERSECT"})


def query(c: Cursor) -> None:
    """A query with its set operations, order and FOR XML; in another, and in a view, set operations follow an order too."""
    _term(c)
    _operations(c)
    while c.word in _SET_OPERATORS:
        _operations(c)
    _behind_order(c)


def _operations(c: Cursor) -> None:
    """Set operations, and the order behind them."""
    while c.word in _SET_OPERATORS:
        c.advance()
        c.take("ALL")
        _term(c)
    if c.word == "ORDER":
        order_by(c)
        _offset(c)


def _behind_order(c: Cursor) -> None:
    while c.word == "COMPUTE":  # of old: sums behind the rows
        c.advance()
        while c.word not in (END, ")", "COMPUTE"):
            if c.word == "(":
                c.group()
            else:
                c.advance()
    if c.word == "FOR" and c.peek() in ("XML", "JSON", "BROWSE", "READ", "UPDATE"):
        _for(c)


def _term(c: Cursor) -> None:
    if c.word == "(":
        c.inside(query)
    else:
        select(c)


def select(c: Cursor) -> None:
    """One SELECT."""
    c.expect("SELECT")
    c.take("ALL", "DISTINCT")
    top(c)
    c.commas(item)
    if c.take("INTO"):
        c.dotted()
        if c.take("ON"):
            c.name()
    if c.take("FROM"):
        sources(c)
    where(c)
    _group_by(c)
    if c.take("HAVING"):
        condition(c)
    if c.word == "WINDOW":
        c.advance()
        c.commas(_named_window)


def top(c: Cursor) -> None:
    """TOP, of all statements that have it."""
    if c.word != "TOP":
        return
    c.advance()
    if c.word == "(":
        c.group()
    else:
        c.expect(NUMBER, VARIABLE)
    c.take("PERCENT")
    if c.word == "WITH" and c.peek() in ("TIES", *APPROXIMATELY):
        c.skip(2)


def item(c: Cursor) -> None:
    """One item of a select list."""
    if c.take("*"):
        return
    if c.word == VARIABLE and c.peek() in ASSIGNMENTS:
        c.skip(2)
        value(c)
        return
    if (c.at_name() or c.word == STRING) and c.peek() == "=":
        c.skip(2)
        value(c)
        return
    sort = scalar(c)
    if sort is Sort.CONDITION:
        c.fail()
    if sort is Sort.STAR:
        return
    if c.take("AS"):
        if not c.take(STRING):
            c.name()
    elif c.word == STRING or c.at_name():
        c.advance()


def where(c: Cursor) -> None:
    """WHERE, of all statements that have it."""
    if not c.take("WHERE"):
        return
    if c.word == "CURRENT" and c.peek() == "OF":
        c.skip(2)
        if c.word == "GLOBAL" and c.at_name(1):
            c.advance()
        if not c.take(VARIABLE):
            c.name()
    else:
        condition(c)


def _group_by(c: Cursor) -> None:
    if not c.take("GROUP"):
        return
    c.expect("BY")
    c.take("ALL")
    c.commas(_grouping)
    if c.take("WITH"):
        if c.word == "(":
            c.group()
        else:
            c.expect("ROLLUP", "CUBE")


def _grouping(c: Cursor) -> None:
    if c.word == "GROUPING" and c.peek() == "SETS":
        c.skip(2)
        c.group()
    elif c.word in _GROUPINGS and c.peek() == "(":
        c.advance()
        c.group()
    elif c.word == "(" and c.peek() == ")":
        c.skip(2)
    else:
        value(c)
        if c.word == "WITH" and c.peek() == "(":  # c WITH (DISTRIBUTED_AGG), d
            c.advance()
            c.group()


def _named_window(c: Cursor) -> None:
    c.name()
    c.expect("AS")
    c.inside(window)


def _offset(c: Cursor) -> None:
    if c.take("OFFSET"):
        value(c)
        c.expect("ROW", "ROWS")
    elif c.word == "FETCH" and c.peek() not in APPROXIMATELY:
        return
    if c.take("FETCH"):
        c.take(*APPROXIMATELY)
        c.expect("NEXT", "FIRST")
        value(c)
        c.expect("ROW", "ROWS")
        c.expect("ONLY")


def _for(c: Cursor) -> None:
    """FOR XML, FOR JSON, and FOR UPDATE of a cursor: their options end with the query."""
    c.skip(2)
    while c.word not in (")", "OPTION", END, "UNION"):
        if c.word == "(":
            c.group()
        else:
            c.advance()


def common_tables(c: Cursor) -> None:
    """`WITH a AS (…), b (c, d) AS (…)`, with namespaces or a context before them."""
    c.expect("WITH")
    while c.word in ("XMLNAMESPACES", "CHANGE_TRACKING_CONTEXT") and c.peek() == "(":
        c.advance()
        c.group()
        if not c.take(","):
            return
    c.commas(_common_table)


def _common_table(c: Cursor) -> None:
    c.name()
    if c.word == "(":
        c.inside(names)
    c.expect("AS")
    c.inside(_common_query)


def _common_query(c: Cursor) -> None:
    if c.word == "WITH":  # nested: https://learn.microsoft.com/sql/t-sql/queries/nested-common-table-expression-transact-sql
        common_tables(c)
    query(c)


def option(c: Cursor) -> None:
    """OPTION (…) at the end of a statement."""
    if c.take("OPTION"):
        c.group()


def whole_query(c: Cursor) -> None:
    """A query that stands in no other, nor in a view."""
    _term(c)
    _operations(c)
    _behind_order(c)


def select_statement(c: Cursor) -> None:
    """SELECT as a statement."""
    whole_query(c)
    option(c)
