"""Annotations as SARIF 2.1.0, which GitHub, Azure DevOps and editors show beside the code.

Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ...model.diagnostics import Severity
from ...model.printable import to_json
from ...version import __version__
from .annotation_fingerprints import fingerprinted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .annotation import Annotation, AnnotationRule

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def render_sarif(annotations: Sequence[Annotation]) -> str:
    """One run, whose rules are those that occur."""
    rules = {annotation.rule.code: annotation.rule for annotation in annotations}
    numbers = {code: number for number, code in enumerate(sorted(rules))}
    driver = {
        "name": "sql-lineage-purview",
        "version": __version__,
        "rules": [_rule(rules[code]) for code in numbers],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [
            _result(annotation, fingerprint, numbers)
            for annotation, fingerprint in fingerprinted(annotations)
        ],
    }
    return to_json({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(rule: AnnotationRule) -> dict[str, Any]:
    return {
        "id": rule.code,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.meaning},
        "help": {"text": rule.remedy},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }


def _result(annotation: Annotation, fingerprint: str, numbers: Mapping[str, int]) -> dict[str, Any]:
    span = annotation.span
    region = {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": max(span.end_line, span.line),
        "endColumn": span.end_column,
    }
    if (span.end_line, span.end_column) <= (span.line, span.column):
        del region["endLine"], region["endColumn"]
    location = {"artifactLocation": {"uri": _address(annotation.path)}, "region": region}
    return {
        "ruleId": annotation.rule.code,
        "ruleIndex": numbers[annotation.rule.code],
        "level": _LEVELS[annotation.level],
        "message": {"text": annotation.message},
        "locations": [{"physicalLocation": location}],
        "partialFingerprints": {"message/v1": fingerprint},
    }


def _address(path: str) -> str:
    """The URI of a file; of a script in a database it is its address."""
    if "://" in path:
        return quote(path, safe="/:@")
    return Path(path).as_uri() if Path(path).is_absolute() else quote(path)
