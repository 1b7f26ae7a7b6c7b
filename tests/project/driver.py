"""A stand-in for the driver mssql_python, the seam between the tool and a database server."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field
from typing import Any

from tests.catalog.server import Server


class Error(Exception):
    """What all errors of the driver have in common."""


class ProgrammingError(Error):
    """A question that the server refuses."""


class OperationalError(Error):
    """The network, the server, the sign-in."""


@dataclass
class Driver:
    """Stands in for the module: `connect` gives connections to one server, or raises `refusal`.

    `breaks`: the line is cut.
    """

    server: Server = field(default_factory=Server)
    refusal: Exception | None = None
    breaks: bool = False
    connections: list[Connection] = field(default_factory=list)
    Error = Error
    ProgrammingError = ProgrammingError

    def connect(
        self, text: str, *, autocommit: bool, attrs_before: dict[int, bytes] | None, timeout: int
    ) -> Connection:
        assert autocommit
        assert timeout
        if self.refusal:
            raise self.refusal
        self.connections.append(Connection(self, text, attrs_before or {}))
        return self.connections[-1]


@dataclass
class Connection:
    driver: Driver
    text: str
    attributes: dict[int, bytes]
    timeout: int = 0
    open: int = 1

    def cursor(self) -> Cursor:
        assert self.timeout, "a question without an end"
        self.open += 1
        return Cursor(self)

    def close(self) -> None:
        self.open -= 1


@dataclass
class Cursor:
    connection: Connection
    rows: list[tuple[Any, ...]] = field(default_factory=list)

    def execute(self, question: str) -> None:
        if self.connection.driver.breaks:
            raise OperationalError(
                "Driver Error: Communication link failure; DDBC Error: \nTCP Provider"
            )
        try:
            self.rows = self.connection.driver.server.ask(question)
        except sqlite3.OperationalError as error:
            raise ProgrammingError(
                f"Driver Error: Base table or view not found; DDBC Error: {error}"
            ) from None

    def fetchall(self) -> list[tuple[Any, ...]]:
        return self.rows

    def close(self) -> None:
        self.connection.open -= 1
