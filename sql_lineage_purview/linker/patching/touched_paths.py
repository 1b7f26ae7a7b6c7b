"""Which files' rows the findings of a part have a say in."""

from __future__ import annotations

import re

from ...model.regex import regex
from ..context.findings import (
    AssignedColumns,
    ColumnsOfFile,
    Doubted,
    Event,
    Findings,
    MissingTable,
    ReachedTable,
    RenamedTable,
    Reported,
    StringRows,
)

# a statement of a text, and of strings within it
_KEY = regex(r"(.*?)@\d+(?:@[0-9a-f]{16}@\d+)*", re.DOTALL)


def touched_paths(findings: Findings) -> set[str]:
    """The paths of the files in whose rows, edges or diagnostics the findings show.

    Those of other findings that are part of them are left out.
    """
    carriers = {id(by): by for _, by in findings.edges.tables.values()}
    carriers |= {id(by): by for _, by in findings.edges.columns.values()}
    statements = set(findings.settled).union(*carriers.values())
    paths = {path_of(statement) for statement in statements}
    paths.update(place.path for place in findings.present)
    paths.update(path for (path, _, _), _ in findings.references.by_module())
    for event in findings.events:
        match event:
            case Reported(diagnostic):
                paths.add(diagnostic.path)
            case Doubted(statement, reported):
                paths |= {path_of(statement), reported.diagnostic.path}
            case MissingTable(place):
                paths.add(place.path)
            case ReachedTable(statement) | AssignedColumns(statement):
                paths.add(path_of(statement))
            case StringRows(path):
                paths.add(path)
    return paths


def is_global(findings: Findings) -> bool:
    """Does it tell of what belongs to no file's rows: a renamed table, columns of a file?"""
    return bool(global_events(findings))


def global_events(findings: Findings) -> dict[Event | Findings, None]:
    """What they tell of that belongs to no file's rows."""
    return {
        event: None for event in findings.events if isinstance(event, RenamedTable | ColumnsOfFile)
    }


def path_of(statement: str) -> str:
    """The path of a statement by the id of its row, or by its key; see `StatementRows`.

    `a.sql#1`, `a.sql@1`, or, of a string, `a.sql@1@0123456789abcdef@1`.
    """
    path, mark, number = statement.rpartition("#")
    if mark and number.isdigit():
        return path
    match = _KEY.fullmatch(statement)
    return match[1] if match else statement
