"""Alterations: which columns a table has at one place of a script.

Further down the script adds, drops or renames some.

Source: https://learn.microsoft.com/sql/t-sql/statements/alter-table-transact-sql
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from ...model.diagnostics import Span
from ...model.facts import ChangeFact, ColumnFact
from ...model.naming import Naming


def columns_before(
    columns: tuple[ColumnFact, ...], changes: Iterable[ChangeFact], place: Span, naming: Naming
) -> tuple[ColumnFact, ...]:
    """The columns of a definition as they are at a place of the file that makes these changes.

    Args:
        columns: those of the definition, as the whole file leaves them.
        changes: what the file adds, drops and renames.
        place: where the table is looked at.
        naming: how names are compared.
    """
    # by the first change that comes later: one that is dropped is still there
    present: dict[str, bool] = {}
    for change in changes:
        # scripts are read from top to bottom, so what stands further down has not happened yet
        if _order(change.span) > _order(place):
            for name in change.dropped:
                # the first that comes: dropped, added again, dropped again is there now
                present.setdefault(naming.fold(name), True)
            for column in change.added:
                present.setdefault(naming.fold(column.name), False)
    if not present:
        return columns
    return tuple(
        _at_that_time(column, present=present.get(naming.fold(column.name))) for column in columns
    )


def _at_that_time(column: ColumnFact, *, present: bool | None) -> ColumnFact:
    if present and column.dropped:
        supplied = bool(column.computed) or column.property == "IDENTITY"
        return replace(column, dropped=False, hidden=False, generated=supplied)
    return (
        replace(column, hidden=True, generated=True)
        if present is False and not column.dropped
        else column
    )


def altered(
    names: tuple[str, ...],
    changes: Iterable[ChangeFact],
    created: Span,
    place: Span | None,
    naming: Naming,
) -> tuple[str, ...]:
    """The columns of a table that a statement of the file created, behind the changes since then.

    All of them without a place.

    Args:
        names: the columns as they were created.
        changes: what the file adds, drops and renames.
        created: where the table was created.
        place: where it is looked at; None: at the end of the file.
        naming: how names are compared.
    """
    columns = names
    for change in changes:
        if _order(change.span) > _order(created) and (
            place is None or _order(change.span) < _order(place)
        ):
            columns = _changed(columns, change, naming)
    return columns


def _changed(columns: tuple[str, ...], change: ChangeFact, naming: Naming) -> tuple[str, ...]:
    dropped = {naming.fold(name) for name in change.dropped}
    added = [column.name for column in change.added]
    if dropped and len(added) == 1:  # another name
        return tuple(added[0] if naming.fold(name) in dropped else name for name in columns)
    remaining = (
        (name for name in columns if naming.fold(name) not in dropped) if dropped else columns
    )
    return (*remaining, *added)


def _order(span: Span) -> tuple[int, int]:
    return span.line, span.column
