"""The formats of a lineage graph, of what feeds one table, and of what was not read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.unread import UnreadKind
from .csv_columns import render_csv
from .format import Format, FormatTable
from .json_document import json_pieces
from .lineage_tree import LineageRequest, render_request
from .page.html_page import render_page
from .scan_tree import render_tree
from .table_listing import render_table
from .unread_listing import render_unread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..model.graph import LineageGraph
    from ..model.unread import Unread

GRAPH_FORMATS: FormatTable[LineageGraph] = FormatTable(
    "the lineage",
    (
        Format(
            "tree",
            (),
            is_data=False,
            render=render_tree,
            opening=r"Lineage of \d|No lineage: ",
        ),
        Format("table", (), is_data=False, render=render_table, opening=r"TARGET +SOURCE"),
        Format("json", (), is_data=True, render=json_pieces, opening=r'\{\s*"schema_version":'),
        Format("csv", (), is_data=True, render=render_csv, opening=r"source_table,source_column,"),
        Format(
            "html",
            (".html",),
            is_data=True,
            render=render_page,
            opening=r"<!DOCTYPE html>\s*<html lang=\"en\">\s*<!-- lineage by sql-lineage-purview",
        ),
    ),
)

UNREAD_FORMATS: FormatTable[Sequence[Unread]] = FormatTable(
    "what is not read",
    (
        Format(
            "table",
            (),
            is_data=False,
            render=render_unread,
            opening=rf"(?:{'|'.join(UnreadKind)}) +\S",
        ),
    ),
)

LINEAGE_FORMATS: FormatTable[LineageRequest] = FormatTable(
    "what feeds it",
    (Format("tree", (), is_data=False, render=render_request),),
)
