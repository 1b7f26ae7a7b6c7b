"""The SQLite file of a store: opened, held against its schema, and made anew where it is damaged.

Nothing in it is trusted: who can write into the folder can write anything into the file. So it is
used only where its schema is to the letter the one below, and nothing in a schema may run.

The journal is a rollback journal, for one with shared memory (WAL) works on no network drive, and a
run writes once. It is truncated and not deleted, since on Windows a scanner of viruses may hold a
file that was just closed. The disk is not waited for: what a power cut damages is made anew.
Source: https://www.sqlite.org/wal.html, https://www.sqlite.org/pragma.html,
https://www.sqlite.org/security.html
"""

from __future__ import annotations

import contextlib
import sqlite3
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA_VERSION = 1
_APPLICATION = 0x534C5043  # "SLPC": says whose file it is
_BUSY_SECONDS = 3.0
_TABLES = (
    "CREATE TABLE blobs (key BLOB PRIMARY KEY, used INTEGER NOT NULL, size INTEGER NOT NULL, "
    "checksum BLOB NOT NULL, data BLOB NOT NULL)",
    "CREATE INDEX blobs_by_use ON blobs (used, size)",
)
_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_TOOBIG)


class ForeignStoreError(Exception):
    """The file is none of ours, or of a newer version; it is left as it is."""


def connect(file: Path) -> sqlite3.Connection | None:
    """Open a store for reading and writing; None where there is none.

    Raises:
        ForeignStoreError: the file is another's.
        sqlite3.Error: it is damaged, locked or cannot be opened.
    """
    try:
        mode = file.lstat().st_mode
    except (OSError, ValueError):
        return None
    if not stat.S_ISREG(mode):
        raise ForeignStoreError  # a pipe would be waited for, and a link may lead anywhere
    return _checked(_opened(file))


def create(file: Path) -> sqlite3.Connection:
    """Open a store, and make it where there is none.

    Raises:
        ForeignStoreError: the file is another's.
        sqlite3.Error: it is damaged, locked or cannot be written.
        OSError: its folder cannot be made.
    """
    connection = connect(file)
    if connection is not None and not _is_blank(connection):
        return connection
    if connection is None:
        file.parent.mkdir(parents=True, exist_ok=True)
        connection = _opened(file)
    try:
        # before the first table, behind which it does nothing
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        connection.execute("BEGIN IMMEDIATE")
        if _is_blank(connection):  # else another process was faster
            for statement in _TABLES:
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {_APPLICATION}")
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        connection.close()
        raise
    return _checked(connection)


def remove(file: Path) -> None:
    """Delete a store, with its journal.

    Raises:
        OSError: it cannot be deleted.
    """
    for suffix in ("", "-journal"):
        with contextlib.suppress(FileNotFoundError):
            file.with_name(file.name + suffix).unlink()


def is_damage(error: sqlite3.Error) -> bool:
    """Does an error say that the file is no sound database, and not only that it is in use?"""
    code: int = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    return code & 0xFF in _DAMAGE or isinstance(error, sqlite3.DataError)


def _opened(file: Path) -> sqlite3.Connection:
    # linking runs on a thread of its own, for which the others wait: there is one user at a time
    connection = sqlite3.connect(
        file, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        connection.text_factory = bytes  # damaged text is bytes too
        for setting in (
            "trusted_schema = OFF",
            "cell_size_check = ON",
            "temp_store = MEMORY",
            "journal_mode = TRUNCATE",
            "synchronous = OFF",
        ):
            connection.execute(f"PRAGMA {setting}")
    except BaseException:
        connection.close()
        raise
    return connection


def _checked(connection: sqlite3.Connection) -> sqlite3.Connection:
    """A connection whose file is a store of this version, or blank.

    Raises:
        ForeignStoreError: the file is another's, or a newer version's.
        sqlite3.DataError: the file is an older version's, or not as this one makes it.
    """
    try:
        if not _is_blank(connection):
            _require_store(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _require_store(connection: sqlite3.Connection) -> None:
    if _number(connection, "application_id") != _APPLICATION:
        raise ForeignStoreError
    if _number(connection, "user_version") > SCHEMA_VERSION:
        raise ForeignStoreError
    if _schema(connection) != [statement.encode() for statement in _TABLES]:
        raise sqlite3.DataError("not the schema of this version")


def _is_blank(connection: sqlite3.Connection) -> bool:
    """Is there nothing in the file?

    So it is where somebody was ended while making it.
    """
    return not _schema(connection) and not _number(connection, "application_id")


def _schema(connection: sqlite3.Connection) -> list[bytes]:
    rows = connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid")
    return [text for (text,) in rows]


def _number(connection: sqlite3.Connection, pragma: str) -> int:
    [number] = connection.execute(f"PRAGMA {pragma}").fetchone()
    return int(number)
