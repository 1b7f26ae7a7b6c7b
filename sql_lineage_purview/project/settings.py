"""What can be set: the nouns of the configuration. Where the values come from is the business of `loading`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class DatabaseSettings:
    """`[databases.NAME]`: where the database that scripts call `name` stands.

    `server` and `instance` are parts of its qualified name in Purview, and `database` is its name there. `platform` None: what
    the name of the server allows.
    """

    name: str
    server: str
    platform: str | None = None
    database: str | None = None
    instance: str | None = None


@dataclass(frozen=True, slots=True)
class PinSettings:
    """`[pins."dbo.FactSales"]`: a person's word that a table or file is this asset of the catalogue."""

    name: str
    type: str
    qualified_name: str


PURVIEW = "purview"


@dataclass(frozen=True, slots=True)
class CatalogSettings:
    """An entry of `catalogs`: a file that describes databases, or the address of a live one; and which database that is.

    `source` is an absolute path, `mssql://SERVER/DATABASE` or `purview`; `database` None: the source says it, or the settings.
    """

    source: str
    database: str | None = None


@dataclass(frozen=True, slots=True)
class PurviewSettings:
    """`[purview]`: which catalogue receives the lineage. None stands for the default of the client."""

    endpoint: str | None = None
    path_prefix: str | None = None
    scope: str | None = None
    authority: str | None = None
    owner: str | None = None
    emulator_file: Path | None = None
    emulator_seed: Path | None = None
    batch_size: int | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """All that can be set. `jobs` 0 chooses by the amount of work; `base` is the folder of the configuration file, if any.

    `catalogs` tell of objects that no script defines; the first that knows a table answers.
    `folders` maps folders (absolute) to the database of the scripts in them; the deepest one counts.
    """

    default_schema: str = "dbo"
    database: str | None = None
    case_sensitive: bool = False
    exclude: tuple[str, ...] = ()
    variables: tuple[tuple[str, str], ...] = ()
    jobs: int = 0
    keep_temporary: bool = False
    folders: tuple[tuple[Path, str], ...] = ()
    catalogs: tuple[CatalogSettings, ...] = ()
    databases: tuple[DatabaseSettings, ...] = ()
    pins: tuple[PinSettings, ...] = ()
    purview: PurviewSettings = PurviewSettings()
    base: Path | None = None

    def database_of(self, location: Path) -> str | None:
        """The configured database of a script, or None where nothing says it."""
        holders = [(folder, database) for folder, database in self.folders if location.is_relative_to(folder)]
        if not holders:
            return self.database
        return max(holders, key=lambda holder: len(holder[0].parts))[1]
