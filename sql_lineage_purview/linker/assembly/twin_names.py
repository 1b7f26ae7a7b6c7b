"""Twin names: `dbo.t` and `Db.dbo.t` in one scan, two names that are perhaps of one table."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from msgspec import Struct

from ...model.graph import Statement
from ...model.names import Name
from ...model.naming import Naming

_FULL = 3  # the parts of a name with its database


class TwinNames(Struct, frozen=True):
    """The names of a scan that say their database, by the keys of these names without it."""

    naming: Naming
    with_database: Mapping[str, Sequence[Name]]

    @classmethod
    def of(
        cls, spellings: Mapping[str, Name], naming: Naming, foreign: AbstractSet[str] = frozenset()
    ) -> TwinNames:
        """Those of a scan.

        Args:
            spellings: all names of the scan, by their keys.
            naming: how names are compared.
            foreign: the keys of objects that only catalogs and references tell, and nobody uses.
        """
        with_database: dict[str, list[Name]] = {}
        for key, name in spellings.items():
            # the database of a catalog, which answers for names without one too
            if len(name.parts) == _FULL and not name.template and key not in foreign:
                with_database.setdefault(naming.key(Name(name.parts[1:])), []).append(name)
        return cls(naming, with_database)

    def named(self, names: Iterable[Name]) -> dict[str, Name]:
        """Those of some names, by their keys, that have a twin."""
        if not self.with_database:
            return {}
        # no lineage hangs on an object of the system, whichever database's it is
        return {
            key: name
            for name in names
            if len(name.parts) == _FULL - 1
            and not name.system_source
            and (key := self.naming.key(name)) in self.with_database
        }

    def message(self, key: str, name: Name) -> str:
        """What is said of a name that has twins."""
        others = " or ".join(sorted(map(str, self.with_database[key])))
        return f"{name} and {others} may be one table"

    def met(
        self, rows: Iterable[Statement], keys: Collection[str] | None = None
    ) -> Iterator[tuple[str, Statement]]:
        """What is said of each name that has twins, at the first row that reads or writes it.

        Args:
            rows: all of them, in their order.
            keys: of the names that are looked for; None: all.
        """
        reported: set[str] = set()
        for row in rows if self.with_database else ():
            for key, name in self.named(row.reads + row.writes).items():
                if key not in reported and (keys is None or key in keys):
                    reported.add(key)
                    yield self.message(key, name), row
