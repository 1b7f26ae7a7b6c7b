from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sql_lineage_purview.purview.resolving.resource_sets import overlaps

C = "https://a.dfs.core.windows.net/c/"
EXAMPLES = {
    "{N}": "1004",
    "{Year}": "2026",
    "{Month}": "03",
    "{Day}": "7",
    "{GUID}": "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
    "{HEX}": "0aF9",
    "{LOC}": "en-AU",
    "{SparkPartitions}": "part-00000-tid-1-c000.snappy.parquet",
}


@pytest.mark.parametrize(
    ("address", "resource_set"),
    [
        ("sales/2026/01/f_12.csv", "sales/{Year}/{Month}/f_{N}.csv"),
        ("weblogs/de_Ch/23434.json", "weblogs/{LOC}/{N}.json"),
        (
            "q/7/QueriesByState_2020-05-01_1-2-3.tsv",
            "q/{N}/QueriesByState_{Year}-{Month}-{Day}_{N}-{N}-{N}.tsv",
        ),
        ("sales/*.parquet", "sales/{SparkPartitions}.parquet"),
        ("sales/*/*/*.csv", "sales/{Year}/{Month}/f_{N}.csv"),
        ("sales/**", "sales/{Year}/{Month}/f_{N}.csv"),
        ("sales/year=*/f.csv", "sales/year={Year}/f.csv"),
        ("sales/eu.csv", "sales/{Region}.csv"),
    ],
)
def test_files_of_the_address_can_belong_to_the_set(address: str, resource_set: str) -> None:
    assert overlaps(C + address, C + resource_set)


@pytest.mark.parametrize(
    ("address", "resource_set"),
    [
        ("sales/2026/01/f_12.csv", "sales/{Year}/{Month}/g_{N}.csv"),
        ("sales/26/f.csv", "sales/{Year}/f.csv"),
        ("sales/*.parquet", "sales/{Year}/{N}.parquet"),
        ("sales/*.parquet", "sales/{N}.csv"),
        ("sales/abc.csv", "sales/{N}.csv"),
        ("sales/", "sales/{N}.csv"),
        ("Sales/1.csv", "sales/{N}.csv"),
        ("sales/12345.json", "sales/{HEX}.json"),
    ],
)
def test_files_of_the_address_cannot_belong_to_the_set(address: str, resource_set: str) -> None:
    assert not overlaps(C + address, C + resource_set)


PIECES = st.lists(st.sampled_from([*EXAMPLES, "/", "a", "-", "_", ".csv"]), min_size=1, max_size=8)


@given(PIECES)
def test_a_set_holds_each_file_that_its_placeholders_describe(pieces: list[str]) -> None:
    file = C + "".join(EXAMPLES.get(piece, piece) for piece in pieces)
    assert overlaps(file, C + "".join(pieces))


@given(PIECES, st.data())
def test_a_wildcard_in_the_address_never_loses_a_file(
    pieces: list[str], data: st.DataObject
) -> None:
    file = "".join(EXAMPLES.get(piece, piece) for piece in pieces)
    start = data.draw(st.integers(0, len(file)))
    end = data.draw(st.integers(start, len(file)))
    star = "**" if "/" in file[start:end] else "*"
    assert overlaps(C + file[:start] + star + file[end:], C + "".join(pieces))
