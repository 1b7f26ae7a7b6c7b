"""sql-lineage-purview: each feature is a scan of one script, with a catalogue of the columns."""

from __future__ import annotations

from collections import defaultdict

from exchange import Answer, Feature, serve

from sql_lineage_purview import __version__
from sql_lineage_purview.catalog.ddl import read_definitions
from sql_lineage_purview.catalog.schema import ColumnSchema, DatabaseSchema, TableSchema
from sql_lineage_purview.linker import LinkOptions, link
from sql_lineage_purview.model.facts import FileFacts, SourceFile
from sql_lineage_purview.model.names import Name
from sql_lineage_purview.model.vocabulary import EdgeType
from sql_lineage_purview.tsql import CompileOptions, compile_file, compile_string


def answered(feature: Feature) -> Answer:
    """The edges through which values flow."""
    files = [
        *(
            SourceFile("catalogue", _compiled(schema.definitions()), schema.name, reference=True)
            for schema in _catalogue(feature)
        ),
        SourceFile("script.sql", _compiled("\nGO\n".join(feature.batches))),
    ]
    options = LinkOptions()
    graph = link(files, read_definitions(files, options.naming), options, compile_string)
    answer = Answer()
    for edge in graph.column_lineage:
        if edge.type is EdgeType.DIRECT and edge.target.column is not None:
            source, target = edge.source, edge.target
            answer.columns.add(
                (
                    _shown(source.table),
                    source.column or "*",
                    _shown(target.table),
                    target.column or "*",
                )
            )
    for table_edge in graph.table_lineage:
        if table_edge.type is EdgeType.DIRECT:
            answer.tables.add((_shown(table_edge.source), _shown(table_edge.target)))
    return answer


def _compiled(sql: str) -> FileFacts:
    return compile_file(sql.encode(), CompileOptions(), _no_include)


def _no_include(path: str, _stack: tuple[str, ...]) -> bytes:
    raise FileNotFoundError(path)


def _catalogue(feature: Feature) -> list[DatabaseSchema]:
    """The columns as databases that somebody described."""
    databases: dict[str | None, list[TableSchema]] = defaultdict(list)
    for table, names in feature.columns.items():
        *database, schema, name = table.split(".")
        columns = tuple(ColumnSchema(column) for column in names)
        databases[database[0] if database else None].append(
            TableSchema(Name((schema, name)), columns)
        )
    return [DatabaseSchema(name, tuple(tables)) for name, tables in databases.items()]


def _shown(name: Name) -> str:
    return ".".join(name.parts)


if __name__ == "__main__":
    serve(f"sql-lineage-purview {__version__}", answered)
