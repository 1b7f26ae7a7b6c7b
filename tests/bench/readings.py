"""Two readings of a small folder: a lineage document and the other parser's answer.

They are written as literals.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


def row(
    line: int, *, kind: str = "SELECT", reads: str = "", writes: str = "", calls: str = ""
) -> dict[str, Any]:
    """One statement; names are separated by blanks."""
    return {
        "line": line,
        "kind": kind,
        "reads": reads.split(),
        "writes": writes.split(),
        "calls": calls.split(),
    }


@dataclass(frozen=True)
class Readings:
    """A folder, its document and its truth, as arguments of the commands."""

    folder: Path
    document: Path
    truth: Path

    @property
    def arguments(self) -> list[str]:
        return [str(self.folder), str(self.document), str(self.truth)]


def readings(
    place: Path,
    ours: Mapping[str, Sequence[Mapping[str, Any]]],
    theirs: Mapping[str, Sequence[Mapping[str, Any]]],
    *,
    modules: Sequence[str] = (),
    files: Sequence[str] = (),
    invalid: Sequence[str] = (),
    gaps: Mapping[str, int] | None = None,
) -> Readings:
    """Write both readings of the scripts `a.sql`, `b.sql` ….

    A file that a side leaves out is missing there.
    """
    folder = place / "scripts"
    folder.mkdir(exist_ok=True)
    for path in {*ours, *theirs}:
        (folder / path).write_text("SELECT 1;\n", encoding="utf-8")
    statements = [
        {"path": path, "dynamic": False, **row} for path, rows in ours.items() for row in rows
    ]
    document = {
        "generator": {"name": "sql-lineage-purview", "version": "9.9"},
        "files": [
            {"path": path, "statements": 10, "gaps": {"syntax": (gaps or {}).get(path, 0)}}
            for path in ours
        ],
        "tables": [{"name": name, "kind": "FILE"} for name in files],
        "modules": [{"name": name} for name in modules],
        "statements": statements,
        "diagnostics": [],
    }
    truth = [
        {"file": str(folder / path), "valid": path not in invalid, "statements": rows}
        for path, rows in theirs.items()
    ]
    return written(place, folder, document, truth)


def written(place: Path, folder: Path, document: Any, truth: Sequence[Any]) -> Readings:
    """Write both readings as files."""
    inputs = Readings(folder, place / "lineage.json", place / "truth.jsonl")
    inputs.document.write_text(json.dumps(document), encoding="utf-8")
    inputs.truth.write_text("".join(f"{json.dumps(entry)}\n" for entry in truth), encoding="utf-8")
    return inputs
