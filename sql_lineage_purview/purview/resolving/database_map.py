"""The database map: which server holds a named database, and which assets a person pinned."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from sql_lineage_purview.model.names import Name

    from .platforms import Database


class Pin(Struct, frozen=True):
    """A person's word that a table or file is this asset, exactly as the catalogue spells it."""

    name: Name
    type_name: str
    qualified_name: str


class NotMapped(Struct, frozen=True):
    """A name whose database is not known, with what to configure."""

    reason: str


@dataclass(frozen=True, slots=True)
class DatabaseMap:
    """All that is configured about where tables stand.

    Args:
        databases: The rows.
        default: The `name` of the row that tables without a database belong to; a map of one row
            needs none.
        pins: Tables and files whose asset is given.
        has_patterns: Are the rows of some databases made of patterns? Then a map of one row needs a
            default too, since others could be made.

    Raises:
        ValueError: two rows have one name, or the default is no row.
    """

    databases: tuple[Database, ...] = ()
    default: str | None = None
    pins: tuple[Pin, ...] = ()
    has_patterns: bool = False
    _pins: dict[str, Pin] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        for pin in self.pins:
            self._pins.setdefault(pin.name.key, pin)
        counts = Counter(row.name.casefold() for row in self.databases)
        twice = next((row.name for row in self.databases if counts[row.name.casefold()] > 1), None)
        if twice:
            raise ValueError(
                f"database {twice} stands twice in the database map; names differ in more than case"
            )
        if self.default is not None and self.default.casefold() not in counts:
            names = ", ".join(row.name for row in self.databases) or "none"
            raise ValueError(
                f"the default database {self.default} is not in the database map (it has: {names})"
            )

    def database_of(self, name: Name) -> Database | NotMapped:
        """The row that a table's name belongs to."""
        # SRV.Db of a linked server is one name of the map
        written = name.database_path
        if not written:
            return self._default()
        row = self._row(written)
        return row or NotMapped(
            f"database {written} is not in the database map; add {_section(written)}"
        )

    def pin_of(self, name: Name) -> Pin | None:
        """What a person has pinned the name to."""
        return self._pins.get(name.key)

    def _default(self) -> Database | NotMapped:
        if self.default is not None:
            return self._row(self.default) or NotMapped(
                f"database {self.default} is not in the database map"
            )
        if len(self.databases) == 1 and not self.has_patterns:
            return self.databases[0]
        if not self.databases:
            return NotMapped(
                "the database map is empty; add [databases.NAME] with the server of your database"
            )
        names = ", ".join(row.name for row in self.databases)
        return NotMapped(
            f"it is written without a database and no default is configured; name one of: {names}"
        )

    def _row(self, name: str) -> Database | None:
        return next((row for row in self.databases if row.name.casefold() == name.casefold()), None)


def _section(name: str) -> str:
    """The configuration's section of a database, in quotes where TOML needs them."""
    bare = name.replace("_", "").replace("-", "")
    return f"[databases.{name}]" if bare.isascii() and bare.isalnum() else f'[databases."{name}"]'
