"""A diagram in the language of Mermaid, which code hosts and wikis draw.

https://mermaid.js.org/syntax/flowchart.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...model.printable import one_line
from ...model.regex import regex
from ...model.vocabulary import TableKind
from ..labels import label

if TYPE_CHECKING:
    from .diagram import Diagram

# What has a meaning in a quoted text, or could have one in HTML, is written by its number.
_SPECIAL = regex(r"[^\w .,/()$@:*-]")
_SHAPES = {TableKind.VIEW: ("([", "])"), TableKind.FILE: ("[/", "/]")}


def render_mermaid(diagram: Diagram) -> str:
    """A flowchart from left to right: views are round, files slanted."""
    numbers = {box: f"n{number}" for number, box in enumerate(diagram.boxes)}
    lines = ["flowchart LR", "%% lineage by sql-lineage-purview"]
    if diagram.hidden:
        lines.append(f"%% {diagram.hidden} more are not drawn")
    for box, number in numbers.items():
        start, end = _SHAPES.get(diagram.kinds.get(box, TableKind.TABLE), ("[", "]"))
        lines.append(f'  {number}{start}"{_quoted(label(box))}"{end}')
    for arrow in diagram.arrows:
        line = f'-. "{_quoted(arrow.label)}" .->' if arrow.label else "-->"
        lines.append(f"  {numbers[arrow.source]} {line} {numbers[arrow.target]}")
    if diagram.hidden:
        lines.append(f'  more["and {diagram.hidden} more that are not drawn"]')
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return _SPECIAL.sub(lambda match: f"#{ord(match[0])};", one_line(text))
