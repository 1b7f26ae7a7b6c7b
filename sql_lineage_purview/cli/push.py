"""`push PATH…`: publish the lineage; shows the plan first, and asks."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ..purview import PushResult, push
from ..render.one_line import one_line
from .console import CommandError, deliver, say
from .publishing import catalogue, place_of, plan_of, render_plan
from .reading import add_reading_arguments, counted, gaps, named_paths, read, settings_of, summary, typed

if TYPE_CHECKING:
    import argparse

    from ..project.scan import Scan
    from ..project.settings import Settings
    from ..purview import Plan
    from ..purview.client import DataMapClient

_PARTLY = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "paths", metavar="PATH", nargs="*", type=Path, help="a folder of scripts, a script, a .dacpac or a snapshot"
    )
    parser.add_argument("--yes", action="store_true", help="write without asking")
    add_reading_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """What is not resolved is left out and said; a process that could not be written makes the exit code 3."""
    if not arguments.yes and not sys.stdin.isatty():
        raise CommandError("push asks before it writes, and there is no terminal to ask on. Add --yes.")
    paths = named_paths(arguments)
    settings = settings_of(arguments, paths)
    with catalogue(settings) as client:
        scanned = read(arguments, paths, settings)
        plan = plan_of(scanned.graph, client, settings)
        deliver(render_plan(plan), None)
        if plan.changes and not (arguments.yes or _agreed(plan)):
            say("Nothing was written.")
            return 0
        result = _pushed(plan, client, settings)
    deliver(_closing(arguments, scanned, plan, result), None)
    return _PARTLY if result.failed else 0


def _agreed(plan: Plan) -> bool:
    say(f"Write {counted(len(plan.changes), 'process', 'processes')} to {place_of(plan)}? Answer yes or no.")
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _pushed(plan: Plan, client: DataMapClient, settings: Settings) -> PushResult:
    size = settings.purview.batch_size
    return push(plan, client, bulk_size=size) if size else push(plan, client)


def _closing(arguments: argparse.Namespace, scanned: Scan, plan: Plan, result: PushResult) -> str:
    """The closing summary: what was read and found, what was written, what is missing and why."""
    lines = ["", "Summary", f"  {summary(scanned)}"]
    if gaps(scanned):
        lines.append(f"  The gaps are listed by: sql-lineage-purview check {typed(arguments)}")
    lines.append(
        f"  Processes: {len(result.created)} created, {len(result.updated)} updated, {len(result.unchanged)} unchanged, "
        f"{len(plan.dropped)} not published."
    )
    if not scanned.graph.table_lineage:
        lines.append("  Nothing to publish: the scripts move no data from one table to another.")
    elif not plan.changes:
        lines.append("  Nothing to do: the catalogue holds all of this lineage.")
    if result.failed:
        lines.append(f"  Refused: {counted(len(result.failed), 'process', 'processes')}")
        lines += [f"    {one_line(failure.qualified_name)}: {one_line(failure.reason)}" for failure in result.failed]
    if plan.unresolved:
        lines.append(f"  Not resolved: {counted(len(plan.unresolved), 'table')}")
        lines += [f"    {one_line(row.table)}: {row.outcome.value}, {one_line(row.reason)}" for row in plan.unresolved]
    return "".join(f"{line}\n" for line in lines)
