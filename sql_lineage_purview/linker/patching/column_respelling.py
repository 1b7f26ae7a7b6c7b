"""Columns that are spelled in several ways: each is shown in the spelling of its first use."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from ...model.graph import Column
from ...model.naming import Naming
from ..assembly.column_spellings import folded
from .scan_change import NotPatchableError


def hold_respelled(
    changed: Iterable[Column], respelled: AbstractSet[Column], naming: Naming
) -> None:
    """See that nothing changes of columns that were spelled in several ways.

    Args:
        changed: the columns of rows that are gone or new.
        respelled: those that were spelled in several ways, folded.
        naming: what counts as one name.

    Raises:
        NotPatchableError: the first use of one may be another.
    """
    if respelled and any(folded(column, naming) in respelled for column in changed):
        raise NotPatchableError("a column that is spelled in several ways is used otherwise")


def hold_spellings(changed: AbstractSet[Column], staying: Iterable[Column], naming: Naming) -> None:
    """See that no column is spelled in another way than before.

    Args:
        changed: the columns of rows that are gone or new.
        staying: those of rows that are as they were.
        naming: what counts as one name.

    Raises:
        NotPatchableError: one is.
    """
    spelled: dict[Column, Column] = {}
    for column in changed:
        if spelled.setdefault(folded(column, naming), column) != column:
            raise NotPatchableError("a column is spelled in several ways")
    tables = {column.table for column in changed}
    if any(
        column.table in tables and spelled.get(folded(column, naming), column) != column
        for column in staying
    ):
        raise NotPatchableError("a column is spelled otherwise elsewhere")
