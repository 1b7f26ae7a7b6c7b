"""`doctor [PATH]`: check the configured account step by step.

The steps are name, connection, token, roles, type and databases.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ..project.configuring.loading import load_settings
from ..project.configuring.setting_rows import OptionGroup
from ..project.connecting.catalogues import database_map, target_of
from ..purview.account.connection import EMULATOR
from ..purview.checking.account_checks import examine
from ..purview.checking.checkup import Finding, Health
from ..render.publication.publication_formats import CHECKUP_FORMATS
from .chosen_settings import chosen_settings
from .delivery import deliver
from .paths import add_folder_argument
from .publishing import catalogue
from .setting_options import add_profile_argument, add_setting_options

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from ..project.configuring.settings import Settings

_FAILED, _NETWORK = 1, 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_folder_argument(parser, "the folder whose configuration is checked")
    add_profile_argument(parser)
    add_setting_options(parser, OptionGroup.NETWORK)


def run(arguments: argparse.Namespace) -> int:
    """Run the checks, and return an exit code that says what failed.

    It is 0 where nothing failed, 1 where a setting, type or role did, and 3 where the network
    or the sign-in did.
    """
    settings = load_settings(
        arguments.path, arguments=chosen_settings(arguments), environment=os.environ
    )
    code = 0
    for finding in _findings(settings):
        deliver(finding, CHECKUP_FORMATS.default)
        if finding.health is Health.FAILED:
            code = _NETWORK if finding.network else code or _FAILED
    return code


def _findings(settings: Settings) -> Iterator[Finding]:
    target = target_of(settings)
    databases = database_map(settings).databases
    place = (
        f"{settings.base}"
        if settings.base
        else ("no file; defaults and environment variables only")
    )
    yield Finding(
        "settings", Health.OK, f"{place}; endpoint {target.endpoint}, owner {target.owner}"
    )
    collection = settings.purview.collection
    if target.endpoint != EMULATOR:
        yield from examine(target, databases, collection=collection)
        return
    with catalogue(settings) as client:
        yield from examine(target, databases, collection=collection, stand_in=client)
