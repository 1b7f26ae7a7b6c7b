"""Rows of a lineage as a frame of pandas, which comes with the extra."""

from __future__ import annotations

import pytest

from sql_lineage_purview import link

pandas = pytest.importorskip("pandas", reason="the extra spark is not installed")


def test_rows_are_a_frame_in_one_line() -> None:
    lineage = link("INSERT INTO dbo.t (a, b) SELECT c, d FROM dbo.s;")

    frame = pandas.DataFrame(lineage.columns())

    assert list(frame["target_column"]) == ["a", "b"]
    assert list(frame.columns)[:2] == ["source_table", "source_column"]
