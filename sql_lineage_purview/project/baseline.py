"""Accepted findings, kept in a file beside the scripts, so that only other ones stop a check.

A finding is told by its code, its file, the module that it stands in, and the text of its line; so
it stays accepted where lines above it come or go. Of the text a digest is kept, its strings blanked
before: nothing of a script can be read from the file.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from msgspec import Struct, field

from ..model.opening import read_file
from .configuring.addresses import is_address
from .project_errors import ProjectError
from .storing.whole_files import write_result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ..model.diagnostics import Diagnostic
    from ..render.diagnostic_listing import SourceLine
    from .keeping.scan_result import Scan

_VERSION = 1
_MEMBER = "baseline_version"
_MOST_BYTES = 64 << 20

AcceptedFinding: TypeAlias = tuple[str, str, str, str]
"""Path, code, module and digest of the line."""


class Baseline(Struct):
    """The findings that are accepted, and how often each.

    Args:
        file: where they are kept; paths are relative to its folder.
        counts: how many there are of each.
    """

    file: Path
    counts: Counter[AcceptedFinding] = field(default_factory=Counter)

    @classmethod
    def of_file(cls, file: Path, *, may_be_missing: bool = False) -> Baseline:
        """What a file has accepted.

        Args:
            file: one that `write` has written.
            may_be_missing: then nothing is accepted.

        Raises:
            ProjectError: it cannot be read, or is something else.
        """
        if may_be_missing and not file.exists():
            return cls(file)
        try:
            return cls(file, _counts(json.loads(read_file(file, _MOST_BYTES))))
        except OSError as error:
            reason = error.strerror or "it cannot be read"
            raise ProjectError(
                f"{file}: {reason}. --write-baseline makes it of the findings of today."
            ) from None
        except (ValueError, TypeError, KeyError, RecursionError):
            raise ProjectError(f"{file}: no baseline of this tool.") from None

    def write(self) -> None:
        """Write the file anew, one finding a line, sorted, so that versions can be compared.

        Raises:
            ProjectError: it cannot be written.
        """
        rows = [
            json.dumps(
                {"path": path, "code": code, "module": module, "line": line, "count": count},
                ensure_ascii=False,
            )
            for (path, code, module, line), count in sorted(self.counts.items())
        ]
        listed = "[\n  " + ",\n  ".join(rows) + "\n ]" if rows else "[]"
        try:
            write_result(self.file, [f'{{\n "{_MEMBER}": {_VERSION},\n "findings": {listed}\n}}\n'])
        except OSError as error:
            raise ProjectError(f"{self.file}: cannot be written ({error.strerror}).") from None


class Acceptance(Struct, frozen=True):
    """The findings of a scan, held against those that were accepted.

    `remaining` are not; `absent` says how many accepted ones are no more, of files that the scan
    covers.
    """

    remaining: tuple[Diagnostic, ...]
    absent: int


class FindingIdentities:
    """What findings of a scan are told by, in a file of a folder.

    Args:
        result: the scan.
        line_of: the line of a finding, its strings blanked.
        folder: that of the baseline.
    """

    def __init__(
        self, result: Scan, line_of: Callable[[Diagnostic], SourceLine | None], folder: Path
    ) -> None:
        self._root = result.root
        self._line_of = line_of
        self._folder = folder.resolve()
        self._modules: dict[str, list[tuple[int, int, str]]] = {}
        for module in result.graph.modules:
            row = (module.line, module.end_line, str(module.name))
            self._modules.setdefault(module.path, []).append(row)

    def of(self, diagnostic: Diagnostic) -> AcceptedFinding:
        """The identity of a finding."""
        path, line = diagnostic.path, diagnostic.span.line
        modules = [
            name for first, last, name in self._modules.get(path, ()) if first <= line <= last
        ]
        source = self._line_of(diagnostic)
        text = " ".join(source.text.casefold().split()) if source else ""
        digest = hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:16]
        return self.path(path), diagnostic.code, modules[-1] if modules else "", digest

    def covers(self, path: str) -> bool:
        """Does the scan cover a path of a baseline?"""
        place = os.path.normpath(self._folder / path)
        return is_address(path) or Path(place).is_relative_to(self._root)

    def path(self, path: str) -> str:
        """A path of the scan, relative to the baseline's folder."""
        if is_address(path):
            return path
        try:
            return os.path.relpath(self._root / path, self._folder).replace(os.sep, "/")
        except ValueError:  # on another drive
            return (self._root / path).as_posix()


def without_accepted(
    baseline: Baseline, findings: Sequence[Diagnostic], identities: FindingIdentities
) -> Acceptance:
    """The findings that are not accepted; of equal ones the first are.

    Args:
        baseline: what is accepted.
        findings: all that a scan has.
        identities: what they are told by.
    """
    counts = Counter(baseline.counts)
    remaining = []
    for finding in findings:
        identity = identities.of(finding)
        if counts[identity] > 0:
            counts[identity] -= 1
        else:
            remaining.append(finding)
    absent = sum(
        count for (path, *_), count in counts.items() if count > 0 and identities.covers(path)
    )
    return Acceptance(tuple(remaining), absent)


def brought_up_to_date(
    baseline: Baseline,
    findings: Iterable[Diagnostic],
    identities: FindingIdentities,
    *,
    accept_all: bool,
) -> Baseline:
    """A baseline without what is no more, and with all findings of today if these are accepted.

    What it has accepted outside of the scan stays.

    Args:
        baseline: as it is.
        findings: all that the scan has.
        identities: what they are told by.
        accept_all: accept all findings, and not only those that were accepted before.
    """
    present = Counter(map(identities.of, findings))
    outside = Counter(
        {
            identity: count
            for identity, count in baseline.counts.items()
            if not identities.covers(identity[0])
        }
    )
    return Baseline(baseline.file, outside | (present if accept_all else present & baseline.counts))


def _counts(values: Any) -> Counter[AcceptedFinding]:
    if values[_MEMBER] != _VERSION:
        raise ValueError("another version")
    counts: Counter[AcceptedFinding] = Counter()
    for row in values["findings"]:
        identity = (str(row["path"]), str(row["code"]), str(row["module"]), str(row["line"]))
        counts[identity] += int(row["count"])
    return counts
