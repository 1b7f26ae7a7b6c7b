"""What the catalogue keeps: definitions of types, entities and relationships.

It stores and finds; rules live elsewhere.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from .records import StoredEntity, StoredRelationship
from .registry import Category, JsonObject, Registry, TypeDef

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

    from .conditions import SearchCondition
    from .records import Status


# The columns of each table in the order of the fields that are read from them.
_ENTITY = (
    "guid, type, qualified_name, status, attributes, extras, collection, created, updated, revision"
)
_RELATIONSHIP = "guid, type, end1, end2, status, attributes, created, updated, revision"
_SELECT_ENTITY = "SELECT " + _ENTITY + " FROM entities "  # noqa: S608  # constants of this module
_SELECT_RELATIONSHIP = "SELECT " + _RELATIONSHIP + " FROM relationships "  # noqa: S608  # constants of this module


class Store:
    """Reads and writes of one connection; the caller holds the transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    # Definitions of types

    def registry(self) -> Registry:
        """All types."""
        rows = self._connection.execute(
            "SELECT name, guid, category, body FROM typedefs ORDER BY rowid"
        )
        return Registry(
            TypeDef(name, guid, Category(category), json.loads(body))
            for name, guid, category, body in rows
        )

    def put_types(self, typedefs: Iterable[TypeDef]) -> None:
        """Add the definitions, or replace those of the same names."""
        self._connection.executemany(
            "INSERT INTO typedefs VALUES (?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET body = "
            "excluded.body",
            [(each.name, each.guid, each.category.value, _dump(each.body)) for each in typedefs],
        )

    def delete_type(self, name: str) -> None:
        """Forget a definition."""
        self._connection.execute("DELETE FROM typedefs WHERE name = ?", (name,))

    def type_in_use(self, name: str) -> bool:
        """Was there ever an entity or a relationship of exactly this type?

        Deleted ones count, as in Atlas.
        """
        return any(
            self._connection.execute(query, (name,)).fetchone()
            for query in (
                "SELECT 1 FROM entities WHERE type = ?",
                "SELECT 1 FROM relationships WHERE type = ?",
            )
        )

    # Entities

    def entity(self, guid: str) -> StoredEntity | None:
        """The entity of that guid, deleted or not."""
        row = self._connection.execute(_SELECT_ENTITY + "WHERE guid = ?", (guid,)).fetchone()
        return _entity(row) if row else None

    def search(
        self, condition: SearchCondition, order: SearchCondition, start: int, limit: int
    ) -> tuple[int, list[StoredEntity]]:
        """How many entities fulfil a condition, and a page of them in an order.

        Args:
            condition: which entities; a WHERE with its values.
            order: an ORDER BY with its values.
            start: how many entities come before the page.
            limit: the most entities on the page.
        """
        where = f"FROM entities WHERE {condition.text}"
        count: int = self._connection.execute(
            f"SELECT count(*) {where}", condition.values
        ).fetchone()[0]
        rows = self._connection.execute(
            f"SELECT {_ENTITY} {where} ORDER BY {order.text} LIMIT ? OFFSET ?",
            (*condition.values, *order.values, limit, start),
        )
        return count, [_entity(row) for row in rows]

    def collections(self) -> list[str]:
        """The collections that hold anything."""
        return [
            name for (name,) in self._connection.execute("SELECT DISTINCT collection FROM entities")
        ]

    def named(self, qualified_name: str) -> list[StoredEntity]:
        """Entities of any type that have exactly this qualified name, oldest first.

        Deleted ones have none.
        """
        rows = self._connection.execute(
            _SELECT_ENTITY + "WHERE status = 'ACTIVE' AND qualified_name = ? ORDER BY rowid",
            (qualified_name,),
        )
        return [_entity(row) for row in rows]

    def with_attribute(self, name: str, value: str) -> list[StoredEntity]:
        """Entities of any type whose attribute holds exactly this value, oldest first."""
        rows = self._connection.execute(
            _SELECT_ENTITY + "WHERE status = 'ACTIVE' AND json_extract(attributes, ?) = ? ORDER "
            "BY rowid",
            (f'$."{name}"', value),
        )
        return [_entity(row) for row in rows]

    def add_entity(self, entity: StoredEntity) -> None:
        """Add an entity.

        Raises:
            sqlite3.IntegrityError: An entity of its type and qualified name exists.
        """
        self._connection.execute(
            "INSERT INTO entities VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(
                    entity.guid,
                    entity.type_name,
                    entity.qualified_name,
                    entity.status,
                    _dump(entity.attributes),
                ),
                *(
                    _dump(entity.extras),
                    entity.collection,
                    entity.created,
                    entity.updated,
                    entity.revision,
                ),
            ),
        )

    def replace_entity(self, entity: StoredEntity) -> None:
        """Write an entity that exists.

        Raises:
            sqlite3.IntegrityError: Another entity of its type has its qualified name.
        """
        self._connection.execute(
            "UPDATE entities SET qualified_name = ?, status = ?, attributes = ?, extras = ?, "
            "collection = ?, updated = ?,"
            " revision = ? WHERE guid = ?",
            (
                *(
                    entity.qualified_name,
                    entity.status,
                    _dump(entity.attributes),
                    _dump(entity.extras),
                    entity.collection,
                ),
                *(entity.updated, entity.revision, entity.guid),
            ),
        )

    def remove_entity(self, guid: str) -> None:
        """Forget an entity."""
        self._connection.execute("DELETE FROM entities WHERE guid = ?", (guid,))

    def touch(self, guid: str, *, now: int) -> None:
        """Note that an entity changed: its revision counts up."""
        self._connection.execute(
            "UPDATE entities SET updated = ?, revision = revision + 1 WHERE guid = ?", (now, guid)
        )

    # Relationships

    def relationship(self, guid: str) -> StoredRelationship | None:
        """The relationship of that guid, deleted or not."""
        row = self._connection.execute(_SELECT_RELATIONSHIP + "WHERE guid = ?", (guid,)).fetchone()
        return _relationship(row) if row else None

    def relationships_of(
        self, guid: str, *, status: Status | None = "ACTIVE"
    ) -> list[StoredRelationship]:
        """All relationships of an entity, oldest first; those of any status for None."""
        # The status stands in the text, and not among the values: else the index on active ones
        # would not be used.
        of_status = f"AND status = '{status}'" if status else ""  # one of two words
        rows = self._connection.execute(
            f"{_SELECT_RELATIONSHIP} WHERE (end1 = :guid {of_status}) OR (end2 = :guid "
            f"{of_status}) ORDER BY rowid",
            {"guid": guid},
        )
        return [_relationship(row) for row in rows]

    def relationships_at(self, guid: str, type_name: str, side: int) -> list[StoredRelationship]:
        """The relationships of one type that have the entity at end 1 or 2, oldest first."""
        end = "end1 = ?" if side == 1 else "end2 = ?"
        rows = self._connection.execute(
            _SELECT_RELATIONSHIP + "WHERE " + end + " AND type = ? AND status = 'ACTIVE' ORDER BY "
            "rowid",
            (guid, type_name),
        )
        return [_relationship(row) for row in rows]

    def add_relationship(self, relationship: StoredRelationship) -> None:
        """Add a relationship."""
        self._connection.execute(
            "INSERT INTO relationships VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(
                    relationship.guid,
                    relationship.type_name,
                    relationship.end1,
                    relationship.end2,
                    relationship.status,
                ),
                *(
                    _dump(relationship.attributes),
                    relationship.created,
                    relationship.updated,
                    relationship.revision,
                ),
            ),
        )

    def replace_relationship(self, relationship: StoredRelationship) -> None:
        """Write the status and attributes of a relationship that exists."""
        self._connection.execute(
            "UPDATE relationships SET status = ?, attributes = ?, updated = ?, revision = ? WHERE "
            "guid = ?",
            (
                *(relationship.status, _dump(relationship.attributes)),
                *(relationship.updated, relationship.revision, relationship.guid),
            ),
        )

    def delete_relationship(self, relationship: StoredRelationship, *, now: int) -> None:
        """Mark a relationship as deleted."""
        self.replace_relationship(
            replace(relationship, status="DELETED", updated=now, revision=relationship.revision + 1)
        )

    def remove_relationship(self, guid: str) -> None:
        """Forget a relationship."""
        self._connection.execute("DELETE FROM relationships WHERE guid = ?", (guid,))

    # Attempts

    @contextmanager
    def attempt(self, *, keep: bool = True) -> Iterator[None]:
        """A part of the transaction that leaves nothing behind where it fails.

        It also leaves nothing where it is not to be kept.
        """
        self._connection.execute("SAVEPOINT attempt")
        try:
            yield
            if not keep:
                self._connection.execute("ROLLBACK TO attempt")
        except BaseException:
            if self._connection.in_transaction:  # SQLite itself rolls back where the disk is full
                self._connection.execute("ROLLBACK TO attempt")
            raise
        finally:
            if self._connection.in_transaction:
                self._connection.execute("RELEASE attempt")


def _dump(value: JsonObject) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _entity(row: tuple[Any, ...]) -> StoredEntity:
    guid, type_name, qualified_name, status, attributes, extras, *system_values = row
    return StoredEntity(
        guid,
        type_name,
        qualified_name,
        status,
        json.loads(attributes),
        json.loads(extras),
        *system_values,
    )


def _relationship(row: tuple[Any, ...]) -> StoredRelationship:
    guid, type_name, end1, end2, status, attributes, *system_values = row
    return StoredRelationship(
        guid, type_name, end1, end2, status, json.loads(attributes), *system_values
    )
