"""Graph patches: the rows of a graph that change with some files, beside all others.

A row of a file is replaced with all others of that file. An edge is carried by statements of
several: what of it the statements of other files carry is as it was.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Generic, TypeVar

from msgspec import Struct

from ...model.diagnostics import Diagnostic
from ...model.facts import SourceFile
from ...model.graph import (
    ColumnEdge,
    LineageGraph,
    NamedSynonym,
    SchemaDependency,
    SchemaObject,
    Statement,
    Table,
    TableEdge,
)
from ...model.names import Name
from ...model.naming import Naming
from ...model.vocabulary import DependencyKind, EdgeType, ModuleKind
from ..assembly.graph_assembly import GraphAssembly
from ..assembly.schema_dependencies import (
    SchemaPart,
    schema_dependencies_beside,
    schema_objects,
)
from ..context.edge_collection import Edges
from ..context.findings import Findings
from ..context.link_context import LinkContext
from ..lifetimes.call_effects import last_part
from .scan_change import NotPatchableError, ScanChange
from .touched_paths import path_of

Row = TypeVar("Row")
Edge = TypeVar("Edge", TableEdge, ColumnEdge)

_FULL = 3  # the parts of a name with its database

# The findings of the scan before that show in the rows of some files.
FindingsOf = Callable[[AbstractSet[str]], Iterable[Findings]]


class EdgeForm(Struct, Generic[Edge], frozen=True):
    """How edges of one kind are read and made.

    An edge has its ends, how it is known (`grade`), and the statements that carry it.
    """

    edges_of: Callable[[Edges], Mapping[Any, tuple[Any, AbstractSet[str]]]]
    ends_of: Callable[[Edge], Any]
    grade_of: Callable[[Edge], Any]
    joined: Callable[[Any, Any], Any]
    made: Callable[[Any, Any, tuple[str, ...]], Edge]

    def grade(self, ends: object, findings: Iterable[Findings]) -> Any:
        """How an edge is known by some findings together; None: they have none of these ends."""
        grade = None
        for found in findings:
            edge = self.edges_of(found.edges).get(ends)
            if edge is not None:
                grade = edge[0] if grade is None else self.joined(grade, edge[0])
        return grade


def _joined_type(first: EdgeType, second: EdgeType) -> EdgeType:
    return EdgeType.DIRECT if EdgeType.DIRECT in (first, second) else EdgeType.INDIRECT


TABLE_EDGES: EdgeForm[TableEdge] = EdgeForm(
    lambda edges: edges.tables,
    lambda edge: (edge.source, edge.target),
    lambda edge: edge.type,
    _joined_type,
    lambda ends, grade, statements: TableEdge(ends[0], ends[1], grade, statements),
)
COLUMN_EDGES: EdgeForm[ColumnEdge] = EdgeForm(
    lambda edges: edges.columns,
    lambda edge: (edge.source, edge.target, edge.subtype),
    lambda edge: edge.certainty,
    lambda first, second: first | second,
    lambda ends, grade, statements: ColumnEdge(ends[0], ends[1], ends[2], grade, statements),
)


class EdgePatch(Struct, frozen=True):
    """What edges are made of.

    `paths`: the files whose rows are replaced, `rows` the ids that their statements had. `before`:
    the findings that showed in them; `today`: the edges of all that show in them. `others`: see
    `FindingsOf`.
    """

    paths: AbstractSet[str]
    rows: AbstractSet[str]
    before: Sequence[Findings]
    today: Edges
    others: FindingsOf

    def edges(
        self, old: Sequence[Edge], form: EdgeForm[Edge]
    ) -> tuple[list[Edge], list[Edge], list[Edge]]:
        """The edges that stay as they are, those that are gone or replaced, and the new ones."""
        former: dict[Any, Edge] = {}
        staying: list[Edge] = []
        today = form.edges_of(self.today)
        own = {
            ends: statements
            for ends, (_, carriers) in today.items()
            if (statements := [one for one in carriers if path_of(one) in self.paths])
        }
        for edge in old:
            if form.ends_of(edge) in own or not self.rows.isdisjoint(edge.statements):
                former[form.ends_of(edge)] = edge
            else:
                staying.append(edge)
        made = (
            self._edge(ends, former.get(ends), own.get(ends, []), form)
            for ends in {**former, **own}
        )
        return staying, list(former.values()), [edge for edge in made if edge]

    def _edge(
        self, ends: Any, old: Edge | None, own: list[str], form: EdgeForm[Edge]
    ) -> Edge | None:
        former = old.statements if old else ()
        elsewhere: list[str] = [one for one in former if one not in self.rows]
        statements = tuple(sorted((*elsewhere, *own), key=_place))
        if not statements:
            return None
        found = form.edges_of(self.today).get(ends)
        grade = found[0] if found else None
        if old and elsewhere:
            known, before = form.grade_of(old), form.grade(ends, self.before)
            if grade == before:
                grade = known
            elif before is None or (grade is not None and form.joined(before, grade) == grade):
                grade = form.joined(known, grade)
            else:  # how the rest is known, only those tell who carry it
                others = form.grade(ends, self.others({path_of(one) for one in elsewhere}))
                grade = others if grade is None else form.joined(others, grade)
        return form.made(ends, grade, statements)


def _place(statement: str) -> tuple[str, int]:
    path, _, number = statement.rpartition("#")
    return path, int(number)


class GraphPatch(Struct, frozen=True):
    """What a graph is made of.

    `old`: the graph before. `change`: what is another thing in the scan. `assembly`: makes the rows
    of the files whose rows are replaced, whose `paths` these are. `edges`: see there. `described`:
    the keys of the views and tables whose columns may be others. `dependents`: see there. `outer`:
    diagnostics that the linking has no part in.
    """

    old: LineageGraph
    change: ScanChange
    assembly: GraphAssembly
    paths: AbstractSet[str]
    edges: EdgePatch
    described: AbstractSet[str]
    dependents: Dependents
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
        staying_columns, _, new_columns = self.edges.edges(old.column_lineage, COLUMN_EDGES)
        before = NamedObjects.of(old_rows, old_tables)
        today = NamedObjects.of(rows, new_tables)
        self._hold_twins(before, today)
        others = OtherNames(
            [row for row in old.statements if row.path not in self.paths], staying_tables
        )
        reported = self.assembly.diagnostics()
        own = [one for one in reported if one.path in self.paths]
        outer = [one for one in old.diagnostics if one in self.outer and one.path in self.paths]
        staying = [one for one in old.diagnostics if one.path not in self.paths]
        return LineageGraph(
            files=with_rows(old.files, self.assembly.scanned_files(own), self.paths),
            tables=self._tables(before, today, others),
            modules=with_sorted(
                [row for row in old.modules if row.path not in self.paths],
                self.assembly.modules(rows),
                lambda row: (texts[row.name], row.path, row.line),
            ),
            statements=with_rows(old.statements, rows, self.paths),
            table_lineage=with_sorted(
                staying_tables, new_tables, lambda row: (texts[row.target], texts[row.source])
            ),
            column_lineage=with_sorted(
                staying_columns,
                new_columns,
                lambda row: (
                    texts[row.target.table],
                    row.target.column or "",
                    texts[row.source.table],
                    row.source.column or "",
                    row.subtype,
                ),
            ),
            diagnostics=tuple(sorted((*staying, *outer, *own), key=lambda one: one.order)),
            declared=old.declared,
            not_read=old.not_read,
            suppressions=with_rows(old.suppressions, self.assembly.suppressions(), self.paths),
            synonyms=self._synonyms(before, today, others),
            dependencies=self.dependents.rows(old.dependencies, self.assembly.context),
            objects=self._objects(),
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

    def _hold_twins(self, before: NamedObjects, today: NamedObjects) -> None:
        """See that no name with and without its database is met in another way.

        Raises:
            NotPatchableError: two names may be one table by now, or no more.
        """
        context = self.assembly.context
        key, spellings = context.naming.key, context.definitions.spellings.all()
        with_database = {
            key(Name(name.parts[1:])) for name in spellings.values() if len(name.parts) == _FULL
        }
        for name in before.used | today.used:
            if len(name.parts) < _FULL and key(name) in with_database:
                raise NotPatchableError("two names may be one table")
        for name in (before.used ^ today.used) | {
            spellings[one] for one in self.change.respelled if one in spellings
        }:
            if len(name.parts) == _FULL and key(Name(name.parts[1:])) in spellings:
                raise NotPatchableError("two names may be one table")

    def _tables(
        self, before: NamedObjects, today: NamedObjects, others: OtherNames
    ) -> tuple[Table, ...]:
        context = self.assembly.context
        definitions, key, texts = context.definitions, context.naming.key, context.naming.texts
        old = {key(table.name): table for table in self.old.tables}
        meant = [definitions.resolve_synonym(name) for name in today.nodes]
        resolved = {key(name): name for name in meant}
        former = {key(definitions.resolve_synonym(name)) for name in before.nodes}
        looked_at = self.change.keys | self.described | (resolved.keys() - old.keys())
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
            module is not None and module.fact.kind is ModuleKind.VIEW
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
        return tuple(sorted(row for name, row in rows.items() if name not in lost))


class Dependents(Struct, frozen=True):
    """The files that name what has changed without moving data, in the order of their paths.

    `dropped`: see `ScanOutline`.
    """

    files: Sequence[SourceFile]
    dropped: AbstractSet[SchemaPart]

    def rows(
        self, old: Sequence[SchemaDependency], context: LinkContext
    ) -> tuple[SchemaDependency, ...]:
        """What all files name.

        Raises:
            NotPatchableError: it cannot be said without all files.
        """
        paths = {file.path for file in self.files}
        staying = [row for row in old if row.path not in paths]
        own = schema_dependencies_beside(staying, self.files, self.dropped, context)
        keys = {
            context.naming.key(row.target): row.columns
            for row in own or ()
            if row.kind is DependencyKind.PRIMARY_KEY
        }
        former = (
            row for row in old if row.path in paths and row.kind is DependencyKind.PRIMARY_KEY
        )
        # what refers to such a key may say no columns of its own
        moved = {
            key for row in former if keys.get(key := context.naming.key(row.target)) != row.columns
        }
        if own is None or any(
            row.kind is DependencyKind.FOREIGN_KEY and context.naming.key(row.target) in moved
            for row in staying
        ):
            raise NotPatchableError("a key or an index depends on other files")
        return with_rows(staying, own, paths)


def dependent_paths(
    old: Iterable[SchemaDependency], change: ScanChange, naming: Naming
) -> set[str]:
    """The files that name what has changed without moving data.

    Args:
        old: what all files name.
        change: what has changed.
        naming: how names are compared.
    """
    last_parts = {last_part(key) for key in change.redefined}
    paths = {file.path for file in change.files}
    for row in old:
        names = [name for name in (row.target, row.owner, row.module) if name is not None]
        keys = {naming.key(name) for name in names}
        if (
            not keys.isdisjoint(change.respelled)
            or (row.columns and naming.key(row.target) in change.keys)
            or (last_parts and not last_parts.isdisjoint(map(last_part, keys)))
        ):
            paths.add(row.path)
    return paths


class NamedObjects(Struct, frozen=True):
    """What rows and table edges name: `used` are read or written, `named` are called too.

    `nodes`: those that are nodes of the graph.
    """

    used: AbstractSet[Name]
    named: AbstractSet[Name]
    nodes: AbstractSet[Name]

    @classmethod
    def of(cls, rows: Iterable[Statement], edges: Iterable[TableEdge]) -> NamedObjects:
        """What these name."""
        used: set[Name] = set()
        called: set[Name] = set()
        for row in rows:
            used.update(row.reads, row.writes)
            called.update(row.calls)
        nodes = {name for name in used if not name.temporary and not name.system_source}
        nodes |= {name for edge in edges for name in (edge.source, edge.target)}
        return cls(used, used | called, nodes)


class OtherNames(Struct, frozen=True):
    """What other rows and edges name; it is looked for where somebody asks."""

    rows: Sequence[Statement]
    edges: Sequence[TableEdge]

    def nodes(self) -> AbstractSet[Name]:
        """See `NamedObjects`."""
        return NamedObjects.of(self.rows, self.edges).nodes

    def named(self) -> AbstractSet[Name]:
        """See `NamedObjects`."""
        return NamedObjects.of(self.rows, self.edges).named


def with_rows(old: Sequence[Any], new: Iterable[Any], paths: AbstractSet[str]) -> tuple[Any, ...]:
    """Rows in the order of their paths, those of some paths replaced."""
    rows = [row for row in old if row.path not in paths]
    rows += new
    return tuple(sorted(rows, key=lambda row: row.path))


def with_sorted(
    old: Iterable[Row], new: Iterable[Row], key: Callable[[Row], Any]
) -> tuple[Row, ...]:
    """Sorted rows, with some more at their places."""
    rows = list(old)
    for row in new:
        insort(rows, row, key=key)
    return tuple(rows)
