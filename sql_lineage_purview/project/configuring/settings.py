"""What can be set: the nouns of the configuration. Where the values come from is the business of `loading`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...model.secret_words import Literals

if TYPE_CHECKING:
    from pathlib import Path

    from ...model.names import Name


@dataclass(frozen=True, slots=True)
class DatabaseSettings:
    """`[databases.NAME]`: where the database that scripts call `name` stands.

    `server` and `instance` are parts of its qualified name in Purview, and `database` is its name there. `platform` None: what
    the name of the server allows. `workspace` and `item` are GUIDs of Fabric, which has no server. `collection` is where what is
    new of it lands, and `types` are those of its tables and views where the account has others than usual.
    """

    name: str
    server: str = ""
    platform: str | None = None
    database: str | None = None
    instance: str | None = None
    workspace: str = ""
    item: str = ""
    collection: str = ""
    types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PinSettings:
    """`[pins."dbo.FactSales"]`: a person's word that a table or file is this asset of the catalogue."""

    name: str
    type: str
    qualified_name: str


@dataclass(frozen=True, slots=True)
class PublishSettings:
    """`[publish]`: `exclude` are patterns over the names of tables that are kept out of the catalogue.

    `through`: is lineage led over tables without an asset?
    """

    exclude: tuple[str, ...] = ()
    through: bool = True


@dataclass(frozen=True, slots=True)
class LineageSettings:
    """`[[lineage]]`: a person's word that data of one table reaches another; `line` is where in the file it stands."""

    source: Name
    target: Name
    columns: tuple[tuple[str, str], ...]
    path: Path
    line: int


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
    credential: str | None = None
    tenant_id: str | None = None
    client_id: str | None = None
    key_vault: str | None = None
    key_vault_secret: str | None = None
    instance_discovery: bool | None = None
    ca_bundle: Path | None = None
    owner: str | None = None
    emulator_file: Path | None = None
    emulator_seed: Path | None = None
    batch_size: int | None = None
    max_request_bytes: int | None = None
    rate: float | None = None
    granularity: str | None = None
    views: str | None = None
    sql_text: bool | None = None
    parents: bool | None = None
    repository: str | None = None
    collection: str | None = None
    prune: bool | None = None
    prune_threshold: float | None = None
    journal: Path | None = None
    assets: Path | None = None
    missing: str | None = None
    placeholder_cap: int | None = None
    monitor: str | None = None
    shrink_warning: float | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """All that can be set. `jobs` 0 chooses by the amount of work; `base` is the folder of the configuration file, if any.

    `literals` says which strings of scripts are seen; None: on a terminal those that no pattern takes for a secret, else none.
    `catalogs` tell of objects that no script defines; the first that knows a table answers.
    `linked_services` maps those of pipelines to a database, or to the address of a store.
    `temporary_tables` is "session" or "procedure": how long those live that a procedure makes; None: what the platform does.
    `folders` maps folders (absolute) to the database of the scripts in them; the deepest one counts.
    """

    default_schema: str = "dbo"
    database: str | None = None
    case_sensitive: bool = False
    exclude: tuple[str, ...] = ()
    variables: tuple[tuple[str, str], ...] = ()
    jobs: int = 0
    keep_temporary: bool = False
    literals: Literals | None = None
    temporary_tables: str | None = None
    folders: tuple[tuple[Path, str], ...] = ()
    catalogs: tuple[CatalogSettings, ...] = ()
    databases: tuple[DatabaseSettings, ...] = ()
    pins: tuple[PinSettings, ...] = ()
    linked_services: tuple[tuple[str, str], ...] = ()
    lineage: tuple[LineageSettings, ...] = ()
    publish: PublishSettings = PublishSettings()
    purview: PurviewSettings = PurviewSettings()
    base: Path | None = None

    def database_of(self, location: Path) -> str | None:
        """The configured database of a script, or None where nothing says it."""
        holders = [(folder, database) for folder, database in self.folders if location.is_relative_to(folder)]
        if not holders:
            return self.database
        return max(holders, key=lambda holder: len(holder[0].parts))[1]
