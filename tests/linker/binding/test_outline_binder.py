"""Outlines: columns are called as those of the query, and only what tells a name is looked up."""

from __future__ import annotations

import pytest

from sql_lineage_purview.linker.binding.binder import Binder
from sql_lineage_purview.linker.binding.outline_binder import OutlineBinder
from sql_lineage_purview.linker.relations.relation import Relation
from sql_lineage_purview.model.diagnostics import Span
from sql_lineage_purview.model.facts import Query, Select, Source, TableSource, Write
from tests.linker.binding.test_binder import RecordingEnvironment
from tests.linker.rooms import name, statements, table

TABLES = {
    "dbo.t": table("dbo.t", "a", "b"),
    "dbo.u": table("dbo.u", "b", "c"),
    "dbo.raw": Relation(open=[name("dbo.raw")], base=name("dbo.raw")),
}


def query(text: str) -> Query:
    [statement] = statements(f"INSERT dbo.sink {text};")
    return next(effect.query for effect in statement.effects if isinstance(effect, Write))


def shape(bound: Relation) -> tuple[list[str | None], bool, bool]:
    return [column.name for column in bound.columns], bound.closed, bound.partial


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("SELECT a, b + 1 AS c, COUNT(*) FROM dbo.t GROUP BY a, b", []),
        ("SELECT a FROM dbo.raw UNION ALL SELECT c FROM dbo.u", []),
        ("SELECT a FROM dbo.raw EXCEPT SELECT c FROM dbo.u", []),
        ("SELECT a FROM dbo.t FOR XML AUTO", []),
        ("SELECT *, 1 AS x FROM dbo.t WHERE a IN (SELECT c FROM dbo.u)", ["dbo.t"]),
        ("SELECT u.* FROM dbo.t JOIN dbo.u ON u.b = t.b", ["dbo.t", "dbo.u"]),
        ("SELECT * FROM dbo.raw", ["dbo.raw"]),
        ("SELECT * FROM (SELECT a AS z FROM dbo.raw) AS d", []),
        ("SELECT $IDENTITY FROM dbo.t", ["dbo.t"]),
        ("SELECT * FROM dbo.t WHERE 1 = 0", ["dbo.t"]),
        ("SELECT * FROM dbo.t PIVOT (MAX(b) FOR a IN ([1], [2])) AS p", ["dbo.t"]),
        ("SELECT * FROM dbo.t UNPIVOT (v FOR n IN (a, b)) AS p", ["dbo.t"]),
        ("SELECT * FROM (VALUES (1, 2)) AS v (x, y)", []),
        ("VALUES (1, 2), (3, 4)", []),
    ],
)
def test_an_outline_has_the_columns_of_its_query(text: str, asked: list[str]) -> None:
    environment = RecordingEnvironment(TABLES)
    outline = OutlineBinder(environment).query(query(text))
    assert shape(outline) == shape(Binder(RecordingEnvironment(TABLES)).query(query(text)))
    assert environment.questions == asked


def test_of_what_was_not_understood_no_column_is_known() -> None:
    source = Source(TableSource(name("dbo.t"), Span()))
    partial = Query(Select((), (source,), partial=True))
    outline = OutlineBinder(RecordingEnvironment(TABLES)).query(partial)
    assert (outline.closed, outline.partial) == (False, True)
