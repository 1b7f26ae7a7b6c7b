"""What a person chooses of a plan, in a word: the values of settings and options."""

from __future__ import annotations

from enum import StrEnum


class Granularity(StrEnum):
    """What makes one process: a writer (module or script) and a table, a writer with all its tables, or each statement."""

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
