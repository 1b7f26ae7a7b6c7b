"""The options of settings, as the table of settings has them."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..project.configuring.catalog_sources import catalog
from ..project.configuring.kinds import CATALOGS, COUNT, FLAG, PATH, SHARE, TEXTS
from ..project.configuring.purview_settings import PurviewSettings
from ..project.configuring.setting_rows import settings_in
from ..project.configuring.settings import Settings
from .chosen_settings import destination

if TYPE_CHECKING:
    from ..project.configuring.catalog_sources import CatalogSettings
    from ..project.configuring.kinds import ValueKind
    from ..project.configuring.setting_rows import Option, OptionGroup, Setting


def add_profile_argument(parser: argparse._ActionsContainer) -> None:
    """Declare what chooses a profile of the configuration.

    All commands have it that read settings.
    """
    parser.add_argument(
        "--profile",
        metavar="NAME",
        dest=destination("profile"),
        default=argparse.SUPPRESS,
        help="let [profiles.NAME] of the configuration go before its other settings (default: "
        "SQL_LINEAGE_PURVIEW_PROFILE)",
    )


def add_setting_options(parser: argparse._ActionsContainer, group: OptionGroup) -> None:
    """Declare the options of a group, in the order of the table."""
    for setting in _settings().values():
        if setting.option and setting.option.group is group:
            _add(parser, setting, setting.option, setting.option.help)


def add_setting_option(parser: argparse._ActionsContainer, key: str, summary: str) -> None:
    """Declare the option of one setting, for a command in which it does less.

    `summary` is its line in the help.
    """
    setting = _settings()[key]
    if setting.option:
        _add(parser, setting, setting.option, summary)


def count(text: str) -> int:
    """An argument that is a whole number from 1.

    Raises:
        ArgumentTypeError: the text is no whole number from 1.
    """
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1")
    return int(text)


def _settings() -> dict[str, Setting]:
    return settings_in(Settings) | settings_in(PurviewSettings)


def _add(
    parser: argparse._ActionsContainer, setting: Setting, option: Option, summary: str
) -> None:
    parser.add_argument(
        option.flag,
        dest=destination(setting.key),
        # so that an option that nobody gives does not go before the file and the environment
        default=argparse.SUPPRESS,
        help=summary.replace("{default}", str(setting.default)),
        **_behaviour(setting.kind, option),
    )


def _behaviour(kind: ValueKind[Any], option: Option) -> dict[str, Any]:
    """What argparse is to do with a value."""
    if kind is FLAG:
        return {"action": argparse.BooleanOptionalAction if option.negatable else "store_true"}
    if kind.words:
        return {"choices": kind.words}
    return {"metavar": option.metavar, **_BEHAVIOUR.get(kind, {})}


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 0 to 1")
    return share


def _variable(text: str) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    if not separator or not name.strip():
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE")
    return name.strip(), value


def _absolute(text: str) -> Path:
    # what is typed is below the current folder, what a file says below the folder of the file
    return Path(text).absolute()


def _catalog(text: str) -> CatalogSettings:
    return catalog(text, Path.cwd())


_BEHAVIOUR: dict[ValueKind[Any], dict[str, Any]] = {
    COUNT: {"type": count},
    SHARE: {"type": _share},
    PATH: {"type": _absolute},
    TEXTS: {"type": _variable, "action": "append"},
    CATALOGS: {"type": _catalog, "action": "append"},
}
