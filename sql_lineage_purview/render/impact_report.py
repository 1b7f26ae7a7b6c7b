"""What `impact` shows: the answer, and its words, which all of its formats share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from ..analysis.selection import SelectedModule
from ..analysis.use import UseKind
from .counting import counted
from .definition_parts import counted_parts
from .hidden_words import hidden_words
from .labels import label
from .places import Places, declared_at
from .unread_listing import count_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..analysis.impact import Impact
    from ..analysis.selection import Node
    from ..analysis.use import ObjectUse
    from ..analysis.walks import LineageWalk, WalkStep
    from ..model.graph import Column, LineageGraph

# In the order of a sentence: what a module does, alone or with others.
_COUNTED = {
    UseKind.READS: "read",
    UseKind.WRITES: "write",
    UseKind.TOUCHES: "read or write it, which of both is not known",
    UseKind.FILTERS: "filter",
    UseKind.JOINS: "join",
    UseKind.GROUPS: "group",
    UseKind.SORTS: "sort",
    UseKind.DECIDES: "decide",
    UseKind.CALLS: "call",
    UseKind.DECLARES: "declare",
    UseKind.REFERENCES: "reference",
    UseKind.INDEXES: "index",
    UseKind.CONSTRAINS: "constrain",
    UseKind.COMPUTES: "compute",
    UseKind.PARTITIONS: "partition",
    UseKind.SECURES: "secure",
    UseKind.STANDS_FOR: "stand for",
    UseKind.DESCRIBES: "describe",
    UseKind.FIRES_ON: "fire on",
    UseKind.NAMES: "name",
    UseKind.ALTERS: "alter",
    UseKind.DROPS: "drop",
}
_NO_USES = "Keys, indexes and types in strings that a caller puts together are not looked at."
_FIRST = (UseKind.READS, UseKind.WRITES, UseKind.TOUCHES, UseKind.CALLS, UseKind.DECLARES)


class TouchedAsset(Struct, frozen=True):
    """What a table that is asked for, or is downstream, is in Purview.

    Args:
        table: Its name in the scan.
        qualified_name: Of its asset; empty where there is none.
        kind: The type of its asset, or why there is none.
    """

    table: str
    qualified_name: str
    kind: str


@dataclass(frozen=True)
class ImpactReport:
    """An answer, and the graph that it is about.

    Args:
        impact: The answer.
        graph: The scan.
        selector: What was asked, as it was typed.
        most: How many lines of each section a screen has; None for all.
        assets: What the tables are in Purview, where its assets are known.
    """

    impact: Impact
    graph: LineageGraph
    selector: str = ""
    most: int | None = None
    assets: Sequence[TouchedAsset] = ()

    @cached_property
    def places(self) -> Places:
        """Where the statements stand."""
        return Places(self.graph)

    @property
    def names(self) -> tuple[str, ...]:
        """What was asked for."""
        return tuple(map(node_name, self.impact.nodes))

    @property
    def totals(self) -> Iterator[str]:
        """How much it touches, in sentences."""
        impact = self.impact
        yield from self._modules
        yield from _used_by(impact.modules, "module")
        yield from _used_by(impact.files, "script")
        if parts := counted_parts(impact.parts):
            yield f"{parts}."
        if impact.uncertain:
            number = counted(len(impact.uncertain), "module or script", "modules and scripts")
            yield f"{number} may use it: they name the table, and nothing tells which columns."
        direct = {(use.module, use.path) for use in impact.uses}
        through = {(row.use.module, row.use.path) for row in impact.of_views} - direct
        if through:
            yield f"{counted(len(through), 'more uses', 'more use')} it through views."
        yield from _reached(impact)
        yield self.hidden_line

    @property
    def hidden_line(self) -> str:
        """What could hide more uses; and whether there are any."""
        impact, hidden = self.impact, self.impact.hidden
        number = hidden_words(hidden)
        if impact.uses or impact.of_views:
            return f"{number} could hide more uses." if hidden else ""
        verb = "calls or names" if self._selects_modules else "reads or writes"
        if not hidden:
            return f"No statement of the scan {verb} it, and no gap could hide one. {_NO_USES}"
        return f"No statement of the scan {verb} it; {number} could hide one. {_NO_USES}"

    @property
    def _selects_modules(self) -> bool:
        return all(isinstance(node, SelectedModule) for node in self.impact.nodes)

    @property
    def _modules(self) -> Iterator[str]:
        """What modules that were asked for do: `It reads 4 tables, writes 2 and calls 1 module`."""
        names = {node.name for node in self.impact.nodes if isinstance(node, SelectedModule)}
        rows = [module for module in self.graph.modules if module.name in names]
        if rows:
            reads, writes, calls = (
                len({name for row in rows for name in getattr(row, member)})
                for member in ("reads", "writes", "calls")
            )
            tables, modules = counted(writes, "table"), counted(calls, "module")
            verb = ("reads", "writes", "calls") if len(names) == 1 else ("read", "write", "call")
            subject = "It" if len(names) == 1 else "They"
            yield (
                f"{subject} {verb[0]} {counted(reads, 'table')}, {verb[1]} {tables} and "
                f"{verb[2]} {modules}."
            )

    @property
    def reached(self) -> Sequence[Column]:
        """What is downstream: columns, and tables of which no column is."""
        impact = self.impact
        tables = {column.table for column in impact.columns.columns}
        further = (column for column in impact.tables.columns if column.table not in tables)
        return (*impact.columns.columns, *further)

    def is_by_column(self, column: Column) -> bool:
        """Do columns reach something downstream, and not only tables a table?"""
        return column in self.impact.columns.last

    def _walk(self, column: Column) -> LineageWalk:
        return self.impact.columns if self.is_by_column(column) else self.impact.tables

    def path(self, column: Column) -> str:
        """`a -> b -> c`: how something downstream is reached."""
        steps = self._walk(column).path(column)
        ends = [steps[0].source, *(step.target for step in steps)]
        return " -> ".join(map(label, ends))

    def distance(self, column: Column) -> int:
        """How many edges lead to something downstream."""
        return self._walk(column).distances[column]

    def step(self, column: Column) -> WalkStep:
        """The last step to something downstream."""
        return self._walk(column).last[column][1]

    def last_step(self, column: Column) -> tuple[str, str]:
        """How the last step reaches something downstream, and which statement carries it."""
        step = self.step(column)
        return step.kind, self._carrier(step)

    def _carrier(self, step: WalkStep) -> str:
        if step.declaration:
            return declared_at(step.declaration)
        return self.places.described(step.statements)

    @property
    def unread(self) -> Sequence[str]:
        """The kinds of files and activities that the scan does not follow."""
        return [count_of(row) for row in self.impact.hidden.not_read]


def node_name(node: Node) -> str:
    """A table, column or module as it is typed."""
    return str(node.name) if isinstance(node, SelectedModule) else label(node)


def user_name(use: ObjectUse) -> str:
    """The module that uses it, the key or index, or the script."""
    return str(use.module or (use.part and use.part.name) or use.path)


def user_kind(use: ObjectUse) -> str:
    """`procedure`, `foreign key`; outside of modules, a pipeline or another file."""
    if use.part:
        return use.part.kind.value
    if use.module_kind:
        return use.module_kind.value.lower()
    if use.module is not None:
        return "module"
    return "pipeline" if use.path.partition("#")[0].lower().endswith(".json") else "script"


def kind_words(use: ObjectUse) -> str:
    """`reads, filters`."""
    return ", ".join(kind.value for kind in UseKind if kind in use.kinds)


def sites(use: ObjectUse) -> list[str]:
    """`etl/load.sql:12`, each once; of a module without any, its own place."""
    places = dict.fromkeys(f"{site.path}:{site.line}" for site in use.sites)
    return list(places) or [f"{use.path}:{use.line}"]


def _used_by(uses: Sequence[ObjectUse], noun: str) -> Iterator[str]:
    """The sentence `42 modules use it: 31 read, 9 write (3 of these do both), 2 only filter`."""
    if not uses:
        return
    counts = [
        f"{number} {_COUNTED[kind]}"
        for kind in _FIRST
        if (number := sum(kind in use.kinds for use in uses))
    ]
    both = sum({UseKind.READS, UseKind.WRITES} <= use.kinds for use in uses)
    if both:
        counts[1] += f" ({both} of these {'does' if both == 1 else 'do'} both)"
    deciding = [use for use in uses if not use.kinds & set(_FIRST)]
    for kind in UseKind:
        number = sum(
            min(use.kinds, key=list(UseKind).index) is kind for use in deciding if use.kinds
        )
        counts += [f"{number} only {_COUNTED[kind]}"] if number else []
    verb = "uses" if len(uses) == 1 else "use"
    yield f"{counted(len(uses), noun)} {verb} it: {', '.join(counts)}."


def _reached(impact: Impact) -> Iterator[str]:
    """The sentence `17 columns downstream in 6 tables; it decides the rows of 2`."""
    columns, tables = impact.columns_downstream, impact.tables_downstream
    if not tables:
        return
    parts = []
    if columns:
        number = len({column.table for column in columns})
        parts.append(f"{counted(len(columns), 'column')} downstream in {counted(number, 'table')}")
    if rows := impact.rows_downstream:
        parts.append(f"it decides the rows of {counted(len(rows), 'table')}")
    if not columns or len(tables) > len({column.table for column in impact.columns.columns}):
        parts.append(f"{counted(len(tables), 'table')} downstream in all")
    text = "; ".join(parts)
    yield f"{text[0].upper()}{text[1:]}."
