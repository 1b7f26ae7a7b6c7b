"""Copy activities as facts: the rows of a source go into a target, by the names of their columns.

A copy is one statement, of the kind COPY_INTO whatever its ends are, in the lines of the pipeline's
JSON. Where SQL supplies the rows, or a procedure takes them, that statement becomes the copy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from ...model.diagnostics import Diagnostic, Span
from ...model.facts import (
    Argument,
    ColumnRef,
    Declare,
    Effect,
    Execute,
    FileFacts,
    FileSource,
    ModuleFact,
    Output,
    Query,
    Result,
    Select,
    Source,
    Star,
    StatementFact,
    TableSource,
    Use,
    VariableRef,
    Write,
)
from ...model.names import Name
from ...model.stack import deep
from ...model.vocabulary import StatementKind, Subtype
from ..artefacts.embedded_scripts import ActivitySql, CopyActivity, CopyEnd, EmbeddedScript, Pairs
from ..artefacts.fabric_items import FabricItems
from ..artefacts.workspace import Workspace, workspace_folder
from ..artefacts.workspace_files import WorkspaceFiles
from ..copies.data_stores import place_of, store_of
from ..copies.store_properties import DataStore, UnknownPlaceError
from .database_names import DatabaseNames, in_database, placed_name

if TYPE_CHECKING:
    from pathlib import Path

# the parameter of a procedure that takes the rows; no script can write such a name
_ROWS = Name(("@copied rows",))


class CopyStatements(Struct, frozen=True):
    """Adds the copies of pipelines to the facts of their files.

    Args:
        files: what stands beside the pipelines.
        items: those of Fabric.
        addresses: databases and addresses that the configuration gives linked services, by their
            names in lower case.
        databases: what scripts call databases.
    """

    files: WorkspaceFiles
    items: FabricItems
    addresses: Mapping[str, str]
    databases: DatabaseNames

    def added(
        self, location: Path, script: EmbeddedScript | None, facts: FileFacts
    ) -> tuple[FileFacts, int]:
        """The facts of a file with those of its copies; most files have none.

        Behind them stands how many of these carry nothing, since an end is not known.
        """
        if script is None or not (script.copies or script.assumed or script.activities):
            return facts, 0
        workspace = Workspace(workspace_folder(location), self.files, self.items, self.addresses)
        copying = _Copying(script, facts, workspace, self.databases)
        with_copies = deep(copying.run)
        return with_copies, len({copy.span for copy in script.copies} - copying.followed)


@dataclass(slots=True)
class _Copying:
    """The copies of one pipeline."""

    script: EmbeddedScript
    facts: FileFacts
    workspace: Workspace
    databases: DatabaseNames
    items: list[StatementFact | ModuleFact] = field(init=False)
    diagnostics: dict[Diagnostic, None] = field(default_factory=dict)
    added: dict[StatementFact, None] = field(default_factory=dict)
    followed: set[Span] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.items = list(self.facts.items)

    def run(self) -> FileFacts:
        for lines in self.script.assumed:
            for place, item in self._at(lines):
                self.items[place] = replace(item, dynamic=True)
        for activity in self.script.activities if self.databases.stated else ():
            self._place(activity)
        for copy in self.script.copies:
            self._copy(copy)
        return replace(
            self.facts,
            statements=self.facts.statements + len(self.added),
            items=(*self.items, *self.added),
            diagnostics=(*self.facts.diagnostics, *self.diagnostics),
        )

    def _place(self, sql: ActivitySql) -> None:
        """Put the SQL of an activity into the database that it runs in.

        Where that is not known, its names stay as they are.
        """
        try:
            store = place_of(sql.activity, sql.values, self.workspace)
        except UnknownPlaceError:
            return
        self._settle(sql.lines, store)

    def _copy(self, copy: CopyActivity) -> None:
        source, sink = self._store(copy, copy.source), self._store(copy, copy.sink)
        self._settle(copy.source.lines, source)
        self._settle(copy.sink.before, sink)
        self._settle(copy.sink.lines, sink)
        assumed = any(store is not None and store.assumed for store in (source, sink))
        if copy.sink.lines:
            self._into_procedure(copy, source, assumed=assumed)
        elif copy.source.lines and sink:
            self._from_query(copy, copy.source.lines, self._name(sink), assumed=assumed)
        elif not copy.source.lines and (source or sink):
            self._plain(copy, source, sink, assumed=assumed)

    def _store(self, copy: CopyActivity, side: CopyEnd) -> DataStore | None:
        if side.dynamic:  # has been told where its SQL stands
            return None
        try:
            return store_of(side, copy.values, self.workspace)
        except UnknownPlaceError as error:
            code = "SLP301" if error.dynamic else "SLP405"
            self.diagnostics[Diagnostic(code, f"activity {copy.name}: {error}", copy.span)] = None
            return None

    def _name(self, store: DataStore) -> Name:
        database = self.databases.of(store)
        return (
            store.name
            if store.name.address or not database
            else placed_name(store.name, database, frozenset())
        )

    # --- the SQL of an activity -------------------------------------------------------------------

    def _at(self, lines: tuple[int, int]) -> list[tuple[int, StatementFact]]:
        return [
            (place, item)
            for place, item in enumerate(self.items)
            if isinstance(item, StatementFact)
            and lines[0] <= item.span.line <= lines[1]
            and not _is_separator(item)
        ]

    def _settle(self, lines: tuple[int, int] | None, store: DataStore | None) -> None:
        """Put the names of an activity's SQL into the database that it runs in."""
        database = self.databases.of(store) if store else None
        for place, item in self._at(lines) if lines and database else []:
            # a USE in the SQL itself goes before what the linked service says
            if item.database is None:
                placed = in_database(item, database or "", frozenset())
                self.items[place] = replace(
                    placed, dynamic=item.dynamic or bool(store and store.assumed)
                )

    def _from_query(
        self, copy: CopyActivity, lines: tuple[int, int], target: Name, *, assumed: bool
    ) -> None:
        """What the SQL of the source returns goes into the target."""
        for place, item in self._at(lines):
            effects = tuple(_delivered(effect, target, copy) for effect in item.effects)
            if effects == item.effects:
                continue
            self.followed.add(copy.span)
            self.items[place] = replace(
                item,
                kind=StatementKind.COPY_INTO,
                span=copy.span,
                writes=(*item.writes, target),
                effects=effects,
                dynamic=item.dynamic or assumed,
            )

    def _into_procedure(
        self, copy: CopyActivity, source: DataStore | None, *, assumed: bool
    ) -> None:
        """A procedure takes the rows as a table-valued parameter."""
        supplied = self._supplied(copy, source)
        parameter = copy.sink.settings.get("storedProcedureTableTypeParameterName")
        if supplied is None or not copy.sink.lines:
            return
        reads, query = supplied
        rows = Use(VariableRef(_ROWS.object), Subtype.IDENTITY)
        argument = Argument(
            f"@{str(parameter).lstrip('@')}" if parameter else None, (rows,), variable=_ROWS.object
        )
        self.followed.add(copy.span)
        for place, item in self._at(copy.sink.lines):
            effects: list[Effect] = [
                Declare(_ROWS, ()),
                Write(_ROWS, None, _selected(query, copy.mapping), copy.span),
            ]
            effects += [
                replace(effect, arguments=(*effect.arguments, argument))
                if isinstance(effect, Execute)
                else effect
                for effect in item.effects
            ]
            self.items[place] = replace(
                item,
                kind=StatementKind.COPY_INTO,
                span=copy.span,
                reads=(*item.reads, *reads),
                effects=tuple(effects),
                dynamic=item.dynamic or assumed,
            )

    def _supplied(
        self, copy: CopyActivity, source: DataStore | None
    ) -> tuple[tuple[Name, ...], Query] | None:
        """The rows that a source supplies, and what they are read from."""
        if copy.source.lines:
            for _, item in self._at(copy.source.lines):
                for effect in item.effects:
                    if isinstance(effect, Result):
                        return item.reads, effect.query
            return None
        return ((self._name(source),), self._query(source, copy)) if source else None

    def _query(self, store: DataStore, copy: CopyActivity) -> Query:
        name, span = self._name(store), copy.span
        relation = (
            FileSource(name.object, None, store.columns, span)
            if name.address
            else TableSource(name, span)
        )
        return Query(Select((Star((), span),), (Source(relation),)))

    def _plain(
        self, copy: CopyActivity, source: DataStore | None, sink: DataStore | None, *, assumed: bool
    ) -> None:
        """From a table or file into a table or file."""
        reads = (self._name(source),) if source else ()
        target = self._name(sink) if sink else None
        effects: tuple[Effect, ...] = ()
        if source and target:
            self.followed.add(copy.span)
            # the table is made with the columns of the source, if it is not there
            creates = copy.sink.settings.get("tableOption") == "autoCreate" and not copy.mapping
            write = Write(
                target,
                None,
                self._query(source, copy),
                copy.span,
                creates=creates,
                match=copy.mapping,
            )
            effects = (write,)
        writes = (target,) if target else ()
        self.added[
            StatementFact(
                StatementKind.COPY_INTO, copy.span, reads, writes, effects=effects, dynamic=assumed
            )
        ] = None


def _delivered(effect: Effect, target: Name, copy: CopyActivity) -> Effect:
    match effect:
        case Result():
            return Write(target, None, effect.query, copy.span, match=copy.mapping)
        case Execute(into=None):
            return replace(effect, into=target, match=copy.mapping)
    return effect


def _selected(query: Query, mapping: Pairs) -> Query:
    """The rows under the names that a mapping gives their columns."""
    if not mapping or any("*" in pair for pair in mapping):
        return query
    outputs = tuple(
        Output(sink, (Use(ColumnRef((source,), Span()), Subtype.IDENTITY),), Span())
        for source, sink in mapping
    )
    return Query(Select(outputs, (Source(query, alias="source"),)))


def _is_separator(item: StatementFact) -> bool:
    return not (item.reads or item.writes or item.calls) and not any(
        isinstance(e, Result | Execute) for e in item.effects
    )
