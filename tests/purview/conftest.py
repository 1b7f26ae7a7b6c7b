"""A small account of the Data Map, at the network seam, and short ways to write graphs."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest

from sql_lineage_purview.model.graph import (
    Column,
    ColumnEdge,
    LineageGraph,
    Statement,
    Table,
    TableEdge,
)
from sql_lineage_purview.model.names import Name, parse_name
from sql_lineage_purview.model.vocabulary import Certainty, EdgeType, Subtype, TableKind
from sql_lineage_purview.purview import Database, DatabaseMap, DataMapClient
from sql_lineage_purview.purview.transport.http import Reply

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SEARCHED = ("entityType", "attributeValue")
HOST = "s.database.windows.net"
ROOT = f"mssql://{HOST}/Dw"


def answer(status: int, document: object) -> Reply:
    return Reply(status, {}, json.dumps(document).encode())


def error(status: int, code: str, message: str = "no") -> Reply:
    return answer(status, {"requestId": "1", "errorCode": code, "errorMessage": message})


class Account:
    """A transport as an account: exact look-up by name, all-or-nothing bulks, a search index."""

    def __init__(self) -> None:
        self.entities: dict[str, dict] = {}
        self.types: dict[str, dict] = {}
        self.calls: list[tuple[str, str, dict]] = []
        self.refused: set[str] = set()
        self.unknown_types: set[str] = set()
        self.page = 2
        self._guids = itertools.count(1)

    def add(
        self, type_name: str, qualified_name: str, columns: Iterable[str] = (), **attributes: object
    ) -> str:
        guid = f"g{next(self._guids)}"
        related = (
            {"columns": [{"guid": f"{guid}.{name}", "displayText": name} for name in columns]}
            if columns
            else {}
        )
        values = {
            "qualifiedName": qualified_name,
            "name": qualified_name.rpartition("/")[2],
            **attributes,
        }
        self.entities[guid] = {
            "guid": guid,
            "typeName": type_name,
            "attributes": values,
            "relationshipAttributes": related,
        }
        return guid

    def add_file(self, type_name: str, qualified_name: str, columns: Iterable[str]) -> str:
        schema = self.add("tabular_schema", f"{qualified_name}#tabular_schema", columns)
        guid = self.add(type_name, qualified_name)
        self.entities[guid]["relationshipAttributes"] = {"tabular_schema": {"guid": schema}}
        return guid

    def named(self, qualified_name: str) -> list[dict]:
        return [
            row
            for row in self.entities.values()
            if row["attributes"]["qualifiedName"] == qualified_name
        ]

    def guid_of(self, reference: dict) -> str | None:
        """The guid of what a reference by type and name means."""
        rows = self.named(reference["uniqueAttributes"]["qualifiedName"])
        return next((row["guid"] for row in rows if row["typeName"] == reference["typeName"]), None)

    def writes(self) -> list[str]:
        return [
            path
            for method, path, _ in self.calls
            if method != "GET" and not path.endswith("/search/query")
        ]

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        parts = urlsplit(url)
        document = json.loads(body) if body else {}
        self.calls.append((method, parts.path, document))
        path = unquote(parts.path.partition("/atlas/v2/")[2])
        query = [value for key, value in parse_qsl(parts.query) if key.endswith(":qualifiedName")]
        match method, path.split("/"):
            case "POST", [""]:
                return self._search(
                    document["filter"],
                    document["limit"],
                    int(document.get("continuationToken") or 0),
                )
            case "GET", ["types", "entitydef", "name", name]:
                return (
                    answer(200, self.types[name])
                    if name in self.types
                    else error(404, "ATLAS-404-00-001")
                )
            case "POST" | "PUT", ["types", "typedefs"]:
                self.types |= {row["name"]: row for row in document["entityDefs"]}
                return answer(200, document)
            case "GET", ["entity", "bulk", "uniqueAttribute", "type", name]:
                if name in self.unknown_types:
                    return error(400, "ATLAS-400-00-014")
                rows = [
                    row for value in query for row in self.named(value) if row["typeName"] == name
                ]
                return answer(200, {"entities": rows, "referredEntities": {}})
            case "GET", ["entity", "bulk"]:
                guids = [value for key, value in parse_qsl(parts.query) if key == "guid"]
                if any(guid not in self.entities for guid in guids):
                    return error(404, "ATLAS-404-00-005")
                return answer(
                    200,
                    {"entities": [self.entities[guid] for guid in guids], "referredEntities": {}},
                )
            case "GET", ["entity", "guid", guid]:
                row = self.entities.get(guid)
                return answer(200, {"entity": row}) if row else error(404, "ATLAS-404-00-005")
            case "DELETE", ["entity", "guid", guid]:
                gone = self.entities.pop(guid, None)
                return (
                    answer(200, {"mutatedEntities": {"DELETE": [gone]}})
                    if gone
                    else error(404, "ATLAS-404-00-005")
                )
            case "POST", ["entity", "bulk"]:
                return self._bulk(document["entities"])
        return Reply(404, {}, b"<html>nothing here</html>")

    def _search(self, query: dict, limit: int, start: int) -> Reply:
        types, texts = (
            [row[key] for row in part.get("or", [part])]
            for part, key in zip(query["and"], SEARCHED, strict=True)
        )
        if self.unknown_types.intersection(types):
            return error(400, "ATLAS-400-00-014")
        rows = [
            {
                "id": row["guid"],
                "entityType": row["typeName"],
                "qualifiedName": row["attributes"]["qualifiedName"],
            }
            for row in self.entities.values()
            if row["typeName"] in types
            and any(
                text.casefold() in row["attributes"]["qualifiedName"].casefold() for text in texts
            )
        ]
        end = start + min(self.page, limit)
        more = {"continuationToken": str(end)} if end < len(rows) else {}
        return answer(200, {"@search.count": len(rows), "value": rows[start:end], **more})

    def _bulk(self, entities: list[dict]) -> Reply:
        for row in entities:
            if row["attributes"]["qualifiedName"] in self.refused:
                return error(404, "ATLAS-404-00-007", "mandatory attribute value missing")
            for end in (*row["attributes"]["inputs"], *row["attributes"]["outputs"]):
                if not self.guid_of(end):
                    return error(
                        404,
                        "ATLAS-404-00-00A",
                        f"Referenced entity {end['uniqueAttributes']} is not found",
                    )
        assignments = {}
        for row in entities:
            attributes = dict(row["attributes"])
            present = self.named(attributes["qualifiedName"])
            guid = (
                present[0]["guid"]
                if present
                else self.add(row["typeName"], attributes["qualifiedName"])
            )
            related = {
                end: [{"guid": self.guid_of(ref)} for ref in attributes.pop(end)]
                for end in ("inputs", "outputs")
            }
            self.entities[guid]["attributes"] |= attributes
            self.entities[guid]["relationshipAttributes"] |= related
            assignments[row["guid"]] = guid
        return answer(200, {"mutatedEntities": {}, "guidAssignments": assignments})


class Script:
    """A transport that gives prepared answers in turn and remembers what was asked."""

    def __init__(self, *replies: Reply | Exception) -> None:
        self._replies = list(replies)
        self.urls: list[str] = []
        self.headers: list[Mapping[str, str]] = []

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        self.urls.append(url)
        self.headers.append(headers)
        reply = self._replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply


class GraphText:
    """Writes a graph as lines: `dbo.a.x -> dbo.b.y` under a module, as the linker would make it."""

    def __init__(self) -> None:
        self._statements: dict[str, Statement] = {}
        self._tables: list[TableEdge] = []
        self._columns: list[ColumnEdge] = []
        self._nodes: dict[Name, Table] = {}

    def table(self, name: str, kind: TableKind = TableKind.UNKNOWN) -> GraphText:
        self._nodes[parse_name(name)] = Table(parse_name(name), kind, None, None)
        return self

    def edge(
        self,
        source: str,
        target: str,
        *columns: tuple[str, str | None, Subtype],
        module: str | None = "dbo.usp_Load",
        path: str = "procs/load.sql",
        line: int = 1,
        type_: EdgeType = EdgeType.DIRECT,
        certainty: Certainty = Certainty.EXACT,
    ) -> GraphText:
        start, end = parse_name(source), parse_name(target)
        id_ = f"{path}#{line}"
        owner = parse_name(module) if module else None
        self._statements[id_] = Statement(
            id_, path, line, line + 2, "INSERT", owner, (start,), (end,), (), dynamic=False
        )
        self._tables.append(TableEdge(start, end, type_, (id_,)))
        self._columns += [
            ColumnEdge(Column(start, a), Column(end, b), kind, certainty, (id_,))
            for a, b, kind in columns
        ]
        return self

    def graph(self) -> LineageGraph:
        return LineageGraph(
            tables=tuple(self._nodes.values()),
            statements=tuple(self._statements.values()),
            table_lineage=tuple(self._tables),
            column_lineage=tuple(self._columns),
        )


@pytest.fixture
def account() -> Account:
    return Account()


@pytest.fixture
def client(account: Account) -> DataMapClient:
    return DataMapClient("https://acct.purview.azure.com", account)


@pytest.fixture(scope="session")
def script() -> type[Script]:
    return Script


@pytest.fixture(scope="session")
def graph_text() -> type[GraphText]:
    return GraphText


@pytest.fixture
def databases() -> DatabaseMap:
    return DatabaseMap((Database("Dw", HOST),), default="Dw")
