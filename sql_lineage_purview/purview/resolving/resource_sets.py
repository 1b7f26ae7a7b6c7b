"""Which resource set holds the files of an address: two patterns, and can one file match both?

Source: https://learn.microsoft.com/purview/concept-resource-sets (the placeholders), and for `*`
and `**` in an address
https://learn.microsoft.com/azure/synapse-analytics/sql/query-folders-multiple-csv-files.
"""

from __future__ import annotations

import re
import string

from msgspec import Struct

_DIGITS = frozenset(string.digits)
_HEX = frozenset(string.hexdigits)
_TAG = frozenset(string.ascii_letters + string.digits + "-_")


class _Atom(Struct, frozen=True):
    """One step of a pattern: a character, perhaps left out, perhaps repeated.

    It is one out of `chars`, where None stands for any.
    """

    chars: frozenset[str] | None
    optional: bool = False
    repeated: bool = False
    slash: bool = False

    def meets(self, other: _Atom) -> bool:
        """Is there a character that both allow?"""
        if self.chars is not None and other.chars is not None:
            return not self.chars.isdisjoint(other.chars)
        return self._allows_some_of(other.chars) and other._allows_some_of(self.chars)

    def _allows_some_of(self, chars: frozenset[str] | None) -> bool:
        return self.chars is not None or self.slash or chars != frozenset("/")


_SEGMENT = _Atom(None, repeated=True)
_TWO_DIGITS = (_Atom(_DIGITS), _Atom(_DIGITS, optional=True))
_PLACEHOLDERS: dict[str, tuple[_Atom, ...]] = {
    "{N}": (_Atom(_DIGITS, repeated=True),),
    "{Year}": (_Atom(_DIGITS),) * 4,
    "{Month}": _TWO_DIGITS,
    "{Day}": _TWO_DIGITS,
    "{Hour}": _TWO_DIGITS,
    "{Minute}": _TWO_DIGITS,
    "{Second}": _TWO_DIGITS,
    "{GUID}": (_Atom(_HEX | {"-"}, repeated=True),),
    "{HEX}": (_Atom(_HEX),) * 4,
    "{LOC}": (_Atom(_TAG, repeated=True),),
    "{SparkPartitions}": (_SEGMENT,),
}
_RESOURCE_SET = re.compile(r"\{[^{}/]+\}|.", re.DOTALL)
_ADDRESS = re.compile(r"\*+|.", re.DOTALL)


def overlaps(address: str, resource_set: str) -> bool:
    """Can one file match both an address of SQL and a resource set's qualified name?

    In an address, `*` stands within a segment, and `**` across segments.
    """
    if not _same_beginning(address, resource_set):
        return False
    left, right = _of_address(address), _of_resource_set(resource_set)
    visited: set[tuple[int, int]] = set()
    open_states = [(0, 0)]
    while open_states:
        state = open_states.pop()
        # two wildcards meet in many ways, of which each state need be looked at once
        if state in visited:
            continue
        if state == (len(left), len(right)):
            return True
        visited.add(state)
        open_states.extend(_next(state, left, right))
    return False


def _next(state: tuple[int, int], left: list[_Atom], right: list[_Atom]) -> list[tuple[int, int]]:
    i, j = state
    a = left[i] if i < len(left) else None
    b = right[j] if j < len(right) else None
    states = []
    if a and a.optional:
        states.append((i + 1, j))
    if b and b.optional:
        states.append((i, j + 1))
    if a and b and a.meets(b):
        behind_a = (i, i + 1) if a.repeated else (i + 1,)
        behind_b = (j, j + 1) if b.repeated else (j + 1,)
        states.extend((to_a, to_b) for to_a in behind_a for to_b in behind_b)
    return states


def _of_address(address: str) -> list[_Atom]:
    return [
        _of_wildcard(token) if token[0] == "*" else _Atom(frozenset(token))
        for token in _ADDRESS.findall(address)
    ]


def _of_wildcard(token: str) -> _Atom:
    return _Atom(None, optional=True, repeated=True, slash=len(token) > 1)


def _of_resource_set(qualified_name: str) -> list[_Atom]:
    atoms: list[_Atom] = []
    for token in _RESOURCE_SET.findall(qualified_name):
        # A pattern that an administrator defined has a placeholder of any name.
        atoms.extend(
            _PLACEHOLDERS.get(token, (_SEGMENT,)) if len(token) > 1 else (_Atom(frozenset(token)),)
        )
    return atoms


def literal_beginning(pattern: str, mark: str) -> str:
    """What of a pattern stands for itself: all before its first wildcard, or placeholder."""
    return pattern.partition(mark)[0]


def _same_beginning(address: str, resource_set: str) -> bool:
    """A quick no for most pairs: their literal beginnings differ."""
    first, second = literal_beginning(address, "*"), literal_beginning(resource_set, "{")
    shorter = min(len(first), len(second))
    return first[:shorter] == second[:shorter]
