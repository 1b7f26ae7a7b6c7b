"""The SQL of pipelines: which activities run it, and what of their dynamic content is known."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sql_lineage_purview.model.diagnostics import Span
from sql_lineage_purview.pipelines.activities.activity_sql import pipeline_script
from sql_lineage_purview.pipelines.expressions.dynamic_content import (
    Assumed,
    Dynamic,
    known_sql,
    known_text,
    value_of,
)
from sql_lineage_purview.pipelines.expressions.evaluation import BoundValue, Hole, Values


def activity(kind: str, name: str = "a", **properties: object) -> dict[str, object]:
    return {"name": name, "type": kind, "typeProperties": properties}


def script(text: object, name: str = "a") -> dict[str, object]:
    return activity("Script", name, scripts=[{"type": "NonQuery", "text": text}])


def expression(text: str) -> dict[str, str]:
    return {"value": text, "type": "Expression"}


def sql_of(*activities: object) -> list[str]:
    """The statements of a pipeline, without headings and GO."""
    script = pipeline_script(list(activities))
    return (
        [line for line in script.text.splitlines() if line != "GO" and not line.startswith("-- ")]
        if script
        else []
    )


class TestActivities:
    @pytest.mark.parametrize(
        ("kind", "properties", "sql"),
        [
            (
                "Script",
                {"scripts": [{"text": "DELETE a"}, {"text": "DELETE b"}, {}, 1]},
                ["DELETE a", "DELETE b"],
            ),
            (
                "SqlServerStoredProcedure",
                {"storedProcedureName": "[dbo].[Load Fact]"},
                ["EXEC dbo.[Load Fact];"],
            ),
            ("SqlPoolStoredProcedure", {"storedProcedureName": "dbo.p"}, ["EXEC dbo.p;"]),
            ("Copy", {"source": {"sqlReaderQuery": "SELECT 1"}}, ["SELECT 1"]),
            (
                "Copy",
                {"sink": {"type": "SqlDWSink", "preCopyScript": "TRUNCATE TABLE t"}},
                ["TRUNCATE TABLE t"],
            ),
            (
                "Copy",
                {"sink": {"type": "AzureSqlSink", "sqlWriterStoredProcedureName": "w"}},
                ["EXEC w;"],
            ),
            (
                "Copy",
                {"sink": {"type": "AzurePostgreSqlSink", "preCopyScript": "TRUNCATE t CASCADE"}},
                [],
            ),
            ("Lookup", {"source": {"sqlReaderStoredProcedureName": "r"}}, ["EXEC r;"]),
            ("Lookup", {"source": {"query": "SELECT 1", "type": "OracleSource"}}, []),
            ("Wait", {"scripts": [{"text": "DELETE a"}]}, []),
        ],
    )
    def test_what_each_runs(self, kind: str, properties: dict[str, Any], sql: list[str]) -> None:
        assert sql_of(activity(kind, **properties)) == sql

    def test_those_inside_of_loops_and_branches_are_found_in_order(self) -> None:
        nested = activity(
            "ForEach",
            activities=[
                script("DELETE a"),
                activity(
                    "IfCondition",
                    ifTrueActivities=[script("DELETE b")],
                    ifFalseActivities=[script("DELETE c")],
                ),
                activity("Until", activities=[script("DELETE d")]),
                activity(
                    "Switch",
                    cases=[{"value": "x", "activities": [script("DELETE e")]}],
                    defaultActivities=[script("DELETE f")],
                ),
            ],
        )

        assert sql_of(nested, script("DELETE g")) == [f"DELETE {table}" for table in "abcdefg"]

    def test_what_is_switched_off_does_not_run(self) -> None:
        assert sql_of({**script("DELETE a"), "state": "Inactive"}, script("DELETE b")) == [
            "DELETE b"
        ]

    def test_arguments_that_are_known_are_constants_and_others_variables(self) -> None:
        parameters = {
            "Text": {"value": "it's", "type": "String"},
            "Number": {"value": 5},
            "Flag": {"value": True},
            "Nothing": {"value": None},
            "Later": {"value": expression("@pipeline().RunId")},
            "x; DROP TABLE t": {"value": "1"},
        }
        run = activity(
            "SqlServerStoredProcedure",
            storedProcedureName="p",
            storedProcedureParameters=parameters,
        )

        assert sql_of(run) == [
            "EXEC p @Text = N'it''s', @Number = 5, @Flag = 1, @Nothing = NULL, @Later = @Later;"
        ]

    @pytest.mark.parametrize("name", ["p x y; DROP TABLE t", "dbo.[p; --]"])
    def test_a_name_is_only_ever_a_name(self, name: str) -> None:
        [sql] = sql_of(activity("SqlServerStoredProcedure", storedProcedureName=name))

        assert sql.startswith("EXEC ")
        assert sql.count("[") == sql.count("]") == 1

    def test_a_known_database_is_used_and_never_taken_for_another_activity(self) -> None:
        pool = {
            **script("DELETE a"),
            "sqlPool": {"referenceName": "dw01", "type": "SqlPoolReference"},
        }
        service = {
            **script("DELETE b"),
            "linkedServiceName": {"referenceName": "ws", "parameters": {"DBName": "dw]02"}},
        }

        assert sql_of(pool, service, script("DELETE c")) == [
            "DELETE c",
            "USE [dw01]",
            "DELETE a",
            "USE [dw]]02]",
            "DELETE b",
        ]


class TestGaps:
    def test_one_is_shown_in_the_lines_of_the_activity_with_what_is_not_known(self) -> None:
        unknown = script("@concat('DELETE ', variables('x'), item().y)", "two")
        places = {id(unknown): Span(7, 1, 9, 2)}
        document = pipeline_script(
            [script("DELETE a", "one"), unknown, script("DELETE c")],
            span_of=lambda thing: places.get(id(thing), Span()),
        )

        assert document
        [gap] = document.diagnostics
        message = (
            "activity two: what it runs is put together when the pipeline runs, from "
            "variables('x'), item().y"
        )
        assert (gap.code, gap.message, gap.span) == ("SLP301", message, Span(7, 1, 9, 2))

    @pytest.mark.parametrize("name", [expression("@item().Procedure"), "dbo.", "https://x"])
    def test_a_procedure_without_a_known_name_is_one(self, name: object) -> None:
        script = pipeline_script([activity("SqlServerStoredProcedure", storedProcedureName=name)])

        assert script
        assert [diagnostic.code for diagnostic in script.diagnostics] == ["SLP301"]


class TestExpressions:
    @pytest.mark.parametrize(
        ("value", "text"),
        [
            ("SELECT 1", "SELECT 1"),
            (expression("SELECT 1"), "SELECT 1"),
            ("@concat('SELECT ''a''', ' FROM ', concat('dbo', '.', 't'))", "SELECT 'a' FROM dbo.t"),
            ("@{concat('TRUNCATE TABLE ', 'a,b(')}", "TRUNCATE TABLE a,b("),
            ("DELETE @{'t'} WHERE n = @{ 5 }", "DELETE t WHERE n = 5"),
            ("@@ROWCOUNT", "@ROWCOUNT"),
            ("SELECT '@@{x}'", "SELECT '@{x}'"),
            (
                "SELECT @a FROM t WHERE b = @{ never closed",
                "SELECT @a FROM t WHERE b = @{ never closed",
            ),
            (" ", None),
            (5, None),
            (None, None),
            ({"value": 5}, None),
        ],
    )
    def test_constants_are_known(self, value: object, text: str | None) -> None:
        assert known_sql(value) == text

    @pytest.mark.parametrize(
        "text",
        [
            "@variables('sql')",
            "@pipeline().parameters.sql",
            "@concat('TRUNCATE TABLE ', variables('t'))",
            "TRUNCATE TABLE @{item().schema}.@{item().table}",
            "SELECT a FROM dbo.t WHERE n > @{activity('x').output.firstRow.n}",
            "SELECT a FROM [@{item().table}]",
            "EXEC ('SELECT a FROM @{item().table}')",
            "EXEC sp_executesql N'SELECT a FROM @{item().table}'",
            "@utcNow()",
            "@toUpper(item().x)",
            "@concat('a', 'b') , 'c'",
        ],
    )
    def test_what_the_run_decides_is_not(self, text: str) -> None:
        assert known_sql(text) == Dynamic(text)

    @pytest.mark.parametrize(
        ("text", "sql"),
        [
            (
                "SELECT a FROM t WHERE d > '@{activity('x').output.d}'",
                "SELECT a FROM t WHERE d > '@{activity(''x'').output.d}'",
            ),
            (
                "@concat('SELECT a FROM t WHERE d = ''', item().d, '''')",
                "SELECT a FROM t WHERE d = '@{item().d}'",
            ),
            (
                "SELECT a FROM t -- run @{pipeline().RunId}",
                "SELECT a FROM t -- run @{pipeline().RunId}",
            ),
            ("SELECT * FROM OPENROWSET(BULK '@{item().path}', FORMAT = 'CSV') r", None),
        ],
    )
    def test_a_value_in_a_string_is_a_value(self, text: str, sql: str | None) -> None:
        assert known_sql(text) == (sql or text)

    def test_a_text_that_is_no_sql_must_be_known_as_a_whole(self) -> None:
        assert known_text("a'@{item().x}'") == Dynamic("a'@{item().x}'")

    @pytest.mark.parametrize(
        ("expression", "value"),
        [
            ("@createArray('a', concat('b', 'c'), 5)", ["a", "bc", 5]),
            ("@split('dbo.Orders', '.')[1]", "Orders"),
            ("@last(split('dbo.Orders', '.'))", "Orders"),
            ("@toLower(replace('A-B', '-', '_'))", "a_b"),
            ("@if(equals(item().Kind, 'full'), 'TRUNCATE', 'DELETE')", "TRUNCATE"),
            ("@if(greater(length(item()['names']), 1), 'many', item().nothing)", "many"),
            ("@coalesce(item()?.nothing, 'dbo')", "dbo"),
            ('@json(\'{"a": [1, {"b": "x"}]}\').a[1].b', "x"),
            ("@json(string(item())).kind", "full"),
            ("@join(item().names, ',')", "a,b"),
            ("@{item().names[0]}.@{toUpper('t')}", "a.T"),
            ("@not(contains(item().names, 'c'))", True),
            ("@range(1, 3)", [1, 2, 3]),
            ("@substring(concat('x', string(add(40, 2))), 1, 2)", "42"),
            ("@createArray(div(7, 2), div(-7, 2), div(7, -2), div(-7, -2))", [3, -3, -3, 3]),
            ("@createArray(mod(7, 2), mod(-7, 2), mod(7, -2), mod(-7, -2))", [1, -1, 1, -1]),
            ("@createArray(div(-7.0, 2), mod(-7.5, 2))", [-3.5, -1.5]),
            (
                {"a": "@item().KIND", "b": [{"value": "@item().names", "type": "Expression"}]},
                {"a": "full", "b": [["a", "b"]]},
            ),
        ],
    )
    def test_functions_of_what_is_known(self, expression: object, value: object) -> None:
        values = Values({"item()": BoundValue({"kind": "full", "names": ["a", "b"]})})

        assert value_of(expression, values) == BoundValue(value)

    @pytest.mark.parametrize(
        "expression",
        [
            "@formatDateTime(utcNow(), 'yyyy')",
            "@split(activity('x').output.y, ',')[0]",
            "@item().nothing",
            "@first(createArray())",
            "@equals('a', 'A')",
            "@contains(createArray(utcNow()), 'a')",
            "@if(variables('x'), 'a', 'b')",
            "@int('x')",
            "@replace('aaa', 'a', activity('x').output.y)",
        ],
    )
    def test_of_what_is_not_known_they_are_not(self, expression: str) -> None:
        values = Values({"item()": BoundValue({"kind": "full"})})

        assert value_of(expression, values) == BoundValue(Hole(expression[1:]))

    def test_what_hangs_on_a_default_is_assumed(self) -> None:
        values = Values({"pipeline().parameters.env": BoundValue("dev", assumed=True)})

        assert isinstance(
            known_sql("DELETE @{if(equals(pipeline().parameters.env, 'dev'), 'a', 'b')}", values),
            Assumed,
        )
        assert not isinstance(
            known_sql("DELETE t WHERE e = '@{pipeline().parameters.env}'", values), Assumed
        )

    def test_length_is_no_danger(self) -> None:
        long = "'a'"
        for _ in range(30):
            long = f"replace({long}, 'a', 'aaaa')"

        assert isinstance(known_sql(f"@{long}"), Dynamic)

    def test_depth_is_no_danger(self) -> None:
        deep = "@" + "concat(" * 5_000 + "'a'" + ")" * 5_000

        assert isinstance(known_sql(deep), Dynamic)

    def test_what_is_not_looked_for_is_not_known(self) -> None:
        assert known_sql("DELETE t WHERE a = @{ b") == "DELETE t WHERE a = @{ b"
        assert isinstance(known_sql("DELETE t " + "@{ " * 5_000), Dynamic)

    @given(st.text(alphabet="@{}'(),abc concat\n", max_size=40))
    def test_any_text_is_known_or_not(self, text: str) -> None:
        assert isinstance(known_sql(text), str | Dynamic | None)

    @given(st.text(max_size=30))
    def test_a_constant_comes_out_as_it_was_written(self, text: str) -> None:
        quoted = text.replace("'", "''")

        assert known_text(f"@concat('', '{quoted}')") == text
