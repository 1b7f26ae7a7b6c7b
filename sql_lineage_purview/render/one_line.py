"""Text from scripts, made safe to print in one line: names in brackets may hold anything, escape sequences included."""

from __future__ import annotations

import re

# Control characters, line separators, and the marks that reverse the direction of writing.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def one_line(value: object) -> str:
    """The text of a value with every unprintable character written as its escape."""
    return _UNPRINTABLE.sub(lambda match: match[0].encode("unicode_escape").decode("ascii"), str(value))
