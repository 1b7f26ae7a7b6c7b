"""Strings that are compiled while linking are kept, which makes no difference but in time."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sql_lineage_purview.linker import LinkOptions, link
from sql_lineage_purview.model.catalogue import Catalogue
from sql_lineage_purview.model.facts import ExecuteString, FileFacts, SourceFile
from sql_lineage_purview.model.graph import LineageGraph
from sql_lineage_purview.project.keeping.kept_strings import KeptStrings
from sql_lineage_purview.project.storing.blob_store import BlobStore
from sql_lineage_purview.tsql import StringCompiler
from sql_lineage_purview.tsql.compiling import file_compiler
from tests.linking import compiled

LOADER = """CREATE PROCEDURE dbo.Load @t sysname AS
EXEC ('INSERT dbo.x (a) SELECT ''hunter2'' + a FROM ' + @t)
GO
CREATE PROCEDURE dbo.LoadAll AS EXEC dbo.Load 'dbo.s'; EXEC dbo.Load 'dbo.u';
"""


class Store(BlobStore):
    """A store that writes nothing to the disk."""

    def __init__(self) -> None:
        super().__init__(Path("never-written.sqlite3"))

    @property
    def content(self) -> bytes:
        return b"".join((*self._waiting, *self._waiting.values()))


class Counting(StringCompiler):
    """A compiler that says which texts it has compiled."""

    def __init__(self, statements: int = 10) -> None:
        super().__init__(statements)
        self.texts: list[str] = []

    def __call__(self, text: str, execution: ExecuteString, database: str | None) -> FileFacts:
        self.texts.append(text)
        return super().__call__(text, execution, database)


def linked(store: BlobStore, compiler: StringCompiler, sql: str = LOADER) -> LineageGraph:
    files = [SourceFile("load.sql", compiled(sql))]
    return link(files, Catalogue(), LinkOptions(), KeptStrings(compiler, store, "1.0"))


def test_a_string_is_compiled_once_and_gives_the_same_graph_again() -> None:
    store, first, second = Store(), Counting(), Counting()
    graph = linked(store, first)

    assert linked(store, second) == graph
    assert [len(first.texts), len(second.texts)] == [2, 0]
    assert {str(edge.source) for edge in graph.table_lineage} == {"dbo.s", "dbo.u"}


def test_where_the_statement_stands_is_no_part_of_what_its_string_is() -> None:
    store, second = Store(), Counting()
    linked(store, Counting())
    graph = linked(store, second, f"-- moved\n{LOADER}")

    assert not second.texts
    assert graph == linked(Store(), Counting(), f"-- moved\n{LOADER}")


def test_a_string_of_which_one_word_has_changed_is_compiled() -> None:
    store, second = Store(), Counting()
    linked(store, Counting())
    linked(store, second, LOADER.replace("dbo.u", "dbo.w"))

    assert ["dbo.w" in text for text in second.texts] == [True]


def test_nothing_of_a_string_is_in_clear() -> None:
    store = Store()
    linked(store, Counting())

    assert store.content
    assert b"hunter2" not in store.content
    assert b"dbo" not in store.content


@given(budgets=st.lists(st.integers(0, 200), min_size=2, max_size=3))
def test_what_a_budget_leaves_out_is_the_same_whatever_was_kept(budgets: list[int]) -> None:
    store = Store()
    with pytest.MonkeyPatch.context() as patch:
        for budget in budgets:
            patch.setattr(file_compiler, "LINKED_CHARACTERS", budget)
            linking = linked(store, StringCompiler(0))
            assert linking == linked(Store(), StringCompiler(0))


def test_what_is_damaged_is_compiled_anew() -> None:
    store, second = Store(), Counting()
    graph = linked(store, Counting())
    store.put({key: value[:-1] for key, value in store._waiting.items()})

    assert linked(store, second) == graph
    assert len(second.texts) == 2
