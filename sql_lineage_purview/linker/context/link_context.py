"""What one linking knows and collects: each part is an object that its own methods change."""

from __future__ import annotations

from msgspec import Struct, field

from ...model.names import Name
from ...model.naming import DatabaseAlias, Naming, by_home
from ..definitions.arguments import Generic
from ..definitions.scan_definitions import Definitions
from ..relations.relation import Relation, Value
from .call_summaries import CallSummaries
from .diagnostic_log import DiagnosticLog
from .executed_strings import CompiledStrings, ExecutedStrings
from .findings import Findings
from .global_tables import GlobalTables
from .link_budget import LinkBudget
from .recorder import Recorder
from .statement_rows import StatementRows
from .table_columns import TableColumns


class LinkOptions(Struct, frozen=True):
    """What the linker depends on, besides the facts.

    Args:
        default_schema: the schema of a name without one.
        case_sensitive: do names that differ by case name different objects?
        keep_temporary: do temporary and transient tables stay nodes of the graph?
        aliases: what scripts call databases by other names than their own.
        session_databases: those, case-folded, where a temporary table that a procedure makes lives
            on in the session that has called it; "" for scripts of no database; None: all.
    """

    default_schema: str = "dbo"
    case_sensitive: bool = False
    keep_temporary: bool = False
    aliases: tuple[DatabaseAlias, ...] = ()
    session_databases: frozenset[str] | None = frozenset()

    def keeps_for_session(self, database: str | None) -> bool:
        """Does a temporary table that a procedure of this database makes outlive the procedure?"""
        return (
            self.session_databases is None or (database or "").casefold() in self.session_databases
        )

    @property
    def naming(self) -> Naming:
        """How names are completed and compared."""
        return Naming(self.default_schema, self.case_sensitive, by_home(self.aliases))


class FunctionSummary(Struct, frozen=True):
    """A function, run once for all its calls: its value or its rows.

    Its parameters stand as placeholders in them.
    """

    value: Value
    rows: Relation
    findings: Findings


class LinkContext(Struct, frozen=True, weakref=True):
    """What all frames of one linking ask and tell.

    `generic`: which procedures put strings of their callers into SQL. `transient`: the keys of
    tables and views that runs make and leave none of. `functions`: summaries by the key of the
    function. `updatable`: the branches of views that are changed, with the origins of their
    columns.
    """

    options: LinkOptions
    definitions: Definitions
    generic: Generic
    transient: frozenset[str]
    rows: StatementRows
    columns: TableColumns
    recorder: Recorder
    diagnostics: DiagnosticLog
    strings: ExecutedStrings
    budget: LinkBudget
    global_tables: GlobalTables
    calls: CallSummaries = field(default_factory=CallSummaries)
    functions: dict[str, FunctionSummary] = field(default_factory=dict)
    updatable: dict[Name, tuple[list[Relation], Findings]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        options: LinkOptions,
        definitions: Definitions,
        generic: Generic,
        transient: frozenset[str],
        strings: CompiledStrings,
    ) -> LinkContext:
        """That of a linking of which nothing has run yet.

        Args:
            options: see `LinkOptions`.
            definitions: the objects of the scan.
            generic: see above.
            transient: see above.
            strings: compiles the strings that statements execute.
        """
        rows, recorder = StatementRows(definitions), Recorder(definitions)
        diagnostics = DiagnosticLog(recorder)
        return cls(
            options,
            definitions,
            generic,
            transient,
            rows,
            TableColumns(definitions, recorder),
            recorder,
            diagnostics,
            ExecutedStrings(strings, rows, diagnostics),
            LinkBudget(rows),
            GlobalTables(definitions.naming),
        )

    @property
    def naming(self) -> Naming:
        """How names are completed and compared."""
        return self.definitions.naming
