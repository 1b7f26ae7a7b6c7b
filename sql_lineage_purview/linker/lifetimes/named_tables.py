"""The tables that one run names and makes, in the order of its text."""

from __future__ import annotations

from collections.abc import Collection

from msgspec import Struct, field


class NamedTables(Struct):
    """Tables by key. `early`: named before they were made. `external`: made over files.

    `separate_sessions` that have begun, such as the step of a job: what these name, another run
    names.
    """

    named: set[str] = field(default_factory=set)
    created: set[str] = field(default_factory=set)
    early: set[str] = field(default_factory=set)
    external: set[str] = field(default_factory=set)
    separate_sessions: int = 0

    def name(self, keys: Collection[str], created_keys: Collection[str]) -> None:
        """A statement names tables, some of which it makes."""
        self.named.update(keys, created_keys)
        self.early.update(
            key
            for key in (*keys, *created_keys)
            if self.separate_sessions or (key not in created_keys and key not in self.created)
        )

    def fill_external(self, keys: Collection[str]) -> None:
        """Tables are written: what is put into external ones goes to their files, which stay."""
        self.early.update(key for key in keys if key in self.external)

    def create_external(self, keys: Collection[str]) -> None:
        """External tables are made."""
        self.external.update(keys)

    def create(self, key: str) -> None:
        """A table is made."""
        self.named.add(key)
        self.created.add(key)

    def open_session(self) -> None:
        """What stands from here on runs in a session of its own."""
        self.separate_sessions += 1

    def close_session(self) -> None:
        """That session ends."""
        self.separate_sessions -= 1

    def stays(self, remaining: Collection[str]) -> set[str]:
        """What is no transient table because of this run, at whose end some tables remain."""
        return (self.named - self.created) | self.early | (self.named & set(remaining))
