"""`scan PATH…`: derive the lineage and print it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from ..model.unread import not_told
from ..project.configuring.setting_rows import OptionGroup
from ..render.exchange.openlineage import render_openlineage
from ..render.graph_formats import GRAPH_FORMATS, UNREAD_FORMATS
from ..render.scan_summary import render_summary
from ..render.unread_listing import render_counts, render_unread
from .console import say
from .delivery import deliver
from .output import add_drawing_arguments, add_output_arguments, chosen_format
from .paths import add_optional_paths_argument, paths_or_here
from .scan_options import add_reading_arguments, read, say_findings, scene_of, settings_of
from .setting_options import add_setting_options

if TYPE_CHECKING:
    import argparse

    from ..model.graph import LineageGraph
    from ..project.configuring.settings import Settings
    from ..project.keeping.scan_result import Scan
    from ..render.format import Format


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_optional_paths_argument(parser)
    add_output_arguments(parser, GRAPH_FORMATS)
    add_setting_options(parser, OptionGroup.SCAN)
    parser.add_argument(
        "--not-read",
        action="store_true",
        help="list what the folders hold that moves data and is not followed, each with its kind "
        "(in place of the lineage, "
        "unless that is json or csv)",
    )
    add_drawing_arguments(parser)
    add_reading_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Gaps are reported and do not change the exit code: they are what `check` is for."""
    paths = paths_or_here(arguments)
    settings = settings_of(arguments, paths)
    result = read(arguments, paths, settings)
    form = _in_context(chosen_format(arguments, GRAPH_FORMATS), result, settings)
    listed = arguments.not_read and not form.is_data
    if listed:
        deliver(result.graph.not_read, UNREAD_FORMATS.default, arguments.output)
    else:
        scene = scene_of(result, arguments)
        deliver(result.graph, _kept(form, result), arguments.output, scene)
    # what is on the screen is not said twice
    if listed or arguments.output or form is not GRAPH_FORMATS.default:
        _say_all(result, arguments, listed=listed)
    return 0


def _say_all(result: Scan, arguments: argparse.Namespace, *, listed: bool) -> None:
    unread = render_unread(result.graph.not_read)
    say_findings(result, arguments)
    for line in unread.splitlines() if arguments.not_read and not listed else ():
        say(line)
    say(render_summary(result.graph))
    if counts := render_counts(not_told(result.graph.not_read)):
        hint = "" if arguments.not_read else "; --not-read lists them"
        say(f"not read: {counts}{hint}.")
    if arguments.output:
        say(f"Written to {arguments.output}.")


def _in_context(
    form: Format[LineageGraph], result: Scan, settings: Settings
) -> Format[LineageGraph]:
    """A format, with what its texts say beside the lineage."""
    if form.name != "openlineage":
        return form
    from .event_context import event_context  # noqa: PLC0415 - for events alone

    context = event_context(result, settings)
    return replace(form, render=lambda graph: render_openlineage(graph, context))


def _kept(form: Format[LineageGraph], result: Scan) -> Format[LineageGraph]:
    """A format whose text of this scan is kept for the next run; those for people are not."""
    texts = result.texts
    if texts is None or not form.is_data:
        return form
    return replace(form, render=lambda graph: texts.text(form.name, graph, form.render))
