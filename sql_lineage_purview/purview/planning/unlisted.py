"""Columns that a mapping names and the catalogue does not list when it is made.

A process tells them in an attribute of its own, so that `verify` can tell them apart from columns
that are gone since.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ..account.assets import Asset
    from .mapping import ColumnBlock


def unlisted_columns(blocks: Iterable[ColumnBlock], assets: Mapping[str, Asset]) -> str:
    """The columns of a mapping that its assets lack: a JSON object of lists by qualified name.

    Empty where there are none.

    Args:
        blocks: The mapping.
        assets: The process' inputs and outputs, by qualified name.
    """
    lacking: dict[str, dict[str, None]] = {}
    for block in blocks:
        for source, sink in block.pairs:
            for name, column in ((block.source, source), (block.sink, sink)):
                if column != "*" and name in assets and assets[name].lacks(column):
                    lacking.setdefault(name, {})[column] = None
    # In order, so that the same scripts write the same text: the attribute is compared, and
    # another order would be an update of each push.
    rows = {name: sorted(columns) for name, columns in sorted(lacking.items())}
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":")) if rows else ""


def read_unlisted(text: str) -> Mapping[str, frozenset[str]]:
    """What `unlisted_columns` wrote; what others wrote there names no columns."""
    try:
        rows = json.loads(text or "{}")
        return {str(name): frozenset(map(str, columns)) for name, columns in rows.items()}
    except (ValueError, RecursionError, AttributeError, TypeError):
        return {}
