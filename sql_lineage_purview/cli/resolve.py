"""`resolve PATH…`: which assets of the catalogue the tables are; `--report` ranks those that are none."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..project.configuring.setting_rows import OptionGroup
from ..project.publishing.resolving import report_of
from ..purview import MissingPolicy
from ..purview.planning.plan_document import Unresolved
from ..render.publication.resolution_json import render_resolution_json
from ..render.publication.resolution_listing import ResolutionListing
from ..render.publication.resolution_text import render_resolution_text
from ..render.scan_summary import render_summary
from .console import deliver, say
from .output import add_output_argument
from .publishing import account
from .reading import add_reading_arguments, named_paths, read, settings_of
from .setting_options import add_setting_option, add_setting_options

if TYPE_CHECKING:
    import argparse

_FINDINGS = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "paths",
        metavar="PATH",
        nargs="*",
        type=Path,
        help="a folder of scripts, a script, a .dacpac or a snapshot; needed unless --from-database is given",
    )
    parser.add_argument(
        "--report", action="store_true", help="list only the tables that have no asset, those with the most lineage first"
    )
    add_setting_option(parser, "missing", "fail: end with exit code 1 where tables have no asset (default: {default})")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print it (default: text)")
    add_output_argument(parser)
    add_setting_options(parser, OptionGroup.ASSETS)
    add_reading_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0, and 1 where `missing` is `fail` and a table has no asset although it could have one."""
    paths = named_paths(arguments)
    settings = settings_of(arguments, paths)
    with account(settings) as purview_account:
        scanned = read(arguments, paths, settings)
        report = report_of(scanned, purview_account, settings)
    listing = ResolutionListing(report, with_resolved=not arguments.report)
    data = arguments.format == "json"
    deliver(render_resolution_json(listing) if data else render_resolution_text(listing), arguments.output, exact=data)
    say(render_summary(scanned.graph))
    failing = any(row.table.outcome is not Unresolved.NO_ASSET for row in report.hanging)
    return _FINDINGS if failing and settings.purview.missing == MissingPolicy.FAIL else 0
