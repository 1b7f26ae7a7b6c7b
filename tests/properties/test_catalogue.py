"""Knowing less never makes the tool claim more.

Without a table's definition there are fewer sure edges, never other ones.

An INFERRED edge is a guess by elimination, which says so, and a PARTIAL one names no column:
neither is a claim.
"""

# SQL put together from names is what these tests are about

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import example, given, settings
from hypothesis import strategies as st

from sql_lineage_purview.model.graph import LineageGraph
from sql_lineage_purview.model.vocabulary import Certainty
from tests.linking import column, lineage_of

_TABLES = ("A", "B", "C", "D")
_COLUMNS = tuple("abcdefg")


@dataclass(frozen=True)
class Bare:
    """A valid script whose columns are bare, and the definitions that settle them."""

    definitions: dict[str, str]
    sql: str


@dataclass(frozen=True)
class Names:
    """The columns of a query's sources: those that one source has, and all of them."""

    once: tuple[str, ...]
    all: frozenset[str]


def claimed(graph: LineageGraph) -> set[tuple[str, str, str]]:
    """The edges between columns that are claimed to be sure."""
    return {
        (column(edge.source), column(edge.target), edge.subtype.value)
        for edge in graph.column_lineage
        if edge.certainty in (Certainty.EXACT, Certainty.EXPANDED)
        and "*" not in (edge.source.column, edge.target.column)
    }


@st.composite
def bare_scripts(draw: st.DrawFn) -> Bare:
    columns = {
        table: draw(st.lists(st.sampled_from(_COLUMNS), min_size=1, max_size=3, unique=True))
        for table in _TABLES
    }
    target = draw(st.lists(st.sampled_from("xyz"), min_size=1, max_size=3, unique=True))
    query = draw(_queries(columns, (), len(target), 2))
    listed = f" ({', '.join(target)})" if draw(st.booleans()) else ""
    definitions = {
        table: f"CREATE TABLE dbo.{table} ({', '.join(f'{c} int' for c in columns[table])});"
        for table in _TABLES
    }
    definitions["T"] = f"CREATE TABLE dbo.T ({', '.join(f'{c} int' for c in target)});"
    return Bare(definitions, f"INSERT INTO dbo.T{listed} {query};")


@st.composite
def _queries(
    draw: st.DrawFn, columns: dict[str, list[str]], outer: tuple[Names, ...], width: int, depth: int
) -> str:
    """A SELECT of `width` columns.

    `outer` are the names of the queries around it, innermost first.
    """
    tables = draw(st.lists(st.sampled_from(_TABLES), min_size=1, max_size=2, unique=True))
    counted = [c for table in tables for c in columns[table]]
    unique = [c for c in counted if counted.count(c) == 1]
    # A bare name means the innermost query that has it; one that a query has twice is an error, so
    # it is not used.
    here = Names(tuple(unique), frozenset(counted))
    usable = list(unique)
    hidden = set(counted)
    for around in outer:
        usable += [c for c in around.once if c not in hidden]
        hidden |= around.all
    if not usable:
        usable = ["1"]
    # the last is the outermost, where mistakes are made
    names = st.one_of(st.sampled_from(usable), st.just(usable[-1]))
    sure = [f"{table}.{c}" for table in tables for c in columns[table]]

    def output() -> str:
        kind = draw(st.integers(0, 5))
        if kind == 0:
            return draw(st.sampled_from(sure))
        if kind == 1 and depth:
            inner = draw(_queries(columns, (here, *outer), 1, depth - 1))
            return f"({inner})"
        return f"{draw(names)} + 1" if kind == 2 else draw(names)

    text = (
        f"SELECT {', '.join(output() for _ in range(width))} FROM "
        f"{' CROSS JOIN '.join(f'dbo.{t}' for t in tables)}"
    )
    if draw(st.booleans()):
        text += f" WHERE {draw(names)} > 0"
    if depth and draw(st.booleans()):
        inner = draw(_queries(columns, (here, *outer), 1, depth - 1))
        text += (
            " AND" if "WHERE" in text.rpartition("FROM")[2] else " WHERE"
        ) + f" EXISTS ({inner})"
    return text


_OUTER_NAME = Bare(
    {"A": "CREATE TABLE dbo.A (a int, b int);", "B": "CREATE TABLE dbo.B (a int);"},
    "INSERT INTO dbo.T (x) SELECT A.a FROM dbo.A WHERE EXISTS (SELECT 1 FROM dbo.B WHERE b > 0);",
)


@example(script=_OUTER_NAME, names=set())
@example(script=_OUTER_NAME, names={"A"})
@example(script=_OUTER_NAME, names={"B"})
@given(script=bare_scripts(), names=st.sets(st.sampled_from([*_TABLES, "T"])))
@settings(max_examples=60)
def test_a_definition_that_is_missing_adds_no_edge(script: Bare, names: set[str]) -> None:
    defined_names = sorted(names & script.definitions.keys())
    everything = lineage_of({"a.sql": "\n".join(script.definitions.values()), "b.sql": script.sql})
    less = lineage_of(
        {
            "a.sql": "\n".join(script.definitions[name] for name in defined_names),
            "b.sql": script.sql,
        }
    )
    assert claimed(less) - claimed(everything) == set(), (defined_names, script.sql)
    assert {(e.source, e.target) for e in less.table_lineage} <= {
        (e.source, e.target) for e in everything.table_lineage
    }


@given(script=bare_scripts())
@settings(max_examples=30)
def test_all_definitions_settle_all_names(script: Bare) -> None:
    graph = lineage_of({"a.sql": "\n".join(script.definitions.values()), "b.sql": script.sql})
    assert [d.message for d in graph.diagnostics] == [], script.sql
    assert not any("*" in (edge.source.column, edge.target.column) for edge in graph.column_lineage)
