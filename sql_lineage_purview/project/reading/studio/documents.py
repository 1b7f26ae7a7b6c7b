"""Which files hold a script, by their shape: a JSON file that only looks like one by its name holds none."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ....model.unread import UnreadKind
from .activities import unread_activities
from .notebooks import notebook_script, unread_notebook
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


@dataclass(frozen=True, slots=True)
class StudioDocument:
    """What a JSON file or notebook holds: its script, None where it has none, and what of it is not read, by kind."""

    script: EmbeddedScript | None = None
    unread: Counter[UnreadKind] = field(default_factory=Counter)


def read_document(location: Path, data: bytes) -> StudioDocument:
    """Read a JSON file or notebook; nothing where it is no such file, or of another ending.

    Source: https://learn.microsoft.com/azure/synapse-analytics/sql/author-sql-script (SQL scripts),
    https://learn.microsoft.com/azure/data-factory/concepts-pipelines-activities (pipelines),
    https://nbformat.readthedocs.io/en/latest/format_description.html (notebooks).
    """
    if not holds_script(location):
        return StudioDocument()
    try:
        # Only copies stand in lines of the file itself.
        document = LocatedJson(data) if _COPY.search(data) else None
        return _document(document.value if document else json.loads(data), document)
    except (ValueError, RecursionError):
        return StudioDocument()


def embedded_script(location: Path, data: bytes) -> EmbeddedScript | None:
    """The script inside a JSON file or notebook; None where it holds none, or is of another ending."""
    return read_document(location, data).script


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


def _document(document: object, located: LocatedJson | None) -> StudioDocument:
    if not isinstance(document, dict):
        return StudioDocument()
    properties = document.get("properties")
    inner = properties if isinstance(properties, dict) else document
    if isinstance(inner.get("cells"), list):
        kind = unread_notebook(inner)
        return StudioDocument(notebook_script(inner), Counter([kind] if kind else []))
    activities = inner.get("activities")
    if isinstance(activities, list):
        script = pipeline_script(activities, inner, located.span) if located else pipeline_script(activities, inner)
        return StudioDocument(script, unread_activities(activities))
    return _sql_script(inner.get("content"))


def _sql_script(content: object) -> StudioDocument:
    if not isinstance(content, dict) or not isinstance(content.get("query"), str):
        return StudioDocument()
    metadata = content.get("metadata")
    language = metadata.get("language", "sql") if isinstance(metadata, dict) else "sql"
    if language != "sql":
        kind = UnreadKind.KQL_SCRIPT if language == "kusto" else UnreadKind.OTHER_SQL_SCRIPT
        return StudioDocument(unread=Counter([kind]))
    return StudioDocument(EmbeddedScript(content["query"], _database(content.get("currentConnection"))))


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
