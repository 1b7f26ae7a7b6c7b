"""What stands behind FROM and USING: tables, joins, derived tables, rowset functions.

Source: https://learn.microsoft.com/sql/t-sql/queries/from-transact-sql
"""

from __future__ import annotations

from ..reading.keywords import TABLE_HINTS
from .cursor import NUMBER, STRING, VARIABLE, Cursor
from .expression_rules import call, condition, value, values

_ROWSETS = frozenset(
    """OPENROWSET OPENQUERY OPENXML OPENDATASOURCE CONTAINSTABLE FREETEXTTABLE SEMANTICKEYPHRASETABLE SEMANTICSIMILARITYTABLE
    SEMANTICSIMILARITYDETAILSTABLE OPENJSON CHANGETABLE PREDICT VECTOR_SEARCH AI_GENERATE_CHUNKS""".split()
)
_SIDES = ("LEFT", "RIGHT", "FULL")
_JOINS = frozenset({"JOIN", "INNER", "CROSS", "OUTER", *_SIDES})
_HINTS = ("LOOP", "HASH", "MERGE", "REMOTE", "REDUCE", "REPLICATE", "REDISTRIBUTE")
_QUERIES = frozenset({"SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "MERGE"})  # the latter with an OUTPUT clause
_SET_OPERATORS = frozenset({"UNION", "EXCEPT", "INTERSECT"})


def sources(c: Cursor) -> None:
    """Table sources with commas between them."""
    c.commas(source)


def source(c: Cursor) -> None:
    """A table source with all that is joined to it."""
    _single(c)
    _joins(c)


def _joins(c: Cursor) -> None:
    while True:
        if c.word in _JOINS:
            _join(c)
        elif c.word in ("PIVOT", "UNPIVOT"):
            _pivot(c)
        else:
            return


def _join(c: Cursor) -> None:
    if c.take("CROSS"):
        c.expect("JOIN", "APPLY")
        _single(c)
        return
    if c.take("OUTER"):
        c.expect("APPLY")
        _single(c)
        return
    if c.take(*_SIDES):
        c.take("OUTER")
        _hint(c)
    elif c.take("INNER"):
        _hint(c)
    c.expect("JOIN")
    _single(c)
    while c.word != "ON":  # a JOIN b JOIN c ON … ON …
        if c.word not in _JOINS:
            c.fail()
        _join(c)
    c.advance()
    condition(c)


def _hint(c: Cursor) -> None:
    c.take("LOCAL")
    c.take(*_HINTS)


def _single(c: Cursor) -> bool:
    """One table source; was it a query in parentheses without an alias, which may go on as a query?"""
    if c.word == "(":
        return _parentheses(c)
    if c.word == "{":  # {oj a LEFT OUTER JOIN b ON …}
        c.skip(2)
        source(c)
        c.expect("}")
        return False
    c.take("::")
    if c.word in _ROWSETS and c.peek() == "(":
        _rowset(c)
    elif c.word == VARIABLE:
        c.advance()
        if c.take("."):
            c.name()
            call(c, "")
    else:
        start = c.index
        c.dotted()
        if c.word == "(" and not hinted(c):
            call(c, "")
        else:
            c.up_to_four(start)
        if c.before() == ")" and c.word == "WITH" and c.peek() == "(":  # columns or hints
            c.advance()
            c.group()
    _suffix(c)
    return False


def hinted(c: Cursor) -> bool:
    """Does `(NOLOCK)` stand here, hints without WITH?"""
    return c.peek() in TABLE_HINTS


def _rowset(c: Cursor) -> None:
    function = c.word
    c.advance()
    if function == "CHANGETABLE" and c.peek() in ("CHANGES", "VERSION"):
        c.skip(2)
        c.dotted()
        c.expect(",")
        while c.word != ")":
            if c.word == "(":
                c.group()
            else:
                c.advance()
        c.advance()
    else:
        c.group()
    while c.take("."):
        if c.word != "." and not c.take(STRING):
            c.name()
    if c.word == "WITH" and c.peek() == "(":
        c.advance()
        c.group()
    elif c.word == "WITH":  # OPENXML … WITH table
        c.advance()
        c.dotted()


def _parentheses(c: Cursor) -> bool:
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
    if derived and (c.word in _SET_OPERATORS or c.word in (")", "ORDER")):
        return True
    if derived and c.word == "FOR" and c.peek() == "PATH":
        c.skip(2)
    alias(c, needed=derived)
    return False


def _more_of_query(c: Cursor) -> None:
    while c.word in _SET_OPERATORS:
        c.advance()
        c.take("ALL")
        c.query(c)


def rows(c: Cursor) -> None:
    """The rows of VALUES."""
    checked: set[tuple[str, ...]] = set()

    def row(c: Cursor) -> None:
        """One that has the words of an earlier one is as right as that, and thousands of them may follow each other."""
        start, words = c.index, c.words_of_group()
        if words and words in checked:
            c.back(start + len(words))
            return
        c.inside(_cells)
        checked.add(words)

    c.commas(row)


def _cells(c: Cursor) -> None:
    c.commas(_cell)


def _cell(c: Cursor) -> None:
    if not c.take("DEFAULT"):
        value(c)


def alias(c: Cursor, *, needed: bool = False) -> None:
    """`AS a (b, c)`."""
    if c.take("AS") or needed or _begins_alias(c):
        c.name()
        if c.word == "(" and not hinted(c) and c.peek() != NUMBER:
            c.inside(names)


def _begins_alias(c: Cursor) -> bool:
    return c.at_name() and not (c.word == "WINDOW" and c.peek(2) == "AS")


def names(c: Cursor) -> None:
    """Names with commas between them."""
    c.commas(Cursor.name)


def _suffix(c: Cursor) -> None:
    """Alias, hints, sample and point in time of a table, in the orders that the server takes."""
    _system_time(c)
    start = c.index
    alias(c)
    named = c.index > start
    _system_time(c)
    if c.take("TABLESAMPLE"):
        named = True
        c.take("SYSTEM")
        c.group()
        if c.take("REPEATABLE"):
            c.group()
    named = named or c.word == "WITH"  # an alias stands behind `(NOLOCK)`, and not behind `WITH (NOLOCK)`
    hints(c)
    if not named:
        alias(c)
    while c.word in ("PIVOT", "UNPIVOT"):
        _pivot(c)


def hints(c: Cursor) -> None:
    """`WITH (NOLOCK)`, `(NOLOCK)`, of old `HOLDLOCK` alone."""
    while True:
        if c.word == "(" and (c.peek() in TABLE_HINTS or c.peek() == NUMBER):
            c.group()
        elif c.word == "WITH" and c.peek() == "(":
            c.advance()
            c.group()
        elif not c.take("HOLDLOCK"):
            return


def _system_time(c: Cursor) -> None:
    """See https://learn.microsoft.com/sql/relational-databases/tables/temporal-tables."""
    if c.word != "FOR" or c.peek() not in ("SYSTEM_TIME", "PATH", "TIMESTAMP"):
        return
    if c.peek() == "PATH":
        c.skip(2)
        return
    c.skip(2)
    if c.take("AS"):
        c.expect("OF")
        value(c)
    elif c.take("FROM", "BETWEEN"):
        value(c)
        c.expect("TO", "AND")
        value(c)
    elif c.take("CONTAINED"):
        c.expect("IN")
        c.inside(values)
    else:
        c.take("ALL")


def _pivot(c: Cursor) -> None:
    """PIVOT (SUM(x) FOR y IN ([a], [b])) AS p, UNPIVOT (x FOR y IN (a, b)) AS p."""
    pivot = c.word == "PIVOT"
    c.expect("PIVOT", "UNPIVOT")
    c.expect("(")
    if pivot:
        c.commas(_aggregate)
    else:
        c.name()
    c.expect("FOR")
    c.dotted()
    c.expect("IN")
    c.expect("(")
    c.commas(Cursor.dotted)
    c.expect(")")
    c.expect(")")
    alias(c, needed=True)


def _aggregate(c: Cursor) -> None:
    c.dotted()
    call(c, "")
    if c.take("AS"):
        c.name()
