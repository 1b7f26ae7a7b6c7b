"""`impact SELECTOR [PATH…]`: who uses a table, column or module, and what is downstream of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..analysis.expansion import expanded
from ..analysis.impact import impact_of
from ..analysis.use import UseKind
from ..render.impact_formats import IMPACT_FORMATS
from ..render.impact_report import ImpactReport
from .delivery import deliver
from .output import add_detail_arguments, add_output_arguments, chosen_format
from .paths import add_optional_paths_argument, paths_or_here
from .scan_options import add_reading_arguments, read, scene_of, settings_of
from .selectors import SELECTOR_HELP, add_tag_arguments, check_order, selected
from .setting_options import count

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Mapping, Sequence

    from ..analysis.impact import Impact
    from ..project.configuring.settings import Settings
    from ..project.keeping.scan_result import Scan
    from ..render.impact_report import TouchedAsset

# lines of a section on a screen
_MOST = 10


def _does(kind: UseKind) -> Callable[[Impact], bool]:
    return lambda impact: any(kind in use.kinds for use in impact.uses)


# What may be so counts: whoever asks is about to change the object.
_REASONS: Mapping[str, Callable[[Impact], bool]] = {
    "any": lambda impact: impact.is_used,
    "read": lambda impact: impact.reads,
    "write": lambda impact: impact.writes,
    "filter": _does(UseKind.FILTERS),
    "join": _does(UseKind.JOINS),
    "call": lambda impact: bool(impact.calls) or _does(UseKind.CALLS)(impact),
    "downstream": lambda impact: bool(impact.tables_downstream),
    "gap": lambda impact: bool(impact.hidden),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("selector", metavar="SELECTOR", help=SELECTOR_HELP)
    add_optional_paths_argument(parser)
    parser.add_argument(
        "--depth", metavar="N", type=count, help="follow at most N edges downstream"
    )
    parser.add_argument(
        "--fail-on",
        action="append",
        choices=tuple(_REASONS),
        default=[],
        help="exit with 1 where something does so with it, or may (may be repeated)",
    )
    add_output_arguments(parser, IMPACT_FORMATS)
    add_detail_arguments(parser, "show all lines of each section, as -o does")
    add_tag_arguments(parser)
    add_reading_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """An empty answer says whether anything could hide a use."""
    paths = paths_or_here(arguments)
    check_order(arguments.selector, paths)
    settings = settings_of(arguments, paths)
    result = read(arguments, paths, settings)
    graph = result.graph
    nodes = expanded(graph, selected(result, settings, arguments.selector))
    impact = impact_of(graph, nodes, arguments.depth)
    form = chosen_format(arguments, IMPACT_FORMATS)
    most = None if arguments.verbose or arguments.output else _MOST
    assets = _assets(result, settings, impact) if settings.purview.assets else ()
    report = ImpactReport(impact, graph, arguments.selector, most, assets)
    deliver(report, form, arguments.output, scene_of(result, arguments))
    return int(any(_REASONS[reason](impact) for reason in arguments.fail_on))


def _assets(result: Scan, settings: Settings, impact: Impact) -> Sequence[TouchedAsset]:
    from .touched_assets import touched_assets  # noqa: PLC0415 - for those alone who have a snapshot

    return touched_assets(result, settings, impact)
