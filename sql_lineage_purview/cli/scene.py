"""Drawings on a terminal, with colours and links and to its width; elsewhere plain whole lines."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TextIO

from msgspec import Struct

from ..render.drawing import Meaning
from ..render.drawing_layout import ASCII, BOXES, Medium, laid_out

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from rich.console import Console
    from rich.text import Text

    from ..render.drawing import Branch, Fragment
    from ..render.drawing_layout import DrawnText, Guides

# What terminals show for OSC 8: https://github.com/Alhadis/OSC8-Adoption. `FORCE_HYPERLINK` decides
# it for any program.
_LINKING_PROGRAMS = frozenset(
    ("iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "Tabby", "rio", "WarpTerminal")
)
_LINKING_TERMINALS = ("xterm-kitty", "xterm-ghostty", "alacritty", "foot", "contour", "wezterm")
_LINKING_VARIABLES = ("WT_SESSION", "KONSOLE_VERSION", "KITTY_WINDOW_ID", "DOMTERM")
_FIRST_LINKING_VTE = 5000

_STYLES = {
    Meaning.HEADING: "bold",
    Meaning.NAME: "bold",
    Meaning.MODULE: "bold blue",
    Meaning.KIND: "dim",
    Meaning.DIRECT: "green",
    Meaning.INDIRECT: "magenta",
    Meaning.DOUBT: "yellow",
    Meaning.ERROR: "red",
    Meaning.REMARK: "yellow",
    Meaning.PLACE: "cyan",
    Meaning.COMMAND: "green",
    Meaning.SOURCE: "green",
}


class Scene(Struct, frozen=True):
    """How drawings look.

    Args:
        root: What the paths of a scan are relative to, for links; None: nothing leads there.
        shown: A path of the scan as it can be opened from the current folder.
        source: What was scanned, as it is typed behind a command.
        ascii_only: Draw guides in ASCII on every terminal.
    """

    root: Path | None = None
    shown: Callable[[str], str] = str
    source: str = ""
    ascii_only: bool = False


def drawn(drawing: Branch, stream: TextIO | None, scene: Scene) -> str:
    """A drawing as text: for a terminal, or plain for anything else; None is a file."""
    if stream is None or not stream.isatty():
        guides = _guides(scene, "utf-8" if stream is None else stream.encoding)
        medium = Medium(None, guides, scene.shown, scene.source)
        return _joined("".join(run.text for run in line) for line in laid_out(drawing, medium))
    return _coloured(drawing, stream, scene)


def takes_links(environment: Mapping[str, str]) -> bool:
    """Does the terminal of this environment take links (OSC 8)?"""
    forced = environment.get("FORCE_HYPERLINK")
    if forced is not None:
        return forced != "0"
    version = environment.get("VTE_VERSION", "")
    return (
        environment.get("TERM_PROGRAM") in _LINKING_PROGRAMS
        or environment.get("TERM", "").startswith(_LINKING_TERMINALS)
        or any(environment.get(name) for name in _LINKING_VARIABLES)
        or (version.isdecimal() and int(version) >= _FIRST_LINKING_VTE)
    )


def _coloured(drawing: Branch, stream: TextIO, scene: Scene) -> str:
    from rich.cells import cell_len  # noqa: PLC0415 - for those alone who have a terminal

    console = _console(stream)
    guides = _guides(scene, stream.encoding)
    medium = Medium(console.width, guides, scene.shown, scene.source, cell_len)
    root = scene.root if console.color_system and takes_links(os.environ) else None
    with console.capture() as capture:
        for line in laid_out(drawing, medium):
            console.print(_styled(line, root), soft_wrap=True)
    return _joined(capture.get().split("\n")[:-1])


def _console(stream: TextIO) -> Console:
    from rich.console import Console  # noqa: PLC0415 - see above

    colours = not os.environ.get("NO_COLOR")
    console = Console(
        file=stream,
        markup=False,  # brackets are names here
        highlight=False,
        emoji=False,
        color_system="auto" if colours else None,
    )
    # the console of an old Windows obeys no escape sequences, and would show them
    if console.legacy_windows:
        return Console(
            file=stream,
            markup=False,
            highlight=False,
            emoji=False,
            color_system=None,
            legacy_windows=False,
        )
    return console


def _styled(line: Iterable[DrawnText], root: Path | None) -> Text:
    from rich.text import Text  # noqa: PLC0415 - see above

    text = Text()
    for run in line:
        text.append(run.text, _style(run.fragment, root))
    return text


def _style(fragment: Fragment | None, root: Path | None) -> str:
    if fragment is None:
        return "dim"
    style = _STYLES.get(fragment.meaning, "")
    if root is None or fragment.place is None or "://" in fragment.place.path:
        return style
    # editors take the line from the fragment
    line = f"#{fragment.place.line}" if fragment.place.line else ""
    return f"{style} link {(root / fragment.place.path).absolute().as_uri()}{line}"


def _guides(scene: Scene, encoding: str | None) -> Guides:
    if scene.ascii_only:
        return ASCII
    try:
        "".join((BOXES.child, BOXES.last, BOXES.beside)).encode(encoding or "utf-8")
    except UnicodeEncodeError:
        return ASCII
    return BOXES


def _joined(lines: Iterable[str]) -> str:
    return "".join(f"{line.rstrip()}\n" for line in lines)
