"""SQLLineage: its runner on the whole script, with the columns as metadata.

Where its parser does not take the whole script, each batch is tried for itself. Temporary tables
are left to the comparison, which looks through them.
"""

from __future__ import annotations

import itertools
from importlib.metadata import version

from exchange import Answer, Feature, serve
from sqllineage.config import SQLLineageConfig
from sqllineage.core.metadata.dummy import DummyMetaDataProvider
from sqllineage.core.models import Column
from sqllineage.exceptions import SQLLineageException
from sqllineage.runner import LineageRunner
from sqllineage.utils.constant import LineageLevel


def answered(feature: Feature) -> Answer:
    """The edges of the graphs of columns and tables."""
    columns = {
        table.lower(): [name.lower() for name in names] for table, names in feature.columns.items()
    }
    answer = Answer()
    try:
        _take(answer, "\nGO\n".join(feature.batches), columns)
    except SQLLineageException as error:
        answer.errors.append(str(error))
        for batch in feature.batches:
            _attempt(answer, batch, columns)
    return answer


def _attempt(answer: Answer, batch: str, columns: dict[str, list[str]]) -> None:
    try:
        _take(answer, batch, columns)
    except SQLLineageException as error:
        answer.errors.append(str(error))


def _take(answer: Answer, sql: str, columns: dict[str, list[str]]) -> None:
    with SQLLineageConfig(DEFAULT_SCHEMA="dbo", TSQL_NO_SEMICOLON=True):
        runner = LineageRunner(
            sql, dialect="tsql", metadata_provider=DummyMetaDataProvider(columns), silent_mode=True
        )
        for path in runner.get_column_lineage(exclude_subquery_columns=True):
            answer.columns |= {
                (*_end(source), *_end(target)) for source, target in itertools.pairwise(path)
            }
        for edge in runner.to_cytoscape(LineageLevel.TABLE):
            data = edge["data"]
            if "source" in data:
                answer.tables.add((data["source"], data["target"]))


def _end(column: Column) -> tuple[str, str]:
    return str(column.parent) if column.parent else "?", column.raw_name


if __name__ == "__main__":
    serve(f"SQLLineage {version('sqllineage')}", answered)
