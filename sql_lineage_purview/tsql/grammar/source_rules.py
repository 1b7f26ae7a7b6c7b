"""What stands behind FROM and USING: tables, joins, derived tables, rowset functions.

Source: https://learn.microsoft.com/sql/t-sql/queries/from-transact-sql
"""

from __future__ import annotations

from ..reading.cursor import NUMBER, STRING, VARIABLE
from ..reading.keywords import TABLE_HINTS
from .expression_rules import call, condition, value, values
from .rule_cursor import RuleCursor

_ROWSETS = frozenset(
    """
    OPENROWSET OPENQUERY OPENXML OPENDATASOURCE CONTAINSTABLE FREETEXTTABLE SEMANTICKEYPHRASETABLE
    SEMANTICSIMILARITYTABLE SEMANTICSIMILARITYDETAILSTABLE OPENJSON CHANGETABLE PREDICT
    VECTOR_SEARCH AI_GENERATE_CHUNKS""".split()
)
_SIDES = ("LEFT", "RIGHT", "FULL")
_JOINS = frozenset({"JOIN", "INNER", "CROSS", "OUTER", *_SIDES})
_HINTS = ("LOOP", "HASH", "MERGE", "REMOTE", "REDUCE", "REPLICATE", "REDISTRIBUTE")
# the latter with an OUTPUT clause
_QUERIES = frozenset({"SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "MERGE"})
_SET_OPERATORS = frozenset({"UNION", "EXCEPT", "INTERSECT"})


def sources(c: RuleCursor) -> None:
    """Table sources with commas between them."""
    c.commas(source)


def source(c: RuleCursor) -> None:
    """A table source with all that is joined to it."""
    _single(c)
    _joins(c)


def _joins(c: RuleCursor) -> None:
    while True:
        if c.word in _JOINS:
            _join(c)
        elif c.word in ("PIVOT", "UNPIVOT"):
            _pivot(c)
        else:
            return


def _join(c: RuleCursor) -> None:
    # neither CROSS JOIN nor APPLY has an ON
    if c.accept("CROSS"):
        c.expect("JOIN", "APPLY")
        _single(c)
        return
    if c.accept("OUTER"):
        c.expect("APPLY")
        _single(c)
        return
    if c.accept(*_SIDES):
        c.accept("OUTER")
        _hint(c)
    elif c.accept("INNER"):
        _hint(c)
    c.expect("JOIN")
    _single(c)
    while c.word != "ON":  # a JOIN b JOIN c ON … ON …
        if c.word not in _JOINS:
            c.fail()
        _join(c)
    c.advance()
    condition(c)


def _hint(c: RuleCursor) -> None:
    c.accept("LOCAL")
    c.accept(*_HINTS)


def _single(c: RuleCursor) -> bool:
    """One table source.

    Was it a query in parentheses without an alias, which may go on as a query?
    """
    if c.word == "(":
        return _parentheses(c)
    if c.word == "{":  # {oj a LEFT OUTER JOIN b ON …}
        c.skip(2)
        source(c)
        c.expect("}")
        return False
    c.accept("::")
    if c.word in _ROWSETS and c.peek() == "(":
        _rowset(c)
    elif c.word == VARIABLE:
        c.advance()
        if c.accept("."):
            c.expect_name()
            call(c, "")
    else:
        start = c.index
        c.expect_dotted_name()
        if c.word == "(" and not hinted(c):
            call(c, "")
        else:
            c.up_to_four(start)
        if c.before() == ")" and c.word == "WITH" and c.peek() == "(":  # columns or hints
            c.advance()
            c.expect_group()
    _suffix(c)
    return False


def hinted(c: RuleCursor) -> bool:
    """Does `(NOLOCK)` stand here, hints without WITH?"""
    return c.peek() in TABLE_HINTS


def _rowset(c: RuleCursor) -> None:
    function = c.word
    c.advance()
    if function == "CHANGETABLE" and c.peek() in ("CHANGES", "VERSION"):
        c.skip(2)
        c.expect_dotted_name()
        c.expect(",")
        while c.word != ")":
            if c.word == "(":
                c.expect_group()
            else:
                c.advance()
        c.advance()
    else:
        c.expect_group()
    while c.accept("."):
        if c.word != "." and not c.accept(STRING):
            c.expect_name()
    if c.word == "WITH" and c.peek() == "(":
        c.advance()
        c.expect_group()
    elif c.word == "WITH":  # OPENXML … WITH table
        c.advance()
        c.expect_dotted_name()


def _parentheses(c: RuleCursor) -> bool:
    c.expect("(")
    word = c.word
    derived = True
    if word == "VALUES":
        c.advance()
        rows(c)
    elif word in _QUERIES:
        c.query(c)
    else:
        joined = word == "(" and c.peek() not in (*_QUERIES, "VALUES")
        derived = _single(c)
        if derived:
            _more_of_query(c)
        elif c.word == ")" and not joined:  # (t): what stands in parentheses is a query or a join
            c.fail()
        else:
            _joins(c)
    c.expect(")")
    # FROM ((SELECT …) UNION (SELECT …)) AS x: the inner query has no alias, the whole has
    if derived and (c.word in _SET_OPERATORS or c.word in (")", "ORDER")):
        return True
    if derived and c.word == "FOR" and c.peek() == "PATH":
        c.skip(2)
    alias(c, needed=derived)
    return False


def _more_of_query(c: RuleCursor) -> None:
    while c.word in _SET_OPERATORS:
        c.advance()
        c.accept("ALL")
        c.query(c)


def rows(c: RuleCursor) -> None:
    """The rows of VALUES."""
    checked: set[tuple[str, ...]] = set()

    def row(c: RuleCursor) -> None:
        """A row that has the words of an earlier one is as right as that.

        Thousands of such rows may follow each other.
        """
        start, words = c.index, c.words_of_group()
        if words and words in checked:
            c.go_to(start + len(words))
            return
        c.inside(_cells)
        checked.add(words)

    c.commas(row)


def _cells(c: RuleCursor) -> None:
    c.commas(_cell)


def _cell(c: RuleCursor) -> None:
    if not c.accept("DEFAULT"):
        value(c)


def alias(c: RuleCursor, *, needed: bool = False) -> None:
    """`AS a (b, c)`."""
    if c.accept("AS") or needed or _begins_alias(c):
        c.expect_name()
        # `t AS a (1)`: the number of an index, of old
        if c.word == "(" and not hinted(c) and c.peek() != NUMBER:
            c.inside(names)


def _begins_alias(c: RuleCursor) -> bool:
    # FROM t WINDOW w AS (…): a clause, and no alias
    return c.at_name() and not (c.word == "WINDOW" and c.peek(2) == "AS")


def names(c: RuleCursor) -> None:
    """Names with commas between them."""
    c.commas(RuleCursor.expect_name)


def _suffix(c: RuleCursor) -> None:
    """Alias, hints, sample and point in time of a table, in the orders that the server takes."""
    _system_time(c)
    start = c.index
    alias(c)
    named = c.index > start
    _system_time(c)
    if c.accept("TABLESAMPLE"):
        named = True
        c.accept("SYSTEM")
        c.expect_group()
        if c.accept("REPEATABLE"):
            c.expect_group()
    # an alias stands behind `(NOLOCK)`, and not behind `WITH (NOLOCK)`
    named = named or c.word == "WITH"
    hints(c)
    if not named:
        alias(c)
    while c.word in ("PIVOT", "UNPIVOT"):
        _pivot(c)


def hints(c: RuleCursor) -> None:
    """`WITH (NOLOCK)`, `(NOLOCK)`, of old `HOLDLOCK` alone."""
    while True:
        if c.word == "(" and (c.peek() in TABLE_HINTS or c.peek() == NUMBER):
            c.expect_group()
        elif c.word == "WITH" and c.peek() == "(":
            c.advance()
            c.expect_group()
        elif not c.accept("HOLDLOCK"):
            return


def _system_time(c: RuleCursor) -> None:
    """See https://learn.microsoft.com/sql/relational-databases/tables/temporal-tables."""
    # FOR PATH is of graph tables, FOR TIMESTAMP AS OF of a warehouse of Fabric
    if c.word != "FOR" or c.peek() not in ("SYSTEM_TIME", "PATH", "TIMESTAMP"):
        return
    if c.peek() == "PATH":
        c.skip(2)
        return
    c.skip(2)
    if c.accept("AS"):
        c.expect("OF")
        value(c)
    elif c.accept("FROM", "BETWEEN"):
        value(c)
        c.expect("TO", "AND")
        value(c)
    elif c.accept("CONTAINED"):
        c.expect("IN")
        c.inside(values)
    else:
        c.accept("ALL")


def _pivot(c: RuleCursor) -> None:
    """PIVOT (SUM(x) FOR y IN ([a], [b])) AS p, UNPIVOT (x FOR y IN (a, b)) AS p."""
    pivot = c.word == "PIVOT"
    c.expect("PIVOT", "UNPIVOT")
    c.expect("(")
    if pivot:
        c.commas(_aggregate)
    else:
        c.expect_name()
    c.expect("FOR")
    c.expect_dotted_name()
    c.expect("IN")
    c.expect("(")
    c.commas(RuleCursor.expect_dotted_name)
    c.expect(")")
    c.expect(")")
    alias(c, needed=True)


def _aggregate(c: RuleCursor) -> None:
    c.expect_dotted_name()
    call(c, "")
    if c.accept("AS"):
        c.expect_name()
