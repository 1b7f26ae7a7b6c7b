"""A table of facts to lineage, on the driver."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.facts import FileFacts
from ..project.fresh_scanning import scan_of
from ..project.gathering import find_inputs, gathered
from ..project.keeping.scan_result import Scan
from ..project.reading.compilation import noted
from .batches import collecting_seldom, facts_in
from .compile_jobs import CompileJob, jobs_of
from .driver_folder import SettingValues, StoredFile, driver_folder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyspark.sql import DataFrame, Row


class FactsMissingError(ValueError):
    """The table was compiled with other settings, or by another version of the tool."""


def link_facts(facts: DataFrame, settings: SettingValues = None) -> Scan:
    """The lineage of files whose facts stand in a table, as `scan` would have it of their folder.

    All facts are brought to the driver and linked there. No script is compiled, but for strings
    that only callers' constants make known.

    Args:
        facts: a table that `compile_files` made, in any order.
        settings: those that it was made with.

    Raises:
        FactsMissingError: the settings are others, or the version of the tool is another.
        ProjectError: a setting cannot be used.
    """
    rows = facts.select("path", "hash", "size", "content", "key", "facts").collect()
    entries = {row.key: row.facts for row in rows if row.key is not None}
    stored = [_stored(row) for row in rows if row.hash is not None]
    with collecting_seldom(), driver_folder(stored) as folder:
        effective = folder.settings(settings)
        inputs = find_inputs([folder.root], effective)
        compiled = [_facts_of(job, entries) for job in jobs_of(inputs, folder)]
        return scan_of(gathered(inputs, compiled, effective), effective)


def _stored(row: Row) -> StoredFile:
    return StoredFile(
        row.path, row.hash, row.size, None if row.content is None else bytes(row.content)
    )


def _facts_of(job: CompileJob | FileFacts, entries: Mapping[str, bytes]) -> FileFacts:
    if isinstance(job, FileFacts):
        return job
    entry = entries.get(job.key)
    if entry is None:
        raise FactsMissingError(
            f"{job.path}: the table has no facts of it for these settings and this version of the "
            "tool. Call compile_files with the same settings, and the table as previous."
        )
    return noted(facts_in(bytes(entry)), job.notes)
