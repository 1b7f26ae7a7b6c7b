"""All that can be chosen about the emulator, in one place.

The defaults follow Apache Atlas and what is known of Purview.

```python
faults = Faults.read(["429:5%:retry-after=2", "lost:1%"], seed=7)
emulator = Emulator("state.sqlite", behaviour=Behaviour(faults=faults))
# from now on
emulator.behave(Behaviour(switches=Switches(deletes="hard"), limits=Limits(entities=200)))
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct, field

if TYPE_CHECKING:
    from .disturbances import Disturbances

RoleName = Literal["data-curator", "data-reader"]
DATA_CURATOR: Final = "data-curator"
DATA_READER: Final = "data-reader"


class Limits(Struct, frozen=True):
    """Sizes above which a request is refused.

    The sizes of assets are Purview's published quotas of 2022 (how-to-manage-quotas); the length of
    an address is inferred from https://github.com/Azure/azure-sdk-for-python/issues/39935. The real
    service's exact answer to most is not known.

    Attributes:
        url_bytes: Path and query of an address; above, the gateway answers with a page that is no
            JSON.
        query_value: Characters of one value in path or query.
        property_bytes: Name and value of one attribute, in UTF-8.
        name_bytes: The attribute `name`.
        asset_bytes: All attributes of one entity.
        body_bytes: The body of a request, else 413; None for no limit.
        entities: Entities of one request; None for no limit, as nothing is published.
        timely_entities: Entities that are written in time; a request with more is answered 408.
            None for any number.
        page: Hits of one page of a search; a `limit` above it gets fewer hits, and a token for
            more.
    """

    url_bytes: int = 8 * 1024
    query_value: int = 4096
    property_bytes: int = 32 * 1024
    name_bytes: int = 4 * 1024
    asset_bytes: int = 2 * 1024 * 1024
    body_bytes: int | None = None
    entities: int | None = None
    timely_entities: int | None = None
    page: int = 1000


class Switches(Struct, frozen=True):
    """What is not certain about the real service, as a set of switches.

    Each takes one of a few words, the first of which is the default.

    Attributes:
        bulk: Whether a request that fails leaves nothing behind, or what stood in front of the
            failing entity.
        deletes: Whether a deleted entity can still be read by its guid, with its status.
        deleted_relations: Whether entities list what they were related to, with the status of the
            relation, while deletes are soft: entities that are gone, and those that were taken out
            of a list.
        deleted_references: A reference to a deleted entity by its guid; by its name it is never
            found.
        absent_deletes: The answer to DELETE of what does not exist; a 404 deletes nothing of the
            request.
        unchanged: Whether `mutatedEntities` lists an entity that did not change. `guidAssignments`
            always does.
        existing_types: POST of a type that exists: a 409, as in Atlas, or the old one stays without
            an error.
        existing_relationships: POST of a relationship that exists: a 409, or the old one is
            answered.
        undeclared: Attributes that the type does not declare; the service swallows them in silence.
        oversized: A text above the limit of a property or name.
        parents: Whether an entity needs the relationship to its parent, such as a table's schema.
        missing_names: Names that a look-up of many does not find.
        nothing_found: A look-up of many that finds none: with an empty list, or without a list, as
            in Atlas.
        unknown_collections: A collection that was not declared.
        denied: The shape of the 403 of a missing role; a caller without any role gets the gateway's
            always.
        type_writers: Who may write type definitions, where roles are declared: a curator of the
            root collection, or any.
        asset_writers: Who may write an asset, where roles are declared: a curator of its
            collection, or any.
        long_urls: The status for an address that is too long.
    """

    bulk: Literal["atomic", "partial"] = "atomic"
    deletes: Literal["soft", "hard"] = "soft"
    deleted_relations: Literal["list", "omit"] = "list"
    deleted_references: Literal["accept", "refuse"] = "accept"
    absent_deletes: Literal["200", "204", "404"] = "200"
    unchanged: Literal["omit", "list"] = "omit"
    existing_types: Literal["refuse", "ignore"] = "refuse"
    existing_relationships: Literal["refuse", "ignore"] = "refuse"
    undeclared: Literal["ignore", "refuse"] = "ignore"
    oversized: Literal["refuse", "truncate"] = "refuse"
    parents: Literal["optional", "mandatory"] = "optional"
    missing_names: Literal["omit", "refuse"] = "omit"
    nothing_found: Literal["list", "omit"] = "list"
    unknown_collections: Literal["accept", "refuse"] = "accept"
    denied: Literal["atlas", "gateway"] = "atlas"
    type_writers: Literal["root", "any"] = "root"
    asset_writers: Literal["collection", "any"] = "collection"
    long_urls: Literal["414", "400", "404"] = "414"


class Collection(Struct, frozen=True):
    """A collection below another: its system name, and its parent's name (None for the root)."""

    name: str
    parent: str | None = None


class CollectionRole(Struct, frozen=True):
    """What a principal (a token's object or application id) may do in a collection and below.

    Attributes:
        principal: The claim `oid` or `appid` of its tokens.
        role: A curator reads and writes, a reader reads.
        collection: The system name; None for the root collection, and so for all.
    """

    principal: str
    role: RoleName
    collection: str | None = None


class Behaviour(Struct, frozen=True):
    """How an emulator behaves.

    Attributes:
        limits: Sizes above which a request is refused.
        switches: Choices where the real service's behaviour is not certain.
        faults: What goes wrong on demand, for tests; None for nothing.
        rate: Operations per second above which requests are answered 429; one entity, relationship
            or search is one operation. None for no limit.
        search_delay: Seconds until the search knows of what was created or deleted.
        audience: The audience that tokens must be meant for. None accepts tokens that cannot be
            read, and asks of those that can (JWT) that they are meant for Purview.
        deny_account: Whether nobody has access to the account.
        root: The name of the root collection, where new entities land; in the real service that of
            the account.
        collections: The collections below it.
        roles: Who may do what; with none of them everybody may do all. Tokens that cannot be read
            may do all, too.
    """

    limits: Limits = field(default_factory=Limits)
    switches: Switches = field(default_factory=Switches)
    faults: Disturbances | None = None
    rate: float | None = None
    search_delay: float = 0.0
    audience: str | None = None
    deny_account: bool = False
    root: str = "emulator"
    collections: tuple[Collection, ...] = ()
    roles: tuple[CollectionRole, ...] = ()

    def path_of(self, collection: str) -> tuple[str, ...]:
        """A collection with all above it, the root last.

        One that was not declared stands directly below the root.
        """
        parents = {each.name: each.parent or self.root for each in self.collections}
        path = [collection]
        while path[-1] != self.root:
            parent = parents.get(path[-1], self.root)
            # collections that are declared below one another would have no end
            path.append(self.root if parent in path else parent)
        return tuple(path)

    def knows(self, collection: str) -> bool:
        """Was the collection declared?"""
        return collection == self.root or any(each.name == collection for each in self.collections)
