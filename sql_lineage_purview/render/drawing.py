"""What is drawn for where it goes: lines of fragments, each of which says what it means.

Colours, links, guides and the width are decided where it is drawn, see `laid_out`.
"""

from __future__ import annotations

from enum import StrEnum, auto
from typing import TYPE_CHECKING

from msgspec import Struct, field

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..model.graph import Location


class Meaning(StrEnum):
    """What a fragment of a line is, by which it is coloured and broken."""

    PLAIN = auto()
    HEADING = auto()
    NAME = auto()
    MODULE = auto()
    KIND = auto()
    DIRECT = auto()
    INDIRECT = auto()
    DOUBT = auto()
    ERROR = auto()
    REMARK = auto()
    PLACE = auto()
    # names, of which a line has as many as fit
    LIST = auto()
    COMMAND = auto()
    # what was scanned, as it is typed where it is drawn
    SOURCE = auto()


class Fragment(Struct, frozen=True):
    """A part of a line that is broken only where it is longer than a line.

    Args:
        text: What is shown; empty with a place: its path and line.
        meaning: What it is.
        place: The place in a script that it leads to, the whole file in line 0; None for none.
        joint: The blanks before it, where something stands before it on the line.
        focus: The character around which a text is cut to the line, in place of being broken.
    """

    text: str
    meaning: Meaning = Meaning.PLAIN
    place: Location | None = None
    joint: str = "  "
    focus: int | None = None


class Branch(Struct):
    """A line, and the lines below it.

    Args:
        fragments: The line.
        children: What stands below it.
        guided: Are guides drawn to what stands below it?
        hanging: How far the rest of a line that is too long is indented.
        columns: How many fragments of the lines below it stand in columns, where there is room.
        indent: How far the lines below it are indented where no guides are drawn.
    """

    fragments: tuple[Fragment, ...] = ()
    children: list[Branch] = field(default_factory=list)
    guided: bool = True
    hanging: int = 4
    columns: int = 0
    indent: int = 0

    def add(self, *fragments: Fragment) -> Branch:
        """One more line below."""
        child = Branch(fragments)
        self.children.append(child)
        return child


def at(place: Location, joint: str = "  ") -> Fragment:
    """The path and line of a place."""
    return Fragment("", Meaning.PLACE, place, joint)


def text_drawing(lines: Iterable[str]) -> Branch:
    """Lines of text; what of a line is too long for where it goes stands below it, indented."""
    screen = Branch(guided=False)
    for line in lines:
        words = line.lstrip(" ")
        indent = line[: len(line) - len(words)]
        screen.add(Fragment(indent), Fragment(words, joint="")).hanging = len(indent) + 4
    return screen
