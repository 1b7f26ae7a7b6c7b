"""Procedures that call themselves."""

from __future__ import annotations

from tests.linking import edge_line, lineage_of


def test_one_that_does_so_in_many_places_is_not_followed_from_each() -> None:
    """It would be followed as often as it has places, each time with all of its statements."""
    calls = "".join(f"IF @step = {step} EXEC dbo.Walk {step + 1}, @id;\n" for step in range(400))
    graph = lineage_of(
        f"CREATE PROCEDURE dbo.Walk @step int, @id int AS\nINSERT INTO dbo.T (X) VALUES (@id);\n"
        f"SELECT @id = n.ParentId FROM dbo.Nodes AS n WHERE n.Step = @step;\n{calls}"
    )
    assert {diagnostic.code for diagnostic in graph.diagnostics} == {"SLP207"}
    assert "dbo.Nodes.ParentId -> dbo.T.X  IDENTITY" in map(edge_line, graph.column_lineage)
