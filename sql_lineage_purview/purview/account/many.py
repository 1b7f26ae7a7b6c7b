"""Many entities in one request.

There are as many as an address has room for, fewer where the service refuses that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from msgspec import Struct

from ..purview_errors import NotFoundError, ServiceError, UnknownTypeError, malformed
from .entities import Entities, entities_of, exists
from .operations import (
    DELETE_ENTITIES,
    LOCATE_BY_NAMES,
    LOCATE_ENTITY,
    READ_BY_GUIDS,
    READ_BY_NAMES,
    READ_ENTITY,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from .calls import Calls
    from .operations import Operation
    from .typedefs import Json

# Longer addresses are answered with something that is not JSON; the limit is about 8 KB, and counts
# all of the address.
_LONGEST_URL = 8_000
# More than some hundred guids in one delete are refused
# (https://github.com/wjohnson/pyapacheatlas/issues/166).
_DELETED_AT_ONCE = 50
# Answers that the size of a request may be the cause of, although the client cannot tell.
_TOO_MUCH = frozenset({408, 500, 504})
# Answers to a bulk read that one name, the number of names, or the call itself may be the cause of.
_NARROWED = frozenset({200, 400, 404, 405, 413, 414, 431})


class EntityDetail(Struct, frozen=True):
    """How much of entities is read by name.

    This has what stands in the query for it, and the operations that the answers for many and
    for one are held against.
    """

    options: str
    by_names: Operation
    by_name: Operation


FULL_ENTITIES = EntityDetail("", READ_BY_NAMES, READ_ENTITY)
ATTRIBUTES_ALONE = EntityDetail(
    "minExtInfo=true&ignoreRelationships=true", LOCATE_BY_NAMES, LOCATE_ENTITY
)


class ManyEntities:
    """Reads and deletes many entities of one account."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._witnesses: dict[str, str] = {}

    def named(
        self, type_name: str, qualified_names: Iterable[str], detail: EntityDetail = FULL_ENTITIES
    ) -> Iterator[Entities]:
        """The entities of a type (or its subtypes) that have these names, request by request."""
        type_path = quote(type_name, safe="")
        path = f"/atlas/v2/entity/bulk/uniqueAttribute/type/{type_path}?{detail.options}"
        room = _LONGEST_URL - len(f"{self._calls.base}{path}?")
        for batch in _batches(
            dict.fromkeys(qualified_names), room, lambda place: f"attr_{place}:qualifiedName=&"
        ):
            for part in self._read(type_name, batch, detail):
                live = next(filter(exists, part.entities), None)
                if live:
                    self._witnesses.setdefault(type_name, live["attributes"]["qualifiedName"])
                yield part

    def of_guids(self, guids: Iterable[str], exclude: Iterable[str] = ()) -> Iterator[Entities]:
        """The entities of these guids that exist, request by request.

        Relationships of the types to exclude are left out.
        """
        options = urlencode(
            [("minExtInfo", "true"), *(("excludeRelationshipTypes", name) for name in exclude)]
        )
        room = _LONGEST_URL - len(f"{self._calls.base}/atlas/v2/entity/bulk?{options}&")
        for batch in _batches(dict.fromkeys(guids), room, lambda _: "guid=&"):
            yield from self._read_guids(batch, options)

    def delete(self, guids: Sequence[str]) -> None:
        """Delete entities, those of them that exist.

        Raises:
            ServiceError: the service refuses to delete one of them, or has it still; some of the
                others may be deleted.
        """
        for start in range(0, len(guids), _DELETED_AT_ONCE):
            self._delete(guids[start : start + _DELETED_AT_ONCE])

    def delete_one(self, guid: str) -> None:
        """Delete an entity, where it exists."""
        path = f"/atlas/v2/entity/guid/{quote(guid, safe='')}"
        try:
            self._confirm(self._calls.send(DELETE_ENTITIES, "DELETE", path), [guid])
        except NotFoundError:
            return

    def _delete(self, guids: Sequence[str]) -> None:
        """Delete a batch; where the service refuses it, halve it until single deletes are left."""
        if len(guids) == 1:
            self.delete_one(guids[0])
            return
        path = f"/atlas/v2/entity/bulk?{urlencode([('guid', guid) for guid in guids])}"
        try:
            self._confirm(self._calls.send(DELETE_ENTITIES, "DELETE", path, once=True), guids)
        except ServiceError as error:
            # what no size explains, as a role that is missing, would fail for each half as well
            if error.status not in _NARROWED | _TOO_MUCH:
                raise
        else:
            return
        middle = len(guids) // 2
        for half in (guids[:middle], guids[middle:]):
            self._delete(half)

    def _confirm(self, answer: Json, guids: Iterable[str]) -> None:
        """Look whether those are gone that the answer does not name.

        What did not exist is no error, and is not named either.
        """
        deleted = {row["guid"] for row in (answer.get("mutatedEntities") or {}).get("DELETE", ())}
        for part in self.of_guids([guid for guid in guids if guid not in deleted]):
            survivor = next(filter(exists, part.entities), None)
            if survivor:
                raise malformed(
                    DELETE_ENTITIES.noun,
                    200,
                    f"{survivor['guid']} is there still",
                    "DELETE /atlas/v2/entity",
                )

    def _read(
        self, type_name: str, names: Sequence[str], detail: EntityDetail
    ) -> Iterator[Entities]:
        """Read a batch; where the service refuses it, halve it until single reads are left."""
        try:
            answer = self._ask(type_name, names, detail)
        except UnknownTypeError:
            return
        except ServiceError as error:
            if error.status not in _NARROWED:
                raise
        else:
            if answer.get("entities") is None:
                yield from self._without_list(type_name, names, detail)
            else:
                yield entities_of(answer)
            return
        if len(names) == 1:
            yield from self._read_one(type_name, names[0], detail)
            return
        middle = len(names) // 2
        for half in (names[:middle], names[middle:]):
            yield from self._read(type_name, half, detail)

    def _ask(self, type_name: str, names: Sequence[str], detail: EntityDetail) -> Json:
        path = f"/atlas/v2/entity/bulk/uniqueAttribute/type/{quote(type_name, safe='')}"
        return self._calls.send(
            detail.by_names,
            "GET",
            f"{path}?{_joined(detail.options, _names_query(names))}",
            once=True,
        )

    def _without_list(
        self, type_name: str, names: Sequence[str], detail: EntityDetail
    ) -> Iterator[Entities]:
        """Decide what to make of an answer without a list.

        Either nothing was found, as Atlas says it, or something cut it off.

        Asked together with a name that exists (a witness), the account must name that one; without
        a witness each name is asked for by itself, to which the account must say that it does not
        exist.
        """
        waiting = list(names)
        while waiting:
            witness = self._witnesses.get(type_name)
            entities = self._ask_with(type_name, waiting, witness, detail) if witness else None
            if entities:
                yield entities
                return
            yield from self._read_one(type_name, waiting.pop(0), detail)

    def _ask_with(
        self, type_name: str, names: Sequence[str], witness: str, detail: EntityDetail
    ) -> Entities | None:
        """What is found beside a witness, which may be one of the names.

        None where that proves nothing.
        """
        asked = list(dict.fromkeys([*names, witness]))
        if len(_names_query(asked)) > _LONGEST_URL:
            return None
        try:
            answer = self._ask(type_name, asked, detail)
        except ServiceError as error:
            if error.status not in _NARROWED:
                raise
            return None
        entities = entities_of(answer) if answer.get("entities") else Entities((), {})
        by_name = {row["attributes"]["qualifiedName"]: row for row in entities.entities}
        # the witness may have been deleted since, or this answer is cut off too
        if witness not in by_name:
            return None
        return Entities(
            tuple(row for name, row in by_name.items() if name != witness or name in names),
            entities.referred,
        )

    def _read_one(self, type_name: str, name: str, detail: EntityDetail) -> Iterator[Entities]:
        path = f"/atlas/v2/entity/uniqueAttribute/type/{quote(type_name, safe='')}"
        query = _joined(detail.options, f"attr:qualifiedName={quote(name, safe='')}")
        try:
            yield entities_of(self._calls.send(detail.by_name, "GET", f"{path}?{query}"))
        except (NotFoundError, UnknownTypeError):
            return

    def _read_guids(self, guids: Sequence[str], options: str) -> Iterator[Entities]:
        """As `_read`, by guid: one that is gone makes the service refuse the whole batch."""
        query = urlencode([("guid", guid) for guid in guids])
        try:
            answer = self._calls.send(
                READ_BY_GUIDS, "GET", f"/atlas/v2/entity/bulk?{options}&{query}", once=True
            )
        except ServiceError as error:
            if error.status not in _NARROWED | _TOO_MUCH or (
                len(guids) == 1 and error.status not in (200, 404)
            ):
                raise
            if len(guids) == 1 and isinstance(error, NotFoundError):
                return
        else:
            yield entities_of(answer)
            # an answer may leave out what it cannot read, and say nothing of it
            lacking = set(guids) - {row["guid"] for row in answer["entities"]}
            for guid in guids if lacking else ():
                yield from self._read_guid(guid) if guid in lacking else ()
            return
        if len(guids) == 1:
            yield from self._read_guid(guids[0])
            return
        middle = len(guids) // 2
        for half in (guids[:middle], guids[middle:]):
            yield from self._read_guids(half, options)

    def _read_guid(self, guid: str) -> Iterator[Entities]:
        """An entity by itself: only here the account says of one that it does not exist."""
        try:
            yield entities_of(
                self._calls.send(
                    READ_ENTITY, "GET", f"/atlas/v2/entity/guid/{quote(guid, safe='')}"
                )
            )
        except NotFoundError:
            return


def _joined(options: str, query: str) -> str:
    return f"{options}&{query}" if options else query


def _names_query(names: Sequence[str]) -> str:
    return "&".join(
        f"attr_{number}:qualifiedName={quote(name, safe='')}"
        for number, name in enumerate(names, 1)
    )


def _batches(values: Iterable[str], room: int, frame: Callable[[int], str]) -> Iterator[list[str]]:
    """Values in batches whose query stays short enough; there is no published number of names.

    Args:
        values: What is asked for.
        room: How long a query may be.
        frame: What stands in the query around the value at a place, counted from 1.
    """
    remaining = room
    batch: list[str] = []
    for value in values:
        # as it stands in the address: a name in Greek takes six characters for each letter
        cost = len(frame(len(batch) + 1)) + len(quote(value, safe=""))
        if batch and cost > remaining:
            yield batch
            batch, remaining = [], room
        batch.append(value)
        remaining -= cost
    if batch:
        yield batch
