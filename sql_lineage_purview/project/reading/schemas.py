"""Databases that somebody describes, as scripts of a scan.

They are packages, snapshots, saved columns and live databases.

They serve two ends. Named as what to scan, their modules are scanned like scripts; named as a
catalog, they only tell what the scanned scripts refer to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from ..configuring.addresses import DatabaseAddress, is_address
from ..configuring.catalog_sources import PURVIEW
from ..project_errors import ConfigurationError, PathError
from .found import FoundFile

if TYPE_CHECKING:
    from ...catalog.schema import DatabaseSchema
    from ..configuring.catalog_sources import CatalogSettings
    from ..configuring.purview_settings import PurviewSettings
    from ..configuring.script_databases import ScriptDatabases
    from .opened_files import OpenedFiles

PACKAGES = (".dacpac", ".bacpac")
SNAPSHOT = ".json"
_HEAD = 1000  # bytes of a snapshot in which its version stands


def describes_databases(location: Path, files: OpenedFiles) -> bool:
    """Is the file a package or a snapshot?

    It can then be scanned as if it were the scripts of its modules.
    """
    suffix = location.suffix.lower()
    if suffix != SNAPSHOT:
        return suffix in PACKAGES
    # PowerShell writes UTF-16
    return b'"snapshot_version"' in files.head(location, _HEAD).replace(b"\0", b"")


def described(catalog: CatalogSettings, account: PurviewSettings) -> tuple[DatabaseSchema, ...]:
    """The databases that a catalog describes: a file's, or the live one at an address.

    One alone has the name that it was given.

    Args:
        catalog: which.
        account: says who signs in to a live database.

    Raises:
        PathError: the file cannot be read.
        ConfigurationError: the address is none, the driver is missing, or one name is given to
            several databases.
        DatabaseError: the database does not answer.
    """
    if catalog.source == PURVIEW:
        raise ConfigurationError(
            "Purview tells the columns of tables that are asked for; it is a catalog of scans, "
            "not to be dumped as one. "
            "What plans need of it is dumped by: catalog dump --from purview."
        )
    schemas = (
        (_live(DatabaseAddress.of(catalog.source), account),)
        if is_address(catalog.source)
        else _read(Path(catalog.source))
    )
    if catalog.database is None:
        return schemas
    if len(schemas) > 1:
        names = ", ".join(schema.name or "one without a name" for schema in schemas)
        raise ConfigurationError(
            f"{catalog.source} describes several databases ({names}), which cannot all be "
            f"{catalog.database}."
        )
    return tuple(replace(schema, name=catalog.database) for schema in schemas)


def scripts_in(location: Path, path: str, databases: ScriptDatabases) -> Iterator[FoundFile]:
    """The scripts of a package or snapshot that is scanned, shown below the path of the file.

    What does not say its database belongs to that of the folder that it lies in, else to the one
    that the file is called.

    Raises:
        PathError: it cannot be read.
    """
    for schema, below in _apart(_read(location), path):
        database = schema.name or databases.of(location)
        for file in _scripts(schema, below, location, database):
            yield file if database else replace(file, home=location.stem)


def live_scripts(
    addresses: Iterable[DatabaseAddress], account: PurviewSettings
) -> Iterator[FoundFile]:
    """The scripts of live databases that are scanned, shown below their addresses.

    `account` says who signs in to them.

    Raises:
        ProjectError: a database does not answer, or the driver is missing.
    """
    for address in addresses:
        schema = _live(address, account)
        yield from _scripts(schema, address.url, Path(address.database), schema.name)


class Reference(Struct, frozen=True):
    """A script that only tells of objects, and the databases that they belong to.

    None stands for names without a database.
    """

    script: FoundFile
    databases: tuple[str | None, ...]


def references_of(
    catalogs: Sequence[CatalogSettings],
    account: PurviewSettings,
    databases: ScriptDatabases,
    variables: tuple[tuple[str, str], ...],
) -> list[Reference]:
    """The scripts of all catalogs, the one that answers first behind the others.

    Of two definitions the later one counts.

    A catalog that does not say which database it describes describes the configured one. Where none
    is configured, a database that is alone answers for names without a database too.

    Args:
        catalogs: in the order in which they are asked.
        account: says who signs in to live databases.
        databases: the configured ones.
        variables: those of SQLCMD.

    Raises:
        ProjectError: a catalog cannot be read, or one name is given to several databases.
    """
    # Purview answers last, when it is known what is missing.
    asked = (catalog for catalog in catalogs if catalog.source != PURVIEW)
    entries = [
        (catalog, schema, path)
        for catalog in asked
        for schema, path in _apart(described(catalog, account), catalog.source)
    ]
    alone = len(entries) == 1 and databases.default is None and not databases.folders
    references: list[Reference] = []
    for catalog, schema, path in reversed(entries):
        database = schema.name or databases.default
        names: tuple[str | None, ...] = (database, None) if alone and database else (database,)
        if database is None and catalog.source.lower().endswith(PACKAGES):
            names = (None, Path(catalog.source).stem)  # a package is called what its file is
        scripts = _scripts(
            schema, path, Path(catalog.source), None, definitions=path, variables=variables
        )
        references += [Reference(script, names) for script in scripts]
    return references


def package_references(
    location: Path,
    path: str,
    databases: tuple[str | None, ...],
    variables: tuple[tuple[str, str], ...],
) -> list[Reference]:
    """The scripts of a package that a database project refers to; none where it cannot be read.

    Args:
        location: the package.
        path: how its file is shown.
        databases: those that it describes.
        variables: those of SQLCMD.
    """
    try:
        [schema] = _read(location)
    except PathError:
        return []
    scripts = _scripts(schema, path, location, None, definitions=path, variables=variables)
    return [Reference(script, databases) for script in scripts]


def _apart(schemas: tuple[DatabaseSchema, ...], path: str) -> Iterator[tuple[DatabaseSchema, str]]:
    """Each database with the path that its scripts stand below; of several, each has its own."""
    for number, schema in enumerate(schemas, 1):
        yield schema, path if len(schemas) == 1 else f"{path}/{schema.name or number}"


def _scripts(
    schema: DatabaseSchema,
    path: str,
    location: Path,
    database: str | None,
    *,
    definitions: str = "",
    variables: tuple[tuple[str, str], ...] = (),
) -> Iterator[FoundFile]:
    """A database as scripts: one of its tables, types and synonyms, and one for each module."""
    texts = {definitions or f"{path}/definitions.sql": schema.definitions()}
    texts |= {f"{path}/{module.name}.sql": module.definition for module in schema.modules}
    for place, text in texts.items():
        if text:
            yield FoundFile(place, location, database, variables, text.encode("utf-8", "replace"))


def _read(location: Path) -> tuple[DatabaseSchema, ...]:
    from .schema_files import read_schemas  # noqa: PLC0415 - what reads them is for those alone who have one

    return read_schemas(location)


def _live(address: DatabaseAddress, account: PurviewSettings) -> DatabaseSchema:
    from ..configuring.signing_in import sign_in_of  # noqa: PLC0415 - the same
    from .live import read_live  # noqa: PLC0415 - what signs in is for those alone who ask a database

    return read_live(address, sign_in_of(account))
