"""What tells an annotation from others when lines have moved."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .annotation import Annotation


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
