"""Which edges share the statements that carry them, and that none gets those of another part."""

from __future__ import annotations

from sql_lineage_purview.linker.context.edge_collection import Edges
from sql_lineage_purview.linker.relations.provenance import flow
from sql_lineage_purview.model.graph import Column
from sql_lineage_purview.model.names import Name

_SOURCE, _TARGET = Name(("dbo", "a")), Name(("dbo", "b"))


def _write(edges: Edges, statement: str, *columns: str) -> None:
    written = [(column, flow(Column(_SOURCE, column))) for column in columns]
    edges.write(_TARGET, written, {}, {}, statement)


def _carriers(edges: Edges) -> list[set[str]]:
    return [set(statements) for _, statements in edges.columns.values()]


def test_edges_of_the_same_writes_share_their_statements_behind_the_end() -> None:
    edges = Edges()
    _write(edges, "first", "x", "y", "z")
    _write(edges, "second", "x", "y")
    edges.end()
    x, y, z = (statements for _, statements in edges.columns.values())
    assert x is y
    assert (x, z) == ({"first", "second"}, {"first"})


def test_what_another_part_adds_to_an_edge_is_its_own() -> None:
    ended, around = Edges(), Edges()
    _write(ended, "first", "x")
    _write(ended, "second", "x")
    ended.end()
    around.take_in(ended)
    _write(around, "third", "x")
    assert _carriers(around) == [{"first", "second", "third"}]
    assert _carriers(ended) == [{"first", "second"}]
