"""How processes are called: what identifies them in the account, and what people read."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from ..resolving.storage import without_query

if TYPE_CHECKING:
    from sql_lineage_purview.model.names import Name

    from .flows import Flow

_DECLARED_WRITER = "(declared)"  # no module and no script is called so
SCHEME = "sql-lineage-purview"
# What ingestion never changes in a name; all else but letters and digits is encoded, so the name is
# the same when read back. Not `@` and `~`, which set the number of a statement and of a part apart.
_SAFE_CHARACTERS = frozenset("-_.$()/")


def qualified_name(owner: str, flow: Flow, *, as_spelled: bool = False) -> str:
    """The identity of a flow's process.

    It is `sql-lineage-purview://<owner>/<module or script path>#<written table>`.

    A process of all tables of a module has no `#`; one of a single statement ends with `@` and its
    number among those that fill the table. What people declare has the writer `(declared)`. Names
    are case-folded, so that a script's other spelling makes no second process; `as_spelled` is for
    scans in which names that differ in case alone, or in which part a dot belongs to, are different
    names.
    """
    writer = (
        _encoded(flow.path, "/")
        if flow.module is None
        else _encoded_name(flow.module, as_spelled=as_spelled)
    )
    writer = _DECLARED_WRITER if flow.declared else writer
    table = "" if flow.per_writer else f"#{_encoded_name(flow.targets[0], as_spelled=as_spelled)}"
    return f"{own_prefix(owner)}{writer}{table}" + (f"@{flow.number}" if flow.number else "")


def own_prefix(owner: str) -> str:
    """What the qualified names of an owner's processes begin with, and those of no other owner."""
    return f"{SCHEME}://{_encoded(owner.lower()).replace('/', '%2F')}/"


def display_name(flow: Flow) -> str:
    """What the portal shows of a flow."""
    if flow.per_writer or flow.targets == (flow.module,):
        return flow.writer
    return f"{flow.writer} -> {shown(flow.targets[0])}" + (
        f" #{flow.number}" if flow.number else ""
    )


def shown(name: Name) -> str:
    """A name as plans show it: an address without its query, where signatures stand."""
    return without_query(name.object) if name.address else str(name)


def _encoded_name(name: Name, *, as_spelled: bool) -> str:
    if name.address:
        return _encoded(shown(name), "/:*")
    if as_spelled:
        return ".".join(
            _encoded(part).replace("/", "%2F").replace(".", "%2E") for part in name.parts
        )
    return ".".join(_encoded(part.casefold()).replace("/", "%2F") for part in name.parts)


def _encoded(text: str, also: str = "") -> str:
    characters = (
        char if char.isalnum() or char in _SAFE_CHARACTERS or char in also else quote(char, safe="")
        for char in text
    )
    # `quote` encodes everything but `~`, which is safe in any URL.
    return "".join(characters).replace("~", "%7E")
