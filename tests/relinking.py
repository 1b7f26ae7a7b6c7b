"""Linking anew what has changed of a repository that is held in memory."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sql_lineage_purview.catalog.ddl import read_definitions
from sql_lineage_purview.linker import KeptLinks, LinkOptions, relink
from sql_lineage_purview.linker.context.executed_strings import CompileString
from sql_lineage_purview.model.facts import SourceFile
from sql_lineage_purview.model.graph import LineageGraph
from sql_lineage_purview.project.keeping.kept_findings import KeptFindings
from sql_lineage_purview.project.storing.blob_store import BlobStore
from sql_lineage_purview.tsql import compile_string
from tests.linking import compiled


def relinked(
    scripts: Mapping[str, str],
    earlier: KeptLinks | None = None,
    options: LinkOptions | None = None,
    strings: CompileString = compile_string,
) -> tuple[LineageGraph, KeptLinks]:
    """The graph of scripts by their paths; what holds of `kept` is not run anew."""
    files = [SourceFile(path, compiled(sql), fingerprint=sql) for path, sql in scripts.items()]
    options = options or LinkOptions()
    catalogue = read_definitions(files, options.naming)
    linked = relink(files, catalogue, options, strings, earlier)
    return linked.graph, linked.kept


def kept_in_a_store(links: KeptLinks) -> KeptLinks:
    """What comes out of a store into which it was put; nothing is written to the disk."""
    store = BlobStore(Path("never-written.sqlite3"))
    KeptFindings(store, Path(), "1.0").keep(links)
    return KeptFindings(store, Path(), "1.0").load()
