r"""CSV that is safe to open in a spreadsheet, and from which every name can be had back.

It is that of RFC 4180, with plain newlines.

A cell that begins with `=`, `+`, `-`, `@` or an apostrophe has one more apostrophe before it. A
character that cannot be printed, or that begins a command of a build, stands as `\u{hex}`; so does
the backslash of a name that itself holds `\u{`.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from functools import lru_cache

from ..model.printable import COMMAND, UNPRINTABLE
from ..model.regex import regex

_ESCAPED = regex(rf"{UNPRINTABLE.pattern}|{COMMAND.pattern}|\\(?=u\{{)", re.IGNORECASE)
# what a spreadsheet would run: https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = ("=", "+", "-", "@", "'")


def csv_text(rows: Iterable[Iterable[object]]) -> str:
    """Rows as CSV."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue()


def _cell(value: object) -> object:
    """A cell; numbers are no text."""
    return value if isinstance(value, int) else _safe(str(value))


@lru_cache(maxsize=10_000)  # most are names that stand in hundreds of rows
def _safe(text: str) -> str:
    text = _ESCAPED.sub(lambda match: f"\\u{{{ord(match[0]):x}}}", text)
    return f"'{text}" if text.startswith(_FORMULA) else text
