"""`doctor [PATH]`: check the configured account step by step.

The steps are name, connection, token, roles, type and databases.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ..project.configuring.loading import load_settings
from ..project.configuring.setting_rows import OptionGroup
from ..project.configuring.wildcards import has_wildcard
from ..project.connecting.catalogues import map_of_servers, target_of
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
    rows = map_of_servers(settings).databases
    databases = [row for row in rows if not has_wildcard(row.name)]
    place = (
        f"{settings.base}"
        if settings.base
        else ("no file; defaults and environment variables only")
    )
    yield Finding(
        "settings", Health.OK, f"{place}; endpoint {target.endpoint}, owner {target.owner}"
    )
    for row in settings.databases:
        if has_wildcard(row.name):
            text = "a pattern; which databases it stands for, a scan tells"
            yield Finding(f"database {row.name}", Health.SKIPPED, text)
    collection = settings.purview.collection
    if target.endpoint != EMULATOR:
        yield from examine(target, databases, collection=collection)
        return
    with catalogue(settings) as client:
        yield from examine(target, databases, collection=collection, stand_in=client)
