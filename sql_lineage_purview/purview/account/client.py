"""A client for the Microsoft Purview Data Map (Apache Atlas 2.2), as far as lineage needs it.

Verbs mean what the Azure SDK means by them: `get_` raises where there is nothing, `search` pages,
`delete_` succeeds where there is nothing, `upsert_` creates or updates.

Source: https://learn.microsoft.com/rest/api/purview/datamapdataplane (api-version 2023-09-01).
"""

from __future__ import annotations

from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import quote

from msgspec import Struct

from ..purview_errors import NotFoundError, ServiceError, UnknownTypeError, malformed
from ..transport.http import Transport, plain_endpoint
from .calls import Calls
from .entities import Entities, entities_of
from .many import ATTRIBUTES_ALONE, ManyEntities
from .operations import (
    CLASSIFY,
    CREATE_ENTITIES,
    READ_CLASSIFICATION,
    READ_ENTITY,
    READ_RELATIONSHIP_TYPE,
    READ_TYPE,
    RELATE,
    SEARCH,
    WRITE_ENTITIES,
    WRITE_TYPES,
)
from .typedefs import Json, extended_type

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from ..transport.retry import RetryPolicy
    from .operations import Operation

__all__ = ["DataMapClient", "Entities", "Mutation", "SearchHit"]

_PAGE = 1_000
_CLASSIFIED_AT_ONCE = 100


class SearchHit(Struct, frozen=True):
    """A row of the search index, which lags behind the store: confirm it with `get_entities`."""

    guid: str
    type_name: str
    qualified_name: str


class Mutation(Struct, frozen=True):
    """What a write did: the guid behind each placeholder."""

    assignments: Mapping[str, str]


class DataMapClient:
    """Speaks to one account.

    Args:
        endpoint: `https://ACCOUNT.purview.azure.com`, or another host of the account.
        transport: Sends requests, with tokens and retries already arranged; see `connect`.
        path_prefix: Where the Data Map stands below the endpoint; `/catalog/api` on older accounts.
        api_version: Sent with the operations that declare it.
        retry: How often and how long a request is tried again whose answer makes no sense; None for
            never.
    """

    def __init__(
        self,
        endpoint: str,
        transport: Transport,
        *,
        path_prefix: str = "/datamap/api",
        api_version: str = "2023-09-01",
        retry: RetryPolicy | None = None,
    ) -> None:
        self.endpoint = plain_endpoint(endpoint)
        self.path_prefix = f"/{path_prefix.strip('/')}"
        calls = Calls(f"{self.endpoint}{self.path_prefix}", transport, retry)
        self._call = calls.send
        self._many = ManyEntities(calls)
        self._version = {"api-version": api_version}

    def get_type(self, name: str) -> Json:
        """The definition of an entity type.

        Raises:
            NotFoundError: there is none of this name.
        """
        return self._definition(READ_TYPE, "entitydef", name)

    def get_classification(self, name: str) -> Json:
        """The definition of a classification.

        Raises:
            NotFoundError: there is none of this name.
        """
        return self._definition(READ_CLASSIFICATION, "classificationdef", name)

    def _definition(self, operation: Operation, kind: str, name: str) -> Json:
        try:
            return self._call(
                operation, "GET", f"/atlas/v2/types/{kind}/name/{quote(name, safe='')}"
            )
        except UnknownTypeError as error:
            raise NotFoundError(
                error.what, status=error.status, code=error.code, where=error.where
            ) from None

    def get_relationship_type(self, name: str) -> Json:
        """The definition of a relationship type.

        Raises:
            NotFoundError: there is none of this name.
        """
        return self._definition(READ_RELATIONSHIP_TYPE, "relationshipdef", name)

    def ensure_types(self, definitions: Iterable[Json]) -> tuple[str, ...]:
        """Create the entity types that do not exist, and add attributes to those that lack some.

        Returns:
            The names of the types that were created or extended.

        Raises:
            TypeConflictError: a type of the same name exists and does not fit.
        """
        return tuple(
            definition["name"] for definition in definitions if self._ensure_type(definition)
        )

    def ensure_relationship_types(self, definitions: Iterable[Json]) -> tuple[str, ...]:
        """Create the relationship types that do not exist; those that do stay as they are.

        Returns:
            The names of those that were created.
        """
        return tuple(
            definition["name"]
            for definition in definitions
            if self._ensure_relationship_type(definition)
        )

    def update_type(self, definition: Json) -> None:
        """Write an entity type that exists.

        Raises:
            RefusedError: the identity may not write types.
            ServiceError: the type does not exist, or the service refuses the change.
        """
        self._write_type("PUT", definition, definition)

    def get_entity(self, guid: str) -> Entities:
        """An entity with what it refers to.

        Raises:
            NotFoundError: there is none of this guid.
        """
        path = f"/atlas/v2/entity/guid/{quote(guid, safe='')}"
        entities = entities_of(self._call(READ_ENTITY, "GET", path))
        if entities.entities[0]["guid"] != guid:
            raise malformed(READ_ENTITY.noun, 200, "it is about another entity", f"GET {path}")
        return entities

    def get_entities(self, type_name: str, qualified_names: Iterable[str]) -> Entities:
        """The entities of one type (or its subtypes) that have these qualified names.

        They come in no certain order.

        Names that do not exist are left out of the answer, as is all of a type that does not exist.
        """
        entities: list[Json] = []
        referred: Json = {}
        for part in self.read_entities(type_name, qualified_names):
            entities.extend(part.entities)
            referred.update(part.referred)
        return Entities(tuple(entities), referred)

    def read_entities(self, type_name: str, qualified_names: Iterable[str]) -> Iterator[Entities]:
        """What `get_entities` gets, request by request, so that nobody need hold all of it."""
        return self._many.named(type_name, qualified_names)

    def locate(self, type_name: str, qualified_names: Iterable[str]) -> Iterator[Entities]:
        """As `read_entities`, but only the attributes of each entity, and no relations."""
        return self._many.named(type_name, qualified_names, ATTRIBUTES_ALONE)

    def read_guids(
        self, guids: Iterable[str], *, exclude: Collection[str] = ()
    ) -> Iterator[Entities]:
        """The entities of these guids, request by request; those that do not exist are left out.

        Args:
            guids: Which.
            exclude: Types of relationships that are left out of the answer: a table may have those
                of thousands of processes.
        """
        return self._many.of_guids(guids, exclude)

    def search(self, type_name: str, contains: str) -> Iterator[SearchHit]:
        """Search the index for entities of a type whose qualified name contains a text.

        The case does not matter, and the hits come page by page.

        A type that does not exist has no hits.
        """
        return self.search_any((type_name,), (contains,))

    def search_any(
        self, type_names: Sequence[str], contains: Sequence[str], *, most: int | None = None
    ) -> Iterator[SearchHit]:
        """As `search`, for any of some types and any of some texts.

        Args:
            type_names: At least one.
            contains: At least one. The service does not say how many it takes.
            most: No more hits than these.
        """
        types, texts = (
            [_of_type(name) for name in type_names],
            [_named_with(text) for text in contains],
        )
        try:
            yield from islice(
                self._hits({"and": [_any(types), _any(texts)]}, min(most or _PAGE, _PAGE)), most
            )
        except UnknownTypeError:
            if len(type_names) > 1:
                hits = (
                    hit
                    for name in type_names
                    for hit in self.search_any((name,), contains, most=most)
                )
                yield from islice(hits, most)

    def count(self, type_name: str, contains: str) -> int | None:
        """How many entities of a type the index has whose qualified name contains a text.

        None where it only estimates that.
        """
        body = {
            "keywords": None,
            "limit": 1,
            "filter": {"and": [_of_type(type_name), _named_with(contains)]},
        }
        try:
            answer = self._call(SEARCH, "POST", "/search/query", body, query=self._version)
        except UnknownTypeError:
            return 0
        count = answer.get("@search.count")
        # not isinstance: True is an int in Python
        return count if type(count) is int and not answer.get("@search.count.approximate") else None

    def search_classified(
        self, classification: str, contains: Sequence[str] = (), *, most: int | None = None
    ) -> Iterator[SearchHit]:
        """Search the index for entities that bear a classification, page by page.

        Classifications that derive from it count too.

        Args:
            classification: Its name.
            contains: Where there are any, only entities whose qualified name contains one of these
                texts.
            most: No more hits than these.
        """
        bearing: Json = {"classification": classification, "includeSubClassifications": True}
        condition = (
            {"and": [bearing, _any([_named_with(text) for text in contains])]}
            if contains
            else bearing
        )
        # an account without this classification has nothing that bears it
        with suppress(UnknownTypeError):
            yield from islice(self._hits(condition, min(most or _PAGE, _PAGE)), most)

    def _hits(self, condition: Json, page: int = _PAGE) -> Iterator[SearchHit]:
        body: Json = {"keywords": None, "limit": page, "filter": condition}
        tokens: set[str] = set()
        while True:
            answer = self._call(SEARCH, "POST", "/search/query", body, query=self._version)
            for row in answer["value"]:
                yield SearchHit(row["id"], row["entityType"], row["qualifiedName"])
            token = answer.get("continuationToken")
            if not answer["value"] or not token:
                return
            # an index that answers the same page for ever would keep a push busy for ever
            if token in tokens:
                raise malformed(
                    SEARCH.noun, 200, "its pages go round in a circle", "POST /search/query"
                )
            tokens.add(token)
            body["continuationToken"] = token

    def upsert_entities(self, entities: Sequence[Json], *, collection: str = "") -> Mutation:
        """Create or update entities in one request.

        Each has a placeholder guid (`-1`) or a real one.

        Args:
            entities: What to write.
            collection: The system name of the collection that they land in, or are moved to; empty:
                new ones land in the root.

        Raises:
            ServiceError: the service refused one of them; whether others were written is not
                certain.
        """
        body = {"referredEntities": {}, "entities": list(entities)}
        query = {**self._version, "collectionId": collection} if collection else self._version
        operation = (
            CREATE_ENTITIES
            if any(row["guid"].startswith("-") for row in entities)
            else WRITE_ENTITIES
        )
        answer = self._call(operation, "POST", "/atlas/v2/entity/bulk", body, query=query)
        return Mutation(answer.get("guidAssignments") or {})

    def delete_entity(self, guid: str) -> None:
        """Delete an entity, where it exists."""
        self._many.delete_one(guid)

    def delete_entities(self, guids: Sequence[str]) -> None:
        """Delete entities, those of them that exist, in as few requests as the service takes.

        Raises:
            ServiceError: the service refuses to delete one of them; some of the others may be
                deleted.
        """
        self._many.delete(guids)

    def classify(self, classification: str, guids: Sequence[str]) -> None:
        """Add a classification to entities that do not bear it yet.

        Raises:
            ServiceError: the classification does not exist, or the service refuses it for one of
                them; then none has it.
        """
        for start in range(0, len(guids), _CLASSIFIED_AT_ONCE):
            body = {
                "classification": {"typeName": classification},
                "entityGuids": list(guids[start : start + _CLASSIFIED_AT_ONCE]),
            }
            self._call(CLASSIFY, "POST", "/atlas/v2/entity/bulk/classification", body)

    def create_relationship(
        self, type_name: str, ends: tuple[Json, Json], attributes: Json
    ) -> None:
        """Relate two entities, given as references; that they are so already is no error.

        Raises:
            ServiceError: the service refuses it, for example because one end is gone.
        """
        body = {"typeName": type_name, "end1": ends[0], "end2": ends[1], "attributes": attributes}
        try:
            self._call(RELATE, "POST", "/atlas/v2/relationship", body)
        except ServiceError as error:
            # 409 is ATLAS-409-00-004: the two are so related already
            if error.status != 409:
                raise

    def update_relationship(self, guid: str, type_name: str, attributes: Json) -> None:
        """Give a relationship new attributes."""
        body = {"guid": guid, "typeName": type_name, "attributes": attributes}
        self._call(RELATE, "PUT", "/atlas/v2/relationship", body)

    def _ensure_type(self, definition: Json) -> bool:
        try:
            present = self.get_type(definition["name"])
        except NotFoundError:
            return self._create_type(definition)
        extended = extended_type(present, definition)
        if extended is None:
            return False
        self._write_type("PUT", extended, definition)
        return True

    def _ensure_relationship_type(self, definition: Json) -> bool:
        try:
            self.get_relationship_type(definition["name"])
        except NotFoundError:
            try:
                answer = self._call(
                    WRITE_TYPES,
                    "POST",
                    "/atlas/v2/types/typedefs",
                    {"relationshipDefs": [definition]},
                )
            except ServiceError as error:
                if error.status != 409:  # someone else was quicker
                    raise
                return False
            if not _names(answer, "relationshipDefs", definition["name"]):
                self.get_relationship_type(definition["name"])
            return True
        return False

    def _create_type(self, definition: Json) -> bool:
        try:
            self._write_type("POST", definition, definition)
        except ServiceError as error:
            # Someone else was quicker, or an earlier try got through although its answer was lost.
            if error.status != 409 or extended_type(self.get_type(definition["name"]), definition):
                raise
            return False
        return True

    def _write_type(self, method: str, definition: Json, expected: Json) -> None:
        """Write a type, and look at it where the answer does not name it.

        An account may take a definition and drop it.
        """
        answer = self._call(
            WRITE_TYPES, method, "/atlas/v2/types/typedefs", {"entityDefs": [definition]}
        )
        if _names(answer, "entityDefs", expected["name"]):
            return
        if extended_type(self.get_type(expected["name"]), expected):
            clause = f"{expected['name']} lacks attributes that were sent"
            raise malformed(WRITE_TYPES.noun, 200, clause, f"{method} /atlas/v2/types/typedefs")


def _names(answer: Json, category: str, name: str) -> bool:
    """Does an answer to a definition of types name this one?"""
    return any(row["name"] == name for row in answer.get(category) or ())


def _of_type(name: str) -> Json:
    return {"entityType": name, "includeSubTypes": True}


def _named_with(text: str) -> Json:
    return {"attributeName": "qualifiedName", "operator": "contains", "attributeValue": text}


def _any(conditions: Sequence[Json]) -> Json:
    return conditions[0] if len(conditions) == 1 else {"or": list(conditions)}
