"""The sample's lineage against the truth written by hand before the tool had an answer."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sql_lineage_purview.model.graph import LineageGraph
from sql_lineage_purview.model.names import Name
from sql_lineage_purview.project.configuring.loading import load_settings
from sql_lineage_purview.project.scanning import scan
from tests.linking import column

SAMPLE = Path(__file__).parents[1] / "sample_sql"
TRUTH = Path(__file__).parent / "specs" / "sample"
LINE = re.compile(r"(.+?) -> (.+?)  (\w+)")


@pytest.fixture(scope="module")
def graph() -> LineageGraph:
    return scan(
        [SAMPLE], load_settings(SAMPLE, arguments={}, environment={}), use_cache=False
    ).graph


def truth(name: str) -> set[tuple[str, str, str, str]]:
    """(path, source, target, type) of each line of a truth file."""
    pairs = set()
    path = ""
    inside = False
    for line in (TRUTH / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            path = line[3:].strip()
        elif line.startswith("```"):
            inside = line == "```lineage"
        elif inside and line.strip():
            match = LINE.fullmatch(line.strip())
            assert match, f"{name}: {line!r} is no edge"
            pairs.add((path, *match.groups()))
    return pairs


def paths(graph: LineageGraph, statements: tuple[str, ...], target: Name) -> set[str]:
    """The files of the statements that write the target, else of all.

    An external table has only its definition.
    """
    rows = [row for row in graph.statements if row.id in statements]
    return {row.path for row in [row for row in rows if target in row.writes] or rows}


def test_tables(graph: LineageGraph) -> None:
    tables = {
        (p, str(e.source), str(e.target), e.type.value)
        for e in graph.table_lineage
        for p in paths(graph, e.statements, e.target)
    }
    assert tables == truth("table_lineage.md")


def test_columns(graph: LineageGraph) -> None:
    columns = {
        (p, column(e.source), column(e.target), e.subtype.value)
        for e in graph.column_lineage
        for p in paths(graph, e.statements, e.target.table)
    }
    assert columns == truth("column_lineage.md")


def test_only_the_parameterised_table_name_is_a_gap(graph: LineageGraph) -> None:
    assert [(d.path, d.code) for d in graph.diagnostics] == [
        ("sales/procedures/dbo.usp_SnapshotTable.sql", "SLP301")
    ]
