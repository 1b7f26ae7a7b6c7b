"""What an annotation is."""

from __future__ import annotations

from msgspec import Struct, field

from ...model.diagnostics import Severity, Span


class AnnotationRule(Struct, frozen=True):
    """The kind of an annotation.

    Args:
        code: What it is looked up by (`SLP201`).
        severity: The level of most annotations of it.
        title: In a few words.
        meaning: What has happened.
        remedy: What a person can do.
    """

    code: str
    severity: Severity
    title: str
    meaning: str
    remedy: str


class Annotation(Struct, frozen=True):
    """A message at a place.

    Args:
        rule: Its kind.
        level: How much it matters.
        message: What it says, in one or more lines.
        path: The file, relative to the current folder where it lies below it, with `/`.
        span: The place in the file; of a file as a whole its first line.
    """

    rule: AnnotationRule
    level: Severity
    message: str
    path: str
    span: Span = field(default_factory=Span)
