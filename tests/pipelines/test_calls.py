"""Calls among pipelines, loops over known lists, branches: what each activity runs with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sql_lineage_purview.project.configuring.settings import Settings
from sql_lineage_purview.project.reading.statement_text import StatementText
from sql_lineage_purview.project.scanning import scan
from tests.linking import column_lines, table_lines

from .factory import Factory, copy, expression

if TYPE_CHECKING:
    from pathlib import Path

    from sql_lineage_purview.project.keeping.scan_result import Scan

FILE = "https://lake.dfs.core.windows.net/raw/orders/orders.csv"


@pytest.fixture
def factory(tmp_path: Path) -> Factory:
    new_factory = Factory(tmp_path)
    new_factory.table(
        "Any",
        "Dw",
        {"table": {"type": "string"}},
        schema="stg",
        table=expression("@dataset().table"),
    )
    return new_factory


def into(table: str, name: str = "Copy orders") -> dict[str, Any]:
    return copy(
        "OrdersFile",
        {"referenceName": "Any", "parameters": {"table": expression(table)}},
        name=name,
    )


def activity(kind: str, name: str = "a", **properties: Any) -> dict[str, Any]:
    return {"name": name, "type": kind, "typeProperties": properties}


def each(items: Any, *activities: Any) -> dict[str, Any]:
    return activity("ForEach", items=expression(items), activities=list(activities))


def script(text: str) -> dict[str, Any]:
    return activity("Script", scripts=[{"type": "NonQuery", "text": expression(text)}])


def call(pipeline: str, **parameters: Any) -> dict[str, Any]:
    reference = {"referenceName": pipeline, "type": "PipelineReference"}
    return activity(
        "ExecutePipeline", name=f"run {pipeline}", pipeline=reference, parameters=parameters
    )


def scanned(factory: Factory) -> Scan:
    return scan([factory.root], Settings(), use_cache=False)


def filled(factory: Factory) -> list[str]:
    """The tables of the warehouse that the file is copied into."""
    lines = [line.removesuffix("  DIRECT") for line in table_lines(scanned(factory).graph)]
    return [line.removeprefix(f"{FILE} -> RetailDW.stg.") for line in lines]


def codes(factory: Factory) -> list[str]:
    return [diagnostic.code for diagnostic in scanned(factory).graph.diagnostics]


def text(default: Any = None) -> dict[str, Any]:
    return {"type": "string"} | ({} if default is None else {"defaultValue": default})


class TestLoops:
    @pytest.mark.parametrize(
        ("items", "table"),
        [
            ("@createArray('A', 'B')", "@item()"),
            ("@split('A;B', ';')", "@item()"),
            ('@json(\'[{"t": "A"}, {"t": "B"}]\')', "@item().t"),
            ("@variables('tables')", "@item()"),
            ("@pipeline().parameters.tables", "@concat(item(), '')"),
        ],
    )
    def test_over_a_list_that_is_known(self, factory: Factory, items: str, table: str) -> None:
        lists = {"tables": {"type": "array", "defaultValue": ["A", "B"]}}
        factory.pipeline(each(items, into(table)), variables=lists, parameters=lists)

        assert filled(factory) == ["A", "B"]
        assert codes(factory) == []

    @pytest.mark.parametrize(
        "items",
        ["@activity('Get tables').output.value", "@pipeline().parameters.tables", "@utcNow()"],
    )
    def test_over_another_is_a_gap(self, factory: Factory, items: str) -> None:
        factory.pipeline(
            each(items, into("@item().t")),
            parameters={"tables": {"type": "array", "defaultValue": []}},
        )

        assert (filled(factory), codes(factory)) == ([], ["SLP301"])

    def test_scripts_run_once_for_each_item_too(self, factory: Factory) -> None:
        factory.pipeline(
            each("@createArray('A', 'B')", script("INSERT dbo.T (x) SELECT x FROM stg.@{item()}"))
        )

        assert table_lines(scanned(factory).graph) == [
            "stg.A -> dbo.T  DIRECT",
            "stg.B -> dbo.T  DIRECT",
        ]

    def test_what_the_rounds_run_alike_is_one_statement(self, factory: Factory) -> None:
        factory.pipeline(
            each("@createArray('A', 'B')", script("INSERT dbo.T (x) SELECT x FROM dbo.S"))
        )

        assert len(scanned(factory).graph.statements) == 1

    def test_a_branch_is_taken_by_the_items_that_it_is_for(self, factory: Factory) -> None:
        kinds = activity(
            "Switch",
            on=expression("@item().kind"),
            cases=[{"value": "full", "activities": [into("@concat('Full', item().t)", "full")]}],
            defaultActivities=[
                activity(
                    "IfCondition",
                    expression=expression("@equals(item().kind, 'delta')"),
                    ifTrueActivities=[into("@concat('Delta', item().t)", "delta")],
                    ifFalseActivities=[into("@concat('Other', item().t)", "other")],
                )
            ],
        )
        items = '[{"kind": "full", "t": "A"}, {"kind": "delta", "t": "B"}, {"kind": "x", "t": "C"}]'
        factory.pipeline(each(f"@json('{items}')", kinds))

        assert filled(factory) == ["DeltaB", "FullA", "OtherC"]

    def test_a_branch_that_hangs_on_a_parameter_may_be_taken_either_way(
        self, factory: Factory
    ) -> None:
        condition = expression("@equals(pipeline().parameters.kind, 'full')")
        both = activity(
            "IfCondition",
            expression=condition,
            ifTrueActivities=[into("A", "a")],
            ifFalseActivities=[into("B", "b")],
        )
        factory.pipeline(both, parameters={"kind": text("full")})

        assert filled(factory) == ["A", "B"]

    def test_a_filter_lets_through_what_it_is_for(self, factory: Factory) -> None:
        chosen = activity(
            "Filter",
            "F",
            items=expression("@createArray('A1', 'B1', 'A2')"),
            condition=expression("@startswith(item(), 'A')"),
        )
        factory.pipeline(chosen, each("@activity('F').output.value", into("@item()")))

        assert filled(factory) == ["A1", "A2"]

    def test_a_variable_that_is_set_once_is_known(self, factory: Factory) -> None:
        def settings(*where: Any) -> list[Any]:
            return [
                activity("SetVariable", variableName="t", value=expression(value))
                for value in where
            ]

        variables = {"t": {"type": "String"}}
        factory.pipeline(
            *settings("@concat('Or', 'ders')"), into("@variables('t')"), variables=variables
        )
        assert filled(factory) == ["Orders"]

        factory.pipeline(*settings("a", "b"), into("@variables('t')"), variables=variables)
        assert (filled(factory), codes(factory)) == ([], ["SLP301"])

    def test_more_rounds_than_are_followed_are_reported(self, factory: Factory) -> None:
        factory.pipeline(
            each("@range(1, 300)", script("INSERT dbo.T (x) SELECT x FROM stg.T@{item()}"))
        )

        assert codes(factory) == ["SLP301"]
        assert len(scanned(factory).graph.table_lineage) == 200


class TestCalls:
    def test_parameters_that_are_passed_are_what_is_copied(self, factory: Factory) -> None:
        factory.pipeline(
            into("@pipeline().parameters.Table"), name="one", parameters={"Table": text("Never")}
        )
        factory.pipeline(
            call("one", Table="A"), call("ONE", Table=expression("@toUpper('b')")), name="main"
        )

        assert filled(factory) == ["A", "B"]
        assert {line.split()[-1] for line in column_lines(scanned(factory).graph)} == {"PARTIAL"}
        assert not any(row.dynamic for row in scanned(factory).graph.statements)

    def test_those_of_a_loop_are_passed_one_by_one(self, factory: Factory) -> None:
        factory.pipeline(
            into("@pipeline().parameters.Row.name"),
            name="one",
            parameters={"Row": {"type": "object"}},
        )
        factory.pipeline(
            call("one", Row=expression("@pipeline().parameters.Inner")),
            name="two",
            parameters={"Inner": text()},
        )
        rows = '[{"name": "A"}, {"name": "B"}]'
        factory.pipeline(
            each(f"@json('{rows}')", call("two", Inner=expression("@item()"))), name="main"
        )

        assert filled(factory) == ["A", "B"]

    def test_what_a_call_passes_and_does_not_know_is_no_default(self, factory: Factory) -> None:
        factory.pipeline(
            into("@pipeline().parameters.Table"), name="one", parameters={"Table": text("Never")}
        )
        factory.pipeline(
            each("@activity('L').output.value", call("one", Table=expression("@item().t"))),
            name="main",
        )

        assert (filled(factory), codes(factory)) == ([], ["SLP301"])

    def test_a_parameter_that_no_call_passes_has_its_default(self, factory: Factory) -> None:
        parameters = {"Table": text("Orders"), "Other": text("x")}
        factory.pipeline(into("@pipeline().parameters.Table"), name="one", parameters=parameters)
        factory.pipeline(call("one", Other="y"), name="main")

        assert filled(factory) == ["Orders"]
        assert all(row.dynamic for row in scanned(factory).graph.statements)

    def test_a_trigger_passes_them_too(self, factory: Factory) -> None:
        factory.pipeline(
            into("@pipeline().parameters.Table"), name="one", parameters={"Table": text()}
        )
        row = {"pipelineReference": {"referenceName": "one"}, "parameters": {"Table": "A"}}
        factory.put("trigger/nightly.json", {"properties": {"pipelines": [row]}})

        assert filled(factory) == ["A"]

    def test_those_of_the_factory_are_assumed(self, factory: Factory) -> None:
        factory.pipeline(into("@pipeline().globalParameters.Table"))
        factory.put(
            "factory/shop.json",
            {"properties": {"globalParameters": {"Table": {"type": "string", "value": "A"}}}},
        )

        assert filled(factory) == ["A"]
        assert all(row.dynamic for row in scanned(factory).graph.statements)

    def test_circles_end(self, factory: Factory) -> None:
        parameters = {"T": text("A")}
        factory.pipeline(
            call("two", T=expression("@pipeline().parameters.T")), name="one", parameters=parameters
        )
        factory.pipeline(
            call("one", T="B"), into("@pipeline().parameters.T"), name="two", parameters=parameters
        )

        assert set(filled(factory)) <= {"A", "B"}
        assert filled(factory)

    def test_one_that_is_not_in_the_scan_is_counted(self, factory: Factory) -> None:
        factory.pipeline(call("elsewhere"))

        assert [(row.kind.value, row.count) for row in scanned(factory).graph.not_read] == [
            ("PIPELINE_ACTIVITY", 1)
        ]

    def test_the_text_of_a_statement_is_that_of_the_run(self, factory: Factory) -> None:
        sql = expression("INSERT dbo.T (x) SELECT x FROM stg.@{pipeline().parameters.Table}")
        factory.pipeline(
            activity("Script", scripts=[{"text": sql}]),
            name="one",
            parameters={"Table": text("Never")},
        )
        factory.pipeline(call("one", Table="A"), name="main")
        result = scanned(factory)

        [row] = result.graph.statements
        assert StatementText(result.root, result.scripts, result.embedded)([row]) == (
            "INSERT dbo.T (x) SELECT x FROM stg.A"
        )


@pytest.mark.parametrize(
    ("database", "table"), [(None, "dbo.S -> dbo.T"), ("RetailDW", "Crm.dbo.S -> Crm.dbo.T")]
)
def test_sql_runs_in_the_database_of_its_service_where_databases_have_names(
    factory: Factory, database: str | None, table: str
) -> None:
    run = script("INSERT dbo.T (x) SELECT x FROM dbo.S") | {
        "linkedServiceName": {"referenceName": "Sql"}
    }
    lookup = activity(
        "Lookup",
        source={"sqlReaderQuery": "SELECT x FROM dbo.S"},
        dataset={"referenceName": "Orders"},
    )
    factory.pipeline(run, lookup)
    graph = scan([factory.root], Settings(database=database), use_cache=False).graph

    assert table_lines(graph) == [f"{table}  DIRECT"]
    assert {str(name) for row in graph.statements for name in row.reads} == {
        table.partition(" ")[0]
    }


def test_a_script_that_holds_by_a_default_is_inferred(factory: Factory) -> None:
    factory.pipeline(
        script("INSERT dbo.T (x) SELECT x FROM @{pipeline().parameters.s}.A"),
        parameters={"s": text("stg")},
    )

    assert column_lines(scanned(factory).graph) == ["stg.A.x -> dbo.T.x  IDENTITY  INFERRED"]
    assert [row.dynamic for row in scanned(factory).graph.statements] == [True]


def test_a_script_of_another_dialect_is_counted(factory: Factory) -> None:
    factory.service("Flake", "SnowflakeV2")
    factory.pipeline(
        script("INSERT INTO a SELECT * FROM b") | {"linkedServiceName": {"referenceName": "Flake"}}
    )
    graph = scanned(factory).graph

    assert [(row.kind.value, row.count) for row in graph.not_read] == [("SCRIPT_ACTIVITY", 1)]
    assert graph.table_lineage == ()
