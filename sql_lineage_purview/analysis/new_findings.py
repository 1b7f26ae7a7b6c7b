"""Findings that one state of a project has and another had not, wherever lines or files went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from ..model.diagnostics import Diagnostic
from ..model.graph import LineageGraph

_Identity: TypeAlias = tuple[str, str, str]


def new_findings(
    base: LineageGraph,
    before: Iterable[Diagnostic],
    head: LineageGraph,
    after: Sequence[Diagnostic],
) -> list[Diagnostic]:
    """Those of the head that the base had not, in their order.

    A finding is the same where its code, its file and its message are, whatever its line; and where
    its file went, by its code and message in a file that came.

    Args:
        base: the state before.
        before: what is reported of it.
        head: the state now.
        after: what is reported of it.
    """
    counts = Counter(map(_in_file, before))
    remaining = _beyond(counts, after, _in_file)
    old_paths = frozenset(file.path for file in base.files)
    new_paths = frozenset(file.path for file in head.files)
    of_gone_files: Counter[_Identity] = Counter()
    for (path, code, message), count in counts.items():
        if count > 0 and path not in new_paths:
            of_gone_files["", code, message] += count
    came = [finding for finding in remaining if finding.path not in old_paths]
    in_new_files = {id(finding) for finding in _beyond(of_gone_files, came, _in_any_file)}
    return [
        finding for finding in remaining if finding.path in old_paths or id(finding) in in_new_files
    ]


def _beyond(
    counts: Counter[_Identity],
    findings: Sequence[Diagnostic],
    identity: Callable[[Diagnostic], _Identity],
) -> list[Diagnostic]:
    """The findings beyond those that are counted; of equal ones the last."""
    remaining = []
    for finding in findings:
        key = identity(finding)
        if counts[key] > 0:
            counts[key] -= 1
        else:
            remaining.append(finding)
    return remaining


def _in_file(finding: Diagnostic) -> _Identity:
    return (finding.path, finding.code, finding.message)


def _in_any_file(finding: Diagnostic) -> _Identity:
    return ("", finding.code, finding.message)
