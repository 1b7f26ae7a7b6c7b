"""The messages of diagnostics: what one diagnostic says, and what stays apart."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from sql_lineage_purview.model.diagnostics import Gap
from tests.linking import lineage_of

NAMES = st.lists(st.sampled_from([f"c{number}" for number in range(30)]), min_size=1)


def over_two_tables(names: list[str]) -> str:
    return " ".join(("SELECT", ", ".join(names), "FROM dbo.s JOIN dbo.t ON s.id = t.id"))


def messages(sql: str) -> list[str]:
    return [diagnostic.message for diagnostic in lineage_of(sql).diagnostics]


def test_columns_of_one_cause_stand_in_one_message() -> None:
    sql = "SELECT b, a, B, c FROM dbo.s JOIN dbo.t ON s.id = t.id WHERE a = 1"
    assert messages(sql) == ["b, a, c: could be a column of dbo.s, dbo.t"]


def test_a_long_list_is_cut_and_counted() -> None:
    (message,) = messages(over_two_tables([f"c{number}" for number in range(20)]))
    assert message.startswith("c0, c1, ")
    assert ", c11 and 8 more: could be a column of" in message


def test_other_tables_are_another_cause() -> None:
    sql = (
        "SELECT a, (SELECT b FROM dbo.u JOIN dbo.v ON u.id = v.id) FROM dbo.s JOIN dbo.t ON "
        "s.id = t.id"
    )
    assert messages(sql) == [
        "a: could be a column of dbo.s, dbo.t",
        "b: could be a column of dbo.u, dbo.v",
    ]


def test_alternatives_stand_behind_the_first() -> None:
    cases = " ".join(f"WHEN {number} THEN 't{number}_'" for number in range(8))
    sql = (
        f"CREATE PROCEDURE dbo.p @n int, @x sysname AS EXEC ('DELETE dbo.' + CASE @n {cases} "
        "END + @x)"
    )
    (message,) = messages(sql)
    assert message.count("DELETE dbo.t") == 4
    assert message.endswith(", or 4 more")


def inserted(target: str, *results: str) -> list[str]:
    arms = " ".join(f"IF @n = {number} {result}" for number, result in enumerate(results))
    return messages(
        f"{target}\nGO\nCREATE PROCEDURE dbo.p @n int AS {arms}\nGO\nINSERT dbo.t EXEC dbo.p 1"
    )


def test_shapes_of_which_none_fits_stand_in_one_message() -> None:
    assert inserted(
        "CREATE TABLE dbo.t (a int, b int)",
        "SELECT 1, 2, 3",
        "SELECT 1",
        "SELECT 1, 2, 3, 4",
        "SELECT 5",
    ) == ["dbo.p returns 1, 3 or 4 columns, for the 2 of dbo.t"]


def test_a_shape_that_always_comes_is_reported_beside_one_that_fits() -> None:
    assert inserted("CREATE TABLE dbo.t (a int, b int)", "SELECT 1, 2", "SELECT 3, 4 SELECT 1") == [
        "dbo.p also returns 1 columns, for the 2 of dbo.t"
    ]
    assert (
        inserted(
            "CREATE TABLE dbo.t (a int, b int)", "SELECT 1, 2", "BEGIN SELECT 3, 4 SELECT 1 END"
        )
        == []
    )


def test_shapes_for_a_target_of_unknown_columns_stand_in_one_message() -> None:
    first, *others = inserted("", "SELECT 1, 2", "SELECT 1", "SELECT 1, 2, 3")
    assert first == "the columns of dbo.t are not known"
    assert others == [
        "dbo.p returns 1, 2 or 3 columns, and which of these dbo.t takes is not known"
    ]


@given(lists=st.lists(NAMES, min_size=1, max_size=4))
def test_each_statement_has_one_diagnostic_that_names_its_columns(lists: list[list[str]]) -> None:
    graph = lineage_of(";\n".join(map(over_two_tables, lists)))
    assert [diagnostic.span.line for diagnostic in graph.diagnostics] == list(
        range(1, len(lists) + 1)
    )
    for names, diagnostic in zip(lists, graph.diagnostics, strict=True):
        assert set(diagnostic.message.partition(" and ")[0].partition(":")[0].split(", ")) <= set(
            names
        )
    gaps = Counter(diagnostic.rule.gap for diagnostic in graph.diagnostics)
    assert graph.files[0].gaps.name == gaps[Gap.NAME] == len(lists)
