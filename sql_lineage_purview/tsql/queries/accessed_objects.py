"""The objects that a statement reads, writes and calls, each once, in the order of the text."""

from __future__ import annotations

from msgspec import Struct, field

from ...model.names import Name


class AccessedObjects(Struct):
    """What a statement accesses: `INSERT INTO dbo.t SELECT dbo.f(a) FROM dbo.s` writes dbo.t.

    It reads dbo.s, and calls dbo.f.
    """

    reads: dict[Name, None] = field(default_factory=dict)
    writes: dict[Name, None] = field(default_factory=dict)
    calls: dict[Name, None] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.reads or self.writes or self.calls)

    def read(self, name: Name) -> None:
        """Note that the statement reads a table."""
        self.reads[name] = None

    def write(self, name: Name) -> None:
        """Note that the statement writes a table."""
        self.writes[name] = None

    def call(self, name: Name) -> None:
        """Note that the statement calls a procedure or function."""
        self.calls[name] = None

    def add(self, query: AccessedObjects) -> None:
        """Note what a query within the statement reads and calls."""
        self.reads |= query.reads
        self.calls |= query.calls
