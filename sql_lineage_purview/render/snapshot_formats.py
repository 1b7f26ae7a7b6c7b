"""The format of a snapshot. Its text is made in the rooms that read it back."""

from __future__ import annotations

from .format import Format, FormatTable

# of databases, or of an account's assets
SNAPSHOT_FORMATS: FormatTable[str] = FormatTable(
    "a snapshot",
    (Format("json", (), is_data=True, render=str, opening=r'\{\s*"(?:asset_)?snapshot_version":'),),
)
