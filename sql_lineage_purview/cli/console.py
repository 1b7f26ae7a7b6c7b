"""What is said to the person beside the result, on stderr, and what they answer."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import sys
import time
from typing import TextIO

from ..model.printable import one_line, without_commands
from .fitting import fitted


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
        line = fitted(one_line(text), sys.stderr)
        write_stream(sys.stderr, without_commands(f"{line}\n"))


def write_message(text: str, stream: TextIO | None) -> None:
    """Lines of help or usage, to the stream that they are for."""
    with contextlib.suppress(OSError):
        lines = fitted("\n".join(map(one_line, text.split("\n"))), stream or sys.stderr)
        write_stream(stream or sys.stderr, without_commands(lines))


def write_line(text: str) -> None:
    """One line on stdout that is no result, such as the address of a server."""
    write_stream(sys.stdout, without_commands(f"{one_line(text)}\n"))


def can_ask() -> bool:
    """Is there a person to ask? A service may have no stdin at all."""
    return sys.stdin is not None and not sys.stdin.closed and sys.stdin.isatty()


def agreed() -> bool:
    """Did the person answer yes?"""
    return sys.stdin.readline().strip().lower() in ("y", "yes")


class Progress:
    """Counts what is done on one line of a terminal, such as `Reading 3 of 8 files`.

    Says nothing anywhere else.
    """

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
        text = (
            # blanks over the longest line that there can be
            f"\r{self._doing} {done} of {total} {self._what}" if done < total else f"\r{' ' * 40}\r"
        )
        write_stream(sys.stderr, without_commands(text))


def write_stream(stream: TextIO | None, text: str) -> None:
    """Write at once. Who closes a pipe early (`| head`) has seen enough, which is no error of ours.

    Raises:
        OSError: it cannot be written.
    """
    if stream is None:
        return
    try:
        stream.write(text)
        stream.flush()
    except OSError as error:
        # What is left in the buffer would fail again at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        # what Windows says instead
        if not isinstance(error, BrokenPipeError) and error.errno != errno.EINVAL:
            raise
