"""Databases that files describe: packages (.dacpac), snapshots (.json) and saved columns (.csv), as scripts of a scan.

They serve two ends: named as a path of a scan, their modules are scanned like scripts; named as a catalog, they only tell what
the scanned scripts refer to.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ..catalog import DatabaseSchema, read_columns_csv, read_package, read_snapshot
from ..tsql.decode import decode
from .errors import PathError
from .found import FoundFile
from .live import SCHEME, DatabaseAddress, read_live

if TYPE_CHECKING:
    from .settings import Settings

_PACKAGE, _SNAPSHOT, _COLUMNS = ".dacpac", ".json", ".csv"


def describes_databases(location: Path) -> bool:
    """Is the file a package or a snapshot, which can be scanned as if it were the scripts of its modules?"""
    if location.suffix.lower() == _PACKAGE:
        return True
    if location.suffix.lower() != _SNAPSHOT:
        return False
    try:
        with location.open("rb") as file:
            return b"snapshot_version" in file.read(200)
    except OSError:
        return False


def schemas_of(source: str, settings: Settings) -> tuple[DatabaseSchema, ...]:
    """The databases that a catalog describes: a file's, or the live one at an address.

    Raises:
        PathError: the file cannot be read.
        ConfigurationError: the address is none, or the driver is missing.
        DatabaseError: the database does not answer.
    """
    if source.lower().startswith(SCHEME):
        return (read_live(DatabaseAddress.of(source), settings.purview.authority),)
    return read_schemas(Path(source))


def read_schemas(location: Path) -> tuple[DatabaseSchema, ...]:
    """The databases that a file describes.

    Raises:
        PathError: it cannot be read, or is no package, snapshot or table of columns.
    """
    try:
        data = location.read_bytes()
        if location.suffix.lower() == _PACKAGE:
            return (read_package(data),)
        text = decode(data).text or ""
        return read_columns_csv(text) if location.suffix.lower() == _COLUMNS else read_snapshot(text)
    except OSError as error:
        raise PathError(f"{location}: the catalog cannot be read ({error.strerror or error}).") from None
    except ValueError as error:
        raise PathError(f"{location} is no catalog: {error}. Give a .dacpac, .json (of `catalog dump`) or .csv file.") from None


def schema_scripts(database: DatabaseSchema, path: str, location: Path, name: str | None) -> Iterator[FoundFile]:
    """A database as scripts: one of its tables, types and synonyms, and one for each module, below the path of the file.

    `name` is the database that they belong to; None: it is not known.
    """
    definitions = database.definitions()
    if definitions:
        yield FoundFile(f"{path}/definitions.sql", location, name, script=definitions.encode())
    for module in database.modules:
        yield FoundFile(f"{path}/{module.name}.sql", location, name, script=module.definition.encode())


def catalog_scripts(settings: Settings) -> list[FoundFile]:
    """The scripts of all catalogs of the settings, the one that answers first behind the others: later definitions count.

    A catalog that does not say which database it describes describes the configured one. Where none is configured, a database
    that is alone answers for names without a database too.

    Raises:
        ProjectError: a catalog cannot be read.
    """
    described = [(one, schema) for one in settings.catalogs for schema in schemas_of(one.source, settings)]
    alone = len(described) == 1 and settings.database is None and not settings.folders
    found: list[FoundFile] = []
    for one, schema in reversed(described):
        database = one.database or schema.name or settings.database
        for owner in dict.fromkeys((database, None) if alone else (database,)):
            shown = one.source if owner == database else f"{one.source} (any database)"
            found += schema_scripts(schema, shown, Path(one.source), owner)
    return found
