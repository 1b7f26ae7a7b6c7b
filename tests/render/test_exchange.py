"""Diagrams and events of OpenLineage: all that was selected, and names that stay text."""

from __future__ import annotations

import dataclasses
import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from sql_lineage_purview.model.graph import Declaration, LineageGraph
from sql_lineage_purview.model.names import parse_name
from sql_lineage_purview.render.csv_modules import render_modules_csv
from sql_lineage_purview.render.exchange.diagram import (
    MOST_BOXES,
    DiagramRequest,
    diagram_around,
    diagram_of,
)
from sql_lineage_purview.render.exchange.dot import render_dot
from sql_lineage_purview.render.exchange.event_names import NO_SERVER, EventNames
from sql_lineage_purview.render.exchange.mermaid import render_mermaid
from sql_lineage_purview.render.exchange.openlineage import EventContext, render_openlineage
from sql_lineage_purview.render.labels import label

from .graphs import SAMPLE, column, columns_graph, statement, tables_graph
from .subjects import graph_of

if TYPE_CHECKING:
    from collections.abc import Sequence

CHAIN = columns_graph(
    "dbo.a.x -> dbo.b.y IDENTITY", "dbo.b.y -> dbo.c.z JOIN", "dbo.b.* -> dbo.d.v IDENTITY PARTIAL"
)
HOSTILE = 'a"]; click n0 "javascript:alert(1)" <script> `x` \\N \n%% &lt;'
SERVERS = EventNames({"dw": ("tcp:Host.database.windows.net,1444", "DW")}, "dw")


def events(graph: LineageGraph, names: EventNames | None = None) -> list[Any]:
    context = EventContext("2026-01-02T03:04:05Z", names or EventNames())
    return [json.loads(line) for line in render_openlineage(graph, context)]


def facet(event: Any, name: str) -> Any:
    return event["outputs"][0]["facets"][name]


def boxes(graph: LineageGraph, start: str, **arguments: Any) -> Sequence[str]:
    diagram = diagram_around(DiagramRequest(graph, column(start), **arguments))
    return [label(box) for box in diagram.boxes]


def test_a_diagram_has_what_is_up_and_down() -> None:
    assert boxes(CHAIN, "dbo.b.y") == ["dbo.a.x", "dbo.b.*", "dbo.b.y", "dbo.c.z", "dbo.d.v"]
    assert boxes(CHAIN, "dbo.b.y", down=False) == ["dbo.a.x", "dbo.b.y"]
    assert boxes(CHAIN, "dbo.a.x", depth=1) == ["dbo.a.x", "dbo.b.y"]
    assert boxes(tables_graph("a -> b", "b -> c", "d -> c"), "b.") == ["a", "b", "c"]


def test_a_large_diagram_is_cut_and_says_so() -> None:
    graph = tables_graph(*(f"dbo.s{number} -> dbo.hub" for number in range(100)))
    diagram = diagram_of(graph)

    assert len(diagram.boxes) == MOST_BOXES
    assert diagram.hidden == 101 - MOST_BOXES
    for text in (render_mermaid(diagram), render_dot(diagram)):
        assert "and 41 more that are not drawn" in text
        assert "dbo.hub" in text


def test_arrows_say_what_is_no_value() -> None:
    graph = tables_graph("a -> b", kinds=("INDIRECT",))
    both = tables_graph("a -> b", kinds=("DIRECT", "INDIRECT"))
    declared = dataclasses.replace(
        tables_graph("a -> b"),
        table_lineage=(),
        declared=(Declaration(parse_name("b"), parse_name("a"), (), "x.sql", 1),),
    )

    assert [row.label for row in diagram_of(graph).arrows] == ["decides rows or values"]
    assert [row.label for row in diagram_of(both).arrows] == [""]
    assert [row.label for row in diagram_of(declared).arrows] == ["declared"]


def test_mermaid_is_drawn_of_boxes_and_arrows() -> None:
    assert render_mermaid(diagram_of(SAMPLE)) == (
        "flowchart LR\n"
        "%% lineage by sql-lineage-purview\n"
        '  n0["dbo.#91;Fact Sales#93;"]\n'
        '  n1[/"https://acct.dfs.core.windows.net/landing/sales.csv"/]\n'
        '  n2["stg.Sales"]\n'
        "  n1 --> n2\n"
        "  n2 --> n0\n"
    )


def test_dot_is_drawn_of_boxes_and_arrows() -> None:
    request = DiagramRequest(CHAIN, column("dbo.c.z"))

    assert render_dot(diagram_around(request)) == (
        "digraph lineage {\n"
        "  // by sql-lineage-purview\n"
        "  rankdir=LR;\n"
        "  node [shape=box];\n"
        '  n0 [label="dbo.a.x"];\n'
        '  n1 [label="dbo.b.y"];\n'
        '  n2 [label="dbo.c.z"];\n'
        '  n0 -> n1 [style=dashed, label="IDENTITY"];\n'
        '  n1 -> n2 [style=dashed, label="JOIN"];\n'
        "}\n"
    )


def test_a_hostile_name_stays_a_label() -> None:
    diagram = diagram_of(graph_of(HOSTILE))
    mermaid, dot = render_mermaid(diagram), render_dot(diagram)

    assert len(mermaid.splitlines()) == len(render_mermaid(diagram_of(graph_of("x"))).splitlines())
    assert len(dot.splitlines()) == len(render_dot(diagram_of(graph_of("x"))).splitlines())
    [quoted] = re.findall(r'^  n0\["([^"]*)"\]$', mermaid, re.MULTILINE)
    text = re.sub(r"#(\d+);", lambda match: chr(int(match[1])), quoted)
    assert text.startswith('dbo.[a"]]; click n0')
    assert not set('<>`[]"') & set(quoted)
    assert "&lt;" not in dot
    assert re.search(r'^  n0 \[label="(?:[^"\\]|\\\\|\\")*"\];$', dot, re.MULTILINE)


def test_each_module_is_a_job_with_what_it_moves() -> None:
    script, module = sorted(events(SAMPLE, SERVERS), key=lambda event: event["job"]["name"])[::-1]
    assert script["job"]["name"] == "etl/load.sql"
    assert script["job"]["namespace"] == "sql-scripts"
    assert module["job"]["name"] == "DW.dbo.usp_Load"
    assert module["job"]["namespace"] == "mssql://host.database.windows.net:1444"
    assert module["job"]["facets"]["jobType"]["jobType"] == "PROCEDURE"
    assert "1 gap" in module["job"]["facets"]["documentation"]["description"]
    assert [row["name"] for row in module["inputs"]] == ["DW.stg.Sales"]
    assert [row["name"] for row in module["outputs"]] == ["DW.dbo.Fact Sales"]


def test_columns_have_their_sources_and_transformations() -> None:
    [module] = [event for event in events(SAMPLE) if "usp_Load" in event["job"]["name"]]
    lineage = facet(module, "columnLineage")
    [amount] = lineage["fields"]["Amount"]["inputFields"]
    [decides] = lineage["dataset"]

    assert (amount["name"], amount["field"]) == ("stg.Sales", "Amount")
    assert amount["transformations"] == [{"type": "DIRECT", "subtype": "AGGREGATION"}]
    assert decides["transformations"] == [
        {"type": "INDIRECT", "subtype": "FILTER", "description": "certainty: EXPANDED"}
    ]


def test_a_column_that_is_not_known_is_in_no_field() -> None:
    graph = columns_graph("dbo.a.* -> dbo.b.y IDENTITY PARTIAL")
    [event] = events(graph)

    assert [row["name"] for row in event["inputs"]] == ["dbo.a"]
    assert "columnLineage" not in event["outputs"][0]["facets"]


def test_an_edge_belongs_to_the_modules_that_write_its_target() -> None:
    target, temporary = parse_name("dbo.b"), parse_name("#t")
    graph = tables_graph("dbo.a -> dbo.b")
    fills = replace(statement(1, module="dbo.usp_Fill"), writes=(temporary,))
    writes = replace(statement(2, module="dbo.usp_Write"), writes=(target,))
    edge = replace(graph.table_lineage[0], statements=(fills.id, writes.id))
    rows = events(dataclasses.replace(graph, statements=(fills, writes), table_lineage=(edge,)))

    assert [event["job"]["name"] for event in rows] == ["dbo.usp_Write"]


def test_without_a_server_none_is_guessed() -> None:
    assert EventNames().of(parse_name("Dw.dbo.t")) == (NO_SERVER, "Dw.dbo.t")
    assert SERVERS.of(parse_name("Crm.dbo.t")) == (NO_SERVER, "Crm.dbo.t")
    assert SERVERS.of(parse_name("dbo.t"))[1] == "DW.dbo.t"


@pytest.mark.parametrize(
    ("server", "namespace"),
    [
        ("srv", "mssql://srv:1433"),
        ("srv:1444", "mssql://srv:1444"),
        ("SRV\\INST", "mssql://srv/inst"),
        ("SRV\\INST,1444", "mssql://srv:1444"),
    ],
)
def test_servers_are_named_as_openlineage_does(server: str, namespace: str) -> None:
    names = EventNames({"dw": (server, "Dw")})

    assert names.of(parse_name("dw.dbo.[a.b]")) == (namespace, "Dw.dbo.[a.b]")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (
            "https://acct.dfs.core.windows.net/raw/a/*.csv",
            ("abfss://raw@acct.dfs.core.windows.net", "a/*.csv"),
        ),
        (
            "https://acct.blob.core.windows.net/raw/a.csv",
            ("wasbs://raw@acct.blob.core.windows.net", "a.csv"),
        ),
        ("s3://bucket/a/b.csv", ("s3://bucket", "a/b.csv")),
        ("/data/a.csv", ("file", "/data/a.csv")),
    ],
)
def test_files_are_named_as_openlineage_does(address: str, expected: tuple[str, str]) -> None:
    assert EventNames().of(parse_name(address)) == expected


def test_events_are_read_by_openlineage() -> None:
    base = pytest.importorskip("openlineage.client.generated.base")
    facets = {
        name: getattr(pytest.importorskip(f"openlineage.client.generated.{module}"), f"{kind}Facet")
        for name, module, kind in (
            ("columnLineage", "column_lineage_dataset", "ColumnLineageDataset"),
            ("schema", "schema_dataset", "SchemaDataset"),
            ("datasetType", "dataset_type_dataset", "DatasetTypeDataset"),
            ("jobType", "job_type_job", "JobTypeJob"),
            ("documentation", "documentation_job", "DocumentationJob"),
        )
    }
    for event in events(SAMPLE, SERVERS):
        for row in (event["job"], *event["inputs"], *event["outputs"]):
            for name, members in row["facets"].items():
                plain = {key: value for key, value in members.items() if key[0] != "_"}
                assert members["_schemaURL"] == facets[name](**plain)._get_schema()
        read = base.JobEvent(
            eventTime=event["eventTime"],
            job=base.Job(event["job"]["namespace"], event["job"]["name"]),
            inputs=[base.InputDataset(row["namespace"], row["name"]) for row in event["inputs"]],
            outputs=[base.OutputDataset(row["namespace"], row["name"]) for row in event["outputs"]],
        )
        assert read.schemaURL == event["schemaURL"]


def test_modules_are_rows_of_csv() -> None:
    assert render_modules_csv(SAMPLE).splitlines() == [
        "module,kind,path,line,end_line,reads,writes,calls",
        "dbo.usp_Load,PROCEDURE,etl/load.sql,1,20,stg.Sales,dbo.[Fact Sales],",
    ]
