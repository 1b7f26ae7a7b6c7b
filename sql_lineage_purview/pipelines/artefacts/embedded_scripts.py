"""The script that a file holds, put together from its pieces."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TypeAlias

from msgspec import Struct, field

from ...model.diagnostics import Diagnostic, Span
from ...model.unread import UnreadKind
from ..expressions.evaluation import Values
from .json_members import Properties

Pairs: TypeAlias = tuple[tuple[str, str], ...]


class CopyEnd(Struct, frozen=True):
    """An end of a copy.

    It has its dataset with the arguments given to that, what else is set for it, and its SQL.

    `inline` is the dataset itself where the activity holds it, as in Fabric.

    `lines` are the first and last line of the script at which the SQL stands that supplies the
    rows, or takes them; `before` those of the SQL that runs first. `dynamic`: there is SQL that
    only the run knows.
    """

    dataset: str
    arguments: Properties
    settings: Properties
    lines: tuple[int, int] | None = None
    before: tuple[int, int] | None = None
    dynamic: bool = False
    inline: Properties | None = None


class CopyActivity(Struct, frozen=True):
    """A Copy activity as one run of it would be. `span` is where it stands in the JSON.

    `mapping` holds pairs of source and target columns; empty: each into the one of its name.
    """

    name: str
    span: Span
    source: CopyEnd
    sink: CopyEnd
    mapping: Pairs
    values: Values


class ActivitySql(Struct, frozen=True):
    """The place of an activity's SQL, and what its references stand for.

    The place is the first and last line. The activity says where the SQL runs.
    """

    lines: tuple[int, int]
    activity: Properties
    values: Values


class EmbeddedScript(Struct, frozen=True):
    """The SQL of a file as one script; lines of facts and diagnostics are lines of `text`.

    `database` is the one that the file says its script is connected to. `copies` are the Copy
    activities of a pipeline, which stand in lines of the file itself, as do the findings. `assumed`
    are the first and last lines of SQL that holds unless a run of the pipeline is given other
    parameters. `activities` say where the SQL of each runs.
    """

    text: str
    database: str | None = None
    diagnostics: tuple[Diagnostic, ...] = ()
    copies: tuple[CopyActivity, ...] = ()
    assumed: tuple[tuple[int, int], ...] = ()
    activities: tuple[ActivitySql, ...] = ()

    @property
    def spans(self) -> frozenset[Span]:
        """What stands in lines of the file itself.

        All else of it that is SQL stands in the lines of its script.
        """
        return frozenset(
            (*(copy.span for copy in self.copies), *(finding.span for finding in self.diagnostics))
        )

    @property
    def data(self) -> bytes:
        """The script as the compiler reads it."""
        # JSON may hold half a character, \ud83d, which no file could
        return self.text.encode("utf-8", "replace")


class StudioDocument(Struct, frozen=True):
    """What a JSON file or notebook holds: its script, and what is not read of it, by kind.

    The script is None where it has none.
    """

    script: EmbeddedScript | None = None
    unread: Counter[UnreadKind] = field(default_factory=Counter)


class ScriptWriter(Struct):
    """Puts batches one below the other, each under a line that says where it comes from."""

    _batches: list[str] = field(default_factory=list)
    _diagnostics: list[Diagnostic] = field(default_factory=list)
    _assumed: list[tuple[int, int]] = field(default_factory=list)
    _line: int = 1

    def add(self, heading: str, sql: str, *, assumed: bool = False) -> tuple[int, int]:
        """A batch of its own; its first and last line."""
        first = self._line
        # GO on a line of its own: SQL that breaks off takes nothing else along
        self._append(f"-- {_one_line(heading)}\n{sql}\nGO\n")
        lines = first, self._line - 1
        self._assumed += [lines] if assumed else []
        return lines

    def note(self, diagnostic: Diagnostic) -> None:
        """A finding that stands in lines of the file itself."""
        self._diagnostics.append(diagnostic)

    def script(
        self, copies: Iterable[CopyActivity] = (), activities: Iterable[ActivitySql] = ()
    ) -> EmbeddedScript | None:
        """All that was added; None where that is nothing."""
        copied = tuple(copies)
        if not (self._batches or copied or self._diagnostics):
            return None
        findings = tuple(dict.fromkeys(self._diagnostics))
        return EmbeddedScript(
            "".join(self._batches), None, findings, copied, tuple(self._assumed), tuple(activities)
        )

    def _append(self, text: str) -> None:
        self._batches.append(text)
        self._line += text.count("\n")


def use(database: str) -> str:
    """The line that changes the database of what follows."""
    return f"USE [{_one_line(database).replace(']', ']]')}]\n"


def _one_line(text: str) -> str:
    return " ".join(text.split())
