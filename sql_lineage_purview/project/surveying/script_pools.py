"""Which pools of Synapse scripts run in: the serverless one, or dedicated ones."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ...model.limits import DOCUMENT_BYTES
from ...model.opening import read_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

_FOLDER = "sqlscript"
# https://learn.microsoft.com/azure/synapse-analytics/sql/on-demand-workspace-overview
_SERVERLESS_POOL = "built-in"


def platforms_of_scripts(tops: Iterable[Path]) -> Mapping[str, str]:
    """The platforms of the databases that scripts of Synapse Studio are connected to, by name.

    Args:
        tops: the folders of workspaces.
    """
    platforms: dict[str, str] = {}
    for top in tops:
        for place in sorted(top.glob("*/*.json")):
            if place.parent.name.casefold() == _FOLDER:
                database, pool = _connection(place)
                if database and pool:
                    platforms.setdefault(database.casefold(), _platform(pool))
    return platforms


def _platform(pool: str) -> str:
    is_serverless = pool.casefold() == _SERVERLESS_POOL
    return "azure_synapse_serverless" if is_serverless else "azure_synapse_dedicated"


def _connection(place: Path) -> tuple[str, str]:
    """The database and the pool that a script was saved with."""
    try:
        document: Any = json.loads(read_file(place, DOCUMENT_BYTES))
    except (OSError, ValueError, RecursionError):
        return "", ""
    for key in ("properties", "content", "currentConnection"):
        document = document.get(key) if isinstance(document, dict) else None
    if not isinstance(document, dict):
        return "", ""
    database, pool = document.get("databaseName"), document.get("poolName")
    return (database, pool) if isinstance(database, str) and isinstance(pool, str) else ("", "")
