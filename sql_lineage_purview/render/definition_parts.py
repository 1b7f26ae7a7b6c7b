"""Keys, indexes and other parts of definitions that use an object, counted by kind."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ..model.vocabulary import DependencyKind
from .counting import counted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..analysis.use import ObjectUse

_PLURALS = {
    DependencyKind.INDEX: "indexes",
    DependencyKind.FULLTEXT_INDEX: "full-text indexes",
    DependencyKind.STATISTICS: "statistics",
    DependencyKind.PARTITIONING: "partitionings",
    DependencyKind.SECURITY_POLICY: "security policies",
    DependencyKind.EXTENDED_PROPERTY: "extended properties",
}


def counted_parts(uses: Iterable[ObjectUse]) -> str:
    """`2 foreign keys, 1 index and 1 computed column name it`; empty where none does."""
    numbers = Counter(use.part.kind for use in uses if use.part)
    rows = [
        counted(numbers[kind], kind.value, _PLURALS.get(kind, ""))
        for kind in DependencyKind
        if numbers[kind]
    ]
    if not rows:
        return ""
    verb = "names" if numbers.total() == 1 else "name"
    return f"{' and '.join(filter(None, (', '.join(rows[:-1]), rows[-1])))} {verb} it"
