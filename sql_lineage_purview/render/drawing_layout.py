"""Lines of fragments laid out for a width, with guides from each to what it stands below."""

from __future__ import annotations

from collections.abc import Callable
from itertools import zip_longest
from typing import TYPE_CHECKING

from msgspec import Struct

from ..model.printable import one_line
from ..model.regex import regex
from .drawing import Meaning

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .drawing import Branch, Fragment

# Deep trees have room for names all the same: their lines are longer than the screen then.
_NARROWEST = 40
_SHORTEST_LIST = 24
_SEPARATOR = ", "
# What is copied as it stands.
_UNBROKEN = (Meaning.COMMAND, Meaning.SOURCE)
# Behind what a path or address may be broken, and behind what a name or a sentence.
_FOLDERS = regex(r"(?<=[/\\])")
_NAMES = regex(r"(?<=[ .])")
# Behind what a sentence may be.
_WORDS = regex(r"(?<= )")


class Guides(Struct, frozen=True):
    """The lines of a tree: to a child, to the last one, and past both."""

    child: str
    last: str
    beside: str
    below: str = "    "


BOXES = Guides("├── ", "└── ", "│   ")
ASCII = Guides("+-- ", "`-- ", "|   ")


class Medium(Struct, frozen=True):
    """Where it is drawn.

    Args:
        width: Of a line; None where lines are never broken.
        guides: Of trees.
        shown: A path as it is shown here.
        source: What was scanned, as it is typed here.
        cells: How wide a text is here.
    """

    width: int | None = None
    guides: Guides = BOXES
    shown: Callable[[str], str] = str
    source: str = ""
    cells: Callable[[str], int] = len


class _Pending(Struct, frozen=True):
    """A branch, what stands before its first line and before those below it, and its columns."""

    branch: Branch
    before: str = ""
    below: str = ""
    widths: Sequence[int] = ()


class DrawnText(Struct, frozen=True):
    """A part of a drawn line; without a fragment it is a guide or a blank."""

    text: str
    fragment: Fragment | None = None


def laid_out(root: Branch, medium: Medium) -> Iterator[list[DrawnText]]:
    """The lines of a drawing, in their order."""
    pending = [_Pending(root)]
    while pending:
        row = pending.pop()
        branch = row.branch
        guides = medium.guides if branch.guided else _blank(branch.indent)
        hanging = row.below + (guides.beside if branch.children and branch.guided else "")
        indent = max(map(len, (row.before, hanging)))
        for number, line in enumerate(_broken(branch, medium, indent, row.widths)):
            prefix = hanging if number else row.before
            yield [DrawnText(prefix), *line] if prefix else line
        widths = _widths(branch, medium, len(row.below) + len(guides.beside))
        last = len(branch.children) - 1
        pending += [
            _Pending(
                child,
                row.below + (guides.last if number == last else guides.child),
                row.below + (guides.below if number == last else guides.beside),
                widths,
            )
            for number, child in reversed(list(enumerate(branch.children)))
        ]


def _blank(indent: int) -> Guides:
    return Guides(*[" " * indent] * 4)


def _room(medium: Medium, indent: int) -> int | None:
    return None if medium.width is None else max(medium.width - indent, _NARROWEST)


def _widths(branch: Branch, medium: Medium, indent: int) -> Sequence[int]:
    """How wide the columns of the lines below are; none where a line would be too long for them."""
    if not branch.columns:
        return ()
    lines = [child.fragments for child in branch.children]
    cells = [[_least(fragment, medium) for fragment in line] for line in lines]
    widths = [
        max(sizes, default=0)
        for sizes in zip_longest(*(row[: branch.columns] for row in cells), fillvalue=0)
    ]
    room = _room(medium, indent)
    if room is None:
        return widths
    longest = max(
        sum(map(max, zip_longest(row, widths[: len(row)], fillvalue=0)))
        + sum(len(fragment.joint) for fragment in line[1:])
        for row, line in zip(cells, lines, strict=True)
    )
    return widths if longest <= room else ()


def _least(fragment: Fragment, medium: Medium) -> int:
    """The room that a fragment needs on a line."""
    size = medium.cells(_text(fragment, medium))
    return min(size, _SHORTEST_LIST) if fragment.meaning is Meaning.LIST else size


def _broken(
    branch: Branch, medium: Medium, indent: int, widths: Sequence[int]
) -> Iterator[list[DrawnText]]:
    room = _room(medium, indent)
    line: list[DrawnText] = []
    length = missing = 0
    for fragment, width in zip_longest(branch.fragments, widths[: len(branch.fragments)]):
        text = _text(fragment, medium)
        joint = fragment.joint + " " * missing if line else ""
        length += len(joint)
        parts: Sequence[str] = (text,)
        if room is not None and fragment.meaning not in _UNBROKEN:
            parts = _fitting(text, fragment, medium, (room - length, room - branch.hanging))
        for number, part in enumerate(parts):
            if number:
                yield line
                line, length, joint = [DrawnText(" " * branch.hanging)], branch.hanging, ""
            if part:
                line += [DrawnText(joint)] if joint else []
                line.append(DrawnText(part, fragment))
            length += medium.cells(part)
        missing = max((width or 0) - medium.cells(text), 0)
    if branch.fragments:
        yield line


def _fitting(
    text: str, fragment: Fragment, medium: Medium, rooms: tuple[int, int]
) -> Sequence[str]:
    """A text in parts for the rest of a line, which may be empty, and for the lines below."""
    first, below = rooms
    if medium.cells(text) <= first:
        return (text,)
    if fragment.focus is not None:
        return (_cut(text, fragment.focus, first),)
    if fragment.meaning is Meaning.LIST:
        if first < _SHORTEST_LIST:
            return ("", _shortened(text, below, medium))
        return (_shortened(text, first, medium),)
    # a sentence goes on where it is; what is longer than a line begins there, too
    if _is_sentence(fragment):
        words = [
            part
            for word in _WORDS.split(text)
            for part in ((word,) if medium.cells(word.rstrip()) <= below else _broken_word(word))
        ]
        return list(_parts(words, medium, first, below))
    if medium.cells(text) <= below:
        return ("", text)
    folders = _broken_word(text)
    here = list(_parts(folders, medium, first, below))
    alone = list(_parts(folders, medium, below, below))
    return here if first >= below or len(here) <= len(alone) else ("", *alone)


def _shortened(text: str, room: int, medium: Medium) -> str:
    """The first names of a list, and how many more there are."""
    names = text.split(_SEPARATOR)
    number = len(names)
    while number > 1:
        more = f" … {len(names) - number} more" if number < len(names) else ""
        part = f"{_SEPARATOR.join(names[:number])}{more}"
        if medium.cells(part) <= room:
            return part
        number -= 1
    return f"{names[0]} … {len(names) - 1} more" if len(names) > 1 else text


def _cut(text: str, focus: int, room: int) -> str:
    """What stands around a character, with signs where something is left out."""
    start = min(max(focus - room // 2, 0), len(text) - room)
    end = start + room
    part = text[start:end]
    if text[:start].strip():
        part = f"…{part[1:]}"
    return f"{part[:-1]}…" if text[end:].strip() else part


def _broken_word(text: str) -> Sequence[str]:
    """The parts of a path, address or name."""
    return (_FOLDERS if _FOLDERS.search(text) else _NAMES).split(text)


def _is_sentence(fragment: Fragment) -> bool:
    return fragment.meaning in (Meaning.PLAIN, Meaning.REMARK) and fragment.place is None


def _text(fragment: Fragment, medium: Medium) -> str:
    if fragment.meaning is Meaning.SOURCE:
        return one_line(medium.source)
    if fragment.text or fragment.place is None:
        return one_line(fragment.text)
    line = f":{fragment.place.line}" if fragment.place.line else ""
    return one_line(f"{medium.shown(fragment.place.path)}{line}")


def _parts(words: Sequence[str], medium: Medium, first: int, below: int) -> Iterator[str]:
    """Words put together to parts that fit; a word that is longer than a line stays whole."""
    part, limit = "", first
    for word in words:
        if medium.cells(part + word.rstrip()) > limit and (part or limit < below):
            yield part.rstrip()
            part, limit = "", below
        part += word
    yield part
