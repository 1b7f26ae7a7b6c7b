"""Which operation answers which method and path.

The current plane is `/datamap/api`, the older one `/catalog/api`; both have the same paths below
`/atlas/v2`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from . import classification_operations as classifications
from . import collection_operations as collections
from . import entity_changes as changes
from . import entity_operations as entities
from . import lineage, search
from . import relationship_operations as relationships
from . import type_operations as types
from .exchange import ApiCall
from .session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator

Operation = Callable[[Session, ApiCall], Any]

PLANES = (("datamap", "api"), ("catalog", "api"))
_ATLAS = ("atlas", "v2")


class Route(Struct, frozen=True):
    """A method and a path, `{name}` where it takes a value.

    `{name:a|b}` takes one of these only.
    """

    method: str
    path: tuple[str, ...]
    operation: Operation

    @property
    def writes(self) -> bool:
        """Does it change the catalogue?"""
        # a search is sent by POST for the length of its filters
        return self.method != "GET" and self.operation is not search.query

    def match(self, segments: tuple[str, ...]) -> dict[str, str] | None:
        """The values of the path's places, or None where the path is another."""
        if len(segments) != len(self.path):
            return None
        places: dict[str, str] = {}
        for pattern, segment in zip(self.path, segments, strict=True):
            if not pattern.startswith("{"):
                if pattern != segment:
                    return None
                continue
            name, _, choices = pattern.strip("{}").partition(":")
            if not segment or (choices and segment not in choices.split("|")):
                return None
            places[name] = segment
        return places


def find_route(method: str, segments: tuple[str, ...]) -> tuple[Route, dict[str, str]] | None:
    """The route of a request with the values of its path's places, or None."""
    routes, path = (ROUTES, segments[2:]) if segments[:2] in PLANES else (_OUTSIDE, segments)
    for route in routes:
        places = route.match(path) if route.method == method else None
        if places is not None:
            return route, places
    return None


_KIND = (
    "{kind:typedef|entitydef|relationshipdef|classificationdef|enumdef|structdef|"
    "businessmetadatadef}"
)
_BY_NAME = "uniqueAttribute/type/{typeName}"


def _classified(entity: str) -> tuple[tuple[str, str, Operation], ...]:
    """What is the same for an entity by its guid and by its name."""
    return (
        ("POST", f"{entity}/classifications", classifications.add),
        ("PUT", f"{entity}/classifications", classifications.update),
        ("DELETE", f"{entity}/classification/{{name}}", classifications.remove),
        ("POST", f"{entity}/labels", classifications.set_labels),
        ("PUT", f"{entity}/labels", classifications.add_labels),
        ("DELETE", f"{entity}/labels", classifications.remove_labels),
    )


_TABLE: tuple[tuple[str, str, Operation], ...] = (
    ("POST", "entity", changes.create),
    ("POST", "entity/bulk", changes.create_bulk),
    ("GET", "entity/bulk", entities.get_bulk),
    ("DELETE", "entity/bulk", changes.delete_bulk),
    ("GET", "entity/guid/{guid}", entities.get),
    ("PUT", "entity/guid/{guid}", changes.update_attribute),
    ("DELETE", "entity/guid/{guid}", changes.delete),
    ("GET", "entity/guid/{guid}/header", entities.get_header),
    ("GET", f"entity/{_BY_NAME}", entities.get_by_name),
    ("PUT", f"entity/{_BY_NAME}", changes.update_by_name),
    ("DELETE", f"entity/{_BY_NAME}", changes.delete_by_name),
    ("GET", f"entity/bulk/{_BY_NAME}", entities.get_bulk_by_name),
    *_classified("entity/guid/{guid}"),
    *_classified(f"entity/{_BY_NAME}"),
    ("GET", "entity/guid/{guid}/classifications", classifications.get_all),
    ("GET", "entity/guid/{guid}/classification/{name}", classifications.get),
    ("POST", "entity/bulk/classification", classifications.add_to_many),
    ("POST", "entity/bulk/setClassifications", classifications.set_of_many),
    ("GET", "types/typedefs", types.get_all),
    ("POST", "types/typedefs", types.create),
    ("PUT", "types/typedefs", types.update),
    ("DELETE", "types/typedefs", types.delete),
    ("GET", "types/typedefs/headers", types.get_headers),
    ("GET", f"types/{_KIND}/name/{{name}}", types.get_by_name),
    ("GET", f"types/{_KIND}/guid/{{guid}}", types.get_by_guid),
    ("DELETE", "types/typedef/name/{name}", types.delete_by_name),
    ("GET", "lineage/{guid}", lineage.get),
    ("GET", f"lineage/{_BY_NAME}", lineage.get_by_name),
    ("GET", "lineage/{guid}/next", lineage.get_next),
    ("POST", "relationship", relationships.create),
    ("PUT", "relationship", relationships.update),
    ("GET", "relationship/guid/{guid}", relationships.get),
    ("DELETE", "relationship/guid/{guid}", relationships.delete),
)


def _routes() -> Iterator[Route]:
    for method, path, operation in _TABLE:
        yield Route(method, (*_ATLAS, *path.split("/")), operation)
    yield Route("POST", ("search", "query"), search.query)
    yield Route("POST", ("entity", "moveTo"), changes.move)
    # The older plane's forms:
    # https://learn.microsoft.com/rest/api/purview/catalogdataplane/collection
    yield Route("POST", ("collections", "{collectionId}", "entity"), changes.create)
    yield Route("POST", ("collections", "{collectionId}", "entity", "bulk"), changes.create_bulk)
    yield Route("POST", ("collections", "{collectionId}", "entity", "moveHere"), changes.move)


ROUTES = tuple(_routes())
_OUTSIDE = (
    Route("GET", ("account", "collections"), collections.get_all),
    Route("GET", ("account", "collections", "{name}"), collections.get),
)
