"""Queries: SELECT, set operations, common table expressions.

Source: https://learn.microsoft.com/sql/t-sql/queries/select-transact-sql
"""

from __future__ import annotations

from ..reading.cursor import END, NUMBER, STRING, VARIABLE
from ..reading.keywords import APPROXIMATELY
from .expression_rules import Sort, condition, order_by, scalar, value, window
from .rule_cursor import RuleCursor
from .source_rules import names, sources

ASSIGNMENTS = frozenset({"=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "||="})
_GROUPINGS = frozenset({"ROLLUP", "CUBE"})
_SET_OPERATORS = frozenset({"UNION", "EXCEPT", "INTERSECT"})


def query(c: RuleCursor) -> None:
    """A query with its set operations, order and FOR XML.

    In another, and in a view, set operations follow an order too.
    """
    _term(c)
    _operations(c)
    while c.word in _SET_OPERATORS:
        _operations(c)
    _behind_order(c)


def _operations(c: RuleCursor) -> None:
    """Set operations, and the order behind them."""
    while c.word in _SET_OPERATORS:
        c.advance()
        c.accept("ALL")
        _term(c)
    if c.word == "ORDER":
        order_by(c)
        _offset(c)


def _behind_order(c: RuleCursor) -> None:
    while c.word == "COMPUTE":  # of old: sums behind the rows
        c.advance()
        while c.word not in (END, ")", "COMPUTE"):
            if c.word == "(":
                c.expect_group()
            else:
                c.advance()
    if c.word == "FOR" and c.peek() in ("XML", "JSON", "BROWSE", "READ", "UPDATE"):
        _for(c)


def _term(c: RuleCursor) -> None:
    if c.word == "(":
        c.inside(query)
    else:
        select(c)


def select(c: RuleCursor) -> None:
    """One SELECT."""
    c.expect("SELECT")
    c.accept("ALL", "DISTINCT")
    top(c)
    c.commas(item)
    if c.accept("INTO"):
        c.expect_dotted_name()
        if c.accept("ON"):
            c.expect_name()
    if c.accept("FROM"):
        sources(c)
    where(c)
    _group_by(c)
    if c.accept("HAVING"):
        condition(c)
    if c.word == "WINDOW":
        c.advance()
        c.commas(_named_window)


def top(c: RuleCursor) -> None:
    """TOP, of all statements that have it."""
    if c.word != "TOP":
        return
    c.advance()
    if c.word == "(":
        c.expect_group()
    else:
        c.expect(NUMBER, VARIABLE)
    c.accept("PERCENT")
    if c.word == "WITH" and c.peek() in ("TIES", *APPROXIMATELY):
        c.skip(2)


def item(c: RuleCursor) -> None:
    """One item of a select list."""
    if c.accept("*"):
        return
    if c.word == VARIABLE and c.peek() in ASSIGNMENTS:
        c.skip(2)
        value(c)
        return
    # `total = a + b` and `'total' = a + b` name the column, and compare nothing
    if (c.at_name() or c.word == STRING) and c.peek() == "=":
        c.skip(2)
        value(c)
        return
    sort = scalar(c)
    if sort is Sort.CONDITION:
        c.fail()
    if sort is Sort.STAR:
        return
    if c.accept("AS"):
        if not c.accept(STRING):
            c.expect_name()
    elif c.word == STRING or c.at_name():
        c.advance()


def where(c: RuleCursor) -> None:
    """WHERE, of all statements that have it."""
    if not c.accept("WHERE"):
        return
    if c.word == "CURRENT" and c.peek() == "OF":
        c.skip(2)
        if c.word == "GLOBAL" and c.at_name(1):
            c.advance()
        if not c.accept(VARIABLE):
            c.expect_name()
    else:
        condition(c)


def _group_by(c: RuleCursor) -> None:
    if not c.accept("GROUP"):
        return
    c.expect("BY")
    c.accept("ALL")
    c.commas(_grouping)
    if c.accept("WITH"):
        if c.word == "(":
            c.expect_group()
        else:
            c.expect("ROLLUP", "CUBE")


def _grouping(c: RuleCursor) -> None:
    if c.word == "GROUPING" and c.peek() == "SETS":
        c.skip(2)
        c.expect_group()
    elif c.word in _GROUPINGS and c.peek() == "(":
        c.advance()
        c.expect_group()
    # GROUP BY (): all rows are one group
    elif c.word == "(" and c.peek() == ")":
        c.skip(2)
    else:
        value(c)
        if c.word == "WITH" and c.peek() == "(":  # c WITH (DISTRIBUTED_AGG), d
            c.advance()
            c.expect_group()


def _named_window(c: RuleCursor) -> None:
    c.expect_name()
    c.expect("AS")
    c.inside(window)


def _offset(c: RuleCursor) -> None:
    if c.accept("OFFSET"):
        value(c)
        c.expect("ROW", "ROWS")
    # FETCH needs its OFFSET; without one it is the statement that reads a cursor
    elif c.word == "FETCH" and c.peek() not in APPROXIMATELY:
        return
    if c.accept("FETCH"):
        c.accept(*APPROXIMATELY)
        c.expect("NEXT", "FIRST")
        value(c)
        c.expect("ROW", "ROWS")
        c.expect("ONLY")


def _for(c: RuleCursor) -> None:
    """FOR XML, FOR JSON, and FOR UPDATE of a cursor: their options end with the query."""
    c.skip(2)
    while c.word not in (")", "OPTION", END, "UNION"):
        if c.word == "(":
            c.expect_group()
        else:
            c.advance()


def common_tables(c: RuleCursor) -> None:
    """`WITH a AS (…), b (c, d) AS (…)`, with namespaces or a context before them."""
    c.expect("WITH")
    while c.word in ("XMLNAMESPACES", "CHANGE_TRACKING_CONTEXT") and c.peek() == "(":
        c.advance()
        c.expect_group()
        if not c.accept(","):
            return
    c.commas(_common_table)


def _common_table(c: RuleCursor) -> None:
    c.expect_name()
    if c.word == "(":
        c.inside(names)
    c.expect("AS")
    c.inside(_common_query)


def _common_query(c: RuleCursor) -> None:
    # nested: https://learn.microsoft.com/sql/t-sql/queries/nested-common-table-expression-transact-
    # sql
    if c.word == "WITH":
        common_tables(c)
    query(c)


def option(c: RuleCursor) -> None:
    """OPTION (…) at the end of a statement."""
    if c.accept("OPTION"):
        c.expect_group()


def whole_query(c: RuleCursor) -> None:
    """A query that stands in no other, nor in a view."""
    _term(c)
    _operations(c)
    _behind_order(c)


def select_statement(c: RuleCursor) -> None:
    """SELECT as a statement."""
    whole_query(c)
    option(c)
