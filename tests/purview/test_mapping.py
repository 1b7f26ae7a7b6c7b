from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from sql_lineage_purview.purview.planning.mapping import ColumnBlock, encode, pack


def test_the_string_is_exactly_what_the_portal_reads() -> None:
    blocks = [
        ColumnBlock(
            "mssql://s/d/a", "mssql://s/d/t", (("CustId", "CustomerKey"), ("Name", "CustomerName"))
        ),
        ColumnBlock("mssql://s/d/b", "mssql://s/d/t", (("*", "LoadDate"),)),
    ]
    assert encode(blocks) == (
        '[{"DatasetMapping":{"Source":"mssql://s/d/a","Sink":"mssql://s/d/t"},'
        '"ColumnMapping":[{"Source":"CustId","Sink":"CustomerKey"},'
        '{"Source":"Name","Sink":"CustomerName"}]},'
        '{"DatasetMapping":{"Source":"mssql://s/d/b","Sink":"mssql://s/d/t"},'
        '"ColumnMapping":[{"Source":"*","Sink":"LoadDate"}]}]'
    )


def test_no_blocks_are_an_empty_list_so_that_an_old_mapping_is_cleared() -> None:
    assert encode([]) == "[]"
    assert pack([]) == ((),)


def test_letters_of_all_languages_stay_as_they_are() -> None:
    assert "Größe" in encode([ColumnBlock("a", "b", (("Größe", "größe"),))])


names = st.text(min_size=1, max_size=12)
blocks = st.builds(
    ColumnBlock, names, names, st.lists(st.tuples(names, names), min_size=1, max_size=20).map(tuple)
)


@given(st.lists(blocks, max_size=6), st.integers(40, 400))
def test_shares_lose_nothing_and_keep_the_limit(rows: list[ColumnBlock], limit: int) -> None:
    shares = pack(rows, limit=limit)
    pairs = [
        (block.source, block.sink, pair)
        for share in shares
        for block in share
        for pair in block.pairs
    ]
    assert pairs == [(block.source, block.sink, pair) for block in rows for pair in block.pairs]
    for share in shares:
        one_pair = sum(len(block.pairs) for block in share) == 1
        assert one_pair or len(encode(share).encode()) <= limit
        assert json.loads(encode(share)) is not None
