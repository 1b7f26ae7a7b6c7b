"""The collections of the account, to be read.

Source: https://learn.microsoft.com/rest/api/purview/accountdataplane/collections
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .error_codes import COLLECTION_UNKNOWN, AtlasError

if TYPE_CHECKING:
    from .exchange import ApiCall
    from .registry import JsonObject
    from .session import Session


def get_all(session: Session, _call: ApiCall) -> JsonObject:
    """GET /account/collections: the root, those declared, and those that hold anything."""
    names = dict.fromkeys(
        [
            session.behaviour.root,
            *(each.name for each in session.behaviour.collections),
            *session.store.collections(),
        ]
    )
    shown = [_shown(session, name) for name in names if session.caller.may_read(name)]
    return {"value": shown, "count": len(shown)}


def get(session: Session, call: ApiCall) -> JsonObject:
    """GET /account/collections/{name}.

    Raises:
        AtlasError: there is no such collection.
    """
    name = call.places["name"]
    if not session.behaviour.knows(name) and name not in session.store.collections():
        raise AtlasError(COLLECTION_UNKNOWN, name)
    session.caller.require_read(name, f"read collection: {name}")
    return _shown(session, name)


def _shown(session: Session, name: str) -> JsonObject:
    shown: JsonObject = {
        "name": name,
        "friendlyName": name,
        "collectionProvisioningState": "Succeeded",
    }
    if name == session.behaviour.root:
        return shown
    parent = session.behaviour.path_of(name)[1]
    return {**shown, "parentCollection": {"type": "CollectionReference", "referenceName": parent}}
