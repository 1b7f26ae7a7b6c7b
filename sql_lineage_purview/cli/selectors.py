"""Selectors of commands: what is said of them in `--help`, and where they belong."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from .console import CommandError

if TYPE_CHECKING:
    from collections.abc import Iterable

SELECTOR_HELP = (
    "a table (dbo.Fact), a column (dbo.Fact.Amount), a module (dbo.usp_Load), several (stg.*, "
    "file:etl/*.sql, kind:view); +x and x+ add what leads to them and what comes of them"
)


def check_order(selector: str, paths: Iterable[Path]) -> None:
    """Check that a path does not stand where the selector belongs.

    Raises:
        CommandError: it does, and the selector where a path belongs.
    """
    if not Path(selector).exists():
        return
    for path in paths:
        if not path.exists():
            raise CommandError(
                f"{str(path)!r} is no path, and {selector!r} is one: the selector comes first, "
                f"then the paths: {path} {selector}"
            )
