"""Of very much the search index is asked in parts.

Nothing is passed over, and what is not all is said to be so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sql_lineage_purview.emulator import AssetColumn, Emulator, SeedAsset, seed
from sql_lineage_purview.purview import (
    Database,
    DatabaseMap,
    DataMapClient,
    LocalTransport,
    read_asset_snapshot,
    snapshot_lines,
)
from sql_lineage_purview.purview.account.client import SearchHit
from sql_lineage_purview.purview.planning import asset_dump
from sql_lineage_purview.purview.planning.asset_dump import dump_account
from sql_lineage_purview.purview.planning.stages.pruning import gone_processes
from sql_lineage_purview.purview.resolving import partitions
from sql_lineage_purview.purview.resolving.partitions import Partition, search_in_parts

ROOT = "mssql://s.database.windows.net/Dw"
TABLE = "azure_sql_table"
DATABASES = DatabaseMap((Database("Dw", "s.database.windows.net", platform="azure_sql"),))


class Index:
    """A search index alone, which breaks where one search asks for more than it answers."""

    def __init__(self, names: Sequence[str], *, most: int, counts: bool = True) -> None:
        self._names = names
        self._most = most
        self._counts = counts
        self.searches = 0

    def search_any(
        self, _types: Sequence[str], contains: Sequence[str], *, most: int | None = None
    ) -> Iterator[SearchHit]:
        self.searches += 1
        assert most is not None
        assert most <= self._most
        return iter([SearchHit(name, TABLE, name) for name in self._of(contains[0])][:most])

    def count(self, _type: str, contains: str) -> int | None:
        return len(self._of(contains)) if self._counts else None

    def _of(self, text: str) -> list[str]:
        return [name for name in self._names if text.lower() in name.lower()]


def listed(index: Index, text: str, most: int) -> Partition:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(partitions, "MOST_HITS", most)
        return search_in_parts(index, TABLE, text)


WORDS = st.lists(
    st.sampled_from(["dbo/", "stg/", "Fact", "fact", "Dim", "1", "22", "_", "é", " "]),
    min_size=1,
    max_size=5,
)
NAMES = st.lists(WORDS.map(lambda words: f"{ROOT}/{''.join(words)}"), max_size=40, unique=True)


@given(NAMES, st.integers(3, 10))
def test_all_are_found_or_it_is_said(names: list[str], most: int) -> None:
    partition = listed(Index(names, most=most), ROOT, most)

    assert set(names) >= {hit.qualified_name for hit in partition.hits}
    assert partition.complete == (len(partition.hits) == len(names))
    if not any("é" in name for name in names) and len({name.lower() for name in names}) == len(
        names
    ):
        assert partition.complete or any(
            sum(name.lower() in each.lower() for each in names) > most for name in names
        )


def test_a_name_within_more_names_than_are_answered_is_missing_and_that_is_said() -> None:
    names = [f"{ROOT}/{'dbo/' * times}" for times in (4, 3, 2, 1)]

    partition = listed(Index(names, most=3), ROOT, 3)

    assert (len(partition.hits), partition.total, partition.complete) == (3, 4, False)


@pytest.mark.parametrize("number", [4_000, 50_000])
def test_a_large_schema_takes_about_as_many_searches_as_it_has_answers(number: int) -> None:
    index = Index([f"{ROOT}/dbo/Table{place:05}" for place in range(number)], most=2_000)

    partition = listed(index, "mssql://s.database.windows.net", 2_000)

    assert (len(partition.hits), partition.complete) == (number, True)
    assert index.searches <= 2 * number / 2_000 + 20


def test_an_index_that_does_not_count_may_have_more() -> None:
    partition = listed(
        Index([f"{ROOT}/{place}" for place in range(10)], most=5, counts=False), ROOT, 5
    )

    assert (len(partition.hits), partition.total, partition.complete) == (5, None, False)


@pytest.fixture
def client() -> Iterator[DataMapClient]:
    with Emulator(":memory:") as emulator:
        columns = (AssetColumn("Id", "int"),)
        seed(
            emulator,
            [
                SeedAsset(TABLE, f"{ROOT}/dbo/{name}", columns=columns)
                for name in ("Aa", "Ab", "B", "C", "Côté")
            ],
        )
        yield DataMapClient("https://acct.purview.azure.com", LocalTransport(emulator))


def test_a_large_account_is_dumped_as_a_whole(
    client: DataMapClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot, _ = dump_account(client, DATABASES, owner="prod", taken="")
    monkeypatch.setattr(partitions, "MOST_HITS", 3)

    parts, notes = dump_account(client, DATABASES, owner="prod", taken="")

    assert notes == ()
    assert list(snapshot_lines(parts)) == list(snapshot_lines(snapshot))


def test_what_is_left_out_of_a_dump_is_said_in_it(
    client: DataMapClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partitions, "MOST_HITS", 3)
    monkeypatch.setattr(DataMapClient, "count", lambda *_: None)

    snapshot, notes = dump_account(client, DATABASES, owner="prod", taken="")

    (note,) = notes
    assert note == f"of {TABLE} below mssql://s.database.windows.net only 3 of more are in it"
    assert read_asset_snapshot("".join(snapshot_lines(snapshot))).notes == notes


def test_processes_that_were_not_all_looked_at_are_said_to_be(
    client: DataMapClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partitions, "MOST_HITS", 3)
    monkeypatch.setattr(partitions, "search_in_parts", asset_dump.search_in_parts)
    hits = (
        SearchHit(str(number), "sql_lineage_process", f"sql-lineage-purview://prod/{number}")
        for number in range(3)
    )
    monkeypatch.setattr(DataMapClient, "search_any", lambda *_, most: hits)
    monkeypatch.setattr(DataMapClient, "count", lambda *_: 4)

    gone = gone_processes(
        client, "prod", assets=(), planned=lambda _: False, wholes=(), doubtful=lambda _: ""
    )

    assert gone.notes == (
        "the search index has 3 processes of prod and more, which were not all looked at",
    )
