"""Coverage: which written tables have sources that are known in full, and what takes it from them.

Each script has what would make a share too good: the text, and the share that is true.
"""

from __future__ import annotations

import pytest

from sql_lineage_purview.analysis.connections import most_connected
from sql_lineage_purview.analysis.coverage import Coverage, coverage_of
from sql_lineage_purview.model.names import parse_name
from tests.linking import lineage_of

TABLES = """
CREATE TABLE dbo.s (a int, b int);
GO
CREATE TABLE dbo.t (a int, b int);
GO
CREATE TABLE dbo.u (a int);
GO
"""


def covered(script: str) -> tuple[int, int]:
    """How many written tables are known in full, and of how many."""
    coverage = coverage_of(lineage_of({"tables.sql": TABLES, "script.sql": script}))
    return (coverage.tables_in_full, coverage.tables)


@pytest.mark.parametrize(
    ("script", "share"),
    [
        ("INSERT dbo.t (a, b) SELECT a, b FROM dbo.s;", (1, 1)),
        ("INSERT dbo.t (a, b) VALUES (1, 2);", (1, 1)),
        ("DELETE dbo.t WHERE a IN (SELECT a FROM dbo.s);", (1, 1)),
        # defined, read, or emptied: nothing is written
        ("CREATE VIEW dbo.v AS SELECT a FROM dbo.s;", (0, 0)),
        ("TRUNCATE TABLE dbo.t;", (0, 0)),
        ("SELECT a INTO #x FROM dbo.s;", (0, 0)),
    ],
)
def test_what_counts_as_written(script: str, share: tuple[int, int]) -> None:
    assert covered(script) == share


P = "CREATE PROC dbo.p AS "


@pytest.mark.parametrize(
    ("script", "share"),
    [
        # a name that is not known, in the statement itself
        ("INSERT dbo.t (a) SELECT nowhere FROM dbo.s;", (0, 1)),
        # a string that is not known stands beside it
        (
            "CREATE PROC dbo.p @x nvarchar(9) AS INSERT dbo.t (a) SELECT a FROM dbo.s; EXEC (@x);",
            (0, 1),
        ),
        # what fills the temporary table is not known
        (f"{P} SELECT nowhere AS a INTO #x FROM dbo.s; INSERT dbo.t (a) SELECT a FROM #x;", (0, 1)),
        # the procedure that supplies the rows is not known
        ("INSERT dbo.t (a, b) EXEC dbo.elsewhere;", (0, 1)),
        # the one that is called has a gap, and the caller has none
        (
            f"{P} SELECT nowhere AS a, b FROM dbo.s;\nGO\n"
            "CREATE PROC dbo.q AS INSERT dbo.t EXEC dbo.p;",
            (0, 1),
        ),
        # the caller has one, which fills the temporary table of the one that is called
        (
            f"{P} INSERT dbo.t (a) SELECT a FROM #x;\nGO\n"
            "CREATE PROC dbo.q AS SELECT nowhere AS a INTO #x FROM dbo.s; EXEC dbo.p;",
            (0, 1),
        ),
        # a block that never ends may hide anything in its file
        (f"{P} INSERT dbo.t (a) SELECT a FROM dbo.s;\nGO\nBEGIN SELECT 1", (0, 1)),
        # a module beside it, which nobody calls
        (
            f"{P} INSERT dbo.t (a) SELECT a FROM dbo.s;\nGO\n"
            "CREATE PROC dbo.q AS SELECT nowhere FROM dbo.s;",
            (1, 1),
        ),
        # who is called is known in full, who calls is not, and shares nothing
        (
            f"{P} INSERT dbo.t (a) SELECT a FROM dbo.s;\nGO\n"
            "CREATE PROC dbo.q AS EXEC dbo.p; INSERT dbo.u (a) SELECT nowhere FROM dbo.s;",
            (1, 2),
        ),
    ],
)
def test_a_gap_on_the_way_takes_it_from_the_table(script: str, share: tuple[int, int]) -> None:
    assert covered(script) == share


def test_a_name_that_only_a_run_tells_is_counted_apart() -> None:
    graph = lineage_of(
        {
            "tables.sql": TABLES,
            "p.sql": "CREATE PROC dbo.p @t sysname AS "
            "EXEC (N'INSERT dbo.' + @t + N' (a) SELECT a FROM dbo.s');",
            "q.sql": "INSERT dbo.t (a) SELECT a FROM dbo.s;",
        }
    )

    coverage = coverage_of(graph)

    assert (coverage.tables_in_full, coverage.tables, coverage.open_names) == (1, 1, 1)


def test_a_column_has_a_source_where_a_value_comes_from_a_column_that_is_named() -> None:
    graph = lineage_of(
        {
            "tables.sql": TABLES,
            "t.sql": "INSERT dbo.t (a, b) SELECT a, 1 FROM dbo.s;",
            "u.sql": "INSERT dbo.u (a) SELECT x.* FROM dbo.unheard_of AS x;",
        }
    )

    assert coverage_of(graph) == Coverage(
        tables=2,
        tables_in_full=1,
        columns=3,
        columns_fed=1,
        open_names=0,
        partly_known=(parse_name("dbo.u"),),
    )


def test_those_that_most_doubtful_modules_write_are_the_worst() -> None:
    doubtful = "CREATE PROC dbo.{} AS INSERT dbo.{} (a) SELECT nowhere FROM dbo.s;"
    scripts = {f"{name}.sql": doubtful.format(name, name[0]) for name in ("t1", "u1", "u2")}

    coverage = coverage_of(lineage_of({"tables.sql": TABLES, **scripts}))

    assert list(map(str, coverage.partly_known)) == ["dbo.u", "dbo.t"]


def test_the_most_connected_tables_are_no_names_of_a_run_and_do_not_count_themselves() -> None:
    graph = lineage_of(
        TABLES + "INSERT dbo.t (a, b) SELECT a, b FROM dbo.s; UPDATE dbo.t SET a = a + 1;"
        "INSERT dbo.u (a) SELECT a FROM dbo.t;"
    )

    rows = [(row.table, row.sources, row.targets) for row in most_connected(graph, 2)]

    assert rows == [(parse_name("dbo.t"), 1, 1), (parse_name("dbo.s"), 0, 1)]
