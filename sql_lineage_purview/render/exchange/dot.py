"""A diagram in DOT, the language of Graphviz.

https://graphviz.org/doc/info/lang.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...model.printable import one_line
from ...model.vocabulary import TableKind
from ..labels import label

if TYPE_CHECKING:
    from .diagram import Diagram

_SHAPES = {TableKind.VIEW: ", style=rounded", TableKind.FILE: ", shape=note"}


def render_dot(diagram: Diagram) -> str:
    """A directed graph from left to right: views are round, files are notes."""
    numbers = {box: f"n{number}" for number, box in enumerate(diagram.boxes)}
    lines = ["digraph lineage {", "  // by sql-lineage-purview", "  rankdir=LR;"]
    lines.append("  node [shape=box];")
    for box, number in numbers.items():
        shape = _SHAPES.get(diagram.kinds.get(box, TableKind.TABLE), "")
        lines.append(f"  {number} [label={_quoted(label(box))}{shape}];")
    for arrow in diagram.arrows:
        style = f" [style=dashed, label={_quoted(arrow.label)}]" if arrow.label else ""
        lines.append(f"  {numbers[arrow.source]} -> {numbers[arrow.target]}{style};")
    if diagram.hidden:
        text = _quoted(f"and {diagram.hidden} more that are not drawn")
        lines.append(f"  more [label={text}, shape=plaintext];")
    return "\n".join([*lines, "}"]) + "\n"


def _quoted(text: str) -> str:
    # in a label \N is the name of the node, and &lt; a sign
    escaped = one_line(text).replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
