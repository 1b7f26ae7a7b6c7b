"""Rows of constants inside an expression, and the list that is made of them.

STRING_AGG, FOR XML PATH('') or `SELECT @v += …` makes it.

Source: https://learn.microsoft.com/sql/t-sql/functions/string-agg-transact-sql
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias, cast

from ...model.limits import LISTED_ROWS
from ..reading.cursor import Cursor
from ..reading.lexer import Kind, Token
from ..reading.words import split
from .patterns import UNKNOWN, Patterns, fixed, joined, literal

ConstantValues: TypeAlias = Mapping[str, Patterns]
Fold: TypeAlias = Callable[[list[Token], ConstantValues], Patterns]
Row: TypeAlias = dict[str, Patterns]

_BEHIND_FROM = {"WHERE", "GROUP", "HAVING", "ORDER", "FOR", "OPTION"}


class Listed(dict[str, Patterns]):
    """The constants beside the rows of a FROM; `rows` None where they are not known."""

    def __init__(self, constants: ConstantValues, rows: Sequence[Row] | None) -> None:
        super().__init__(constants)
        self.rows = rows


_WITHIN_GROUP = ("WITHIN", "GROUP", "(", "ORDER", "BY")


def _with_row(constants: ConstantValues, row: Row) -> ConstantValues:
    """The constants beside one row: not a copy, since thousands of variables may be known."""
    return ChainMap(row, cast("dict[str, Patterns]", constants))


def column_key(token: Token) -> str:
    """The key of a column among the variables, which begin with @."""
    return token.value.casefold()


def rows_of(tokens: list[Token], constants: ConstantValues, fold: Fold) -> list[Row] | None:
    """The rows of what stands from FROM on, in their order; None where they depend on data."""
    cursor = Cursor(tokens)
    cursor.accept("FROM")
    rows = _listed(cursor.until(*_BEHIND_FROM), constants, fold)
    if rows is None or len(rows) > LISTED_ROWS or cursor.word in ("WHERE", "GROUP", "HAVING"):
        return None
    if cursor.accept("ORDER"):
        cursor.advance()
        return _ordered(rows, cursor.until("FOR", "OPTION"), fold)
    return rows


def _listed(tokens: list[Token], constants: ConstantValues, fold: Fold) -> list[Row] | None:
    cursor = Cursor(tokens)
    if cursor.stands("STRING_SPLIT", "("):
        cursor.advance()
        return _pieces(split(cursor.group()), cursor.rest(), constants, fold)
    if cursor.word != "(":
        return None
    inside = Cursor(cursor.group())
    alias = [token for token in cursor.rest() if token.upper != "AS"]
    if len(alias) > 1 and alias[1].upper != "(":  # a join
        return None
    names = [column_key(piece[0]) for piece in split(alias[2:-1]) if piece]
    if inside.accept("VALUES"):
        cells = [split(row[1:-1]) for row in split(inside.rest())]
    else:
        selects = [Cursor(piece) for piece in split(inside.rest(), "UNION")]
        if not all(map(_is_plain_select, selects)):
            return None
        select_lists = [[_named(cell) for cell in split(select.rest())] for select in selects]
        names = names or [name for row in select_lists[:1] for _, name in row]
        cells = [[cell for cell, _ in row] for row in select_lists]
    return [
        dict(zip(names, (fold(cell, constants) for cell in row), strict=False)) for row in cells
    ]


def _is_plain_select(cursor: Cursor) -> bool:
    """Does a SELECT without any clause stand here, behind the ALL of a UNION?

    The cursor goes to its select list.
    """
    cursor.accept("ALL")
    if not cursor.accept("SELECT"):
        return False
    start = cursor.index
    cursor.until(*_BEHIND_FROM, "FROM", "EXCEPT")
    is_plain = not cursor.word
    cursor.go_to(start)
    return is_plain


def _named(cell: list[Token]) -> tuple[list[Token], str]:
    """An item of a select list: `'a' AS n`, `'a' n`, `n = 'a'`."""
    if len(cell) > 2 and cell[0].name and cell[1].upper == "=":
        return cell[2:], column_key(cell[0])
    if len(cell) > 2 and cell[-2].upper == "AS":
        return cell[:-2], column_key(cell[-1])
    if (
        len(cell) > 1
        and cell[-1].name
        and (cell[-2].kind is not Kind.OPERATOR or cell[-2].upper == ")")
    ):
        return cell[:-1], column_key(cell[-1])
    return cell, column_key(cell[-1]) if cell and cell[-1].name else ""


def _pieces(
    arguments: list[list[Token]], behind: list[Token], constants: ConstantValues, fold: Fold
) -> list[Row] | None:
    """STRING_SPLIT('a,b', ',') of constants."""
    if len(arguments) < 2 or len([token for token in behind if token.upper != "AS"]) > 1:
        return None
    text, mark = (_only(fold(argument, constants)) for argument in arguments[:2])
    return [{"value": fixed(part)} for part in text.split(mark)] if text and mark else None


def _only(patterns: Patterns) -> str | None:
    return literal(patterns[0]) if len(patterns) == 1 else None


def _ordered(rows: list[Row], order: list[Token], fold: Fold) -> list[Row] | None:
    """Rows in the order of a key whose values are all known."""
    direction = order[-1].upper if order else ""
    down = direction == "DESC"
    key = order[:-1] if direction in ("ASC", "DESC") else order
    # Of numbers none is known as a text, so none is sorted as one: 10 would stand before 2.
    keys = [_only(fold(key, row)) for row in rows]
    if any(text is None for text in keys):
        return None
    pairs = sorted(
        zip(keys, rows, strict=True), key=lambda pair: (pair[0] or "").casefold(), reverse=down
    )
    return [row for _, row in pairs]


def aggregated(tokens: list[Token], constants: ConstantValues, fold: Fold) -> Patterns:
    """`STRING_AGG(x, ',') [WITHIN GROUP (ORDER BY y)]` over the rows in sight.

    Source: https://learn.microsoft.com/sql/t-sql/functions/string-agg-transact-sql
    """
    rows = constants.rows if isinstance(constants, Listed) else None
    cursor = Cursor(tokens, 1)
    arguments = split(cursor.group())
    if rows and cursor.word:
        rows = (
            _ordered(list(rows), cursor.rest()[5:-1], fold)
            if cursor.stands(*_WITHIN_GROUP)
            else None
        )
    if not rows or len(arguments) < 2:
        return UNKNOWN
    mark = fold(arguments[1], constants)
    values = [fold(arguments[0], _with_row(constants, row)) for row in rows]
    return joined([part for value in values for part in (mark, value)][1:])


def subquery(tokens: list[Token], constants: ConstantValues, fold: Fold) -> Patterns:
    """`(SELECT …)` as a value: of one row, of an aggregate, or of FOR XML PATH('')."""
    cursor = Cursor(tokens[1:-1], 1)
    output = cursor.until("FROM", "WHERE", "ORDER", "FOR")
    if len(split(output)) != 1 or output[0].upper in ("TOP", "DISTINCT"):
        return UNKNOWN
    is_aggregated = any(token.upper == "STRING_AGG" for token in output)
    expression = output if is_aggregated else _named(output)[0]
    if cursor.word != "FROM":
        return UNKNOWN if cursor.word else fold(expression, constants)
    rows = rows_of(cursor.rest(), constants, fold)
    if rows is None:
        return UNKNOWN
    if is_aggregated:
        return fold(_unnamed(output), Listed(constants, rows))
    cursor.until("FOR")
    document = cursor.rest()
    if _concatenates(document) and _nameless(output):
        return joined([fold(output, _with_row(constants, row)) for row in rows])
    return (
        fold(expression, _with_row(constants, rows[0]))
        if len(rows) == 1 and not document
        else UNKNOWN
    )


def _unnamed(output: list[Token]) -> list[Token]:
    """An output with an aggregate, without its alias."""
    if len(output) > 1 and output[-1].name and output[-2].upper == "AS":
        return output[:-2]
    return (
        output[:-1] if len(output) > 1 and output[-1].name and output[-2].upper == ")" else output
    )


def _nameless(output: list[Token]) -> bool:
    """Has an output no name, which would be an element around its text?"""
    return len(_named(output)[0]) == len(output) and not all(
        token.name or token.upper == "." for token in output
    )


def _concatenates(document: list[Token]) -> bool:
    """FOR XML PATH(''): texts behind each other, without elements around them."""
    if [token.upper for token in document[:4]] != ["FOR", "XML", "PATH", "("] or len(document) < 6:
        return False
    return document[4].kind is Kind.STRING and not document[4].value


def assigned_by_rows(
    name: str,
    rows: Iterable[Row],
    expression: Callable[[ConstantValues], Patterns],
    constants: ConstantValues,
) -> Patterns:
    """What a variable holds once each row has assigned to it.

    An example is `SELECT @v = @v + x FROM (VALUES …) t(x)`.

    Args:
        name: of the variable.
        rows: what each holds, by column.
        expression: what one row assigns, given the values before it.
        constants: the values before the statement, by variable.
    """
    values: dict[str, Patterns] = dict(constants)
    for row in rows:
        values[name] = expression(_with_row(values, row))
        # The mark of a variable that may still be NULL, which a row has ended.
        values.pop(f"?{name}", None)
    return values[name]
