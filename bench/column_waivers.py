"""Rules for a disagreement about columns in which the document is right by its own rules.

The disagreement is between two readings of a module's columns, see docs/conformance.md.

A rule decides from the text of the module and the columns of the table, never from the name of a
module.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

LIMIT = 0.005  # the share of all facts of all projects together that waivers may excuse
_NAME = r'(?:\[[^\]]*\]|"[^"]*"|\w+)'


@dataclass(frozen=True, slots=True)
class Dispute:
    """A column that one side only has.

    `text`: the module; `columns`: all columns of the table, as far as they are known; `starred`: it
    is a view with a `*`.
    """

    text: str
    table: str
    column: str
    columns: frozenset[str] = frozenset()
    starred: bool = False


@dataclass(frozen=True, slots=True)
class ColumnWaiver:
    """A rule. `ours`: it excuses what only the document has, else what only the other side has."""

    name: str
    ours: bool
    excuses: Callable[[Dispute], bool]


def _document_of_rows(dispute: Dispute) -> bool:
    """OPENJSON takes the rows out of this column: the compiler does not look at its argument."""
    return (
        _found(rf"\bOPENJSON\s*\(\s*(?:{_NAME}\s*\.\s*)*{_written(dispute.column)}", dispute.text)
        is not None
    )


def _alias_of_a_column(dispute: Dispute) -> bool:
    """Is the table's alias the name of one of its columns?

    The compiler then takes `alias.column` for a part of that column.
    """
    alias = rf"{_written(dispute.table.rpartition('.')[2])}\s+(?:AS\s+)?({_NAME})"
    matches = re.finditer(alias, dispute.text, re.IGNORECASE)
    return any(match[1].strip('[]"').lower() in dispute.columns for match in matches)


def _column_behind_a_star(dispute: Dispute) -> bool:
    """Does the view have this column through a `*`, so that the compiler knows no such column?

    The `*` may be of a table that the compiler has not seen.
    """
    return dispute.starred


def _foreign_key(dispute: Dispute) -> bool:
    """Does a foreign key that the body adds have this column at one end?

    SQL Server does not track the DDL of a body, the compiler does.
    """
    table, column = (
        rf"(?:{_NAME}\s*\.\s*)*{_written(dispute.table.rpartition('.')[2])}",
        _written(dispute.column),
    )
    held = rf"\bALTER\s+TABLE\s+{table}[^;]*?\bFOREIGN\s+KEY\s*\([^()]*{column}"
    named = rf"\bREFERENCES\s+{table}\s*\([^()]*{column}"
    return _found(f"{held}|{named}", dispute.text) is not None


def _column_of_a_variable(dispute: Dispute) -> bool:
    """A table variable supplies this name.

    The compiler, which has not seen its type, takes the column of the table around it.
    """
    return _found(rf"\bSELECT\s+{_written(dispute.column)}\s+FROM\s+@\w+", dispute.text) is not None


WAIVERS = (
    ColumnWaiver("openjson", ours=True, excuses=_document_of_rows),
    ColumnWaiver("alias", ours=True, excuses=_alias_of_a_column),
    ColumnWaiver("star", ours=True, excuses=_column_behind_a_star),
    ColumnWaiver("foreign key", ours=False, excuses=_foreign_key),
    ColumnWaiver("table type", ours=False, excuses=_column_of_a_variable),
)


def excused_by(dispute: Dispute, *, ours: bool) -> str | None:
    """The name of the rule that excuses a difference, None where none does."""
    return next(
        (waiver.name for waiver in WAIVERS if waiver.ours is ours and waiver.excuses(dispute)), None
    )


def _found(pattern: str, text: str) -> re.Match[str] | None:
    return re.search(pattern, text, re.IGNORECASE)


def _written(part: str) -> str:
    """The forms in which a part of a name is written."""
    one = re.escape(part)
    return rf'(?:\[{one}\]|"{one}"|(?<!\w){one}(?!\w))'
