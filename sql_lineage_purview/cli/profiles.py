"""The argument that chooses a profile of the configuration; all commands have it that read settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse


def add_profile_argument(parser: argparse._ActionsContainer) -> None:
    """Declare it."""
    parser.add_argument(
        "--profile",
        metavar="NAME",
        help="the settings of [profiles.NAME] before all others of the configuration (default: SQL_LINEAGE_PURVIEW_PROFILE)",
    )


def chosen_profile(arguments: argparse.Namespace) -> dict[str, object]:
    """The chosen profile as an argument of `load_settings`; nothing where none is chosen."""
    return {"profile": arguments.profile} if arguments.profile else {}
