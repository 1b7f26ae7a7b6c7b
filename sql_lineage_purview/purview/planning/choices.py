"""What a plan is made with: the words that a person chooses, and where its scripts are from."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Granularity(StrEnum):
    """What makes one process.

    It is a writer (module or script) and a table, a writer with all its tables, or each
    statement.
    """

    TABLE = "table"
    MODULE = "module"
    STATEMENT = "statement"


class MissingPolicy(StrEnum):
    """What is done about tables without an asset. The word is the one of the setting `missing`."""

    SKIP = "skip"
    """They are left out, and listed."""
    FAIL = "fail"
    """Nothing is written while there is one."""
    CREATE = "create"
    """A push makes an asset for each of which it is certain where it would stand."""


class Pruning(StrEnum):
    """Does a plan delete what is gone from the scripts?"""

    ON = "on"
    OFF = "off"


class PushOrigin(Struct, frozen=True):
    """What a process tells of the push that last changed it.

    That is the tool's version, and the repository and commit that were scanned.
    """

    tool_version: str = ""
    repository: str = ""
    commit: str = ""
