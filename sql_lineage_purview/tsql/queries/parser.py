"""The parser library: text to its tree.

Both of its builds, compiled and pure, are used in the same way.
"""

from __future__ import annotations

import logging
import re

from sqlglot import Dialect, exp
from sqlglot.errors import ErrorLevel, SqlglotError

from .not_understood import NotUnderstoodError

# what it warns of becomes a diagnostic of ours
logging.getLogger("sqlglot").setLevel(logging.CRITICAL)

_DIALECT = Dialect.get_or_raise("tsql")


def parse(text: str) -> exp.Expr:
    """The tree of one query or expression.

    Raises:
        NotUnderstoodError: the library refuses the text, or fails on it.
    """
    try:
        tokens = _DIALECT.tokenize(text)
        trees = [
            tree
            for tree in _DIALECT.parser(error_level=ErrorLevel.IMMEDIATE).parse(tokens, text)
            if tree is not None
        ]
    except SqlglotError as error:
        details = getattr(error, "errors", None) or [{}]
        raise NotUnderstoodError(_first_sentence(str(error)), _offset(text, details[0])) from error
    # broken text can also lead the library to an error that is none of its own kind
    except (
        IndexError,
        KeyError,
        AttributeError,
        TypeError,
        ValueError,
    ) as error:  # the library's own defects
        raise NotUnderstoodError(f"the parser library failed ({type(error).__name__})") from error
    # a Command is text that the library keeps unread: taken for a query it would lose its tables in
    # silence
    if len(trees) != 1 or isinstance(trees[0], exp.Command):
        raise NotUnderstoodError("more than one statement where one query is expected")
    return trees[0]


def _first_sentence(message: str) -> str:
    """What the library says, without the names of its own classes."""
    first = message.partition(". Line")[0].partition("\n")[0]
    first = re.sub(
        r"Required keyword: '\w+' missing for <class "
        r"'[\w.]*?(\w+)'>",
        r"a part of \1 is missing",
        first,
    )
    # what it quotes may be a string of the script
    return first.partition(" but got <Token")[0].partition("'")[0].rstrip()


def _offset(text: str, details: dict[str, object]) -> int | None:
    column = details.get("col")
    highlight = details.get("highlight")
    if isinstance(column, int) and isinstance(highlight, str):
        return max(0, min(len(text), column - len(highlight)))
    return None
