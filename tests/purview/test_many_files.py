"""Thousands of addresses of files, in accounts with tens of thousands of files.

They are resolved in few requests, each as if it stood alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sql_lineage_purview.emulator import Emulator, SeedAsset, seed
from sql_lineage_purview.model.graph import Table
from sql_lineage_purview.model.names import parse_name
from sql_lineage_purview.model.vocabulary import TableKind
from sql_lineage_purview.purview import (
    CatalogueResolver,
    DatabaseMap,
    DataMapClient,
    LocalTransport,
    Pin,
)
from sql_lineage_purview.purview.account.assets import Found, Missing, Resolution
from sql_lineage_purview.purview.account.client import SearchHit
from sql_lineage_purview.purview.resolving import listed_files
from sql_lineage_purview.purview.resolving.asset_discovery import Discovery, Listing
from sql_lineage_purview.purview.resolving.listed_files import Folder, FolderListings, ListedNames
from sql_lineage_purview.purview.resolving.nearest import Nearby
from sql_lineage_purview.purview.resolving.resource_sets import overlaps
from sql_lineage_purview.purview.transport.http import Reply

LAKE = "https://lake.dfs.core.windows.net/raw"
BLOB = "https://lake.blob.core.windows.net/raw"
PATH, RESOURCE_SET = "azure_datalake_gen2_path", "azure_datalake_gen2_resource_set"


class Line:
    """The line to an emulator, which counts requests."""

    def __init__(self, emulator: Emulator) -> None:
        self._inner = LocalTransport(emulator)
        self.requests = 0

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        self.requests += 1
        return self._inner.send(method, url, headers, body)


Start = Callable[[Iterable[SeedAsset]], Line]


@pytest.fixture
def start() -> Iterator[Start]:
    opened: list[Emulator] = []

    def _start(assets: Iterable[SeedAsset]) -> Line:
        emulator = Emulator(":memory:")
        opened.append(emulator)
        seed(emulator, assets)
        return Line(emulator)

    yield _start
    for emulator in opened:
        emulator.close()


def resolved(line: Line, *addresses: str) -> list[Resolution]:
    client = DataMapClient("https://acct.purview.azure.com", line)
    tables = [Table(parse_name(address), TableKind.UNKNOWN, None, None) for address in addresses]
    return list(CatalogueResolver(client, DatabaseMap()).resolve(tables).values())


MIXED = (
    f"{LAKE}/sales/1.csv",
    f"{BLOB}/sales/2.csv",
    f"{LAKE}/sales/3.csv",
    f"{LAKE}/sale/1.csv",
    f"{LAKE}/logs/2026/01/f_7.csv",
    f"{BLOB}/logs/2026/02/f_8.csv",
    f"{LAKE}/logs/2026/01/g_7.csv",
    f"{LAKE}/only/*.parquet",
    f"{LAKE}/only/*.csv",
    f"{BLOB}/only/*.parquet",
    f"{LAKE}/sales/*.csv",
    f"{LAKE}/only",
    "https://lake.dfs.core.windows.net/other/x.csv",
    "https://lake.dfs.core.windows.net/",
)


@pytest.mark.parametrize("most", [2, 1_000])
def test_together_they_are_what_each_is_alone(
    start: Start, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(listed_files, "MOST_PATHS", most)
    paths = ("sales/1.csv", "sales/2.csv", "only/a.parquet", "only/b.txt", "saleslike/1.csv")
    line = start(
        [SeedAsset(PATH, f"{LAKE}/{path}") for path in paths]
        + [SeedAsset(RESOURCE_SET, f"{LAKE}/logs/{{Year}}/{{N}}/f_{{N}}.csv")]
    )

    together = resolved(line, *MIXED)

    assert together == [outcome for address in MIXED for outcome in resolved(line, address)]
    assert sum(isinstance(outcome, Found) for outcome in together) == (5 if most == 2 else 7)


def test_hundreds_of_them_take_few_requests(start: Start) -> None:
    paths = [SeedAsset(PATH, f"{LAKE}/f{number}/x.csv") for number in range(1_200)]
    sets = [SeedAsset(RESOURCE_SET, f"{LAKE}/s{number}/y{{N}}.csv") for number in range(200)]
    line = start([*paths, *sets])
    exact = (f"{LAKE}/f{number}/x.csv" for number in range(200))
    in_sets = (f"{LAKE}/s{number}/y7.csv" for number in range(200))
    single = (f"{LAKE}/f{number}/*.csv" for number in range(200))
    absent = (f"{LAKE}/g{number}/z.csv" for number in range(200))

    outcomes = resolved(line, *exact, *in_sets, *single, *absent)

    assert [isinstance(outcome, Found) for outcome in outcomes] == [True] * 600 + [False] * 200
    assert line.requests < 80


def test_an_address_is_held_against_those_that_begin_like_it_alone(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared = []
    monkeypatch.setattr(
        listed_files, "overlaps", lambda one, other: compared.append(other) or overlaps(one, other)
    )
    line = start(SeedAsset(RESOURCE_SET, f"{LAKE}/f{number}/x{{N}}.csv") for number in range(400))

    outcomes = resolved(line, *(f"{LAKE}/f{number}/x7.csv" for number in range(400)))

    assert all(isinstance(outcome, Found) for outcome in outcomes)
    assert len(compared) < 4 * 400


def test_of_a_wildcard_over_many_files_few_are_read(start: Start) -> None:
    line = start(SeedAsset(PATH, f"{LAKE}/in/{number:04}.csv") for number in range(600))

    (outcome,) = resolved(line, f"{LAKE}/in/*.csv")

    assert [ref.qualified_name for ref in outcome.candidates] == [
        f"{LAKE}/in/{number:04}.csv" for number in range(10)
    ]
    assert line.requests < 12


def test_a_file_of_another_folder_is_named_as_near(start: Start) -> None:
    (outcome,) = resolved(start([SeedAsset(PATH, f"{LAKE}/sales/7.csv")]), f"{LAKE}/sale/7.csv")

    assert isinstance(outcome, Missing)
    assert [ref.qualified_name for ref in outcome.nearest] == [f"{LAKE}/sales/7.csv"]


class Index:
    """A search index alone."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        self.searches = 0

    def search_any(
        self, _types: Sequence[str], contains: Sequence[str], *, most: int | None = None
    ) -> Iterator[SearchHit]:
        self.searches += 1
        hits = [
            name
            for name in self._names
            if any(text.casefold() in name.casefold() for text in contains)
        ]
        return iter([SearchHit(name, PATH, name) for name in hits][:most])


SEGMENTS = st.sampled_from(["a", "ab", "A", "b"])
NAMES = st.lists(
    st.lists(SEGMENTS, min_size=2, max_size=3).map(lambda parts: f"{LAKE}/{'/'.join(parts)}"),
    max_size=30,
    unique=True,
)


@given(NAMES, st.sets(SEGMENTS, min_size=1), st.integers(1, 8))
def test_folders_listed_together_have_what_each_has_alone(
    names: list[str], segments: set[str], most: int
) -> None:
    folders = [Folder(LAKE, f"{LAKE}/{segment}/") for segment in sorted(segments)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(listed_files, "MOST_PATHS", most)
        together = FolderListings(PATH, Discovery(Index(names)))
        together.read(folders)
        for folder in folders:
            alone = FolderListings(PATH, Discovery(Index(names))).below(folder)
            listing = together.below(folder)
            assert (listing.complete, set(listing.hits)) == (alone.complete, set(alone.hits))


PATTERNS = st.lists(st.sampled_from(["a", "b", "1", "/", "*", "**", ".csv"]), max_size=8).map(
    "".join
)
SETS = st.lists(
    st.sampled_from(["a", "b", "1", "/", "{N}", "{Year}", "{x}", ".csv"]), max_size=8
).map("".join)


@given(PATTERNS, st.lists(SETS, max_size=12, unique=True))
def test_no_name_that_overlaps_is_passed_over(pattern: str, names: list[str]) -> None:
    listing = Listing(tuple(SearchHit(name, RESOURCE_SET, name) for name in names), complete=True)

    met = [hit.qualified_name for hit in ListedNames(listing).meeting(pattern)]

    assert sorted(met) == sorted(name for name in names if overlaps(pattern, name))


def test_the_nearest_of_very_many_namesakes_is_found() -> None:
    hits = [
        SearchHit(str(number), PATH, f"{LAKE}/folder{number:05}/data.csv")
        for number in range(5_000)
    ]

    nearby = Nearby(hits)

    assert nearby.nearest(f"{LAKE}/folder01234x/data.csv")[0].guid == "1234"
    assert len(nearby.nearest(f"{LAKE}/x/date.csv")) == 3


def test_hundreds_of_pins_take_few_requests(start: Start) -> None:
    line = start(SeedAsset(PATH, f"{LAKE}/f{number}.csv") for number in range(200))
    pins = tuple(
        Pin(parse_name(f"dbo.T{number}"), PATH, f"{LAKE}/f{number}.csv") for number in range(201)
    )
    tables = [Table(pin.name, TableKind.UNKNOWN, None, None) for pin in pins]

    outcomes = CatalogueResolver(
        DataMapClient("https://acct.purview.azure.com", line), DatabaseMap(pins=pins)
    ).resolve(tables)

    assert [isinstance(outcome, Found) for outcome in outcomes.values()] == [True] * 200 + [False]
    assert line.requests < 10
