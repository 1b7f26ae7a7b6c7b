"""Names with wildcards: `*` stands for any characters, `?` for one, and case does not count."""

from __future__ import annotations

import re
from functools import cache

from ...model.regex import regex
from ..project_errors import ConfigurationError

_MARKS = regex(r"[*?]")
_PLACEHOLDER = regex(r"\{(\w+)\}")


def has_wildcard(text: str) -> bool:
    """Does a text stand for more than itself?"""
    return _MARKS.search(text) is not None


@cache
def wildcard_expression(text: str, *, ignore_case: bool = True) -> re.Pattern[str]:
    """The expression that a text with wildcards stands for."""
    pieces = (".*" if char == "*" else "." if char == "?" else re.escape(char) for char in text)
    # a name in brackets may hold a newline
    return re.compile("".join(pieces), re.DOTALL | (re.IGNORECASE if ignore_case else 0))


def placeholders(text: str) -> set[str]:
    """The words that stand in braces."""
    return set(_PLACEHOLDER.findall(text))


def filled(text: str, placeholder: str, value: str) -> str:
    """A text with a value in place of `{placeholder}`."""
    return text.replace(f"{{{placeholder}}}", value)


def check_placeholders(text: str, placeholder: str, origin: str) -> None:
    """Check that a text holds no other placeholder than one.

    Args:
        text: The text.
        placeholder: The one that it may hold.
        origin: Where it stands.

    Raises:
        ConfigurationError: it holds another.
    """
    unknown = sorted(placeholders(text) - {placeholder})
    if unknown:
        raise ConfigurationError(
            f"{origin}: {{{unknown[0]}}} stands for nothing here. Write {{{placeholder}}}."
        )
