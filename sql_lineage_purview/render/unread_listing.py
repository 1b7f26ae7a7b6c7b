"""What was not read, in words: one line for all of it, or one for each file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..model.printable import one_line
from ..model.unread import UnreadKind
from .aligned_text import aligned

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..model.unread import Unread

_NOUNS = {
    UnreadKind.SPARK_NOTEBOOK: ("Spark notebook", "Spark notebooks"),
    UnreadKind.DATABRICKS_NOTEBOOK: ("Databricks notebook", "Databricks notebooks"),
    UnreadKind.NOTEBOOK: ("other notebook", "other notebooks"),
    UnreadKind.SPARK_JOB: ("Spark job", "Spark jobs"),
    UnreadKind.DATA_FLOW: ("data flow", "data flows"),
    UnreadKind.POWER_QUERY: ("Power Query script", "Power Query scripts"),
    UnreadKind.COPY_JOB: ("copy job", "copy jobs"),
    UnreadKind.REPLICATION: ("replication", "replications"),
    UnreadKind.EVENT_STREAM: ("event stream", "event streams"),
    UnreadKind.SHORTCUT: ("lakehouse with shortcuts", "lakehouses with shortcuts"),
    UnreadKind.PIPELINE_TEMPLATE: ("template of pipelines", "templates of pipelines"),
    UnreadKind.SSIS_PACKAGE: ("SSIS package", "SSIS packages"),
    UnreadKind.ETL_JOB: ("job of another ETL tool", "jobs of other ETL tools"),
    UnreadKind.DBT_MODEL: ("dbt model", "dbt models"),
    UnreadKind.SEMANTIC_MODEL: ("semantic model", "semantic models"),
    UnreadKind.PAGINATED_REPORT: ("paginated report", "paginated reports"),
    UnreadKind.DATABASE_PACKAGE: ("database package", "database packages"),
    UnreadKind.SCRIPT_BY_OTHER_ENDING: (
        "SQL script of another ending",
        "SQL scripts of other endings",
    ),
    UnreadKind.KQL_SCRIPT: ("KQL script", "KQL scripts"),
    UnreadKind.USQL_SCRIPT: ("U-SQL script", "U-SQL scripts"),
    UnreadKind.STREAM_QUERY: ("Stream Analytics query", "Stream Analytics queries"),
    UnreadKind.HIVE_SCRIPT: ("Hive script", "Hive scripts"),
    UnreadKind.PIG_SCRIPT: ("Pig script", "Pig scripts"),
    UnreadKind.SPARK_SQL_SCRIPT: ("Spark SQL script", "Spark SQL scripts"),
    UnreadKind.POSTGRESQL_SCRIPT: ("PostgreSQL script", "PostgreSQL scripts"),
    UnreadKind.MYSQL_SCRIPT: ("MySQL script", "MySQL scripts"),
    UnreadKind.ORACLE_SCRIPT: ("Oracle script", "Oracle scripts"),
    UnreadKind.SNOWFLAKE_SCRIPT: ("Snowflake script", "Snowflake scripts"),
    UnreadKind.BIGQUERY_SCRIPT: ("BigQuery script", "BigQuery scripts"),
    UnreadKind.OTHER_SQL_SCRIPT: ("script of another SQL dialect", "scripts of other SQL dialects"),
    UnreadKind.COPY_ACTIVITY: ("Copy activity", "Copy activities"),
    UnreadKind.DATA_FLOW_ACTIVITY: ("data flow activity", "data flow activities"),
    UnreadKind.NOTEBOOK_ACTIVITY: ("notebook activity", "notebook activities"),
    UnreadKind.SPARK_ACTIVITY: ("Spark activity", "Spark activities"),
    UnreadKind.HADOOP_ACTIVITY: ("HDInsight activity", "HDInsight activities"),
    UnreadKind.SSIS_ACTIVITY: ("SSIS activity", "SSIS activities"),
    UnreadKind.USQL_ACTIVITY: ("U-SQL activity", "U-SQL activities"),
    UnreadKind.KQL_ACTIVITY: ("KQL activity", "KQL activities"),
    UnreadKind.SCRIPT_ACTIVITY: (
        "script activity of another SQL dialect",
        "script activities of other SQL dialects",
    ),
    UnreadKind.MACHINE_LEARNING_ACTIVITY: (
        "machine learning activity",
        "machine learning activities",
    ),
    UnreadKind.FUNCTION_ACTIVITY: ("function activity", "function activities"),
    UnreadKind.WEB_ACTIVITY: ("web activity", "web activities"),
    UnreadKind.CUSTOM_ACTIVITY: ("custom activity", "custom activities"),
    UnreadKind.PIPELINE_ACTIVITY: ("call of a pipeline elsewhere", "calls of pipelines elsewhere"),
    UnreadKind.OTHER_ACTIVITY: ("other activity", "other activities"),
}


def count_of(row: Unread) -> str:
    """`1 data flow`, `553 Spark notebooks`."""
    return f"{row.count} {_NOUNS[row.kind][row.count != 1]}"


def render_counts(rows: Sequence[Unread]) -> str:
    """All kinds with their counts, most frequent first."""
    return ", ".join(count_of(row) for row in sorted(rows, key=lambda row: (-row.count, row.kind)))


def render_unread(rows: Sequence[Unread]) -> str:
    """One line for each kind and path."""
    cells = [(row.kind.value, one_line(path)) for row in rows for path in row.paths]
    return aligned(cells) if cells else ""
