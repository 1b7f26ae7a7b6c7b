"""The settings that the arguments of a command say.

They have destinations of their own among the parsed arguments, and none where nobody gives them: a
command may have an option of the same name that is no setting, such as `--rate` of `emulator`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

_PREFIX = "setting_"


def destination(key: str) -> str:
    """Where the parsed arguments keep a setting."""
    return _PREFIX + key


def chosen_settings(arguments: argparse.Namespace) -> dict[str, object]:
    """The settings of the arguments by key, as `load_settings` takes them."""
    return {
        name.removeprefix(_PREFIX): tuple(value) if isinstance(value, list) else value
        for name, value in vars(arguments).items()
        if name.startswith(_PREFIX)
    }
