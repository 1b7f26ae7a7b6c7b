"""Which files hold a script, by their shape: a JSON file that only looks like one by its name holds none."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from ....model.diagnostics import Span
from .notebooks import notebook_script
from .pipelines import pipeline_script
from .places import LocatedJson
from .script import EmbeddedScript

if TYPE_CHECKING:
    from pathlib import Path

# The folders that a workspace or factory keeps in git; some people write them in the plural.
# https://learn.microsoft.com/azure/synapse-analytics/cicd/source-control
_FOLDERS = frozenset({"sqlscript", "sqlscripts", "pipeline", "pipelines", "notebook", "notebooks"})
_NOTEBOOK = ".ipynb"
_SUFFIXES = (".json", _NOTEBOOK)
_COPY = re.compile(rb'"Copy"')


def may_hold_script(location: Path, root: Path) -> bool:
    """Is it worth a look: a notebook, or a JSON file below a folder that is named as Studio names those of its scripts?"""
    suffix = location.suffix.lower()
    if suffix == _NOTEBOOK:
        return True
    folders = (root.name, *location.relative_to(root).parts[:-1])
    return suffix == ".json" and any(folder.lower() in _FOLDERS for folder in folders)


def holds_script(location: Path) -> bool:
    """Is the file by its ending one that is no script itself, and may hold one?"""
    return location.suffix.lower() in _SUFFIXES


def embedded_script(location: Path, data: bytes) -> EmbeddedScript | None:
    """The script inside a JSON file or notebook; None where it holds none, or is of another ending.

    Source: https://learn.microsoft.com/azure/synapse-analytics/sql/author-sql-script (SQL scripts),
    https://learn.microsoft.com/azure/data-factory/concepts-pipelines-activities (pipelines),
    https://nbformat.readthedocs.io/en/latest/format_description.html (notebooks).
    """
    if not holds_script(location):
        return None
    try:
        # Only copies stand in lines of the file itself.
        document = LocatedJson(data) if _COPY.search(data) else None
        return _script_of(document.value if document else json.loads(data), document)
    except (ValueError, RecursionError):
        return None


def is_broken(location: Path) -> bool:
    """Is it a file of Studio's by its place, and yet no JSON?"""
    try:
        json.loads(location.read_bytes())
    except (ValueError, RecursionError):
        return True
    return False


def script_bytes(location: Path, data: bytes) -> bytes:
    """What of a file is SQL: the script that it holds, or all of it."""
    if not holds_script(location):
        return data
    script = embedded_script(location, data)
    return script.data if script else b""


def _script_of(document: object, located: LocatedJson | None) -> EmbeddedScript | None:
    if not isinstance(document, dict):
        return None
    properties = document.get("properties")
    inner = properties if isinstance(properties, dict) else document
    if isinstance(inner.get("cells"), list):
        return notebook_script(inner)
    if isinstance(inner.get("activities"), list):
        return (
            pipeline_script(inner["activities"], inner, located.span) if located else pipeline_script(inner["activities"], inner)
        )
    return _sql_script(inner.get("content"))


def _sql_script(content: object) -> EmbeddedScript | None:
    if not isinstance(content, dict) or not isinstance(content.get("query"), str):
        return None
    metadata = content.get("metadata")
    if isinstance(metadata, dict) and metadata.get("language", "sql") != "sql":
        return None
    return EmbeddedScript(content["query"], _database(content.get("currentConnection")))


def _database(connection: object) -> str | None:
    """The connected database; that of a dedicated pool goes by the pool's name.

    Source: https://learn.microsoft.com/azure/synapse-analytics/sql/connect-overview
    """
    if not isinstance(connection, dict):
        return None
    database, pool = connection.get("databaseName"), connection.get("poolName")
    if isinstance(database, str) and database:
        return database
    return pool if isinstance(pool, str) and pool and pool.lower() != "built-in" else None


def _nowhere(_thing: object) -> Span:
    return Span()
