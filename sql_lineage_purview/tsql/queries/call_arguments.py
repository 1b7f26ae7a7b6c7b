"""Calls whose arguments are no plain list.

The parser library is given something else in the place of some of their tokens.

`CAST(x AS t)` becomes `CAST(x)`, `TRIM(LEADING a FROM b)` `TRIM(a, b)`, `JSON_OBJECT('k':v NULL ON
NULL)` `JSON_OBJECT('k', v)`: lists of expressions. Types, styles, date parts and options carry no
data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from msgspec import Struct

from ..reading.lexer import Token

Edits: TypeAlias = dict[int, str]  # index of a token -> what is written in its place


class CallTokens(Struct, frozen=True):
    """A call: the indices of its parentheses among the tokens, and of all pairs of parentheses."""

    tokens: list[Token]
    open: int
    close: int
    pairs: Mapping[int, int]

    def find(self, *words: str, start: int | None = None) -> int | None:
        """The first of the words among the arguments, outside inner parentheses."""
        i = self.open + 1 if start is None else start
        while i < self.close:
            if self.tokens[i].upper in words:
                return i
            i = self.pairs.get(i, i) + 1
        return None

    def dropped(self, first: int | None, last: int | None = None) -> Edits:
        """Leave out the tokens from one index to the one before another, or to the end of the call.

        None: nothing.
        """
        return (
            {}
            if first is None
            else dict.fromkeys(range(first, self.close if last is None else last), "")
        )


def edits(call: CallTokens, name: str) -> Edits:
    """What is written differently in the arguments of a function."""
    editor = _EDITS.get(name)
    return editor(call) if editor else {}


def _typed(call: CallTokens) -> Edits:
    """Edits of `(x AS type)`.

    Source: https://learn.microsoft.com/sql/t-sql/functions/cast-and-convert-transact-sql
    """
    separator = following = call.find("AS")
    while following is not None:
        separator, following = following, call.find("AS", start=following + 1)
    return call.dropped(separator)


def _converted(call: CallTokens) -> Edits:
    """`(type, x, style)`; IDENTITY(type) has no more than the type.

    `{fn CONVERT(x, sql_type)}` has it last.
    """
    comma = call.find(",")
    if comma is not None and call.open > 1 and call.tokens[call.open - 2].upper == "FN":
        return call.dropped(comma)
    return call.dropped(call.open + 1, None if comma is None else comma + 1)


def _dated(call: CallTokens) -> Edits:
    """`(month, x)`: https://learn.microsoft.com/sql/t-sql/functions/datepart-transact-sql."""
    first = call.open + 1
    # only a word alone before the comma is a date part
    if call.find(",") != first + 1:
        return {}
    # as a string, since the name `month` would be taken for a column
    return {first: "'" + call.tokens[first].value.replace("'", "") + "'"}


def _searched(call: CallTokens) -> Edits:
    """Edits of `(column, 'words', LANGUAGE 1033)`.

    Source: https://learn.microsoft.com/sql/t-sql/queries/contains-transact-sql
    """
    language = call.find("LANGUAGE")
    # the number behind it stays, a constant like any other
    return {} if language is None else {language: ""}


def _trimmed(call: CallTokens) -> Edits:
    """`(LEADING 'x' FROM y)`: https://learn.microsoft.com/sql/t-sql/functions/trim-transact-sql."""
    separator = call.find("FROM")
    if separator is None:
        return {}
    first = call.open + 1
    side = (
        {first: ""}
        if call.tokens[first].upper in ("BOTH", "LEADING", "TRAILING") and first + 1 < separator
        else {}
    )
    return {separator: ",", **side}


def _extracted(call: CallTokens) -> Edits:
    """Edits of `{fn EXTRACT(hour FROM x)}`.

    Source:
    https://learn.microsoft.com/sql/odbc/reference/appendixes/time-date-and-interval-functions
    """
    separator = call.find("FROM")
    return {} if separator is None else call.dropped(call.open + 1, separator + 1)


def _json(call: CallTokens) -> Edits:
    """`('k':v, … NULL ON NULL RETURNING json)`, `(x ORDER BY y)`.

    Source: https://learn.microsoft.com/sql/t-sql/functions/json-object-transact-sql,
    https://learn.microsoft.com/sql/t-sql/functions/json-arrayagg-transact-sql
    """
    replacements = call.dropped(call.find("RETURNING"))
    on = call.find("ON")
    # NULL ON NULL, ABSENT ON NULL: what becomes of missing values, no operand
    if on is not None and call.tokens[on - 1].upper in ("NULL", "ABSENT"):
        replacements |= call.dropped(on - 1, on + 2)
    colon = call.find(":")
    while colon is not None:
        replacements[colon] = ","
        colon = call.find(":", start=colon + 1)
    order = call.find("ORDER")
    if order is not None:
        # the form in which the library knows an order within an aggregate
        replacements[order] = ") WITHIN GROUP ( ORDER"
    return replacements


def _json_query(call: CallTokens) -> Edits:
    """Edits of `(x, '$.a' WITH ARRAY WRAPPER)`.

    Source: https://learn.microsoft.com/sql/t-sql/functions/json-query-transact-sql
    """
    return call.dropped(call.find("RETURNING", "WITH"))


def _json_kind(call: CallTokens) -> Edits:
    """`(x, OBJECT)`: https://learn.microsoft.com/sql/t-sql/functions/isjson-transact-sql."""
    return call.dropped(call.find(","))


def _embedded(call: CallTokens) -> Edits:
    """Edits of `(x USE MODEL m PARAMETERS p)`.

    Source:
    https://learn.microsoft.com/sql/t-sql/functions/ai-generate-embeddings-transact-sql
    """
    model, parameters = call.find("USE"), call.find("PARAMETERS")
    return {**call.dropped(model, parameters), **({} if parameters is None else {parameters: ","})}


_EDITS: dict[str, Callable[[CallTokens], Edits]] = {
    **dict.fromkeys(("CAST", "TRY_CAST", "PARSE", "TRY_PARSE"), _typed),
    **dict.fromkeys(("CONVERT", "TRY_CONVERT", "IDENTITY"), _converted),
    **dict.fromkeys(
        ("DATEADD", "DATEDIFF", "DATEDIFF_BIG", "DATEPART", "DATENAME", "DATETRUNC", "DATE_BUCKET"),
        _dated,
    ),
    **dict.fromkeys(("CONTAINS", "FREETEXT"), _searched),
    **dict.fromkeys(("JSON_OBJECT", "JSON_ARRAY", "JSON_OBJECTAGG", "JSON_ARRAYAGG"), _json),
    **dict.fromkeys(("JSON_QUERY", "JSON_VALUE"), _json_query),
    "ISJSON": _json_kind,
    "TRIM": _trimmed,
    "EXTRACT": _extracted,
    "AI_GENERATE_EMBEDDINGS": _embedded,
}
EDITED = frozenset(_EDITS)  # functions whose arguments are no plain list
