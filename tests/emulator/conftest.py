"""A catalogue to test against, spoken to only through requests."""

from __future__ import annotations

import base64
import json
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from msgspec.structs import replace

from sql_lineage_purview.emulator import Behaviour, Emulator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

SERVER = "mssql://s.database.windows.net/Db/dbo/"


@dataclass(frozen=True, slots=True)
class Answer:
    """A response with its JSON."""

    status: int
    payload: Any
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def error(self) -> tuple[int, str, str]:
        return self.status, self.payload["errorCode"], self.payload["errorMessage"]

    @property
    def mutated(self) -> dict[str, list[str]]:
        """The qualified names of the mutated entities by operation."""
        groups = self.payload.get("mutatedEntities", {})
        return {
            name: [each["attributes"]["qualifiedName"] for each in group]
            for name, group in groups.items()
        }


class Catalogue:
    """An emulator with the few moves that tests make."""

    def __init__(self, emulator: Emulator, token: str | None = None) -> None:
        self.emulator = emulator
        self._headers = {} if token is None else {"Authorization": f"Bearer {token}"}

    def seen_by(self, token: str) -> Catalogue:
        """The same for one who sends this token."""
        return Catalogue(self.emulator, token)

    def behave(self, **choices: Any) -> None:
        """Change how the emulator behaves from now on."""
        self.emulator.behave(replace(self.emulator.behaviour, **choices))

    def call(
        self, method: str, path: str, body: Any = None, *, plane: str = "/datamap/api", **query: Any
    ) -> Answer:
        pairs = [(key.replace("__", ":"), value) for key, value in query.items()]
        address = plane + path + ("?" + urlencode(pairs, doseq=True) if pairs else "")
        raw = b"" if body is None else json.dumps(body).encode()
        response = self.emulator.handle(method, address, self._headers, raw)
        is_json = "json" in response.headers.get("Content-Type", "")
        return Answer(
            response.status,
            json.loads(response.body) if is_json else response.body,
            response.headers,
        )

    def get(self, path: str, **query: Any) -> Answer:
        return self.call("GET", "/atlas/v2" + path, **query)

    def post(self, path: str, body: Any, **query: Any) -> Answer:
        return self.call("POST", "/atlas/v2" + path, body, **query)

    def put(self, path: str, body: Any, **query: Any) -> Answer:
        return self.call("PUT", "/atlas/v2" + path, body, **query)

    def delete(self, path: str, body: Any = None, **query: Any) -> Answer:
        return self.call("DELETE", "/atlas/v2" + path, body, **query)

    def define(self, *entity_defs: dict[str, Any], **lists: Any) -> Answer:
        return self.post("/types/typedefs", {"entityDefs": list(entity_defs), **lists})

    def create(self, *entities: dict[str, Any], **more: Any) -> Answer:
        return self.post("/entity/bulk", {"entities": list(entities), **more})

    def search(self, **body: Any) -> Answer:
        return self.call("POST", "/search/query", body)

    def table(self, name: str, type_name: str = "azure_sql_table") -> str:
        """Register a table; its guid."""
        return self.guid_of(self.create(dataset(name, type_name)))

    def process(self, name: str = "p", **attributes: Any) -> str:
        """Register a process; its guid."""
        return self.guid_of(self.create(process(name, **attributes)))

    def entity(self, guid: str) -> dict[str, Any]:
        answer = self.get(f"/entity/guid/{guid}")
        assert answer.status == 200, answer.payload
        return answer.payload["entity"]

    def related(self, guid: str, attribute: str) -> list[str]:
        """The guids that a relationship attribute leads to; not those that it led to once."""
        rows = self.entity(guid)["relationshipAttributes"][attribute]
        return [each["guid"] for each in rows if each["relationshipStatus"] == "ACTIVE"]

    @staticmethod
    def guid_of(answer: Answer) -> str:
        assert answer.status == 200, answer.payload
        return next(iter(answer.payload["guidAssignments"].values()))


def dataset(name: str, type_name: str = "azure_sql_table", /, **attributes: Any) -> dict[str, Any]:
    return {
        "typeName": type_name,
        "guid": f"-{name}",
        "attributes": {"qualifiedName": SERVER + name, "name": name, **attributes},
    }


def process(name: str = "p", type_name: str = "Process", /, **attributes: Any) -> dict[str, Any]:
    return {
        "typeName": type_name,
        "guid": f"-{name}",
        "attributes": {"qualifiedName": f"x://{name}", "name": name, **attributes},
    }


def named(name: str, type_name: str = "azure_sql_table") -> dict[str, Any]:
    """A reference by unique attributes."""
    return {"typeName": type_name, "uniqueAttributes": {"qualifiedName": SERVER + name}}


def token(**claims: Any) -> str:
    """A token that can be read (JWT), meant for Purview if nothing else is said.

    Nobody signed it.
    """
    body = base64.urlsafe_b64encode(
        json.dumps({"aud": "https://purview.azure.net", **claims}).encode()
    )
    return f"e30.{body.decode().rstrip('=')}.c2ln"


@pytest.fixture(scope="session")
def make() -> Any:
    """Builders of request bodies, for tests that cannot import this file by name."""

    class Make:
        server = SERVER

    Make.dataset = staticmethod(dataset)
    Make.process = staticmethod(process)
    Make.named = staticmethod(named)
    Make.token = staticmethod(token)
    return Make


@pytest.fixture(scope="session")
def new_catalogue() -> Callable[[], AbstractContextManager[Catalogue]]:
    """Opens an empty catalogue for a `with` block: a fresh one for each example of a law."""

    @contextmanager
    def opened() -> Iterator[Catalogue]:
        with Emulator(":memory:") as emulator:
            yield Catalogue(emulator)

    return opened


@pytest.fixture
def open_catalogue() -> Iterator[Callable[..., Catalogue]]:
    """Open catalogues, in memory if no file is named; all are closed at the end."""
    with ExitStack() as stack:

        def opened(
            file: Path | str = ":memory:", behaviour: Behaviour | None = None, **more: Any
        ) -> Catalogue:
            return Catalogue(stack.enter_context(Emulator(file, behaviour=behaviour, **more)))

        yield opened


@pytest.fixture
def catalogue(open_catalogue: Callable[..., Catalogue]) -> Catalogue:
    return open_catalogue()


@pytest.fixture
def typed(catalogue):
    """A catalogue with a type that has an attribute of each sort."""
    sorts = (
        "boolean",
        "byte",
        "int",
        "long",
        "float",
        "date",
        "string",
        "array<string>",
        "map<string,int>",
        "color",
        "DataSet",
    )
    attributes = [
        {"name": f"a{index}", "typeName": sort, "isOptional": True}
        for index, sort in enumerate(sorts)
    ]
    tags = {
        "name": "tags",
        "typeName": "array<string>",
        "cardinality": "SET",
        "valuesMaxCount": 1,
        "isOptional": True,
    }
    few = {
        "name": "few",
        "typeName": "array<int>",
        "cardinality": "LIST",
        "valuesMaxCount": 2,
        "isOptional": True,
    }
    color = {"name": "color", "elementDefs": [{"value": "RED"}, {"value": "BLUE"}]}
    answer = catalogue.define(
        {"name": "sorts", "superTypes": ["DataSet"], "attributeDefs": [*attributes, tags, few]},
        enumDefs=[color],
    )
    assert answer.status == 200, answer.payload
    return catalogue
