"""What tests of single rooms of the linker begin with: names, relations, a context, a frame."""

from __future__ import annotations

from sql_lineage_purview.catalog.ddl import read_definitions
from sql_lineage_purview.linker.context.diagnostic_log import DiagnosticLog
from sql_lineage_purview.linker.context.executed_strings import CompiledStrings, ExecutedStrings
from sql_lineage_purview.linker.context.execution_context import ExecutionContext
from sql_lineage_purview.linker.context.global_tables import GlobalTables
from sql_lineage_purview.linker.context.link_budget import LinkBudget
from sql_lineage_purview.linker.context.link_context import LinkContext, LinkOptions
from sql_lineage_purview.linker.context.recorder import Recorder
from sql_lineage_purview.linker.context.statement_rows import StatementRows
from sql_lineage_purview.linker.context.table_columns import TableColumns
from sql_lineage_purview.linker.definitions.arguments import survey
from sql_lineage_purview.linker.definitions.scan_definitions import Definitions, collect
from sql_lineage_purview.linker.frames.frame import Frame
from sql_lineage_purview.linker.interpreter.interpreter import Interpreter
from sql_lineage_purview.linker.relations.provenance import DIRECT, Flows, flow
from sql_lineage_purview.linker.relations.relation import Relation
from sql_lineage_purview.linker.relations.relation_columns import RelationColumn
from sql_lineage_purview.model.facts import SourceFile, StatementFact
from sql_lineage_purview.model.graph import Column
from sql_lineage_purview.model.names import Name
from sql_lineage_purview.model.naming import Naming
from tests.linking import compiled

NAMING = Naming()


def name(text: str) -> Name:
    return Name(tuple(text.split(".")))


def table(text: str, *columns: str) -> Relation:
    """A persistent table of these columns."""
    base = NAMING.canonical(name(text))
    return Relation(
        [RelationColumn(column, flow(Column(base, column))) for column in columns],
        base=base,
        tables={base: DIRECT},
    )


def sources(flows: Flows) -> list[str]:
    """`dbo.t.a`: the columns that flow, sorted."""
    return sorted(f"{column.table}.{column.column}" for column, _ in flows)


def source_file(sql: str, path: str = "script.sql", *, reference: bool = False) -> SourceFile:
    return SourceFile(path, compiled(sql), reference=reference)


def definitions_of(*files: SourceFile) -> Definitions:
    return collect(files, read_definitions(files, NAMING), NAMING)


def statements(sql: str) -> list[StatementFact]:
    return [fact for fact in compiled(sql).items if isinstance(fact, StatementFact)]


def frame_of(sql: str = "") -> Frame:
    """A frame of a script beside what some SQL defines."""
    file = source_file(sql)
    definitions = definitions_of(file)
    rows, recorder = StatementRows(definitions), Recorder(definitions)
    recorder.begin()
    diagnostics = DiagnosticLog(recorder)
    context = LinkContext(
        LinkOptions(),
        definitions,
        survey([file], definitions),
        frozenset(),
        rows,
        TableColumns(definitions, recorder),
        recorder,
        diagnostics,
        ExecutedStrings(CompiledStrings(None), rows, diagnostics),
        LinkBudget(rows),
        GlobalTables(NAMING),
    )
    return Frame(context, ExecutionContext("run.sql", None, None), Interpreter(context))
