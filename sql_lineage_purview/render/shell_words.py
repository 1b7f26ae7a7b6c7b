"""Arguments as a person types them into a shell."""

from __future__ import annotations

import shlex

_BARE = frozenset("-_./:\\")
# What bash, zsh, PowerShell and cmd all take as it stands between double quotes.
_PLAIN = _BARE | frozenset("#@ ()[]")


def quoted(text: str) -> str:
    """An argument that any shell takes as it is; with signs of commands, as those of Unix do."""
    if text and all(sign.isalnum() or sign in _BARE for sign in text):
        return text
    if text and all(sign.isalnum() or sign in _PLAIN for sign in text) and text[-1] != "\\":
        return f'"{text}"'
    return shlex.quote(text)
