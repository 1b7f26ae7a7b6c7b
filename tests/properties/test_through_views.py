"""A change through views is the change of the table beneath them.

That is so whatever the views are called and however they are written.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.linking import lineage_of

COLUMNS = ("k", "p", "q")
CHANGES = (
    "INSERT {v} ({k}, {p}) SELECT s.a, s.b FROM dbo.s AS s WHERE s.c = 1;",
    "INSERT {v} SELECT s.a, s.b, s.c FROM dbo.s AS s;",
    "UPDATE {v} SET {p} = {p} + {q} WHERE {k} = 1;",
    "UPDATE x SET {p} = s.b FROM {v} AS x JOIN dbo.s AS s ON s.a = x.{k};",
    "UPDATE {v} SET {p} = (SELECT MAX(s.b) FROM dbo.s AS s WHERE s.a = {q});",
    "DELETE FROM {v} WHERE {k} IN (SELECT s.a FROM dbo.s AS s);",
    "DELETE x FROM {v} AS x JOIN dbo.s AS s ON s.a = x.{q};",
    "UPDATE {v} SET {q} = s.c OUTPUT deleted.{q}, inserted.{p} INTO dbo.log (a, b) FROM dbo.s AS "
    "s;",
    "MERGE {v} AS x USING dbo.s AS s ON s.a = x.{k} WHEN MATCHED THEN UPDATE SET {p} = s.b + x.{q} "
    "WHEN NOT MATCHED THEN INSERT ({k}, {q}) VALUES (s.a, s.c) WHEN NOT MATCHED BY SOURCE THEN "
    "DELETE;",
    "WITH e AS (SELECT {k}, {p}, ROW_NUMBER() OVER (PARTITION BY {k} ORDER BY {q}) AS n FROM {v}) "
    "DELETE e FROM e JOIN dbo.s AS s ON s.a = e.n;",
    "WITH e AS (SELECT * FROM {v}) UPDATE e SET {p} = {q};",
    "INSERT {v} ({p}) EXEC dbo.rows_of;",
    "EXEC ('INSERT {v} ({p}) SELECT b FROM dbo.s');",
)
BEFORE = """
CREATE TABLE dbo.t (k int, p int, q int);
CREATE TABLE dbo.s (a int, b int, c int);
CREATE TABLE dbo.log (a int, b int);
GO
CREATE PROCEDURE dbo.rows_of AS SELECT c FROM dbo.s;
GO
"""


@dataclass(frozen=True)
class Step:
    """One view more: how it is written, and what it calls the columns."""

    form: str
    names: tuple[str, ...]
    synonym: bool


FORMS = (
    "CREATE VIEW {view} AS SELECT {renamed} FROM {below}",
    "CREATE VIEW {view} ({names}) AS SELECT * FROM {below}",
    "CREATE VIEW {view} ({names}) WITH SCHEMABINDING AS WITH c AS (SELECT {old} FROM {below}) "
    "SELECT * FROM c",
    "CREATE VIEW {view} AS SELECT d.* FROM (SELECT {renamed} FROM {below} AS b) AS d WITH CHECK "
    "OPTION",
)
steps = st.lists(
    st.builds(
        Step,
        st.sampled_from(FORMS),
        st.permutations(["n1", "N2", "[a b]"]).map(tuple),
        st.booleans(),
    ),
    min_size=1,
    max_size=3,
)


def stacked(views: list[Step]) -> tuple[str, str, dict[str, str]]:
    """The script of views over `dbo.t`, and the name of the uppermost.

    With them comes what that view calls the columns of the table.
    """
    script, below, old = BEFORE, "dbo.t", COLUMNS
    for number, step in enumerate(views):
        view = f"dbo.v{number}"
        renamed = ", ".join(
            f"{column} AS {alias}" for column, alias in zip(old, step.names, strict=True)
        )
        script += step.form.format(
            view=view, below=below, old=", ".join(old), names=", ".join(step.names), renamed=renamed
        )
        script += f"\nGO\nCREATE SYNONYM dbo.y{number} FOR {view};\nGO\n"
        below, old = f"dbo.y{number}" if step.synonym else view, step.names
    return script, below, dict(zip(COLUMNS, old, strict=True))


def edges(script: str) -> set[tuple[str, str, str]]:
    graph = lineage_of({"a.sql": script})
    assert [f"{d.code} {d.message}" for d in graph.diagnostics] == [], script
    return {
        (str(edge.source), str(edge.target), edge.subtype.value) for edge in graph.column_lineage
    }


@pytest.mark.parametrize("change", CHANGES)
@given(views=steps)
@settings(max_examples=10)
def test_a_change_through_views_is_that_of_the_table(change: str, views: list[Step]) -> None:
    script, view, names = stacked(views)
    through = edges(script + change.format(v=view, **names))
    direct = edges(BEFORE + change.format(v="dbo.t", **dict(zip(COLUMNS, COLUMNS, strict=True))))
    assert direct, change
    assert through - edges(script) == direct, script
