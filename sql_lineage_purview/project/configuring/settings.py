"""What can be set: the table of all settings.

Where the values come from is the business of `loading`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from ...model.secret_words import Literals
from .database_settings import DatabaseSettings, PinSettings
from .kinds import CATALOGS, COUNT, FLAG, FOLDERS, LITERALS, NAME, PATTERNS, TEXT, TEXTS, words
from .purview_settings import PublishSettings, PurviewSettings
from .script_databases import ScriptDatabases
from .setting_rows import Option, OptionGroup, SettingsTable, required, setting

if TYPE_CHECKING:
    from ...model.names import Name
    from .catalog_sources import CatalogSettings

BY_PLATFORM = "by platform"
"""The default of `temporary_tables`.

They live as long as the platform of their database lets them.
"""


class LineageSettings(SettingsTable, frozen=True):
    """`[[lineage]]`: a person's word that data of one table reaches another.

    `line` is where in the file it stands.
    """

    path: Path
    line: int
    source: Name = required(NAME, "the table or file that data comes from, as a scan shows it")
    target: Name = required(NAME, "the table or file that it reaches")
    columns: tuple[tuple[str, str], ...] = setting(
        TEXTS,
        "a table: into which column each column of the source goes; without it that is not said",
        default=(),
    )


class KeyPlace(Struct, frozen=True):
    """Where a key of the configuration stands."""

    path: Path
    line: int


class Settings(SettingsTable, frozen=True):
    """All that can be set. `base` is the folder of the configuration file, if any.

    `jobs` 0 chooses by the amount of work. `folders` are absolute; the deepest one counts.
    `configured` are the keys, here and in `purview`, that a file, variable or argument sets: some
    commands do not do the same for a default as for the same value that somebody has chosen.
    `places` are those of keys that may match nothing, and of `database`.
    """

    default_schema: str = setting(
        TEXT,
        "the schema of names without one (`--default-schema`)",
        default="dbo",
        option=Option(
            "--default-schema",
            OptionGroup.SCRIPTS,
            "the schema of names without one (default: {default})",
            metavar="NAME",
        ),
    )
    database: str | None = setting(
        TEXT,
        "the database that all scripts belong to (`--database`); with it, `dbo.Orders` is shown "
        "as `SalesDb.dbo.Orders`",
        default=None,
        option=Option(
            "--database",
            OptionGroup.SCRIPTS,
            "the database that the scripts belong to",
            metavar="NAME",
        ),
    )
    folders: tuple[tuple[Path, str], ...] = setting(
        FOLDERS,
        "a table: which database the scripts of a folder belong to; the deepest folder counts, "
        "and `database` for all others; `--database` or its environment variable wins over both, "
        "and all of them over the name of a [database project](files.md#database-projects). A key "
        'may be [a pattern](#many-databases), `"databases/*" = "{folder}"`',
        default=(),
    )
    temporary_tables: str = setting(
        words("session", "procedure"),
        'how long a `#t` lives that a procedure makes: until the `"procedure"` ends, as in SQL '
        'Server, or in the whole `"session"`, as in dedicated pools of Synapse (a database whose '
        "`platform` or server says that it is one)",
        default=BY_PLATFORM,
        shown="by platform",
    )
    case_sensitive: bool = setting(
        FLAG,
        "are names that differ only in case different names?",
        default=False,
    )
    exclude: tuple[str, ...] = setting(
        PATTERNS,
        "what is not read: patterns as in a `.gitignore`, seen from the folder of this file",
        default=(),
    )
    variables: tuple[tuple[str, str], ...] = setting(
        TEXTS,
        "a table: values of SQLCMD variables; `--var NAME=VALUE` adds to it and wins, name by "
        "name; a `:setvar` in the script wins over both",
        default=(),
        option=Option(
            "--var",
            OptionGroup.SCRIPTS,
            "the value of a SQLCMD variable $(NAME) (may be repeated)",
            metavar="NAME=VALUE",
        ),
    )
    catalogs: tuple[CatalogSettings, ...] = setting(
        CATALOGS,
        "who tells of tables that no script defines, the first that knows them answers: a list of "
        "`SOURCE` or `DATABASE=SOURCE` (`--catalog`, which replaces the list); see "
        "[catalogs](catalogs.md)",
        default=(),
        option=Option(
            "--catalog",
            OptionGroup.SCRIPTS,
            "who tells the columns of tables that no script defines: a .dacpac, a snapshot "
            "(.json), a saved INFORMATION_SCHEMA.COLUMNS (.csv), mssql://SERVER/DATABASE, or "
            "purview; DATABASE is what scripts call it (may be repeated)",
            metavar="[DATABASE=]SOURCE",
        ),
    )
    linked_services: tuple[tuple[str, str], ...] = setting(
        TEXTS,
        "a table: the database, or the address of the store, of linked services of [Copy "
        "activities](files.md#copy-activities) whose files do not tell it",
        default=(),
    )
    keep_temporary: bool = setting(
        FLAG,
        "do temporary tables, and [transient ones](lineage-document.md#lineage), stay in the "
        "lineage (`--keep-temporary`)?",
        default=False,
        option=Option(
            "--keep-temporary",
            OptionGroup.SCAN,
            "show temporary and transient tables too, and do not only follow the data through them",
        ),
    )
    literals: Literals = setting(
        LITERALS,
        "which strings of scripts are seen in plans, processes, snapshots and `check "
        '--show-source`: `"hide"`, none but those that lineage needs; `"keep"`, all that no '
        "pattern takes for a secret",
        default=Literals.HIDE,
        shown="see [security](security.md#secrets-in-scripts)",
    )
    jobs: int = setting(
        COUNT,
        "how many processes share the work (`--jobs`)",
        default=0,
        shown="by the work",
        option=Option(
            "--jobs",
            OptionGroup.WORK,
            "how many processes share the work (default: depends on how much there is)",
            metavar="N",
        ),
    )
    databases: tuple[DatabaseSettings, ...] = ()
    pins: tuple[PinSettings, ...] = ()
    lineage: tuple[LineageSettings, ...] = ()
    publish: PublishSettings = PublishSettings()
    purview: PurviewSettings = PurviewSettings()
    base: Path | None = None
    configured: frozenset[str] = frozenset()
    places: tuple[tuple[tuple[str, ...], KeyPlace], ...] = ()

    @property
    def folder(self) -> Path:
        """The folder of the configuration file, else the current one."""
        return self.base or Path.cwd()

    @property
    def script_databases(self) -> ScriptDatabases:
        """The databases of scripts."""
        return ScriptDatabases(self.database, self.folders)

    def place_of(self, *key: str) -> KeyPlace | None:
        """Where a key stands: in the chosen profile, else in the rest of the file."""
        return dict(self.places).get(key)
