"""Where a result goes, and in which form: what follows from its format is decided here alone.

| | data | text for a person |
|---|---|---|
| on stdout | UTF-8, to the byte | in the characters of the console, a question mark for others |
| in a file | UTF-8, to the byte | UTF-8 |
| unprintable characters, commands of builds | are its format's affair | escaped |
| a drawing | plain, in whole lines | on a terminal in colours, to its width (`drawing`) |

Everything that is not nothing ends in a newline. Progress and remarks go to stderr (`console`).
"""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, TextIO

from ..model.printable import one_line, without_commands
from ..project.storing.whole_files import write_result
from .console import CommandError, write_stream
from .fitting import fitted

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from ..render.drawing import Branch
    from ..render.format import Format, Rendered, Subject
    from .scene import Scene


def deliver(
    subject: Subject,
    form: Format[Subject],
    output: Path | None = None,
    scene: Scene | None = None,
) -> None:
    """Render a thing, and bring it to the file (written whole or not at all), or else to stdout.

    Args:
        subject: What is rendered.
        form: Its format.
        output: The file; None for stdout.
        scene: How drawings look, and what paths in them are called.

    Raises:
        CommandError: it cannot be written.
    """
    rendered = form.render(subject)
    try:
        if output is None:
            _print(rendered, scene, is_data=form.is_data)
        else:
            write_result(output, _pieces(rendered, None, scene, is_data=form.is_data))
    except OSError as error:
        place = output or "stdout"
        reason = f"({error.strerror}). Is the disk full, or is it closed?"
        raise CommandError(f"{place}: cannot be written {reason}") from None


def _print(rendered: Rendered, scene: Scene | None, *, is_data: bool) -> None:
    if sys.stdout is None:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    if is_data and isinstance(sys.stdout, io.TextIOWrapper):
        # on Windows it would have the code page of the console, and end lines in CR LF
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
    for piece in _pieces(rendered, sys.stdout, scene, is_data=is_data):
        write_stream(sys.stdout, piece)


def _pieces(
    rendered: Rendered, stream: TextIO | None, scene: Scene | None, *, is_data: bool
) -> Iterable[str]:
    """What is written; the stream is None for a file."""
    if isinstance(rendered, Iterator):  # of data, which ends in a newline
        return rendered
    return (_text(rendered, stream, scene, is_data=is_data),)


def _text(
    rendered: str | Branch, stream: TextIO | None, scene: Scene | None, *, is_data: bool
) -> str:
    text = rendered if isinstance(rendered, str) else _drawn(rendered, stream, scene)
    if not is_data:
        # The lines of a drawing are made of such, and may have colours.
        if text is rendered:
            text = fitted("\n".join(map(one_line, text.split("\n"))), stream)
        text = without_commands(text)
    return text if not text or text.endswith("\n") else f"{text}\n"


def _drawn(drawing: Branch, stream: TextIO | None, scene: Scene | None) -> str:
    from .scene import Scene, drawn  # noqa: PLC0415 - for those alone who draw

    return drawn(drawing, stream, scene or Scene())
