"""The script that a file holds, put together from its pieces."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ....model.diagnostics import Diagnostic, Span
from .copies import CopyActivity


@dataclass(frozen=True, slots=True)
class EmbeddedScript:
    """The SQL of a file as one script; lines of facts and diagnostics are lines of `text`.

    `database` is the one that the file says its script is connected to. `copies` are the Copy activities of a pipeline, which
    stand in lines of the file itself.
    """

    text: str
    database: str | None = None
    diagnostics: tuple[Diagnostic, ...] = ()
    copies: tuple[CopyActivity, ...] = ()

    @property
    def data(self) -> bytes:
        """The script as the compiler reads it."""
        return self.text.encode("utf-8", "replace")


@dataclass(slots=True)
class ScriptWriter:
    """Puts batches one below the other, each under a line that says where it comes from."""

    _batches: list[str] = field(default_factory=list)
    _diagnostics: list[Diagnostic] = field(default_factory=list)
    _line: int = 1

    def add(self, heading: str, sql: str) -> tuple[int, int]:
        """A batch of its own; its first and last line."""
        first = self._line
        self._append(f"-- {_one_line(heading)}\n{sql}\nGO\n")
        return first, self._line - 1

    def gap(self, heading: str, expression: str, message: str) -> None:
        """SQL that is not known before it runs: the line that tells of it carries the diagnostic."""
        text = f"-- {_one_line(heading)}: {_one_line(expression)}"
        span = Span(self._line, 1, self._line, len(text) + 1)
        self._diagnostics.append(Diagnostic("SLP301", message, span))
        self._append(text + "\n")

    def note(self, diagnostic: Diagnostic) -> None:
        """A finding that stands in lines of the file itself."""
        self._diagnostics.append(diagnostic)

    def script(self, copies: Iterable[CopyActivity] = ()) -> EmbeddedScript | None:
        """All that was added; None where that is nothing."""
        copied = tuple(copies)
        if not (self._batches or copied or self._diagnostics):
            return None
        return EmbeddedScript("".join(self._batches), diagnostics=tuple(self._diagnostics), copies=copied)

    def _append(self, text: str) -> None:
        self._batches.append(text)
        self._line += text.count("\n")


def use(database: str) -> str:
    """The line that changes the database of what follows."""
    return f"USE [{_one_line(database).replace(']', ']]')}]\n"


def _one_line(text: str) -> str:
    return " ".join(text.split())
