"""The attribute `columnMapping`: the string that the portal draws column lineage from.

One block for each pair of an input and an output, both by qualified name; in it plain column names,
`*` for columns that are many or unknown. Source:
https://learn.microsoft.com/purview/data-gov-api-create-lineage-relationships.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ATTRIBUTE = "columnMapping"
# A property's name and value have 32 KB together
# (https://learn.microsoft.com/purview/how-to-manage-quotas); Atlas keeps strings whole up to 32,767
# bytes.
LIMIT = 32_767 - len(ATTRIBUTE)


class ColumnBlock(Struct, frozen=True, order=True):
    """Which columns of one source reach which columns of one sink.

    Source and sink are qualified names.
    """

    source: str
    sink: str
    pairs: tuple[tuple[str, str], ...]


def encode(blocks: Iterable[ColumnBlock]) -> str:
    """The string for some blocks: compact, since its size is limited."""
    rows = [
        {
            "DatasetMapping": {"Source": block.source, "Sink": block.sink},
            "ColumnMapping": [{"Source": source, "Sink": sink} for source, sink in block.pairs],
        }
        for block in blocks
    ]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def sent_size(text: str) -> int:
    """The bytes of a string in a request: UTF-8, in quotes, with what JSON escapes escaped.

    Whether the service measures this or the plain text is not documented; this is never the
    smaller.
    """
    return len(json.dumps(text, ensure_ascii=False).encode("utf-8", "replace"))


def pack(
    blocks: Iterable[ColumnBlock], *, limit: int = LIMIT
) -> tuple[tuple[ColumnBlock, ...], ...]:
    """Share blocks out so that each share's string is sent in at most `limit` bytes.

    Long blocks are cut between pairs.

    Returns:
        At least one share, which is empty where there are no blocks. A single pair is never cut,
        however long.
    """
    shares: list[tuple[ColumnBlock, ...]] = []
    share: list[ColumnBlock] = []
    room = limit - _EMPTY
    for piece in (piece for block in blocks for piece in _pieces(block, limit)):
        cost = _cost(piece)
        if share and cost > room:
            shares.append(tuple(share))
            share, room = [], limit - _EMPTY
        share.append(piece)
        room -= cost
    return (*shares, tuple(share)) if share or not shares else tuple(shares)


def _pieces(block: ColumnBlock, limit: int) -> Iterator[ColumnBlock]:
    """A block cut into such that fit on their own."""
    frame = _EMPTY + _cost(ColumnBlock(block.source, block.sink, ()))
    pairs: list[tuple[str, str]] = []
    size = frame
    for pair in block.pairs:
        cost = _EMPTY + _cost(ColumnBlock(block.source, block.sink, (pair,))) - frame + 1
        if pairs and size + cost > limit:
            yield ColumnBlock(block.source, block.sink, tuple(pairs))
            pairs, size = [], frame
        pairs.append(pair)
        size += cost
    yield ColumnBlock(block.source, block.sink, tuple(pairs))


_EMPTY = sent_size(encode([]))


def _cost(block: ColumnBlock) -> int:
    """What a block adds to a share, with the comma that may stand before it."""
    return sent_size(encode([block])) - _EMPTY + 1
