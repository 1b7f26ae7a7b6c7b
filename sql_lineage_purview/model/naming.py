"""Which object a name means: default schema, database, case, and the addresses of files.

Source:
https://learn.microsoft.com/sql/relational-databases/security/authentication-access/ownership-and-user-schema-separation
(a name without a schema), and the rules of the lineage document.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from msgspec import Struct, field

from .names import Name, NameTexts
from .regex import regex

# abfss://container@account.dfs.core.windows.net/path and
# wasbs://container@account.blob.core.windows.net/path
_DRIVER = regex(
    r"(?:abfss?|wasbs?|adls?)://(?P<container>[^@/]+)@(?P<host>[^/]+)/?(?P<path>.*)", re.IGNORECASE
)


class DatabaseAlias(Struct, frozen=True):
    """What scripts of the database `home` call another one.

    `written` is a database, or a server and a database.

    `home` None: all scripts do. `database` None: objects of that database are named without it.
    """

    home: str | None
    written: tuple[str, ...]
    database: str | None


def by_home(aliases: Iterable[DatabaseAlias]) -> Mapping[tuple[str, str], str | None]:
    """Aliases as `Naming` looks them up; of several for one name the first counts."""
    databases: dict[tuple[str, str], str | None] = {}
    for alias in aliases:
        databases.setdefault(
            ((alias.home or "").casefold(), "\0".join(alias.written).casefold()), alias.database
        )
    return databases


class Naming(Struct, frozen=True, eq=False):
    """How names are completed and compared.

    `aliases` are those of databases, see `by_home`; `texts` are the names that were shown so far.
    """

    default_schema: str = "dbo"
    case_sensitive: bool = False
    aliases: Mapping[tuple[str, str], str | None] = field(default_factory=dict)
    texts: NameTexts = field(default_factory=NameTexts)
    # the full names so far, by parts and database: statements name the same few objects
    _canonical: dict[tuple[tuple[str, ...], str | None], Name] = field(default_factory=dict)

    # the same for keys, and for folded parts
    _keys: dict[tuple[str, ...], str] = field(default_factory=dict)
    _folded: dict[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)

    def canonical(self, name: Name, database: str | None = None) -> Name:
        """The full name of an object named in `database` (None: not known).

        Temporary and system objects keep their spelling.
        """
        if name.address:
            return name
        key = (name.parts, database)
        full_name = self._canonical.get(key)
        if full_name is None:
            full_name = self._canonical[key] = self._completed(name, database)
        return full_name

    def _completed(self, name: Name, database: str | None) -> Name:
        if name.temporary or name.system:
            return name
        parts = list(name.parts)
        if len(parts) == 1:
            parts.insert(0, self.default_schema)
        if not parts[-2]:
            parts[-2] = self.default_schema
        if len(parts) == 2 and database:
            parts.insert(0, database)
        # `.Sales.dbo.Orders`: the server left out is this one
        if len(parts) == 4 and not parts[0]:
            del parts[0]
        if len(parts) == 3 and not parts[0]:
            parts[:1] = [database] if database else []
        if self.aliases and len(parts) > 2:
            self._resolve_database(parts, database or "")
        return Name(tuple(parts))

    def _resolve_database(self, parts: list[str], home: str) -> None:
        """Put a database's own name in place of what scripts of `home` call it."""
        written = "\0".join(parts[:-2]).casefold()
        for place in dict.fromkeys((home.casefold(), "")):
            if (place, written) in self.aliases:
                database = self.aliases[place, written]
                parts[:-2] = [database] if database else []
                return

    def key(self, name: Name) -> str:
        """What all spellings of one object share."""
        if self.case_sensitive or name.address:
            return "\0".join(name.parts)
        key = self._keys.get(name.parts)
        if key is None:
            key = self._keys[name.parts] = name.key
        return key

    def fold(self, column: str) -> str:
        """What all spellings of one column share."""
        return column if self.case_sensitive else column.casefold()

    def folded(self, parts: tuple[str, ...]) -> tuple[str, ...]:
        """Each part of a name as all its spellings share it."""
        folded = self._folded.get(parts)
        if folded is None:
            folded = self._folded[parts] = tuple(map(self.fold, parts))
        return folded


def address_name(address: str, data_source: str | None) -> Name:
    """The name of a file: its address, with drivers' forms as https.

    Where it is relative, it stands after the location of its data source.
    """
    if data_source and "://" not in address:
        base = data_source.partition("?")[0]  # behind it stands a signature, not a place
        address = f"{base.rstrip('/')}/{address.lstrip('/')}"
    match = _DRIVER.fullmatch(address)
    if match:
        address = f"https://{match['host']}/{match['container']}/{match['path']}"
    return Name((address,), address=True)
