"""Many entities in one request: as many as an address has room for, fewer where the service refuses that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from ..errors import NotFoundError, ServiceError, UnknownTypeError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from .calls import Calls
    from .typedefs import Json

# Longer addresses are answered with something that is not JSON; the limit is about 8 KB, and counts all of the address.
_LONGEST_URL = 8_000
# More than some hundred guids in one delete are refused (https://github.com/wjohnson/pyapacheatlas/issues/166).
_DELETED_AT_ONCE = 50
# Answers that the size of a request may be the cause of, although the client cannot tell.
_TOO_MUCH = frozenset({408, 500, 504})
# Answers to a bulk read that one name, the number of names, or the call itself may be the cause of.
_NARROWED = frozenset({200, 400, 404, 405, 413, 414, 431})


@dataclass(frozen=True, slots=True)
class Entities:
    """What a read returned: the entities asked for, and those that they refer to, by guid."""

    entities: tuple[Json, ...]
    referred: Mapping[str, Json]


class ManyEntities:
    """Reads and deletes many entities of one account."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def named(self, type_name: str, qualified_names: Iterable[str]) -> Iterator[Entities]:
        """The entities of a type (or its subtypes) that have these names, request by request."""
        path = f"/atlas/v2/entity/bulk/uniqueAttribute/type/{quote(type_name, safe='')}"
        room = _LONGEST_URL - len(f"{self._calls.base}{path}?")
        for batch in _batches(dict.fromkeys(qualified_names), room, lambda place: f"attr_{place}:qualifiedName=&"):
            for answer in self._read(type_name, batch):
                found = answer.get("entities") or ([answer["entity"]] if answer.get("entity") else [])
                yield Entities(tuple(found), answer.get("referredEntities") or {})

    def of_guids(self, guids: Iterable[str]) -> Iterator[Entities]:
        """The entities of these guids, request by request; those that do not exist are left out."""
        room = _LONGEST_URL - len(f"{self._calls.base}/atlas/v2/entity/bulk?minExtInfo=true&")
        for batch in _batches(dict.fromkeys(guids), room, lambda _: "guid=&"):
            yield from self._read_guids(batch)

    def delete(self, guids: Sequence[str]) -> None:
        """Delete entities, those of them that exist.

        Raises:
            ServiceError: the service refuses to delete one of them; some of the others may be deleted.
        """
        for start in range(0, len(guids), _DELETED_AT_ONCE):
            self._delete(guids[start : start + _DELETED_AT_ONCE])

    def delete_one(self, guid: str) -> None:
        """Delete an entity, where it exists."""
        try:
            self._calls.send("DELETE", f"/atlas/v2/entity/guid/{quote(guid, safe='')}")
        except NotFoundError:
            return

    def _delete(self, guids: Sequence[str]) -> None:
        """Delete a batch; where the service refuses it, halve it until single deletes are left."""
        if len(guids) == 1:
            self.delete_one(guids[0])
            return
        try:
            self._calls.send("DELETE", f"/atlas/v2/entity/bulk?{urlencode([('guid', guid) for guid in guids])}")
        except ServiceError as error:
            if error.status not in _NARROWED | _TOO_MUCH:
                raise
        else:
            return
        middle = len(guids) // 2
        for half in (guids[:middle], guids[middle:]):
            self._delete(half)

    def _read(self, type_name: str, names: Sequence[str]) -> Iterator[Json]:
        """Read a batch; where the service refuses it, halve it until single reads are left."""
        path = f"/atlas/v2/entity/bulk/uniqueAttribute/type/{quote(type_name, safe='')}"
        try:
            yield self._calls.send("GET", f"{path}?{_names_query(names)}")
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
            yield self._calls.send("GET", f"{path}?attr:qualifiedName={quote(name, safe='')}")
        except (NotFoundError, UnknownTypeError):
            return

    def _read_guids(self, guids: Sequence[str]) -> Iterator[Entities]:
        """As `_read`, by guid: one that is gone makes the service refuse the whole batch."""
        query = urlencode([("guid", guid) for guid in guids])
        try:
            answer = self._calls.send("GET", f"/atlas/v2/entity/bulk?minExtInfo=true&{query}")
        except ServiceError as error:
            if error.status not in _NARROWED | _TOO_MUCH or (len(guids) == 1 and error.status != 404):
                raise
        else:
            yield Entities(tuple(answer.get("entities") or ()), answer.get("referredEntities") or {})
            return
        if len(guids) == 1:
            return
        middle = len(guids) // 2
        for half in (guids[:middle], guids[middle:]):
            yield from self._read_guids(half)


def _names_query(names: Sequence[str]) -> str:
    return "&".join(f"attr_{number}:qualifiedName={quote(name, safe='')}" for number, name in enumerate(names, 1))


def _batches(values: Iterable[str], room: int, frame: Callable[[int], str]) -> Iterator[list[str]]:
    """Values in batches whose query stays short enough; there is no published number of names.

    Args:
        values: What is asked for.
        room: How long a query may be.
        frame: What stands in the query around the value at a place, counted from 1.
    """
    left = room
    batch: list[str] = []
    for value in values:
        cost = len(frame(len(batch) + 1)) + len(quote(value, safe=""))
        if batch and cost > left:
            yield batch
            batch, left = [], room
        batch.append(value)
        left -= cost
    if batch:
        yield batch
