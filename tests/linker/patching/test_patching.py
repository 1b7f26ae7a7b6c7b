"""Which edits are patched, and which are linked, since any other file could be concerned."""

from __future__ import annotations

import pytest

from sql_lineage_purview.linker import LinkOptions
from sql_lineage_purview.linker.context import link_budget
from tests.linking import lineage_of
from tests.patching import Repository

SCRIPTS = {
    "a_tables.sql": "CREATE TABLE dbo.s (k int PRIMARY KEY, v int);\nGO\n"
    "CREATE TABLE dbo.t (k int, v int, CONSTRAINT fk FOREIGN KEY (k) REFERENCES dbo.s (k));",
    "b_view.sql": "CREATE VIEW dbo.w AS SELECT * FROM dbo.s;",
    "c_above.sql": "CREATE VIEW dbo.above AS SELECT * FROM dbo.w;",
    "d_log.sql": "CREATE PROCEDURE dbo.fill AS INSERT #work (k, v) SELECT k, v FROM dbo.w;",
    "e_load.sql": "CREATE PROCEDURE dbo.load AS CREATE TABLE #work (k int, v int); EXEC dbo.fill; "
    "INSERT dbo.t (k, v) SELECT k, v FROM #work;",
    "f_run.sql": "EXEC dbo.load; INSERT dbo.t (v) SELECT v FROM dbo.above;",
    "g_index.sql": "CREATE INDEX i ON dbo.s (v);",
    "h_swap.sql": "SELECT k INTO dbo.new_u FROM dbo.s; DROP TABLE dbo.u; "
    "EXEC sp_rename 'dbo.new_u', 'u';",
    "i_two.sql": "CREATE PROCEDURE dbo.twice AS SELECT k FROM dbo.s;",
    "j_two.sql": "CREATE PROCEDURE dbo.twice AS INSERT dbo.t (k) SELECT k FROM dbo.s;",
    "k_far.sql": "INSERT dbo.t (k) SELECT Id FROM dbo.far WHERE ID > 1 AND Part = 1;",
    "l_far.sql": "INSERT dbo.t (v) SELECT id FROM dbo.far;",
}
PATCHED = {
    "a statement more": ("f_run.sql", f"{SCRIPTS['f_run.sql']} DELETE dbo.t WHERE v = 1;"),
    "another source": ("e_load.sql", SCRIPTS["e_load.sql"].replace("FROM #work", "FROM dbo.s")),
    "a source that nothing defines": ("f_run.sql", "INSERT dbo.t (v) SELECT v FROM dbo.New;"),
    "a callee": ("d_log.sql", SCRIPTS["d_log.sql"].replace("SELECT k, v", "SELECT v, k")),
    "the columns of a view": (
        "b_view.sql",
        "CREATE VIEW dbo.w AS SELECT v AS k, k AS v FROM dbo.s",
    ),
    "a column dropped": ("a_tables.sql", SCRIPTS["a_tables.sql"].replace(", v int", "", 1)),
    "a table more": ("a_tables.sql", f"{SCRIPTS['a_tables.sql']}\nGO\nCREATE TABLE dbo.x (a int)"),
    "a table less": ("a_tables.sql", SCRIPTS["a_tables.sql"].partition("GO")[0]),
    "a syntax error": ("d_log.sql", "CREATE PROCEDURE dbo.fill AS INSERT #work SELECT FROM;"),
    "nothing left": ("f_run.sql", "PRINT 1"),
    "a definition that another file replaces": (
        "i_two.sql",
        "CREATE PROCEDURE dbo.twice AS\n\nSELECT v FROM dbo.s;",
    ),
    "a column that nothing defines": ("f_run.sql", "INSERT dbo.t (v) SELECT Part FROM dbo.far;"),
}
LINKED = {
    "a synonym": ("g_index.sql", "CREATE SYNONYM dbo.z FOR dbo.s;"),
    "a rename": ("f_run.sql", "EXEC sp_rename 'dbo.t', 'z';"),
    "a table that is lost": ("f_run.sql", "SELECT k INTO dbo.z FROM dbo.s; DROP TABLE dbo.z;"),
    "a trigger that stands in": (
        "f_run.sql",
        "CREATE TRIGGER dbo.r ON dbo.w INSTEAD OF INSERT AS DELETE dbo.t WHERE v = 1",
    ),
    "a global temporary table": ("f_run.sql", "SELECT k INTO ##g FROM dbo.s;"),
    "what another file defines": ("f_run.sql", "CREATE TABLE dbo.s (q int);"),
    "a name that is spelled otherwise": (
        "d_log.sql",
        SCRIPTS["d_log.sql"].replace("#work", "#Work"),
    ),
    "a key that is dropped": ("f_run.sql", "ALTER TABLE dbo.t DROP CONSTRAINT fk;"),
    "a column that others spell otherwise": (
        "f_run.sql",
        "INSERT dbo.t (v) SELECT PART FROM dbo.far;",
    ),
    "a column in two spellings": ("f_run.sql", "INSERT dbo.t (v) SELECT q FROM dbo.r WHERE Q = 1;"),
    "a column that has several spellings": (
        "f_run.sql",
        "INSERT dbo.t (v) SELECT Id FROM dbo.far;",
    ),
    "the first use of a column": ("k_far.sql", "INSERT dbo.t (k) SELECT Part FROM dbo.far;"),
    "a spelling in a module": ("i_two.sql", "CREATE PROCEDURE dbo.one AS SELECT ID FROM dbo.far;"),
    "another spelling in a module": (
        "i_two.sql",
        "CREATE PROCEDURE dbo.one AS SELECT PART FROM dbo.far;",
    ),
    "declared lineage": ("f_run.sql", "-- lineage: dbo.s -> dbo.t\nPRINT 1"),
}


@pytest.mark.parametrize("name", PATCHED)
def test_what_is_patched_is_what_linking_all_gives(name: str) -> None:
    path, text = PATCHED[name]
    repository = Repository.of(SCRIPTS)

    assert repository.edit({path: text})
    assert repository.graph == lineage_of(repository.scripts) != lineage_of(SCRIPTS)


@pytest.mark.parametrize("name", LINKED)
def test_what_may_concern_any_file_is_linked(name: str) -> None:
    path, text = LINKED[name]
    repository = Repository.of(SCRIPTS)

    assert not repository.edit({path: text})
    assert repository.graph == lineage_of(repository.scripts)


def test_patches_follow_one_another() -> None:
    repository = Repository.of(SCRIPTS)
    for path, text in PATCHED.values():
        assert repository.edit({path: text})
        assert repository.graph == lineage_of(repository.scripts)
        assert repository.edit({path: SCRIPTS[path]})
        assert repository.graph == lineage_of(SCRIPTS)


def test_who_shares_global_temporary_tables_is_run_together() -> None:
    repository = Repository.of(
        {
            "a.sql": "CREATE TABLE dbo.s (k int, v int)",
            "b.sql": "CREATE PROCEDURE dbo.fill AS SELECT * INTO ##g FROM dbo.s",
            "c.sql": "CREATE PROCEDURE dbo.drain AS INSERT dbo.t (v) SELECT v FROM ##g",
            "d.sql": "EXEC (N'SELECT k AS v INTO ##g FROM dbo.s')",
        }
    )

    assert repository.edit({"a.sql": "CREATE TABLE dbo.s (k int, v int, w int)"})
    assert repository.graph == lineage_of(repository.scripts)
    assert not repository.edit({"b.sql": "CREATE PROCEDURE dbo.fill AS DELETE dbo.s"})
    assert repository.graph == lineage_of(repository.scripts)


def test_files_that_change_together_are_patched_together() -> None:
    repository = Repository.of(SCRIPTS)

    assert repository.edit(dict(PATCHED[name] for name in ("a callee", "a column dropped")))
    assert repository.graph == lineage_of(repository.scripts)


def test_an_edge_that_others_carry_too_is_known_as_they_know_it() -> None:
    sure = "INSERT dbo.t (v) SELECT v FROM dbo.s;"
    unsure = "INSERT dbo.t (v) SELECT v FROM dbo.s CROSS JOIN dbo.unknown;"
    repository = Repository.of({"a.sql": sure, "b.sql": unsure, "c.sql": "PRINT 1"})

    assert repository.edit({"a.sql": "PRINT 2"})
    assert repository.graph == lineage_of(repository.scripts)
    assert repository.edit({"a.sql": sure})
    assert repository.graph == lineage_of(repository.scripts)


@pytest.mark.parametrize(
    ("scripts", "edit"),
    [
        (  # what a synonym is called is told by who uses it
            {
                "a.sql": "CREATE SYNONYM dbo.a FOR dbo.d",
                "b.sql": "CREATE VIEW dbo.c AS SELECT 1 AS k",
            },
            "CREATE VIEW dbo.c AS SELECT k FROM dbo.A",
        ),
        (  # and what nothing defines by the first key that refers to it
            {
                "a.sql": "CREATE TABLE dbo.d (v int REFERENCES dbo.a)",
                "b.sql": "CREATE TABLE dbo.h (v int REFERENCES dbo.A)",
            },
            "CREATE TABLE dbo.h (v int REFERENCES dbo.A, w int)",
        ),
        (  # or by what is altered, which is shown nowhere
            {
                "a.sql": "ALTER TABLE dbo.a ADD w int",
                "b.sql": "CREATE TABLE dbo.h (v int REFERENCES dbo.A)",
            },
            "CREATE TABLE dbo.h (v int REFERENCES dbo.A, w int)",
        ),
        (  # or by a key that is dropped
            {
                "a.sql": "CREATE TABLE dbo.g (k int)",
                "b.sql": "CREATE TABLE dbo.h (v int, "
                "CONSTRAINT f FOREIGN KEY (v) REFERENCES dbo.a)",
                "c.sql": "CREATE TABLE dbo.i (v int REFERENCES dbo.A)",
                "d.sql": "ALTER TABLE dbo.h DROP CONSTRAINT f",
            },
            "CREATE TABLE dbo.h (v int)",
        ),
        (  # a name with its database has a twin in the first row that has it without
            {
                "a.sql": "INSERT dbo.t (v) SELECT v FROM Db.dbo.s",
                "b.sql": "DELETE dbo.t WHERE v = 1",
                "c.sql": "DELETE dbo.s WHERE v = 1",
            },
            "DELETE dbo.s WHERE v = 2",
        ),
    ],
)
def test_what_files_spell_or_name_first(scripts: dict[str, str], edit: str) -> None:
    repository = Repository.of(scripts)
    for text in (edit, scripts["b.sql"], edit):
        repository.edit({"b.sql": text})
        assert repository.graph == lineage_of(repository.scripts)


@pytest.mark.parametrize(
    ("scripts", "edit"),
    [
        (  # the columns of a history are those of a table that nothing defined so far
            {
                "a.sql": "ALTER TABLE dbo.s SET (SYSTEM_VERSIONING = ON (HISTORY_TABLE = dbo.h))",
                "b.sql": "CREATE TABLE dbo.d (k int)",
                "c.sql": "INSERT dbo.t SELECT * FROM dbo.h",
            },
            "CREATE TABLE dbo.d (k int)\nGO\nCREATE TABLE dbo.s (k int, v int)",
        ),
        (  # the view of a trigger is the nearest one
            {
                "a.sql": "CREATE TRIGGER etl.r ON s INSTEAD OF INSERT AS "
                "INSERT dbo.u (v) SELECT v FROM inserted",
                "b.sql": "CREATE TABLE dbo.d (k int)",
                "c.sql": "CREATE VIEW dbo.s AS SELECT v FROM dbo.w",
                "d.sql": "INSERT dbo.s (v) SELECT v FROM dbo.q",
            },
            "CREATE TABLE dbo.d (k int)\nGO\nCREATE VIEW etl.s AS SELECT v FROM dbo.w",
        ),
        (  # two scripts change a table that nothing spells but who uses it
            {
                "a.sql": "ALTER TABLE dbo.d DROP COLUMN v",
                "b.sql": "ALTER TABLE dbo.d DROP COLUMN v",
            },
            "ALTER TABLE dbo.d DROP COLUMN v; DELETE dbo.D WHERE k = 1",
        ),
        (  # an index spells what a statement has spelled
            {
                "a.sql": "CREATE INDEX i ON dbo.s (v)",
                "b.sql": "DELETE dbo.S WHERE k = 1",
            },
            "DELETE dbo.t WHERE k = 1",
        ),
    ],
)
def test_what_others_see_of_what_is_changed(scripts: dict[str, str], edit: str) -> None:
    repository = Repository.of(scripts)
    for text in (edit, scripts["b.sql"], edit):
        repository.edit({"b.sql": text})
        assert repository.graph == repository.linked()


@pytest.mark.parametrize(
    ("reference", "edits"),
    [
        (  # a view that nobody uses any more
            "CREATE VIEW dbo.w AS SELECT k FROM dbo.s",
            ("DELETE dbo.t WHERE k IN (SELECT k FROM dbo.w)", "PRINT 1"),
        ),
        (  # a twin that nobody uses
            "USE Db\nGO\nCREATE TABLE dbo.t (k int)",
            ("DELETE dbo.t WHERE k = 1", "DELETE dbo.t WHERE k = 2"),
        ),
        (  # what is named nowhere else
            "CREATE PROCEDURE dbo.p AS DELETE dbo.S WHERE k = 1",
            ("CREATE VIEW dbo.d AS SELECT 1 AS k", "CREATE VIEW dbo.s AS SELECT 1 AS k"),
        ),
    ],
)
def test_what_only_a_reference_tells_of(reference: str, edits: tuple[str, ...]) -> None:
    scripts = {"a.sql": edits[0], "r.sql": reference, "z.sql": "PRINT 1"}
    repository = Repository.of(scripts, references={"r.sql"})
    for text in (*edits[1:], *edits):
        repository.edit({"a.sql": text})
        assert repository.graph == repository.linked()


def test_a_file_that_nobody_asks_for_is_not_looked_into() -> None:
    repository = Repository.of(SCRIPTS)
    repository.scripts["j_two.sql"] = "CREATE VIEW dbo.never AS SELECT 1 AS seen"

    assert repository.edit({"f_run.sql": "DELETE dbo.t WHERE v = 1;"})
    assert "never" not in str(repository.graph)


@pytest.mark.parametrize(
    ("scripts", "near"),
    [
        (  # which table a called procedure drops
            {
                "a.sql": "CREATE PROCEDURE etl.d AS DROP TABLE x",
                "b.sql": "CREATE PROCEDURE etl.p AS SELECT k INTO dbo.x FROM dbo.s; "
                "INSERT dbo.t (k) SELECT k FROM dbo.x; EXEC etl.d",
            },
            "CREATE TABLE etl.x (k int)",
        ),
        (  # which procedure is given a string
            {
                "a.sql": "CREATE PROCEDURE dbo.q @t sysname AS "
                "EXEC ('INSERT dbo.x (v) SELECT v FROM ' + @t)",
                "b.sql": "CREATE PROCEDURE etl.l AS EXEC q 'dbo.s'",
            },
            "CREATE PROCEDURE etl.q @t sysname AS SELECT 1 AS v",
        ),
    ],
)
@pytest.mark.parametrize("keep_temporary", [False, True])
def test_what_a_name_without_a_schema_means_concerns_all(
    scripts: dict[str, str], near: str, *, keep_temporary: bool
) -> None:
    options = LinkOptions(keep_temporary=keep_temporary)
    other = "CREATE TABLE dbo.other (k int)"
    repository = Repository.of({**scripts, "c.sql": other}, options)
    for text in (f"{other}\nGO\n{near}", other):
        repository.edit({"c.sql": text})
        assert repository.graph == lineage_of(repository.scripts, options)


def test_what_only_strings_name_is_spelled_by_those_of_today() -> None:
    def named(schema: str) -> str:
        return (
            "CREATE PROCEDURE dbo.w @t sysname AS "
            f"EXEC ('INSERT dbo.x (v) SELECT v FROM {schema}.' + @t)"
        )

    others = {
        "a key": "CREATE TABLE dbo.z (a int REFERENCES dbo.T)",
        "a twin": "INSERT dbo.z (v) SELECT v FROM dbo.t",
        "a synonym": "CREATE SYNONYM dbo.s FOR dbo.t\nGO\nDELETE dbo.s",
    }
    for other in others.values():
        repository = Repository.of({"c.sql": named("k"), "u.sql": "EXEC dbo.w 't'", "z.sql": other})
        for schema in ("dbo", "k", "Db.dbo", "k"):
            repository.edit({"c.sql": named(schema)})
            assert repository.graph == lineage_of(repository.scripts)


def test_a_synonym_is_told_with_its_object_as_that_is_spelled_today() -> None:
    scripts = {
        "c.sql": "CREATE TABLE dbo.T (a int)",
        "s.sql": "CREATE SYNONYM dbo.s FOR dbo.T",
        "u.sql": "DELETE dbo.s",
    }
    repository = Repository.of(scripts)

    assert repository.edit({"c.sql": "CREATE TABLE dbo.t (a int)"})
    assert repository.graph == lineage_of(repository.scripts)


def _wide(columns: int, number: int) -> str:
    names = ", ".join(f"c{number}_{column}" for column in range(columns))
    return f"INSERT dbo.t{number} ({names}) SELECT {names} FROM dbo.s{number}"


def test_what_the_budget_of_edges_leaves_out_depends_on_all_files(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(link_budget, "SCAN_EDGES", 30)
    monkeypatch.setattr(link_budget, "STATEMENT_SHARE_OF_EDGES", 0)
    repository = Repository.of({"a.sql": _wide(20, 1), "b.sql": _wide(2, 2)})

    repository.edit({"b.sql": _wide(20, 2)})

    assert repository.graph == lineage_of(repository.scripts)


@pytest.mark.parametrize("less", ["DELETE dbo.d WHERE v = 1", "PRINT 1\n" * 20])
def test_a_scan_that_shrinks_may_use_less(monkeypatch: pytest.MonkeyPatch, less: str) -> None:
    monkeypatch.setattr(link_budget, "SCAN_EDGES", 5)
    monkeypatch.setattr(link_budget, "STATEMENT_SHARE_OF_EDGES", 10)
    rest = "\n".join(["DELETE dbo.d WHERE v = 1"] * 20)
    repository = Repository.of({"a.sql": _wide(20, 1), "b.sql": rest})

    repository.edit({"b.sql": less})

    assert repository.graph == lineage_of(repository.scripts)


def test_what_another_file_renames_tells_the_columns_in_a_patch_too() -> None:
    scripts = {
        "a.sql": "CREATE VIEW dbo.A AS SELECT * FROM dbo.b",
        "h.sql": "CREATE OR ALTER VIEW dbo.d AS SELECT * FROM A",
        "c.sql": "SELECT k, v INTO dbo.new_d FROM dbo.A; DROP TABLE dbo.d; "
        "EXEC sp_rename 'dbo.new_d', 'd';",
    }
    repository = Repository.of(scripts)

    assert repository.edit({"a.sql": f"{scripts['a.sql']}\nGO\nDELETE dbo.q WHERE k = 1"})
    assert repository.graph == lineage_of(repository.scripts)


def test_a_temporary_table_that_is_shown_is_spelled_as_today() -> None:
    options = LinkOptions(keep_temporary=True)
    load = "CREATE PROCEDURE dbo.p AS CREATE TABLE {0} (v int); INSERT dbo.t (v) SELECT v FROM #w;"
    repository = Repository.of({"a.sql": load.format("#w"), "b.sql": "DELETE dbo.q"}, options)

    assert repository.edit({"a.sql": load.format("#W")})
    assert repository.graph == lineage_of(repository.scripts, options)
