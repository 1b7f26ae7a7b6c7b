"""The formats of `scan`: one function each, from a graph to text or to something that the console draws."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from rich.tree import Tree

from .csv_columns import render_csv
from .json_document import render_json
from .scan_tree import render_tree
from .table_listing import render_table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ..model.graph import LineageGraph

Rendered: TypeAlias = str | Tree

FORMATS: Mapping[str, Callable[[LineageGraph], Rendered]] = {
    "tree": render_tree,
    "table": render_table,
    "json": render_json,
    "csv": render_csv,
}
