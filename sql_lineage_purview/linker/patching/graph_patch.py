"""Graph patches: the rows of a graph that change with some files, beside all others.

A row of a file is replaced with all others of that file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import chain

from msgspec import Struct
from msgspec.structs import replace

from ...model.diagnostics import Diagnostic
from ...model.graph import Column, LineageGraph, NamedSynonym, ScannedFile, SchemaObject, Table
from ...model.names import Name
from ...model.vocabulary import ModuleKind
from ..assembly.column_spellings import columns_of
from ..assembly.graph_assembly import GraphAssembly, gaps_by_file, gaps_of
from ..assembly.schema_dependencies import schema_objects
from ..context.edge_collection import place_of
from .column_respelling import hold_respelled, hold_spellings
from .dependents import Dependents, LateNames
from .edge_patch import COLUMN_EDGES, TABLE_EDGES, EdgePatch
from .named_objects import NamedObjects, OtherNames
from .row_order import with_rows, with_sorted
from .scan_change import NotPatchableError, ScanChange
from .twin_patch import TwinPatch


class GraphPatch(Struct, frozen=True):
    """What a graph is made of.

    `old`: the graph before. `change`: what is another thing in the scan. `respelled_late`: the keys
    of what only strings name, if it is spelled otherwise. `respelled`: see `ScanOutline`.
    `assembly`: makes the rows of the files whose rows are replaced, whose `paths` these are.
    `edges`: see there. `described`: the keys of the views and tables whose columns may be others.
    `dependents` and `twins`: see there. `outer`: diagnostics that the linking has no part in.
    """

    old: LineageGraph
    change: ScanChange
    respelled_late: AbstractSet[str]
    respelled: AbstractSet[Column]
    assembly: GraphAssembly
    paths: AbstractSet[str]
    edges: EdgePatch
    described: AbstractSet[str]
    dependents: Dependents
    twins: TwinPatch
    outer: AbstractSet[Diagnostic]

    def graph(self) -> LineageGraph:
        """The graph of today.

        Raises:
            NotPatchableError: rows of other files may be others too.
        """
        old, texts = self.old, self.assembly.context.naming.texts
        rows = tuple(row for row in self.assembly.merged.statements() if row.path in self.paths)
        old_rows = [row for row in old.statements if row.path in self.paths]
        staying_tables, old_tables, new_tables = self.edges.edges(old.table_lineage, TABLE_EDGES)
        modules = self.assembly.modules(rows)
        staying_modules = [row for row in old.modules if row.path not in self.paths]
        old_modules = [row for row in old.modules if row.path in self.paths]
        hold_respelled(
            chain(
                self.edges.columns(old.column_lineage),
                columns_of((), (*old_modules, *modules)),
                (column for row in rows for column in row.assigned),
            ),
            self.respelled,
            self.assembly.context.naming,
        )
        staying_columns, old_columns, new_columns = self.edges.edges(
            old.column_lineage, COLUMN_EDGES
        )
        before = NamedObjects.of(old_rows, old_tables)
        today = NamedObjects.of(rows, new_tables)
        others = OtherNames(
            [row for row in old.statements if row.path not in self.paths], staying_tables
        )
        statements = with_rows(old.statements, rows, self.paths)
        hold_spellings(
            {*columns_of((*old_columns, *new_columns), (*old_modules, *modules))},
            columns_of(staying_columns, staying_modules),
            self.assembly.context.naming,
        )
        twins = self.twins.met(before.used, today.used, statements)
        own = [one for one in self.assembly.diagnostics() if one.path in self.paths]
        outer = [one for one in old.diagnostics if one in self.outer]
        staying = [
            one
            for one in old.diagnostics
            if not (one.path in self.paths or one in self.outer or twins.replaces(one))
        ]
        linked = [*staying, *own, *twins.diagnostics]
        changed = {file.path for file in self.change.files}
        late = LateNames(
            self.assembly.context,
            changed | self.dependents.paths,
            changed,
            self.dependents.hidden,
            self.change.respelled,
        )
        late.learn(old, self.respelled_late)
        dependencies = self.dependents.rows(old.dependencies, self.assembly.context)
        objects = self._objects()
        for graph_rows in ((old.dependencies, old.objects), (dependencies, objects)):
            late.hold(*graph_rows)
        return LineageGraph(
            files=self._files(linked, twins.paths - self.paths),
            tables=self._tables(before, today, others),
            modules=with_sorted(
                staying_modules,
                modules,
                lambda row: (texts[row.name], row.path, row.line),
            ),
            statements=statements,
            table_lineage=with_sorted(
                staying_tables, new_tables, lambda row: (texts[row.target], texts[row.source])
            ),
            column_lineage=with_sorted(
                staying_columns,
                new_columns,
                lambda row: place_of(row, texts),
            ),
            diagnostics=tuple(sorted((*linked, *outer), key=lambda one: one.order)),
            declared=old.declared,
            not_read=old.not_read,
            suppressions=with_rows(old.suppressions, self.assembly.suppressions(), self.paths),
            synonyms=self._synonyms(before, today, others),
            dependencies=dependencies,
            objects=objects,
        )

    def _files(
        self, linked: Sequence[Diagnostic], others: AbstractSet[str]
    ) -> tuple[ScannedFile, ...]:
        """The files; of `others` nothing is another but what is said of twin names."""
        files = with_rows(self.old.files, self.assembly.scanned_files(linked), self.paths)
        if not others:
            return files
        gaps = gaps_by_file(one for one in linked if one.path in others)
        return tuple(
            replace(row, gaps=gaps_of(gaps.get(row.path))) if row.path in others else row
            for row in files
        )

    def _objects(self) -> tuple[SchemaObject, ...]:
        """What holds no rows, by the files that define it."""
        naming, files = self.assembly.context.naming, self.change.files
        paths = {file.path for file in files}
        staying = [row for row in self.old.objects if row.defined_at.path not in paths]
        if any(naming.key(row.name) in self.change.respelled for row in staying):
            raise NotPatchableError("what holds no rows is spelled otherwise")
        own = schema_objects(files, self.assembly.context)
        return tuple(sorted((*staying, *own), key=lambda row: row.defined_at.path))

    def _tables(
        self, before: NamedObjects, today: NamedObjects, others: OtherNames
    ) -> tuple[Table, ...]:
        context = self.assembly.context
        definitions, key, texts = context.definitions, context.naming.key, context.naming.texts
        old = {key(table.name): table for table in self.old.tables}
        meant = [definitions.resolve_synonym(name) for name in today.nodes]
        resolved = {key(name): name for name in meant}
        former = {key(definitions.resolve_synonym(name)) for name in before.nodes}
        # that of a temporary table is spelled by the statements alone that are seen here
        unlike = {one for one, name in resolved.items() if one not in old or old[one].name != name}
        looked_at = self.change.keys | self.described | unlike
        lost = former - resolved.keys()
        staying = self._kept_by_others((looked_at | lost) - resolved.keys(), others)
        shown: dict[str, Name] = {}
        gone = looked_at | lost
        for one in gone:
            name = resolved.get(one) or self._spelled(one, old)
            defined = self._defines(one)
            if one in context.transient or name is None:
                continue
            if one in resolved or defined or (one in staying and one in old):
                shown[one] = definitions.canonical_spelling(name)
        # of the others nothing that is shown has changed
        unchanged = {one: old[one] for one in lost & shown.keys() - looked_at if one in old}
        made = self.assembly.tables(name for one, name in shown.items() if one not in unchanged)
        return with_sorted(
            [table for one, table in old.items() if one not in gone or one in unchanged],
            made,
            lambda table: texts[table.name],
        )

    def _spelled(self, one: str, old: Mapping[str, Table]) -> Name | None:
        spellings = self.assembly.context.definitions.spellings.all()
        return spellings.get(one) or (old[one].name if one in old else None)

    def _defines(self, one: str) -> bool:
        """Does a script of the scan define a table or view of this key?"""
        definitions = self.assembly.context.definitions
        entry, module = definitions.catalogue.tables.get(one), definitions.modules.get(one)
        return bool(entry and entry.defined_at) or (
            module is not None
            and module.fact.kind is ModuleKind.VIEW
            and module.path not in definitions.references
        )

    def _kept_by_others(self, keys: AbstractSet[str], others: OtherNames) -> set[str]:
        """Which of some objects other files' rows and edges name."""
        if not keys:
            return set()
        key = self.assembly.context.naming.key
        meant = {row.name: row.object for row in self.old.synonyms}
        return {one for name in others.nodes() if (one := key(meant.get(name, name))) in keys}

    def _synonyms(
        self, before: NamedObjects, today: NamedObjects, others: OtherNames
    ) -> tuple[NamedSynonym, ...]:
        definitions = self.assembly.context.definitions
        rows = {row.name: row for row in self.old.synonyms}
        lost = (before.named - today.named) & rows.keys()
        if lost:
            lost -= others.named()
        for name in today.named:
            target = definitions.resolve_synonym(name)
            if target != name and not (name.address or name.temporary):
                rows[name] = NamedSynonym(name, definitions.canonical_spelling(target))
        return tuple(sorted(self._respelled(row) for name, row in rows.items() if name not in lost))

    def _respelled(self, row: NamedSynonym) -> NamedSynonym:
        """A synonym with its object as it is spelled today."""
        context = self.assembly.context
        key = context.naming.key(row.object)
        if key not in self.change.respelled | self.respelled_late:
            return row
        name = context.definitions.spellings.all().get(key)
        if name is None:
            raise NotPatchableError("what a synonym stands for is spelled otherwise")
        return NamedSynonym(row.name, name)
