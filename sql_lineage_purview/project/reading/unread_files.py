"""Files that move data, or say how, in a language that is not read.

They are told by their names, or by their first bytes.

Source: https://learn.microsoft.com/fabric/cicd/git-integration/source-code-format (the items of
Fabric), https://learn.microsoft.com/azure/synapse-analytics/cicd/source-control (the folders of
Synapse), https://learn.microsoft.com/azure/databricks/notebooks/notebook-export-import (the mark of
a notebook's source).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ...model.regex import regex
from ...model.unread import UnreadKind

if TYPE_CHECKING:
    from pathlib import Path

    from .opened_files import OpenedFiles

# Folders of tools and of what they build: nobody keeps data flows of their own there.
BUILT_FOLDERS = frozenset(
    {
        "node_modules",
        "bin",
        "obj",
        "dist",
        ".venv",
        "venv",
        "site-packages",
        "__pycache__",
        ".ipynb_checkpoints",
        ".terraform",
        "dbt_packages",
    }
)

_ENDINGS = {
    ".dtsx": UnreadKind.SSIS_PACKAGE,
    ".ispac": UnreadKind.SSIS_PACKAGE,
    ".dbc": UnreadKind.DATABRICKS_NOTEBOOK,
    ".pbix": UnreadKind.SEMANTIC_MODEL,
    ".pbit": UnreadKind.SEMANTIC_MODEL,
    ".bim": UnreadKind.SEMANTIC_MODEL,
    ".xmla": UnreadKind.SEMANTIC_MODEL,
    ".cube": UnreadKind.SEMANTIC_MODEL,
    ".asdatabase": UnreadKind.SEMANTIC_MODEL,
    ".rdl": UnreadKind.PAGINATED_REPORT,
    ".rdlc": UnreadKind.PAGINATED_REPORT,
    ".rsd": UnreadKind.PAGINATED_REPORT,
    ".dacpac": UnreadKind.DATABASE_PACKAGE,
    ".bacpac": UnreadKind.DATABASE_PACKAGE,
    ".kql": UnreadKind.KQL_SCRIPT,
    ".csl": UnreadKind.KQL_SCRIPT,
    ".usql": UnreadKind.USQL_SCRIPT,
    ".asaql": UnreadKind.STREAM_QUERY,
    ".hql": UnreadKind.HIVE_SCRIPT,
    ".hive": UnreadKind.HIVE_SCRIPT,
    ".pig": UnreadKind.PIG_SCRIPT,
    ".pq": UnreadKind.POWER_QUERY,
    ".pgsql": UnreadKind.POSTGRESQL_SCRIPT,
    ".psql": UnreadKind.POSTGRESQL_SCRIPT,
    ".plsql": UnreadKind.ORACLE_SCRIPT,
    ".pks": UnreadKind.ORACLE_SCRIPT,
    ".pkb": UnreadKind.ORACLE_SCRIPT,
    ".pck": UnreadKind.ORACLE_SCRIPT,
    ".bteq": UnreadKind.OTHER_SQL_SCRIPT,
    ".ktr": UnreadKind.ETL_JOB,
    ".kjb": UnreadKind.ETL_JOB,
    ".dsx": UnreadKind.ETL_JOB,
    ".yxmd": UnreadKind.ETL_JOB,
    ".tsql": UnreadKind.SCRIPT_BY_OTHER_ENDING,
    ".ddl": UnreadKind.SCRIPT_BY_OTHER_ENDING,
    ".dml": UnreadKind.SCRIPT_BY_OTHER_ENDING,
    ".prc": UnreadKind.SCRIPT_BY_OTHER_ENDING,
    ".proc": UnreadKind.SCRIPT_BY_OTHER_ENDING,
    ".viw": UnreadKind.SCRIPT_BY_OTHER_ENDING,
    ".udf": UnreadKind.SCRIPT_BY_OTHER_ENDING,
    ".trg": UnreadKind.SCRIPT_BY_OTHER_ENDING,
}
_NAMES = {"model.tmdl": UnreadKind.SEMANTIC_MODEL}
# The items of a Fabric workspace, each a folder of its own, by the ending of that.
_ITEMS = {
    ".dataflow": UnreadKind.DATA_FLOW,
    ".copyjob": UnreadKind.COPY_JOB,
    ".eventstream": UnreadKind.EVENT_STREAM,
    ".mirroreddatabase": UnreadKind.REPLICATION,
    ".sparkjobdefinition": UnreadKind.SPARK_JOB,
}
# The folders of JSON in a workspace of Synapse or a factory, with what must stand in a file there.
_FOLDERS = {
    "dataflow": (UnreadKind.DATA_FLOW, regex(rb'"(?:MappingDataFlow|WranglingDataFlow)"')),
    "dataflows": (UnreadKind.DATA_FLOW, regex(rb'"(?:MappingDataFlow|WranglingDataFlow)"')),
    "sparkjobdefinition": (UnreadKind.SPARK_JOB, regex(rb'"jobProperties"')),
    "kqlscript": (UnreadKind.KQL_SCRIPT, regex(rb'"query"')),
    "linkconnection": (
        UnreadKind.REPLICATION,
        regex(rb'"sourceDatabase"|"landingZone"|"source"'),
    ),
    "adfcdc": (UnreadKind.REPLICATION, regex(rb'"SourceConnectionsInfo"')),
}
_SOURCE_CODE = frozenset({".py", ".scala", ".r"})
_DATABRICKS = regex(rb"(?:\xef\xbb\xbf)?(?:#|//|--) Databricks notebook source")
_FABRIC = regex(rb"(?:\xef\xbb\xbf)?(?:#|//|--) Fabric notebook source")
_SPARK = regex(rb"spark|scala", re.IGNORECASE)
_SHORTCUT = regex(rb'"target"')
_RESOURCES = regex(
    rb'"(?:Microsoft\.(?:DataFactory/(?:factories/(?:pipelines|dataflows)|datafactories/'
    rb"datapipelines)|Synapse/workspaces/(?:pipelines|dataflows|notebooks|sqlscripts)|Logic/workflows|"
    rb"StreamAnalytics/streamingjobs)"
    rb'|\[?pipelines)"',
    re.IGNORECASE,
)
_PIPELINE = (
    regex(rb'"properties"'),
    regex(rb'"activities"\s*:\s*\['),
    regex(rb'"typeProperties"'),
)
_SCHEMA = regex(rb"deploymentTemplate\.json", re.IGNORECASE)
_HEAD = 2048
_MOST = 4_000_000
_MOST_HEADS = 100  # a folder of more JSON files holds data


class FolderFiles:
    """Tells of the files of one folder what they are that no reader takes. `files` opens them."""

    def __init__(self, folder: Path, files: OpenedFiles) -> None:
        self._files = files
        self._item = _ITEMS.get(folder.suffix.lower())
        self._expected = _FOLDERS.get(folder.name.lower())
        self._heads = _MOST_HEADS
        self._last = folder, b""

    def kind(self, location: Path, suffix: str) -> UnreadKind | None:
        """What a file is, of this ending in lower case.

        None where it moves no data, or cannot be read.
        """
        if self._item:
            return self._item
        if suffix == ".json":
            return self._json(location)
        if suffix in _SOURCE_CODE:
            return _source_code(self._files.head(location, _HEAD))
        return _ENDINGS.get(suffix) or _NAMES.get(location.name.lower())

    def is_pipeline(self, location: Path) -> bool:
        """Is a JSON file that was just asked about a pipeline, wherever it is kept?"""
        return self._last[0] is location and all(mark.search(self._last[1]) for mark in _PIPELINE)

    def _json(self, location: Path) -> UnreadKind | None:
        if self._expected:
            kind, mark = self._expected
            return kind if mark.search(self._files.head(location, _MOST)) else None
        if self._heads == 0:
            return None
        self._heads -= 1
        head = self._files.head(location, _HEAD)
        self._last = location, head
        if location.name.lower() == "shortcuts.metadata.json":
            return UnreadKind.SHORTCUT if _SHORTCUT.search(head) else None
        if _SCHEMA.search(head) and _RESOURCES.search(self._files.head(location, _MOST)):
            return UnreadKind.PIPELINE_TEMPLATE
        return None


def unread_thing(location: Path, kind: UnreadKind) -> Path:
    """What is counted: the file, or the item of Fabric that its folder is."""
    return location.parent if _ITEMS.get(location.parent.suffix.lower()) is kind else location


def _source_code(head: bytes) -> UnreadKind | None:
    """A notebook that Git keeps as source code, by its first line."""
    if _DATABRICKS.match(head):
        return UnreadKind.DATABRICKS_NOTEBOOK
    if _FABRIC.match(head):
        return UnreadKind.SPARK_NOTEBOOK if _SPARK.search(head) else UnreadKind.NOTEBOOK
    return None
