"""`push PATH…`: publish the lineage; shows the plan first, and asks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..project.publishing.plans import journal_of, push_options
from ..purview import Plan, PushOptions, PushResult, open_plan, push
from ..purview.pushing.apply import check_policies
from ..render.counting import counted
from ..render.publication.plan_text import place_of
from ..render.publication.publication_formats import PLAN_FORMATS, PUSH_FORMATS
from ..render.publication.push_report import PushReport
from .console import CommandError, Progress, agreed, can_ask, say
from .delivery import deliver
from .paths import add_optional_paths_argument, paths_or_here
from .publishing import add_detail_argument, add_planning_arguments, catalogue
from .scan_options import add_reading_arguments, read, settings_of, typed
from .watching import add_shrink_argument, fails_on_shrink, planned, pushed, saved_plan

if TYPE_CHECKING:
    import argparse

    from ..project.configuring.settings import Settings
    from ..purview.account.client import DataMapClient

_SHRUNK = 1
_PARTLY = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_optional_paths_argument(parser)
    parser.add_argument("--yes", action="store_true", help="write without asking")
    parser.add_argument(
        "--plan",
        metavar="FILE",
        type=Path,
        help="apply exactly this plan, saved by plan --output; of PATH only the configuration is "
        "read then",
    )
    parser.add_argument(
        "--accept-shrink",
        action="store_true",
        help="the lineage is right to have shrunk: compare later runs with this push, and warn no "
        "longer",
    )
    add_detail_argument(parser)
    add_shrink_argument(parser, "write nothing and exit with 1")
    add_planning_arguments(parser)
    add_reading_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """What is not resolved is left out and said.

    A process that could not be written makes the exit code 3.

    Raises:
        CommandError: nobody can be asked, options exclude each other, or the lineage has shrunk
            where that is to stop it.
    """
    # before the scan, which may take minutes
    if not arguments.yes and not can_ask():
        raise CommandError(
            "push asks before it writes, and there is no terminal to ask on. Add --yes."
        )
    if arguments.accept_shrink and (arguments.plan or arguments.no_cache):
        raise CommandError(
            "--accept-shrink keeps the numbers of a scan in the cache. Push "
            "without --plan and --no-cache."
        )
    paths = list(arguments.paths) if arguments.plan else paths_or_here(arguments)
    settings = settings_of(arguments, paths)
    with catalogue(settings) as client:
        scanned = None if arguments.plan else read(arguments, paths, settings)
        if scanned is None:
            plan = saved_plan(arguments, _saved(arguments.plan, settings), settings)
        else:
            plan = planned(arguments, scanned, client, settings)
        if fails_on_shrink(arguments):
            remedy = "If the loss is right, accept it: push --accept-shrink."
            raise CommandError(f"the lineage has shrunk, so nothing was written. {remedy}", _SHRUNK)
        deliver(plan, PLAN_FORMATS.named("text") if arguments.verbose else PLAN_FORMATS.default)
        options = push_options(settings, Progress("Writing", "changes"), saved=scanned is None)
        # before the question: nobody is to agree to what will be refused
        check_policies(plan, options)
        changes = plan.counts().changes
        if changes and not (arguments.yes or _agreed(plan, changes)):
            say("Nothing was written.")
            return 0
        with arguments.record.step("push") as step:
            result = _pushed(plan, client, settings, options)
            step.numbers |= pushed(arguments, scanned, plan, settings, result)
    graph, source = (scanned.graph, typed(arguments)) if scanned else (None, str(arguments.plan))
    report = PushReport(plan, result, changes, graph, source)
    deliver(report, PUSH_FORMATS.default)
    return _PARTLY if result.failed or result.stopped else 0


def _saved(path: Path, settings: Settings) -> Plan:
    """The saved plan, which must be one of the configured owner where there is one."""
    try:
        plan = open_plan(path)
    except OSError as error:
        raise CommandError(
            f"{path}: the plan cannot be read ({error.strerror}). Make it with plan --output."
        ) from None
    owner = settings.purview.owner.strip()
    if "owner" in settings.configured and owner.casefold() != plan.owner.casefold():
        raise CommandError(
            f"{path}: the plan is one of {plan.owner}, and the configuration one "
            f"of {owner}. Make the plan again."
        )
    return plan


def _agreed(plan: Plan, changes: int) -> bool:
    deleted = plan.counts().delete
    aside = f", and delete {deleted} of them" if deleted else ""
    new = (
        f" and {counted(len(plan.placeholders), 'placeholder asset')}" if plan.placeholders else ""
    )
    say(
        f"Write {counted(changes, 'process', 'processes')}{new} to {place_of(plan)}{aside}? "
        "Answer yes or no."
    )
    return agreed()


def _pushed(
    plan: Plan, client: DataMapClient, settings: Settings, options: PushOptions
) -> PushResult:
    journal = journal_of(plan, settings)
    result = push(plan, client, options, journal=journal)
    if journal.problem:
        say(journal.problem)
    return result
