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
        help="let [profiles.NAME] of the configuration go before its other settings (default: SQL_LINEAGE_PURVIEW_PROFILE)",
    )


def chosen_profile(arguments: argparse.Namespace) -> dict[str, object]:
    """The chosen profile as an argument of `load_settings`; nothing where none is chosen."""
    return {"profile": arguments.profile} if arguments.profile else {}
