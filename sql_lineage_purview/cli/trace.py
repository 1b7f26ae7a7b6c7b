"""`trace --classification NAME [PATH…]`: every column that classified data reaches; it can be proposed or added there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..project.connecting.catalogues import database_map
from ..purview import CatalogueResolver
from ..purview.checking.trace import Trace, trace
from ..purview.errors import NotFoundError
from ..render.counting import counted
from ..render.publication.trace_json import render_proposal_json, render_trace_json
from ..render.publication.trace_report import TraceReport
from ..render.publication.trace_text import render_trace_text
from ..render.scan_summary import render_summary
from .console import CommandError, agreed, can_ask, deliver, say
from .output import add_output_argument
from .publishing import catalogue
from .reading import add_reading_arguments, paths_or_here, read, settings_of

if TYPE_CHECKING:
    import argparse

    from ..purview.account.client import DataMapClient


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("paths", metavar="PATH", nargs="*", type=Path, help="what to scan (default: the current folder)")
    parser.add_argument(
        "--classification", metavar="NAME", required=True, help="the classification to follow, such as MICROSOFT.PERSONAL.EMAIL"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print what is reached (default: text)")
    add_output_argument(parser)
    parser.add_argument("--propose", metavar="FILE", type=Path, help="write the columns that should bear it to a file (JSON)")
    parser.add_argument("--apply", action="store_true", help="add it to these columns in the account; asks first")
    parser.add_argument("--yes", action="store_true", help="add it without asking")
    add_reading_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Only columns that are reached for certain are proposed, and given the classification."""
    if arguments.apply and not arguments.yes and not can_ask():
        raise CommandError("trace --apply asks before it writes, and there is no terminal to ask on. Add --yes.")
    paths = paths_or_here(arguments)
    settings = settings_of(arguments, paths)
    with catalogue(settings) as client:
        scanned = read(arguments, paths, settings)
        resolver = CatalogueResolver(client, database_map(settings, scanned.database))
        try:
            traced = trace(scanned.graph, resolver, client, arguments.classification)
        except NotFoundError:
            remedy = "Write its name as the portal shows it, in capitals where it has them."
            raise CommandError(f"the account has no classification {arguments.classification}. {remedy}") from None
        report = TraceReport(traced, scanned.graph)
        data = arguments.format == "json"
        deliver(render_trace_json(report) if data else render_trace_text(report), arguments.output, exact=data)
        if arguments.propose:
            deliver(render_proposal_json(traced), arguments.propose, exact=True)
            say(f"{counted(len(traced.proposed), 'column')} proposed in {arguments.propose}.")
        if arguments.apply and traced.proposed:
            _apply(traced, client, confirm=not arguments.yes)
    say(render_summary(scanned.graph))
    return 0


def _apply(traced: Trace, client: DataMapClient, *, confirm: bool) -> None:
    say(f"Add {traced.classification} to {counted(len(traced.proposed), 'column')}?" + (" Answer yes or no." if confirm else ""))
    if confirm and not agreed():
        say("Nothing was written.")
        return
    client.classify(traced.classification, [row.entity.guid for row in traced.proposed if row.entity])
    say(f"{traced.classification} was added to {counted(len(traced.proposed), 'column')}.")
