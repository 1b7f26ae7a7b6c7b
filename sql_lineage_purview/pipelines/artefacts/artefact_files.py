"""What files hold, by their shape.

A JSON file that only looks like one by its name holds none.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ...model.regex import regex
from ...model.unread import UnreadKind
from .artefact_names import holds_script
from .embedded_scripts import EmbeddedScript, StudioDocument
from .located_json import LocatedJson
from .notebooks import notebook_script, unread_notebook
from .pipeline_files import Pipeline, pipeline_of

if TYPE_CHECKING:
    from ...model.document import Document

_ACTIVITIES = regex(rb'"activities"')


def open_document(document: Document) -> StudioDocument | Pipeline:
    """What a JSON file or notebook holds; nothing where it is no such file, or of another ending.

    Source: https://learn.microsoft.com/azure/synapse-analytics/sql/author-sql-script (SQL scripts),
    https://learn.microsoft.com/azure/data-factory/concepts-pipelines-activities (pipelines),
    https://nbformat.readthedocs.io/en/latest/format_description.html (notebooks).
    """
    if not holds_script(document.location):
        return StudioDocument()
    try:
        # Only activities stand in lines of the file itself.
        located = LocatedJson(document.data) if _ACTIVITIES.search(document.data) else None
        pipeline = pipeline_of(document.location, located) if located else None
        return pipeline or _document(located.value if located else document.json)
    except ValueError:
        return StudioDocument()


def is_json(document: Document) -> bool:
    """Is the file JSON at all?"""
    try:
        _ = document.json
    except ValueError:
        return False
    return True


def _document(document: object) -> StudioDocument:
    if not isinstance(document, dict):
        return StudioDocument()
    properties = document.get("properties")
    inner = properties if isinstance(properties, dict) else document
    if isinstance(inner.get("cells"), list):
        kind = unread_notebook(inner)
        return StudioDocument(notebook_script(inner), Counter([kind] if kind else []))
    return _sql_script(inner.get("content"))


def _sql_script(content: object) -> StudioDocument:
    if not isinstance(content, dict) or not isinstance(content.get("query"), str):
        return StudioDocument()
    metadata = content.get("metadata")
    # older scripts say no language, and are SQL
    language = metadata.get("language", "sql") if isinstance(metadata, dict) else "sql"
    if language != "sql":
        kind = UnreadKind.KQL_SCRIPT if language == "kusto" else UnreadKind.OTHER_SQL_SCRIPT
        return StudioDocument(unread=Counter([kind]))
    return StudioDocument(
        EmbeddedScript(content["query"], _database(content.get("currentConnection")))
    )


def _database(connection: object) -> str | None:
    """The connected database; that of a dedicated pool goes by the pool's name.

    Source: https://learn.microsoft.com/azure/synapse-analytics/sql/connect-overview
    """
    if not isinstance(connection, dict):
        return None
    database, pool = connection.get("databaseName"), connection.get("poolName")
    if isinstance(database, str) and database:
        return database
    # Built-in is the serverless pool, which has many databases and is none
    return pool if isinstance(pool, str) and pool and pool.lower() != "built-in" else None
