"""What a request changed, and how the answer tells it.

Source: `EntityMutationResponse` of Apache Atlas; its members as captured from Purview.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field

from .entity_reading import header

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .records import StoredEntity
    from .registry import JsonObject
    from .session import Session


class EntityChanges(Struct):
    """Guids in the order in which they changed.

    `sent` are those that the request itself names, changed or not.
    """

    created: dict[str, None] = field(default_factory=dict)
    updated: dict[str, None] = field(default_factory=dict)
    deleted: dict[str, StoredEntity] = field(default_factory=dict)
    sent: dict[str, None] = field(default_factory=dict)
    assignments: dict[str, str] = field(default_factory=dict)

    def answer(self, session: Session, *, partial: bool = False) -> JsonObject:
        """The body of the response; entities that were updated get a new revision now.

        An entity that did not change is among the mutated ones on demand alone, but always in
        `guidAssignments`.
        """
        # as `EntityMutationResponse` has it: what was created and then related to is created
        # alone
        touched = [
            guid for guid in self.updated if guid not in self.created and guid not in self.deleted
        ]
        for guid in touched:
            session.store.touch(guid, now=session.now)
        if session.behaviour.switches.unchanged == "list":
            touched.extend(
                guid for guid in self.sent if guid not in self.created and guid not in self.updated
            )
        groups = {
            "CREATE": _headers(
                session, (guid for guid in self.created if guid not in self.deleted)
            ),
            "PARTIAL_UPDATE" if partial else "UPDATE": _headers(session, touched),
            "DELETE": [header(entity) for entity in self.deleted.values()],
        }
        mutated = {operation: headers for operation, headers in groups.items() if headers}
        answer: JsonObject = {}
        if mutated:
            answer["mutatedEntities"] = mutated
        if "PARTIAL_UPDATE" in mutated:
            answer["partialUpdatedEntities"] = mutated["PARTIAL_UPDATE"]
        if self.assignments:
            answer["guidAssignments"] = dict(self.assignments)
        return answer


def _headers(session: Session, guids: Iterable[str]) -> list[JsonObject]:
    entities = (session.store.entity(guid) for guid in guids)
    return [header(entity) for entity in entities if entity is not None]
