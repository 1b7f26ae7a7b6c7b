"""Expressions and search conditions.

Source: https://learn.microsoft.com/sql/t-sql/language-elements/expressions-transact-sql,
https://learn.microsoft.com/sql/t-sql/queries/search-condition-transact-sql
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum

from .cursor import NUMBER, STRING, VARIABLE, Cursor


class Sort(Enum):
    """What an expression is: a value, a condition, a query in parentheses, or all columns of a table."""

    VALUE = 1
    CONDITION = 2
    QUERY = 3
    STAR = 4


_SIGNS = frozenset("+-~")
_BINARY = frozenset({"+", "-", "*", "/", "%", "&", "|", "^", "||", "<<", ">>"})
_COMPARISONS = frozenset({"=", "<", ">", "<=", ">=", "<>", "!=", "!<", "!>", "*=", "!"})
_TWO_SIGNS = {"<": ("=", ">"), ">": ("=",), "!": ("=", "<", ">"), "=": ("*",)}  # `> =`, and `=*`: an outer join of old
_BEHIND_NAME = frozenset({".", "::", "("})
_BEHIND_OPERAND = frozenset({".", "COLLATE", "AT", "OVER", "WITHIN", "IGNORE", "RESPECT"})
_LITERALS = frozenset({STRING, NUMBER, VARIABLE, "NULL", "?", "$", "IDENTITYCOL", "ROWGUIDCOL"})
_WITHOUT_PARENTHESES = frozenset("CURRENT_TIMESTAMP CURRENT_DATE CURRENT_TIME CURRENT_USER SESSION_USER SYSTEM_USER USER".split())
_RESERVED_FUNCTIONS = frozenset("COALESCE CONVERT TRY_CONVERT NULLIF LEFT RIGHT IDENTITY".split())
_SET_OPERATORS = frozenset({"UNION", "EXCEPT", "INTERSECT"})
# Conditions that look like calls; what they hold has a grammar of its own.
_PREDICATES = frozenset({"CONTAINS", "FREETEXT", "TSEQUAL", "UPDATE", "MATCH", "REGEXP_LIKE"})


def value(c: Cursor) -> None:
    """An expression that has a value."""
    if scalar(c) in (Sort.CONDITION, Sort.STAR):
        c.fail()


def values(c: Cursor) -> None:
    """Values with commas between them."""
    c.commas(value)


def condition(c: Cursor) -> None:
    """A search condition."""
    if either(c) is not Sort.CONDITION:
        c.fail()


def either(c: Cursor) -> Sort:
    """A condition or a value: which of them is known at its end only, since both may begin with parentheses."""
    sort = _negation(c)
    while c.word in ("AND", "OR"):
        if sort is not Sort.CONDITION:
            c.fail()
        c.advance()
        sort = _negation(c)
        if sort is not Sort.CONDITION:
            c.fail()
    return sort


def scalar(c: Cursor) -> Sort:
    """Operands with operators between them."""
    while True:
        while c.word in _SIGNS:
            c.advance()
        sort = _operand(c)
        word = c.word
        if word not in _BINARY or (word == "*" and c.peek() == "="):
            return sort
        if sort in (Sort.CONDITION, Sort.STAR):
            c.fail()
        c.advance()


def _negation(c: Cursor) -> Sort:
    negated = False
    while c.take("NOT"):
        negated = True
    sort = _predicate(c)
    if negated and sort is not Sort.CONDITION:
        c.fail()
    return sort


def _predicate(c: Cursor) -> Sort:
    if c.word == "EXISTS":
        c.advance()
        c.inside(c.query)
        return Sort.CONDITION
    if c.word in _PREDICATES and c.peek() == "(":
        c.advance()
        c.group()
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


def _comparison(c: Cursor) -> None:
    sign = c.word
    c.advance()
    if not c.take(*_TWO_SIGNS.get(sign, ())) and sign == "!":
        c.fail()
    _compared(c)


def _compared(c: Cursor) -> None:
    if c.take("ALL", "ANY", "SOME"):
        c.inside(c.query)
    else:
        value(c)


def _test(c: Cursor) -> None:
    """`IS NULL`, `IS DISTINCT FROM`, LIKE, BETWEEN, IN."""
    if c.take("IS"):
        c.take("NOT")
        if c.take("DISTINCT"):
            c.expect("FROM")
            _compared(c)
        else:
            c.expect("NULL")
        return
    c.take("NOT")
    word = c.word
    c.expect("LIKE", "BETWEEN", "IN")
    if word == "IN":
        c.inside(_list)
        return
    value(c)
    if word == "BETWEEN":
        c.expect("AND")
        value(c)
    elif c.take("ESCAPE"):
        value(c)
    elif c.word == "{":  # ODBC
        c.advance()
        c.expect("ESCAPE")
        value(c)
        c.expect("}")


def _list(c: Cursor) -> None:
    """What IN has in its parentheses: a query or values."""
    if c.word == "SELECT":
        c.query(c)
    elif c.word == "(":
        if _group(c) is Sort.QUERY and c.word in _SET_OPERATORS | {"ORDER"}:
            _more_of_query(c)
        elif c.word in _BINARY:
            c.advance()
            value(c)
        if c.take(","):
            values(c)
    else:
        values(c)


# --- operands -----------------------------------------------------------------------------------------------------------


def _operand(c: Cursor) -> Sort:
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
        c.name()
        c.expect("%")
        c.expect("%")
    else:
        c.fail()
    return _behind(c, Sort.VALUE)


def _group(c: Cursor) -> Sort:
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
    if begins and sort is Sort.QUERY and c.word in _SET_OPERATORS:
        _more_of_query(c)
    c.expect(")")
    return sort


def _more_of_query(c: Cursor) -> None:
    """The rest of `(SELECT …) UNION (SELECT …)`."""
    while c.word in _SET_OPERATORS:
        c.advance()
        c.take("ALL")
        c.query(c)
    if c.word == "ORDER":
        order_by(c)


def _named(c: Cursor) -> Sort:
    """A column, a variable's or function's name, or a sequence: whatever begins with a name."""
    if c.word == "NEXT" and c.peek() == "VALUE" and c.peek(2) == "FOR":
        c.skip(3)
        c.dotted()
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
        while c.take("."):
            pass
        if c.take("*"):
            return Sort.STAR
        function = ""
        if not c.take("IDENTITYCOL", "ROWGUIDCOL"):
            c.name()
    if c.word == "(":
        call(c, function)
    elif omitted:  # a..b is no column
        c.fail()
    return Sort.VALUE


def _behind(c: Cursor, sort: Sort) -> Sort:
    """What may stand behind an operand: methods, COLLATE, AT TIME ZONE, OVER."""
    while (word := c.word) in _BEHIND_OPERAND:
        if word == "." and sort is not Sort.STAR:  # a method or property
            c.advance()
            c.name()
            if c.word == "(":
                call(c, "")
        elif word == "COLLATE":
            c.advance()
            if not c.take("DATABASE_DEFAULT", "CATALOG_DEFAULT"):
                c.name()
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


def _case(c: Cursor) -> None:
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
    if c.take("ELSE"):
        value(c)
    c.expect("END")


def _odbc(c: Cursor) -> None:
    """`{fn f(x)}`, `{d '2024-01-01'}`: https://learn.microsoft.com/sql/odbc/reference/develop-app/escape-sequences-in-odbc."""
    c.expect("{")
    if c.take("FN"):
        c.advance()
        if c.word == "(":
            c.group(empty=True)
    else:
        c.name()
        c.expect(STRING)
    c.expect("}")


# --- calls --------------------------------------------------------------------------------------------------------------


def call(c: Cursor, function: str) -> None:
    """The arguments of a function in their parentheses."""
    _CALLS.get(function, _arguments)(c)


def _arguments(c: Cursor) -> None:
    c.expect("(")
    if c.take(")"):
        return
    if c.word == "*" and c.peek() == ")":
        c.skip(2)
        return
    c.take("DISTINCT", "ALL")
    c.commas(_argument)
    c.expect(")")


def _argument(c: Cursor) -> None:
    if not c.take("DEFAULT"):
        value(c)


def _some(c: Cursor) -> None:
    """Arguments with a grammar of their own."""
    c.group(empty=True)


def _cast(c: Cursor) -> None:
    c.expect("(")
    value(c)
    c.expect("AS")
    type_name(c)
    if c.take("USING"):
        value(c)
    c.expect(")")


def _convert(c: Cursor) -> None:
    c.expect("(")
    type_name(c)
    while c.take(","):
        value(c)
    c.expect(")")


def _iif(c: Cursor) -> None:
    c.expect("(")
    condition(c)
    for _ in range(2):
        c.expect(",")
        value(c)
    c.expect(")")


def _trim(c: Cursor) -> None:
    c.expect("(")
    if c.word in ("LEADING", "TRAILING", "BOTH") and c.peek() not in (")", "FROM", ".", "("):
        c.advance()
    if not c.take("*"):
        value(c)
    if c.take("FROM"):
        value(c)
    c.expect(")")


_CALLS: Mapping[str, Callable[[Cursor], None]] = {
    **dict.fromkeys(("CAST", "TRY_CAST", "PARSE", "TRY_PARSE"), _cast),
    **dict.fromkeys(("CONVERT", "TRY_CONVERT", "IDENTITY"), _convert),
    "IIF": _iif,
    "TRIM": _trim,
    **dict.fromkeys(
        """JSON_OBJECT JSON_ARRAY JSON_OBJECTAGG JSON_ARRAYAGG JSON_QUERY JSON_VALUE ISJSON AI_GENERATE_EMBEDDINGS STRING_AGG
        PREDICT""".split(),
        _some,
    ),
}


def type_name(c: Cursor) -> None:
    """A type: https://learn.microsoft.com/sql/t-sql/data-types/data-types-transact-sql."""
    c.take("NATIONAL")
    if c.take("DOUBLE"):
        c.take("PRECISION")
    else:
        c.dotted()
    c.take("VARYING")
    if c.word == "(":
        c.inside(_sizes)


def _sizes(c: Cursor) -> None:
    """`(max)`, `(10, 2)`, `(CONTENT schema.collection)`."""
    if c.word in ("CONTENT", "DOCUMENT") and c.peek() != ")":
        c.advance()
    _size(c)
    if c.take(","):
        _size(c)


def _size(c: Cursor) -> None:
    if not c.take(NUMBER):
        c.dotted()


# --- order --------------------------------------------------------------------------------------------------------------


def order_by(c: Cursor) -> None:
    """ORDER BY, without OFFSET."""
    c.expect("ORDER")
    c.expect("BY")
    c.commas(_key)


def _key(c: Cursor) -> None:
    value(c)
    c.take("ASC", "DESC")


def _within(c: Cursor) -> None:
    if c.word == "GRAPH":
        c.skip(2)
    else:
        order_by(c)


def _over(c: Cursor) -> None:
    c.expect("OVER")
    if c.at_name():
        c.advance()
    else:
        c.inside(window)


def window(c: Cursor) -> None:
    """What OVER and the WINDOW clause have in their parentheses."""
    if c.at_name() and not _begins_window(c):
        c.advance()
    if c.word == "PARTITION" and c.peek() == "BY":
        c.skip(2)
        values(c)
    if c.word == "ORDER":
        order_by(c)
    if c.take("ROWS", "RANGE"):
        if c.take("BETWEEN"):
            _bound(c)
            c.expect("AND")
        _bound(c)


def _begins_window(c: Cursor) -> bool:
    """PARTITION BY, ROWS BETWEEN: words that may also be the name of a window."""
    if c.word not in ("PARTITION", "ROWS", "RANGE"):
        return False
    return c.peek() in ("BY", "BETWEEN", "UNBOUNDED", "CURRENT", NUMBER)


def _bound(c: Cursor) -> None:
    if c.take("CURRENT"):
        c.expect("ROW")
        return
    c.expect("UNBOUNDED", NUMBER, VARIABLE)
    c.expect("PRECEDING", "FOLLOWING")
