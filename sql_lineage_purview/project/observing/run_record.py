"""What one run of a command did: its steps with their times and numbers.

Nothing of it is text of anybody's SQL.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from msgspec import Struct, field

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ..configuring.settings import Settings
    from ..keeping.scan_result import Scan


class Step(Struct):
    """A part of a run: when (nanoseconds since 1970), what it counted, and whether it failed."""

    name: str
    started: int
    ended: int = 0
    numbers: dict[str, int] = field(default_factory=dict)
    failed: bool = False


class RunRecord(Struct):
    """A run, as it goes on.

    Args:
        command: The command's name.
        clock: Nanoseconds since 1970.

    Attributes:
        steps: Its steps, in the order in which they began.
        settings: The settings that hold for it, as soon as they are known.
    """

    command: str
    clock: Callable[[], int] = time.time_ns
    steps: list[Step] = field(default_factory=list)
    settings: Settings | None = None
    started: int = 0

    def __post_init__(self) -> None:
        self.started = self.clock()

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """Time a part of the run; what it raises goes on, and makes it a failed one."""
        step = Step(name, self.clock())
        self.steps.append(step)
        try:
            yield step
        # A run that a person breaks off has not succeeded either.
        except BaseException:
            step.failed = True
            raise
        finally:
            step.ended = self.clock()

    def numbers(self) -> dict[str, int]:
        """The numbers of all steps, by step and name (`scan.files`)."""
        return {
            f"{step.name}.{name}": value
            for step in self.steps
            for name, value in step.numbers.items()
        }


def numbers_of(scan: Scan) -> dict[str, int]:
    """What a scan found, in numbers."""
    graph = scan.graph
    return {
        "files": len(graph.files),
        "statements": sum(file.statements for file in graph.files),
        "gaps": sum(file.gaps.total for file in graph.files),
        "tables": graph.count("tables"),
        "table_edges": graph.count("table_lineage"),
        "column_edges": graph.count("column_lineage"),
    }
