"""Assembly: what one linking has collected becomes the lineage graph, everything in one order."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from ...model.diagnostics import Diagnostic, Gap, Span
from ...model.facts import ModuleFact, SourceFile
from ...model.graph import (
    Gaps,
    LineageGraph,
    Location,
    Module,
    NamedSynonym,
    ScannedFile,
    Statement,
    Suppression,
    Table,
)
from ...model.names import Name, NameTexts
from ...model.vocabulary import ModuleKind, TableKind
from ..context.link_context import LinkContext
from ..definitions.scan_definitions import module_name
from .column_tellers import ColumnTellers
from .diagnostic_grouping import grouped
from .scan_findings import ScanFindings
from .schema_dependencies import schema_dependencies, schema_objects
from .twin_names import TwinNames

_NO_GAPS = Gaps()


def gaps_by_file(diagnostics: Iterable[Diagnostic]) -> defaultdict[str, Counter[Gap | None]]:
    """How many gaps of each kind the files have, by their paths, in one pass over all files."""
    counted: defaultdict[str, Counter[Gap | None]] = defaultdict(Counter)
    for diagnostic in diagnostics:
        counted[diagnostic.path][diagnostic.rule.gap] += 1
    return counted


def gaps_of(gaps: Counter[Gap | None] | None) -> Gaps:
    """The gaps of a file, by how many it has of each kind; None: it has none."""
    if not gaps:
        return _NO_GAPS
    return Gaps(gaps[Gap.SYNTAX], gaps[Gap.NAME], gaps[Gap.DYNAMIC])


class GraphAssembly(Struct, frozen=True):
    """The files of a scan in the order of paths, and what was collected while they were run."""

    context: LinkContext
    merged: ScanFindings
    files: Sequence[SourceFile]

    def graph(self) -> LineageGraph:
        """All that has been collected, in one order."""
        statements = self.merged.statements()
        order = {row.id: position for position, row in enumerate(statements)}
        self._report_twins(statements)
        diagnostics = self.diagnostics()
        texts = self.context.naming.texts
        table_edges, column_edges = (
            self.merged.edges.table_edges(order, texts),
            self.merged.edges.column_edges(order, texts),
        )
        named = {name for row in statements for names in (row.reads, row.writes) for name in names}
        nodes = {name for name in named if not name.temporary and not name.system_source}
        nodes |= {name for edge in table_edges for name in (edge.source, edge.target)}
        nodes = {self.context.definitions.resolve_synonym(name) for name in nodes}
        nodes |= {
            entry.name
            for entry in self.context.definitions.catalogue.tables.values()
            if entry.defined_at
        }
        views = (
            entry
            for entry in self.context.definitions.modules.values()
            if entry.fact.kind is ModuleKind.VIEW
        )
        nodes |= {
            entry.name for entry in views if entry.path not in self.context.definitions.references
        }
        unique = {
            self.context.naming.key(name): self.context.definitions.canonical_spelling(name)
            for name in nodes
        }
        unique = {key: name for key, name in unique.items() if key not in self.context.transient}
        return LineageGraph(
            files=self.scanned_files(diagnostics),
            tables=self.tables(sorted(unique.values(), key=texts.__getitem__)),
            modules=self.modules(statements),
            statements=statements,
            table_lineage=table_edges,
            column_lineage=column_edges,
            diagnostics=diagnostics,
            suppressions=self.suppressions(),
            synonyms=tuple(sorted(self._synonyms(statements))),
            dependencies=schema_dependencies(self.files, self.context),
            objects=schema_objects(self.files, self.context),
        )

    def _synonyms(self, statements: Iterable[Statement]) -> Iterable[NamedSynonym]:
        """The synonyms that statements name: who uses what they stand for is known by these."""
        definitions = self.context.definitions
        names = {
            name
            for row in statements
            for names in (row.reads, row.writes, row.calls)
            for name in names
        }
        for name in names:
            target = definitions.resolve_synonym(name)
            if target != name and not (name.address or name.temporary):
                yield NamedSynonym(name, definitions.canonical_spelling(target))

    def suppressions(self) -> tuple[Suppression, ...]:
        """The comments that silence findings, sorted."""
        return tuple(
            sorted(
                Suppression(file.path, fact.line, fact.code, (fact.span.line, fact.span.column))
                for file in self.files
                for fact in file.facts.suppressions
            )
        )

    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What files, definitions and runs report, sorted."""
        diagnostics = dict(self.merged.diagnostics.reported)
        for file in self.files:
            for diagnostic in file.facts.diagnostics:
                diagnostics[replace(diagnostic, path=file.path)] = None
        for diagnostic in self.context.definitions.diagnostics:
            diagnostics[diagnostic] = None
        return grouped(diagnostics, {file.path: file.facts for file in self.files})

    def scanned_files(self, diagnostics: Iterable[Diagnostic]) -> tuple[ScannedFile, ...]:
        """The files, with the gaps that the diagnostics of the scan tell."""
        gaps = gaps_by_file(diagnostics)
        return tuple(
            self._scanned(file, gaps.get(file.path))
            for file in {file.path: file for file in self.files}.values()
        )

    def _scanned(self, file: SourceFile, gaps: Counter[Gap | None] | None) -> ScannedFile:
        facts = file.facts
        return ScannedFile(
            file.path, facts.encoding, facts.batches, facts.statements, gaps_of(gaps)
        )

    def tables(self, names: Iterable[Name]) -> tuple[Table, ...]:
        """The nodes of these names, in their order."""
        tellers = ColumnTellers(self.context, self.merged.renamed)
        return tuple(self._node(name, tellers) for name in names)

    def _node(self, name: Name, tellers: ColumnTellers) -> Table:
        if name.address:
            named = self.merged.files.columns.get(name)
            return Table(name, TableKind.FILE, tuple(named) if named else None, None)
        kind, where = self._kind(name)
        if kind is TableKind.FUNCTION:
            return Table(name, kind, None, where)
        columns = self._columns(name)
        source = tellers.source(name) if columns is not None else None
        return Table(name, kind, columns, where, source)

    def _columns(self, name: Name) -> tuple[str, ...] | None:
        """The columns of a table: those that it had under the name before, if all else fails."""
        columns, met = self.context.columns.names(name), {name}
        while columns is None:
            old = self.merged.renamed.get(self.context.naming.key(name))
            if old is None or old in met:
                break
            columns, name = self.context.columns.names(old), old
            met.add(old)
        return columns

    def _kind(self, name: Name) -> tuple[TableKind, Location | None]:
        """What an object is, and where a script of the scan defines it."""
        entry, module = self.context.definitions.table(name), self.context.definitions.module(name)
        creation = self.context.definitions.creations.get(self.context.naming.key(name))
        if entry is not None and entry.defined_at:
            return entry.kind, entry.defined_at
        if module is not None:
            where = self._scanned_place(module.path, module.fact.span.line)
            if module.fact.kind is ModuleKind.VIEW:
                return (
                    TableKind.MATERIALIZED_VIEW if module.fact.materialized else TableKind.VIEW,
                    where,
                )
            return TableKind.FUNCTION, where
        if creation is not None:
            return creation.kind, self._scanned_place(creation.where.path, creation.where.line)
        if entry is not None:
            return entry.kind, None
        return TableKind.TEMPORARY if name.temporary else TableKind.UNKNOWN, None

    def _scanned_place(self, path: str, line: int) -> Location | None:
        return None if path in self.context.definitions.references else Location(path, line)

    def modules(self, statements: tuple[Statement, ...]) -> tuple[Module, ...]:
        """The modules of the files, sorted; `statements` are the rows of these."""
        texts = self.context.naming.texts
        return tuple(
            sorted(self._modules(statements), key=lambda m: (texts[m.name], m.path, m.line))
        )

    def _modules(self, statements: tuple[Statement, ...]) -> Iterable[Module]:
        texts = self.context.naming.texts
        by_module: dict[tuple[Name, str], list[Statement]] = {}
        for row in statements:
            if row.module is not None and not row.dynamic:
                by_module.setdefault((row.module, row.path), []).append(row)
        for file in self.files:
            for fact in file.facts.items:
                if not isinstance(fact, ModuleFact):
                    continue
                name = self.context.definitions.canonical_spelling(
                    module_name(fact, file, self.context.naming)
                )
                counting = self.context.definitions.module(name)
                # a string creates what a script defines too: one module, that of the definition
                if fact.dynamic and counting and counting.fact is not fact:
                    continue
                module_rows = [
                    row
                    for row in by_module.get((name, file.path), ())
                    if fact.span.line <= row.line <= fact.span.end_line
                ]
                references = self.merged.references.of((file.path, fact.span.line, name), texts)
                yield Module(
                    name,
                    fact.kind,
                    file.path,
                    fact.span.line,
                    fact.span.end_line,
                    _persistent([row.reads for row in module_rows], texts),
                    _persistent([row.writes for row in module_rows], texts),
                    _persistent([row.calls for row in module_rows], texts),
                    references,
                )

    def _report_twins(self, statements: tuple[Statement, ...]) -> None:
        """`dbo.t` and `Db.dbo.t` in one scan: two names, perhaps of one table."""
        context = self.context
        spellings, foreign = context.definitions.spellings.all(), self._foreign_keys(statements)
        for message, row in TwinNames.of(spellings, context.naming, foreign).met(statements):
            self.merged.report("SLP204", message, row.path, Span(row.line, 1, row.line, 1))

    def _foreign_keys(self, statements: Iterable[Statement]) -> set[str]:
        """The keys of objects that only catalogs and references tell, and no statement uses."""
        naming, definitions = self.context.naming, self.context.definitions
        foreign = {
            naming.key(entry.name)
            for entry in definitions.catalogue.tables.values()
            if not entry.defined_at
        }
        if definitions.references:
            foreign |= {
                key
                for key, entry in definitions.modules.items()
                if entry.path in definitions.references
            }
        if foreign:
            foreign -= {naming.key(name) for row in statements for name in row.reads + row.writes}
        return foreign


def _persistent(rows: Iterable[Iterable[Name]], texts: NameTexts) -> tuple[Name, ...]:
    names = {name for names in rows for name in names if not name.temporary}
    return tuple(sorted(names, key=texts.__getitem__) if len(names) > 1 else names)
