"""A client for the Microsoft Purview Data Map (Apache Atlas 2.2), as far as lineage needs it.

Verbs mean what the Azure SDK means by them: `get_` raises where there is nothing, `search` pages, `delete_` succeeds where
there is nothing, `upsert_` creates or updates.

Source: https://learn.microsoft.com/rest/api/purview/datamapdataplane (api-version 2023-09-01).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from .errors import NotFoundError, ServiceError, UnknownTypeError, error_from, not_json
from .http import Transport, place
from .typedefs import Json, extended_type

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

# Longer addresses are answered with something that is not JSON; the limit is about 8 KB, and counts all of the address.
_LONGEST_URL = 8_000
_PAGE = 1_000
# Answers to a bulk read that one name, the number of names, or the call itself may be the cause of.
_NARROWED = frozenset({200, 400, 404, 405, 413, 414, 431})


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A row of the search index, which lags behind the store: confirm it with `get_entities`."""

    guid: str
    type_name: str
    qualified_name: str


@dataclass(frozen=True, slots=True)
class Entities:
    """What a read returned: the entities asked for, and those that they refer to, by guid."""

    entities: tuple[Json, ...]
    referred: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Mutation:
    """What a write did: the guid behind each placeholder."""

    assignments: Mapping[str, str]


class DataMapClient:
    """Speaks to one account.

    Args:
        endpoint: `https://ACCOUNT.purview.azure.com`, or another host of the account.
        transport: Sends requests, with tokens and retries already arranged; see `connect`.
        path_prefix: Where the Data Map stands below the endpoint; `/catalog/api` on older accounts.
        api_version: Sent with the operations that declare it.
    """

    def __init__(
        self, endpoint: str, transport: Transport, *, path_prefix: str = "/datamap/api", api_version: str = "2023-09-01"
    ) -> None:
        self.endpoint = endpoint.rstrip("/")
        self._base = f"{self.endpoint}/{path_prefix.strip('/')}"
        self._transport = transport
        self._version = {"api-version": api_version}

    def get_type(self, name: str) -> Json:
        """The definition of an entity type.

        Raises:
            NotFoundError: there is none of this name.
        """
        try:
            return self._call("GET", f"/atlas/v2/types/entitydef/name/{quote(name, safe='')}")
        except UnknownTypeError as error:
            raise NotFoundError(error.what, status=error.status, code=error.code, where=error.where) from None

    def ensure_types(self, definitions: Iterable[Json]) -> tuple[str, ...]:
        """Create the entity types that do not exist, and add attributes to those that lack some.

        Returns:
            The names of the types that were created or extended.

        Raises:
            TypeConflictError: a type of the same name exists and does not fit.
        """
        return tuple(definition["name"] for definition in definitions if self._ensure_type(definition))

    def get_entity(self, guid: str) -> Entities:
        """An entity with what it refers to.

        Raises:
            NotFoundError: there is none of this guid.
        """
        answer = self._call("GET", f"/atlas/v2/entity/guid/{quote(guid, safe='')}")
        return Entities((answer.get("entity") or {},), answer.get("referredEntities") or {})

    def get_entities(self, type_name: str, qualified_names: Iterable[str]) -> Entities:
        """The entities of one type (or its subtypes) that have these qualified names, in no certain order.

        Names that do not exist are left out of the answer, as is all of a type that does not exist.
        """
        entities: list[Json] = []
        referred: Json = {}
        for batch in self._batches(type_name, dict.fromkeys(qualified_names)):
            for answer in self._read(type_name, batch):
                entities.extend(answer.get("entities") or ([answer["entity"]] if answer.get("entity") else []))
                referred.update(answer.get("referredEntities") or {})
        return Entities(tuple(entities), referred)

    def search(self, type_name: str, contains: str) -> Iterator[SearchHit]:
        """Search the index for entities of a type whose qualified name contains a text, page by page.

        A type that does not exist has no hits.
        """
        conditions = [
            {"entityType": type_name, "includeSubTypes": True},
            {"attributeName": "qualifiedName", "operator": "contains", "attributeValue": contains},
        ]
        body: Json = {"keywords": None, "limit": _PAGE, "filter": {"and": conditions}}
        while True:
            try:
                answer = self._call("POST", "/search/query", body, query=self._version)
            except UnknownTypeError:
                return
            rows = answer.get("value") or []
            for row in rows:
                yield SearchHit(row.get("id") or "", row.get("entityType") or "", row.get("qualifiedName") or "")
            token = answer.get("continuationToken")
            if not rows or not token or token == body.get("continuationToken"):
                return
            body["continuationToken"] = token

    def upsert_entities(self, entities: Sequence[Json]) -> Mutation:
        """Create or update entities in one request; each has a placeholder guid (`-1`) or a real one.

        Raises:
            ServiceError: the service refused one of them; whether others were written is not certain.
        """
        body = {"referredEntities": {}, "entities": list(entities)}
        answer = self._call("POST", "/atlas/v2/entity/bulk", body, query=self._version)
        return Mutation(answer.get("guidAssignments") or {})

    def delete_entity(self, guid: str) -> None:
        """Delete an entity, where it exists."""
        try:
            self._call("DELETE", f"/atlas/v2/entity/guid/{quote(guid, safe='')}")
        except NotFoundError:
            return

    def _ensure_type(self, wanted: Json) -> bool:
        try:
            present = self.get_type(wanted["name"])
        except NotFoundError:
            return self._create_type(wanted)
        extended = extended_type(present, wanted)
        if extended is None:
            return False
        self._call("PUT", "/atlas/v2/types/typedefs", {"entityDefs": [extended]})
        return True

    def _create_type(self, wanted: Json) -> bool:
        try:
            self._call("POST", "/atlas/v2/types/typedefs", {"entityDefs": [wanted]})
        except ServiceError as error:
            # Someone else was quicker, or an earlier try got through although its answer was lost.
            if error.status != 409 or extended_type(self.get_type(wanted["name"]), wanted):
                raise
            return False
        return True

    def _read(self, type_name: str, names: Sequence[str]) -> Iterator[Json]:
        """Read a batch; where the service refuses it, halve it until single reads are left."""
        path = f"/atlas/v2/entity/bulk/uniqueAttribute/type/{quote(type_name, safe='')}"
        try:
            yield self._call("GET", f"{path}?{_names_query(names)}")
        except UnknownTypeError:
            return
        except ServiceError as error:
            if error.status not in _NARROWED:
                raise
        else:
            return
        if len(names) == 1:
            yield from self._read_one(type_name, names[0])
            return
        middle = len(names) // 2
        for half in (names[:middle], names[middle:]):
            yield from self._read(type_name, half)

    def _read_one(self, type_name: str, name: str) -> Iterator[Json]:
        path = f"/atlas/v2/entity/uniqueAttribute/type/{quote(type_name, safe='')}"
        try:
            yield self._call("GET", f"{path}?attr:qualifiedName={quote(name, safe='')}")
        except (NotFoundError, UnknownTypeError):
            return

    def _batches(self, type_name: str, names: Iterable[str]) -> Iterator[list[str]]:
        """Batches whose address stays short enough; there is no published number of names."""
        left = room = _LONGEST_URL - len(f"{self._base}/atlas/v2/entity/bulk/uniqueAttribute/type/{type_name}?")
        batch: list[str] = []
        for name in names:
            cost = len(f"attr_{len(batch) + 1}:qualifiedName=&") + len(quote(name, safe=""))
            if batch and cost > left:
                yield batch
                batch, left = [], room
            batch.append(name)
            left -= cost
        if batch:
            yield batch

    def _call(self, method: str, path: str, body: Json | None = None, *, query: Mapping[str, str] | None = None) -> Json:
        url = f"{self._base}{path}" + (f"?{urlencode(query)}" if query else "")
        headers = {"Accept": "application/json"} | (
            {"Content-Type": "application/json; charset=utf-8"} if body is not None else {}
        )
        content = b"" if body is None else json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        reply = self._transport.send(method, url, headers, content)
        where = f"{method} {place(url)}"
        if not 200 <= reply.status < 300:
            raise error_from(reply.status, reply.body, where)
        if not reply.body.strip():
            return {}
        try:
            answer = json.loads(reply.body)
        except (ValueError, RecursionError):
            raise not_json(reply.status, reply.body, where) from None
        if not isinstance(answer, dict):
            raise not_json(reply.status, reply.body, where)
        return answer


def _names_query(names: Sequence[str]) -> str:
    return "&".join(f"attr_{number}:qualifiedName={quote(name, safe='')}" for number, name in enumerate(names, 1))
