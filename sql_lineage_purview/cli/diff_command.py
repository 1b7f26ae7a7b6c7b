"""`diff BASE [HEAD]`: what two states of a project differ in, and what breaks by it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from ..analysis.comparison.graph_comparison import GraphComparison, compare_graphs, comparison_of
from ..analysis.comparison.lineage_change import ImpactClass
from ..analysis.expansion import expanded
from ..library.node_selection import SelectionError, selected_nodes
from ..project.document_reading import read_document
from ..project.revision_scanning import changed_configurations, has_revision, scan_revision
from ..render.changes.comparison_formats import COMPARISON_FORMATS
from ..render.changes.comparison_report import ComparisonReport
from .console import CommandError, Progress, say
from .delivery import deliver
from .output import add_detail_arguments, add_output_arguments, chosen_format
from .paths import place_list
from .scan_options import add_reading_arguments, display, read, settings_of
from .scene import Scene
from .selectors import SELECTOR_HELP

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from ..analysis.selection import Node
    from ..model.graph import LineageGraph

_ANY = "any"
_DOCUMENT = ".json"
_NEVER = "never"


class ProjectState(Struct, frozen=True):
    """A state that was named: its lineage, and the root of its paths where it lies on the disk.

    `in_repository`: is it a revision, or the files as they are?
    """

    name: str
    graph: LineageGraph
    root: Path | None = None
    in_repository: bool = False


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    state = "a revision of git, a folder, or a saved lineage document (.json)"
    parser.add_argument(
        "base",
        metavar="BASE",
        nargs="?",
        default="HEAD",
        help=f"the state before: {state} (default: HEAD, the last commit)",
    )
    parser.add_argument(
        "head",
        metavar="HEAD",
        nargs="?",
        help="the state now, likewise (default: the files as they are)",
    )
    parser.add_argument(
        "--path",
        metavar="PATH",
        dest="paths_of_state",
        type=Path,
        action="append",
        default=[],
        help="what is read of a revision, and of the files as they are (default: the current "
        "folder; may be repeated)",
    )
    parser.add_argument(
        "--select",
        metavar="SELECTOR",
        help=f"only what changes of {SELECTOR_HELP}",
    )
    parser.add_argument(
        "--fail-on",
        choices=(ImpactClass.BREAKING.value, ImpactClass.RISKY.value, _ANY, _NEVER),
        default=_NEVER,
        help="the exit code is 1 where there is a change of this class or a worse one "
        f"(default: {_NEVER})",
    )
    add_output_arguments(parser, COMPARISON_FORMATS)
    add_detail_arguments(parser, "show all changes, users and paths, as -o does")
    add_reading_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Read both states, and compare them; 1 where `--fail-on` says so.

    Raises:
        CommandError: a state cannot be read, or is a live database.
    """
    if arguments.from_database:
        remedy = "Save its lineage by `scan --from-database … --format json -o FILE`."
        raise CommandError(f"diff reads no live database. {remedy}")
    paths = arguments.paths_of_state or [Path()]
    head = _state(arguments, arguments.head, paths)
    base = _state(arguments, arguments.base, paths)
    settings = settings_of(arguments, paths)
    comparison = compare_graphs(base.graph, head.graph, case_sensitive=settings.case_sensitive)
    if arguments.select:
        comparison = comparison_of(comparison, _selected(arguments.select, base, head))
    root = head.root

    def shown(path: str) -> str:
        return display(root, path) if root else path

    configurations = (
        changed_configurations(paths[0], base.name, arguments.head)
        if base.in_repository and head.in_repository
        else []
    )
    in_full = bool(arguments.verbose or arguments.output)
    report = ComparisonReport(comparison, base.name, head.name, shown, in_full, configurations)
    # paths can be opened from the current folder
    scene = Scene(Path.cwd(), ascii_only=arguments.ascii)
    deliver(report, chosen_format(arguments, COMPARISON_FORMATS), arguments.output, scene)
    return 1 if _fails(comparison, arguments.fail_on) else 0


def _selected(text: str, base: ProjectState, head: ProjectState) -> list[Node]:
    """What a selector selects in one of the states, or in both.

    Raises:
        SelectionError: nothing.
    """
    nodes: list[Node] = []
    refused: list[SelectionError] = []
    for state in (head, base):
        try:
            nodes += expanded(state.graph, selected_nodes(state.graph, text))
        except SelectionError as error:
            refused.append(error)
    if not nodes:
        raise refused[0]
    return nodes


def _fails(comparison: GraphComparison, limit: str) -> bool:
    if limit == _NEVER or comparison.worst is None:
        return False
    impacts = list(ImpactClass)
    return limit == _ANY or impacts.index(comparison.worst) <= impacts.index(ImpactClass(limit))


def _state(arguments: argparse.Namespace, name: str | None, paths: Sequence[Path]) -> ProjectState:
    if name is None:
        result = read(arguments, paths, settings_of(arguments, paths))
        return ProjectState("the files as they are", result.graph, result.root, in_repository=True)
    place = Path(name)
    if place.suffix.lower() == _DOCUMENT and not place.is_dir():
        return ProjectState(name, read_document(place))
    if place.is_dir():
        _require_one_meaning(name, paths)
        result = read(arguments, [place], settings_of(arguments, [place]))
        return ProjectState(name, result.graph, result.root)
    return _revision(arguments, name, paths)


def _require_one_meaning(name: str, paths: Sequence[Path]) -> None:
    is_path = name.startswith((".", "/")) or any(mark in name for mark in "\\:")
    if not is_path and has_revision(paths[0], name):
        raise CommandError(
            f"{name} is a folder, and a revision of git too. Write ./{name} for the folder, "
            f"refs/heads/{name} for the branch."
        )


def _revision(arguments: argparse.Namespace, name: str, paths: Sequence[Path]) -> ProjectState:
    settings = settings_of(arguments, paths)
    with arguments.record.step("scan"):
        result = scan_revision(
            paths,
            settings,
            name,
            # two revisions are compared by themselves; the files as they are have what git ignores
            with_ignored=arguments.head is None,
            use_cache=not arguments.no_cache,
            progress=Progress(),
        )
    for entry in result.skipped:
        say(f"Skipped {entry.path} of {name}: {entry.reason}.")
    if not result.graph.files:
        say(f"No .sql files in {place_list(paths)} of {name}.")
    return ProjectState(name, result.graph, result.root, in_repository=True)
