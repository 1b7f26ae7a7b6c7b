"""Resolved tables, and those without an asset, as rows of CSV and of Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..csv_text import csv_text
from ..markdown_table import markdown_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .resolution_listing import ResolutionListing

_HEADER = ("table", "outcome", "how", "type", "qualified_name", "table_edges", "column_edges")


def render_resolution_csv(listing: ResolutionListing) -> str:
    """One row for each table, and for each asset that may be meant."""
    return csv_text((_HEADER, *_rows(listing)))


def render_resolution_markdown(listing: ResolutionListing) -> str:
    """The rows of the CSV."""
    return markdown_table(_HEADER, _rows(listing))


def _rows(listing: ResolutionListing) -> Iterator[tuple[object, ...]]:
    report = listing.report
    for table, resolution in report.resolved if listing.with_resolved else ():
        ref = resolution.asset.ref
        evidence = resolution.evidence.value
        yield (table, "resolved", evidence, ref.type_name, ref.qualified_name, "", "")
    for row in report.hanging:
        table, outcome = row.table.table, row.table.outcome.value
        yield (table, outcome, row.table.reason, "", "", row.table_edges, row.column_edges)
        for ref in row.table.candidates:
            yield (table, "candidate", outcome, ref.type_name, ref.qualified_name, "", "")
