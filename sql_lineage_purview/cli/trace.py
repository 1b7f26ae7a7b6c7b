"""`trace --classification NAME [PATH…]`: every column that classified data reaches; it can be proposed or added there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..model.printable import one_line, to_json
from ..project.connecting.catalogues import database_map
from ..purview import CatalogueResolver
from ..purview.checking.trace import Trace, TracedColumn, trace
from ..purview.errors import NotFoundError
from ..purview.resolving.spellings import MOST_HITS
from ..render.labels import label
from .console import CommandError, agreed, can_ask, deliver, say
from .output import add_output_argument
from .publishing import catalogue
from .reading import add_reading_arguments, counted, paths_or_here, read, settings_of, summary

if TYPE_CHECKING:
    import argparse

    from ..model.graph import ColumnEdge, LineageGraph
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
            report = trace(scanned.graph, resolver, client, arguments.classification)
        except NotFoundError:
            remedy = "Write its name as the portal shows it, in capitals where it has them."
            raise CommandError(f"the account has no classification {arguments.classification}. {remedy}") from None
        data = arguments.format == "json"
        deliver(_json(_document(report)) if data else _text(report, scanned.graph), arguments.output, exact=data)
        if arguments.propose:
            deliver(_json(_proposal(report)), arguments.propose, exact=True)
            say(f"{counted(len(report.proposed), 'column')} proposed in {arguments.propose}.")
        if arguments.apply and report.proposed:
            _apply(report, client, confirm=not arguments.yes)
    say(summary(scanned))
    return 0


def _apply(report: Trace, client: DataMapClient, *, confirm: bool) -> None:
    say(f"Add {report.classification} to {counted(len(report.proposed), 'column')}?" + (" Answer yes or no." if confirm else ""))
    if confirm and not agreed():
        say("Nothing was written.")
        return
    client.classify(report.classification, [row.entity.guid for row in report.proposed if row.entity])
    say(f"{report.classification} was added to {counted(len(report.proposed), 'column')}.")


def _text(report: Trace, graph: LineageGraph) -> str:
    lines = [f"{report.classification} is borne by {counted(len(report.origins), 'column')} of the scan"]
    lines += [f"  {one_line(label(origin))}" for origin in report.origins]
    if report.other_entities:
        least = "at least " if report.more_entities else ""
        others = counted(report.other_entities, "asset or column", "assets or columns")
        lines.append(f"  and by {least}{others} that the scan does not know")
    lines += [
        f"  More than {MOST_HITS} bear it below {one_line(place)}: what bears it there only through a derived classification may "
        "be missing"
        for place in report.unsearched
    ]
    places = {statement.id: f"{statement.path}:{statement.line}" for statement in graph.statements}
    lines.append(f"It reaches {counted(len(report.columns), 'column')}{':' if report.columns else ''}")
    for row in report.columns:
        lines.append(f"  {one_line(label(row.reached.column))}  {_state(row)}")
        lines += [f"      {one_line(_step(edge, places))}" for edge in row.reached.path]
    proposed = len(report.proposed)
    lines.append(f"{counted(proposed, 'column')} should bear it and {'does' if proposed == 1 else 'do'} not.")
    return "".join(f"{line}\n" for line in lines)


def _state(row: TracedColumn) -> str:
    doubt = "" if row.reached.certain else ", perhaps"
    if row.classified:
        return f"bears it{doubt}"
    if row.asset is None:
        return f"no asset{doubt}"
    return f"{'does not bear it' if row.entity else 'not in the catalogue'}{doubt}"


def _step(edge: ColumnEdge, places: dict[str, str]) -> str:
    place = next((places[name] for name in edge.statements if name in places), "")
    return f"{label(edge.source)} -> {label(edge.target)}  {edge.subtype.value}" + (f"  {place}" if place else "")


def _document(report: Trace) -> dict[str, Any]:
    return {
        "classification": report.classification,
        "origins": [label(origin) for origin in report.origins],
        "elsewhere": report.other_entities,
        "more_elsewhere": report.more_entities,
        "unsearched": list(report.unsearched),
        "columns": [
            {
                "column": label(row.reached.column),
                "asset": row.asset.qualified_name if row.asset else None,
                "certain": row.reached.certain,
                "classified": row.classified,
                "proposed": row.proposed,
                "way": [[label(edge.source), edge.subtype.value, label(edge.target)] for edge in row.reached.path],
            }
            for row in report.columns
        ],
    }


def _proposal(report: Trace) -> dict[str, Any]:
    rows = [
        {"guid": row.entity.guid, "asset": row.asset.qualified_name, "column": row.entity.name}
        for row in report.proposed
        if row.entity and row.asset
    ]
    return {"classification": report.classification, "columns": rows}


def _json(document: dict[str, Any]) -> str:
    return to_json(document, indent=2) + "\n"
