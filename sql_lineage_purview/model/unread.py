"""What a folder holds that moves data and is not followed: counted, so that no gap is silent."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct


class UnreadKind(StrEnum):
    """The closed list of the document's `not_read[].kind`.

    It has activities of pipelines (`…_ACTIVITY`), and files.
    """

    SPARK_NOTEBOOK = "SPARK_NOTEBOOK"
    DATABRICKS_NOTEBOOK = "DATABRICKS_NOTEBOOK"
    NOTEBOOK = "NOTEBOOK"
    SPARK_JOB = "SPARK_JOB"
    DATA_FLOW = "DATA_FLOW"
    POWER_QUERY = "POWER_QUERY"
    COPY_JOB = "COPY_JOB"
    REPLICATION = "REPLICATION"
    EVENT_STREAM = "EVENT_STREAM"
    SHORTCUT = "SHORTCUT"
    PIPELINE_TEMPLATE = "PIPELINE_TEMPLATE"
    SSIS_PACKAGE = "SSIS_PACKAGE"
    ETL_JOB = "ETL_JOB"
    DBT_MODEL = "DBT_MODEL"
    SEMANTIC_MODEL = "SEMANTIC_MODEL"
    PAGINATED_REPORT = "PAGINATED_REPORT"
    DATABASE_PACKAGE = "DATABASE_PACKAGE"
    SCRIPT_BY_OTHER_ENDING = "SCRIPT_BY_OTHER_ENDING"
    KQL_SCRIPT = "KQL_SCRIPT"
    USQL_SCRIPT = "USQL_SCRIPT"
    STREAM_QUERY = "STREAM_QUERY"
    HIVE_SCRIPT = "HIVE_SCRIPT"
    PIG_SCRIPT = "PIG_SCRIPT"
    SPARK_SQL_SCRIPT = "SPARK_SQL_SCRIPT"
    POSTGRESQL_SCRIPT = "POSTGRESQL_SCRIPT"
    MYSQL_SCRIPT = "MYSQL_SCRIPT"
    ORACLE_SCRIPT = "ORACLE_SCRIPT"
    SNOWFLAKE_SCRIPT = "SNOWFLAKE_SCRIPT"
    BIGQUERY_SCRIPT = "BIGQUERY_SCRIPT"
    OTHER_SQL_SCRIPT = "OTHER_SQL_SCRIPT"
    COPY_ACTIVITY = "COPY_ACTIVITY"
    DATA_FLOW_ACTIVITY = "DATA_FLOW_ACTIVITY"
    NOTEBOOK_ACTIVITY = "NOTEBOOK_ACTIVITY"
    SPARK_ACTIVITY = "SPARK_ACTIVITY"
    HADOOP_ACTIVITY = "HADOOP_ACTIVITY"
    SSIS_ACTIVITY = "SSIS_ACTIVITY"
    USQL_ACTIVITY = "USQL_ACTIVITY"
    KQL_ACTIVITY = "KQL_ACTIVITY"
    SCRIPT_ACTIVITY = "SCRIPT_ACTIVITY"
    MACHINE_LEARNING_ACTIVITY = "MACHINE_LEARNING_ACTIVITY"
    FUNCTION_ACTIVITY = "FUNCTION_ACTIVITY"
    WEB_ACTIVITY = "WEB_ACTIVITY"
    CUSTOM_ACTIVITY = "CUSTOM_ACTIVITY"
    PIPELINE_ACTIVITY = "PIPELINE_ACTIVITY"
    OTHER_ACTIVITY = "OTHER_ACTIVITY"

    @property
    def is_gap(self) -> bool:
        """Is each of them a gap of its own, at its place, and counted as such?"""
        return self is UnreadKind.COPY_ACTIVITY

    @property
    def in_pipeline(self) -> bool:
        """Is it an activity of a pipeline that is read, and no file of its own?"""
        return self.endswith("_ACTIVITY")


class Unread(Struct, frozen=True, order=True, array_like=True):
    """All of one kind that a scan met: how many, and the files that they are, or stand in."""

    kind: UnreadKind
    count: int
    paths: tuple[str, ...]


def not_told(rows: Iterable[Unread]) -> tuple[Unread, ...]:
    """Those that count beside the gaps, since no gap tells of them."""
    return tuple(row for row in rows if not row.kind.is_gap)


def rows_of(met: Iterable[tuple[UnreadKind, str, int]]) -> tuple[Unread, ...]:
    """One row for each kind, by its name, of what was met.

    What was met is given as kind, path, and how often it stands there.
    """
    counts: dict[UnreadKind, dict[str, int]] = {}
    for kind, path, count in met:
        paths = counts.setdefault(kind, {})
        paths[path] = paths.get(path, 0) + count
    return tuple(
        Unread(kind, sum(paths.values()), tuple(sorted(paths)))
        for kind, paths in sorted(counts.items())
    )
