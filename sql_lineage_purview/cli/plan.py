"""`plan PATH…`: what a push would change, without changing it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from .console import deliver, say
from .publishing import catalogue, plan_of, render_plan
from .reading import add_reading_arguments, named_paths, read, settings_of, summary

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "paths", metavar="PATH", nargs="*", type=Path, help="a folder of scripts, a script, a .dacpac or a snapshot"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print the plan (default: text)")
    parser.add_argument("-o", "--output", metavar="FILE", type=Path, help="write to a file (UTF-8) instead of stdout")
    add_reading_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """A plan with unresolved tables is a plan: they are listed, and the exit code is 0."""
    paths = named_paths(arguments)
    settings = settings_of(arguments, paths)
    with catalogue(settings) as client:
        result = read(arguments, paths, settings)
        plan = plan_of(result.graph, client, settings)
    data = arguments.format == "json"
    deliver(plan.to_json() if data else render_plan(plan), arguments.output, exact=data)
    say(summary(result))
    return 0
