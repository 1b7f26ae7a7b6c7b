"""What `plan` and `push` share: from scripts to a plan, its text, and errors of the network."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from .. import __version__
from ..emulator import EmulatorError
from ..project.catalogues import EMULATOR, database_map, open_catalogue, target_of
from ..purview import Action, CatalogueResolver, PurviewError, make_plan
from ..purview.errors import BadEndpointError, BadPlanError
from ..render.one_line import one_line
from .console import CommandError
from .reading import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..model.graph import LineageGraph
    from ..project.settings import Settings
    from ..purview import Plan
    from ..purview.client import DataMapClient
    from ..purview.plan import PlannedProcess

_NETWORK = 3
_MARKS = {Action.CREATE: "+", Action.UPDATE: "~"}


@contextmanager
def catalogue(settings: Settings) -> Iterator[DataMapClient]:
    """The configured catalogue; what goes wrong with it becomes a line and the exit code 3 (2 where a setting is wrong)."""
    try:
        with open_catalogue(settings) as client:
            yield client
    except (BadEndpointError, BadPlanError, EmulatorError) as error:
        raise CommandError(str(error)) from error
    except PurviewError as error:
        raise CommandError(str(error), _NETWORK) from error


def plan_of(graph: LineageGraph, client: DataMapClient, settings: Settings) -> Plan:
    """What a push of the graph would change."""
    resolver = CatalogueResolver(client, database_map(settings))
    return make_plan(graph, resolver, client, owner=target_of(settings).owner, tool_version=__version__)


def render_plan(plan: Plan) -> str:
    """A plan for a person: what would be written, what could not be resolved, and what is left out for that."""
    lines = [f"Plan for {place_of(plan)}, owner {plan.owner}"]
    for row in plan.changes:
        lines += _process(row)
    unchanged = len(plan.having(Action.UNCHANGED))
    lines.append(
        f"{counted(len(plan.having(Action.CREATE)), 'process', 'processes')} to create, "
        f"{len(plan.having(Action.UPDATE))} to update, {unchanged} unchanged."
    )
    lines += _resolution(plan)
    return "".join(f"{line}\n" for line in lines)


def place_of(plan: Plan) -> str:
    """The account as a person calls it."""
    return "the emulator" if plan.endpoint == f"http://{EMULATOR}" else plan.endpoint


def _process(row: PlannedProcess) -> list[str]:
    changes = f"  (changed: {', '.join(row.changes)})" if row.changes else ""
    lines = [f"  {_MARKS[row.action]} {one_line(row.process.name)}{changes}"]
    lines += [f"      from {one_line(ref.qualified_name)}" for ref in row.process.inputs]
    lines += [f"      to   {one_line(ref.qualified_name)}" for ref in row.process.outputs]
    return lines + [f"      without {one_line(name)}, which is not resolved" for name in row.left_out]


def _resolution(plan: Plan) -> list[str]:
    lines = []
    other = [row for row in plan.resolved if row.evidence != "exact"]
    lines.append(f"{counted(len(plan.resolved), 'table')} resolved{', these not by their exact name:' if other else '.'}")
    lines += [f"  {one_line(row.table)}: {row.evidence}, {one_line(row.asset.qualified_name)}" for row in other]
    if plan.unresolved:
        lines.append(f"{counted(len(plan.unresolved), 'table')} not resolved:")
    for table in plan.unresolved:
        lines.append(f"  {one_line(table.table)}: {table.outcome.value}, {one_line(table.reason)}")
        lines += [f"      candidate: {one_line(ref.qualified_name)} ({ref.type_name})" for ref in table.candidates]
    if plan.dropped:
        lines.append(f"{counted(len(plan.dropped), 'process', 'processes')} not published:")
        lines += [f"  {one_line(row.writer)} -> {one_line(row.table)}: {one_line(row.reason)}" for row in plan.dropped]
    return lines + [f"Note: {one_line(note)}" for note in plan.notes]
