"""`verify PATH…`: does the account still hold what a push of these scripts leaves behind?"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from ..model.printable import one_line, to_json
from ..purview.checking.verify import Drift, verify
from .console import CommandError, deliver, say
from .output import add_output_argument
from .publishing import add_planning_arguments, catalogue, place_of
from .reading import add_reading_arguments, counted, named_paths, read, settings_of, summary
from .watching import planned

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from ..purview import Plan

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
    data = arguments.format == "json"
    deliver(_document(plan, drifts) if data else _text(plan, drifts), arguments.output, exact=data)
    say(summary(scanned))
    return _DRIFT if drifts else 0


def _document(plan: Plan, drifts: Sequence[Drift]) -> str:
    rows = [{"process": row.qualified_name, "name": row.name, "kind": row.kind.value, "detail": row.detail} for row in drifts]
    document = {"endpoint": plan.endpoint, "owner": plan.owner, "drifts": rows}
    return to_json(document, indent=2) + "\n"


def _text(plan: Plan, drifts: Sequence[Drift]) -> str:
    left_out = f", but for {counted(len(plan.dropped), 'process', 'processes')} not published" if plan.dropped else ""
    lines = [f"{place_of(plan)}, owner {plan.owner}, holds what the scripts say{left_out}."] if not drifts else []
    for (name, qualified_name), rows in groupby(drifts, key=lambda row: (row.name, row.qualified_name)):
        lines.append(f"{one_line(name)}  ({one_line(qualified_name)})" if name != qualified_name else one_line(name))
        lines += [f"  {row.kind.value}: {one_line(row.detail)}" for row in rows]
    if drifts:
        number = len({row.qualified_name for row in drifts})
        lines.append(
            f"{counted(len(drifts), 'drift')} in {counted(number, 'process', 'processes')}. A push repairs what is missing or "
            "changed, push --prune deletes what is foreign."
        )
    return "".join(f"{line}\n" for line in lines)
