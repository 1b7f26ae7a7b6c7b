"""The type system: what each type declares, inherits, and gets as attributes by relationships.

Source: `AtlasTypeRegistry`, `AtlasEntityType` and `AtlasRelationshipType` of Apache Atlas.
"""

from __future__ import annotations

import re
from collections import defaultdict
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

JsonObject = dict[str, Any]

PRIMITIVES = frozenset(
    (
        "boolean",
        "byte",
        "short",
        "int",
        "long",
        "float",
        "double",
        "biginteger",
        "bigdecimal",
        "string",
        "date",
    )
)
OBJECT_ID = "objectid"
_ARRAY = re.compile(r"array<(.+)>\Z", re.DOTALL)
_MAP = re.compile(r"map<([^,]+),(.+)>\Z", re.DOTALL)


class Category(StrEnum):
    """What a type defines."""

    ENTITY = "ENTITY"
    RELATIONSHIP = "RELATIONSHIP"
    ENUM = "ENUM"
    STRUCT = "STRUCT"
    CLASSIFICATION = "CLASSIFICATION"
    BUSINESS_METADATA = "BUSINESS_METADATA"

    @property
    def collection(self) -> str:
        """The typedefs document's member that lists types of this category, as `entityDefs`."""
        first, *words = self.value.lower().split("_")
        return first + "".join(word.capitalize() for word in words) + "Defs"


class Attribute(Struct, frozen=True):
    """An attribute that a type declares.

    `minimum` and `maximum` count the values of a list or set; -1 for no bound.
    """

    name: str
    type_name: str
    optional: bool
    unique: bool
    cardinality: str
    minimum: int
    maximum: int
    default: Any

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> Attribute:
        """The attribute that a completed attributeDef describes."""
        return cls(
            name=body["name"],
            type_name=body["typeName"],
            optional=body["isOptional"],
            unique=body["isUnique"],
            cardinality=body["cardinality"],
            minimum=body["valuesMinCount"],
            maximum=body["valuesMaxCount"],
            default=body.get("defaultValue"),
        )


class TypeDef(Struct, frozen=True):
    """A definition as stored: `body` is the completed JSON that the API shows."""

    name: str
    guid: str
    category: Category
    body: JsonObject

    @property
    def attributes(self) -> tuple[Attribute, ...]:
        """The attributes that this type itself declares."""
        return tuple(Attribute.of(body) for body in self.body.get("attributeDefs", ()))

    @property
    def super_types(self) -> tuple[str, ...]:
        """The direct supertypes."""
        return tuple(self.body.get("superTypes", ()))


class End(Struct, frozen=True):
    """A relationship seen from one of its ends.

    It is an attribute of the owner that leads to entities of the other type.

    Attributes:
        relationship: Name of the relationship type.
        side: 1 where the owner is end 1 of the definition, else 2.
        attribute: Name of the attribute on the owner.
        owner: The type that has the attribute.
        target: The type it leads to.
        many: Whether the attribute holds a set.
        other_many: Whether the attribute at the other end holds a set.
        owns: Whether the others live and die with the owner (a COMPOSITION seen from its
            container).
        owned: The same, seen from the child.
    """

    relationship: str
    side: int
    attribute: str
    owner: str
    target: str
    many: bool
    other_many: bool
    owns: bool
    owned: bool

    @property
    def type_name(self) -> str:
        """The type of the attribute, such as `array<DataSet>`."""
        return f"array<{self.target}>" if self.many else self.target


class EntityType(Struct, frozen=True):
    """An entity type with all that it inherits.

    Attributes:
        name: The type's name.
        family: The type and all its supertypes, in the order in which Atlas validates: supertypes
            first.
        declared: Each attribute with the type that declares it, in that order.
        attributes: The same by name.
        unique_attributes: The names of the attributes by which an entity of this type can be found.
        ends: The attributes that relationships give, by name.
    """

    name: str
    family: tuple[str, ...]
    declared: tuple[tuple[str, Attribute], ...]
    attributes: Mapping[str, Attribute]
    unique_attributes: tuple[str, ...]
    ends: Mapping[str, tuple[End, ...]]

    def is_a(self, type_name: str) -> bool:
        """Is this type the named one, or a subtype of it?"""
        return type_name in self.family


@lru_cache(maxsize=1024)
def element_type(type_name: str) -> str | None:
    """The `T` of `array<T>`, or None."""
    match = _ARRAY.match(type_name)
    return match[1].strip() if match else None


@lru_cache(maxsize=1024)
def map_types(type_name: str) -> tuple[str, str] | None:
    """The `K` and `V` of `map<K,V>`, or None."""
    match = _MAP.match(type_name)
    return (match[1].strip(), match[2].strip()) if match else None


class Registry:
    """All types of the catalogue at one moment; never changed, replaced as a whole."""

    def __init__(self, typedefs: Iterable[TypeDef]) -> None:
        self.typedefs = {typedef.name: typedef for typedef in typedefs}
        self._entity_types: dict[str, EntityType] = {}
        self._subtypes: dict[str, frozenset[str]] = {}
        self._children: defaultdict[str, list[str]] = defaultdict(list)
        self._ends: defaultdict[str, list[End]] = defaultdict(list)
        for typedef in self.typedefs.values():
            for parent in typedef.super_types:
                self._children[parent].append(typedef.name)
            if typedef.category is Category.RELATIONSHIP:
                for end in _ends_of(typedef):
                    self._ends[end.owner].append(end)

    def find(self, name: str, category: Category | None = None) -> TypeDef | None:
        """The type of that name, of any category or of the given one."""
        typedef = self.typedefs.get(name)
        if typedef is None or (category is not None and typedef.category is not category):
            return None
        return typedef

    def entity_type(self, name: str | None) -> EntityType | None:
        """The entity type of that name with all that it inherits."""
        if name is None or self.find(name, Category.ENTITY) is None:
            return None
        if name not in self._entity_types:
            self._entity_types[name] = self._assemble(name)
        return self._entity_types[name]

    def is_a(self, name: str, ancestor: str) -> bool:
        """Is the entity type the named ancestor, or a subtype of it?"""
        entity_type = self.entity_type(name)
        return entity_type is not None and entity_type.is_a(ancestor)

    def children(self, name: str) -> tuple[str, ...]:
        """The direct subtypes, sorted."""
        return tuple(sorted(self._children.get(name, ())))

    def with_subtypes(self, name: str) -> frozenset[str]:
        """The type and all its subtypes."""
        if name not in self._subtypes:
            self._subtypes[name] = self._gather_subtypes(name)
        return self._subtypes[name]

    def _gather_subtypes(self, name: str) -> frozenset[str]:
        names = {name}
        waiting = [name]
        while waiting:
            fresh = [child for child in self._children.get(waiting.pop(), ()) if child not in names]
            names.update(fresh)
            waiting.extend(fresh)
        return frozenset(names)

    def ends(self, relationship: str) -> tuple[End, End] | None:
        """Both ends of a relationship type, end 1 first."""
        typedef = self.find(relationship, Category.RELATIONSHIP)
        return _ends_of(typedef) if typedef is not None else None

    def _assemble(self, name: str) -> EntityType:
        family = tuple(self._family(name, set()))
        ends: defaultdict[str, list[End]] = defaultdict(list)
        for member in family:
            for end in self._ends.get(member, ()):
                ends[end.attribute].append(end)
        declared = tuple(
            (member, attribute)
            for member in family
            for attribute in self.typedefs[member].attributes
        )
        return EntityType(
            name=name,
            family=family,
            declared=declared,
            # Supertypes stand first, so that what a type declares anew counts.
            attributes={attribute.name: attribute for _, attribute in declared},
            unique_attributes=tuple(
                attribute.name for _, attribute in declared if attribute.unique
            ),
            ends={attribute: tuple(group) for attribute, group in ends.items()},
        )

    def _family(self, name: str, visited: set[str]) -> Iterator[str]:
        visited.add(name)
        for parent in self.typedefs[name].super_types:
            # Of a type with two parents of one ancestor that ancestor counts once, where it is
            # met first.
            if parent not in visited:
                yield from self._family(parent, visited)
        yield name


def _ends_of(typedef: TypeDef) -> tuple[End, End]:
    first, second = typedef.body["endDef1"], typedef.body["endDef2"]
    composition = typedef.body.get("relationshipCategory") == "COMPOSITION"
    return _end(typedef.name, 1, (first, second), composition=composition), _end(
        typedef.name, 2, (second, first), composition=composition
    )


def _end(
    relationship: str, side: int, bodies: tuple[JsonObject, JsonObject], *, composition: bool
) -> End:
    end_def, opposite_def = bodies
    return End(
        relationship=relationship,
        side=side,
        attribute=end_def["name"],
        owner=end_def["type"],
        target=opposite_def["type"],
        many=end_def["cardinality"] == "SET",
        other_many=opposite_def["cardinality"] == "SET",
        owns=composition and end_def["isContainer"],
        owned=composition and opposite_def["isContainer"],
    )
