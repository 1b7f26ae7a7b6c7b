"""The operations on classifications and labels of entities.

Source: `EntityREST` of Apache Atlas.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from .classifications import (
    classification_of,
    classify,
    declassify,
    reclassify,
    set_classifications,
)
from .entity_operations import by_guid, by_unique_attributes
from .error_codes import PARAMETERS_INVALID, AtlasError
from .incoming import expect_list, expect_object
from .validation import check_labels
from .values import java_text

if TYPE_CHECKING:
    from .exchange import ApiCall
    from .records import StoredEntity
    from .registry import JsonObject
    from .session import Session


def get_all(session: Session, call: ApiCall) -> JsonObject:
    """GET /entity/guid/{guid}/classifications."""
    entity = _entity(session, call)
    session.caller.require_read(entity.collection)
    classifications = entity.extras.get("classifications", [])
    # `PList` of Atlas: one page, whatever is asked for
    return {
        "list": classifications,
        "pageSize": len(classifications),
        "sortType": "NONE",
        "startIndex": 0,
        "totalCount": len(classifications),
    }


def get(session: Session, call: ApiCall) -> JsonObject:
    """GET /entity/guid/{guid}/classification/{name}."""
    entity = _entity(session, call)
    session.caller.require_read(entity.collection)
    return classification_of(entity, call.places["name"])


def add(session: Session, call: ApiCall) -> None:
    """POST …/classifications: a list of new ones."""
    classify(session, _entity(session, call), expect_list(call.body, "classifications"))


def update(session: Session, call: ApiCall) -> None:
    """PUT …/classifications: a list of those that the entity has, with other attributes."""
    reclassify(session, _entity(session, call), expect_list(call.body, "classifications"))


def remove(session: Session, call: ApiCall) -> None:
    """DELETE …/classification/{name}."""
    declassify(session, _entity(session, call), call.places["name"])


def add_to_many(session: Session, call: ApiCall) -> None:
    """POST /entity/bulk/classification: one classification for many entities, all of them or none.

    Raises:
        AtlasError: the classification or the guids are missing.
    """
    body = expect_object(call.body, "request body")
    if not body.get("classification"):
        raise AtlasError(PARAMETERS_INVALID, "no classification")
    guids = expect_list(body.get("entityGuids") or [], "entityGuids")
    if not guids:
        raise AtlasError(PARAMETERS_INVALID, "empty guid list")
    for guid in guids:
        classify(session, by_guid(session, java_text(guid)), [body["classification"]])


def set_of_many(session: Session, call: ApiCall) -> list[str]:
    """POST /entity/bulk/setClassifications: those of each entity of `guidHeaderMap`."""
    headers = expect_object(
        expect_object(call.body, "request body").get("guidHeaderMap") or {}, "guidHeaderMap"
    )
    for guid, header in headers.items():
        raw = expect_object(header, "guidHeaderMap").get("classifications") or []
        set_classifications(session, by_guid(session, guid), expect_list(raw, "classifications"))
    return list(headers)


def set_labels(session: Session, call: ApiCall) -> None:
    """POST …/labels: exactly these."""
    _keep_labels(session, _entity(session, call), _labels(call))


def add_labels(session: Session, call: ApiCall) -> None:
    """PUT …/labels: these too."""
    entity = _entity(session, call)
    _keep_labels(session, entity, [*entity.extras.get("labels", []), *_labels(call)])


def remove_labels(session: Session, call: ApiCall) -> None:
    """DELETE …/labels: these no more."""
    entity, gone = _entity(session, call), _labels(call)
    _keep_labels(
        session, entity, [label for label in entity.extras.get("labels", []) if label not in gone]
    )


def _entity(session: Session, call: ApiCall) -> StoredEntity:
    return (
        by_guid(session, call.places["guid"])
        if "guid" in call.places
        else by_unique_attributes(session, call)
    )


def _labels(call: ApiCall) -> list[str]:
    labels = [java_text(each) for each in expect_list(call.body, "labels")]
    check_labels(labels)
    return labels


def _keep_labels(session: Session, entity: StoredEntity, labels: list[str]) -> None:
    session.caller.require_write(entity.collection, f"label entity: guid={entity.guid}")
    extras = {**entity.extras, "labels": list(dict.fromkeys(labels))}
    session.store.replace_entity(
        replace(entity, extras=extras, updated=session.now, revision=entity.revision + 1)
    )
