"""A snapshot of an account: what planning reads of it, kept in a file.

Plans can be made from it offline and without a sign-in.

The file is JSON with a line for each entity, in the order of types and names, so that two snapshots
can be compared. Entities stand in it as the Data Map answers them, without what planning does not
read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from ...model.printable import to_json
from ..purview_errors import BadSnapshotError, NotFoundError
from .client import SearchHit
from .entities import Entities, classifications_of, column_entities

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from .typedefs import Json

_VERSION = 1
_REMEDY = "Make it again: catalog dump --from purview."


@dataclass(frozen=True, slots=True)
class AssetSnapshot:
    """An account as it was; it answers what planning asks as the account would.

    Args:
        endpoint: Which account.
        path_prefix: Where its Data Map stands.
        owner: Whose processes are in it.
        taken: When it was made, in ISO 8601.
        entities: Assets, schemas of files, procedures, and the owner's processes.
        types: The definitions of entity types that are asked for, by name.
        relationship_types: Those of relationships.
        notes: What of the account is not in it, although plans may need it.
        has_classifications: Does it hold those of assets and columns? Older ones do not.
    """

    endpoint: str
    path_prefix: str
    owner: str
    taken: str
    entities: tuple[Json, ...]
    types: Mapping[str, Json] = field(default_factory=dict)
    relationship_types: Mapping[str, Json] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    has_classifications: bool = False
    _by_guid: dict[str, Json] = field(init=False, repr=False, compare=False, default_factory=dict)
    _by_type: dict[str, dict[str, Json]] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        for entity in self.entities:
            self._by_guid[entity["guid"]] = entity
            self._by_type.setdefault(entity["typeName"], {})[
                entity["attributes"]["qualifiedName"]
            ] = entity

    def get_type(self, name: str) -> Json:
        """The definition of an entity type.

        Raises:
            NotFoundError: the snapshot has none of this name.
        """
        return _definition(self.types, name)

    def get_relationship_type(self, name: str) -> Json:
        """The definition of a relationship type.

        Raises:
            NotFoundError: the snapshot has none of this name.
        """
        return _definition(self.relationship_types, name)

    def get_entity(self, guid: str) -> Entities:
        """An entity.

        Raises:
            NotFoundError: there is none of this guid.
        """
        if guid not in self._by_guid:
            raise NotFoundError(f"The snapshot has no entity {guid}", status=404)
        return Entities((self._by_guid[guid],), {})

    def get_entities(self, type_name: str, qualified_names: Iterable[str]) -> Entities:
        """The entities of one type that have these qualified names."""
        by_name = self._by_type.get(type_name, {})
        return Entities(
            tuple(by_name[name] for name in dict.fromkeys(qualified_names) if name in by_name), {}
        )

    def read_entities(self, type_name: str, qualified_names: Iterable[str]) -> Iterator[Entities]:
        """What `get_entities` gets."""
        yield self.get_entities(type_name, qualified_names)

    def locate(self, type_name: str, qualified_names: Iterable[str]) -> Iterator[Entities]:
        """What `get_entities` gets."""
        yield self.get_entities(type_name, qualified_names)

    def read_guids(
        self, guids: Iterable[str], *, exclude: Collection[str] = ()
    ) -> Iterator[Entities]:
        """The entities of these guids, with all that the snapshot holds of them.

        Those that do not exist are left out.
        """
        yield Entities(
            tuple(self._by_guid[guid] for guid in dict.fromkeys(guids) if guid in self._by_guid), {}
        )

    def search(self, type_name: str, contains: str) -> Iterator[SearchHit]:
        """The entities of a type whose qualified name contains a text, in any case."""
        return self.search_any((type_name,), (contains,))

    def count(self, type_name: str, contains: str) -> int | None:
        """How many entities of a type have a qualified name that contains a text, in any case."""
        return sum(1 for _ in self.search(type_name, contains))

    def search_any(
        self, type_names: Sequence[str], contains: Sequence[str], *, most: int | None = None
    ) -> Iterator[SearchHit]:
        """The entities of some types whose qualified name contains one of some texts, in any case.

        `most` of them.
        """
        folded = [text.casefold() for text in contains]
        hits = (
            SearchHit(entity["guid"], type_name, name)
            for type_name in type_names
            for name, entity in self._by_type.get(type_name, {}).items()
            if (key := name.casefold()) and any(text in key for text in folded)
        )
        return islice(hits, most)

    def search_classified(
        self, classification: str, contains: Sequence[str] = (), *, most: int | None = None
    ) -> Iterator[SearchHit]:
        """The assets and columns that bear a classification, below some places.

        Raises:
            BadSnapshotError: the snapshot holds no classifications.
        """
        if not self.has_classifications:
            raise BadSnapshotError(
                "The snapshot of assets holds no classifications", remedy=_REMEDY
            )
        names = [(entity, entity["attributes"]["qualifiedName"]) for entity in self.entities]
        hits = (
            SearchHit(guid, entity["typeName"], name)
            for entity, name in names
            if not contains or any(place.casefold() in name.casefold() for place in contains)
            for guid in _bearing(entity, classification)
        )
        return islice(hits, most)

    def get_classification(self, name: str) -> Json:
        """A classification that something in the snapshot bears.

        Raises:
            NotFoundError: nothing bears it.
        """
        if next(self.search_classified(name), None) is None:
            raise NotFoundError(f"Nothing in the snapshot bears {name}", status=404)
        return {"name": name}


def _bearing(entity: Json, classification: str) -> Iterator[str]:
    """The guids of an entity, and of its columns, that bear a classification."""
    if classification in classifications_of(entity):
        yield entity["guid"]
    for column in column_entities(entity, {}):
        if classification in column.classifications:
            yield column.guid


def snapshot_lines(snapshot: AssetSnapshot) -> Iterator[str]:
    """The document of a snapshot, line by line."""
    head: Json = {
        "asset_snapshot_version": _VERSION,
        "endpoint": snapshot.endpoint,
        "path_prefix": snapshot.path_prefix,
        "owner": snapshot.owner,
        "taken": snapshot.taken,
        "types": dict(snapshot.types),
        "relationship_types": dict(snapshot.relationship_types),
        "notes": list(snapshot.notes),
        "has_classifications": snapshot.has_classifications,
    }
    yield "{\n"
    yield from (f"{_dumped(key)}: {_dumped(value)},\n" for key, value in head.items())
    yield '"entities": ['
    rows = sorted(
        snapshot.entities,
        key=lambda row: (row["typeName"], row["attributes"]["qualifiedName"], row["guid"]),
    )
    for number, row in enumerate(rows):
        yield f"{',' if number else ''}\n{_dumped(row)}"
    yield "\n]}\n"


def read_asset_snapshot(text: str) -> AssetSnapshot:
    """Read what `snapshot_lines` wrote.

    Raises:
        BadSnapshotError: the text is no snapshot of assets, or one of another version.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise BadSnapshotError(
            "The file is not JSON, so it is no snapshot of assets", remedy=_REMEDY
        ) from None
    version = document.get("asset_snapshot_version") if isinstance(document, dict) else None
    if version != _VERSION:
        raise BadSnapshotError("The file is no snapshot of assets of this version", remedy=_REMEDY)
    try:
        return _snapshot(document)
    except (KeyError, TypeError, AttributeError) as error:
        what = f"The snapshot of assets is damaged ({type(error).__name__}: {error})"
        raise BadSnapshotError(what, remedy=_REMEDY) from None


def _snapshot(document: dict[str, Any]) -> AssetSnapshot:
    texts = {key: document[key] for key in ("endpoint", "path_prefix", "owner", "taken")}
    notes = document.get("notes") or []
    definitions = {key: document[key] for key in ("types", "relationship_types")}
    if (
        not all(isinstance(text, str) for text in texts.values())
        or not all(isinstance(table, dict) for table in definitions.values())
        or not (isinstance(notes, list) and all(isinstance(note, str) for note in notes))
    ):
        raise TypeError("a text or table where it should not be")
    return AssetSnapshot(
        **texts,
        **definitions,
        entities=tuple(document["entities"]),
        notes=tuple(notes),
        has_classifications=document.get("has_classifications") is True,
    )


def _definition(definitions: Mapping[str, Json], name: str) -> Json:
    if name not in definitions:
        raise NotFoundError(f"The snapshot has no type {name}", status=404)
    return definitions[name]


def _dumped(value: object) -> str:
    return to_json(value)
