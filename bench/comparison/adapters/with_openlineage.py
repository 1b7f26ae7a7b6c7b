"""openlineage-sql: its parser, for each batch with the tables that it reads and writes.

Of columns it is asked nothing: it tells those of a query, not those of the table that it goes into.
"""

from __future__ import annotations

from importlib.metadata import version

from exchange import Answer, Feature, serve
from openlineage_sql import parse


def answered(feature: Feature) -> Answer:
    """Each table that a batch writes, from each that it reads."""
    answer = Answer()
    for batch in feature.batches:
        told = parse([batch], dialect="mssql", default_schema="dbo")
        if told is None:
            continue
        answer.errors += [str(error.message) for error in told.errors]
        answer.tables |= {
            (source.qualified_name, target.qualified_name)
            for target in told.out_tables
            for source in told.in_tables
        }
    return answer


if __name__ == "__main__":
    serve(f"openlineage-sql {version('openlineage-sql')}", answered)
