"""Assets of the catalogue, and what can come of looking for one: found, ambiguous or missing."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeAlias

from msgspec import Struct


class AssetRef(Struct, frozen=True, order=True):
    """Which asset: its type and qualified name, in the catalogue's own spelling, and its guid."""

    qualified_name: str
    type_name: str
    guid: str


class Asset(Struct, frozen=True):
    """An asset as it was read.

    Args:
        ref: Which.
        columns: None where the catalogue does not know them.
        placeholder: Did an earlier push make it, and no scan?
        truncated: Does it have more columns than are listed? Scans cut wide tables.
    """

    ref: AssetRef
    columns: tuple[str, ...] | None = None
    placeholder: bool = False
    truncated: bool = False

    def column(self, name: str) -> str | None:
        """A column in the catalogue's spelling.

        None where the asset has none of this name, in any case.
        """
        columns = self.columns or ()
        if name in columns:
            return name
        folded = [column for column in columns if column.casefold() == name.casefold()]
        return folded[0] if len(folded) == 1 else None

    def lacks(self, name: str) -> bool:
        """Is it certain that it has no column of exactly this name?"""
        return self.columns is not None and not self.truncated and name not in self.columns


class Placeholder(Struct, frozen=True, order=True):
    """An asset that nobody has registered, as a push would make it.

    `collection` empty: where all that is new lands.
    """

    asset: AssetRef
    collection: str = ""


class Evidence(StrEnum):
    """Why an asset is the one."""

    EXACT = "exact"
    """The catalogue has the name as it is spelled in the SQL."""
    SPELLING = "spelling"
    """The names differ in case or in how spaces are written."""
    RESOURCE_SET = "resource set"
    """The file belongs to the set."""
    CONTAINED = "contained"
    """It is the one file that the address's wildcard or folder covers."""
    ENDPOINT = "other endpoint"
    """The same storage account, registered under its other endpoint."""
    PIN = "pinned"
    """The configuration says so."""
    PLACEHOLDER = "placeholder"
    """There is none yet; a push makes it."""


class Found(Struct, frozen=True):
    """One asset, and no other, is meant.

    Args:
        asset: Which.
        evidence: Why it is the one.
        collection: Where what is written of it lands; empty: where all that is new does.
        superseded: Placeholders of the name, which are no longer needed.
        caution: Why another asset might be meant just as well, which was not looked for; empty
            where none can.
    """

    asset: Asset
    evidence: Evidence
    collection: str = ""
    superseded: tuple[AssetRef, ...] = ()
    caution: str = ""


class Ambiguous(Struct, frozen=True):
    """Several assets may be meant; `advice` says what to configure."""

    candidates: tuple[AssetRef, ...]
    advice: str


class Missing(Struct, frozen=True):
    """There is no asset.

    Args:
        reason: Why.
        nearest: Those whose names come close, best first.
        place: Where it would stand, if that is certain.
        holdable: Could the Data Map have one? Not for functions, queues and temporary tables.
    """

    reason: str
    nearest: tuple[AssetRef, ...] = ()
    place: Placeholder | None = None
    holdable: bool = True


Resolution: TypeAlias = Found | Ambiguous | Missing
