"""The files that describe databases: packages, snapshots and saved columns."""

from __future__ import annotations

from pathlib import Path

from ...catalog.columns_csv import read_columns_csv
from ...catalog.package import read_package
from ...catalog.schema import DatabaseSchema
from ...catalog.snapshot import read_snapshot
from ...model.limits import CATALOG_BYTES
from ...model.opening import open_file, read_file
from ...tsql.reading.decode import decode
from ..project_errors import PathError
from .schemas import PACKAGES, SNAPSHOT

_COLUMNS = (".csv", ".tsv", ".txt")
_KINDS = "Give a .dacpac, a .json of catalog dump, or a .csv of INFORMATION_SCHEMA.COLUMNS."


def read_schemas(location: Path) -> tuple[DatabaseSchema, ...]:
    """The databases that a file describes.

    Raises:
        PathError: it cannot be read, or is no package, snapshot or table of columns.
    """
    suffix = location.suffix.lower()
    try:
        if suffix in PACKAGES:
            with open_file(location) as file:
                return (read_package(file),)
        if suffix not in (SNAPSHOT, *_COLUMNS):
            raise PathError(f"{location} is no catalog. {_KINDS}")
        text = decode(read_file(location, CATALOG_BYTES)).text or ""
        return read_snapshot(text) if suffix == SNAPSHOT else read_columns_csv(text)
    except OSError as error:
        raise PathError(
            f"{location}: the catalog cannot be read ({error.strerror or error})."
        ) from None
    except ValueError as error:
        raise PathError(f"{location} is no catalog: {error}. {_KINDS}") from None
