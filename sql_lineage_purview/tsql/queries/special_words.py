"""Words of a query that are not written as they stand.

What carries no data is left out, what the library refuses is put otherwise.

Each function begins at its word, and answers whether it has dealt with it; where it has not, the
word is written like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..reading.keywords import APPROXIMATELY, KEYWORDS
from ..reading.lexer import Kind
from ..reading.templates import is_template
from .rendered import FUNCTION_MARK, PART_MARK, bracket
from .transcript import Transcript

_JOIN_HINTS = frozenset({"LOOP", "HASH", "MERGE", "REMOTE", "REDUCE", "REPLICATE", "REDISTRIBUTE"})
_JOIN_WORDS = frozenset({"INNER", "LEFT", "RIGHT", "FULL", "OUTER"})
_BEFORE_KEY = frozenset(
    {
        "BY",
        ",",
        "(",
        "SELECT",
        "DISTINCT",
        "=",
        "+",
        "-",
        "*",
        "/",
        "AND",
        "OR",
        "ON",
        "WHERE",
        "NOT",
    }
)


def _with(text: Transcript) -> bool:
    """Hints of a table, WITH ROLLUP of old, WITH XMLNAMESPACES (…).

    Source: https://learn.microsoft.com/sql/t-sql/queries/hints-transact-sql-table,
    https://learn.microsoft.com/sql/t-sql/queries/select-group-by-transact-sql,
    https://learn.microsoft.com/sql/relational-databases/xml/add-namespaces-to-queries-with-with-xmlnamespaces
    """
    if text.peek() == "(":
        text.go_to(text.behind(text.index + 1))
        return True
    # the last: of TOP (n) before VECTOR_SEARCH
    # GROUP BY a WITH ROLLUP: rows of totals more, no other data
    if text.peek() in ("ROLLUP", "CUBE", *APPROXIMATELY):
        text.skip(2)
        return True
    if text.peek() == "XMLNAMESPACES":
        end = text.behind(text.index + 2)
        more = end < len(text.tokens) and text.tokens[end].upper == ","
        text.write("WITH" if more else "", end + more - text.index)
        return True
    return False


def _option(text: Transcript) -> bool:
    """OPTION (…): how a query is run, not which data it has.

    Source: https://learn.microsoft.com/sql/t-sql/queries/option-clause-transact-sql
    """
    if text.peek() != "(":
        return False
    text.go_to(text.behind(text.index + 1))
    return True


def _for(text: Transcript) -> bool:
    """FOR XML, FOR JSON and FOR BROWSE, with all that stands behind them.

    The ends of a cursor's query.

    Source: https://learn.microsoft.com/sql/t-sql/queries/select-for-clause-transact-sql
    """
    kind = text.peek()
    if kind == "PATH":  # a table of a graph's SHORTEST_PATH
        text.skip(2)
        return True
    if kind not in ("XML", "JSON", "BROWSE", "READ", "UPDATE"):  # the last two: of a cursor
        return False
    if kind in ("XML", "JSON"):
        # one form for all: what matters is that the rows become one document; the words behind it
        # only shape that
        text.write("FOR XML PATH", 0)
    depth = 0
    while text.word:
        word = text.word
        depth += (word == "(") - (word == ")")
        # FOR XML of a subquery ends with its parenthesis
        if depth < 0 or (not depth and word in ("OPTION", ";")):
            break
        text.skip(1)
    return True


def _collate(text: Transcript) -> bool:
    """COLLATE name.

    Source: https://learn.microsoft.com/sql/t-sql/statements/collations
    """
    text.skip(2)
    return True


def _next(text: Transcript) -> bool:
    """NEXT VALUE FOR sequence [OVER (…)]: a number of no table.

    Source: https://learn.microsoft.com/sql/t-sql/functions/next-value-for-transact-sql
    """
    if text.peek() != "VALUE" or text.peek(2) != "FOR":
        return False
    text.write("NULL", 3)
    while (text.is_name() or text.word == ".") and text.word != "OVER":
        if text.before() not in (".", "FOR") and text.word != ".":
            break
        text.skip(1)
    if text.word == "OVER":
        text.go_to(text.behind(text.index + 1))
    return True


def _join_hint(text: Transcript) -> bool:
    """INNER HASH JOIN.

    Source: https://learn.microsoft.com/sql/t-sql/queries/hints-transact-sql-join
    """
    if text.peek() != "JOIN" or text.before() not in _JOIN_WORDS:
        return False
    text.skip(1)
    return True


def _local(text: Transcript) -> bool:
    """INNER LOCAL MERGE JOIN.

    Source: https://learn.microsoft.com/sql/t-sql/queries/hints-transact-sql-join
    """
    # LOCAL, LOOP and HASH are no reserved words: only between INNER and JOIN are they hints
    if text.peek() not in _JOIN_HINTS or text.peek(2) != "JOIN" or text.before() not in _JOIN_WORDS:
        return False
    text.skip(2)
    return True


def _top(text: Transcript) -> bool:
    """TOP (…): a second pair of parentheses lets the library read set operations in it.

    A number may be filled in.

    Source: https://learn.microsoft.com/sql/t-sql/queries/top-transact-sql
    """
    number = text.token(1)
    if number and not number.upper and is_template(number.value):
        text.write("TOP 1", 2)
        return True
    if text.peek() != "(" or text.index + 1 not in text.pairs:
        return False
    text.instead[text.pairs[text.index + 1]] = ") )"
    text.write("TOP ( (", 2)
    return True


def _fetch(text: Transcript) -> bool:
    """FETCH NEXT 3 * 10 ROWS ONLY: the library reads an expression in parentheses alone.

    Source: https://learn.microsoft.com/sql/t-sql/queries/select-order-by-clause-transact-sql
    """
    # FETCH APPROX NEXT 5 ROWS ONLY
    approximate = text.peek() in APPROXIMATELY
    if text.peek(1 + approximate) not in ("NEXT", "FIRST"):
        return False
    # the parenthesis that is opened here closes at ROWS ONLY, see below
    text.fetching += 1
    text.write("FETCH NEXT (", 2 + approximate)
    return True


def _rows(text: Transcript) -> bool:
    """The ROWS ONLY of a FETCH NEXT.

    Source: https://learn.microsoft.com/sql/t-sql/queries/select-order-by-clause-transact-sql
    """
    if not text.fetching or text.peek() != "ONLY":
        return False
    text.fetching -= 1
    text.write(") ROWS", 1)
    return True


def _pivot(text: Transcript) -> bool:
    """PIVOT (schema.aggregate(a, b) FOR …), with an aggregate of the user.

    The library takes that by its last name alone.

    Source: https://learn.microsoft.com/sql/t-sql/queries/from-using-pivot-and-unpivot
    """
    chain = text.chain_before(text.index)
    if chain and text.before(1 + chain) == "APPLY":  # the library needs a name before it in APPLY
        text.out.add("AS " + bracket(text.tokens[text.index - 1].value), text.tokens[text.index])
    end = text.index + 2
    while (
        end + 1 < len(text.tokens) and text.tokens[end].name and text.tokens[end + 1].upper == "."
    ):
        end += 2
    if text.peek() != "(" or end == text.index + 2:
        return False
    text.write(f"{text.word} (", 2)
    name = PART_MARK.join(token.value for token in text.tokens[text.index : end + 1 : 2])
    text.write(bracket(FUNCTION_MARK + name), end + 1 - text.index)
    return True


def _tablesample(text: Transcript) -> bool:
    """TABLESAMPLE [SYSTEM] (…) [REPEATABLE (…)]: which rows, not which data.

    Source: https://learn.microsoft.com/sql/t-sql/queries/from-transact-sql
    """
    text.skip(1)
    if text.word != "(":
        text.skip(1)
    text.go_to(text.behind(text.index))
    if text.word == "REPEATABLE":
        text.go_to(text.behind(text.index + 1))
    return True


def _nulls(text: Transcript) -> bool:
    """IGNORE NULLS, RESPECT NULLS.

    Source: https://learn.microsoft.com/sql/t-sql/functions/first-value-transact-sql
    """
    # whether NULL counts changes which row's value comes, not whose column it is
    if text.peek() != "NULLS":
        return False
    text.skip(2)
    return True


def _current_of(text: Transcript) -> bool:
    """WHERE CURRENT OF a_cursor: the row that it stands at.

    Source: https://learn.microsoft.com/sql/t-sql/queries/update-transact-sql
    """
    if text.peek() != "OF":
        return False
    # something has to stand behind WHERE, and which row it is the cursor's query has said
    text.write("1 = 1", 3)
    return True


def _percent(text: Transcript) -> bool:
    """TOP … PERCENT, WITH TIES: how many rows, not which data.

    Source: https://learn.microsoft.com/sql/t-sql/queries/top-transact-sql
    """
    text.skip(1)
    return True


def _match(text: Transcript) -> bool:
    """MATCH (a-(e)->b), of graph tables: its names are those of FROM, so it only decides.

    Source: https://learn.microsoft.com/sql/t-sql/queries/match-sql-graph
    """
    if text.peek() != "(":
        return False
    text.write("1 = 1", 0)
    text.go_to(text.behind(text.index + 1))
    return True


def _parenthesis_free(text: Transcript) -> bool:
    """CURRENT_TIMESTAMP, USER: functions without parentheses, constants for lineage.

    Source: https://learn.microsoft.com/sql/t-sql/functions/current-timestamp-transact-sql
    """
    if text.peek() == "(":
        return False
    text.write("NULL", 1)
    return True


def _within(text: Transcript) -> bool:
    """WITHIN GROUP (GRAPH PATH), of graph tables: the order of the path.

    Source: https://learn.microsoft.com/sql/relational-databases/graphs/sql-graph-shortest-path
    """
    if text.peek(3) != "GRAPH" or text.peek(4) != "PATH":
        return False
    text.go_to(text.behind(text.index + 2))
    return True


def _except(text: Transcript) -> bool:
    """SELECT a.* EXCEPT SELECT …, without FROM.

    The library would take EXCEPT for a list of columns to leave out.

    Source:
    https://learn.microsoft.com/sql/t-sql/language-elements/set-operators-except-and-intersect-transact-sql
    """
    if text.before() == "*":
        text.write("WHERE 1 = 1", 0)
    return False


def _escape(text: Transcript) -> bool:
    """LIKE … ESCAPE @x, where the library reads a string alone.

    So any other expression becomes a condition of its own.

    Source: https://learn.microsoft.com/sql/t-sql/language-elements/like-transact-sql
    """
    following = text.token(1)
    if following is None or following.kind is Kind.STRING or text.before() in ("{", "."):
        return False
    # what stands behind it still takes part in the condition
    text.write("AND 0 =", 1)
    return True


def _window(text: Transcript) -> bool:
    """WINDOW is a word of the grammar only as the clause `WINDOW name AS (`.

    Source: https://learn.microsoft.com/sql/t-sql/queries/select-window-transact-sql
    """
    if text.peek(2) == "AS" and text.peek(3) == "(":
        return False
    text.write_name(text.tokens[text.index])
    return True


def _grouping(text: Transcript) -> bool:
    """ROLLUP and CUBE are words of the grammar only before parentheses.

    GROUP BY cube names a column.

    Source: https://learn.microsoft.com/sql/t-sql/queries/select-group-by-transact-sql
    """
    if text.peek() == "(":
        return False
    text.write_name(text.tokens[text.index])
    return True


def _offset(text: Transcript) -> bool:
    """OFFSET is a grammar word only behind the keys of ORDER BY and before a number of rows.

    Source: https://learn.microsoft.com/sql/t-sql/queries/select-order-by-clause-transact-sql
    """
    following = text.token(1)
    counts = following is not None and (following.upper in ("", "(", "-", "+") or following.name)
    if (
        counts
        and text.before() not in _BEFORE_KEY
        and (following is None or following.upper not in KEYWORDS)
    ):
        return False
    text.write_name(text.tokens[text.index])
    return True


def _compute(text: Transcript) -> bool:
    """COMPUTE SUM(c) BY k, of old: result sets of sums behind the rows."""
    if text.peek(2) != "(":
        return False
    text.go_to(len(text.tokens))
    return True


def _default(text: Transcript) -> bool:
    """The argument of a function, f(DEFAULT): a constant.

    Source: https://learn.microsoft.com/sql/t-sql/statements/create-function-transact-sql
    """
    text.write("NULL", 1)
    return True


def _holdlock(text: Transcript) -> bool:
    """HOLDLOCK behind a table, as a hint without WITH.

    Source: https://learn.microsoft.com/sql/t-sql/queries/hints-transact-sql-table
    """
    text.skip(1)
    return True


SPECIAL: Mapping[str, Callable[[Transcript], bool]] = {
    "WITH": _with,
    "OPTION": _option,
    "FOR": _for,
    "COLLATE": _collate,
    "NEXT": _next,
    "TABLESAMPLE": _tablesample,
    "IGNORE": _nulls,
    "RESPECT": _nulls,
    "CURRENT": _current_of,
    "PERCENT": _percent,
    "HOLDLOCK": _holdlock,
    "WITHIN": _within,
    "LOCAL": _local,
    "TOP": _top,
    "FETCH": _fetch,
    "PIVOT": _pivot,
    "UNPIVOT": _pivot,
    "ROWS": _rows,
    "ROW": _rows,
    "MATCH": _match,
    "DEFAULT": _default,
    "EXCEPT": _except,
    "ESCAPE": _escape,
    "WINDOW": _window,
    "ROLLUP": _grouping,
    "CUBE": _grouping,
    "OFFSET": _offset,
    "COMPUTE": _compute,
    **dict.fromkeys(_JOIN_HINTS, _join_hint),
    **dict.fromkeys(
        (
            "CURRENT_TIMESTAMP",
            "CURRENT_DATE",
            "CURRENT_TIME",
            "CURRENT_USER",
            "SESSION_USER",
            "SYSTEM_USER",
            "USER",
        ),
        _parenthesis_free,
    ),
}
