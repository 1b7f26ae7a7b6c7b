"""The databases of scripts, where the configuration says them.

It says them by folders, else there is one for all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class ScriptDatabases:
    """`default` is the database of scripts that no folder says one of.

    `folders` are absolute, and the deepest one counts.
    """

    default: str | None = None
    folders: tuple[tuple[Path, str], ...] = ()

    def of(self, location: Path) -> str | None:
        """The configured database of a script, or None where nothing says it."""
        holders = [
            (folder, database)
            for folder, database in self.folders
            if location.is_relative_to(folder)
        ]
        if not holders:
            return self.default
        return max(holders, key=lambda holder: len(holder[0].parts))[1]
