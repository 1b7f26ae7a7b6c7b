"""Rows of VALUES that differ by constants alone are read once."""

from __future__ import annotations

import pytest

from sql_lineage_purview.model.facts import StatementFact
from sql_lineage_purview.tsql import CompileOptions, compile_file
from sql_lineage_purview.tsql.queries.repeated_rows import without_repeated_rows
from sql_lineage_purview.tsql.reading.lexer import tokens_of

# What stands in VALUES, and what of it is needed; None: all.
_ROWS = {
    "(1, 'a'), (2, 'b'), (3, 'c')": "(1, 'a')",
    "(1, 'a'), (2, NULL), (3, 'c'), (4, NULL)": "(1, 'a'), (2, NULL)",
    "(1, x), (2, x), (3, y)": "(1, x), (3, y)",
    "(1), (2, 3), (4)": "(1), (2, 3)",
    "((SELECT 'a')), ((SELECT 'b'))": None,
    "(@x.value('/a')), (@x.value('/b'))": None,
    "((SELECT MAX(v) FROM (VALUES (1), (2)) AS q (v)))": None,
    "(1),, (2)": None,
    "(1) (2)": None,
    "": None,
}


@pytest.mark.parametrize(("rows", "needed"), _ROWS.items())
def test_one_row_of_each_shape_is_needed(rows: str, needed: str | None) -> None:
    query = "SELECT a FROM (VALUES {}) AS t (a) JOIN (VALUES (1)) AS u (b) ON 1 = 1"
    found = without_repeated_rows(tokens_of(query.format(rows)))
    expected = tokens_of(query.format(rows if needed is None else needed))
    assert [token.value for token in found] == [token.value for token in expected]


def _no_file(path: str, stack: tuple[str, ...]) -> bytes:
    raise FileNotFoundError(path)


@pytest.mark.parametrize(
    "insert",
    [
        "INSERT dbo.t (a) VALUES {}, {}",
        "INSERT dbo.t (a) SELECT a FROM (VALUES {}, {}) AS v (a)",
    ],
)
def test_constants_that_a_function_reads_make_rows_differ(insert: str) -> None:
    row = "((SELECT MAX(a) FROM OPENQUERY(far, 'SELECT a FROM d.s.{}')))"
    script = insert.format(row.format("x"), row.format("y"))
    (statement,) = compile_file(script.encode(), CompileOptions(), _no_file).items
    assert isinstance(statement, StatementFact)
    assert [name.object for name in statement.reads] == ["x", "y"]
