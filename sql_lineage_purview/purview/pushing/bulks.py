"""Writing many entities in bulks of a bounded size.

A bulk is halved where the service says that it is too much, or refuses it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from ..purview_errors import RefusedError, ServiceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from ..account.client import DataMapClient
    from ..account.typedefs import Json

# Answers that one entity may be the cause of: those beside it can still be written.
CAUSED_BY_CONTENT = frozenset({400, 404, 409, 413, 422})
# Answers that the size of a bulk may be the cause of.
CAUSED_BY_SIZE = frozenset({408, 413, 500, 504})
# After so many single entities in a row that got such an answer, it is the service that has a
# problem.
_IN_VAIN = 3
# After so many single entities in a row that were denied, the others would be too. One collection
# is denied as a whole; those that stay where they are may stand in several.
_DENIED_IN_ONE, _DENIED_IN_SEVERAL = 3, 50
_FRAME = len('{"referredEntities":{},"entities":[]}')


class Item(Struct, frozen=True):
    """An entity to write, and the fingerprint of what it says.

    `alone` tells that it should go by itself, as it was refused before.
    """

    name: str
    content: str
    entity: Callable[[str], Json]
    alone: bool = False


class Outcome(Struct, frozen=True):
    """What became of an item: `reason` None where the account acknowledged it.

    `lasting`: it would be refused again.
    """

    item: Item
    reason: str | None = None
    lasting: bool = False


@dataclass(frozen=True, slots=True)
class BulkLimits:
    """How much goes in one request: entities, and bytes; the service publishes neither.

    Raises:
        ValueError: one of them is below 1.
    """

    count: int = 50
    size: int = 1_000_000

    def __post_init__(self) -> None:
        if min(self.count, self.size) < 1:
            raise ValueError(f"{self} must be 1 or more")


_Sized: TypeAlias = tuple[Item, int]


class BulkWriter:
    """Writes entities to one account.

    Its bulks shrink where the service cannot take them, and grow again by and by.

    Args:
        client: The account.
        limits: How large bulks may be.
        collection: Where what is new lands; empty: in the root.
        several: The entities exist, and may stand in several collections, of which one may be
            denied.
    """

    def __init__(
        self,
        client: DataMapClient,
        limits: BulkLimits,
        *,
        collection: str = "",
        several: bool = False,
    ) -> None:
        self._client = client
        self._limits = limits
        self._collection = collection
        self._count = limits.count
        self._in_vain = 0
        self._denied = 0
        self._most_denied = _DENIED_IN_SEVERAL if several else _DENIED_IN_ONE

    def write(self, items: Iterable[Item]) -> Iterator[list[Outcome]]:
        """Write, and tell the outcomes of each request as soon as they are known.

        Raises:
            PurviewError: it cannot go on; what was told until then is so.
        """
        bulk: list[Item] = []
        size = _FRAME
        for item in items:
            if item.alone:
                yield from self._write([item])
                continue
            cost = (
                len(
                    json.dumps(
                        item.entity("-100"), ensure_ascii=False, separators=(",", ":")
                    ).encode()
                )
                + 1
            )
            if bulk and (len(bulk) >= self._count or size + cost > self._limits.size):
                yield from self._write(bulk)
                bulk, size = [], _FRAME
            bulk.append(item)
            size += cost
        if bulk:
            yield from self._write(bulk)

    def _write(self, items: Sequence[Item]) -> Iterator[list[Outcome]]:
        """Write a bulk. One that is refused is halved until the entity at fault stands alone."""
        if len(items) > self._count:
            yield from self._halved(items)
            return
        placeholders = {f"-{number}": item for number, item in enumerate(items, 1)}
        entities = [item.entity(guid) for guid, item in placeholders.items()]
        try:
            mutation = self._client.upsert_entities(entities, collection=self._collection)
        except ServiceError as error:
            if len(items) > 1 and error.status in CAUSED_BY_CONTENT | CAUSED_BY_SIZE:
                if error.status in CAUSED_BY_SIZE:
                    self._count = max(1, len(items) // 2)
                yield from self._halved(items)
                return
            yield [self._failed(items[0], error)]
            return
        except RefusedError as error:
            if len(items) > 1 and error.denied:
                yield from self._halved(items)
                return
            yield [self._refused(items[0], error)]
            return
        self._in_vain = self._denied = 0
        if len(items) >= self._count:
            # by a quarter, so that one slow minute does not cost bulks of one for the rest of a
            # push
            self._count = min(self._limits.count, self._count + max(1, self._count // 4))
        # Unchanged entities are missing from the service's list of mutations, but never from the
        # assignments.
        yield [
            _outcome(item, mutation.assignments.get(guid)) for guid, item in placeholders.items()
        ]

    def _halved(self, items: Sequence[Item]) -> Iterator[list[Outcome]]:
        middle = len(items) // 2
        yield from self._write(items[:middle])
        yield from self._write(items[middle:])

    def _failed(self, item: Item, error: ServiceError) -> Outcome:
        """What an error says of a single entity.

        Raised where it says that nothing else would go through either.
        """
        if error.status in CAUSED_BY_CONTENT:
            return Outcome(item, str(error), lasting=True)
        self._in_vain += 1
        if error.status not in CAUSED_BY_SIZE or self._in_vain >= _IN_VAIN:
            raise error
        return Outcome(item, str(error))

    def _refused(self, item: Item, error: RefusedError) -> Outcome:
        """A single entity that is denied; raised where it is not the only one."""
        self._denied += 1
        if not error.denied or self._denied >= self._most_denied:
            raise error
        return Outcome(item, str(error))


def _outcome(item: Item, guid: str | None) -> Outcome:
    return Outcome(
        item, None if guid else "the service accepted it but assigned no guid; push again"
    )
