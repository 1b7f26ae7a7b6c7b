"""What another process does with a store in the tests of it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from sql_lineage_purview.project.storing import blob_store, store_file
from sql_lineage_purview.project.storing.blob_store import BlobStore


def values(name: str, number: int) -> dict[bytes, bytes]:
    """What a process of a name puts in its round of a number."""
    return {f"{name} {number} {row}".encode(): f"{name}{row}".encode() * 50 for row in range(20)}


def main(mode: str, file: str, name: str) -> None:
    """Write 20 rounds, or end without a word in the middle of one."""
    if mode == "killed":
        store_file._BUSY_SECONDS = 1.0
        checksums = iter(range(10))

        def dying(key: bytes, data: bytes) -> bytes:
            if next(checksums, None) is None:
                os._exit(9)
            return blob_store_checksum(key, data)

        blob_store_checksum = blob_store._checksum
        blob_store._checksum = dying
    for number in range(20):
        with BlobStore(Path(file)) as store:
            store.put(values(name, number))


if __name__ == "__main__":
    main(*sys.argv[1:])
