"""What answers a query's questions about tables, functions, variables and files.

Together this is the environment of a query.
"""

from __future__ import annotations

from typing import Protocol

from ...model.diagnostics import Span
from ...model.facts import FileSource
from ...model.graph import Column
from ...model.names import Name
from ...model.naming import Naming
from ..relations.relation import Relation, Value


class Environment(Protocol):
    """What a query sees besides its own text: the frame it runs in and the scan's objects."""

    @property
    def naming(self) -> Naming:
        """How names are compared."""
        ...

    def table(self, name: Name, span: Span) -> Relation:
        """A table, view, synonym, temporary table or table variable."""
        ...

    def function(self, name: Name, arguments: list[Value], span: Span) -> Relation:
        """The rows of a table-valued function."""
        ...

    def call(self, name: Name, arguments: list[Value], span: Span) -> Value:
        """The value of a scalar function."""
        ...

    def has_function(self, name: Name) -> bool:
        """Does the scan define a scalar function of this name?"""
        ...

    def variable(self, name: str) -> Value:
        """The value of a scalar variable."""
        ...

    def file(self, source: FileSource) -> Relation:
        """The rows of a file."""
        ...

    def refer(self, column: Column) -> None:
        """Note that the text refers to a column of a persistent table."""
        ...

    def may_carry(self, flows: int, of_query: int) -> bool:
        """May so many columns more come together in a query, `of_query` in all?"""
        ...

    def report(self, code: str, message: str, span: Span, subject: str = "") -> None:
        """Note a finding, of a subject that the message is to begin with.

        Args:
            code: that of the rule.
            message: what is wrong.
            span: where.
            subject: what the message is to begin with.
        """
        ...

    def report_once(self, code: str, message: str, span: Span) -> None:
        """Note a finding at the first of the places where it holds."""
        ...
