"""Files of a table to their facts, a table too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from pyspark.sql import DataFrame, Row
from pyspark.sql import functions as columns

from ..project.gathering import ScanInputs, find_inputs
from .batches import (
    COMPILED,
    DESCRIBED,
    compile_batches,
    compiled,
    describe_batches,
    fetch_batches,
    options_column,
)
from .compile_jobs import CompileJob, jobs_of
from .driver_folder import DriverFolder, SettingValues, StoredFile, driver_folder

if TYPE_CHECKING:
    from ..project.configuring.settings import Settings

FACTS_COLUMNS = ("path", "hash", "size", "content", "key", "facts", "failed")
_PLANNED = "path string, hash string, size long, content binary, key string"
_IN_TABLE = "path string, key string, options string"
_OF_DRIVER = "key string, options string, content binary"
_TASKS_OF_A_CORE = 8  # so that a large script holds up few others

# a row of `_PLANNED`
_Planned: TypeAlias = tuple[str, str | None, int | None, bytes | None, str | None]


def compile_files(
    files: DataFrame,
    settings: SettingValues = None,
    *,
    root: str = "",
    previous: DataFrame | None = None,
) -> DataFrame:
    """The facts of files, compiled by the executors when the table is first used.

    The rows are `path` (below `root`), `hash` and `size` of the content, `content` where linking
    needs the text (projects, pipelines, scripts with `:r` and what these bring in), `key` (a
    fingerprint of all that the facts depend on: content, options, version) and `facts`. A script in
    several databases, and each module of a package, has a row of its own. Facts hold constants of
    the scripts, so the table is as confidential as these are.

    `files` is read twice, for the hashes at once; persist it where reading is dear.

    Args:
        files: `path`, and `content` as bytes or as text. Those of one scan, with the projects and
            pipelines among them: each file of the folder that the command would be given.
        settings: the text of a configuration file, or its values; its folders and patterns are seen
            from `root`. None: the `sql-lineage-purview.toml` among the files, else the defaults.
        root: what all paths begin with, as `abfss://sql@lake.dfs.core.windows.net/scripts`.
        previous: a table of facts; what stands in it under the same key is not compiled again.

    Raises:
        ValueError: a path is not below `root`, or stands there twice.
        ProjectError: a setting cannot be used.
    """
    source = files.select("path", "content")
    paths = _StoredPaths(source, root)
    with driver_folder(paths.described()) as folder:
        inputs = _with_included(folder, folder.settings(settings), paths)
        jobs = [job for job in jobs_of(inputs, folder) if isinstance(job, CompileJob)]
        todo = _unknown(jobs, previous)
        local = [(job.key, *compiled(job.task)) for job in todo if job.includes]
        stored = list(folder.files.values())
    spread = [job for job in todo if not job.includes]
    facts = _compiled(source, spread, paths).unionByName(
        source.sparkSession.createDataFrame(local, COMPILED)
    )
    if previous is not None:
        facts = facts.unionByName(_reusable(previous))
    planned = source.sparkSession.createDataFrame(list(_rows(stored, jobs)), _PLANNED)
    return planned.join(facts, "key", "left").select(*FACTS_COLUMNS)


@dataclass(slots=True)
class _StoredPaths:
    """The files of the table; `originals` are the paths that it has for those below the root."""

    source: DataFrame
    root: str
    originals: dict[str, str]

    def __init__(self, source: DataFrame, root: str) -> None:
        self.source, self.root, self.originals = source, _plain(root).rstrip("/"), {}

    def described(self) -> list[StoredFile]:
        """All files, in the order of their paths.

        Raises:
            ValueError: a path is not below the root, or stands there twice.
        """
        rows = self.source.mapInPandas(describe_batches, DESCRIBED).collect()
        for row in rows:
            path = self._below(row.path)
            if path in self.originals:
                raise ValueError(f"{path} stands in the table twice")
            self.originals[path] = row.path
        return sorted((self._file(row) for row in rows), key=lambda file: file.path)

    def fetched(self, paths: Sequence[str]) -> list[StoredFile]:
        """Some files with their content."""
        originals = [(self.originals[path],) for path in paths]
        selected = self.source.sparkSession.createDataFrame(originals, "path string")
        table = self.source.join(columns.broadcast(selected), "path", "left_semi")
        return [self._file(row) for row in table.mapInPandas(fetch_batches, DESCRIBED).collect()]

    def _file(self, row: Row) -> StoredFile:
        data = None if row.content is None else bytes(row.content)
        return StoredFile(self._below(row.path), row.hash, row.size, data)

    def _below(self, path: str) -> str:
        plain = _plain(path)
        if not self.root:
            return plain
        if not plain.startswith(f"{self.root}/"):
            raise ValueError(f"{path} is not below {self.root}")
        return plain.removeprefix(f"{self.root}/")


def _plain(path: str) -> str:
    """A path of this machine is written without or with a scheme: `/sql`, `file:/sql`."""
    return path.removeprefix("file://").removeprefix("file:")


def _with_included(folder: DriverFolder, settings: Settings, paths: _StoredPaths) -> ScanInputs:
    """What the search finds, once the driver has the text of all that `:r` brings in.

    What a file sets may decide which file is brought in next.
    """
    while True:
        inputs = find_inputs([folder.root], settings)
        included = {place for file in inputs.files for place in file.includes}
        unread = folder.unread(sorted(included))
        if not unread:
            return inputs
        folder.add(paths.fetched(unread))


def _unknown(jobs: Iterable[CompileJob], previous: DataFrame | None) -> list[CompileJob]:
    """The jobs whose facts no row has, one of each key."""
    keys = set()
    if previous is not None:
        keys = {row.key for row in _reusable(previous).select("key").collect()}
    return list({job.key: job for job in jobs if job.key not in keys}.values())


def _reusable(previous: DataFrame) -> DataFrame:
    facts = previous.select("key", "facts", "failed")
    return facts.where("key is not null and not failed").dropDuplicates(["key"])


def _compiled(source: DataFrame, jobs: Sequence[CompileJob], paths: _StoredPaths) -> DataFrame:
    """The facts of jobs, when they are asked for."""
    spark = source.sparkSession
    in_table = [
        (paths.originals[job.path], job.key, options_column(job.task.options))
        for job in jobs
        if job.in_table
    ]
    of_driver = [
        (job.key, options_column(job.task.options), job.task.document.data)
        for job in jobs
        if not job.in_table
    ]
    scripts = source.withColumn("content", columns.col("content").cast("binary")).join(
        columns.broadcast(spark.createDataFrame(in_table, _IN_TABLE)), "path"
    )
    todo = scripts.select("key", "options", "content").unionByName(
        spark.createDataFrame(of_driver, _OF_DRIVER)
    )
    tasks = max(1, min(len(jobs), spark.sparkContext.defaultParallelism * _TASKS_OF_A_CORE))
    return todo.repartition(tasks).mapInPandas(compile_batches, COMPILED)


def _rows(stored: Sequence[StoredFile], jobs: Iterable[CompileJob]) -> Iterator[_Planned]:
    """A row for each file, and one more for each script beside the first that is made of it."""
    keys: dict[str, list[str]] = {}
    for job in jobs:
        keys.setdefault(job.path, []).append(job.key)
    for file in stored:
        first, *others = dict.fromkeys(keys.get(file.path, ())) or (None,)
        yield file.path, file.hash, file.size, file.content, first
        yield from ((file.path, None, None, None, key) for key in others)
    for path in sorted(keys.keys() - {file.path for file in stored}):
        yield from ((path, None, None, None, key) for key in dict.fromkeys(keys[path]))
