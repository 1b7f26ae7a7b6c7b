"""What a selector selects, or a line for a person on why it selects nothing."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import TYPE_CHECKING

from ..analysis.selection import (
    AmbiguousSelector,
    SelectedModule,
    SelectedNodes,
    UnknownColumn,
    UnknownSelector,
    select,
)
from ..analysis.selector import SelectorError
from ..project.project_errors import ProjectError
from ..render.labels import label

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..analysis.selection import Node, TaggedColumns
    from ..model.graph import LineageGraph

_LISTED = 10


class SelectionError(ProjectError):
    """A selector selects nothing, or several where it is to mean one, or cannot be read."""


def selected_nodes(
    graph: LineageGraph, text: str, tagged: TaggedColumns | None = None
) -> SelectedNodes:
    """What a selector selects.

    Args:
        graph: the scan.
        text: the selector.
        tagged: who knows classifications; None where nobody does.

    Raises:
        SelectionError: nothing, or several where it is to mean one, or it cannot be read.
    """
    try:
        selection = select(graph, text, tagged)
    except SelectorError as error:
        raise SelectionError(_path_advice(text) or str(error)) from None
    match selection:
        case SelectedNodes():
            return selection
        case AmbiguousSelector(candidates):
            raise SelectionError(
                f"{text!r} may mean {listed(map(node_label, candidates))}. Write more of the name."
            )
        case UnknownColumn(table, columns):
            raise SelectionError(
                f"{table} has no column {_last(text)!r}. {_columns(text, columns)}"
            )
        case UnknownSelector(near):
            raise SelectionError(_unknown(text, near))


def node_label(node: Node) -> str:
    """A table, column or module as it is typed."""
    return str(node.name) if isinstance(node, SelectedModule) else label(node)


def listed(names: Iterable[str]) -> str:
    """`a, b or c`; of many the first, and how many more."""
    *others, last = names
    if len(others) >= _LISTED:
        return f"{', '.join(others[:_LISTED])} or {len(others) + 1 - _LISTED} more"
    return f"{', '.join(others)} or {last}" if others else last


def _unknown(text: str, near: Sequence[str]) -> str:
    if text.lstrip("[+0123456789").startswith(("#", "@")):
        return f"{text!r} is temporary: lineage goes through it, and ends at tables that persist."
    if advice := _path_advice(text):
        return advice
    if near:
        return f"nothing in the scan is called {text!r}. Did you mean {listed(near)}?"
    return (
        f"nothing in the scan is called {text!r}. Its scripts may stand outside the scanned paths."
    )


def _path_advice(text: str) -> str:
    if not Path(text).exists():
        return ""
    return f"{text!r} is a path. The selector comes first, then the paths: dbo.Fact {text}"


def _columns(text: str, columns: Sequence[str]) -> str:
    if not columns:
        return "Nothing tells its columns: no definition, and no statement names any."
    near = difflib.get_close_matches(_last(text), columns, n=3)
    guess = f"Did you mean {listed(near)}? " if near else ""
    return f"{guess}Its columns are {', '.join(columns)}."


def _last(text: str) -> str:
    return text.rpartition("#" if "#" in text else ".")[2].strip("+[]")
