"""What could hide something, counted in words: `2 gaps and 1 file that is not read`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .counting import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..analysis.hidden_uses import HiddenUses
    from ..model.unread import Unread


def hidden_words(hidden: HiddenUses, unknown_tables: int = 0) -> str:
    """How much of each kind there is; empty where there is nothing.

    Args:
        hidden: what could hide a use or a path.
        unknown_tables: how many tables could, whose columns are not known.
    """
    parts = [counted(len(hidden.gaps), "gap")] if hidden.gaps else []
    parts += [f"{unread_words(hidden.not_read)} not read"] if hidden.not_read else []
    if hidden.doubles:
        parts.append(counted(len(hidden.doubles), "name of perhaps the same table", _DOUBLES))
    if unknown_tables:
        parts.append(counted(unknown_tables, "table of unknown columns", _UNKNOWN))
    return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))


def unread_words(rows: Sequence[Unread]) -> str:
    """How many files and activities are not followed, all kinds together."""
    number = sum(row.count for row in rows)
    return counted(number, "file or activity", "files and activities")


_DOUBLES = "names of perhaps the same tables"
_UNKNOWN = "tables of unknown columns"
