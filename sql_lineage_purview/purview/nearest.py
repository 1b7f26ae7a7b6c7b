"""The names that come closest to one that is missing."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from .assets import AssetRef

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .client import SearchHit

_MOST = 3


def nearest(wanted: str, hits: Iterable[SearchHit]) -> tuple[AssetRef, ...]:
    """The assets whose qualified names are most like the wanted one, best first.

    Those of the same last part (another schema or database) come before those that are spelled alike.
    """
    pool = list(dict.fromkeys(AssetRef(hit.qualified_name, hit.type_name, hit.guid) for hit in hits))
    last = _last(wanted)
    namesakes = [ref for ref in pool if _last(ref.qualified_name) == last]
    by_name: dict[str, list[AssetRef]] = {}
    for ref in namesakes or pool:
        by_name.setdefault(ref.qualified_name.casefold(), []).append(ref)
    if namesakes:
        close = get_close_matches(wanted.casefold(), by_name, _MOST, cutoff=0.0)
    else:
        lasts: dict[str, list[str]] = {}
        for name in by_name:
            lasts.setdefault(_last(name), []).append(name)
        close = [name for part in get_close_matches(last, lasts, _MOST, cutoff=0.6) for name in sorted(lasts[part])]
    return tuple(ref for name in close for ref in sorted(by_name[name]))[:_MOST]


def _last(qualified_name: str) -> str:
    return qualified_name.rstrip("/").rpartition("/")[2].replace("%20", " ").casefold()
