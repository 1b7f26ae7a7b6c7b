"""`verify PATH…`: does the account still hold what a push of these scripts leaves behind?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..purview.checking.verify import verify
from ..render.publication.drift_json import render_drift_json
from ..render.publication.drift_report import DriftReport
from ..render.publication.drift_text import render_drift_text
from ..render.scan_summary import render_summary
from .console import CommandError, deliver, say
from .output import add_output_argument
from .publishing import add_planning_arguments, catalogue
from .reading import add_reading_arguments, named_paths, read, settings_of
from .watching import planned

if TYPE_CHECKING:
    import argparse

_DRIFT = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "paths",
        metavar="PATH",
        nargs="*",
        type=Path,
        help="a folder of scripts, a script, a .dacpac or a snapshot; needed unless --from-database is given",
    )
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print the drifts (default: text)")
    add_output_argument(parser)
    add_planning_arguments(parser)
    add_reading_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0 without drift, 1 with; 3 where the account does not answer, so that a scheduled job can tell them apart."""
    paths = named_paths(arguments)
    settings = settings_of(arguments, paths)
    with catalogue(settings) as client:
        scanned = read(arguments, paths, settings)
        if not scanned.graph.files:
            raise CommandError("there is nothing to hold against the account. Name the scripts that were pushed.")
        plan = planned(arguments, scanned, client, settings)
        with arguments.record.step("verify") as step:
            drifts = verify(plan, client)
            step.numbers["drifts"] = len(drifts)
    report = DriftReport(plan, drifts)
    data = arguments.format == "json"
    deliver(render_drift_json(report) if data else render_drift_text(report), arguments.output, exact=data)
    say(render_summary(scanned.graph))
    return _DRIFT if drifts else 0
