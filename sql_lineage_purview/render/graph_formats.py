"""The formats of a lineage graph, of what feeds one table, and of what was not read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.unread import UnreadKind
from .csv_columns import render_csv
from .csv_modules import render_modules_csv
from .exchange.diagram import DiagramRequest, diagram_around, diagram_of
from .exchange.dot import render_dot
from .exchange.mermaid import render_mermaid
from .exchange.openlineage import render_openlineage
from .format import Format, FormatTable
from .json_document import json_pieces
from .lineage_tree import LineageRequest, render_request
from .page.html_page import render_page
from .scan_screen import render_screen
from .scan_tree import render_tree
from .table_listing import render_table
from .unread_listing import render_unread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..model.graph import LineageGraph
    from ..model.unread import Unread

_MERMAID = r"flowchart LR\s+%% lineage by sql-lineage-purview"
_DOT = r"digraph lineage \{\s+// by sql-lineage-purview"

GRAPH_FORMATS: FormatTable[LineageGraph] = FormatTable(
    "the lineage",
    (
        Format("summary", (), is_data=False, render=render_screen, opening=r"Read +\d+ files?, "),
        Format(
            "tree",
            (),
            is_data=False,
            render=render_tree,
            opening=r"Lineage of \d|No lineage: ",
        ),
        Format("table", (), is_data=False, render=render_table, opening=r"TARGET +SOURCE"),
        Format(
            "json", (".json",), is_data=True, render=json_pieces, opening=r'\{\s*"schema_version":'
        ),
        Format(
            "csv",
            (".csv",),
            is_data=True,
            render=render_csv,
            opening=r"source_table,source_column,",
        ),
        Format(
            "html",
            (".html",),
            is_data=True,
            render=render_page,
            opening=r"<!DOCTYPE html>\s*<html lang=\"en\">\s*<!-- lineage by sql-lineage-purview",
        ),
        Format(
            "csv-modules",
            (),
            is_data=True,
            render=render_modules_csv,
            opening=r"module,kind,path,line,",
        ),
        Format(
            "openlineage",
            (".ndjson",),
            is_data=True,
            render=render_openlineage,
            # of a scan in which nothing flows it is an empty line
            opening=r'\{"eventTime": "[^"]*", "producer": "pkg:generic/sql-lineage|\n\Z',
        ),
        Format(
            "mermaid",
            (".mmd",),
            is_data=True,
            render=lambda graph: render_mermaid(diagram_of(graph)),
            opening=_MERMAID,
        ),
        Format(
            "dot",
            (".dot", ".gv"),
            is_data=True,
            render=lambda graph: render_dot(diagram_of(graph)),
            opening=_DOT,
        ),
    ),
    in_files="tree",
)

DIAGRAM_FORMATS: FormatTable[DiagramRequest] = FormatTable(
    "a diagram of it",
    (
        Format(
            "mermaid",
            (".mmd",),
            is_data=True,
            render=lambda request: render_mermaid(diagram_around(request)),
            opening=_MERMAID,
        ),
        Format(
            "dot",
            (".dot", ".gv"),
            is_data=True,
            render=lambda request: render_dot(diagram_around(request)),
            opening=_DOT,
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
