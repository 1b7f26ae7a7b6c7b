"""Which operation answers which method and path.

The current plane is `/datamap/api`, the older one `/catalog/api`; both have the same paths below `/atlas/v2`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import entity_operations as entities
from . import lineage, search
from . import relationship_operations as relationships
from . import type_operations as types
from .exchange import Call
from .session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator

Operation = Callable[[Session, Call], Any]

PLANES = (("datamap", "api"), ("catalog", "api"))
_ATLAS = ("atlas", "v2")


@dataclass(frozen=True, slots=True)
class Route:
    """A method and a path, `{name}` where it takes a value; `{name:a|b}` takes one of these only."""

    method: str
    path: tuple[str, ...]
    operation: Operation

    @property
    def writes(self) -> bool:
        """Does it change the catalogue?"""
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
    if segments[:2] not in PLANES:
        return None
    for route in ROUTES:
        places = route.match(segments[2:]) if route.method == method else None
        if places is not None:
            return route, places
    return None


_KIND = "{kind:typedef|entitydef|relationshipdef|classificationdef|enumdef|structdef|businessmetadatadef}"
_BY_NAME = "uniqueAttribute/type/{typeName}"

_TABLE: tuple[tuple[str, str, Operation], ...] = (
    ("POST", "entity", entities.create),
    ("POST", "entity/bulk", entities.create_bulk),
    ("GET", "entity/bulk", entities.get_bulk),
    ("DELETE", "entity/bulk", entities.delete_bulk),
    ("GET", "entity/guid/{guid}", entities.get),
    ("PUT", "entity/guid/{guid}", entities.update_attribute),
    ("DELETE", "entity/guid/{guid}", entities.delete),
    ("GET", "entity/guid/{guid}/header", entities.get_header),
    ("GET", f"entity/{_BY_NAME}", entities.get_by_name),
    ("PUT", f"entity/{_BY_NAME}", entities.update_by_name),
    ("DELETE", f"entity/{_BY_NAME}", entities.delete_by_name),
    ("GET", f"entity/bulk/{_BY_NAME}", entities.get_bulk_by_name),
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
    ("POST", "relationship", relationships.create),
    ("PUT", "relationship", relationships.update),
    ("GET", "relationship/guid/{guid}", relationships.get),
    ("DELETE", "relationship/guid/{guid}", relationships.delete),
)


def _routes() -> Iterator[Route]:
    for method, path, operation in _TABLE:
        yield Route(method, (*_ATLAS, *path.split("/")), operation)
    yield Route("POST", ("search", "query"), search.query)


ROUTES = tuple(_routes())
