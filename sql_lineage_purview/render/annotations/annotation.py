"""What an annotation is, and what tells it from others when lines have moved."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING

from msgspec import Struct, field

from ...model.diagnostics import Severity, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


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


def fingerprinted(annotations: Iterable[Annotation]) -> Iterator[tuple[Annotation, str]]:
    """Each annotation with its fingerprint, which stays the same when lines above it come or go.

    Of several that say the same in one file, the first is told from the second by its number.
    """
    counts: Counter[tuple[str, str, str]] = Counter()
    for annotation in annotations:
        content = (annotation.rule.code, annotation.path, annotation.message)
        counts[content] += 1
        text = "\0".join((*content, str(counts[content])))
        yield annotation, hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
