"""DataHub: its parser, `sqlglot_lineage`, for each statement that DataHub's own splitter finds.

The bodies of procedures are taken apart as its `parse_procedure_code` does. The columns of all
tables and views are registered beforehand, those of tables that a statement makes afterwards.
Temporary tables are followed by this adapter, in the order of the statements; a statement with one
is asked about with and without the registered columns, and the fuller answer counts. DataHub's
aggregator, which follows temporary tables too, answers fewer of these features.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import version

from datahub.emitter.mce_builder import make_dataset_urn
from datahub.ingestion.source.sql.stored_procedures.lineage import _classify_statements
from datahub.metadata.urns import DatasetUrn
from datahub.sql_parsing.schema_resolver import SchemaResolver
from datahub.sql_parsing.split_statements import split_statements
from datahub.sql_parsing.sqlglot_lineage import (
    SqlParsingResult,
    infer_output_schema,
    sqlglot_lineage,
)
from datahub.sql_parsing.sqlglot_utils import get_dialect
from exchange import Answer, Feature, serve
from flow import Flow

PLATFORM = "mssql"
MODULE = re.compile(
    r"^\s*CREATE\s+(?:OR\s+ALTER\s+)?(?:PROC|PROCEDURE|FUNCTION|TRIGGER)\b", re.IGNORECASE
)
TABLE = re.compile(r"^\s*(?:BEGIN\s+)?CREATE\s+TABLE\b", re.IGNORECASE)
MAKES = re.compile(
    r"^\s*(?:BEGIN\s+)?(?:CREATE\s+TABLE|(?!INSERT\b).*?\bINTO\b.*?\bFROM\b)",
    re.IGNORECASE | re.DOTALL,
)
DROP = re.compile(r"^\s*DROP\s+TABLE\s+(?:IF\s+EXISTS\s+)?(\S+)", re.IGNORECASE)
USE = re.compile(r"^\s*USE\s+(\w+)\s*;?\s*$", re.IGNORECASE)


def answered(feature: Feature) -> Answer:
    """What the parser says of each statement, in their order."""
    resolver = SchemaResolver(platform=PLATFORM)
    for table, columns in feature.columns.items():
        resolver.add_raw_schema_info(_urn(table), dict.fromkeys(columns, "int"))
    flow = Flow(feature)
    database = None
    try:
        for batch in feature.batches:
            if used := USE.match(batch):
                database = used[1]
                continue
            for query in _statements(batch):
                _read(flow, resolver, query, database)
        return flow.answer
    finally:
        resolver.close()


def _statements(batch: str) -> Iterator[str]:
    """A batch in single statements.

    Of a module, those that DataHub takes, and what makes tables.
    """
    statements = list(split_statements(batch, dialect="tsql"))
    if not MODULE.match(batch):
        yield from statements
        return
    for statement in statements:
        if TABLE.match(statement):
            yield re.sub(r"^\s*BEGIN\s+", "", statement, flags=re.IGNORECASE)
        elif MODULE.match(
            statement
        ):  # DataHub passes over the head; asked for itself, what stands beside it has its tables
            yield statement
        else:
            yield from _classify_statements(
                statements=[statement],
                dialect=get_dialect(PLATFORM),
                platform=PLATFORM,
                procedure_name=None,
            )[0]


def _read(flow: Flow, resolver: SchemaResolver, query: str, database: str | None) -> None:
    if dropped := DROP.match(query):
        flow.renew(dropped[1])
        return
    result = _parsed(query, resolver, database)
    if "#" in query or "@" in query:
        result = max(
            result, _parsed(query, SchemaResolver(platform=PLATFORM), database), key=_known
        )
    if result.debug_info.error:
        flow.answer.errors.append(str(result.debug_info.error))
    for urn in result.out_tables:
        target = _table(urn)
        if MAKES.match(query):
            flow.renew(target)
        if not resolver.has_urn(urn) and (inferred := infer_output_schema(result)):
            resolver.add_raw_schema_info(urn, {field.fieldPath: "int" for field in inferred})
        pairs = [
            ((_table(source.table), source.column), one.downstream.column)
            for one in result.column_lineage or ()
            if one.downstream.table in (urn, None)
            for source in one.upstreams
        ]
        flow.write(target, pairs, [_table(source) for source in result.in_tables])


def _parsed(query: str, resolver: SchemaResolver, database: str | None) -> SqlParsingResult:
    return sqlglot_lineage(
        query, schema_resolver=resolver, default_db=database, default_schema="dbo"
    )


def _known(result: SqlParsingResult) -> int:
    """How many columns have a source."""
    return sum(bool(one.upstreams) for one in result.column_lineage or ())


def _urn(table: str) -> str:
    return make_dataset_urn(PLATFORM, table.lower())


def _table(urn: str) -> str:
    return DatasetUrn.from_string(urn).name


if __name__ == "__main__":
    serve(f"DataHub {version('acryl-datahub')}", answered)
