"""The behaviour of an emulator, read from the words of a command line.

Examples of such words are `property=16KB`, `deletes=hard` and `25/s`.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, get_args, get_type_hints

from msgspec.structs import fields, replace

from ..behaviour import (
    DATA_CURATOR,
    DATA_READER,
    Collection,
    CollectionRole,
    Limits,
    RoleName,
    Switches,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LIMITS: Mapping[str, str] = {
    field.name.removesuffix("_bytes").replace("_", "-"): field.name for field in fields(Limits)
}
"""The names of limits on the command line, with those of `Limits`."""
SWITCHES: Mapping[str, tuple[str, ...]] = {
    name.replace("_", "-"): get_args(hint) for name, hint in get_type_hints(Switches).items()
}
"""The names of switches on the command line, with the words that each takes.

The first is the default.
"""

_ROLES: Mapping[str, RoleName] = {DATA_CURATOR: DATA_CURATOR, DATA_READER: DATA_READER}
_SIZE = re.compile(r"(\d+)(KB|MB)?\Z", re.ASCII | re.IGNORECASE)
_UNITS = {"": 1, "KB": 1024, "MB": 1024 * 1024}
_RATE = re.compile(r"(\d+(?:\.\d+)?)(?:/(s|min))?\Z", re.ASCII)


def read_limits(words: Iterable[str]) -> Limits:
    """Limits from words such as `entities=200` and `property=16KB`.

    Raises:
        ValueError: One is none; the message says what is known.
    """
    limits = Limits()
    for word in words:
        name, value = _pair(word, LIMITS)
        size = _SIZE.match(value)
        if size is None or int(size[1]) == 0:
            raise ValueError(f"{word}: a limit is a number such as 200, 16KB or 2MB, and not 0")
        limits = replace(limits, **{LIMITS[name]: int(size[1]) * _UNITS[(size[2] or "").upper()]})
    return limits


def read_switches(words: Iterable[str]) -> Switches:
    """Switches from words such as `deletes=hard`.

    Raises:
        ValueError: One is none; the message says what is known.
    """
    chosen: dict[str, str] = {}
    for word in words:
        name, value = _pair(word, SWITCHES)
        if value not in SWITCHES[name]:
            raise ValueError(f"{word}: {name} is one of {', '.join(SWITCHES[name])}")
        chosen[name.replace("-", "_")] = value
    return Switches(**chosen)  # type: ignore[arg-type]  # held against the types above


def read_rate(word: str) -> float:
    """Operations per second from `25/s`, `25` or `1500/min`.

    Raises:
        ValueError: It is none.
    """
    match = _RATE.match(word)
    rate = float(match[1]) / (60 if match[2] == "min" else 1) if match else 0.0
    # A rate of nothing would let no operation through for ever.
    if not rate:
        raise ValueError(f"{word}: a rate is a number of operations such as 25/s or 1500/min")
    return rate


def read_collection(word: str) -> Collection:
    """A collection from `NAME`, or `PARENT/NAME`.

    Raises:
        ValueError: A name is empty.
    """
    parent, slash, name = word.rpartition("/")
    if not name or (slash and not parent):
        raise ValueError(f"{word}: a collection is NAME, or PARENT/NAME")
    return Collection(name, parent or None)


def read_role(word: str) -> CollectionRole:
    """A role from `PRINCIPAL=data-curator`, or `PRINCIPAL=data-reader@COLLECTION`.

    Raises:
        ValueError: It is none.
    """
    principal, _, grant = word.partition("=")
    role, _, collection = grant.partition("@")
    if not principal or role not in _ROLES:
        raise ValueError(
            f"{word}: a role is PRINCIPAL=ROLE or PRINCIPAL=ROLE@COLLECTION, and "
            f"ROLE one of {', '.join(_ROLES)}"
        )
    return CollectionRole(principal, _ROLES[role], collection or None)


def _pair(word: str, names: Iterable[str]) -> tuple[str, str]:
    name, _, value = word.partition("=")
    if name not in names:
        close = get_close_matches(name, list(names), n=1)
        raise ValueError(
            f"{word}: did you mean {close[0]}" if close else f"{word}: known are {', '.join(names)}"
        )
    return name, value
