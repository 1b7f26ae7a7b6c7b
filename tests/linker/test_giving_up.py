"""What a linking has known is given up with it."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from sql_lineage_purview.linker.context.link_context import LinkContext
from tests.linking import lineage_of

SQL = """
CREATE VIEW dbo.v AS SELECT a FROM dbo.t;
GO
CREATE PROCEDURE dbo.p AS INSERT INTO dbo.u (a) SELECT a FROM dbo.v;
"""


@pytest.fixture
def _no_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("_no_collector")
def test_no_circle_holds_the_facts_behind_the_end() -> None:
    graph = lineage_of(SQL)
    assert graph.column_lineage
    assert not [held for held in gc.get_objects() if isinstance(held, LinkContext)]
