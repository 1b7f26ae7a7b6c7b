"""Expressions and search conditions.

Source: https://learn.microsoft.com/sql/t-sql/language-elements/expressions-transact-sql,
https://learn.microsoft.com/sql/t-sql/queries/search-condition-transact-sql
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum

from ..reading.cursor import NUMBER, STRING, VARIABLE
from .rule_cursor import RuleCursor


class Sort(Enum):
    """What an expression is: value, condition, parenthesized query, all columns of a table."""

    VALUE = 1
    CONDITION = 2
    QUERY = 3
    STAR = 4


_SIGNS = frozenset("+-~")
_BINARY = frozenset({"+", "-", "*", "/", "%", "&", "|", "^", "||", "<<", ">>"})
_COMPARISONS = frozenset({"=", "<", ">", "<=", ">=", "<>", "!=", "!<", "!>", "*=", "!"})
# `> =`, and `=*`: an outer join of old
_TWO_SIGNS = {"<": ("=", ">"), ">": ("=",), "!": ("=", "<", ">"), "=": ("*",)}
_BEHIND_NAME = frozenset({".", "::", "("})
_BEHIND_OPERAND = frozenset({".", "COLLATE", "AT", "OVER", "WITHIN", "IGNORE", "RESPECT"})
_LITERALS = frozenset({STRING, NUMBER, VARIABLE, "NULL", "?", "$", "IDENTITYCOL", "ROWGUIDCOL"})
_WITHOUT_PARENTHESES = frozenset(
    "CURRENT_TIMESTAMP CURRENT_DATE CURRENT_TIME CURRENT_USER SESSION_USER SYSTEM_USER USER".split()
)
_RESERVED_FUNCTIONS = frozenset("COALESCE CONVERT TRY_CONVERT NULLIF LEFT RIGHT IDENTITY".split())
_SET_OPERATORS = frozenset({"UNION", "EXCEPT", "INTERSECT"})
# Conditions that look like calls; what they hold has a grammar of its own.
_PREDICATES = frozenset({"CONTAINS", "FREETEXT", "TSEQUAL", "UPDATE", "MATCH", "REGEXP_LIKE"})


def value(c: RuleCursor) -> None:
    """An expression that has a value."""
    if scalar(c) in (Sort.CONDITION, Sort.STAR):
        c.fail()


def values(c: RuleCursor) -> None:
    """Values with commas between them."""
    c.commas(value)


def condition(c: RuleCursor) -> None:
    """A search condition."""
    if either(c) is not Sort.CONDITION:
        c.fail()


def either(c: RuleCursor) -> Sort:
    """A condition or a value.

    Which of them it is, is known at its end only, since both may begin with parentheses.
    """
    sort = _negation(c)
    while c.word in ("AND", "OR"):
        if sort is not Sort.CONDITION:
            c.fail()
        c.advance()
        sort = _negation(c)
        if sort is not Sort.CONDITION:
            c.fail()
    return sort


def scalar(c: RuleCursor) -> Sort:
    """Operands with operators between them."""
    while True:
        while c.word in _SIGNS:
            c.advance()
        sort = _operand(c)
        word = c.word
        # `a *= b` is an outer join of old, and no product
        if word not in _BINARY or (word == "*" and c.peek() == "="):
            return sort
        if sort in (Sort.CONDITION, Sort.STAR):
            c.fail()
        c.advance()


def _negation(c: RuleCursor) -> Sort:
    negated = False
    while c.accept("NOT"):
        negated = True
    sort = _predicate(c)
    # NOT before a value: T-SQL has no truth values to negate
    if negated and sort is not Sort.CONDITION:
        c.fail()
    return sort


def _predicate(c: RuleCursor) -> Sort:
    if c.word == "EXISTS":
        c.advance()
        c.inside(c.query)
        return Sort.CONDITION
    if c.word in _PREDICATES and c.peek() == "(":
        c.advance()
        c.expect_group()
        return Sort.CONDITION
    sort = scalar(c)
    if c.word in _COMPARISONS:
        rule = _comparison
    elif c.word in ("IS", "LIKE", "BETWEEN", "IN", "NOT"):
        rule = _test
    else:
        return sort
    if sort is Sort.CONDITION:
        c.fail()
    rule(c)
    return Sort.CONDITION


def _comparison(c: RuleCursor) -> None:
    sign = c.word
    c.advance()
    if not c.accept(*_TWO_SIGNS.get(sign, ())) and sign == "!":
        c.fail()
    _compared(c)


def _compared(c: RuleCursor) -> None:
    # a = ANY (SELECT …): of a query alone, lists have IN
    if c.accept("ALL", "ANY", "SOME"):
        c.inside(c.query)
    else:
        value(c)


def _test(c: RuleCursor) -> None:
    """`IS NULL`, `IS DISTINCT FROM`, LIKE, BETWEEN, IN."""
    if c.accept("IS"):
        c.accept("NOT")
        if c.accept("DISTINCT"):
            c.expect("FROM")
            _compared(c)
        else:
            c.expect("NULL")
        return
    c.accept("NOT")
    word = c.word
    c.expect("LIKE", "BETWEEN", "IN")
    if word == "IN":
        c.inside(_list)
        return
    value(c)
    if word == "BETWEEN":
        c.expect("AND")
        value(c)
    elif c.accept("ESCAPE"):
        value(c)
    elif c.word == "{":  # ODBC
        c.advance()
        c.expect("ESCAPE")
        value(c)
        c.expect("}")


def _list(c: RuleCursor) -> None:
    """What IN has in its parentheses: a query or values."""
    if c.word == "SELECT":
        c.query(c)
    # IN ((SELECT 1)), IN ((1), 2), IN ((1) + 2): what it is, the inside tells
    elif c.word == "(":
        if _group(c) is Sort.QUERY and c.word in _SET_OPERATORS | {"ORDER"}:
            _more_of_query(c)
        elif c.word in _BINARY:
            c.advance()
            value(c)
        if c.accept(","):
            values(c)
    else:
        values(c)


# --- operands -------------------------------------------------------------------------------------


def _operand(c: RuleCursor) -> Sort:
    if c.at_name():
        return _behind(c, _named(c))
    word = c.word
    if word in _LITERALS or (word in _WITHOUT_PARENTHESES and c.peek() != "("):
        c.advance()
        return _behind(c, Sort.VALUE)
    if word == "(":
        return _behind(c, _group(c))
    if word == "CASE":
        _case(c)
    elif (word in _RESERVED_FUNCTIONS or word in _WITHOUT_PARENTHESES) and c.peek() == "(":
        c.advance()
        call(c, word)
    elif word == "{":
        _odbc(c)
    elif word == "%":  # %%physloc%%
        c.advance()
        c.expect("%")
        c.expect_name()
        c.expect("%")
        c.expect("%")
    else:
        c.fail()
    return _behind(c, Sort.VALUE)


def _group(c: RuleCursor) -> Sort:
    """Something in parentheses: a query, a value or a condition."""
    c.expect("(")
    if c.word in ("SELECT", "WITH"):
        c.query(c)
        c.expect(")")
        return Sort.QUERY
    begins = c.word == "("
    sort = either(c)
    if sort is Sort.STAR:
        c.fail()
    # ((SELECT 1) UNION (SELECT 2)): what looked like an operand was the first branch
    if begins and sort is Sort.QUERY and c.word in _SET_OPERATORS:
        _more_of_query(c)
    c.expect(")")
    return sort


def _more_of_query(c: RuleCursor) -> None:
    """The rest of `(SELECT …) UNION (SELECT …)`."""
    while c.word in _SET_OPERATORS:
        c.advance()
        c.accept("ALL")
        c.query(c)
    if c.word == "ORDER":
        order_by(c)


def _named(c: RuleCursor) -> Sort:
    """A column, a variable's or function's name, or a sequence: whatever begins with a name."""
    if c.word == "NEXT" and c.peek() == "VALUE" and c.peek(2) == "FOR":
        c.skip(3)
        c.expect_dotted_name()
        return Sort.VALUE
    if c.behind_dot() and c.peek() not in (".", "::", "("):  # `.a` is no column, `.t.a` is
        c.fail()
    function = c.word
    c.advance()
    if c.word not in _BEHIND_NAME:
        return Sort.VALUE
    omitted = False
    while c.word in (".", "::"):
        c.advance()
        omitted = c.word == "."
        while c.accept("."):
            pass
        if c.accept("*"):
            return Sort.STAR
        # behind a dot a name is somebody's function, whose arguments are plain: dbo.CAST(1)
        function = ""
        if not c.accept("IDENTITYCOL", "ROWGUIDCOL"):
            c.expect_name()
    if c.word == "(":
        call(c, function)
    elif omitted:  # a..b is no column
        c.fail()
    return Sort.VALUE


def _behind(c: RuleCursor, sort: Sort) -> Sort:
    """What may stand behind an operand: methods, COLLATE, AT TIME ZONE, OVER."""
    while (word := c.word) in _BEHIND_OPERAND:
        if word == "." and sort is not Sort.STAR:  # a method or property
            c.advance()
            c.expect_name()
            if c.word == "(":
                call(c, "")
        elif word == "COLLATE":
            c.advance()
            if not c.accept("DATABASE_DEFAULT", "CATALOG_DEFAULT"):
                c.expect_name()
        elif word == "AT" and c.peek() == "TIME":
            c.skip(2)
            c.expect("ZONE")
            _operand(c)
        elif word == "OVER" and c.before() != ".":
            _over(c)
        elif word == "WITHIN" and c.peek() == "GROUP":
            c.skip(2)
            c.inside(_within)
        elif word in ("IGNORE", "RESPECT") and c.peek() == "NULLS":
            c.skip(2)
        else:
            break
    return sort


def _case(c: RuleCursor) -> None:
    c.expect("CASE")
    simple = c.word != "WHEN"
    if simple:
        value(c)
    while True:
        c.expect("WHEN")
        if simple:
            value(c)
        else:
            condition(c)
        c.expect("THEN")
        value(c)
        if c.word != "WHEN":
            break
    if c.accept("ELSE"):
        value(c)
    c.expect("END")


def _odbc(c: RuleCursor) -> None:
    """An escape sequence of ODBC: `{fn f(x)}`, `{d '2024-01-01'}`.

    Source:
    https://learn.microsoft.com/sql/odbc/reference/develop-app/escape-sequences-in-odbc
    """
    c.expect("{")
    if c.accept("FN"):
        c.advance()
        if c.word == "(":
            c.expect_group(empty=True)
    else:
        c.expect_name()
        c.expect(STRING)
    c.expect("}")


# --- calls ----------------------------------------------------------------------------------------


def call(c: RuleCursor, function: str) -> None:
    """The arguments of a function in their parentheses."""
    _CALLS.get(function, _arguments)(c)


def _arguments(c: RuleCursor) -> None:
    c.expect("(")
    if c.accept(")"):
        return
    # COUNT(*), and of other systems any call
    if c.word == "*" and c.peek() == ")":
        c.skip(2)
        return
    c.accept("DISTINCT", "ALL")
    c.commas(_argument)
    c.expect(")")


def _argument(c: RuleCursor) -> None:
    if not c.accept("DEFAULT"):
        value(c)


def _some(c: RuleCursor) -> None:
    """Arguments with a grammar of their own."""
    c.expect_group(empty=True)


def _cast(c: RuleCursor) -> None:
    c.expect("(")
    value(c)
    c.expect("AS")
    type_name(c)
    if c.accept("USING"):
        value(c)
    c.expect(")")


def _convert(c: RuleCursor) -> None:
    c.expect("(")
    type_name(c)
    while c.accept(","):
        value(c)
    c.expect(")")


def _iif(c: RuleCursor) -> None:
    c.expect("(")
    condition(c)
    for _ in range(2):
        c.expect(",")
        value(c)
    c.expect(")")


def _trim(c: RuleCursor) -> None:
    c.expect("(")
    # none of these is reserved: TRIM(leading) trims a column
    if c.word in ("LEADING", "TRAILING", "BOTH") and c.peek() not in (")", "FROM", ".", "("):
        c.advance()
    if not c.accept("*"):
        value(c)
    if c.accept("FROM"):
        value(c)
    c.expect(")")


_CALLS: Mapping[str, Callable[[RuleCursor], None]] = {
    **dict.fromkeys(("CAST", "TRY_CAST", "PARSE", "TRY_PARSE"), _cast),
    **dict.fromkeys(("CONVERT", "TRY_CONVERT", "IDENTITY"), _convert),
    "IIF": _iif,
    "TRIM": _trim,
    **dict.fromkeys(
        """
        JSON_OBJECT JSON_ARRAY JSON_OBJECTAGG JSON_ARRAYAGG JSON_QUERY JSON_VALUE ISJSON
        AI_GENERATE_EMBEDDINGS STRING_AGG PREDICT""".split(),
        _some,
    ),
}


def type_name(c: RuleCursor) -> None:
    """A type: https://learn.microsoft.com/sql/t-sql/data-types/data-types-transact-sql."""
    c.accept("NATIONAL")
    if c.accept("DOUBLE"):
        c.accept("PRECISION")
    else:
        c.expect_dotted_name()
    c.accept("VARYING")
    if c.word == "(":
        c.inside(_sizes)


def _sizes(c: RuleCursor) -> None:
    """`(max)`, `(10, 2)`, `(CONTENT schema.collection)`."""
    # xml(CONTENT dbo.Schemas), or xml(content), where that is a collection's name
    if c.word in ("CONTENT", "DOCUMENT") and c.peek() != ")":
        c.advance()
    _size(c)
    if c.accept(","):
        _size(c)


def _size(c: RuleCursor) -> None:
    if not c.accept(NUMBER):
        c.expect_dotted_name()


# --- order ----------------------------------------------------------------------------------------


def order_by(c: RuleCursor) -> None:
    """ORDER BY, without OFFSET."""
    c.expect("ORDER")
    c.expect("BY")
    c.commas(_key)


def _key(c: RuleCursor) -> None:
    value(c)
    c.accept("ASC", "DESC")


def _within(c: RuleCursor) -> None:
    if c.word == "GRAPH":
        c.skip(2)
    else:
        order_by(c)


def _over(c: RuleCursor) -> None:
    c.expect("OVER")
    if c.at_name():
        c.advance()
    else:
        c.inside(window)


def window(c: RuleCursor) -> None:
    """What OVER and the WINDOW clause have in their parentheses."""
    # OVER (w ORDER BY a) extends a window of the WINDOW clause
    if c.at_name() and not _begins_window(c):
        c.advance()
    if c.word == "PARTITION" and c.peek() == "BY":
        c.skip(2)
        values(c)
    if c.word == "ORDER":
        order_by(c)
    if c.accept("ROWS", "RANGE"):
        if c.accept("BETWEEN"):
            _bound(c)
            c.expect("AND")
        _bound(c)


def _begins_window(c: RuleCursor) -> bool:
    """PARTITION BY, ROWS BETWEEN: words that may also be the name of a window."""
    if c.word not in ("PARTITION", "ROWS", "RANGE"):
        return False
    return c.peek() in ("BY", "BETWEEN", "UNBOUNDED", "CURRENT", NUMBER)


def _bound(c: RuleCursor) -> None:
    if c.accept("CURRENT"):
        c.expect("ROW")
        return
    c.expect("UNBOUNDED", NUMBER, VARIABLE)
    c.expect("PRECEDING", "FOLLOWING")
