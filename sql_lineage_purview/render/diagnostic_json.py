"""Diagnostics as JSON, for a program that counts or sorts them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..model.printable import to_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .diagnostic_listing import ShownDiagnostic

DIAGNOSTICS_OPENING = r'\{\s*"diagnostics_version":'


def render_diagnostics_json(rows: Sequence[ShownDiagnostic]) -> str:
    """All of them, each on a line of its own, with the paths that the other formats show."""
    texts = [to_json(_row(row)) for row in rows]
    listed = "[\n  " + ",\n  ".join(texts) + "\n ]" if texts else "[]"
    return f'{{\n "diagnostics_version": 1,\n "diagnostics": {listed}\n}}\n'


def _row(row: ShownDiagnostic) -> dict[str, Any]:
    diagnostic = row.diagnostic
    rule, span = diagnostic.rule, diagnostic.span
    return {
        "code": diagnostic.code,
        "severity": rule.severity.value,
        "gap": rule.gap and rule.gap.value,
        "title": rule.title,
        "message": "\n".join((diagnostic.message, *diagnostic.configuration)),
        "path": row.path,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }
