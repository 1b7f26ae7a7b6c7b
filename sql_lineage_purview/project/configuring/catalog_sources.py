"""Entries of `catalogs` and `--catalog`: `SOURCE` or `DATABASE=SOURCE`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from .addresses import is_address

if TYPE_CHECKING:
    from pathlib import Path

PURVIEW = "purview"
"""The source that is the configured account."""


class CatalogSettings(Struct, frozen=True):
    """An entry of `catalogs`: a file that describes databases, or the address of a live one.

    And which database that is.

    `source` is an absolute path, `mssql://SERVER/DATABASE` or `purview`; `database` None: the
    source says it, or the settings.
    """

    source: str
    database: str | None = None


def catalog(text: str, folder: Path) -> CatalogSettings:
    """`SOURCE` or `DATABASE=SOURCE`; a file's path is relative to a folder.

    `purview` is the configured account.

    What stands before `=` is a database unless it could be a path; for a file with such a name,
    write `./a=b.json`.
    """
    database, separator, source = text.partition("=")
    if not separator or any(mark in database for mark in "/\\:"):
        database, source = "", text
    source = source.strip()
    if source.lower() == PURVIEW:
        return CatalogSettings(PURVIEW)
    if not is_address(source):
        source = str((folder / source).resolve())
    return CatalogSettings(source, database.strip() or None)
