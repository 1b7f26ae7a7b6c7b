"""`verify PATH…`: does the account still hold what a push of these scripts leaves behind?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..purview.checking.drift import verify
from ..render.publication.drift_report import DriftReport
from ..render.publication.publication_formats import DRIFT_FORMATS
from ..render.scan_summary import render_summary
from .console import CommandError, say
from .delivery import deliver
from .output import add_output_arguments, chosen_format
from .paths import add_optional_paths_argument, paths_or_here
from .publishing import add_planning_arguments, catalogue
from .scan_options import add_reading_arguments, read, settings_of
from .watching import add_shrink_argument, fails_on_shrink, planned

if TYPE_CHECKING:
    import argparse

_DRIFT = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_optional_paths_argument(parser)
    add_output_arguments(parser, DRIFT_FORMATS)
    add_shrink_argument(parser, "exit with 1")
    add_planning_arguments(parser)
    add_reading_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0 without drift, 1 with.

    3 where the account does not answer, so that a scheduled job can tell them apart.

    Raises:
        CommandError: the scan has no files.
    """
    paths = paths_or_here(arguments)
    settings = settings_of(arguments, paths)
    with catalogue(settings) as client:
        scanned = read(arguments, paths, settings)
        # against an empty plan everything in the account would be a drift
        if not scanned.graph.files:
            raise CommandError(
                "there is nothing to hold against the account. Name the scripts that were pushed."
            )
        plan = planned(arguments, scanned, client, settings)
        with arguments.record.step("verify") as step:
            drifts = verify(plan, client)
            step.numbers["drifts"] = len(drifts)
    deliver(DriftReport(plan, drifts), chosen_format(arguments, DRIFT_FORMATS), arguments.output)
    say(render_summary(scanned.graph))
    return _DRIFT if drifts or fails_on_shrink(arguments) else 0
