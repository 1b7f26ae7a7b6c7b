"""Type definitions: what an account's type lacks of the one that is wanted.

Atlas lets a type grow by optional attributes, and refuses all other changes of one that exists.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from ..purview_errors import TypeConflictError

Json: TypeAlias = dict[str, Any]

# What the service works out by itself and does not take back.
_DERIVED = frozenset({"relationshipAttributeDefs", "subTypes", "businessAttributeDefs"})


def extended_type(present: Json, definition: Json) -> Json | None:
    """The account's type with the attributes that it lacks; None where it lacks none.

    Raises:
        TypeConflictError: it is another kind of type, or an attribute has another data type.
    """
    name = definition["name"]
    remedy = "Delete that type in the Data Map if nothing uses it."
    if not set(definition["superTypes"]) <= set(present.get("superTypes") or []):
        raise TypeConflictError(
            f"The account has a type {name} that is no {' and '.join(definition['superTypes'])}",
            remedy=remedy,
        )
    attributes = present.get("attributeDefs") or []
    types = {attribute["name"]: attribute.get("typeName") for attribute in attributes}
    for attribute in definition["attributeDefs"]:
        if types.get(attribute["name"], attribute["typeName"]) != attribute["typeName"]:
            what = (
                f"The account has a type {name} whose {attribute['name']} is no "
                f"{attribute['typeName']}"
            )
            raise TypeConflictError(what, remedy=remedy)
    lacking = [
        attribute for attribute in definition["attributeDefs"] if attribute["name"] not in types
    ]
    if not lacking:
        return None
    return writable(present) | {"attributeDefs": [*attributes, *lacking]}


def writable(present: Json) -> Json:
    """A type as the account has it, in the form in which it takes it back."""
    return {key: value for key, value in present.items() if key not in _DERIVED}
