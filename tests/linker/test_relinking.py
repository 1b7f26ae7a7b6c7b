"""Of what has been linked before, only that is run anew of which something has changed."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import pytest

from sql_lineage_purview.linker import LinkOptions
from sql_lineage_purview.linker.context import link_budget
from sql_lineage_purview.linker.interpreter.interpreter import Interpreter
from sql_lineage_purview.linker.relations.relation import Relation
from sql_lineage_purview.model.facts import Query
from sql_lineage_purview.model.names import Name
from sql_lineage_purview.tsql import StringCompiler
from sql_lineage_purview.tsql.compiling import file_compiler
from tests.linking import lineage_of
from tests.relinking import relinked

SCRIPTS = {
    "load.sql": "CREATE PROCEDURE dbo.load AS INSERT dbo.target (a) SELECT * FROM dbo.v;",
    "other.sql": "CREATE PROCEDURE dbo.other AS INSERT dbo.target (a) SELECT b FROM dbo.t;",
    "call.sql": (
        "CREATE PROCEDURE dbo.call AS CREATE TABLE #w (a int); EXEC dbo.fill; "
        "INSERT dbo.target (a) SELECT a FROM #w;"
    ),
    "fill.sql": "CREATE PROCEDURE dbo.fill AS INSERT #w (a) SELECT b FROM dbo.t;",
    "s.sql": "CREATE TABLE dbo.s (a int);",
    "t.sql": "CREATE TABLE dbo.t (b int);",
    "target.sql": "CREATE TABLE dbo.target (a int);",
    "v.sql": "CREATE VIEW dbo.v AS SELECT a FROM dbo.s;",
}


def run_anew(
    changes: dict[str, str | None], scripts: Mapping[str, str] = MappingProxyType(SCRIPTS)
) -> set[str]:
    """The paths of the files that are run anew behind changes; None takes a file away."""
    _, before = relinked(dict(scripts))
    changed = {path: text for path, text in {**scripts, **changes}.items() if text is not None}
    graph, after = relinked(changed, before)

    assert graph == lineage_of(changed)
    return {
        path
        for (path, database), linked in after.files.items()
        if (path, database) not in before.files
        or before.files[path, database].findings is not linked.findings
    }


def test_nothing_is_run_anew_where_nothing_has_changed() -> None:
    assert run_anew({}) == set()


def test_a_file_that_has_changed_is_run_anew() -> None:
    changed = "CREATE PROCEDURE dbo.load AS INSERT dbo.target (a) SELECT a FROM dbo.s;"

    assert run_anew({"load.sql": changed}) == {"load.sql"}


def test_who_asks_for_the_columns_of_a_table_through_a_view_is_run_anew_with_the_table() -> None:
    scripts = SCRIPTS | {"v.sql": "CREATE VIEW dbo.v AS SELECT * FROM dbo.s;"}
    assert run_anew({"s.sql": "CREATE TABLE dbo.s (a int, c int);"}, scripts) == {
        "s.sql",
        "v.sql",
        "load.sql",
    }


def test_who_reads_a_view_that_names_its_columns_does_not_ask_for_those_of_its_tables() -> None:
    assert run_anew({"s.sql": "CREATE TABLE dbo.s (c int);"}) == {"s.sql", "v.sql"}


def test_callers_are_run_anew_with_what_they_call_and_with_what_that_asks_for() -> None:
    changed = "CREATE PROCEDURE dbo.fill AS INSERT #w (a) SELECT 1;"

    assert run_anew({"fill.sql": changed}) == {"fill.sql", "call.sql"}
    assert run_anew({"t.sql": "CREATE TABLE dbo.t (b int, c int);"}) == {
        "t.sql",
        "other.sql",
        "fill.sql",
        "call.sql",
    }


@pytest.mark.parametrize("gone", SCRIPTS)
def test_who_asks_for_what_is_gone_is_run_anew(gone: str) -> None:
    anew = run_anew({gone: None})

    assert gone not in anew
    assert anew >= {"t.sql": {"other.sql", "fill.sql"}, "v.sql": {"load.sql"}}.get(gone, set())


def test_what_only_now_has_a_definition_is_asked_for_anew() -> None:
    assert run_anew({"t.sql": None, "u.sql": "CREATE VIEW dbo.t AS SELECT b = a FROM dbo.s;"}) >= {
        "other.sql",
        "fill.sql",
        "call.sql",
    }


def test_a_file_that_shares_global_temporary_tables_is_always_run_anew() -> None:
    sharing = {
        "a.sql": "CREATE PROCEDURE dbo.a AS SELECT a INTO ##g FROM dbo.s;",
        "b.sql": "CREATE PROCEDURE dbo.b AS INSERT dbo.target (a) SELECT a FROM ##g;",
    }
    graph, before = relinked({**SCRIPTS, **sharing})
    relinked_again, _ = relinked({**SCRIPTS, **sharing}, before)

    assert relinked_again == graph
    assert not {path for path, _ in before.files} & sharing.keys()


def test_what_the_query_of_a_view_tells_is_asked_anew_only_where_its_tables_have_changed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    described: list[str] = []
    describe = Interpreter.describe

    def noted(
        self: Interpreter, query: Query, path: str, module: Name | None, database: str | None
    ) -> Relation:
        described.append(path)
        return describe(self, query, path, module, database)

    monkeypatch.setattr(Interpreter, "describe", noted)
    scripts = {
        "t.sql": "CREATE TABLE dbo.t (a int);",
        "u.sql": "CREATE TABLE dbo.u (a int);",
        "v.sql": "CREATE VIEW dbo.v AS SELECT * FROM dbo.t;",
        "w.sql": "CREATE VIEW dbo.w AS SELECT * FROM dbo.u;",
    }
    _, kept = relinked(scripts)
    assert set(described) == {"v.sql", "w.sql"}
    described.clear()
    graph, _ = relinked(scripts | {"t.sql": "CREATE TABLE dbo.t (a int, b int);"}, kept)

    assert set(described) == {"v.sql"}
    assert {str(table.name): table.columns for table in graph.tables} == {
        "dbo.t": ("a", "b"),
        "dbo.u": ("a",),
        "dbo.v": ("a", "b"),
        "dbo.w": ("a",),
    }


def test_what_has_a_spelling_of_another_file_is_run_anew_without_that() -> None:
    load = "CREATE PROCEDURE dbo.load @t sysname AS EXEC ('DELETE {0}.' + @t)"
    scripts = {
        "load.sql": load.format("dbo"),
        "a.sql": "EXEC dbo.load 't'",
        "z.sql": "CREATE SYNONYM dbo.s FOR dbo.T\nGO\nDELETE dbo.s",
    }
    _, before = relinked(scripts)
    scripts["load.sql"] = load.format("other")

    assert relinked(scripts, before)[0] == lineage_of(scripts)


def test_strings_that_strings_execute_take_from_the_budget_of_all_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(file_compiler, "LINKED_CHARACTERS", 900)
    monkeypatch.setattr(file_compiler, "STATEMENT_SHARE_OF_STRINGS", 0)
    scripts = {
        "load.sql": "CREATE PROCEDURE dbo.load @t sysname AS "
        "EXEC (N'DECLARE @s nvarchar(max) = N''DELETE dbo.' + @t + ''';"
        f"{' EXEC (@s);' * 12}')",
        "a.sql": "EXEC dbo.load 'a'",
        "b.sql": "EXEC dbo.load 'b'",
        "c.sql": "EXEC dbo.load 'c'; INSERT dbo.t SELECT * FROM dbo.s",
        "s.sql": "CREATE TABLE dbo.s (v int)",
    }
    # where lifetimes are followed, all strings are compiled before any file is run
    options = LinkOptions(keep_temporary=True)
    cold, kept = relinked(scripts, None, options, StringCompiler(0))
    assert "SLP107" in {one.code for one in cold.diagnostics}
    scripts["s.sql"] = "CREATE TABLE dbo.s (v int, w int)"
    again, _ = relinked(scripts, kept, options, StringCompiler(0))

    assert again == relinked(scripts, None, options, StringCompiler(0))[0] != cold


def test_what_is_kept_of_a_scan_that_shrinks_may_be_more_than_it_may_use(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(link_budget, "SCAN_EDGES", 5)
    monkeypatch.setattr(link_budget, "STATEMENT_SHARE_OF_EDGES", 10)
    names = ", ".join(f"c{number}" for number in range(20))
    scripts = {
        "a.sql": f"INSERT dbo.t ({names}) SELECT {names} FROM dbo.s",
        "b.sql": "DELETE dbo.d WHERE v = 1\n" * 20,
    }
    _, kept = relinked(scripts)
    scripts["b.sql"] = "PRINT 1"

    assert relinked(scripts, kept)[0] == lineage_of(scripts)
