"""The formats of the tables and views of a scan."""

from __future__ import annotations

from .format import Format, FormatTable
from .table_list import TableList
from .tables_csv import render_tables_csv
from .tables_json import render_tables_json
from .tables_markdown import render_tables_markdown
from .tables_text import render_tables_text

TABLE_FORMATS: FormatTable[TableList] = FormatTable(
    "them",
    (
        Format(
            "text",
            (),
            is_data=False,
            render=render_tables_text,
            opening=r"TABLE +KIND",
            aliases=("table",),
        ),
        Format(
            "json",
            (".json",),
            is_data=True,
            render=render_tables_json,
            # `[]` alone is the list of a scan without tables
            opening=r'\[\s*\{"name": "[^"]*", "kind": |\[\]\s*\Z',
        ),
        Format(
            "csv",
            (".csv",),
            is_data=True,
            render=render_tables_csv,
            opening=r"table,kind,position,column",
        ),
        Format(
            "markdown",
            (".md",),
            is_data=True,
            render=render_tables_markdown,
            opening=r"\| table \| kind \| (?:told by \| )?columns \|",
        ),
    ),
)
