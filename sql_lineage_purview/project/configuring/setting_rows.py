"""How a setting is declared: each is one row, a field of the classes of settings.

    batch_size: int = setting(COUNT, "the most processes in one request", default=50)

The row says its key, type, default and meaning, and its option, where commands have one. From it
come the reading of the file and of the environment, the arguments of commands, the tables of
docs/configuration.md, and docs/settings.schema.json.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, TypeVar, cast

from msgspec import UNSET, Struct, StructMeta
from msgspec.structs import replace

from .kinds import ValueKind

ENVIRONMENT_PREFIX = "SQL_LINEAGE_PURVIEW_"

T = TypeVar("T")
D = TypeVar("D")


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


class Option(Struct, frozen=True):
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


class Setting(Struct, frozen=True):
    """A key that can be set.

    Args:
        kind: What values it takes.
        meaning: Its row in docs/configuration.md.
        default: Its value where nobody sets it; `UNSET` where somebody must.
        shown: Its default there, where that is not the value itself.
        option: Its option on the command line, if it has one.
        key: Its name in the file.
    """

    kind: ValueKind[Any]
    meaning: str
    default: Any = UNSET
    shown: str = ""
    option: Option | None = None
    key: str = ""

    @property
    def variable(self) -> str:
        """The environment variable that may set it."""
        return ENVIRONMENT_PREFIX + self.key.upper()

    @property
    def is_required(self) -> bool:
        """Must it be set?"""
        return self.default is UNSET


def setting(
    kind: ValueKind[T], meaning: str, *, default: D, shown: str = "", option: Option | None = None
) -> T | D:
    """Declare a setting: the field of a `SettingsTable`, whose name is the key.

    Args:
        kind: What values it takes.
        meaning: Its row in docs/configuration.md.
        default: Its value where nobody sets it.
        shown: Its default there, where that is not the value itself.
        option: Its option on the command line.
    """
    return cast("D", Setting(kind, meaning, default, shown, option))  # the table makes it of it


def required(kind: ValueKind[Any], meaning: str) -> Any:
    """Declare a setting that has no default.

    Args:
        kind: What values it takes.
        meaning: Its row in docs/configuration.md.
    """
    return Setting(kind, meaning)


class _TableMeta(StructMeta):
    """Takes the settings out of a class that declares them, and leaves their defaults."""

    settings: dict[str, Setting]

    def __new__(
        cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **options: Any
    ) -> _TableMeta:
        settings = {
            key: replace(declared, key=key)
            for key, declared in namespace.items()
            if isinstance(declared, Setting)
        }
        for key, declared in settings.items():
            namespace[key] = declared.default
            if declared.is_required:
                del namespace[key]
        table = super().__new__(cls, name, bases, namespace, **options)
        table.settings = settings
        return table


class SettingsTable(Struct, frozen=True, metaclass=_TableMeta):
    """A class of settings, some of whose fields are declared by `setting` or `required`."""


def settings_in(table: type[SettingsTable]) -> dict[str, Setting]:
    """The settings that a class declares, by key, in their order."""
    return table.settings
