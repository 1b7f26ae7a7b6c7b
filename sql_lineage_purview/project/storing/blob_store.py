"""A store of bytes by keys, in one file that several processes use at a time.

A store that is damaged, another's, locked for too long or on a full disk is an empty one: nothing
in it can fail a run. What is put is written in few transactions, and at the latest by `close`.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
import time
from typing import TYPE_CHECKING

from ...model.limits import ENTRY_BYTES, STORE_BYTES
from .store_file import ForeignStoreError, connect, create, is_damage, remove

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path
    from types import TracebackType

_DAY = 24 * 60 * 60
_KEPT_DAYS = 30
# older versions of SQLite take 999 marks in a statement
_KEYS_IN_QUERY = 500
_WAITING_BYTES = 32 << 20  # that are put before they are written
_KEPT_SHARE = 0.75  # of the bytes that a store may have, where it has more


class BlobStore:
    """What is kept in a file.

    Args:
        file: where; it is made when something is written first.
        most: bytes that the file may have; beyond it what was not used for longest goes.
        created: is told when the file was made.
    """

    def __init__(
        self, file: Path, most: int = STORE_BYTES, created: Callable[[], None] = lambda: None
    ) -> None:
        self.file, self.most, self.created = file, most, created
        self._connection: sqlite3.Connection | None = None
        self._unusable = False
        self._waiting: dict[bytes, bytes] = {}
        self._waiting_bytes = 0
        self._used: set[bytes] = set()
        self._is_worth_a_file = False

    def __enter__(self) -> BlobStore:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def get(self, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        """What is kept of some keys, in as few queries as can be."""
        values: dict[bytes, bytes] = {}
        for batch in _batches(list(dict.fromkeys(keys))):
            with self._errors_are_emptiness():
                values |= self._rows(batch)
            values |= {key: self._waiting[key] for key in batch if key in self._waiting}
        return values

    def put(self, values: Mapping[bytes, bytes], *, along: bool = False) -> None:
        """Keep values, each in place of the one of its key.

        `along`: only along with others; they are not worth a file that is not there yet.
        """
        self._is_worth_a_file = self._is_worth_a_file or not along
        for key, data in values.items():
            if len(data) <= ENTRY_BYTES:
                self._waiting_bytes += len(data) - len(self._waiting.get(key, b""))
                self._waiting[key] = data
        if self._waiting_bytes > _WAITING_BYTES:
            self._write()

    def close(self) -> None:
        """Write what was put, and note what was used."""
        if self._used or (self._waiting and (self._is_worth_a_file or self.file.exists())):
            self._write()
        if self._connection:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
        self._connection = None

    def _rows(self, keys: list[bytes]) -> dict[bytes, bytes]:
        if self._connection is None and not self._unusable:
            self._connection = connect(self.file)
        if self._connection is None:
            return {}
        marks = ",".join("?" * len(keys))
        query = f"SELECT key, used, checksum, data FROM blobs WHERE key IN ({marks})"  # noqa: S608 - marks alone
        values: dict[bytes, bytes] = {}
        for key, used, checksum, data in self._connection.execute(query, keys):
            if isinstance(data, bytes) and checksum == _checksum(key, data):
                values[key] = data
                # a run that finds all that it looks for writes once a day
                if used != _today():
                    self._used.add(key)
        return values

    def _write(self) -> None:
        """Write all that waits, in one transaction; what a damaged file takes is written anew."""
        with self._errors_are_emptiness():
            self._transact()
        if self._connection is None and not self._unusable:
            with self._errors_are_emptiness():
                self._transact()
        self._waiting.clear()
        self._used.clear()
        self._waiting_bytes = 0

    def _transact(self) -> None:
        if self._unusable:
            return
        is_new = not self.file.exists()
        if self._connection is None or is_new:
            self._connection = create(self.file)
        connection = self._connection
        # a transaction that began as a reader is refused at once where another one writes
        connection.execute("BEGIN IMMEDIATE")
        try:
            connection.executemany(
                "UPDATE blobs SET used = ? WHERE key = ?", [(_today(), key) for key in self._used]
            )
            connection.executemany(
                "INSERT OR REPLACE INTO blobs VALUES (?, ?, ?, ?, ?)",
                (
                    (key, _today(), len(data), _checksum(key, data), data)
                    for key, data in self._waiting.items()
                ),
            )
            removed = self._prune(connection)
            connection.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            raise
        if removed:
            connection.executescript("PRAGMA incremental_vacuum")  # `execute` frees one page
        if is_new:
            self.created()

    def _prune(self, connection: sqlite3.Connection) -> int:
        """Delete what was not used for a month, and where there is too much, what was least."""
        oldest = "DELETE FROM blobs WHERE used < ?"
        removed = connection.execute(oldest, (_today() - _KEPT_DAYS,)).rowcount
        [total] = connection.execute("SELECT COALESCE(SUM(size), 0) FROM blobs").fetchone()
        if total <= self.most:
            return removed
        rows = connection.execute(
            # SQLite lets a column hold any type, and others may have written here
            "SELECT rowid, CAST(size AS INTEGER) FROM blobs ORDER BY used, rowid"
        ).fetchall()
        surplus: list[tuple[int]] = []
        for row, size in rows:
            if total <= self.most * _KEPT_SHARE:
                break
            surplus.append((row,))
            total -= size
        connection.executemany("DELETE FROM blobs WHERE rowid = ?", surplus)
        return removed + len(surplus)

    @contextlib.contextmanager
    def _errors_are_emptiness(self) -> Iterator[None]:
        """What cannot be used is not there; what is damaged is made anew when it is written."""
        try:
            yield
        except sqlite3.Error as error:
            self._forget(remove_file=is_damage(error))
        except (ForeignStoreError, OSError, ValueError, OverflowError):  # a path with a NUL too
            self._forget(remove_file=False)

    def _forget(self, *, remove_file: bool) -> None:
        if self._connection:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
        self._connection = None
        self._used.clear()
        self._unusable = not remove_file
        if remove_file:
            try:
                remove(self.file)
            except OSError:  # as on Windows, while others have it open
                self._unusable = True


def _batches(keys: list[bytes]) -> Iterator[list[bytes]]:
    for start in range(0, len(keys), _KEYS_IN_QUERY):
        yield keys[start : start + _KEYS_IN_QUERY]


def _checksum(key: bytes, data: bytes) -> bytes:
    digest = hashlib.blake2b(key, digest_size=16)
    digest.update(data)
    return digest.digest()


def _today() -> int:
    return int(time.time() // _DAY)
