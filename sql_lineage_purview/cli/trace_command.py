"""`trace --classification NAME [PATH…]`: every column that classified data reaches.

It can be proposed or added there.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..project.connecting.catalogues import map_of_scan
from ..purview import CatalogueResolver
from ..purview.checking.classification_trace import Trace, trace
from ..purview.purview_errors import NotFoundError
from ..render.counting import counted
from ..render.publication.publication_formats import PROPOSAL_FORMATS, TRACE_FORMATS
from ..render.publication.trace_report import TraceReport
from ..render.scan_summary import render_summary
from .console import CommandError, agreed, can_ask, say
from .delivery import deliver
from .output import add_output_arguments, chosen_format
from .paths import add_optional_paths_argument, paths_or_here
from .publishing import catalogue
from .scan_options import add_reading_arguments, read, settings_of

if TYPE_CHECKING:
    import argparse

    from ..purview.account.client import DataMapClient


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_optional_paths_argument(parser)
    parser.add_argument(
        "--classification",
        metavar="NAME",
        required=True,
        help="the classification to follow, such as MICROSOFT.PERSONAL.EMAIL",
    )
    add_output_arguments(parser, TRACE_FORMATS)
    parser.add_argument(
        "--propose",
        metavar="FILE",
        type=Path,
        help="write the columns that should bear it to a file (JSON)",
    )
    parser.add_argument(
        "--apply", action="store_true", help="add it to these columns in the account; asks first"
    )
    parser.add_argument("--yes", action="store_true", help="add it without asking")
    add_reading_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Only columns that are reached for certain are proposed, and given the classification.

    Raises:
        CommandError: nobody can be asked, or the account has no such classification.
    """
    if arguments.apply and not arguments.yes and not can_ask():
        raise CommandError(
            "trace --apply asks before it writes, and there is no terminal to ask on. Add --yes."
        )
    paths = paths_or_here(arguments)
    settings = settings_of(arguments, paths)
    with catalogue(settings) as client:
        scanned = read(arguments, paths, settings)
        resolver = CatalogueResolver(client, map_of_scan(scanned, settings))
        try:
            traced = trace(scanned.graph, resolver, client, arguments.classification)
        except NotFoundError:
            remedy = "Write its name as the portal shows it, in capitals where it has them."
            raise CommandError(
                f"the account has no classification {arguments.classification}. {remedy}"
            ) from None
        report = TraceReport(traced, scanned.graph)
        deliver(report, chosen_format(arguments, TRACE_FORMATS), arguments.output)
        if arguments.propose:
            deliver(traced, PROPOSAL_FORMATS.default, arguments.propose)
            say(f"{counted(len(traced.proposed), 'column')} proposed in {arguments.propose}.")
        if arguments.apply and traced.proposed:
            _apply(traced, client, confirm=not arguments.yes)
    say(render_summary(scanned.graph))
    return 0


def _apply(traced: Trace, client: DataMapClient, *, confirm: bool) -> None:
    say(
        f"Add {traced.classification} to "
        f"{counted(len(traced.proposed), 'column')}?" + (" Answer yes or no." if confirm else "")
    )
    if confirm and not agreed():
        say("Nothing was written.")
        return
    client.classify(
        traced.classification, [row.entity.guid for row in traced.proposed if row.entity]
    )
    say(f"{traced.classification} was added to {counted(len(traced.proposed), 'column')}.")
