"""The operations of the Data Map that the client uses, and what each answer must hold.

Nothing is read of an answer that was not held against its row here.

A member is required where the service always has it, and where a plan would be false without it.
What the interface calls optional and leaves out in practice is optional here too: `mutatedEntities`
where nothing changed, `referredEntities` where there are none, `entities` of a look-up by names
that found nothing (Apache Atlas then answers `{}`; `many` asks again).

Sources: https://learn.microsoft.com/rest/api/purview/datamapdataplane (api-version 2023-09-01), and
for what is left out the annotations of `AtlasEntity`, `AtlasTypesDef` and `EntityMutationResponse`
in Apache Atlas.
"""

from __future__ import annotations

from msgspec import Struct

from .shapes import NAME, OBJECT, TEXT, ListOf, MapOf, Members, OneOrMany


class Operation(Struct, frozen=True):
    """One operation.

    Args:
        noun: What messages call it.
        answer: What it must answer.
        may_be_empty: Is 204 without a body an answer too?
    """

    noun: str
    answer: Members
    may_be_empty: bool = False


_RELATED = Members(
    {"guid": NAME},
    {
        **dict.fromkeys(("typeName", "displayText", "entityStatus"), TEXT),
        **dict.fromkeys(("relationshipType", "relationshipGuid", "relationshipStatus"), TEXT),
        "relationshipAttributes": OBJECT,
    },
)
# The relationship attributes that are read by name.
_RELATIONSHIPS = (
    "columns",
    "tabular_schema",
    "inputs",
    "outputs",
    "outputFromProcesses",
    "sources",
)
_ENTITY = Members(
    {
        "guid": NAME,
        "typeName": NAME,
        "attributes": Members({"qualifiedName": NAME}),
        "relationshipAttributes": Members({}, dict.fromkeys(_RELATIONSHIPS, OneOrMany(_RELATED))),
    },
    {"status": TEXT, "classifications": ListOf(Members({"typeName": NAME}))},
)
_HEAD = Members(
    {"guid": NAME, "typeName": NAME, "attributes": Members({"qualifiedName": NAME})},
    {"status": TEXT},
)
_REFERRED = MapOf(
    Members(
        {},
        {
            "attributes": Members({}, {"name": TEXT}),
            "relationshipAttributes": Members({}, {"columns": OneOrMany(_RELATED)}),
            "classifications": ListOf(Members({"typeName": NAME})),
        },
    )
)
_CHANGED = {"mutatedEntities": MapOf(ListOf(Members({"guid": NAME})))}
_ATTRIBUTE = Members({"name": NAME, "typeName": NAME})
_NAMED = Members({"name": NAME})
_HIT = Members({"id": NAME, "entityType": NAME, "qualifiedName": NAME})

READ_TYPE = Operation(
    "the look-up of a type",
    Members(
        {"name": NAME, "superTypes": ListOf(NAME), "attributeDefs": ListOf(_ATTRIBUTE)},
        {"relationshipAttributeDefs": ListOf(_ATTRIBUTE)},
    ),
)
READ_CLASSIFICATION = Operation("the look-up of a classification", _NAMED)
READ_RELATIONSHIP_TYPE = Operation(
    "the look-up of a relationship type",
    Members({"name": NAME, "endDef1": Members({"type": NAME}), "endDef2": Members({"type": NAME})}),
)
WRITE_TYPES = Operation(
    "the definition of types",
    Members({}, dict.fromkeys(("entityDefs", "relationshipDefs"), ListOf(_NAMED))),
)
"""What it does not name is looked up."""
READ_ENTITY = Operation(
    "the look-up of an entity", Members({"entity": _ENTITY}, {"referredEntities": _REFERRED})
)
READ_BY_GUIDS = Operation(
    "the look-up of entities",
    Members({"entities": ListOf(_ENTITY)}, {"referredEntities": _REFERRED}),
)
READ_BY_NAMES = Operation(
    "the look-up of entities by name",
    Members({}, {"entities": ListOf(_ENTITY), "referredEntities": _REFERRED}),
)
LOCATE_ENTITY = Operation("the look-up of an entity", Members({"entity": _HEAD}))
LOCATE_BY_NAMES = Operation(
    "the look-up of entities by name", Members({}, {"entities": ListOf(_HEAD)})
)
"""The two by name again, where no relationships are asked for."""
SEARCH = Operation("the search", Members({"value": ListOf(_HIT)}, {"continuationToken": TEXT}))
WRITE_ENTITIES = Operation(
    "the write of entities", Members({}, {"guidAssignments": MapOf(NAME), **_CHANGED})
)
CREATE_ENTITIES = Operation(
    "the write of entities", Members({"guidAssignments": MapOf(NAME)}, _CHANGED)
)
"""The same with placeholders for guids, each of which the answer must assign."""
DELETE_ENTITIES = Operation("the delete of entities", Members({}, _CHANGED), may_be_empty=True)
CLASSIFY = Operation("the write of a classification", OBJECT, may_be_empty=True)
RELATE = Operation("the write of a relation", Members({"guid": NAME}))
