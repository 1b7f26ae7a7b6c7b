"""What the portal would not show of a process' column mapping, although the account took it.

Sources: https://github.com/wjohnson/pyapacheatlas/issues/94 and /287 (names that are no inputs,
types without the attribute), and https://learn.microsoft.com/purview/how-to-manage-quotas (the size
of a property).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from ..planning.mapping import LIMIT, sent_size

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from ..account.assets import Asset

_ALL = "*"


class Columns(Struct, frozen=True):
    """Columns that a mapping names and the asset of this qualified name lacks (or has lost)."""

    asset: str
    names: tuple[str, ...]


def hidden(text: str, inputs: Collection[str], outputs: Collection[str]) -> list[str]:
    """Why the portal does not show a mapping, or parts of it; empty where it shows all.

    Args:
        text: The attribute, as the account has it.
        inputs: The qualified names of the process' inputs, as the catalogue spells them.
        outputs: Those of its outputs.
    """
    if not text:
        return ["there is no mapping"]
    size = sent_size(text)
    reasons = (
        [f"the mapping has {size} bytes, more than the {LIMIT} that a property holds"]
        if size > LIMIT
        else []
    )
    blocks = _blocks(text)
    if blocks is None:
        return [*reasons, "the mapping is no JSON in the form that the portal reads"]
    for block in blocks:
        for end, asset_names in (("Source", inputs), ("Sink", outputs)):
            name = block["DatasetMapping"][end]
            # Data Factory writes `*` as the source that means all inputs, and the portal reads
            # it.
            if name not in asset_names and not (end == "Source" and name == _ALL):
                reasons.append(
                    f"the mapping names {name} as a {end.lower()}, which is none of "
                    f"the process' {_ENDS[end]}"
                )
    return list(dict.fromkeys(reasons))


def named_assets(text: str) -> set[str]:
    """The qualified names of the assets that a mapping names; none of one that cannot be read."""
    return {
        block["DatasetMapping"][end] for block in _blocks(text) or [] for end in ("Source", "Sink")
    }


def lacking(
    text: str, assets: Mapping[str, Asset], unlisted: Mapping[str, Collection[str]]
) -> list[Columns]:
    """The columns that a mapping names and its assets do not have.

    Assets whose columns are not all known count for all.

    Args:
        text: The attribute, as the account has it; one that cannot be read names no columns.
        assets: The process' inputs and outputs, by qualified name.
        unlisted: The columns of each that were not listed when the mapping was made, and so are not
            gone since.
    """
    missing: dict[str, dict[str, None]] = {}
    for block in _blocks(text) or []:
        for end in ("Source", "Sink"):
            asset = assets.get(block["DatasetMapping"][end])
            for name in _named(block, end):
                if (
                    asset
                    and asset.lacks(name)
                    and name not in unlisted.get(asset.ref.qualified_name, ())
                ):
                    missing.setdefault(asset.ref.qualified_name, {})[name] = None
    return [Columns(asset, tuple(names)) for asset, names in missing.items()]


_ENDS = {"Source": "inputs", "Sink": "outputs"}


def _named(block: dict[str, Any], end: str) -> Iterator[str]:
    return (pair[end] for pair in block["ColumnMapping"] if pair[end] != _ALL)


def _blocks(text: str) -> list[dict[str, Any]] | None:
    """The blocks of a mapping; None where it has another form."""
    try:
        blocks = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return blocks if isinstance(blocks, list) and all(map(_is_block, blocks)) else None


def _is_block(block: object) -> bool:
    if not isinstance(block, dict) or not isinstance(block.get("ColumnMapping"), list):
        return False
    return all(
        isinstance(row, dict) and all(isinstance(row.get(end), str) for end in _ENDS)
        for row in (block.get("DatasetMapping"), *block["ColumnMapping"])
    )
