"""One thing of each kind that can be rendered.

Each bears a name, and stands here with nothing in it, too.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

from sql_lineage_purview.analysis.comparison.graph_comparison import compare_graphs
from sql_lineage_purview.analysis.hidden_uses import HiddenUses
from sql_lineage_purview.analysis.impact import impact_of
from sql_lineage_purview.model.diagnostics import RULES, Diagnostic, Span
from sql_lineage_purview.model.graph import (
    Column,
    ColumnEdge,
    Gaps,
    LineageGraph,
    ScannedFile,
    Table,
    TableEdge,
)
from sql_lineage_purview.model.names import Name
from sql_lineage_purview.model.unread import Unread, UnreadKind
from sql_lineage_purview.model.vocabulary import Certainty, EdgeType, Subtype, TableKind
from sql_lineage_purview.purview import Plan, PlannedAction, PushResult
from sql_lineage_purview.purview.account.assets import Asset, AssetRef, Evidence, Found
from sql_lineage_purview.purview.account.entities import ColumnEntity
from sql_lineage_purview.purview.account.processes import Change, Process
from sql_lineage_purview.purview.checking.checkup import Finding, Health
from sql_lineage_purview.purview.checking.classification_trace import Trace, TracedColumn
from sql_lineage_purview.purview.checking.drift import Drift, DriftKind
from sql_lineage_purview.purview.checking.reach import ColumnTrace, Reached
from sql_lineage_purview.purview.planning.plan_document import (
    PlannedProcess,
    ResolvedTable,
    Unresolved,
    UnresolvedTable,
)
from sql_lineage_purview.purview.planning.resolve_report import Hanging, ResolveReport
from sql_lineage_purview.purview.pushing.push_options import Failure
from sql_lineage_purview.render import (
    diagnostic_formats,
    graph_formats,
    impact_formats,
    rule_formats,
    snapshot_formats,
    table_formats,
)
from sql_lineage_purview.render.changes import comparison_formats
from sql_lineage_purview.render.changes.comparison_report import ComparisonReport
from sql_lineage_purview.render.diagnostic_listing import ShownDiagnostic, SourceLine
from sql_lineage_purview.render.impact_report import ImpactReport
from sql_lineage_purview.render.lineage_answer import LineageAnswer
from sql_lineage_purview.render.lineage_tree import LineageRequest
from sql_lineage_purview.render.publication import publication_formats
from sql_lineage_purview.render.publication.drift_report import DriftReport
from sql_lineage_purview.render.publication.push_report import PushReport
from sql_lineage_purview.render.publication.resolution_listing import ResolutionListing
from sql_lineage_purview.render.publication.trace_report import TraceReport
from sql_lineage_purview.render.table_list import TableList
from sql_lineage_purview.render.tree_steps import Direction

from .graphs import statement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sql_lineage_purview.render.format import FormatTable

Row: TypeAlias = "tuple[FormatTable[Any], Sequence[Any]]"
ENDPOINT = "https://acct.purview.azure.com"
CLASSIFICATION = "MICROSOFT.PERSONAL.EMAIL"


def graph_of(name: str) -> LineageGraph:
    """A table and a column of this name, fed by another."""
    source, target = Name(("dbo", "s")), Name(("dbo", name))
    edge = ColumnEdge(
        Column(source, name),
        Column(target, name),
        Subtype.IDENTITY,
        Certainty.EXACT,
        ("etl/load.sql#1",),
    )
    return LineageGraph(
        files=(ScannedFile("etl/load.sql", "utf-8", 1, 1, Gaps()),),
        tables=tuple(Table(table, TableKind.TABLE, (name,), None) for table in (source, target)),
        statements=(statement(1),),
        table_lineage=(TableEdge(source, target, EdgeType.DIRECT, ("etl/load.sql#1",)),),
        column_lineage=(edge,),
    )


def asset_of(name: str) -> AssetRef:
    return AssetRef(f"mssql://srv/Dw/dbo/{name}", "azure_sql_table", "1")


def unresolved_of(name: str) -> UnresolvedTable:
    return UnresolvedTable(
        f"dbo.{name}", Unresolved.AMBIGUOUS, f"{name} is twice", (asset_of(name),)
    )


def plan_of(name: str) -> Plan:
    qualified_name = f"sql-lineage-purview://team/{name}"
    process = Process(
        qualified_name,
        name,
        (asset_of("s"),),
        (asset_of(name),),
        column_mapping="[]",
        sql_text="",
        module=name,
        file_path="etl/load.sql",
        line_range="1-2",
        certainty="EXACT",
        tool_version="1",
    )
    rows = (
        PlannedProcess(PlannedAction.CREATE, process),
        PlannedProcess(PlannedAction.UPDATE, process, (Change("description", "x", name),)),
        PlannedProcess(PlannedAction.DELETE, process, reason=name),
    )
    return Plan(
        ENDPOINT,
        f"team {name}",
        processes=rows,
        resolved=(ResolvedTable(f"dbo.{name}", "exact", asset_of(name)),),
        unresolved=(unresolved_of(name),),
        notes=(f"{name} is new",),
    )


def report_of(name: str) -> ResolveReport:
    resolution = Found(Asset(asset_of(name), (name,)), Evidence.EXACT)
    return ResolveReport(
        ((f"dbo.{name}", resolution),),
        (Hanging(unresolved_of(name), 1, 2, 3, 4, 5),),
        1,
        2,
        (name,),
    )


def trace_of(name: str) -> Trace:
    graph = graph_of(name)
    [edge] = graph.column_lineage
    reached = Reached(edge.target, edge.source, (edge,), certain=True)
    column = TracedColumn(
        reached, asset_of(name), ColumnEntity("2", name, frozenset()), classified=False
    )
    return Trace(
        CLASSIFICATION, (edge.source,), (column,), 1, more_entities=True, unsearched=(name,)
    )


def subjects(name: str) -> dict[str, tuple[FormatTable[Any], Sequence[Any]]]:
    """For each table of formats, by its noun.

    Things that bear the name, and such that hold nothing.
    """
    rows = [*_scanned(name), *_compared(name), *_explained(name), *_planned(name), *_checked(name)]
    return {table.noun: (table, things) for table, things in rows}


def _scanned(name: str) -> list[Row]:
    graph = graph_of(name)
    request = LineageRequest(graph, Column(graph.table_lineage[0].target, None), Direction.UP)
    lists = [TableList(row.tables, why) for row in (graph, LineageGraph()) for why in (True, False)]
    return [
        (graph_formats.GRAPH_FORMATS, (graph, LineageGraph())),
        (graph_formats.UNREAD_FORMATS, ((Unread(UnreadKind.DATA_FLOW, 1, (name,)),), ())),
        (graph_formats.LINEAGE_FORMATS, (LineageAnswer((request,)),)),
        (table_formats.TABLE_FORMATS, lists),
        (impact_formats.IMPACT_FORMATS, [_impact_of(graph), _impact_of(LineageGraph())]),
    ]


def _impact_of(graph: LineageGraph) -> ImpactReport:
    nodes = [Column(table.name, None) for table in graph.tables]
    return ImpactReport(impact_of(graph, nodes), graph)


def _compared(name: str) -> list[Row]:
    """A name that appears, one that goes, one beside a gap, and nothing that changes."""
    graph, empty = graph_of(name), LineageGraph()
    gap = Diagnostic("SLP201", f"{name}: no such column", Span(), f"{name}.sql")
    pairs = ((empty, graph), (graph, empty), (graph, replace(graph, diagnostics=(gap,))))
    reports = [
        ComparisonReport(compare_graphs(base, head), name, name)
        for base, head in (*pairs, (empty, empty))
    ]
    return [(comparison_formats.COMPARISON_FORMATS, reports)]


def _explained(name: str) -> list[Row]:
    span = Span(1, 1, 1, 2)
    finding = Diagnostic(
        "SLP101", f"what is {name}", span, f"{name}.sql", statement=f"FROB\n{name}"
    )
    shown = ShownDiagnostic(finding, name, SourceLine(name))
    return [
        (diagnostic_formats.DIAGNOSTIC_FORMATS, ((shown,), ())),
        (rule_formats.RULES_FORMATS, ((RULES["SLP101"],), tuple(RULES.values()))),
    ]


def _planned(name: str) -> list[Row]:
    plan, empty = plan_of(name), Plan(ENDPOINT, "team")
    done = PushResult(created=(name,), failed=(Failure(name, f"{name} is refused"),), stopped=name)
    pushes = (
        PushReport(plan, done, 3, graph_of(name), name),
        PushReport(empty, PushResult(), 0, None, "plan.json"),
    )
    snapshots = [
        f'{{\n "{kind}_version": 1, "{name}": 2}}\n' for kind in ("snapshot", "asset_snapshot")
    ]
    return [
        (snapshot_formats.SNAPSHOT_FORMATS, snapshots),
        (publication_formats.PLAN_FORMATS, (plan, empty)),
        (publication_formats.PUSH_FORMATS, pushes),
    ]


def _checked(name: str) -> list[Row]:
    plan = plan_of(name)
    process = "sql-lineage-purview://team/x"
    missing = Drift(process, DriftKind.MISSING, f"no {name}", name)
    unnamed = Drift(process, DriftKind.FOREIGN, f"no {name}", process)
    drifts = [DriftReport(plan, rows) for rows in ((missing,), (unnamed,), ())]
    reports = (report_of(name), ResolveReport((), (), 0, 0))
    listings = [
        ResolutionListing(row, with_resolved=both) for row in reports for both in (True, False)
    ]
    trace, empty = trace_of(name), Trace(CLASSIFICATION, (), ())
    graph = graph_of(name)
    [edge] = graph.column_lineage
    named = ColumnTrace(
        name, (edge.source,), (Reached(edge.target, edge.source, (edge,), certain=False),)
    )
    gap = Diagnostic("SLP301", f"what is {name}", Span(), f"{name}.sql")
    hidden = HiddenUses((gap,), (Unread(UnreadKind.DATA_FLOW, 1, (name,)),), (edge.source.table,))
    traces = (
        TraceReport(graph, (trace,), hidden, is_single=True),
        TraceReport(graph, (named, trace), hidden, (name,)),
        TraceReport(LineageGraph(), (empty,)),
        TraceReport(LineageGraph(), ()),
    )
    finding = Finding("read", Health.FAILED, name, name, details=(name,))
    return [
        (publication_formats.DRIFT_FORMATS, drifts),
        (publication_formats.RESOLUTION_FORMATS, listings),
        (publication_formats.TRACE_FORMATS, traces),
        (publication_formats.PROPOSAL_FORMATS, (trace, empty)),
        (publication_formats.CHECKUP_FORMATS, (finding,)),
    ]
