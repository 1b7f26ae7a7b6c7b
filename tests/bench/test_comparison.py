"""The comparison with other tools.

This project's tool is right on all features, and answers are judged as the page says.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

COMPARISON = Path(__file__).parents[2] / "bench" / "comparison"
sys.path[:0] = [str(COMPARISON), str(COMPARISON / "adapters")]

import exchange  # noqa: E402 - the folders of the command come first
import flow  # noqa: E402 - the same
import own  # noqa: E402 - the same
from compare import main  # noqa: E402 - the same
from features import ComparisonError, Feature, read_features  # noqa: E402 - the same
from judging import Verdict, judge_columns, judge_tables  # noqa: E402 - the same
from page import BEGIN, END  # noqa: E402 - the same

FEATURES = read_features()
# tables that are renamed are nodes of their own, and so steps of a chain
RENAMED = {"dbo.price_new", "dbo.price_old"}
PAGE = Path(__file__).parents[2] / "docs" / "comparison.md"


def feature(
    tmp_path: Path,
    *,
    lineage: str = "dbo.s.a -> dbo.t.x",
    tables: str = "dbo.s -> dbo.t",
    more: str = "",
    sql: str = "SELECT 1",
) -> Feature:
    columns = "```columns\ndbo.s(a, b)\ndbo.t(x, y)\n```"
    blocks = f"```sql\n{sql}\n```\n```lineage\n{lineage}\n```\n```tables\n{tables}\n```\n{more}"
    (tmp_path / "f.md").write_text(f"# Some\n\n## One\n\n{columns}\n{blocks}\n", encoding="utf-8")
    [first_feature] = read_features(tmp_path)
    return first_feature


def answer_of(tested_feature: Feature) -> exchange.Answer:
    return own.answered(
        exchange.Feature(tested_feature.title, tested_feature.batches, tested_feature.columns)
    )


@pytest.mark.parametrize("tested_feature", FEATURES, ids=lambda case: case.title)
def test_this_tool_is_right(tested_feature: Feature) -> None:
    """Without any of the leniency that others are given.

    There is no table on the way, and none that does not exist.
    """
    answer = answer_of(tested_feature)
    columns = {
        ((a.casefold(), b.casefold()), (c.casefold(), d.casefold()))
        for a, b, c, d in answer.columns
    }
    tables = {(source.casefold(), target.casefold()) for source, target in answer.tables}
    if not tested_feature.through & RENAMED:
        assert columns - tested_feature.also_pairs == tested_feature.pairs
        assert {
            (source, target) for source, target in tables if source != target
        } == tested_feature.tables
    assert judge_columns(tested_feature, answer.columns).verdict in (
        Verdict.RIGHT,
        Verdict.NOT_ASKED,
    )
    assert judge_tables(tested_feature, answer.tables).verdict is Verdict.RIGHT


def test_every_feature_stands_in_the_page() -> None:
    rows = PAGE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0].splitlines()
    shown = [row.split(" | ")[0].removeprefix("| ") for row in rows]
    assert [title for title in shown if title in {each.title for each in FEATURES}] == [
        each.title for each in FEATURES
    ] * 2
    assert len({each.title for each in FEATURES}) == len(FEATURES)


@pytest.mark.parametrize(
    ("pairs", "verdict"),
    [
        ([("dbo.S", "A", "[dbo].t", "X"), ("s", "b", "t", "y")], Verdict.RIGHT),
        ([("dbo.s", "a", "dbo.t", "x")], Verdict.INCOMPLETE),
        (
            [
                ("dbo.s", "a", "dbo.t", "x"),
                ("dbo.s", "b", "dbo.t", "y"),
                ("dbo.s", "b", "dbo.t", "x"),
            ],
            Verdict.WRONG,
        ),
        ([], Verdict.NOTHING),
        ([("alias", "a", "dbo.t", "x")], Verdict.NOTHING),
    ],
)
def test_verdicts(pairs: list[tuple[str, str, str, str]], verdict: Verdict, tmp_path: Path) -> None:
    tested_feature = feature(tmp_path, lineage="dbo.s.a -> dbo.t.x\ndbo.s.b -> dbo.t.y")
    assert judge_columns(tested_feature, pairs).verdict is verdict


def test_temporary_tables_and_functions_are_looked_through(tmp_path: Path) -> None:
    """A temporary table with its mark and its database, or without either."""
    tested_feature = feature(
        tmp_path, more="```through\ndbo.f\n```\n", sql="SELECT a INTO #w FROM dbo.s"
    )
    for first, second in (("#w", "tempdb..#w"), ("dbo.w", "dbo.w")):
        chain = [
            ("dbo.s", "a", first, "q"),
            (second, "q", "dbo.f", "z"),
            ("dbo.f", "z", "dbo.t", "x"),
        ]
        assert judge_columns(tested_feature, chain).verdict is Verdict.RIGHT
        assert judge_columns(tested_feature, chain[1:]).verdict is Verdict.NOTHING


def test_pairs_that_only_decide_are_no_fault(tmp_path: Path) -> None:
    tested_feature = feature(tmp_path, more="```also\ndbo.s.b -> dbo.t.x\n```\n")
    right = [("dbo.s", "a", "dbo.t", "x")]
    assert (
        judge_columns(tested_feature, [*right, ("dbo.s", "b", "dbo.t", "x")]).verdict
        is Verdict.RIGHT
    )
    assert (
        judge_columns(tested_feature, [*right, ("dbo.s", "b", "dbo.t", "y")]).verdict
        is Verdict.WRONG
    )


def test_a_table_that_feeds_itself_is_no_fault(tmp_path: Path) -> None:
    tested_feature = feature(tmp_path)
    assert (
        judge_tables(tested_feature, [("dbo.s", "dbo.t"), ("dbo.t", "dbo.t")]).verdict
        is Verdict.RIGHT
    )
    assert (
        judge_tables(tested_feature, [("dbo.s", "dbo.t"), ("dbo.t", "dbo.s")]).verdict
        is Verdict.WRONG
    )


def test_a_temporary_table_that_is_made_anew_is_another() -> None:
    flow_of_script = flow.Flow(exchange.Feature("One", ("SELECT a INTO #w FROM dbo.s",), {}))
    for source, target in (("dbo.s1", "dbo.t1"), ("dbo.s2", "dbo.t2")):
        flow_of_script.renew("#w")
        flow_of_script.write("#w", [((source, "a"), "b")], [source])
        flow_of_script.write(target, [(("dbo.w", "B"), "c")], ["#w"])
    assert flow_of_script.answer.columns == {
        ("dbo.s1", "a", "dbo.t1", "c"),
        ("dbo.s2", "a", "dbo.t2", "c"),
    }
    assert flow_of_script.answer.tables == {("dbo.s1", "dbo.t1"), ("dbo.s2", "dbo.t2")}


def test_a_block_that_is_none_is_said(tmp_path: Path) -> None:
    with pytest.raises(ComparisonError, match="One: no such block: lineages"):
        feature(tmp_path, more="```lineages\n```\n")


def test_the_command_writes_the_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    assert main(["--runs", "1", "--out", str(page)]) == 0
    text = page.read_text(encoding="utf-8")
    assert text.startswith("before\n")
    assert text.endswith(f"{END}\nafter\n")
    assert "old" not in text
    assert capsys.readouterr().out.strip() in text


@pytest.mark.parametrize("peer", ["sqlglot", "other=python", "sqlglot=no-such-python"])
def test_a_peer_that_cannot_be_run_is_said(peer: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--runs", "1", "--peer", peer]) == 2
    assert "compare: " in capsys.readouterr().err
