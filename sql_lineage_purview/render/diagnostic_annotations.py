"""Diagnostics as annotations, which builds and code hosts show beside the lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .annotations.annotation import Annotation, AnnotationRule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..model.diagnostics import Rule
    from .diagnostic_listing import ShownDiagnostic


def diagnostic_annotations(rows: Sequence[ShownDiagnostic]) -> list[Annotation]:
    """One annotation for each diagnostic."""
    return [
        Annotation(
            _annotation_rule(row.diagnostic.rule),
            row.diagnostic.severity,
            "\n".join((row.diagnostic.message, *row.diagnostic.configuration)),
            row.path,
            row.diagnostic.span,
        )
        for row in rows
    ]


def _annotation_rule(rule: Rule) -> AnnotationRule:
    return AnnotationRule(rule.code, rule.severity, rule.title, rule.meaning, rule.remedy)
