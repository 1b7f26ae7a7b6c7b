"""Statements no person writes: read rightly, or given up with a finding there, and soon."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlglot.parser

from sql_lineage_purview.model.graph import LineageGraph
from tests.linking import column_lines, compiled, lineage_of, statement_lines
from tests.promptness import promptly

_VALUES = {
    "minus": "- " * 50_000 + "a",
    "plus": " + ".join(["a"] * 50_000),
    "parentheses": "(" * 5_000 + "a + 1" + ")" * 5_000,
}
_CONDITIONS = {
    "AND": " AND ".join(f"b <> {number}" for number in range(50_000)),
    "OR": " OR ".join(f"b = {number}" for number in range(50_000)),
    "NOT": "NOT " * 20_000 + "b = 1",
    "IN": "b IN (~)".replace("~", ", ".join(map(str, range(50_000)))),
}


@pytest.fixture(autouse=True)
def soon() -> Iterator[None]:
    """Each takes a second or two of the processor."""
    with promptly(15):
        yield


def is_given_up(graph: LineageGraph) -> bool:
    """Was the statement given up for its depth, with its tables told?

    The pure build of the library recurses in Python, so it does that sooner; the compiled one reads
    all of these.
    """
    if not graph.diagnostics or not sqlglot.parser.__file__.endswith(".py"):
        return False
    assert [diagnostic.code for diagnostic in graph.diagnostics] == ["SLP105"]
    assert statement_lines(graph) == ["OTHER  reads dbo.s  writes dbo.t"]
    return True


@pytest.mark.parametrize("value", _VALUES.values(), ids=_VALUES)
def test_a_long_value_is_read(value: str) -> None:
    graph = lineage_of("INSERT INTO dbo.t (a) SELECT ~ FROM dbo.s;".replace("~", value))
    if not is_given_up(graph):
        assert graph.diagnostics == ()
        assert column_lines(graph) == ["dbo.s.a -> dbo.t.a  TRANSFORMATION"]


@pytest.mark.parametrize("condition", _CONDITIONS.values(), ids=_CONDITIONS)
def test_a_long_condition_is_read(condition: str) -> None:
    graph = lineage_of("INSERT INTO dbo.t (a) SELECT a FROM dbo.s WHERE ~;".replace("~", condition))
    if not is_given_up(graph):
        assert graph.diagnostics == ()
        assert column_lines(graph) == ["dbo.s.a -> dbo.t.a  IDENTITY", "dbo.s.b -> dbo.t  FILTER"]


def test_thousands_of_joins_are_read() -> None:
    joins = "\n".join(
        f"JOIN dbo.s{number} AS s{number} ON s{number}.a = s{number - 1}.b"
        for number in range(1, 2_000)
    )
    graph = lineage_of(
        "INSERT INTO dbo.t (a) SELECT s1999.a FROM dbo.s0 AS s0\n~;".replace("~", joins)
    )
    assert graph.diagnostics == ()
    assert len(graph.table_lineage) == 2_000
    assert [line for line in column_lines(graph) if "JOIN" not in line] == [
        "dbo.s1999.a -> dbo.t.a  IDENTITY"
    ]
    assert "dbo.s1.b -> dbo.t  JOIN" in column_lines(graph)


@pytest.mark.parametrize("closed", [True, False])
def test_endless_parentheses_cost_their_batch(*, closed: bool) -> None:
    inner = "(" * 5_000_000 + "a" + ")" * 5_000_000 * closed
    facts = compiled(
        "INSERT INTO dbo.t (a) SELECT ~ FROM dbo.s;\nGO\nDELETE dbo.u;".replace("~", inner)
    )
    assert [
        (diagnostic.code, diagnostic.span.line, diagnostic.span.column)
        for diagnostic in facts.diagnostics
    ] == [("SLP105", 1, 30)]
    assert [str(name) for fact in facts.items for name in getattr(fact, "writes", ())] == [
        "dbo.t",
        "dbo.u",
    ]


def test_parentheses_in_strings_and_comments_are_no_nesting() -> None:
    sql = ("INSERT INTO dbo.t (a) SELECT a + '~' /* ~ */ FROM dbo.s -- ~\n;").replace(
        "~", "(" * 30_000
    )
    graph = lineage_of(sql)
    assert graph.diagnostics == ()
    assert column_lines(graph) == ["dbo.s.a -> dbo.t.a  TRANSFORMATION"]


def test_nesting_beyond_what_can_be_read_is_no_defect() -> None:
    facts = compiled(
        "INSERT INTO dbo.t (a) SELECT a FROM dbo.s WHERE ~b = 1;\nDELETE dbo.u;".replace(
            "~", "NOT " * 100_000
        )
    )
    assert [(diagnostic.code, diagnostic.span.line) for diagnostic in facts.diagnostics] == [
        ("SLP105", 1)
    ]
    assert [str(name) for fact in facts.items for name in getattr(fact, "writes", ())] == [
        "dbo.t",
        "dbo.u",
    ]


@pytest.mark.parametrize(
    "joins",
    [
        "LEFT JOIN dbo.s AS s " * 200,
        "JOIN (dbo.s AS s " * 60 + ")" * 60,
        "FULL JOIN dbo.s " * 30 + "ON 1 = 1",
    ],
)
def test_joins_without_their_on_are_given_up(joins: str) -> None:
    """The server refuses them; their tables are told."""
    graph = lineage_of(f"INSERT INTO dbo.t (a) SELECT a FROM dbo.s AS x {joins};")
    assert "SLP101" in {diagnostic.code for diagnostic in graph.diagnostics}
    assert [str(edge.source) for edge in graph.table_lineage] == ["dbo.s"]


def test_joins_whose_ons_follow_them_all_are_read() -> None:
    joins = "".join(f"LEFT JOIN dbo.s{number} " for number in range(40))
    conditions = "".join(f"ON s{number}.a = x.a " for number in reversed(range(40)))
    graph = lineage_of(f"INSERT INTO dbo.t (a) SELECT s7.a FROM dbo.s AS x {joins}{conditions};")
    assert graph.diagnostics == ()
    assert "dbo.s7.a -> dbo.t.a  IDENTITY" in column_lines(graph)
