"""A file as it was read, so that it is opened once and handed on."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from .json_text import parse_json

if TYPE_CHECKING:
    from pathlib import Path


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
        data = self.data
        # asked of the bytes, since decoding every script only for this is slow
        in_utf_16 = b"\0" in data and (b":\0r" in data or b":\0R" in data)
        return in_utf_16 or b":r" in data or b":R" in data

    @cached_property
    def json(self) -> object:
        """The value of a file of JSON.

        Raises:
            ValueError: it is no JSON.
        """
        return parse_json(self.data)
