"""Keys, indexes and the like that name a table or column, which no statement reads or writes."""

from __future__ import annotations

import pytest

from sql_lineage_purview.analysis.comparison.graph_comparison import compare_graphs
from sql_lineage_purview.analysis.impact import impact_of
from sql_lineage_purview.analysis.selection import SelectedNodes, select
from sql_lineage_purview.analysis.use import ObjectUse
from sql_lineage_purview.linker.reuse.kept_links import KeptLinks
from sql_lineage_purview.model.graph import LineageGraph
from sql_lineage_purview.render.changes.comparison_report import subject_of
from tests.linking import lineage_of
from tests.relinking import kept_in_a_store, relinked

TABLE = """CREATE TABLE dbo.T (
Id int NOT NULL CONSTRAINT PK_T PRIMARY KEY,
Kind varchar(3),
Units int,
Price money,
Total AS Price * Units,
CONSTRAINT CK_T CHECK (Price > 0),
INDEX IX_Units (Units)
);
"""


def use_line(use: ObjectUse) -> str:
    """`index IX_T of dbo.T indexes :1`; of a module its name."""
    user = use.module or use.part or use.path
    lines = " ".join(dict.fromkeys(f":{site.line}" for site in use.sites))
    return f"{user} {' '.join(sorted(use.kinds))} {lines}".rstrip()


def uses_of(graph: LineageGraph, selector: str) -> list[str]:
    chosen = select(graph, selector)
    assert isinstance(chosen, SelectedNodes), chosen
    return [use_line(use) for use in impact_of(graph, chosen.nodes).uses]


@pytest.mark.parametrize(
    ("script", "table", "column"),
    [
        pytest.param(
            "CREATE TABLE dbo.C (TId int CONSTRAINT FK_C REFERENCES dbo.T (Kind))",
            "foreign key FK_C of dbo.C references :1",
            "foreign key FK_C of dbo.C references :1",
            id="foreign key of a column",
        ),
        pytest.param(
            "CREATE TABLE dbo.C (A int,\nFOREIGN KEY (A) REFERENCES T (KIND) ON DELETE CASCADE)",
            "foreign key of dbo.C references :2",
            "foreign key of dbo.C references :2",
            id="foreign key of a table, without a name",
        ),
        pytest.param(
            "ALTER TABLE dbo.C WITH CHECK ADD CONSTRAINT FK_C FOREIGN KEY (A)\nREFERENCES dbo.T",
            "foreign key FK_C of dbo.C references :1",
            "",
            id="foreign key on a primary key",
        ),
        pytest.param(
            "CREATE UNIQUE NONCLUSTERED INDEX IX ON dbo.T (Kind DESC, Id)",
            "index IX of dbo.T indexes :1",
            "index IX of dbo.T indexes :1",
            id="index",
        ),
        pytest.param(
            "CREATE INDEX IX ON dbo.T (Id) INCLUDE (Price, Kind) WITH (ONLINE = ON)",
            "index IX of dbo.T indexes :1",
            "index IX of dbo.T indexes :1",
            id="included column",
        ),
        pytest.param(
            "CREATE INDEX IX ON dbo.T (Id) WHERE Kind = 'a' AND Id > 0",
            "index IX of dbo.T indexes :1",
            "index IX of dbo.T indexes :1",
            id="filtered index",
        ),
        pytest.param(
            "CREATE CLUSTERED COLUMNSTORE INDEX CC ON dbo.T",
            "index CC of dbo.T indexes :1",
            "",
            id="columnstore of all columns",
        ),
        pytest.param(
            "CREATE NONCLUSTERED COLUMNSTORE INDEX CC ON dbo.T (Kind)",
            "index CC of dbo.T indexes :1",
            "index CC of dbo.T indexes :1",
            id="columnstore of some",
        ),
        pytest.param(
            "CREATE PRIMARY XML INDEX X ON dbo.T (Kind)",
            "index X of dbo.T indexes :1",
            "index X of dbo.T indexes :1",
            id="XML index",
        ),
        pytest.param(
            "CREATE FULLTEXT INDEX ON dbo.T (Price TYPE COLUMN Kind) KEY INDEX PK_T ON Texts",
            "full-text index of dbo.T indexes :1",
            "full-text index of dbo.T indexes :1",
            id="full-text index",
        ),
        pytest.param(
            "CREATE STATISTICS S ON dbo.T (Id, Kind) WITH FULLSCAN",
            "statistics S of dbo.T indexes :1",
            "statistics S of dbo.T indexes :1",
            id="statistics",
        ),
        pytest.param(
            "CREATE INDEX IX ON dbo.T (Id) ON Years (Kind)",
            "index IX of dbo.T indexes :1; partitioning of dbo.T partitions :1",
            "partitioning of dbo.T partitions :1",
            id="partition column",
        ),
        pytest.param(
            "ALTER TABLE dbo.T ADD CONSTRAINT U UNIQUE (Kind), CONSTRAINT D DEFAULT 'a' FOR Kind",
            "default constraint D of dbo.T constrains :1; unique constraint U of dbo.T"
            " constrains :1",
            "default constraint D of dbo.T constrains :1; unique constraint U of dbo.T"
            " constrains :1",
            id="constraints that are added",
        ),
        pytest.param(
            "ALTER TABLE dbo.T ADD Kinds AS UPPER(Kind), CHECK (dbo.f(Kind) = 1)",
            "check constraint of dbo.T constrains :1; computed column Kinds of dbo.T computes :1;"
            " script.sql calls :1",
            "check constraint of dbo.T constrains :1; computed column Kinds of dbo.T computes :1",
            id="computed column and check that are added",
        ),
        pytest.param(
            "CREATE SECURITY POLICY sec.P ADD FILTER PREDICATE sec.f(Kind) ON dbo.T",
            "security policy sec.P secures :1",
            "security policy sec.P secures :1",
            id="security policy",
        ),
        pytest.param(
            "GRANT SELECT (Kind), UPDATE ON OBJECT::dbo.T TO Reader; DENY SELECT ON SCHEMA::T TO a",
            "permission to Reader secures :1",
            "permission to Reader secures :1",
            id="permission",
        ),
        pytest.param(
            "CREATE SYNONYM dbo.S FOR dbo.T", "synonym dbo.S stands for :1", "", id="synonym"
        ),
        pytest.param(
            "EXEC sys.sp_addextendedproperty N'D', N'of T', N'SCHEMA', N'dbo', N'TABLE', N'T',\n"
            "N'COLUMN', N'Kind'",
            "extended property D of dbo.T describes :1",
            "extended property D of dbo.T describes :1",
            id="extended property",
        ),
        pytest.param(
            "CREATE TRIGGER dbo.R ON dbo.T AFTER INSERT AS SELECT 1",
            "dbo.R fires on :1",
            "",
            id="trigger",
        ),
        pytest.param(
            "CREATE PROCEDURE dbo.P AS\nALTER TABLE dbo.T ALTER COLUMN Kind varchar(9)\n"
            "CREATE INDEX I ON dbo.T (Kind)\nDROP INDEX J ON dbo.T\nDISABLE TRIGGER R ON dbo.T\n"
            "SET IDENTITY_INSERT dbo.T ON\nUPDATE STATISTICS dbo.T\nEXEC ('DROP TABLE dbo.T')",
            "dbo.P alters drops indexes :2 :3 :4 :5 :6 :7 :8",
            "dbo.P alters indexes :2 :3",
            id="in a module",
        ),
        pytest.param(
            "ALTER TABLE dbo.T ALTER COLUMN Kind int; DROP TABLE dbo.T; CREATE TABLE #t (Kind int,"
            " REFERENCES dbo.T (Kind)); SET IDENTITY_INSERT dbo.T ON",
            "",
            "",
            id="what a script did",
        ),
        pytest.param(
            "CREATE INDEX I ON dbo.T (Kind)\nGO\nDROP INDEX IF EXISTS I ON dbo.T\n"
            "ALTER TABLE dbo.C ADD CONSTRAINT F FOREIGN KEY (A) REFERENCES dbo.T (Kind)\n"
            "ALTER TABLE dbo.C DROP CONSTRAINT f",
            "",
            "",
            id="what is dropped further on",
        ),
        pytest.param(
            "DROP INDEX I ON dbo.T\nCREATE INDEX I ON dbo.T (Kind)",
            "index I of dbo.T indexes :2",
            "index I of dbo.T indexes :2",
            id="what is made again",
        ),
    ],
)
def test_what_names_a_table_or_column(script: str, table: str, column: str) -> None:
    graph = lineage_of({"a.sql": TABLE, "script.sql": script})

    of_function = ["script.sql calls :1"] if "calls" in table else []
    assert [*sorted(uses_of(graph, "dbo.T")), *of_function] == list(filter(None, table.split("; ")))
    assert sorted(uses_of(graph, "dbo.T.Kind")) == list(filter(None, column.split("; ")))


def test_the_parts_of_a_definition_name_its_columns() -> None:
    graph = lineage_of(TABLE)

    assert uses_of(graph, "dbo.T") == []
    assert uses_of(graph, "dbo.T.Id") == ["primary key PK_T of dbo.T constrains :2"]
    assert uses_of(graph, "dbo.T.Units") == [
        "computed column Total of dbo.T computes :6",
        "index IX_Units of dbo.T indexes :8",
    ]
    assert uses_of(graph, "dbo.T.Price") == [
        "computed column Total of dbo.T computes :6",
        "check constraint CK_T of dbo.T constrains :7",
    ]


def test_the_options_of_a_table_name_its_columns() -> None:
    graph = lineage_of(
        "CREATE TABLE dbo.D (A int, B int, C int)\n"
        "WITH (DISTRIBUTION = HASH (A), CLUSTERED INDEX (B), PARTITION (C RANGE FOR VALUES (1)))\n"
        "GO\nCREATE TABLE dbo.E WITH (DISTRIBUTION = HASH (A)) AS SELECT d.A FROM dbo.D AS d\n"
        "JOIN dbo.f() AS f ON dbo.g (d.B) = f.B"
    )

    assert uses_of(graph, "dbo.D.A")[0] == "partitioning of dbo.D partitions :2"
    assert uses_of(graph, "dbo.D.B")[0] == "index of dbo.D indexes :2"
    assert uses_of(graph, "dbo.D.C") == ["partitioning of dbo.D partitions :2"]
    assert uses_of(graph, "dbo.E.A") == [
        "script.sql writes :4",
        "partitioning of dbo.E partitions :4",
    ]


def test_what_goes_with_a_column_that_a_script_drops_further_on() -> None:
    script = (
        "ALTER TABLE dbo.T ADD CHECK (Kind > '')\nGRANT SELECT (Kind) ON dbo.T TO R\n"
        "EXEC sp_addextendedproperty 'D', 'x', 'SCHEMA', 'dbo', 'TABLE', 'T', 'COLUMN', 'Kind'\n"
        "CREATE INDEX I ON dbo.T (Kind)\nGO\n"
    )
    drop = "ALTER TABLE dbo.T DROP COLUMN Kind"

    def kinds(later: str) -> list[str]:
        graph = lineage_of({"a.sql": TABLE, "b.sql": script, "c.sql": later})
        return [row.kind.value for row in graph.dependencies if "Kind" in row.columns]

    assert kinds("") == ["check constraint", "permission", "extended property", "index"]
    assert kinds(drop) == ["index"]
    assert kinds(f"CREATE PROCEDURE dbo.P AS {drop}") == [*kinds(""), "alteration"]


def test_a_foreign_key_without_columns_refers_to_the_primary_key() -> None:
    graph = lineage_of({"a.sql": TABLE, "b.sql": "CREATE TABLE dbo.C (A int REFERENCES dbo.T)"})

    assert "foreign key of dbo.C references :1" in uses_of(graph, "dbo.T.Id")
    assert uses_of(graph, "dbo.C.A") == ["foreign key of dbo.C references :1"]


INDEX = "CREATE INDEX IX ON dbo.T (Kind)"


@pytest.mark.parametrize(
    ("script", "replacement", "told"),
    [
        (INDEX, TABLE.replace("Kind varchar(3),\n", ""), "breaking column-dropped dbo.T.Kind"),
        (INDEX, "", "breaking table-dropped dbo.T"),
        (INDEX, TABLE.replace("dbo.T", "dbo.U"), "breaking table-renamed dbo.T"),
        (
            INDEX.lower(),
            TABLE.replace("Kind varchar(3),\n", ""),
            "breaking column-dropped dbo.T.Kind",
        ),
        ("CREATE PROC dbo.P AS DROP TABLE dbo.T", "", "risky table-dropped dbo.T"),
        ("CREATE PROC dbo.P AS TRUNCATE TABLE dbo.T", "", "breaking table-dropped dbo.T"),
        ("CREATE PROC dbo.P AS ALTER TABLE dbo.T ADD B int", "", "breaking table-dropped dbo.T"),
        ("DROP TABLE dbo.T", "", "risky table-dropped dbo.T"),
    ],
)
def test_what_is_gone_and_named_breaks(script: str, replacement: str, told: str) -> None:
    base = lineage_of({"a.sql": TABLE, "b.sql": script})
    head = lineage_of({"a.sql": replacement, "b.sql": script})

    changes = compare_graphs(base, head).changes
    assert told in [f"{row.impact} {row.kind} {subject_of(row)}" for row in changes]


def test_linking_anew_gives_the_same() -> None:
    scripts = {"a.sql": TABLE, "b.sql": INDEX, "c.sql": "CREATE TABLE c (A int REFERENCES T)"}
    _, kept = relinked(scripts)
    kept = kept_in_a_store(kept)
    for path, text in (("a.sql", TABLE.replace("PK_T", "PK")), ("b.sql", "DROP INDEX IX ON T")):
        scripts[path] = text
        graph, kept = relinked(scripts, kept)
        assert graph.dependencies == relinked(scripts, KeptLinks())[0].dependencies != ()
