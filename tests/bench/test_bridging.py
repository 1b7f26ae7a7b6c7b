"""bench/bridging.py: what plans lead over tables without an asset."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from bridging import MARKS, main, measured
from runs import Target

if TYPE_CHECKING:
    from pathlib import Path

LOAD = """
CREATE TABLE dbo.Source (a int); CREATE TABLE stg.Work (a int)
CREATE TABLE dbo.Final (a int); CREATE TABLE dbo.Other (a int)
GO
INSERT stg.Work (a) SELECT a FROM dbo.Source
INSERT dbo.Final (a) SELECT a FROM stg.Work
INSERT dbo.Other (a) SELECT a FROM dbo.Final
"""


@pytest.fixture
def corpora(tmp_path: Path) -> Path:
    folder = tmp_path / "corpora" / "Warehouse"
    folder.mkdir(parents=True)
    (folder / "load.sql").write_text(LOAD, encoding="utf-8")
    return folder.parent


def test_it_counts_what_is_published_without_and_with_leading(corpora: Path) -> None:
    row = measured(Target("Warehouse", corpora / "Warehouse"))
    assert (row.lacking, row.finals, row.lost) == (1, 2, [])
    assert (row.before.inputs, row.before.mapped) == ({"dbo.Other": {"dbo.Final"}}, 1)
    assert row.after.inputs == {"dbo.Other": {"dbo.Final"}, "dbo.Final": {"dbo.Source"}}
    assert row.after.columns["dbo.Final"] == {("dbo.Source", "a", "a")}


def test_a_page_gets_a_line_for_each(corpora: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("\n".join(MARKS), encoding="utf-8")
    assert main([str(corpora), "--out", str(page)]) == 0
    lines = page.read_text(encoding="utf-8").splitlines()
    assert [line.split(" | ")[0] for line in lines if line.startswith("| ")][1:] == [
        "| sample_sql",
        "| repository 1",
    ]
    assert "| repository 1 | 1 | 2 | 1 → 2 | 1 → 2 | 1 → 2 | 1 → 2 | 0 |" in lines


def test_a_page_without_a_place_for_them_is_reported(
    corpora: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.md"
    page.write_text("nothing", encoding="utf-8")
    assert main([str(corpora), "--out", str(page)]) == 2
    assert "bridging: " in capsys.readouterr().err
