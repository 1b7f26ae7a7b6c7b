"""What was probably meant by a command or option that there is not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..model.regex import regex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_CHOICE = regex(r"invalid choice: '([^']*)' \(choose from (.*)\)")
_UNKNOWN = regex(r"unrecognized arguments: (.*)")
_OPTION = regex(r"(?<![\w-])--[a-z][\w-]*")


def with_suggestion(message: str, help_text: Callable[[], str]) -> str:
    """A message of argparse, and the nearest of the words that would have been taken.

    Args:
        message: What is wrong.
        help_text: The help of the command, which names its options.
    """
    near = list(dict.fromkeys(_near(message, help_text)))
    return f"{message}. Did you mean {' and '.join(near)}?" if near else message


def _near(message: str, help_text: Callable[[], str]) -> Iterator[str]:
    if match := _CHOICE.search(message):
        yield from _nearest(match[1], re.findall(r"[\w-]+", match[2]))
    elif match := _UNKNOWN.search(message):
        for word in match[1].split():
            if word.startswith("--"):
                yield from _nearest(word.partition("=")[0], _OPTION.findall(help_text()))


def _nearest(word: str, words: list[str]) -> list[str]:
    import difflib  # noqa: PLC0415 - for those alone who mistype

    return difflib.get_close_matches(word, words, n=1)
