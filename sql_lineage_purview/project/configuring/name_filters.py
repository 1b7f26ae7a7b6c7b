"""Which tables are kept out of the catalogue, by patterns over their names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from ...model.names import Name, parse_name
from ..project_errors import ConfigurationError
from .wildcards import wildcard_expression

if TYPE_CHECKING:
    from ...model.graph import LineageGraph


def excluded(graph: LineageGraph, patterns: Sequence[str]) -> tuple[Name, ...]:
    """The tables of a graph's lineage that a pattern covers, in the order of their names.

    Raises:
        ConfigurationError: a pattern is none.
    """
    if not patterns:
        return ()
    covers = covering(patterns)
    ends = {name for edge in graph.table_lineage for name in (edge.source, edge.target)}
    ends |= {name for row in graph.declared for name in (row.source, row.target)}
    return tuple(sorted(filter(covers, ends), key=lambda name: (name.key, name)))


def covering(patterns: Iterable[str], origin: str = "[publish] exclude") -> Callable[[Name], bool]:
    """Does a pattern cover a name?

    `*` stands for any characters, `?` for one, and case does not count. A pattern of two parts is
    held against schema and table, one of one part against the table alone; one with a slash against
    the address of a file.

    Args:
        patterns: The patterns.
        origin: Where they are written.

    Raises:
        ConfigurationError: a pattern is none.
    """
    tests = [_test(pattern, origin) for pattern in patterns]
    return lambda name: any(test(name) for test in tests)


def _test(pattern: str, origin: str) -> Callable[[Name], bool]:
    try:
        pattern_name = parse_name(pattern)
    except ValueError:
        raise ConfigurationError(
            f"{origin}: {pattern!r} is no pattern. Write it as *.log_* or audit.*."
        ) from None
    parts = [wildcard_expression(part) for part in pattern_name.parts]

    def covers(name: Name) -> bool:
        last = name.parts[-len(parts) :]
        same_kind = name.address == pattern_name.address and len(last) == len(parts)
        return same_kind and all(
            expression.fullmatch(part) for expression, part in zip(parts, last, strict=True)
        )

    return covers
