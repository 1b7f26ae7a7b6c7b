"""Annotations as a report of GitLab's code quality, shown beside the lines of a merge request.

Source: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...model.diagnostics import Severity
from ...model.printable import to_json
from .annotation_fingerprints import fingerprinted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .annotation import Annotation

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}


def render_gitlab(annotations: Sequence[Annotation]) -> str:
    """An array with one object for each annotation, each on a line of its own."""
    rows = [to_json(_row(*pair)) for pair in fingerprinted(annotations)]
    return "[\n " + ",\n ".join(rows) + "\n]\n" if rows else "[]\n"


def _row(annotation: Annotation, fingerprint: str) -> dict[str, Any]:
    return {
        "type": "issue",
        "check_name": annotation.rule.code,
        "description": annotation.message,
        "severity": _SEVERITIES[annotation.level],
        "fingerprint": fingerprint,
        "location": {"path": annotation.path, "lines": {"begin": annotation.span.line}},
    }
