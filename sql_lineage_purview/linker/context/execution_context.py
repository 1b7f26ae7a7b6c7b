"""Where the statements of a frame stand: file, module, database and calling modules."""

from __future__ import annotations

from msgspec import Struct

from ...model.names import Name
from ..definitions.scan_definitions import ModuleEntry


class ExecutionContext(Struct):
    """Where statements stand.

    `calls` are the keys of the modules that are running, outermost first; `line` is that of the
    module. `writes`: do its statements write here, or is it only looked at for what it gives back?
    """

    path: str
    module: Name | None
    database: str | None
    calls: tuple[str, ...] = ()
    line: int = 0
    writes: bool = True

    def within(self, entry: ModuleEntry, key: str) -> ExecutionContext:
        """That of a module that is called from here."""
        return ExecutionContext(
            entry.path, entry.name, entry.database, (*self.calls, key), writes=self.writes
        )
