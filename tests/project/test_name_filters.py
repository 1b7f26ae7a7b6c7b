"""What `[publish] exclude` keeps out of the catalogue."""

from __future__ import annotations

import pytest

from sql_lineage_purview.model.graph import Declaration, LineageGraph, TableEdge
from sql_lineage_purview.model.names import Name, parse_name
from sql_lineage_purview.model.vocabulary import EdgeType
from sql_lineage_purview.project.configuring.name_filters import covering, excluded
from sql_lineage_purview.project.project_errors import ConfigurationError

FILE = Name(("https://lake.dfs.core.windows.net/tmp/a.csv",), address=True)


@pytest.mark.parametrize(
    ("pattern", "name", "covered"),
    [
        ("audit.*", "audit.Events", True),
        ("AUDIT.*", "Db.audit.Events", True),
        ("audit.*", "dbo.audit", False),
        ("*.log_*", "dbo.Log_Load", True),
        ("log_*", "Db.etl.log_x", True),
        ("log_*", "dbo.catalog_x", False),
        ("Db.*.*", "dbo.T", False),
        ("[Fact Sales]", "dbo.[Fact Sales]", True),
        ("dbo.T?", "dbo.T1", True),
        ("dbo.T?", "dbo.T", False),
        ("dbo.a+b", "dbo.[a+b]", True),
        ("*", str(FILE), False),
        ("https://lake.*/tmp/*", str(FILE), True),
    ],
)
def test_patterns(pattern: str, name: str, covered: bool) -> None:
    assert covering([pattern])(parse_name(name)) is covered


def test_what_of_the_lineage_is_covered() -> None:
    a, b, log = (parse_name(text) for text in ("dbo.A", "dbo.B", "dbo.log_B"))
    tables = tuple(TableEdge(a, target, EdgeType.DIRECT, ()) for target in (b, log))
    declared = (Declaration(parse_name("dbo.log_C"), a, (), "a.sql", 1),)
    graph = LineageGraph(table_lineage=tables, declared=declared)

    assert excluded(graph, ["log_*"]) == (log, parse_name("dbo.log_C"))
    assert excluded(graph, []) == ()


def test_what_is_no_pattern_is_reported() -> None:
    with pytest.raises(ConfigurationError, match="is no pattern"):
        covering(["a.[b"])
