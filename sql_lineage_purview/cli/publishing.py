"""What the commands share that speak to a catalogue: their arguments, and errors of the network."""

from __future__ import annotations

import argparse
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ..emulator import EmulatorError
from ..project.connecting.asset_snapshots import Account, open_account
from ..project.connecting.catalogues import open_catalogue
from ..project.publishing.plans import plan_of
from ..purview import AssetSnapshot, Granularity, MissingPolicy, PurviewError
from ..purview.errors import BadPlanError, BadSettingError, StalePlanError, UnresolvedError
from .console import CommandError, say
from .plan_text import place_of, render_plan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..project.configuring.settings import Settings
    from ..purview.account.client import DataMapClient

__all__ = ["account", "add_assets_argument", "add_planning_arguments", "catalogue", "place_of", "plan_of", "render_plan"]

_FINDINGS = 1
_NETWORK = 3
_SHOWN_CHANGES = 20


def add_planning_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what decides which processes there are."""
    group = parser.add_argument_group("planning")
    group.add_argument(
        "--granularity",
        choices=[str(choice) for choice in Granularity],
        help="one process for each module and table, for each module, or for each statement (default: table)",
    )
    group.add_argument(
        "--missing",
        choices=[str(choice) for choice in MissingPolicy],
        help="tables without an asset: skip leaves them out, fail writes nothing and ends with 1, create makes placeholders "
        "(default: skip)",
    )
    group.add_argument(
        "--prune",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="does a push delete processes of this owner that the scripts no longer hold (default: no)?",
    )
    group.add_argument(
        "--prune-threshold",
        metavar="SHARE",
        type=_share,
        help="refuse to delete more than this share of the owner's processes, from 0 to 1 (default: 0.2)",
    )


def add_assets_argument(parser: argparse.ArgumentParser) -> None:
    """Declare what stands in for the account."""
    parser.add_argument(
        "--assets",
        metavar="FILE",
        type=Path,
        help="ask this snapshot of catalog dump --from purview in place of the account; needs no sign-in",
    )


@contextmanager
def account(settings: Settings) -> Iterator[Account]:
    """What to plan for, which a snapshot can be; errors as of `catalogue`."""
    with _errors_said(), open_account(settings) as purview_account:
        for note in purview_account.notes if isinstance(purview_account, AssetSnapshot) else ():
            say(f"Warning: the snapshot of assets is not complete: {note}.")
        yield purview_account


@contextmanager
def catalogue(settings: Settings) -> Iterator[DataMapClient]:
    """The configured catalogue; what goes wrong with it becomes a line and the exit code 3 (2 where a setting is wrong)."""
    with _errors_said(), open_catalogue(settings) as client:
        yield client


@contextmanager
def _errors_said() -> Iterator[None]:
    try:
        yield
    except StalePlanError as error:
        for change in error.changes[:_SHOWN_CHANGES]:
            say(change)
        raise CommandError(str(error)) from error
    except UnresolvedError as error:
        raise CommandError(str(error), _FINDINGS) from error
    except (BadSettingError, BadPlanError, EmulatorError) as error:
        raise CommandError(str(error)) from error
    except PurviewError as error:
        raise CommandError(str(error), _NETWORK) from error


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 0 to 1")
    return share
