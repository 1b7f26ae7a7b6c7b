"""The SQLite file that keeps the catalogue: opening, its tables, and transactions."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ..model.opening import open_file
from .error_codes import EmulatorError

if TYPE_CHECKING:
    from collections.abc import Iterator

IN_MEMORY = ":memory:"
# "SLPE": says whose file it is
_APPLICATION_ID = 0x534C5045
_SCHEMA_VERSION = 1
_WAIT_SECONDS = 30

# Names compare byte by byte, as in the service. Only one active entity of a type may have a
# qualified name; deleted ones keep theirs, and no longer count.
_SCHEMA = """
CREATE TABLE typedefs (
    name TEXT PRIMARY KEY, guid TEXT NOT NULL UNIQUE, category TEXT NOT NULL, body TEXT NOT NULL
);
CREATE TABLE entities (
    guid TEXT PRIMARY KEY, type TEXT NOT NULL, qualified_name TEXT, status TEXT NOT NULL,
    attributes TEXT NOT NULL, extras TEXT NOT NULL, collection TEXT NOT NULL,
    created INTEGER NOT NULL, updated INTEGER NOT NULL, revision INTEGER NOT NULL
);
CREATE UNIQUE INDEX entity_names ON entities (qualified_name, type) WHERE status = 'ACTIVE';
CREATE INDEX entity_types ON entities (type);
CREATE TABLE relationships (
    guid TEXT PRIMARY KEY, type TEXT NOT NULL, end1 TEXT NOT NULL, end2 TEXT NOT NULL,
    status TEXT NOT NULL, attributes TEXT NOT NULL,
    created INTEGER NOT NULL, updated INTEGER NOT NULL, revision INTEGER NOT NULL
);
CREATE UNIQUE INDEX relationship_ends ON relationships (end1, type, end2) WHERE status = 'ACTIVE';
CREATE INDEX relationship_second_ends ON relationships (end2, type);
"""
# Files of before have it not.
_INDEX = "CREATE INDEX IF NOT EXISTS relationship_first_ends ON relationships (end1, type)"


def open_database(file: Path | str) -> sqlite3.Connection:
    """Open the file that keeps the state, or create it with empty tables.

    Folders above it are created too.

    Raises:
        EmulatorError: The file cannot be opened, or is something else than an emulator's state.
    """
    try:
        if str(file) != IN_MEMORY:
            Path(file).parent.mkdir(parents=True, exist_ok=True)
            if Path(file).exists():
                open_file(Path(file)).close()  # a pipe would be waited for
        # each connection of the server has its thread; `Emulator` lets one in at a time
        connection = sqlite3.connect(
            str(file), timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False
        )
    except (OSError, sqlite3.Error) as error:
        raise EmulatorError(
            f"{file}: cannot be opened to keep the emulator's state ({error}); name another file"
        ) from error
    try:
        with usable(file):
            _prepare(connection, file)
    except sqlite3.Error as error:
        connection.close()
        raise EmulatorError(
            f"{file}: is not the state of an emulator ({error}); name another file, or delete it "
            "to start empty"
        ) from error
    except EmulatorError:
        connection.close()
        raise
    return connection


@contextmanager
def usable(file: Path | str) -> Iterator[None]:
    """What the operating system refuses, such as to write to a full disk, is an error for a person.

    Raises:
        EmulatorError: The file cannot be read or written.
    """
    try:
        yield
    except sqlite3.OperationalError as error:
        reasons = "Is the disk full, may it not be written, or does another program hold it?"
        raise EmulatorError(
            f"{file}: the emulator's state cannot be kept there ({error}). {reasons}"
        ) from error


@contextmanager
def transaction(connection: sqlite3.Connection, *, writes: bool) -> Iterator[None]:
    """All or nothing: commits at the end, rolls everything back on any exception."""
    connection.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # SQLite itself rolls back where the disk is full
            connection.execute("ROLLBACK")
        raise


def _prepare(connection: sqlite3.Connection, file: Path | str) -> None:
    connection.execute("PRAGMA synchronous = NORMAL")
    # SQLite's own `lower` knows the letters of English alone.
    connection.create_function("folded", 1, str.lower, deterministic=True)
    with transaction(connection, writes=True):
        if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0:
            _create(connection)
        identity = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
    if identity != _APPLICATION_ID:
        raise EmulatorError(f"{file}: is another program's database; name another file")
    if version != _SCHEMA_VERSION:
        raise EmulatorError(
            f"{file}: was written by another version of the emulator; delete it to start empty"
        )
    with transaction(connection, writes=True):
        connection.execute(_INDEX)


def _create(connection: sqlite3.Connection) -> None:
    # not `executescript`, which would commit the transaction around this
    for statement in _SCHEMA.split(";"):
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {_SCHEMA_VERSION}")
