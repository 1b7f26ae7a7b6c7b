"""How a setting is declared: each is one row, a field of the classes of settings.

    batch_size: int = setting(COUNT, "the most processes in one request", default=50)

The row says its key, type, default and meaning, and its option, where commands have one. From it
come the reading of the file and of the environment, the arguments of commands, the tables of
docs/configuration.md, and docs/settings.schema.json.
"""

from __future__ import annotations

from dataclasses import MISSING, Field, dataclass, field, fields
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar

from .kinds import ValueKind

ENVIRONMENT_PREFIX = "SQL_LINEAGE_PURVIEW_"

T = TypeVar("T")
D = TypeVar("D")

_ROW = "setting"


class OptionGroup(StrEnum):
    """Which commands have an option; those of a group stand together in their help."""

    SCRIPTS = "scripts"
    """How scripts are read: all commands that read some."""
    NETWORK = "network"
    """How other machines are reached: these commands, and `doctor`."""
    WORK = "work"
    """How the work is done: all commands that read scripts."""
    SCAN = "scan"
    PLANNING = "planning"
    """Which processes there are: `plan`, `push` and `verify`."""
    ASSETS = "assets"
    """What stands in for the account: `plan` and `resolve`."""


@dataclass(frozen=True, slots=True)
class Option:
    """The option of a setting on the command line.

    Args:
        flag: `--default-schema`.
        group: Which commands have it.
        help: Its line in their help; `{default}` stands for the default.
        metavar: What stands for its value there; nothing where the words of its kind do.
        negatable: Does `--no-…` say the contrary?
    """

    flag: str
    group: OptionGroup
    help: str
    metavar: str = ""
    negatable: bool = False


@dataclass(frozen=True, slots=True)
class _Row:
    """What the field itself does not say of a setting."""

    kind: ValueKind[Any]
    meaning: str
    shown: str = ""
    option: Option | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """A key that can be set.

    Args:
        key: Its name in the file.
        kind: What values it takes.
        default: Its value where nobody sets it; `MISSING` where somebody must.
        meaning: Its row in docs/configuration.md.
        shown: Its default there, where that is not the value itself.
        option: Its option on the command line, if it has one.
    """

    key: str
    kind: ValueKind[Any]
    default: Any
    meaning: str
    shown: str = ""
    option: Option | None = None

    @property
    def variable(self) -> str:
        """The environment variable that may set it."""
        return ENVIRONMENT_PREFIX + self.key.upper()

    @property
    def is_required(self) -> bool:
        """Must it be set?"""
        return self.default is MISSING


def setting(
    kind: ValueKind[T], meaning: str, *, default: D, shown: str = "", option: Option | None = None
) -> T | D:
    """Declare a setting: the field of a frozen data class, whose name is the key.

    Args:
        kind: What values it takes.
        meaning: Its row in docs/configuration.md.
        default: Its value where nobody sets it.
        shown: Its default there, where that is not the value itself.
        option: Its option on the command line.
    """
    metadata = {_ROW: _Row(kind, meaning, shown, option)}
    declared: Any = field(default=default, metadata=metadata)
    return declared  # type: ignore[no-any-return]  # dataclass makes the value of it


def required(kind: ValueKind[Any], meaning: str) -> dict[str, Any]:
    """The metadata of a setting that has no default: `field(metadata=required(TEXT, "…"))`."""
    return {_ROW: _Row(kind, meaning)}


@cache
def settings_in(table: type) -> dict[str, Setting]:
    """The settings that a class declares, by key, in their order."""
    return {
        row.name: _setting(row, row.metadata[_ROW]) for row in fields(table) if _ROW in row.metadata
    }


def _setting(declared: Field[Any], row: _Row) -> Setting:
    return Setting(declared.name, row.kind, declared.default, row.meaning, row.shown, row.option)
