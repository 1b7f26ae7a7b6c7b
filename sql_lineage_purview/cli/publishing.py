"""What the commands share that speak to a catalogue: their arguments, and errors of the network."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from ..emulator import EmulatorError
from ..library.emulator_stand_in import open_stand_in
from ..project.configuring.setting_rows import OptionGroup
from ..project.connecting.asset_snapshots import Account, open_account
from ..project.connecting.catalogues import open_catalogue
from ..purview import AssetSnapshot, PurviewError
from ..purview.purview_errors import BadPlanError, BadSettingError, StalePlanError, UnresolvedError
from .console import CommandError, say
from .setting_options import add_setting_options

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from ..project.configuring.settings import Settings
    from ..purview.account.client import DataMapClient

_FINDINGS = 1
_NETWORK = 3
_SHOWN_CHANGES = 20


def add_detail_argument(parser: argparse.ArgumentParser) -> None:
    """Declare what shows a plan row by row."""
    parser.add_argument(
        "-v", "--verbose", action="store_true", help="show each process and table of the plan"
    )


def add_planning_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what decides which processes there are."""
    add_setting_options(parser.add_argument_group("planning"), OptionGroup.PLANNING)


@contextmanager
def account(settings: Settings) -> Iterator[Account]:
    """What to plan for, which a snapshot can be; errors as of `catalogue`."""
    with _errors_said(), open_account(settings, open_stand_in) as purview_account:
        for note in purview_account.notes if isinstance(purview_account, AssetSnapshot) else ():
            say(f"Warning: the snapshot of assets is not complete: {note}.")
        yield purview_account


@contextmanager
def catalogue(settings: Settings) -> Iterator[DataMapClient]:
    """The configured catalogue.

    What goes wrong with it becomes a line and the exit code 3 (2 where a setting is wrong).
    """
    with _errors_said(), open_catalogue(settings, open_stand_in) as client:
        yield client


@contextmanager
def _errors_said() -> Iterator[None]:
    try:
        yield
    # the narrower ones first: but for the emulator's, all of them are of PurviewError
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
