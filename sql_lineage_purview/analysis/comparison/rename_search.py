"""What was renamed or moved between two states, and not dropped and made anew.

A rename is told only where one thing alone fits: a table of the same columns in the same file, of
the same name in another schema, or in a file that came where its own went; a module that reads,
writes and calls the same; a column in the same position that has the same inputs, or the same
outputs.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Set
from typing import TYPE_CHECKING, TypeVar

from msgspec.structs import replace

from .graph_state import Renames

if TYPE_CHECKING:
    from ...model.graph import Module, Statement, Table
    from .graph_state import ColumnKey, GraphState

_Thing = TypeVar("_Thing")


def renames_between(base: GraphState, head: GraphState) -> Renames:
    """By the keys of the base, those of the head."""
    renames = Renames(tables=_tables(base, head))
    renames = replace(renames, modules=_modules(base.renamed(renames), head))
    renames = replace(renames, columns=_columns(base.renamed(renames), head))
    return replace(renames, paths=_paths(base.renamed(renames), head))


def _tables(base: GraphState, head: GraphState) -> dict[str, str]:
    gone = {key: row for key, row in base.defined_tables.items() if key not in head.defined_tables}
    new = {key: row for key, row in head.defined_tables.items() if key not in base.defined_tables}

    def shape(table: Table, state: GraphState) -> Hashable:
        columns = table.columns and tuple(map(state.fold, table.columns))
        return (table.kind, columns) if columns else None

    def fits(old: Table, table: Table) -> bool:
        return base.fold(old.name.object) == head.fold(table.name.object) or _is_successor(
            _path(old), _path(table), base, head
        )

    return _pairs(gone, new, lambda row: shape(row, base), lambda row: shape(row, head), fits)


def _path(table: Table) -> str:
    return table.defined_at.path if table.defined_at else ""


def _is_successor(old: str, new: str, base: GraphState, head: GraphState) -> bool:
    """Is it the same file, or one that came where the other went?"""
    return old == new or (old not in head.paths and new not in base.paths)


def _modules(base: GraphState, head: GraphState) -> dict[str, str]:
    gone = {key: row for key, row in base.modules.items() if key not in head.modules}
    new = {key: row for key, row in head.modules.items() if key not in base.modules}

    def shape(module: Module, state: GraphState) -> Hashable:
        names = [
            frozenset(map(state.key, names))
            for names in (module.reads, module.writes, module.calls)
        ]
        columns = frozenset(map(state.column_key, module.columns))
        return (module.kind, *names, columns) if any((*names, columns)) else None

    def fits(old: Module, module: Module) -> bool:
        return base.fold(old.name.object) == head.fold(module.name.object) or _is_successor(
            old.path, module.path, base, head
        )

    return _pairs(gone, new, lambda row: shape(row, base), lambda row: shape(row, head), fits)


def _pairs(
    gone: Mapping[str, _Thing],
    new: Mapping[str, _Thing],
    old_shape: Callable[[_Thing], Hashable],
    new_shape: Callable[[_Thing], Hashable],
    fits: Callable[[_Thing, _Thing], bool],
) -> dict[str, str]:
    """What is gone, and the one thing of the same shape that fits it and nothing else."""
    by_shape: defaultdict[Hashable, list[str]] = defaultdict(list)
    for key, thing in new.items():
        by_shape[new_shape(thing)].append(key)
    candidates = {
        key: [other for other in by_shape[shape] if fits(thing, new[other])]
        for key, thing in gone.items()
        if (shape := old_shape(thing)) is not None
    }
    return _unique(candidates)


def _unique(candidates: Mapping[str, Iterable[str]]) -> dict[str, str]:
    choices = {key: list(keys) for key, keys in candidates.items()}
    counts = Counter(key for keys in choices.values() for key in keys)
    return {
        key: keys[0] for key, keys in choices.items() if len(keys) == 1 and counts[keys[0]] == 1
    }


def _columns(base: GraphState, head: GraphState) -> dict[ColumnKey, ColumnKey]:
    pairs = {}
    for key in base.tables:
        old, new = base.columns_of(key), head.columns_of(key)
        if old and new and len(old) == len(new) and old.keys() != new.keys():
            for column, successor in zip(old, new, strict=True):
                is_free = column not in new and successor not in old
                if is_free and _is_same_value(column, successor, base, head):
                    pairs[column] = successor
    return pairs


def _is_same_value(old: ColumnKey, new: ColumnKey, base: GraphState, head: GraphState) -> bool:
    inputs = {(key.source, key.subtype) for key in base.edges_to.get(old, ())}
    if inputs:
        return inputs == {(key.source, key.subtype) for key in head.edges_to.get(new, ())}
    outputs = base.edges_from.get(old)
    return bool(outputs) and outputs == head.edges_from.get(new)


def _paths(base: GraphState, head: GraphState) -> dict[str, str]:
    """The files that were moved: by what they define, else by the statements of scripts."""
    gone, new = base.paths - head.paths, head.paths - base.paths
    places: defaultdict[str, set[str]] = defaultdict(set)
    for key, table in base.defined_tables.items():
        if key in head.defined_tables:
            places[_path(table)].add(_path(head.defined_tables[key]))
    for key, module in base.modules.items():
        if key in head.modules:
            places[module.path].add(head.modules[key].path)
    moved = _unique({path: places[path] for path in gone & places.keys() if places[path] <= new})
    scripts = gone - places.keys(), new - set(moved.values())
    return moved | _scripts(base, head, *scripts)


def _scripts(base: GraphState, head: GraphState, gone: Set[str], new: Set[str]) -> dict[str, str]:
    old, current = _statements(base, gone), _statements(head, new)
    return _unique(
        {
            path: [other for other, rows in current.items() if rows == statements]
            for path, statements in old.items()
        }
    )


def _statements(state: GraphState, paths: Set[str]) -> dict[str, list[Hashable]]:
    rows: defaultdict[str, list[Hashable]] = defaultdict(list)
    for row in state.graph.statements:
        if row.path in paths:
            rows[row.path].append(_shape(row, state))
    return dict(rows)


def _shape(row: Statement, state: GraphState) -> Hashable:
    names = (frozenset(map(state.key, names)) for names in (row.reads, row.writes, row.calls))
    return (row.kind, *names)
