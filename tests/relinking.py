"""Linking anew what has changed of a repository that is held in memory."""

from __future__ import annotations

from collections.abc import Mapping

from sql_lineage_purview.catalog import read_definitions
from sql_lineage_purview.linker import KeptLinks, LinkOptions, relink
from sql_lineage_purview.model.facts import SourceFile
from sql_lineage_purview.model.graph import LineageGraph
from sql_lineage_purview.tsql import compile_string
from tests.linking import compiled


def relinked(
    scripts: Mapping[str, str], kept: KeptLinks | None = None, options: LinkOptions | None = None
) -> tuple[LineageGraph, KeptLinks]:
    """The graph of scripts by their paths; what holds of `kept` is not run anew."""
    files = [SourceFile(path, compiled(sql), fingerprint=sql) for path, sql in scripts.items()]
    options = options or LinkOptions()
    catalogue = read_definitions(files, options.naming)
    return relink(files, catalogue, options, compile_string, kept)
