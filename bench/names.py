"""Names as two readings of one script are compared by."""

from __future__ import annotations

import re

_PART = re.compile(r'\[((?:[^\]]|\]\])*)\]|"([^"]*)"|([^.]*)')


def folded(name: str) -> str | None:
    """A name in the form in which names are compared.

    It is the last two parts, case-folded, without brackets, with `dbo` where no schema stands.

    None for what is left aside: files, variables, system objects.
    """
    if "/" in name or "\\" in name or name.startswith("@"):
        return None
    parts = name_parts(name)
    last = parts[-1]
    schema = parts[-2] if len(parts) > 1 and parts[-2] else "dbo"
    if schema in ("sys", "information_schema") or (
        last.startswith(("sp_", "xp_")) and schema == "dbo"
    ):
        return None
    return last if last.startswith("#") else f"{schema}.{last}"


def name_parts(name: str) -> list[str]:
    """The parts of a name, in lower case and without brackets."""
    parts: list[str] = []
    position = 0
    while position <= len(name):
        match = _PART.match(name, position)
        if match is None:
            break
        parts.append(((match[1] or "").replace("]]", "]") or match[2] or match[3] or "").lower())
        position = match.end() + 1
    return parts
