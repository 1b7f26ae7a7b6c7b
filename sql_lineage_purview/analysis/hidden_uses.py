"""What could hide a use: gaps, files that are not read, and tables that may be the one asked for.

Any string of dynamic SQL that is not known could use any object, wherever it stands; so could a
module that is called and not part of the scan, and a file or statement that was not read. Of a
statement that was not understood the text is known, so that it can only use what it names. A column
of unknown origin could be that of a table which its statement names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from ..model.diagnostics import Diagnostic, Hidden
from ..model.unread import not_told

if TYPE_CHECKING:
    from ..model.graph import Column, LineageGraph, Statement
    from ..model.names import Name
    from ..model.unread import Unread
    from .graph_index import GraphIndex


class HiddenUses(Struct, frozen=True):
    """What could hide a use of an object.

    `gaps`: diagnostics of the scan. `not_read`: files and activities that it does not follow.
    `doubles`: names without a database, or with one that is filled in later, of what may be the
    same table.
    """

    gaps: tuple[Diagnostic, ...]
    not_read: tuple[Unread, ...] = ()
    doubles: tuple[Name, ...] = ()

    def __bool__(self) -> bool:
        """Could anything hide a use?"""
        return bool(self.count)

    @property
    def count(self) -> int:
        """How many gaps, files and names these are."""
        return len(self.gaps) + sum(row.count for row in self.not_read) + len(self.doubles)


NOTHING_HIDDEN = HiddenUses(())


def hidden_uses(index: GraphIndex, column: Column) -> HiddenUses:
    """What could hide a use of a column, or of a table (`column.column` None)."""
    names = (column.table, *_doubles(index, column.table))
    naming = {
        (statement.path, statement.line, statement.end_line)
        for name in names
        for statement in index.statements_of(name)
    }
    gaps = (row for row in index.graph.diagnostics if _hides(row, column, naming))
    return HiddenUses(tuple(gaps), not_told(index.graph.not_read), names[1:])


def gaps_of(graph: LineageGraph, statements: Iterable[Statement]) -> tuple[Diagnostic, ...]:
    """The gaps of the files of some statements: lineage that passes these may lack something."""
    paths = {statement.path for statement in statements}
    return tuple(row for row in graph.diagnostics if row.rule.gap and row.path in paths)


def _hides(diagnostic: Diagnostic, column: Column, naming: set[tuple[str, int, int]]) -> bool:
    match diagnostic.rule.may_hide:
        case Hidden.OBJECTS:
            # without the text nobody knows; what a synonym stands for is named elsewhere
            text = diagnostic.statement
            return text is None or _names(text, column.table.object)
        case Hidden.COLUMNS if column.column is not None:
            return any(
                path == diagnostic.path and line <= diagnostic.span.line <= end_line
                for path, line, end_line in naming
            )
    return False


def _names(text: str, name: str) -> bool:
    """Does a name stand in a text, in brackets or bare?"""
    word = rf"(?<![\w@$#]){re.escape(name)}(?![\w@$#])"
    return re.search(word, text, re.IGNORECASE) is not None


def _doubles(index: GraphIndex, table: Name) -> Iterator[Name]:
    """Other names that may be the same table: one has no database, or one that is filled in."""
    if table.address:
        return
    for name in index.doubles_of(table):
        if name != table and (len(name.parts) != len(table.parts) or _is_filled_in(name, table)):
            yield name


def _is_filled_in(name: Name, table: Name) -> bool:
    return name.template or table.template
