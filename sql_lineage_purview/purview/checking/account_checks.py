"""A check of everything between this tool and an account, step by step, each with its remedy."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from ..account.connection import connect
from ..account.entities import PROCESS_TYPE
from ..account.processes import process_type
from ..account.typedefs import extended_type, writable
from ..planning.process_names import own_prefix
from ..purview_errors import (
    MalformedAnswerError,
    NotFoundError,
    PurviewError,
    RefusedError,
    ServiceError,
    SignInError,
    TypeConflictError,
    UnreachableError,
)
from ..resolving.platforms import object_key
from ..transport.http import is_local
from ..transport.retry import RetryPolicy
from ..transport.tokens import AzureTokens
from .checkup import Finding, Health
from .doctor_network import (
    CONNECTION,
    ENDPOINT,
    NAME,
    TOKEN,
    connection,
    endpoint_form,
    host_name,
    token,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..account.client import DataMapClient
    from ..account.connection import PurviewTarget
    from ..resolving.platforms import Database

READ, TYPE, WRITE, RIGHTS, DATABASE = "read", "type", "write", "rights", "database"
STEPS = (ENDPOINT, NAME, CONNECTION, TOKEN, READ, TYPE, WRITE, RIGHTS, DATABASE)
# `~` is encoded in the name of any process, so that no table can have one that is called so.
_PROBE = "~doctor"
# One page of a search: how many there are beyond that tells nothing more about the account.
_SEARCH_LIMIT = 1_000


def examine(
    target: PurviewTarget,
    databases: Sequence[Database],
    *,
    collection: str = "",
    stand_in: DataMapClient | None = None,
) -> Iterator[Finding]:
    """Look at each step in turn; behind one that failed, what builds on it is skipped.

    Nothing is left behind: what is written is a process that feeds itself, which the service must
    refuse, and the type as it is.

    Args:
        target: The account.
        databases: The rows of the database map: does the catalogue have assets of each?
        collection: The collection that is written to; empty for the root.
        stand_in: A client for a stand-in of the account in this process, which takes no network and
            no token.
    """
    client = stand_in
    if client is None:
        for finding in _network(target):
            yield finding
            if finding.health is Health.FAILED:
                yield from _skipped(finding.step)
                return
        # A person waits for the answer, and wants to see the failure rather than have it waited
        # out.
        client = connect(target, retry=RetryPolicy(tries=2))
    read = _read(client, target.owner)
    yield read
    if read.health is Health.FAILED:
        yield from _skipped(READ)
        return
    kind = _type(client)
    yield kind
    written = _write(client, target.owner, collection)
    yield written
    yield _rights(client, (kind, written), target.owner, collection)
    yield from (_database(client, row) for row in databases)


def _skipped(behind: str) -> Iterator[Finding]:
    return (Finding(step, Health.SKIPPED, "not tried") for step in STEPS[STEPS.index(behind) + 1 :])


def _network(target: PurviewTarget) -> Iterator[Finding]:
    """The steps up to the token. Whoever asks stops at one that failed."""
    tokens = AzureTokens(target.scope, target.sign_in)
    local = is_local(target.endpoint)
    for step in (endpoint_form, host_name, connection):
        yield step(target)
    yield (
        Finding(TOKEN, Health.OK, "this machine gets no real one")
        if local
        else token(target, tokens)
    )


def _read(client: DataMapClient, owner: str) -> Finding:
    try:
        count = len(list(islice(client.search(PROCESS_TYPE, own_prefix(owner)), _SEARCH_LIMIT)))
    except PurviewError as error:
        return _failed(READ, error)
    more = "at least " if count == _SEARCH_LIMIT else ""
    return Finding(
        READ, Health.OK, f"the catalogue answers; it has {more}{count} processes of {owner}"
    )


def _type(client: DataMapClient) -> Finding:
    definition = process_type()
    try:
        lacks = extended_type(client.get_type(PROCESS_TYPE), definition)
    except NotFoundError:
        remedy = (
            "The first push creates it, which may take the role Data Curator on the root "
            "collection."
        )
        return Finding(TYPE, Health.WARNING, f"{PROCESS_TYPE} does not exist yet", remedy)
    except TypeConflictError as error:
        return Finding(TYPE, Health.FAILED, error.what, error.remedy)
    except PurviewError as error:
        return _failed(TYPE, error)
    if lacks:
        remedy = (
            "The next push adds them, which may take the role Data Curator on the root collection."
        )
        return Finding(TYPE, Health.WARNING, f"{PROCESS_TYPE} lacks attributes", remedy)
    return Finding(TYPE, Health.OK, f"{PROCESS_TYPE} is there, with all its attributes")


def _write(client: DataMapClient, owner: str, collection: str) -> Finding:
    try:
        _try_to_write(client, owner, collection)
    except PurviewError as error:
        return _failed(WRITE, error)
    name = _probe_name(owner)
    try:
        # Refused or taken is not told apart here: the service may have taken it, and the trial
        # leaves nothing behind either way.
        guids = [
            entity.get("guid") or "" for entity in client.get_entities("Process", [name]).entities
        ]
        client.delete_entities([guid for guid in guids if guid])
    except PurviewError as error:
        remedy = f"Delete the process {name} in the portal, if it is there."
        return Finding(
            WRITE, Health.WARNING, f"a trial write could not be cleaned up: {error.what}", remedy
        )
    where = f"the collection {collection}" if collection else "the root collection"
    return Finding(
        WRITE,
        Health.OK,
        f"writing to {where} is allowed (a trial process was refused for its content alone)",
    )


def _probe_name(owner: str) -> str:
    return f"{own_prefix(owner)}{_PROBE}"


def _try_to_write(client: DataMapClient, owner: str, collection: str) -> None:
    """Send what must be refused for its content, which the service looks at behind the role.

    Raises:
        PurviewError: it is refused for the role, or not answered.
    """
    # Of the type that every account has: the tool's own does not exist before the first push.
    attributes = {
        "qualifiedName": _probe_name(owner),
        "name": _PROBE,
        "inputs": [{"guid": "-1", "typeName": "Process"}],
    }
    try:
        client.upsert_entities(
            [{"typeName": "Process", "guid": "-1", "attributes": attributes}], collection=collection
        )
    # Not from the Data Map, but perhaps from a proxy's page: it says nothing about a role.
    except MalformedAnswerError:
        raise
    except ServiceError as error:
        # A 4xx answer is the refusal that was hoped for. One of 500 and more says that the
        # service failed, perhaps before it looked at the role.
        if error.status >= 500:
            raise


def _rights(
    client: DataMapClient, before: tuple[Finding, Finding], owner: str, collection: str
) -> Finding:
    """What the identity may write: types, and assets of the root collection.

    Accounts are reported to differ in both.
    """
    kind, written = before
    if Health.FAILED in (kind.health, written.health):
        return Finding(RIGHTS, Health.SKIPPED, "not tried")
    try:
        types = _may_write_types(client)
        root = not collection or _may_write_root(client, owner)
    except PurviewError as error:
        return _failed(RIGHTS, error)
    assets = (
        "assets in the root collection"
        if root
        else (f"assets in the collection {collection}, not in the root collection")
    )
    if types is None:
        return Finding(
            RIGHTS, Health.OK, f"{assets}; whether types too shows when the first push creates them"
        )
    if types:
        alone = "" if root else ", for which this account asks for no role on the root collection"
        return Finding(RIGHTS, Health.OK, f"{assets}; types too{alone}")
    message = f"{assets}; no types, for which this account asks for another role"
    if kind.health is Health.OK:
        return Finding(RIGHTS, Health.OK, f"{message}, and nothing is to be changed in them")
    remedy = (
        "Let somebody with the role Data Curator on the root collection push once, or give "
        "this identity that role."
    )
    return Finding(RIGHTS, Health.FAILED, message, remedy)


def _may_write_types(client: DataMapClient) -> bool | None:
    """Write the type as it is.

    Where there is none, it must be refused as unknown, which may come before the role: None.
    """
    try:
        try:
            client.update_type(writable(client.get_type(PROCESS_TYPE)))
        except NotFoundError:
            # An update of a type that does not exist makes none, so that the trial leaves nothing
            # behind.
            client.update_type(process_type())
    except RefusedError as error:
        if error.denied:
            return False
        raise
    except MalformedAnswerError:
        raise
    except ServiceError as error:
        if error.status >= 500:
            raise
        return None
    return True


def _may_write_root(client: DataMapClient, owner: str) -> bool:
    try:
        _try_to_write(client, owner, "")
    except RefusedError as error:
        if not error.denied:
            raise
        return False
    return True


def _database(client: DataMapClient, database: Database) -> Finding:
    """Does the catalogue have tables and views of a database?"""
    step = f"{DATABASE} {database.name}"
    types = database.object_types
    roots = tuple(f"{object_key(root)}/" for root in database.roots)
    try:
        hits = [
            object_key(hit.qualified_name)
            for type_name in types
            for prefix in database.prefixes
            for hit in islice(client.search(type_name, prefix), _SEARCH_LIMIT)
        ]
    except PurviewError as error:
        return _failed(step, error)
    objects = [hit for hit in hits if hit.startswith(roots)]
    if objects:
        more = "at least " if len(hits) >= _SEARCH_LIMIT else ""
        return Finding(step, Health.OK, f"{more}{len(objects)} tables and views")
    # The third part from the end: `mssql://SERVER/DATABASE/SCHEMA/TABLE`.
    names = sorted({hit.rsplit("/", 2)[0].rpartition("/")[2] for hit in hits})[:5]
    others = (
        (f"; of its server it knows the databases {', '.join(names)}")
        if names
        else ", nor of any other of its server"
    )
    remedy = (
        "Scan the database in Purview, or correct server, platform or database in its row of "
        "the configuration."
    )
    return Finding(
        step,
        Health.WARNING,
        f"the catalogue has no table or view of it ({', '.join(types)}){others}",
        remedy,
    )


def _failed(step: str, error: PurviewError) -> Finding:
    network = isinstance(error, UnreachableError | SignInError | MalformedAnswerError)
    network = network or (isinstance(error, ServiceError) and error.status >= 500)
    return Finding(step, Health.FAILED, error.what, error.remedy, network=network)
