"""All tables of formats, for those who have a file and ask what it is."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from .format import FormatTable

if TYPE_CHECKING:
    from collections.abc import Iterator

# What loads least comes first: only who asks on loads the nouns of Purview.
_MODULES = (
    "graph_formats",
    "table_formats",
    "impact_formats",
    "diagnostic_formats",
    "rule_formats",
    "snapshot_formats",
    "changes.comparison_formats",
    "publication.publication_formats",
)


def each_format_table() -> Iterator[FormatTable[Any]]:
    """The tables of formats, one module after the other as they are asked for."""
    for name in _MODULES:
        module = importlib.import_module(f".{name}", __package__)
        yield from (value for value in vars(module).values() if isinstance(value, FormatTable))
