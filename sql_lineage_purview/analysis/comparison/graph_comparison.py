"""What two states of a project differ in: tables, columns and modules, lineage, and gaps.

Nothing of it depends on positions, so that what only moves is no change. What stands behind a gap
in both states is not compared, and is said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from ...model.graph import Column, Location
from ...model.unread import not_told
from ..selection import SelectedModule
from ..walks import FlowDirection, LineageWalk, Walks
from .edge_comparison import EdgeComparison
from .graph_state import GraphState
from .lineage_change import ChangeKind, ImpactClass, LineageChange
from .object_comparison import ObjectComparison
from .rename_search import renames_between

if TYPE_CHECKING:
    from ...model.diagnostics import Diagnostic
    from ...model.graph import LineageGraph, Module
    from ...model.unread import Unread
    from ..selection import Node
    from .graph_state import ColumnKey

_MAX_PATHS = 20
_IMPACTS = tuple(ImpactClass)
_KINDS = tuple(ChangeKind)
_GONE = frozenset(
    (
        ChangeKind.COLUMN_DROPPED,
        ChangeKind.TABLE_DROPPED,
        ChangeKind.MODULE_DROPPED,
        ChangeKind.OBJECT_DROPPED,
    )
)


class GraphComparison(Struct, frozen=True):
    """What two states differ in.

    Args:
        changes: All of them, the worst first.
        same_edges: How many column edges are the same in both.
        gaps: Those of the head that were there before: what they hide is not compared.
        not_read: What the head holds that moves data and is not followed; the same goes for it.
    """

    changes: tuple[LineageChange, ...]
    same_edges: int
    gaps: tuple[Diagnostic, ...]
    not_read: tuple[Unread, ...]

    def of(self, impact: ImpactClass) -> tuple[LineageChange, ...]:
        """The changes of a class."""
        return tuple(change for change in self.changes if change.impact is impact)

    @property
    def worst(self) -> ImpactClass | None:
        """The class of the worst change; None where there is none."""
        return self.changes[0].impact if self.changes else None


def compare_graphs(
    base: LineageGraph, head: LineageGraph, *, case_sensitive: bool = False
) -> GraphComparison:
    """What the second of two graphs has, and the first has not, and the other way round.

    Args:
        base: the lineage before.
        head: the lineage now.
        case_sensitive: do names differ that differ only in case?
    """
    former, current = _states(base, head, case_sensitive=case_sensitive)
    objects = ObjectComparison(former, current)
    # who goes on to use an old name is told with the rename, so that here both names are one
    aligned = current.renamed(former.renames)
    edges = EdgeComparison(former, aligned, objects.dropped_modules.keys(), objects.told)
    changes = [_with_inputs(change, edges, aligned) for change in objects.changes()]
    changes += edges.changes()
    changes += _uses(former, aligned, changes, objects)
    new, gone, standing = _gaps(former, current)
    changes += new + gone
    reach = _Reach(Walks(base), Walks(head))
    return GraphComparison(
        tuple(sorted(map(reach.added, changes), key=_order)),
        aligned.column_edges_of(former),
        standing,
        not_told(head.not_read),
    )


def comparison_of(comparison: GraphComparison, nodes: Iterable[Node]) -> GraphComparison:
    """A comparison with those changes alone that are about some tables, columns or modules.

    Args:
        comparison: all of it.
        nodes: a column stands for what changes of its table as a whole, too.
    """
    chosen = set(nodes)
    names = {node.name for node in chosen if isinstance(node, SelectedModule)}
    names |= {node.table for node in chosen if isinstance(node, Column) and node.column is None}
    owners = {node.table for node in chosen if isinstance(node, Column)}

    def is_chosen(subject: Column | None) -> bool:
        if subject is None:
            return False
        is_whole = subject.column is None and subject.table in owners
        return is_whole or subject.table in names or subject in chosen

    changes = tuple(
        row
        for row in comparison.changes
        if is_chosen(row.subject) or (row.replacement and is_chosen(row.replacement))
    )
    return replace(comparison, changes=changes)


def object_changes(
    base: LineageGraph, head: LineageGraph, *, case_sensitive: bool = False
) -> Iterator[LineageChange]:
    """Those changes alone that are about tables, columns and modules themselves.

    Args:
        base: the lineage before.
        head: the lineage now.
        case_sensitive: do names differ that differ only in case?
    """
    return ObjectComparison(*_states(base, head, case_sensitive=case_sensitive)).changes()


def _states(
    base: LineageGraph, head: LineageGraph, *, case_sensitive: bool
) -> tuple[GraphState, GraphState]:
    """Both states, the first with the names of the second."""
    fold = str if case_sensitive else str.casefold
    current, former = GraphState(head, fold), GraphState(base, fold)
    return former.renamed(renames_between(former, current)), current


def _order(change: LineageChange) -> tuple[int, int, str, str, Location]:
    subject = change.subject
    return (
        _IMPACTS.index(change.impact),
        _KINDS.index(change.kind),
        str(subject.table).casefold() if subject else "",
        (subject.column or "").casefold() if subject else change.detail,
        change.location or Location("", 0),
    )


def _with_inputs(change: LineageChange, edges: EdgeComparison, head: GraphState) -> LineageChange:
    """A new column with what feeds it."""
    if change.kind is ChangeKind.COLUMN_ADDED and change.subject:
        return replace(change, gained=edges.inputs_of(head.column_key(change.subject)))
    return change


def _uses(
    base: GraphState,
    head: GraphState,
    changes: Iterable[LineageChange],
    objects: ObjectComparison,
) -> list[LineageChange]:
    """Modules that use other columns, or call others, without a change of lineage that says so."""
    carriers = {
        carrier
        for change in changes
        for entry in (*change.lost, *change.gained)
        for carrier in entry.carriers
    }
    told = {*objects.added_columns, *objects.dropped_columns}
    rows = []
    for key, module in head.modules.items():
        former = base.modules.get(key)
        if former is None or str(module.name) in carriers:
            continue
        if detail := _use_difference(_used(former, base), _used(module, head), told):
            place = Location(module.path, module.line)
            subject = Column(module.name, None)
            rows.append(
                LineageChange(
                    ChangeKind.USES_CHANGED, ImpactClass.RISKY, subject, place, detail=detail
                )
            )
    return rows


def _used(module: Module, state: GraphState) -> Mapping[ColumnKey, str]:
    """What a module refers to by its keys, as it is shown."""
    names = {*module.reads, *module.writes, *module.calls}
    tables = {state.column_key(Column(name, None)): str(name) for name in names}
    columns = {
        state.column_key(column): f"{column.table}.{column.column}" for column in module.columns
    }
    return tables | columns


def _use_difference(
    old: Mapping[ColumnKey, str], new: Mapping[ColumnKey, str], told: set[ColumnKey]
) -> str:
    lost = [text for key, text in old.items() if key not in new and key not in told]
    gained = [text for key, text in new.items() if key not in old and key not in told]
    parts = (("no more", lost), ("now", gained))
    return "; ".join(f"{word}: {', '.join(sorted(rows))}" for word, rows in parts if rows)


def _gaps(
    base: GraphState, head: GraphState
) -> tuple[list[LineageChange], list[LineageChange], tuple[Diagnostic, ...]]:
    """The gaps that came, those that went, and those that stay."""
    old, new = list(_keyed(base)), list(_keyed(head))
    before, now = Counter(key for key, _ in old), Counter(key for key, _ in new)
    standing: list[Diagnostic] = []
    added, closed = [], []
    for key, row in reversed(new):
        if now[key] > before[key]:
            now[key] -= 1
            added.append(_gap(ChangeKind.GAP_ADDED, ImpactClass.RISKY, row))
        else:
            standing.append(row)
    now = Counter(key for key, _ in new)
    for key, row in reversed(old):
        if before[key] > now[key]:
            before[key] -= 1
            gap = _gap(ChangeKind.GAP_CLOSED, ImpactClass.HARMLESS, row)
            closed.append(replace(gap, in_base=True))
    return added, closed, tuple(reversed(standing))


def _keyed(state: GraphState) -> Iterator[tuple[tuple[str, str, str], Diagnostic]]:
    for row in state.graph.diagnostics:
        if row.rule.gap:
            yield (row.code, state.path(row.path), row.message), row


def _gap(kind: ChangeKind, impact: ImpactClass, row: Diagnostic) -> LineageChange:
    location = Location(row.path, row.span.line)
    return LineageChange(kind, impact, None, location, detail=f"{row.code} {row.message}")


class _Reach:
    """What the subject of a change feeds: of what is gone in the base, else in the head."""

    def __init__(self, base: Walks, head: Walks) -> None:
        self._base, self._head = base, head
        self._walks: dict[tuple[bool, Column], LineageWalk] = {}

    def added(self, change: LineageChange) -> LineageChange:
        """A change with what it reaches; a harmless one reaches nothing."""
        if change.subject is None or change.impact is ImpactClass.HARMLESS:
            return change
        is_gone = change.kind in _GONE or change.replacement is not None
        walk = self._walk(change.subject, is_gone=is_gone)
        nearest = walk.columns[:_MAX_PATHS]
        paths = tuple(_columns(walk, column) for column in nearest)
        return replace(change, reached=paths, reach=len(walk.columns))

    def _walk(self, subject: Column, *, is_gone: bool) -> LineageWalk:
        key = is_gone, subject
        if key not in self._walks:
            walks = self._base if is_gone else self._head
            starts = [subject] if subject.column is not None else [Column(subject.table, "*")]
            self._walks[key] = walks.columns(starts, FlowDirection.DOWNSTREAM)
        return self._walks[key]


def _columns(walk: LineageWalk, column: Column) -> tuple[Column, ...]:
    steps = walk.path(column)
    return (*(step.source for step in steps[:1]), *(step.target for step in steps))
