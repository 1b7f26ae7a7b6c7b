from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sql_lineage_purview.model.graph import LineageGraph, Statement, TableEdge
from sql_lineage_purview.model.names import parse_name
from sql_lineage_purview.model.vocabulary import Certainty, EdgeType, Subtype
from sql_lineage_purview.purview import (
    CatalogueResolver,
    DatabaseMap,
    DataMapClient,
    Plan,
    PlannedAction,
    PlanOptions,
    PushOrigin,
    make_plan,
    plan_text,
    push,
    read_plan,
)
from sql_lineage_purview.purview.account.assets import Asset, AssetRef, Evidence, Found, Missing
from sql_lineage_purview.purview.planning.process_names import qualified_name
from sql_lineage_purview.purview.planning.stage_values import Built
from sql_lineage_purview.purview.planning.stages.flow_grouping import flows_of
from sql_lineage_purview.purview.planning.stages.process_building import Builder
from sql_lineage_purview.purview.purview_errors import BadPlanError, RefusedError
from sql_lineage_purview.purview.transport.http import Reply

ROOT = "mssql://s.database.windows.net/Dw"
ID = Subtype.IDENTITY


@pytest.fixture
def plan(client: DataMapClient, databases: DatabaseMap):
    def _plan(text, **options: object) -> Plan:
        graph = text if isinstance(text, LineageGraph) else text.graph()
        owner = options.pop("owner", "prod")
        return make_plan(
            graph,
            CatalogueResolver(client, databases),
            client,
            owner=owner,
            options=PlanOptions(**options),
        )

    return _plan


@pytest.fixture
def warehouse(account):
    for name, columns in {
        "A": ["CustId", "Name"],
        "B": ["At"],
        "T": ["CustomerKey", "CustomerName", "LoadDate"],
    }.items():
        account.add("azure_sql_table", f"{ROOT}/dbo/{name}", columns)
    return account


def mapping(plan: Plan, index: int = 0) -> list:
    return json.loads(plan.processes[index].process.column_mapping)


def test_a_module_and_the_table_it_writes_make_one_process(warehouse, plan, graph_text) -> None:
    text = (
        graph_text()
        .edge(
            "dbo.a",
            "dbo.t",
            ("custid", "customerkey", ID),
            ("name", "customername", Subtype.TRANSFORMATION),
            line=3,
        )
        .edge(
            "dbo.b",
            "dbo.t",
            ("at", "loaddate", Subtype.AGGREGATION),
            line=9,
            certainty=Certainty.EXPANDED,
        )
    )
    new_plan = plan(text, provenance=PushOrigin("1.2"))
    (row,) = new_plan.processes
    process = row.process
    assert row.action is PlannedAction.CREATE
    assert process.qualified_name == "sql-lineage-purview://prod/dbo.usp_load#dbo.t"
    assert process.name == "dbo.usp_Load -> dbo.t"
    assert [ref.qualified_name for ref in process.inputs] == [f"{ROOT}/dbo/A", f"{ROOT}/dbo/B"]
    assert [ref.qualified_name for ref in process.outputs] == [f"{ROOT}/dbo/T"]
    assert process.column_mapping == (
        f'[{{"DatasetMapping":{{"Source":"{ROOT}/dbo/A","Sink":"{ROOT}/dbo/T"}},"ColumnMapping":'
        '[{"Source":"CustId","Sink":"CustomerKey"},{"Source":"Name","Sink":"CustomerName"}]},'
        f'{{"DatasetMapping":{{"Source":"{ROOT}/dbo/B","Sink":"{ROOT}/dbo/T"}},"ColumnMapping":'
        '[{"Source":"At","Sink":"LoadDate"}]}]'
    )
    assert (process.module, process.file_path, process.line_range) == (
        "dbo.usp_Load",
        "procs/load.sql",
        "3-11",
    )
    assert (process.certainty, process.tool_version) == ("EXPANDED", "1.2")
    assert new_plan.notes == ()


def test_each_written_table_has_its_own_sources(warehouse, plan, graph_text) -> None:
    new_plan = plan(graph_text().edge("dbo.A", "dbo.T", line=1).edge("dbo.B", "dbo.A", line=5))
    ends = {
        row.process.outputs[0].qualified_name: [ref.qualified_name for ref in row.process.inputs]
        for row in new_plan.processes
    }
    assert ends == {f"{ROOT}/dbo/T": [f"{ROOT}/dbo/A"], f"{ROOT}/dbo/A": [f"{ROOT}/dbo/B"]}


def test_a_loose_script_is_a_module_named_by_its_path(warehouse, plan, graph_text) -> None:
    new_plan = plan(graph_text().edge("dbo.A", "dbo.T", module=None, path="load all/01 [x].sql"))
    assert (
        new_plan.processes[0].process.qualified_name
        == "sql-lineage-purview://prod/load%20all/01%20%5Bx%5D.sql#dbo.t"
    )
    assert new_plan.processes[0].process.module == ""


@pytest.mark.parametrize(
    ("table", "encoded"),
    [("t~2", "t%7E2"), ("t@1", "t%401"), ("a#b", "a%23b"), ("a/b", "a%2Fb"), ("a b", "a%20b")],
)
def test_no_name_of_a_table_looks_like_a_part_of_another(
    graph_text, table: str, encoded: str
) -> None:
    text = graph_text().edge("dbo.A", f"dbo.[{table}]")
    names = [qualified_name("prod", flow) for flow in flows_of(text.graph())]
    assert names == [f"sql-lineage-purview://prod/dbo.usp_load#dbo.{encoded}"]


def test_two_scripts_that_write_one_table_are_two_processes(warehouse, plan, graph_text) -> None:
    new_plan = plan(
        graph_text()
        .edge("dbo.A", "dbo.T", module=None, path="a.sql")
        .edge("dbo.A", "dbo.T", module=None, path="b.sql")
    )
    assert [row.process.file_path for row in new_plan.processes] == ["a.sql", "b.sql"]


def test_the_name_of_a_process_stays_when_the_scripts_spelling_changes(
    warehouse, plan, graph_text
) -> None:
    first = plan(graph_text().edge("dbo.A", "dbo.T", module="dbo.Load"))
    second = plan(graph_text().edge("DBO.a", "DBO.t", module="DBO.LOAD"))
    assert first.processes[0].process.qualified_name == second.processes[0].process.qualified_name


def test_modules_that_differ_in_case_alone_stay_two(warehouse, plan, graph_text) -> None:
    new_plan = plan(
        graph_text()
        .edge("dbo.A", "dbo.T", module="dbo.Load", line=1)
        .edge("dbo.B", "dbo.T", module="dbo.LOAD", line=5)
    )
    assert len({row.process.qualified_name for row in new_plan.processes}) == 2


def test_only_the_writer_publishes_an_edge_that_passes_through_other_modules(
    warehouse, plan
) -> None:
    a, t = parse_name("dbo.A"), parse_name("dbo.T")
    caller = Statement(
        "p#1", "p", 1, 1, "INSERT_EXEC", parse_name("dbo.Caller"), (), (t,), (), dynamic=False
    )
    callee = Statement(
        "q#1", "q", 4, 4, "SELECT", parse_name("dbo.Callee"), (a,), (), (), dynamic=False
    )
    new_plan = plan(
        LineageGraph(
            statements=(caller, callee),
            table_lineage=(TableEdge(a, t, EdgeType.DIRECT, ("p#1", "q#1")),),
        )
    )
    assert [row.process.module for row in new_plan.processes] == ["dbo.Caller"]


def test_indirect_sources_are_inputs_without_columns(warehouse, plan, graph_text) -> None:
    text = (
        graph_text()
        .edge(
            "dbo.A", "dbo.T", ("CustId", "CustomerKey", ID), ("Name", None, Subtype.FILTER), line=1
        )
        .edge("dbo.B", "dbo.T", ("At", None, Subtype.FILTER), line=1, type_=EdgeType.INDIRECT)
    )
    new_plan = plan(text)
    assert len(new_plan.processes[0].process.inputs) == 2
    assert [block["DatasetMapping"]["Source"] for block in mapping(new_plan)] == [f"{ROOT}/dbo/A"]
    assert mapping(new_plan)[0]["ColumnMapping"] == [{"Source": "CustId", "Sink": "CustomerKey"}]


@pytest.mark.parametrize("subtype", [Subtype.CONDITIONAL, Subtype.WINDOW, Subtype.JOIN])
def test_a_source_whose_values_do_not_flow_has_no_columns(
    warehouse, plan, graph_text, subtype: Subtype
) -> None:
    text = graph_text().edge("dbo.A", "dbo.T", ("CustId", "CustomerKey", subtype))
    assert mapping(plan(text)) == []


def test_a_source_without_known_columns_is_mapped_as_a_whole(warehouse, plan, graph_text) -> None:
    new_plan = plan(graph_text().edge("dbo.A", "dbo.T"))
    assert mapping(new_plan)[0]["ColumnMapping"] == [{"Source": "*", "Sink": "*"}]
    assert new_plan.processes[0].process.certainty == "PARTIAL"


def test_unnamed_columns_are_stars(warehouse, plan, graph_text) -> None:
    new_plan = plan(graph_text().edge("dbo.A", "dbo.T", ("*", "LoadDate", ID), ("*", "*", ID)))
    assert mapping(new_plan)[0]["ColumnMapping"] == [
        {"Source": "*", "Sink": "*"},
        {"Source": "*", "Sink": "LoadDate"},
    ]
    assert new_plan.notes == ()


def test_a_table_that_feeds_itself_is_input_and_output(warehouse, plan, graph_text) -> None:
    process = (
        plan(graph_text().edge("dbo.T", "dbo.T", ("LoadDate", "LoadDate", ID))).processes[0].process
    )
    assert process.inputs == process.outputs


def test_a_column_that_the_catalogue_lacks_is_kept_and_noted(warehouse, plan, graph_text) -> None:
    new_plan = plan(graph_text().edge("dbo.A", "dbo.T", ("Gone", "CustomerKey", ID)))
    assert mapping(new_plan)[0]["ColumnMapping"] == [{"Source": "Gone", "Sink": "CustomerKey"}]
    assert new_plan.notes == (
        f"dbo.A: column Gone is not in the catalogue's {ROOT}/dbo/A; kept as the SQL spells it",
    )


def test_columns_of_an_asset_without_a_schema_are_taken_as_they_are(
    account, plan, graph_text
) -> None:
    account.add("azure_sql_table", f"{ROOT}/dbo/A")
    account.add("azure_sql_table", f"{ROOT}/dbo/T")
    new_plan = plan(graph_text().edge("dbo.A", "dbo.T", ("x", "y", ID)))
    assert mapping(new_plan)[0]["ColumnMapping"] == [{"Source": "x", "Sink": "y"}]
    assert new_plan.notes == ()


def test_an_unresolved_input_is_left_out_and_listed(warehouse, plan, graph_text) -> None:
    new_plan = plan(
        graph_text().edge("dbo.A", "dbo.T", line=1).edge("Other.dbo.X", "dbo.T", line=1)
    )
    assert [row.left_out for row in new_plan.reduced] == [("Other.dbo.X",)]
    assert [(row.table, row.outcome.value) for row in new_plan.unresolved] == [
        ("Other.dbo.X", "missing")
    ]
    assert "add [databases.Other]" in new_plan.unresolved[0].reason
    assert [row.table for row in new_plan.resolved] == ["dbo.A", "dbo.T"]


def test_without_an_output_or_any_input_there_is_no_process(warehouse, plan, graph_text) -> None:
    new_plan = plan(
        graph_text().edge("dbo.A", "dbo.Nowhere", line=1).edge("dbo.Nothing", "dbo.T", line=1)
    )
    assert new_plan.processes == ()
    assert [(row.writer, row.table, row.reason) for row in new_plan.dropped] == [
        ("dbo.usp_Load", "dbo.Nowhere", "the table that it writes is not resolved"),
        ("dbo.usp_Load", "dbo.T", "none of its sources is resolved: dbo.Nothing"),
    ]


def test_ambiguous_tables_show_their_candidates(warehouse, plan, graph_text) -> None:
    warehouse.add("azure_sql_dw_table", f"{ROOT}/dbo/A")
    new_plan = plan(graph_text().edge("dbo.A", "dbo.T"))
    (row,) = new_plan.unresolved
    assert row.outcome.value == "ambiguous"
    assert [ref.type_name for ref in row.candidates] == ["azure_sql_dw_table", "azure_sql_table"]


def test_planning_writes_nothing(warehouse, plan, graph_text) -> None:
    plan(graph_text().edge("dbo.A", "dbo.T"))
    assert warehouse.writes() == []


def test_a_second_plan_has_nothing_to_do(
    warehouse, plan, graph_text, client: DataMapClient
) -> None:
    text = (
        graph_text()
        .edge("dbo.A", "dbo.T", ("CustId", "CustomerKey", ID))
        .edge("dbo.B", "dbo.T", type_=EdgeType.INDIRECT)
    )
    push(plan(text, provenance=PushOrigin("1")), client)
    second_plan = plan(text, provenance=PushOrigin("2", "https://x/y", "c0ffee"))
    assert [row.action for row in second_plan.processes] == [PlannedAction.UNCHANGED]
    assert second_plan.changes == ()


@pytest.mark.parametrize(
    ("edit", "changes"),
    [
        (
            lambda text: text.edge("dbo.A", "dbo.T", ("Name", "CustomerName", ID)),
            ("columnMapping",),
        ),
        (lambda text: text.edge("dbo.B", "dbo.T", type_=EdgeType.INDIRECT), ("inputs",)),
        (
            lambda text: text.edge("dbo.A", "dbo.T", ("CustId", "CustomerKey", ID), line=4),
            ("lineRange",),
        ),
    ],
)
def test_an_update_says_what_changes(
    warehouse, plan, graph_text, client: DataMapClient, edit, changes: tuple[str, ...]
) -> None:
    text = graph_text().edge("dbo.A", "dbo.T", ("CustId", "CustomerKey", ID))
    push(plan(text), client)
    (row,) = plan(edit(text)).processes
    assert (row.action, tuple(change.attribute for change in row.changes)) == (
        PlannedAction.UPDATE,
        changes,
    )
    assert row.reason == f"it differs in {', '.join(changes)}"


def test_an_asset_that_was_registered_anew_is_an_update(
    warehouse, plan, graph_text, client: DataMapClient
) -> None:
    text = graph_text().edge("dbo.A", "dbo.T")
    push(plan(text), client)
    old = next(
        guid
        for guid, row in warehouse.entities.items()
        if row["attributes"]["qualifiedName"] == f"{ROOT}/dbo/A"
    )
    del warehouse.entities[old]
    warehouse.add("azure_sql_table", f"{ROOT}/dbo/A")
    assert [change.attribute for change in plan(text).processes[0].changes] == ["inputs"]


def test_a_mapping_above_the_limit_is_shared_out(warehouse, plan, graph_text) -> None:
    columns = [(f"c{number}", f"d{number}", ID) for number in range(40)]
    new_plan = plan(
        graph_text().edge("dbo.A", "dbo.T", *columns, line=1).edge("dbo.B", "dbo.T", line=1),
        mapping_limit=600,
    )
    names = [row.process.qualified_name for row in new_plan.processes]
    base = "sql-lineage-purview://prod/dbo.usp_load#dbo.t"
    assert names == [base, *(f"{base}~{number}" for number in range(2, len(names) + 1))]
    assert len(names) > 2
    assert all(len(row.process.column_mapping) <= 600 for row in new_plan.processes)
    pairs = [
        pair["Source"]
        for row in range(len(names))
        for block in mapping(new_plan, row)
        for pair in block["ColumnMapping"]
    ]
    assert sorted(pairs) == sorted(["*", *(source for source, _, _ in columns)])
    assert any("too large for one process" in note for note in new_plan.notes)


def test_a_plan_survives_being_saved(warehouse, plan, graph_text) -> None:
    text = (
        graph_text()
        .edge("dbo.A", "dbo.T", ("Gone", "CustomerKey", ID), line=1)
        .edge("Other.dbo.X", "dbo.T", line=1)
    )
    new_plan = plan(text.edge("dbo.A", "dbo.Nowhere", line=8), provenance=PushOrigin("1"))
    assert new_plan.unresolved
    assert new_plan.dropped
    assert new_plan.notes
    assert read_plan(plan_text(new_plan)) == new_plan
    assert plan_text(read_plan(plan_text(new_plan))) == plan_text(new_plan)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"plan_version": 99}',
        '{"plan_version": 2}',
        '{"plan_version": 1, "endpoint": "", "owner": ""}',
    ],
)
def test_a_file_that_is_no_plan_is_refused_with_a_remedy(text: str) -> None:
    with pytest.raises(BadPlanError, match="Make the plan again"):
        read_plan(text)


def test_a_damaged_plan_is_refused(warehouse, plan, graph_text) -> None:
    header, *rows = map(
        json.loads, plan_text(plan(graph_text().edge("dbo.A", "dbo.T"))).splitlines()
    )
    process = next(row for row in rows if row["kind"] == "process")
    for change in (
        {"process": {**process["process"], "stranger": "x"}},
        {"process": 5},
        {"changes": 5},
        {"action": "dance"},
    ):
        changed = [{**row, **change} if row is process else row for row in rows]
        with pytest.raises(BadPlanError, match="damaged"):
            read_plan("".join(f"{json.dumps(row)}\n" for row in (header, *changed)))


def test_a_signature_in_an_address_is_in_no_plan(warehouse, plan, graph_text) -> None:
    address = "https://lake.blob.core.windows.net/raw/x.csv?sig=SECRET"
    new_plan = plan(graph_text().edge(address, "dbo.T", line=1).edge("dbo.A", address, line=4))
    assert "raw/x.csv" in plan_text(new_plan)
    assert "SECRET" not in plan_text(new_plan)


def test_an_owner_is_needed(plan, graph_text) -> None:
    with pytest.raises(ValueError, match="owner"):
        plan(graph_text(), owner=" ")


def test_a_refused_token_ends_planning(graph_text, databases: DatabaseMap, script) -> None:
    client = DataMapClient(
        "https://acct.purview.azure.com",
        script(Reply(403, {}, b'{"error":{"code":"Unauthorized"}}')),
    )
    with pytest.raises(RefusedError, match="Data Curator"):
        make_plan(
            graph_text().edge("dbo.A", "dbo.T").graph(),
            CatalogueResolver(client, databases),
            client,
            owner="prod",
        )


COLUMNS = st.sampled_from(["a", "A", "b", "é", "*", "x y", None])
EDGES = st.lists(
    st.tuples(
        st.sampled_from(["dbo.p", "dbo.q", "DBO.P", "s.r"]),
        st.sampled_from(["dbo.p", "dbo.t"]),
        st.lists(st.tuples(COLUMNS, COLUMNS, st.sampled_from(list(Subtype))), max_size=4),
        st.sampled_from(list(EdgeType)),
        st.integers(1, 3),
    ),
    max_size=6,
)


@given(
    EDGES,
    st.sets(st.sampled_from(["dbo.p", "dbo.q", "DBO.P", "s.r", "dbo.t"])),
    st.integers(60, 500),
)
def test_a_mapping_only_names_inputs_and_outputs_of_its_process(
    graph_text, edges, missing: set[str], limit: int
) -> None:
    text = graph_text()
    for source, target, columns, type_, line in edges:
        text.edge(source, target, *columns, type_=type_, line=line, path=f"{source}.{target}.sql")
    resolutions = {
        parse_name(name): Missing("")
        if name in missing
        else Found(
            Asset(AssetRef(name.lower(), "azure_sql_table", name.lower()), ("A", "B")),
            Evidence.EXACT,
        )
        for name in ["dbo.p", "dbo.q", "DBO.P", "s.r", "dbo.t"]
    }
    builder = Builder("prod", resolutions, limit=limit)
    for flow in flows_of(text.graph()):
        built = builder.build(flow, "qn")
        if not isinstance(built, Built):
            continue
        for process in built.processes:
            assert process.inputs
            for block in json.loads(process.column_mapping):
                assert block["DatasetMapping"]["Source"] in {
                    ref.qualified_name for ref in process.inputs
                }
                assert block["DatasetMapping"]["Sink"] in {
                    ref.qualified_name for ref in process.outputs
                }
                assert block["ColumnMapping"]


def test_a_file_name_that_is_no_text_can_still_be_published(
    warehouse, plan, graph_text, client: DataMapClient
) -> None:
    new_plan = plan(graph_text().edge("dbo.A", "dbo.T", module=None, path="load_\udcff.sql"))
    assert push(new_plan, client).created == ("sql-lineage-purview://prod/load_%3F.sql#dbo.t",)
    assert plan_text(new_plan).encode()


def test_names_that_differ_only_in_which_part_a_dot_belongs_to_are_two(
    account, client: DataMapClient, databases: DatabaseMap, graph_text
) -> None:
    for table in ("A", "T"):
        account.add("azure_sql_table", f"mssql://s.database.windows.net/Dw/dbo/{table}", ["x"])
    text = (
        graph_text()
        .edge("dbo.A", "dbo.T", module="dbo.[x.y]")
        .edge("dbo.A", "dbo.T", module="[dbo.x].y", line=9)
    )
    plan = make_plan(text.graph(), CatalogueResolver(client, databases), client, owner="prod")
    assert [row.process.qualified_name.rpartition("/")[2] for row in plan.processes] == [
        "dbo.x%2Ey#dbo.T",
        "dbo%2Ex.y#dbo.T",
    ][::-1]
