"""Lineage over tables that have no asset: what a plan says of it, and where it ends."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterable, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sql_lineage_purview.model.graph import (
    Column,
    ColumnEdge,
    Declaration,
    LineageGraph,
    Module,
    Statement,
    TableEdge,
)
from sql_lineage_purview.model.names import parse_name
from sql_lineage_purview.model.vocabulary import Certainty, EdgeType, ModuleKind, Subtype, compose
from sql_lineage_purview.purview import (
    DataMapClient,
    Granularity,
    MissingPolicy,
    Plan,
    PlanOptions,
    Pruning,
    make_plan,
    plan_text,
    push,
    read_plan,
)
from sql_lineage_purview.purview.account.assets import (
    Ambiguous,
    Asset,
    AssetRef,
    Evidence,
    Found,
    Missing,
    Placeholder,
)
from sql_lineage_purview.purview.planning.plan_document import PlannedProcess
from sql_lineage_purview.purview.planning.plan_options import BridgeLimits, FlowOptions
from sql_lineage_purview.purview.planning.resolve_report import resolve_report

ROOT = "mssql://s.database.windows.net/Dw"
TYPE = "azure_sql_table"
ID, CHANGED, SUM = Subtype.IDENTITY, Subtype.TRANSFORMATION, Subtype.AGGREGATION
Planner = Callable[..., Plan]


def address(table: str) -> str:
    return f"{ROOT}/{table.replace('.', '/')}"


class Catalogue:
    """A resolver that finds an asset for each table but those of three schemas.

    They are `work` (missing), `twice` (ambiguous) and `fn` (none can be).
    """

    def __init__(self, guid: Callable[[str], str]) -> None:
        self._guid = guid

    def resolve(self, tables) -> dict:
        return {table.name: self._outcome(str(table.name)) for table in tables}

    def _outcome(self, table: str):
        match table.partition(".")[0]:
            case "work":
                return Missing(
                    "the catalogue has none", place=Placeholder(AssetRef(address(table), TYPE, ""))
                )
            case "fn":
                return Missing("functions have no asset", holdable=False)
            case "twice":
                return Ambiguous(
                    tuple(AssetRef(address(f"{table}{n}"), TYPE, str(n)) for n in (1, 2)), "pin it"
                )
        return Found(Asset(AssetRef(address(table), TYPE, self._guid(table))), Evidence.EXACT)


@pytest.fixture
def catalogue(account) -> Catalogue:
    def guid(table: str) -> str:
        present = account.named(address(table))
        return present[0]["guid"] if present else account.add(TYPE, address(table))

    return Catalogue(guid)


@pytest.fixture
def plan(client: DataMapClient, catalogue: Catalogue) -> Planner:
    def _plan(text, **options: object) -> Plan:
        graph = text if isinstance(text, LineageGraph) else text.graph()
        return make_plan(graph, catalogue, client, owner="prod", options=PlanOptions(**options))

    return _plan


@pytest.fixture
def chain(graph_text):
    """`stage.A` fills `work.B`, and that `dbo.C`, each by a module of its own."""
    text = graph_text().edge(
        "stage.A", "work.B", ("x", "b", CHANGED), module="etl.LoadB", path="b.sql", line=5
    )
    return text.edge("work.B", "dbo.C", ("b", "y", ID), module="etl.LoadC", path="c.sql", line=9)


def shown(row: PlannedProcess) -> tuple[str, list[str], set[str]]:
    """A process as its tables without the server, and its pairs of columns."""

    def table(qualified_name: str) -> str:
        return qualified_name.removeprefix(f"{ROOT}/").replace("/", ".")

    inputs = [table(ref.qualified_name) for ref in row.process.inputs]
    pairs = {
        f"{table(block['DatasetMapping']['Source'])}.{pair['Source']} -> {pair['Sink']}"
        for block in json.loads(row.process.column_mapping)
        for pair in block["ColumnMapping"]
    }
    return row.process.name, inputs, pairs


def only(plan: Plan) -> PlannedProcess:
    (row,) = plan.processes
    return row


class TestOneTable:
    def test_the_next_process_reads_what_fills_it(self, plan: Planner, chain) -> None:
        new_plan = plan(chain)
        row = only(new_plan)
        assert shown(row) == ("etl.LoadC -> dbo.C", ["stage.A"], {"stage.A.x -> y"})
        assert (row.through, row.left_out) == (("work.B",), ())
        assert row.process.through == "work.B: etl.LoadB (b.sql:5-7)"
        assert (row.process.module, row.process.file_path, row.process.line_range) == (
            "etl.LoadC",
            "c.sql",
            "9-11",
        )
        assert row.process.transformations == "TRANSFORMATION"
        assert [(each.writer, each.table, each.reaches) for each in new_plan.dropped] == [
            ("etl.LoadB", "work.B", ("dbo.C",))
        ]
        assert [each.table for each in new_plan.unresolved] == ["work.B"]
        assert new_plan.cuts == ()

    def test_it_can_be_turned_off(self, plan: Planner, chain) -> None:
        new_plan = plan(chain, through=False)
        assert new_plan.processes == ()
        assert [(each.table, each.reason, each.reaches) for each in new_plan.dropped] == [
            ("work.B", "the table that it writes is not resolved", ()),
            ("dbo.C", "none of its sources is resolved: work.B", ()),
        ]

    def test_what_has_no_asset_by_its_kind_is_passed_too(self, plan: Planner, graph_text) -> None:
        text = (
            graph_text()
            .edge("stage.A", "fn.Queue", ("x", "b", ID), line=1)
            .edge("fn.Queue", "dbo.C", ("b", "y", ID), line=5)
        )
        assert shown(only(plan(text)))[1:] == (["stage.A"], {"stage.A.x -> y"})

    def test_a_placeholder_stands_for_it_where_they_are_made(self, plan: Planner, chain) -> None:
        new_plan = plan(chain, missing=MissingPolicy.CREATE)
        assert [shown(row)[1] for row in new_plan.processes] == [["stage.A"], ["work.B"]]
        assert [row.through for row in new_plan.processes] == [(), ()]

    def test_the_own_sources_stay(self, plan: Planner, chain) -> None:
        chain.edge("dbo.D", "dbo.C", ("d", "y", ID), module="etl.LoadC", path="c.sql", line=20)
        assert shown(only(plan(chain)))[1:] == (
            ["dbo.D", "stage.A"],
            {"dbo.D.d -> y", "stage.A.x -> y"},
        )

    def test_a_table_that_comes_both_ways_is_one_input(self, plan: Planner, chain) -> None:
        chain.edge("stage.A", "dbo.C", ("z", "y", ID), module="etl.LoadC", path="c.sql", line=20)
        row = only(plan(chain))
        assert shown(row)[1:] == (["stage.A"], {"stage.A.x -> y", "stage.A.z -> y"})
        assert row.process.line_range == "9-22"

    def test_all_who_fill_it_are_followed(self, plan: Planner, chain) -> None:
        chain.edge("stage.D", "work.B", ("d", "b", ID), module=None, path="d.sql", line=2)
        row = only(plan(chain))
        assert shown(row)[1:] == (["stage.A", "stage.D"], {"stage.A.x -> y", "stage.D.d -> y"})
        assert row.process.through == "work.B: d.sql:2-4, etl.LoadB (b.sql:5-7)"

    def test_what_one_module_does_in_two_steps_is_shown_with_both(
        self, plan: Planner, graph_text
    ) -> None:
        text = (
            graph_text()
            .edge("stage.A", "work.B", ("x", "b", ID), line=1)
            .edge("work.B", "dbo.C", ("b", "y", ID), line=7)
        )
        ids: list[str] = []
        row = only(plan(text, text_of=lambda rows: ids.extend(each.id for each in rows) or "…"))
        assert (row.process.line_range, ids) == ("1-9", ["procs/load.sql#1", "procs/load.sql#7"])

    def test_it_belongs_to_who_reads_it_and_to_nobody_else(self, plan: Planner) -> None:
        """`etl.LoadB` fills `dbo.C` otherwise, in the very statement that fills `work.B`."""
        a, b, c, d = map(parse_name, ("stage.A", "work.B", "dbo.C", "stage.D"))
        two = Statement(
            "b.sql#1",
            "b.sql",
            1,
            1,
            "INSERT",
            parse_name("etl.LoadB"),
            (a, d),
            (b, c),
            (),
            dynamic=False,
        )
        last = Statement(
            "c.sql#1",
            "c.sql",
            1,
            1,
            "INSERT",
            parse_name("etl.LoadC"),
            (b,),
            (c,),
            (),
            dynamic=False,
        )
        ends = ((a, b, two), (d, c, two), (b, c, last))
        graph = LineageGraph(
            statements=(two, last),
            table_lineage=tuple(
                TableEdge(start, end, EdgeType.DIRECT, (row.id,)) for start, end, row in ends
            ),
            column_lineage=tuple(
                ColumnEdge(Column(start, "v"), Column(end, "v"), ID, Certainty.EXACT, (row.id,))
                for start, end, row in ends
            ),
        )
        assert [shown(row)[:2] for row in plan(graph).processes] == [
            ("etl.LoadB -> dbo.C", ["stage.D"]),
            ("etl.LoadC -> dbo.C", ["stage.A"]),
        ]

    def test_the_names_of_processes_stay(self, plan: Planner, chain) -> None:
        chain.edge("dbo.D", "dbo.C", module="etl.LoadC", path="c.sql", line=20)
        names = [
            [row.process.qualified_name for row in plan(chain, through=through).processes]
            for through in (True, False)
        ]
        assert names[0] == names[1] == ["sql-lineage-purview://prod/etl.loadc#dbo.c"]

    def test_paths_are_seen_from_the_same_folder(self, plan: Planner, chain) -> None:
        process = only(plan(chain, folder="sales")).process
        assert (process.file_path, process.through) == (
            "sales/c.sql",
            "work.B: etl.LoadB (sales/b.sql:5-7)",
        )


class TestSeveralTables:
    def test_a_row_of_them_is_passed(self, plan: Planner, graph_text) -> None:
        text = (
            graph_text()
            .edge("stage.A", "work.B", ("a", "b", SUM), line=1)
            .edge("work.B", "work.C", ("b", "c", ID), line=5)
        )
        text.edge("work.C", "dbo.T", ("c", "t", CHANGED), line=9)
        row = only(plan(text))
        assert (shown(row)[1:], row.through) == (
            (["stage.A"], {"stage.A.a -> t"}),
            ("work.C", "work.B"),
        )
        assert row.process.transformations == "AGGREGATION"

    def test_the_route_ends_at_the_first_table_with_an_asset(
        self, plan: Planner, graph_text
    ) -> None:
        text = (
            graph_text()
            .edge("stage.A", "dbo.B", ("a", "b", ID), line=1)
            .edge("dbo.B", "work.C", ("b", "c", ID), line=5)
        )
        text.edge("work.C", "dbo.T", ("c", "t", ID), line=9)
        assert [shown(row)[1] for row in plan(text).processes] == [["stage.A"], ["dbo.B"]]

    def test_circles_end(self, plan: Planner, graph_text) -> None:
        text = (
            graph_text()
            .edge("stage.A", "work.B", ("a", "b", ID), line=1)
            .edge("work.B", "work.C", ("b", "c", CHANGED), line=5)
        )
        text.edge("work.C", "work.B", ("c", "b", ID), line=9).edge(
            "work.B", "work.B", ("b", "b", SUM), line=13
        )
        text.edge("work.C", "dbo.T", ("c", "t", ID), line=17)
        row = only(plan(text))
        assert shown(row)[1:] == (["stage.A"], {"stage.A.a -> t"})
        assert row.process.transformations == "AGGREGATION, TRANSFORMATION"

    def test_what_begins_without_an_asset_stays_left_out(self, plan: Planner, chain) -> None:
        chain.edge("work.X", "work.B", ("x", "b", ID), module="etl.LoadB", path="b.sql", line=20)
        row = only(plan(chain))
        assert (shown(row)[1], row.through, row.left_out) == (["stage.A"], ("work.B",), ("work.X",))

    def test_what_nothing_fills_is_left_out_as_before(self, plan: Planner, graph_text) -> None:
        text = graph_text().edge("work.X", "dbo.C", line=1).edge("dbo.D", "dbo.C", line=5)
        text.edge("work.Y", "work.X", line=9)
        row = only(plan(text))
        assert (shown(row)[1], row.through, row.left_out) == (["dbo.D"], (), ("work.X",))

    def test_the_end_of_a_chain_is_not_published(self, plan: Planner, graph_text) -> None:
        text = graph_text().edge("stage.A", "work.B", line=1).edge("work.B", "work.C", line=5)
        new_plan = plan(text)
        assert (new_plan.processes, [row.reaches for row in new_plan.dropped]) == ((), [(), ()])


class TestItself:
    def test_a_table_whose_value_comes_back_feeds_itself(self, plan: Planner, graph_text) -> None:
        text = (
            graph_text()
            .edge("dbo.A", "work.B", ("x", "b", ID), line=1)
            .edge("work.B", "dbo.A", ("b", "y", ID), line=5)
        )
        assert shown(only(plan(text)))[1:] == (["dbo.A"], {"dbo.A.x -> y"})

    @pytest.mark.parametrize("subtype", [Subtype.FILTER, Subtype.CONDITIONAL])
    def test_one_that_only_decides_on_rows_or_values_does_not(
        self, plan: Planner, graph_text, subtype: Subtype
    ) -> None:
        column = None if subtype is Subtype.FILTER else "b"
        text = (
            graph_text()
            .edge("dbo.A", "work.B", ("x", column, subtype), line=1)
            .edge("dbo.D", "work.B", ("d", "b", ID), line=3)
        )
        row = only(plan(text.edge("work.B", "dbo.A", ("b", "y", ID), line=5)))
        assert (shown(row)[1], row.process.transformations) == (["dbo.D"], "IDENTITY")

    def test_if_nothing_else_comes_there_is_no_process(self, plan: Planner, graph_text) -> None:
        text = (
            graph_text()
            .edge("dbo.A", "work.B", ("x", None, Subtype.FILTER), line=1)
            .edge("work.B", "dbo.A", line=5)
        )
        new_plan = plan(text)
        assert (new_plan.processes, new_plan.dropped[1].reason) == (
            (),
            "none of its sources is resolved: work.B",
        )


class TestColumns:
    @pytest.mark.parametrize(
        ("before", "after", "pairs", "certainty"),
        [
            (("x", "b"), ("B", "y"), {"x -> y"}, Certainty.EXACT),
            (("x", "b"), ("c", "y"), set(), Certainty.PARTIAL),
            (("*", "*"), ("b", "y"), {"* -> y"}, Certainty.PARTIAL),
            (("x", "*"), ("b", "y"), {"* -> y"}, Certainty.PARTIAL),
            (("x", "b"), ("*", "*"), {"* -> *"}, Certainty.PARTIAL),
            (("x", "b"), ("*", "y"), {"* -> y"}, Certainty.PARTIAL),
            (("*", "b"), ("b", "y"), {"* -> y"}, Certainty.EXACT),
            (("*", "*"), ("*", "*"), {"* -> *"}, Certainty.PARTIAL),
        ],
    )
    def test_those_that_are_not_known_by_name(
        self,
        plan: Planner,
        graph_text,
        before: tuple[str, str],
        after: tuple[str, str],
        pairs: set[str],
        certainty: Certainty,
    ) -> None:
        text = (
            graph_text()
            .edge("stage.A", "work.B", (*before, ID), line=1)
            .edge("work.B", "dbo.C", (*after, ID), line=5)
        )
        row = only(plan(text))
        assert (shown(row)[2], row.process.certainty) == (
            {f"stage.A.{pair}" for pair in pairs},
            certainty,
        )

    def test_columns_that_differ_in_case_alone_stay_two(self, plan: Planner, graph_text) -> None:
        text = graph_text().edge("stage.A", "work.B", ("x", "b", ID), ("z", "B", ID), line=1)
        assert shown(only(plan(text.edge("work.B", "dbo.C", ("B", "y", ID), line=5))))[2] == {
            "stage.A.z -> y"
        }

    @pytest.mark.parametrize(
        ("before", "after"),
        [(Certainty.INFERRED, Certainty.EXPANDED), (Certainty.EXPANDED, Certainty.INFERRED)],
    )
    def test_certainty_is_that_of_the_weakest_step(
        self, plan: Planner, graph_text, before: Certainty, after: Certainty
    ) -> None:
        text = graph_text().edge("stage.A", "work.B", ("x", "b", ID), line=1, certainty=before)
        text.edge("work.B", "dbo.C", ("b", "y", ID), line=5, certainty=after)
        assert only(plan(text)).process.certainty == Certainty.INFERRED

    def test_what_reaches_the_table_and_none_of_the_columns_has_no_mapping(
        self, plan: Planner, chain
    ) -> None:
        chain.edge(
            "stage.D", "work.B", ("d", "other", ID), module="etl.LoadB", path="b.sql", line=20
        )
        assert shown(only(plan(chain)))[1:] == (["stage.A", "stage.D"], {"stage.A.x -> y"})

    @pytest.mark.parametrize("blank", [0, 1])
    def test_a_step_of_which_no_columns_are_known_leaves_all_open(
        self, plan: Planner, graph_text, blank: int
    ) -> None:
        columns: list[tuple] = [("x", "b", ID), ("b", "y", ID)]
        steps = [() if number == blank else (row,) for number, row in enumerate(columns)]
        text = (
            graph_text()
            .edge("stage.A", "work.B", *steps[0], line=1)
            .edge("work.B", "dbo.C", *steps[1], line=5)
        )
        assert shown(only(plan(text)))[2] == {"stage.A.* -> *"}

    def test_what_is_open_of_the_own_statements_stays_open(self, plan: Planner, chain) -> None:
        chain.edge("stage.A", "dbo.C", module="etl.LoadC", path="c.sql", line=20)
        assert shown(only(plan(chain)))[2] == {"stage.A.x -> y", "stage.A.* -> *"}

    def test_what_decides_on_rows_on_the_way_decides_on_them_in_the_end(
        self, plan: Planner, graph_text
    ) -> None:
        text = graph_text().edge(
            "stage.A", "work.B", ("x", "b", ID), ("k", None, Subtype.JOIN), line=1
        )
        text.edge("stage.F", "work.B", ("f", None, Subtype.FILTER), line=2, type_=EdgeType.INDIRECT)
        text.edge("work.B", "work.C", ("b", "c", Subtype.CONDITIONAL), ("b", "s", SUM), line=5)
        text.edge("work.C", "dbo.T", ("s", "t", ID), ("c", None, Subtype.SORT), line=9)
        row = only(plan(text))
        assert shown(row)[1:] == (["stage.A", "stage.F"], {"stage.A.x -> t"})
        assert row.process.transformations == "AGGREGATION, FILTER, JOIN, SORT"

    def test_an_indirect_step_anywhere_makes_the_route_indirect(
        self, plan: Planner, graph_text
    ) -> None:
        text = (
            graph_text()
            .edge("stage.A", "work.B", line=1)
            .edge("stage.D", "dbo.C", ("d", "y", ID), line=3)
        )
        text.edge("work.B", "dbo.C", line=5, type_=EdgeType.INDIRECT)
        assert shown(only(plan(text)))[1:] == (["stage.A", "stage.D"], {"stage.D.d -> y"})

    def test_a_mapping_that_is_too_large_is_shared_out(self, plan: Planner, graph_text) -> None:
        names = [f"column_{number:030d}" for number in range(60)]
        text = graph_text().edge("stage.A", "work.B", *((name, name, ID) for name in names), line=1)
        text.edge("work.B", "dbo.C", *((name, name, ID) for name in names), line=5)
        new_plan = plan(text, mapping_limit=2_000)
        rows = list(new_plan.processes)
        assert len(rows) > 1
        assert set().union(*(shown(row)[2] for row in rows)) == {
            f"stage.A.{name} -> {name}" for name in names
        }
        assert {row.process.through for row in rows} == {
            "work.B: dbo.usp_Load (procs/load.sql:1-3)"
        }


class TestAmbiguous:
    def test_it_is_not_led_over_and_the_plan_says_what_is_lost(
        self, plan: Planner, graph_text
    ) -> None:
        text = (
            graph_text()
            .edge("stage.A", "twice.B", line=1)
            .edge("twice.B", "dbo.C", line=5)
            .edge("dbo.D", "dbo.C", line=9)
        )
        new_plan = plan(text)
        row = only(new_plan)
        assert (shown(row)[1], row.through, row.left_out) == (["dbo.D"], (), ("twice.B",))
        (cut,) = new_plan.cuts
        assert (cut.table, cut.reason, cut.sources) == ("twice.B", "it is ambiguous", ("stage.A",))
        assert cut.processes == ("dbo.usp_Load -> dbo.C",)

    def test_behind_others_too(self, plan: Planner, graph_text) -> None:
        text = (
            graph_text()
            .edge("stage.A", "work.X", line=1)
            .edge("work.X", "twice.B", line=5)
            .edge("twice.B", "work.Y", line=9)
        )
        new_plan = plan(text.edge("work.Y", "dbo.C", line=13).edge("dbo.D", "work.Y", line=17))
        row = only(new_plan)
        assert (shown(row)[1], row.through, row.left_out) == (["dbo.D"], ("work.Y",), ("twice.B",))
        assert [(cut.table, cut.sources) for cut in new_plan.cuts] == [("twice.B", ("stage.A",))]

    def test_at_the_start_or_the_end_nothing_is_cut(self, plan: Planner, graph_text) -> None:
        text = (
            graph_text()
            .edge("twice.S", "dbo.C", line=1)
            .edge("dbo.D", "dbo.C", line=5)
            .edge("dbo.D", "twice.E", line=9)
        )
        assert plan(text).cuts == ()

    def test_where_nothing_is_led_nothing_is_said(self, plan: Planner, graph_text) -> None:
        text = graph_text().edge("stage.A", "twice.B", line=1).edge("twice.B", "dbo.C", line=5)
        assert plan(text, through=False).cuts == ()


class TestLimits:
    def row_of_tables(self, graph_text, number: int):
        text = graph_text().edge("stage.A", "work.T1", line=1)
        for index in range(1, number):
            text.edge(f"work.T{index}", f"work.T{index + 1}", line=1 + 5 * index)
        return text.edge(f"work.T{number}", "dbo.C", line=999).edge("dbo.D", "dbo.C", line=1999)

    def test_a_row_that_is_too_long_is_cut_and_said(self, plan: Planner, graph_text) -> None:
        limits = BridgeLimits(tables=3)
        complete, cut = (
            plan(self.row_of_tables(graph_text, number), bridge_limits=limits) for number in (3, 4)
        )
        assert (shown(only(complete))[1], complete.cuts) == (["dbo.D", "stage.A"], ())
        assert (shown(only(cut))[1], only(cut).left_out) == (["dbo.D"], ("work.T4",))
        assert [(row.table, row.reason, row.sources) for row in cut.cuts] == [
            ("work.T1", "it stands behind 3 tables in a row that have no asset", ("stage.A",))
        ]

    def test_too_many_inputs_are_cut_the_nearest_kept_and_said(
        self, plan: Planner, graph_text
    ) -> None:
        text = graph_text().edge("stage.Far", "work.Far", line=1).edge("work.Far", "work.B", line=5)
        text.edge("work.B", "dbo.C", ("b", "y", ID), line=9)
        for number in range(3):
            text.edge(f"stage.A{number}", "work.B", ("a", "b", ID), line=20 + 5 * number)
        new_plan = plan(text, bridge_limits=BridgeLimits(inputs=2))
        row = only(new_plan)
        assert (shown(row)[1:], row.through) == (
            (["stage.A0", "stage.A1"], {"stage.A0.a -> y", "stage.A1.a -> y"}),
            ("work.B",),
        )
        (cut,) = new_plan.cuts
        assert (cut.table, cut.sources) == ("dbo.C", ("stage.A2", "stage.Far"))
        assert cut.reason == "more than 2 tables come to it over tables without an asset"


class TestGranularity:
    def test_a_module_is_one_process_that_tells_each_table_once(
        self, plan: Planner, graph_text
    ) -> None:
        text = graph_text().edge("stage.A", "work.B", ("x", "b", ID), line=1)
        text.edge("work.B", "dbo.C", ("b", "y", ID), line=5).edge(
            "work.B", "dbo.D", ("b", "z", ID), line=9
        )
        row = only(plan(text, granularity=Granularity.MODULE))
        assert shown(row) == ("dbo.usp_Load", ["stage.A"], {"stage.A.x -> y", "stage.A.x -> z"})
        assert [ref.qualified_name for ref in row.process.outputs] == [
            address("dbo.C"),
            address("dbo.D"),
        ]
        assert (row.through, row.left_out, row.process.line_range) == (("work.B",), (), "1-11")

    @pytest.mark.parametrize("through", [True, False])
    def test_the_numbers_of_statements_stay(self, plan: Planner, graph_text, through: bool) -> None:
        text = graph_text().edge(
            "stage.A", "work.B", ("x", "b", ID), module="etl.LoadB", path="b.sql", line=1
        )
        text.edge("work.B", "dbo.C", ("b", "y", ID), line=5).edge(
            "dbo.D", "dbo.C", ("d", "y", ID), line=9
        )
        rows = {
            row.process.qualified_name.rpartition("@")[2]: shown(row)[1:]
            for row in plan(text, granularity=Granularity.STATEMENT, through=through).processes
        }
        bridged = {"1": (["stage.A"], {"stage.A.x -> y"})} if through else {}
        assert rows == {**bridged, "2": (["dbo.D"], {"dbo.D.d -> y"})}


class TestExcluded:
    def test_lineage_goes_on_through_them_and_they_are_named_nowhere_else(
        self, plan: Planner, graph_text
    ) -> None:
        text = (
            graph_text()
            .edge("stage.A", "log.B", ("x", "b", ID), line=1)
            .edge("log.B", "dbo.C", ("b", "y", ID), line=5)
        )
        text.edge("work.OnlyForLog", "log.B", line=9).edge("log.Alone", "dbo.E", line=13)
        new_plan = plan(text, excluded=tuple(map(parse_name, ("log.B", "log.Alone"))))
        row = only(new_plan)
        assert (shown(row)[1:], row.through, row.left_out) == (
            (["stage.A"], {"stage.A.x -> y"}),
            ("log.B",),
            ("work.OnlyForLog",),
        )
        assert (new_plan.excluded, new_plan.dropped) == (("log.B", "log.Alone"), ())
        assert [row.table for row in new_plan.unresolved] == ["work.OnlyForLog"]

    def test_without_leading_all_of_their_lineage_is_gone(self, plan: Planner, graph_text) -> None:
        text = (
            graph_text()
            .edge("stage.A", "log.B", line=1)
            .edge("log.B", "dbo.C", line=5)
            .edge("dbo.D", "dbo.C", line=9)
        )
        new_plan = plan(text, excluded=(parse_name("log.B"),), through=False)
        assert (shown(only(new_plan))[1], only(new_plan).process.line_range) == (["dbo.D"], "9-11")
        assert [row.table for row in new_plan.resolved] == ["dbo.C", "dbo.D"]


class TestViews:
    def view(self, text, name: str) -> LineageGraph:
        return dataclasses.replace(
            text.graph(),
            modules=(Module(parse_name(name), ModuleKind.VIEW, "v.sql", 1, 2, (), (), (), ()),),
        )

    def test_a_view_on_such_a_table_is_related_to_what_fills_it(
        self, plan: Planner, graph_text
    ) -> None:
        text = graph_text().edge("stage.A", "work.B", ("x", "b", ID), line=1)
        text.edge("work.B", "dbo.V", ("b", "y", ID), module="dbo.V", path="v.sql")
        new_plan = plan(self.view(text, "dbo.V"), direct_views=True)
        (row,) = new_plan.relations
        ends = (
            row.source.qualified_name,
            row.target.qualified_name,
            json.loads(row.column_mapping),
        )
        assert ends == (address("stage.A"), address("dbo.V"), [{"Source": "x", "Sink": "y"}])
        assert new_plan.notes == ("dbo.V: what it reads comes through work.B, which has no asset",)

    def test_a_view_without_an_asset_is_passed(self, plan: Planner, graph_text) -> None:
        text = graph_text().edge("stage.A", "work.V", ("x", "v", ID), module="work.V", path="v.sql")
        text.edge("work.V", "dbo.C", ("v", "y", ID), line=5)
        new_plan = plan(self.view(text, "work.V"), direct_views=True)
        assert shown(only(new_plan))[1:] == (["stage.A"], {"stage.A.x -> y"})
        assert only(new_plan).process.through == "work.V: work.V (v.sql:1-3)"


class TestDeclared:
    def declared(self, text, source: str, target: str) -> LineageGraph:
        row = Declaration(parse_name(target), parse_name(source), (("p", "q"),), "notes.sql", 4)
        return dataclasses.replace(text.graph(), declared=(row,))

    def test_a_persons_word_on_the_way_makes_it_declared(self, plan: Planner, graph_text) -> None:
        text = graph_text().edge("work.B", "dbo.C", ("q", "y", ID), line=5)
        row = only(plan(self.declared(text, "stage.A", "work.B")))
        assert shown(row)[1:] == (["stage.A"], {"stage.A.p -> y"})
        assert (row.process.through, row.process.certainty) == (
            "work.B: declared (notes.sql:4-4)",
            "DECLARED",
        )

    def test_a_persons_word_at_the_end_is_led_too(self, plan: Planner, graph_text) -> None:
        text = graph_text().edge("stage.A", "work.B", ("x", "p", ID), line=5)
        row = only(plan(self.declared(text, "work.B", "dbo.C")))
        assert shown(row) == ("declared -> dbo.C", ["stage.A"], {"stage.A.x -> q"})
        assert (row.process.line_range, row.process.certainty) == ("4-4", "DECLARED")


class TestAfterwards:
    def test_a_saved_plan_says_the_same(self, plan: Planner, chain) -> None:
        new_plan = plan(chain.edge("stage.A", "twice.B", line=50).edge("twice.B", "dbo.C", line=60))
        assert read_plan(plan_text(new_plan)) == new_plan

    def test_it_is_pushed_once(self, plan: Planner, chain, client: DataMapClient) -> None:
        assert len(push(plan(chain), client).created) == 1
        assert plan(chain).counts().changes == 0

    def test_an_account_whose_type_lacks_the_attribute_is_given_it(
        self, plan: Planner, chain, client, account
    ) -> None:
        push(plan(chain), client)
        (name, definition), *_ = account.types.items()
        attributes = [row for row in definition["attributeDefs"] if row["name"] != "throughTables"]
        account.types[name] = {**definition, "attributeDefs": attributes}
        for row in account.entities.values():
            row["attributes"].pop("throughTables", None)
        new_plan = plan(chain)
        assert only(new_plan).reason == "it differs in throughTables"
        push(new_plan, client)
        assert {row["name"] for row in account.types[name]["attributeDefs"]} == {
            *(row["name"] for row in attributes),
            "throughTables",
        }

    def test_what_is_led_is_not_pruned(self, plan: Planner, chain, client: DataMapClient) -> None:
        push(plan(chain), client)
        assert plan(chain, pruning=Pruning.ON).counts().changes == 0

    def test_a_table_that_is_passed_costs_less_than_one_that_ends_it(
        self, catalogue: Catalogue, chain
    ) -> None:
        chain.edge("work.X", "dbo.E", line=50)
        report = resolve_report(chain.graph(), catalogue)
        assert [
            (row.table.table, row.bridged, row.processes_lost, row.processes_through)
            for row in report.hanging
        ] == [
            ("work.X", False, 1, 0),
            ("work.B", True, 1, 1),
        ]
        report = resolve_report(chain.graph(), catalogue, FlowOptions(through=False))
        assert [(row.table.table, row.bridged, row.processes_lost) for row in report.hanging] == [
            ("work.B", False, 2),
            ("work.X", False, 1),
        ]


TABLES = [f"{schema}.T{number}" for schema in ("dbo", "work") for number in range(4)]
COLUMNS = st.tuples(
    st.sampled_from("xyz"), st.sampled_from("xyz"), st.sampled_from([ID, CHANGED, SUM])
)
EDGES = st.dictionaries(
    st.tuples(st.sampled_from(TABLES), st.sampled_from(TABLES)).filter(
        lambda ends: ends[0] != ends[1]
    ),
    st.lists(COLUMNS, min_size=1, max_size=3, unique_by=lambda row: row[:2]),
    max_size=12,
)


def columns_upstream(edges: Mapping, target: str) -> set[tuple[str, str, str, Subtype]]:
    """All columns that come to a table over tables of the schema `work` alone.

    They are found by going every way until nothing is new.
    """
    routes = {
        (source, a, b, kind)
        for (source, end), rows in edges.items()
        if end == target
        for a, b, kind in rows
    }
    while True:
        more = {
            (source, a, c, compose(outer, inner))
            for table, b, c, outer in routes
            if table.startswith("work")
            for (source, end), rows in edges.items()
            if end == table
            for a, column, inner in rows
            if column == b
        }
        if more <= routes:
            return {row for row in routes if not row[0].startswith("work")}
        routes |= more


def tables_upstream(edges: Mapping, target: str) -> set[str]:
    """All tables with an asset that come to a table over tables of the schema `work` alone."""
    names = {source for source, end in edges if end == target}
    while True:
        more = {source for source, end in edges if end in names and end.startswith("work")}
        if more <= names:
            return {table for table in names if not table.startswith("work")}
        names |= more


@settings(max_examples=150)
@given(EDGES)
def test_the_inputs_are_all_that_comes_over_tables_without_an_asset(
    graph_text, edges: Mapping
) -> None:
    text = graph_text()
    for number, ((source, target), rows) in enumerate(edges.items()):
        text.edge(
            source,
            target,
            *rows,
            module=f"etl.Load{target[-2:]}{target[0]}",
            path=f"{target}.sql",
            line=1 + 5 * number,
        )
    guids = {table: f"g{table}" for table in TABLES}
    new_plan = make_plan(text.graph(), Catalogue(guids.__getitem__), _Empty(), owner="prod")
    ends = {shown(row)[0].rpartition(" ")[2]: shown(row)[1:] for row in new_plan.processes}
    expected = {}
    for target in {end for _, end in edges if end.startswith("dbo")}:
        columns = {(source, a, b) for source, a, b, _ in columns_upstream(edges, target)}
        inputs = tables_upstream(edges, target) - (
            {target} if target not in {source for source, _, _ in columns} else set()
        )
        if inputs:
            expected[target] = (
                sorted(inputs),
                {f"{source}.{a} -> {b}" for source, a, b in columns},
            )
    assert ends == expected


class _Empty:
    """An account that has nothing yet."""

    endpoint, path_prefix = "https://acct.purview.azure.com", "/datamap/api"

    def read_entities(self, type_name: str, names: Iterable[str]) -> list:
        return []

    def read_guids(self, guids: Iterable[str], *, exclude: Iterable[str] = ()) -> list:
        return []

    def search_any(
        self, type_names: Iterable[str], contains: Iterable[str], *, most: int | None = None
    ) -> list:
        return []
