"""What an activation of a procedure has asked of its caller; each question has its first answer."""

from __future__ import annotations

from msgspec import Struct, field

from ..relations.prints import Print


class CallerQuestions(Struct):
    """The tables, cursors and variables that were looked up in callers.

    `local_tables`: the keys of tables that were made here without asking for the caller's.
    `outside`: variables of the caller, in strings that it has put together. `all_tables`: would any
    other #temporary table have mattered too?
    """

    tables: dict[str, Print] = field(default_factory=dict)
    local_tables: set[str] = field(default_factory=set)
    cursors: dict[str, Print] = field(default_factory=dict)
    outside: dict[str, Print] = field(default_factory=dict)
    all_tables: bool = False

    @property
    def beyond_tables(self) -> bool:
        """Has more been looked up than tables of certain names?"""
        return bool(self.cursors or self.all_tables)

    @property
    def any_global(self) -> bool:
        """Has a ##global table been looked up, or made?"""
        return any(key.startswith("##") for key in self.tables)

    def answers_table(self, key: str) -> bool:
        """Is a table of this key nothing to ask callers for any more?"""
        return key in self.tables or key in self.local_tables

    def ask_for_table(self, key: str, answer: Print) -> None:
        """A temporary table was looked up."""
        self.tables[key] = answer

    def ask_for_cursor(self, key: str, answer: Print) -> None:
        """A cursor was looked up."""
        self.cursors.setdefault(key, answer)

    def ask_for_variable(self, name: str, answer: Print) -> None:
        """A variable of the caller was looked up."""
        self.outside.setdefault(name, answer)

    def ask_for_all_tables(self) -> None:
        """Each temporary table was looked up."""
        self.all_tables = True

    def make_table(self, key: str) -> None:
        """A table is made here, so that the caller's is not seen."""
        self.local_tables.add(key)

    def drop_table(self, key: str) -> None:
        """It is no more; the caller's may be seen again."""
        self.local_tables.discard(key)

    def add(self, callee: CallerQuestions) -> None:
        """A callee's summary is used: what it asked is asked here, but for tables."""
        self.cursors = callee.cursors | self.cursors
        self.all_tables = self.all_tables or callee.all_tables
