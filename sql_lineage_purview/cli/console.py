"""Where words go: results to stdout or a file, everything else to stderr."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import sys
import time
from typing import TYPE_CHECKING, TextIO

from ..model.printable import one_line, without_commands
from ..project.reading.files import write_result

if TYPE_CHECKING:
    from pathlib import Path

    from rich.tree import Tree

_NO_WRAPPING = 1_000_000


class CommandError(Exception):
    """A command cannot go on: the line to print, and the exit code."""

    def __init__(self, message: str, code: int = 2) -> None:
        super().__init__(message)
        self.code = code


def prepare_streams() -> None:
    """Let no character stop the output: what a code page does not know becomes a question mark."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def say(text: str) -> None:
    """Tell the person something, on stderr, in one line. Where nobody can be told, nobody is."""
    with contextlib.suppress(OSError):
        _write(sys.stderr, f"{one_line(text)}\n")


def write_message(text: str, stream: TextIO | None) -> None:
    """Lines of help or usage, to the stream that they are for."""
    with contextlib.suppress(OSError):
        _write(stream or sys.stderr, "\n".join(map(one_line, text.split("\n"))))


def can_ask() -> bool:
    """Is there a person to ask? A service may have no stdin at all."""
    return sys.stdin is not None and not sys.stdin.closed and sys.stdin.isatty()


def agreed() -> bool:
    """Did the person answer yes?"""
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def deliver(result: str | Tree, output: Path | None, *, exact: bool = False) -> None:
    """Bring a result to where it belongs: the file, or stdout.

    Args:
        result: text, or a tree to draw.
        output: the file (UTF-8, written whole or not at all); None is stdout.
        exact: the text is data for programs: UTF-8 with plain newlines, whatever the console speaks.

    Raises:
        CommandError: it cannot be written.
    """
    if isinstance(result, str) and not exact:
        result = "\n".join(map(one_line, result.split("\n")))
    try:
        if output is None:
            _print(result, exact=exact)
        else:
            text = result if isinstance(result, str) else drawn(result, io.StringIO())
            write_result(output, text if exact else without_commands(text))
    except OSError as error:
        place = output or "stdout"
        raise CommandError(f"{place}: cannot be written ({error.strerror}). Is the disk full, or is it closed?") from None


def drawn(tree: Tree, stream: TextIO) -> str:
    """A tree as text for a stream: with colours and wrapped on a terminal, plain and in whole lines elsewhere."""
    from rich.console import Console  # noqa: PLC0415  # the commands that draw nothing need not load it

    terminal = stream.isatty()
    console = Console(
        file=stream,
        markup=False,  # brackets are names here
        highlight=False,
        width=None if terminal else _NO_WRAPPING,
        color_system="auto" if terminal and not os.environ.get("NO_COLOR") else None,
    )
    if console.legacy_windows:
        console = Console(file=stream, markup=False, highlight=False, color_system=None, legacy_windows=False)
    with console.capture() as capture:
        console.print(tree)
    return capture.get()


class Progress:
    """Counts what is done on one line of a terminal, such as `Reading 3 of 8 files`; says nothing anywhere else."""

    def __init__(self, doing: str = "Reading", what: str = "files") -> None:
        self._doing, self._what = doing, what
        self._shown = sys.stderr is not None and sys.stderr.isatty()
        self._last = 0.0

    def __call__(self, done: int, total: int) -> None:
        """Show how far it is, at most ten times a second, and wipe the line at the end."""
        now = time.monotonic()
        if not self._shown or (done < total and now - self._last < 0.1):
            return
        self._last = now
        text = f"\r{self._doing} {done} of {total} {self._what}" if done < total else f"\r{' ' * 40}\r"
        _write(sys.stderr, text)


def _print(result: str | Tree, *, exact: bool) -> None:
    if sys.stdout is None:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    if exact and isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
    text = result if isinstance(result, str) else drawn(result, sys.stdout)
    _write(sys.stdout, text, exact=exact)


def _write(stream: TextIO | None, text: str, *, exact: bool = False) -> None:
    """Write at once. Who closes a pipe early (`| head`) has seen enough, which is no error of ours."""
    if stream is None:
        return
    try:
        stream.write(text if exact else without_commands(text))
        stream.flush()
    except OSError as error:
        # What is left in the buffer would fail again at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        if not isinstance(error, BrokenPipeError) and error.errno != errno.EINVAL:  # what Windows says instead
            raise
