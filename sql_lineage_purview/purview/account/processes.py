"""Processes: the entities this tool makes, and how they compare with those in the account.

Sources: Apache Atlas' base model (Process, inputs, outputs), and for custom types
https://learn.microsoft.com/purview/data-gov-api-custom-types.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING

from msgspec import Struct

from .assets import AssetRef
from .entities import (
    PROCESS_TYPE,
    lingering_ends,
    qualified_name_of,
    reference,
    referred_guids,
    related_rows,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .typedefs import Json

# The attribute that says whose a process is. Not the built-in `owner`, which is a person.
OWNER = "lineageOwner"
UNLISTED = "unlistedColumns"


class Process(Struct, frozen=True):
    """A Process of the Data Map: how one module, or loose script, fills tables.

    Args:
        qualified_name: Its identity, which stays when inputs or columns change.
        name: What the portal shows.
        inputs: What it reads.
        outputs: What it writes.
        column_mapping: The JSON that the portal draws column lineage from; see `mapping`.
        sql_text: The text of its statements, cut short, without secrets.
        module: The module's name; empty for a loose script.
        file_path: The script, relative to the scanned root.
        line_range: `first-last` line of the statements, from 1.
        transformations: The kinds of its column edges (`AGGREGATION, IDENTITY`).
        certainty: That of its least certain column edge.
        through: The tables without an asset that some of its inputs come through, and who fills
            them.
        unlisted: The columns of its mapping that the catalogue did not list; see
            `planning.unlisted`.
        owner: Whose process it is.
        repository: The address of the repository that was scanned when the process last changed;
            without any login.
        commit: The commit of that repository.
        tool_version: The version of this tool that last changed the process.
    """

    qualified_name: str
    name: str
    inputs: tuple[AssetRef, ...]
    outputs: tuple[AssetRef, ...]
    column_mapping: str
    module: str
    file_path: str
    line_range: str
    certainty: str
    tool_version: str
    sql_text: str = ""
    transformations: str = ""
    through: str = ""
    unlisted: str = ""
    owner: str = ""
    repository: str = ""
    commit: str = ""


class Change(Struct, frozen=True):
    """An attribute in which the account's process differs: as it is there, and as it shall be."""

    attribute: str
    before: str
    after: str


# The attributes of our type and the field of each. What `_PROVENANCE` says is sent, but is no
# difference by itself: else each commit, and each release of this tool, would write all processes
# again.
ATTRIBUTES = {
    "name": "name",
    "columnMapping": "column_mapping",
    "sqlText": "sql_text",
    "moduleName": "module",
    "filePath": "file_path",
    "lineRange": "line_range",
    "transformations": "transformations",
    "certainty": "certainty",
    "throughTables": "through",
    UNLISTED: "unlisted",
    OWNER: "owner",
    "repository": "repository",
    "commitId": "commit",
    "toolVersion": "tool_version",
}
_PROVENANCE = frozenset({"repository", "commitId", "toolVersion"})
_COMPARED = {name: field for name, field in ATTRIBUTES.items() if name not in _PROVENANCE}


def process_type() -> Json:
    """The definition of the type of all processes here.

    Built-in types take no `columnMapping` of others.
    """
    return {
        "category": "ENTITY",
        "name": PROCESS_TYPE,
        "description": "A T-SQL module or script that fills a table",
        "superTypes": ["Process"],
        "serviceType": "SQL Lineage",
        "typeVersion": "1.0",
        "attributeDefs": [_string_attribute(name) for name in ATTRIBUTES if name != "name"],
    }


def process_entity(process: Process, placeholder: str) -> Json:
    """A process as it is sent; the service puts a real guid in place of `placeholder` (`-1`)."""
    return {
        "typeName": PROCESS_TYPE,
        "guid": placeholder,
        "attributes": {
            "qualifiedName": process.qualified_name,
            **{name: getattr(process, field) for name, field in ATTRIBUTES.items()},
            "inputs": [reference(asset) for asset in process.inputs],
            "outputs": [reference(asset) for asset in process.outputs],
        },
    }


def differences(process: Process, present: Json) -> tuple[Change, ...]:
    """The attributes in which an entity of the account differs from a process.

    Empty where it need not be written.

    Where the process comes from (repository, commit, the tool's version) is no difference.
    """
    attributes = present.get("attributes") or {}
    changed: list[Change] = []
    for name, field in _COMPARED.items():
        before, after = str(attributes.get(name) or ""), str(getattr(process, field))
        if before != after:
            changed.append(Change(name, before, after))
    for name, assets in (("inputs", process.inputs), ("outputs", process.outputs)):
        lingering = lingering_ends(present, name)
        # by guid: an asset that was deleted and scanned anew has its old name
        if lingering or {asset.guid for asset in assets} != referred_guids(present, name):
            before = _ends(related_rows(present, name), assets, lingering.values())
            changed.append(Change(name, before, ", ".join(ref.qualified_name for ref in assets)))
    return tuple(changed)


def state_of(entity: Json) -> str:
    """A fingerprint of what a process says in the account.

    What others add to it, such as descriptions, does not count.
    """
    attributes = entity.get("attributes") or {}
    values = [str(attributes.get(name) or "") for name in _COMPARED]
    ends = [sorted(referred_guids(entity, name)) for name in ("inputs", "outputs")]
    return _fingerprint(values, ends)


def process_of(entity: Json) -> Process:
    """A process as the account has it.

    Of inputs and outputs it tells the names that the portal shows.
    """
    attributes = entity.get("attributes") or {}
    texts = {field: str(attributes.get(name) or "") for name, field in ATTRIBUTES.items()}
    inputs, outputs = (
        tuple(
            AssetRef(row.get("displayText") or "", row.get("typeName") or "", row.get("guid") or "")
            for row in related_rows(entity, end)
        )
        for end in ("inputs", "outputs")
    )
    return Process(
        qualified_name=qualified_name_of(entity), inputs=inputs, outputs=outputs, **texts
    )


def owner_of(entity: Json) -> str:
    """Whose mark a process of the account carries; empty where it has none."""
    return str((entity.get("attributes") or {}).get(OWNER) or "")


def content_of(process: Process) -> str:
    """A fingerprint of what a process says, equal to `state_of` once the account has it."""
    values = [str(getattr(process, field)) for field in _COMPARED.values()]
    ends = [sorted({ref.guid for ref in refs}) for refs in (process.inputs, process.outputs)]
    return _fingerprint(values, ends)


def _fingerprint(values: list[str], ends: list[list[str]]) -> str:
    return sha256(json.dumps([values, ends]).encode("utf-8", "backslashreplace")).hexdigest()[:16]


def _ends(rows: list[Json], assets: tuple[AssetRef, ...], lingering: Iterable[str]) -> str:
    names = {asset.guid: asset.qualified_name for asset in assets}
    shown = (
        names.get(guid := row.get("guid") or "") or row.get("displayText") or guid for row in rows
    )
    return ", ".join(sorted([*shown, *(f"{name} (deleted)" for name in lingering)]))


def _string_attribute(name: str) -> Json:
    return {
        "name": name,
        "typeName": "string",
        "isOptional": True,
        "cardinality": "SINGLE",
        "valuesMinCount": 0,
        "valuesMaxCount": 1,
        "isUnique": False,
        "isIndexable": False,
    }
