"""`scan PATH…`: derive the lineage and print it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..project.configuring.setting_rows import OptionGroup
from ..render.formats import FORMATS
from ..render.scan_summary import render_summary
from ..render.unread import render_counts, render_unread
from .console import deliver, say
from .output import add_output_argument
from .reading import add_reading_arguments, named_paths, read, say_findings, settings_of
from .setting_options import add_setting_options

if TYPE_CHECKING:
    import argparse

_DATA = ("json", "csv")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "paths",
        metavar="PATH",
        nargs="*",
        type=Path,
        help="a folder of scripts, a script, a .dacpac or a snapshot; needed unless --from-database is given",
    )
    parser.add_argument("--format", choices=FORMATS, default="tree", help="how to print the lineage (default: tree)")
    add_output_argument(parser)
    add_setting_options(parser, OptionGroup.SCAN)
    parser.add_argument(
        "--not-read",
        action="store_true",
        help="list what the folders hold that moves data and is not followed, each with its kind (in place of the lineage, "
        "unless that is json or csv)",
    )
    add_reading_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Gaps are reported and do not change the exit code: they are what `check` is for."""
    paths = named_paths(arguments)
    settings = settings_of(arguments, paths)
    result = read(arguments, paths, settings)
    unread = render_unread(result.graph.not_read)
    listed = arguments.not_read and arguments.format not in _DATA
    deliver(unread if listed else FORMATS[arguments.format](result.graph), arguments.output, exact=arguments.format in _DATA)
    say_findings(result, arguments)
    for line in unread.splitlines() if arguments.not_read and not listed else ():
        say(line)
    say(render_summary(result.graph))
    if unread:
        say(f"not read: {render_counts(result.graph.not_read)}{'' if arguments.not_read else '; --not-read lists them'}.")
    if arguments.output:
        say(f"Written to {arguments.output}.")
    return 0
