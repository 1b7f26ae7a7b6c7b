"""Fill a catalogue with assets, their columns and all that they belong to, as a scan would."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field

from .asset_operations import AssetColumn, SeedAsset, load_assets
from .builtin import ASSET_KINDS, AssetKind, is_column
from .error_codes import AtlasError
from .incoming import Incoming, Stream
from .pipeline import create_or_update

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .changes import EntityChanges
    from .embedded import Emulator
    from .registry import JsonObject
    from .session import Session

__all__ = ["AssetColumn", "SeedAsset", "SeedResult", "load_assets", "seed"]


class SeedResult(Struct, frozen=True):
    """How many entities a seed created and updated: assets, their columns and their parents.

    Parents are all that an asset belongs to.
    """

    created: int
    updated: int


def seed(emulator: Emulator, assets: Iterable[SeedAsset]) -> SeedResult:
    """Register assets with their columns, and the server, database and schema of each.

    To seed again changes nothing.

    Args:
        emulator: The catalogue to fill.
        assets: What a scan found; an asset that is a parent of another may stand among them too.

    Raises:
        ValueError: An asset cannot be registered: its type is unknown, or its qualified name is not
            as its type has it. Nothing is registered then.
    """
    scan = _SeedScan()
    for asset in assets:
        scan.add(asset)
    if not scan.entities:
        return SeedResult(0, 0)
    try:
        return emulator.run(scan.register, writes=True)
    except AtlasError as error:
        raise ValueError(f"the assets cannot be registered: {error}") from error


class _SeedScan(Struct):
    """The entities of a scan, by type and qualified name.

    They have placeholder guids for the references between them.
    """

    entities: dict[tuple[str, str], Incoming] = field(default_factory=dict)

    def register(self, session: Session) -> SeedResult:
        changes: EntityChanges = create_or_update(session, Stream(list(self.entities.values()), []))
        mutated = changes.answer(session).get("mutatedEntities", {})
        return SeedResult(len(mutated.get("CREATE", ())), len(mutated.get("UPDATE", ())))

    def add(self, asset: SeedAsset) -> None:
        """The asset, all above it, and its columns."""
        entity = self._entity(asset.type, asset.qualified_name, asset.display_name)
        entity.attributes.update({"name": asset.display_name, **asset.attributes})
        entity.collection = asset.collection
        entity.classifications = _classifications(asset.classifications)
        kind = ASSET_KINDS.get(asset.type)
        if kind is not None:
            self._add_parents(kind, asset.qualified_name, entity)
        if asset.columns:
            self._add_columns(asset, entity)

    def _entity(self, type_name: str, qualified_name: str, name: str) -> Incoming:
        key = (type_name, qualified_name)
        if key not in self.entities:
            attributes = {"qualifiedName": qualified_name, "name": name}
            self.entities[key] = Incoming(
                f"-{len(self.entities) + 1}", type_name, attributes, {}, {}
            )
        return self.entities[key]

    def _add_parents(self, kind: AssetKind, qualified_name: str, entity: Incoming) -> None:
        segments = _segments(kind, qualified_name)
        while kind.parent is not None and not is_column(kind):
            parent_kind = ASSET_KINDS[kind.parent.type_name]
            # Every kind that is a parent has a fixed depth: how many segments its name has.
            above = segments[: 1 + (parent_kind.depth or 0)]
            parent = self._entity(
                parent_kind.type_name, "/".join(above), above[-1].rpartition("//")[2]
            )
            entity.relationships[kind.parent.up] = {"guid": parent.guid}
            kind, entity = parent_kind, parent

    def _add_columns(self, asset: SeedAsset, entity: Incoming) -> None:
        owner, kind = entity, _column_kind(asset.type)
        separator = kind.separator if kind else "#"
        if kind is None:
            # A file has no columns of its own; its schema has.
            schema_name = f"{asset.qualified_name}#tabular_schema"
            owner = self._entity("tabular_schema", schema_name, "tabular_schema")
            entity.relationships["tabular_schema"] = {"guid": owner.guid}
            kind, separator = ASSET_KINDS["column"], "//"
        owner.collection = asset.collection
        for column in asset.columns:
            self._add_column(column, kind, owner, separator)

    def _add_column(
        self, column: AssetColumn, kind: AssetKind, owner: Incoming, separator: str
    ) -> None:
        qualified_name = f"{owner.attributes['qualifiedName']}{separator}{column.name}"
        entity = self._entity(kind.type_name, qualified_name, column.name)
        type_attribute = kind.attributes[0][0]
        up = kind.parent.up if kind.parent else ""
        entity.attributes[type_attribute] = column.type
        entity.relationships[up] = _reference(owner)
        entity.collection = owner.collection
        entity.classifications = _classifications(column.classifications)


def _classifications(names: tuple[str, ...]) -> list[JsonObject]:
    return [{"typeName": name} for name in names]


def _reference(entity: Incoming) -> JsonObject:
    return {"guid": entity.guid}


def _column_kind(type_name: str) -> AssetKind | None:
    """The kind of the columns of a table or view.

    None for assets whose columns hang on a schema.
    """
    columns = (kind for kind in ASSET_KINDS.values() if is_column(kind))
    return next(
        (kind for kind in columns if kind.parent and kind.parent.type_name == type_name), None
    )


def _segments(kind: AssetKind, qualified_name: str) -> list[str]:
    """The scheme with the host, then the path's segments.

    Raises:
        ValueError: There are not as many as the kind has.
    """
    scheme, slashes, address = qualified_name.partition("://")
    host, *path = address.split("/")
    fits = len(path) >= 1 if kind.depth is None else len(path) == kind.depth
    if not slashes or not host or not all(path) or not fits:
        segment_count = "one or more" if kind.depth is None else kind.depth or "no"
        raise ValueError(
            f"{kind.type_name} {qualified_name}: the qualified name must have a scheme, a host "
            f"and {segment_count} path segments"
        )
    return [f"{scheme}://{host}", *path]
