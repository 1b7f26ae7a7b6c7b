"""The processes that an account has of one owner.

Search finds them, but lags behind; what the assets say of the processes that write them does not.
Both are asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..account.entities import PROCESS_INPUTS, PROCESS_TYPE, exists, writers_of
from ..resolving.partitions import search_in_parts
from ..resolving.platforms import OBJECT_TYPES
from .process_names import own_prefix

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..account.typedefs import Json
    from .account_protocols import Account

# Of an asset the processes that write it are asked for: not those that read it, nor its columns,
# most of the answer.
_COLUMNS = sorted(
    {f"{name}_columns" for row in OBJECT_TYPES.values() for name in (row.table, row.view)}
)
_BESIDE_THE_POINT = (PROCESS_INPUTS, *_COLUMNS)


def own_processes(
    account: Account, owner: str, assets: Iterable[str], notes: list[str] | None = None
) -> Iterator[Json]:
    """The processes whose names begin as the owner's do, each perhaps several times.

    `notes` gets what is left out.

    Args:
        account: what is asked.
        owner: whose processes.
        assets: guids of assets; what writes to these is looked at too.
        notes: takes a sentence where the search does not show all; None: nobody asks.
    """
    prefix = own_prefix(owner)
    listed = search_in_parts(account, PROCESS_TYPE, prefix)
    if notes is not None and not listed.complete:
        notes.append(
            f"the search index has {len(listed.hits)} processes of {owner} and more, "
            "which were not all looked at"
        )
    named = sorted(
        {hit.qualified_name for hit in listed.hits if hit.qualified_name.startswith(prefix)}
    )
    for part in account.read_entities(PROCESS_TYPE, named):
        yield from (entity for entity in part.entities if _is_own(entity, prefix))
    read = account.read_guids(assets, exclude=_BESIDE_THE_POINT)
    writers = {guid for part in read for entity in part.entities for guid in writers_of(entity)}
    for part in account.read_guids(sorted(writers)):
        yield from (entity for entity in part.entities if _is_own(entity, prefix))


def _is_own(entity: Json, prefix: str) -> bool:
    name = str((entity.get("attributes") or {}).get("qualifiedName") or "")
    return exists(entity) and entity.get("typeName") == PROCESS_TYPE and name.startswith(prefix)
