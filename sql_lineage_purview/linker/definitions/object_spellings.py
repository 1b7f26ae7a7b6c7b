"""Spellings: how each object is shown, whichever way its name is spelled in a text."""

from __future__ import annotations

from msgspec import Struct, field

from ...model.names import Name


class ObjectSpellings(Struct):
    """The spelling of each object by its key: its definition's, else its first use's in a text.

    `late`: those of what only strings name that are put together while they are executed.
    """

    written: dict[str, Name] = field(default_factory=dict)
    late: dict[str, Name] = field(default_factory=dict)

    def all(self) -> dict[str, Name]:
        """The spelling of each object."""
        return self.written | self.late

    def spell_late(self, spelled: dict[str, Name]) -> bool:
        """Spell what only strings name like this; False where it is spelled in another way."""
        if any(self.late.get(key, name) != name for key, name in spelled.items()):
            return False
        self.late.update(spelled)
        return True
