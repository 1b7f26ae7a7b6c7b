"""What is mistyped: the nearest command, option or value is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Run


@pytest.mark.parametrize(
    ("words", "near"),
    [
        (["scna", "."], "scan"),
        (["chek"], "check"),
        (["scan", ".", "--fromat", "tree"], "--format"),
        (["tree", "dbo.Fact", "--colums"], "--columns"),
        (["scan", ".", "--format", "tee"], "tree"),
        (["catalog", "dmup"], "dump"),
    ],
)
def test_the_nearest_word_is_named(project: Path, run: Run, words: list[str], near: str) -> None:
    outcome = run(*words)

    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.endswith(f". Did you mean {near}?\n")


def test_nothing_is_suggested_where_nothing_is_near(project: Path, run: Run) -> None:
    for words in (["frobnicate"], ["scan", ".", "--quux"]):
        outcome = run(*words)

        assert outcome.code == 2
        assert "Did you mean" not in outcome.err


def test_the_usage_is_that_of_the_command(project: Path, run: Run) -> None:
    assert run("scan", ".", "--fromat").err.startswith("usage: sql-lineage-purview scan ")
