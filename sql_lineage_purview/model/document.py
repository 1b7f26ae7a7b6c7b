"""A file as it was read, so that it is opened once and handed on."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from .json_text import parse_json
from .regex import regex

if TYPE_CHECKING:
    from pathlib import Path

# in UTF-8 and in UTF-16
_INCLUSION = regex(rb":\0?[rR]")
_INCLUSION_LINE = regex(rb"(?:\A(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\0?|\n\0?)(?:[ \t]\0?)*:\0?[rR]")
_HEAD = regex(rb"(?:\xef\xbb\xbf)?\s*/\*")
_VARIABLE = regex(rb"\$\0?\(")


# with attributes beside its fields, among which `cached_property` keeps its value
class Document(Struct, frozen=True, dict=True):
    """A file and its bytes. What is made of these is made once, when it is asked for first."""

    location: Path
    data: bytes

    @cached_property
    def digest(self) -> str:
        """The fingerprint of the content."""
        import hashlib  # noqa: PLC0415 - for those alone who keep what they make of it

        return hashlib.sha256(self.data).hexdigest()

    @cached_property
    def may_include(self) -> bool:
        """May it be a script that brings in others by `:r`?"""
        # asked of the bytes, since decoding every script only for this is slow, and first whether
        # there is anything to look at
        return (
            _INCLUSION.search(self.data) is not None
            and _INCLUSION_LINE.search(self.data) is not None
        )

    @cached_property
    def may_have_variables(self) -> bool:
        """May it be a script in which the values of SQLCMD variables stand, as `$(Name)`?

        None stands in a comment. Scripts of database projects begin with one that has an example.
        """
        return (
            _VARIABLE.search(self.data) is not None
            and _VARIABLE.search(self.data, _end_of_head(self.data)) is not None
        )

    @cached_property
    def json(self) -> object:
        """The value of a file of JSON.

        Raises:
            ValueError: it is no JSON.
        """
        return parse_json(self.data)


def _end_of_head(data: bytes) -> int:
    """Where the comment ends that a text in UTF-8 begins with, which has no other one within."""
    head = _HEAD.match(data)
    end = data.find(b"*/", head.end()) if head else -1
    if head is None or end < 0 or data.find(b"/*", head.end(), end) >= 0:
        return 0
    return end + 2
