"""Laws of plan and push, for any graph, way of making processes, and size of requests."""

from __future__ import annotations

from functools import partial

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from sql_lineage_purview.emulator import Emulator, SeedAsset, seed
from sql_lineage_purview.model.graph import LineageGraph
from sql_lineage_purview.model.vocabulary import Subtype
from sql_lineage_purview.purview import (
    BulkLimits,
    CatalogueResolver,
    Database,
    DatabaseMap,
    DataMapClient,
    Granularity,
    LocalTransport,
    PlanOptions,
    Pruning,
    PushOptions,
    make_plan,
    plan_text,
    push,
    read_plan,
)

ROOT = "mssql://s.database.windows.net/Dw/dbo"
TABLES = ["A", "B", "C", "D"]
NAMES = st.sampled_from([f"dbo.{name}" for name in [*TABLES, "Missing"]])
EDGES = st.lists(
    st.tuples(
        NAMES,
        NAMES,
        st.sampled_from(["dbo.p", "dbo.q", None]),
        st.lists(st.sampled_from(["x", "y", "z" * 30]), max_size=3),
        st.integers(1, 4),
    ),
    max_size=7,
)


def graph(graph_text, edges) -> LineageGraph:
    text = graph_text()
    for source, target, module, columns, line in edges:
        rows = [(name, name, Subtype.IDENTITY) for name in columns]
        text.edge(
            source, target, *rows, module=module, path=f"{module or source}{target}.sql", line=line
        )
    return text.graph()


@settings(max_examples=30)
@given(EDGES, EDGES, st.sampled_from(Granularity), st.integers(1, 3), st.integers(300, 2_000))
def test_what_was_pushed_needs_no_push(
    graph_text, first, second, granularity, count: int, size: int
) -> None:
    options = PlanOptions(granularity=granularity, pruning=Pruning.ON, mapping_limit=300)
    pushing = PushOptions(limits=BulkLimits(count, size), prune_threshold=1)
    with Emulator(":memory:") as emulator:
        seed(emulator, [SeedAsset("azure_sql_table", f"{ROOT}/{name}") for name in TABLES])
        client = DataMapClient("https://acct.purview.azure.com", LocalTransport(emulator))
        databases = DatabaseMap((Database("Dw", "s.database.windows.net"),), default="Dw")
        for edges in (first, second):
            scanned = graph(graph_text, edges)
            plan = partial(
                make_plan,
                scanned,
                CatalogueResolver(client, databases),
                client,
                owner="prod",
                options=options,
            )
            new_plan = plan()
            assert read_plan(plan_text(new_plan)) == new_plan
            result = push(new_plan, client, replace(pushing, saved=True))
            counts = new_plan.counts()
            done = (
                len(result.created),
                len(result.updated),
                len(result.deleted),
                result.failed,
                result.untried,
            )
            assert done == (counts.create, counts.update, counts.delete, (), 0)
            assert plan().counts().changes == 0
