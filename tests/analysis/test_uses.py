"""Who uses a table or column: readers that write nothing, how, where, and what is not certain."""

from __future__ import annotations

import pytest

from sql_lineage_purview.analysis.graph_index import GraphIndex
from sql_lineage_purview.analysis.hidden_uses import hidden_uses
from sql_lineage_purview.analysis.use import ObjectUse
from sql_lineage_purview.analysis.uses import ObjectUses
from sql_lineage_purview.model.graph import Column, Declaration, LineageGraph
from sql_lineage_purview.model.names import parse_name
from tests.linking import lineage_of

TABLES = """
CREATE TABLE dbo.S (Id int, A int, B int, C int);
CREATE TABLE dbo.T (Id int, X int, Y int);
CREATE SYNONYM dbo.Alias_ FOR dbo.S;
GO
CREATE VIEW dbo.V AS SELECT s.Id, s.A AS Alpha FROM dbo.S AS s WHERE s.B = 1;
GO
"""


def use_line(use: ObjectUse) -> str:
    """`dbo.P reads joins :2 :4`, in parentheses where it is not certain."""
    kinds = " ".join(sorted(use.kinds))
    sites = " ".join(f":{line}" for line in sorted({site.line for site in use.sites}))
    text = f"{use.module or use.part or use.path} {kinds} {sites}".rstrip()
    return text if use.is_certain else f"({text})"


def uses_of(selector: str, **scripts: str) -> list[str]:
    files = {"a.sql": TABLES} | {f"{name}.sql": sql for name, sql in scripts.items()}
    name = parse_name(selector)
    column = (
        Column(name, None)
        if len(name.parts) < 3
        else Column(parse_name("dbo." + name.parts[1]), name.object)
    )
    return [use_line(use) for use in ObjectUses(lineage_of(files)).of(column)]


def of_procedure(selector: str, body: str) -> list[str]:
    """The uses in a procedure, without those of the view."""
    lines = uses_of(selector, p=f"CREATE PROCEDURE dbo.P @x int AS\n{body}")
    return [line for line in lines if not line.startswith(("dbo.V ", "synonym "))]


@pytest.mark.parametrize(
    ("selector", "body", "expected"),
    [
        pytest.param("dbo.S", "SELECT A FROM dbo.S", "dbo.P reads :2", id="a reader"),
        pytest.param("dbo.S.A", "SELECT A FROM dbo.S", "dbo.P reads :2", id="column of a reader"),
        pytest.param("dbo.S.B", "SELECT A FROM dbo.S", "", id="another column"),
        pytest.param(
            "dbo.S.B",
            "INSERT dbo.T (X) SELECT A FROM dbo.S WHERE B = 1",
            "dbo.P filters :2",
            id="a filter",
        ),
        pytest.param(
            "dbo.S.Id",
            "INSERT dbo.T (X) SELECT s.A FROM dbo.S AS s JOIN dbo.T AS t ON t.Id = s.Id",
            "dbo.P joins :2",
            id="a join",
        ),
        pytest.param("dbo.T.X", "INSERT dbo.T (X) VALUES (1)", "dbo.P writes :2", id="a constant"),
        pytest.param(
            "dbo.T.X", "INSERT dbo.T (X) SELECT A FROM dbo.S", "dbo.P writes :2", id="a value"
        ),
        pytest.param("dbo.T.X", "UPDATE dbo.T SET X = 0", "dbo.P writes :2", id="a constant set"),
        pytest.param(
            "dbo.T.X",
            "UPDATE dbo.T SET X = 0;\nINSERT dbo.S (A) SELECT X FROM dbo.T;",
            "dbo.P reads writes :2 :3",
            id="a constant beside an edge",
        ),
        pytest.param(
            "dbo.T.X",
            "MERGE dbo.T USING dbo.S AS s ON s.Id = dbo.T.Id WHEN MATCHED THEN UPDATE SET X = 0;",
            "dbo.P writes :2",
            id="a constant merged",
        ),
        pytest.param(
            "dbo.T.Y", "UPDATE dbo.T SET X = 0 WHERE Y = 1", "dbo.P filters :2", id="an update"
        ),
        pytest.param(
            "dbo.T.Y",
            "INSERT dbo.T (X) VALUES (1);\nDELETE dbo.T WHERE Y = 1",
            "dbo.P filters :3",
            id="beside an insert of others",
        ),
        pytest.param(
            "dbo.T.Y",
            "UPDATE dbo.T SET X = 0 WHERE Y = 1;\nSELECT Y FROM dbo.T",
            "dbo.P reads :2 :3",
            id="a condition and a query",
        ),
        pytest.param(
            "dbo.S.A", "UPDATE dbo.V SET Alpha = 0", "dbo.P writes :2", id="through a view"
        ),
        pytest.param(
            "dbo.V.Alpha", "UPDATE dbo.V SET Alpha = 0", "dbo.P writes :2", id="of a view"
        ),
        pytest.param(
            "dbo.T.X", "EXEC ('UPDATE dbo.T SET X = 0')", "dbo.P writes :2", id="a string"
        ),
        pytest.param("dbo.T.Y", "DELETE dbo.T WHERE Y = @x", "dbo.P filters :2", id="a deletion"),
        pytest.param("dbo.T", "TRUNCATE TABLE dbo.T", "dbo.P writes :2", id="TRUNCATE"),
        pytest.param(
            "dbo.S.A",
            "SELECT A INTO #t FROM dbo.S;\nINSERT dbo.T (X) SELECT A FROM #t",
            "dbo.P reads :2",
            id="through a temporary table",
        ),
        pytest.param("dbo.P", "EXEC dbo.P 1", "", id="a call of itself"),
    ],
)
def test_how_a_procedure_uses(selector: str, body: str, expected: str) -> None:
    assert of_procedure(selector, body) == ([expected] if expected else [])


def test_a_view_uses_its_tables_and_is_no_use_of_itself() -> None:
    assert uses_of("dbo.S.B") == ["dbo.V filters :6"]
    assert uses_of("dbo.V") == []


def test_a_caller_and_a_script() -> None:
    lines = uses_of(
        "dbo.P",
        p="CREATE PROCEDURE dbo.P AS SELECT 1 AS a FROM dbo.S",
        q="CREATE PROCEDURE dbo.Q AS\nEXEC dbo.P",
        r="EXEC dbo.P",
    )

    assert lines == ["dbo.Q calls :2", "r.sql calls :1"]


def test_a_module_that_a_string_creates_too_is_one_user() -> None:
    reader = "CREATE PROCEDURE dbo.P AS\nSELECT A FROM dbo.S"
    lines = uses_of("dbo.S", p=reader, q=f"EXEC ('{reader}')")

    assert [line for line in lines if "dbo.P" in line] == ["dbo.P reads :1 :2"]


def test_a_synonym_is_what_it_stands_for() -> None:
    count = "CREATE PROCEDURE dbo.P AS\nSELECT COUNT(*) FROM dbo.Alias_"

    assert uses_of("dbo.S", p=count)[::2] == ["synonym dbo.Alias_ stands for :4", "dbo.P reads :2"]
    assert uses_of("dbo.S.C", r="SELECT A FROM dbo.Alias_") == ["(r.sql reads :1)"]
    assert uses_of("dbo.Alias_", p=count) == ["dbo.P reads :2"]


def test_a_procedure_is_called_by_its_synonym() -> None:
    lines = uses_of(
        "dbo.P",
        p="CREATE PROCEDURE dbo.P AS SELECT 1 AS a;\nGO\nCREATE SYNONYM dbo.Q FOR dbo.P;",
        r="EXEC dbo.Q",
    )

    assert lines == ["synonym dbo.Q stands for :3", "r.sql calls :1"]


def test_a_script_tells_no_columns_of_what_it_only_reads() -> None:
    lines = uses_of("dbo.S.C", r="SELECT A FROM dbo.S")

    assert lines == ["(r.sql reads :1)"]


def test_a_script_whose_edges_tell_is_certain() -> None:
    script = "INSERT dbo.T (X) SELECT A FROM dbo.S"

    assert uses_of("dbo.S.A", r=script)[1:] == ["r.sql reads :1"]
    assert uses_of("dbo.S.C", r=script) == []


def test_what_a_callee_does_with_the_callers_table_is_no_use_of_its_source() -> None:
    lines = uses_of(
        "dbo.S.A",
        p="CREATE PROCEDURE dbo.P AS\nSELECT A INTO #t FROM dbo.S\nEXEC dbo.Q",
        q="CREATE PROCEDURE dbo.Q AS INSERT dbo.T (X) SELECT A FROM #t",
    )

    assert lines == ["dbo.V reads :6", "dbo.P reads :2"]


def test_a_script_writes_the_columns_that_it_sets() -> None:
    script = "UPDATE dbo.T SET X = 0"

    assert uses_of("dbo.T.X", r=script) == ["r.sql writes :1"]
    assert uses_of("dbo.T.Y", r=script) == ["(r.sql reads or writes :1)"]


def test_a_declaration_is_a_use() -> None:
    source, target = parse_name("dbo.S"), parse_name("dbo.T")
    graph = LineageGraph(declared=(Declaration(target, source, (("A", "X"),), "r.sql", 1),))
    uses = ObjectUses(graph)

    assert list(map(use_line, uses.of_table(source))) == ["r.sql declares :1"]
    assert list(map(use_line, uses.of_column(Column(target, "X")))) == ["r.sql declares :1"]
    assert uses.of_column(Column(target, "Y")) == ()


def test_readers_that_no_edge_tells_of() -> None:
    graph = lineage_of(
        {
            "a.sql": TABLES,
            "p.sql": "CREATE PROCEDURE dbo.P AS SELECT A FROM dbo.S",
            "q.sql": "CREATE PROCEDURE dbo.Q AS INSERT dbo.T (X) SELECT A FROM dbo.S",
        }
    )

    readers = ObjectUses(graph).readers_without_target(Column(parse_name("dbo.S"), None))

    assert [str(use.module) for use in readers] == ["dbo.P"]


def hiding(selector: str, script: str) -> list[str]:
    name = parse_name(selector)
    table, column = (name, None) if len(name.parts) < 3 else (parse_name("dbo.S"), name.object)
    index = GraphIndex(lineage_of({"a.sql": TABLES, "b.sql": script}))
    hidden = hidden_uses(index, Column(table, column))
    return [row.code for row in hidden.gaps] + list(map(str, hidden.doubles))


@pytest.mark.parametrize(
    ("selector", "script", "expected"),
    [
        pytest.param("dbo.S", "EXEC (@anything)", ["SLP301"], id="any string"),
        pytest.param("dbo.S", "SELECT FROM WHERE dbo.S", ["SLP101"], id="text that names it"),
        pytest.param("dbo.S", "SELECT FROM WHERE dbo.T", [], id="text that does not"),
        pytest.param("dbo.S.C", "SELECT z.q FROM dbo.S AS z", ["SLP201"], id="column"),
        pytest.param("dbo.S", "SELECT z.q FROM dbo.S AS z", [], id="no column was asked for"),
        pytest.param("dbo.S.C", "SELECT z.q FROM dbo.T AS z", [], id="column of another table"),
        pytest.param("dbo.S", "SELECT A FROM Db.dbo.S", ["Db.dbo.S"], id="the same elsewhere"),
    ],
)
def test_what_could_hide_a_use(selector: str, script: str, expected: list[str]) -> None:
    assert hiding(selector, script) == expected
