"""The databases of which a scan knows all objects, so that what it does not know is not there."""

from __future__ import annotations

from msgspec import Struct

from .names import Name


class KnownDatabases(Struct, frozen=True):
    """Of which databases a scan knows all objects.

    Args:
        database: the one that names leave out.
        defined: those whose objects the scripts of the scan define, in lower case.
        told: those whose tables a catalog tells, and nothing of their modules.
    """

    database: str | None = None
    defined: tuple[str, ...] = ()
    told: tuple[str, ...] = ()

    def knows(self, name: Name, *, is_call: bool) -> bool:
        """Would the scan know an object of this name if there was one?"""
        database = (name.parts[-3] if len(name.parts) > 2 else self.database or "").lower()
        if is_call:
            return database in self.defined and database not in self.told
        return database in self.defined or database in self.told
