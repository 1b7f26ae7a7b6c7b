"""The formats of a lineage graph, of what feeds one table, and of what was not read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.unread import UnreadKind
from .csv_columns import render_csv
from .csv_modules import render_modules_csv
from .exchange.diagram import diagram_around, diagram_of
from .exchange.dot import render_dot
from .exchange.mermaid import render_mermaid
from .exchange.openlineage import render_openlineage
from .format import Format, FormatTable
from .json_document import json_pieces
from .lineage_answer import LineageAnswer, render_answer
from .markdown_table import table_opening
from .page.html_page import render_page
from .scan_screen import render_screen
from .scan_tree import render_tree
from .table_listing import MARKDOWN_HEADER, render_table, render_table_markdown
from .tree_rows import HEADER, render_lineage_csv, render_lineage_json, render_lineage_markdown
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
        Format(
            "summary",
            (),
            is_data=False,
            render=render_screen,
            opening=r"Read +\d+ files?, ",
            aliases=("text",),
        ),
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
            "markdown",
            (".md",),
            is_data=True,
            render=render_table_markdown,
            opening=table_opening(MARKDOWN_HEADER),
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

LINEAGE_FORMATS: FormatTable[LineageAnswer] = FormatTable(
    "the lineage of it",
    (
        Format(
            "text",
            (),
            is_data=False,
            render=render_answer,
            opening=r"[^\n]+  (?:is fed by|feeds)\b",
            aliases=("tree",),
        ),
        Format(
            "json",
            (".json",),
            is_data=True,
            render=render_lineage_json,
            opening=r'\[\s*\{\s*"lineage_of":',
        ),
        Format("csv", (".csv",), is_data=True, render=render_lineage_csv, opening=",".join(HEADER)),
        Format(
            "markdown",
            (".md",),
            is_data=True,
            render=render_lineage_markdown,
            opening="# Lineage of ",
        ),
        Format(
            "mermaid",
            (".mmd",),
            is_data=True,
            render=lambda answer: render_mermaid(diagram_around(answer.diagram)),
            opening=_MERMAID,
        ),
        Format(
            "dot",
            (".dot", ".gv"),
            is_data=True,
            render=lambda answer: render_dot(diagram_around(answer.diagram)),
            opening=_DOT,
        ),
    ),
)
