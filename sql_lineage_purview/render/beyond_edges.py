"""What a tree of edges cannot show: who reads and writes nothing, and what gaps could hide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .counting import counted
from .hidden_words import hidden_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..analysis.hidden_uses import HiddenUses
    from ..analysis.use import ObjectUse

_LISTED = 3


def beyond_edges(readers: Sequence[ObjectUse], hidden: HiddenUses, *, has_edges: bool) -> str:
    """One line below a tree; empty where it shows all that there is.

    Args:
        readers: who reads it and carries nothing of it anywhere.
        hidden: what could hide a use.
        has_edges: the tree shows an edge.
    """
    certain = [use for use in readers if use.is_certain]
    parts = [_readers(certain, "read, and not passed on, by", "")] if certain else []
    if uncertain := [use for use in readers if not use.is_certain]:
        parts.append(
            _readers(uncertain, "its table is read by", ", and nothing tells which columns")
        )
    if not (parts or has_edges) and hidden:
        parts.append(f"nothing in the scan; {hidden_words(hidden)} could hide more")
    return f"{'; '.join(parts)}; see impact" if parts else ""


def _readers(readers: Sequence[ObjectUse], verb: str, remark: str) -> str:
    names = ", ".join(str(use.module or use.path) for use in readers[:_LISTED])
    more = f" and {len(readers) - _LISTED} more" if len(readers) > _LISTED else ""
    modules = sum(use.module is not None for use in readers)
    scripts = len(readers) - modules
    counts = [counted(modules, "module")] if modules else []
    counts += [counted(scripts, "script")] if scripts else []
    return f"{verb} {' and '.join(counts)}{remark}: {names}{more}"
