"""A column that is gone: whoever used it is told, by its table's name or without."""

from __future__ import annotations

import pytest

from sql_lineage_purview.analysis.comparison.graph_comparison import compare_graphs
from sql_lineage_purview.analysis.comparison.lineage_change import ImpactClass
from sql_lineage_purview.analysis.gone_objects import uses_of_gone
from sql_lineage_purview.analysis.impact import impact_of
from sql_lineage_purview.model.graph import Column, LineageGraph
from sql_lineage_purview.model.names import parse_name
from sql_lineage_purview.model.naming import Naming
from sql_lineage_purview.project.document_reading import document_graph
from sql_lineage_purview.render.json_document import render_json
from tests.linking import lineage_of

TABLES = "CREATE TABLE dbo.T (Id int, Kind int, Note int)\nCREATE TABLE dbo.U (TId int, Name int)"
USERS = """CREATE PROCEDURE dbo.Alone AS SELECT Kind FROM dbo.T
GO
CREATE PROCEDURE dbo.Joined AS SELECT KIND FROM dbo.T AS t JOIN dbo.U AS u ON u.TId = t.Id
GO
CREATE PROCEDURE dbo.Qualified AS SELECT t.Kind FROM dbo.T AS t JOIN dbo.U AS u ON u.TId = t.Id
GO
CREATE PROCEDURE dbo.Filter_ AS SELECT Id FROM dbo.T JOIN dbo.U ON TId = Id WHERE Kind = 1
GO
CREATE VIEW dbo.V AS SELECT Name, Kind, Note FROM dbo.T, dbo.U
GO
CREATE PROCEDURE dbo.Change AS UPDATE t SET Kind = u.Name FROM dbo.T t JOIN dbo.U u ON u.TId = Id
GO
CREATE PROCEDURE dbo.Unknown_ AS SELECT Kind FROM dbo.T AS t JOIN dbo.X AS x ON x.Id = t.Id
GO
CREATE PROCEDURE dbo.Nested AS SELECT 1 FROM dbo.U WHERE EXISTS (SELECT 1 FROM dbo.T WHERE Kind = 1)
GO
CREATE PROCEDURE dbo.Innocent AS SELECT Name FROM dbo.T, dbo.U
"""
SCRIPT = "INSERT INTO dbo.U (TId, Name) SELECT Id, Kind FROM dbo.T JOIN dbo.U ON TId = Id"
GONE = Column(parse_name("dbo.T"), "Kind")


def state(tables: str = TABLES) -> LineageGraph:
    return lineage_of({"t.sql": tables, "p.sql": USERS, "s.sql": SCRIPT})


def impact(graph: LineageGraph) -> set[str]:
    return {str(use.module or use.path) for use in impact_of(graph, [GONE]).uses}


def breaking(base: LineageGraph, head: LineageGraph) -> set[str]:
    changes = compare_graphs(base, head).of(ImpactClass.BREAKING)
    return {str(use.module or use.path) for change in changes for use in change.users}


def saved(graph: LineageGraph) -> LineageGraph:
    import json

    return document_graph(json.loads(render_json(graph)))


@pytest.mark.parametrize(
    "tables",
    [
        pytest.param(TABLES.replace(" Kind int,", ""), id="dropped"),
        pytest.param(TABLES.replace("Kind", "Sort"), id="renamed"),
    ],
)
def test_impact_before_and_diff_and_check_after_name_the_same(tables: str) -> None:
    base, head = state(), state(tables)

    findings, _ = uses_of_gone(base, head, Naming())
    lines = sorted((row.path, row.span.line) for row in findings)

    assert len(impact(base)) == 9
    assert breaking(base, head) == impact(base)
    assert breaking(saved(base), saved(head)) == impact(base)
    assert lines == [*(("p.sql", line) for line in range(1, 17, 2)), ("s.sql", 1)]


def test_a_finding_explains_what_it_is_the_cause_of() -> None:
    base, head = state(), state(TABLES.replace(" Kind int,", ""))

    _, explained = uses_of_gone(base, head, Naming())
    unknown = [row for row in head.diagnostics if row.rule.unknown_column]

    assert explained
    assert {id(row) for row in explained} <= {id(row) for row in unknown}
    assert not [row for row in unknown if id(row) not in set(map(id, explained))]


def test_another_module_of_the_file_is_no_user() -> None:
    base = lineage_of({"t.sql": TABLES, "p.sql": "CREATE PROC dbo.P AS SELECT Kind FROM dbo.T"})
    head = lineage_of(
        {
            "t.sql": TABLES.replace(" Kind int,", ""),
            "p.sql": "CREATE PROC dbo.P AS SELECT Id FROM dbo.T\nGO\n"
            "CREATE PROC dbo.Q AS SELECT Kind FROM dbo.T, dbo.U",
        }
    )

    assert breaking(base, head) == set()
    assert uses_of_gone(base, head, Naming()) == ([], [])


def test_a_column_that_another_table_has_now_is_none_that_is_gone() -> None:
    moved = TABLES.replace(" Kind int,", "").replace("TId int,", "TId int, Kind int,")
    users = {"p.sql": "CREATE PROC dbo.P AS SELECT Kind FROM dbo.T, dbo.U"}
    base, head = lineage_of({"t.sql": TABLES, **users}), lineage_of({"t.sql": moved, **users})

    assert breaking(base, head) == set()
