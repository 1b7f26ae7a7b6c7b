"""`resolve PATH…`: which assets of the catalogue the tables are.

`--report` ranks those that are none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..project.configuring.setting_rows import OptionGroup
from ..project.publishing.resolving import report_of
from ..purview import MissingPolicy
from ..purview.planning.plan_document import Unresolved
from ..render.publication.publication_formats import RESOLUTION_FORMATS
from ..render.publication.resolution_listing import ResolutionListing
from ..render.scan_summary import render_summary
from .console import say
from .delivery import deliver
from .output import add_output_arguments, chosen_format
from .paths import add_optional_paths_argument, paths_or_here
from .publishing import account
from .scan_options import add_reading_arguments, read, settings_of
from .setting_options import add_setting_option, add_setting_options

if TYPE_CHECKING:
    import argparse

_FINDINGS = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_optional_paths_argument(parser)
    parser.add_argument(
        "--report",
        action="store_true",
        help="list only the tables that have no asset, those with the most lineage first",
    )
    add_setting_option(
        parser,
        "missing",
        "fail: end with exit code 1 where tables have no asset (default: {default})",
    )
    add_output_arguments(parser, RESOLUTION_FORMATS)
    add_setting_options(parser, OptionGroup.ASSETS)
    add_reading_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0, or 1 where `missing` is `fail` and a table lacks an asset it could have."""
    paths = paths_or_here(arguments)
    settings = settings_of(arguments, paths)
    with account(settings) as purview_account:
        scanned = read(arguments, paths, settings)
        report = report_of(scanned, purview_account, settings)
    listing = ResolutionListing(report, with_resolved=not arguments.report)
    deliver(listing, chosen_format(arguments, RESOLUTION_FORMATS), arguments.output)
    say(render_summary(scanned.graph))
    failing = any(row.table.outcome is not Unresolved.NO_ASSET for row in report.hanging)
    return _FINDINGS if failing and settings.purview.missing == MissingPolicy.FAIL else 0
