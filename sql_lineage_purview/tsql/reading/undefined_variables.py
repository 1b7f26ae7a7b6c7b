"""SQLCMD variables of a script that have no value."""

from __future__ import annotations

from ...model.diagnostics import Span
from .agent_tokens import AGENT_TOKENS


class VariablesWithoutValue:
    """Each with the first place where it stands.

    One in a string is none where a job step has a token of this name: `$(JOBID)`.
    """

    def __init__(self) -> None:
        self._certain: dict[str, Span] = {}
        self._maybe_tokens: dict[str, Span] = {}
        self._agent_tokens: set[str] = set()

    def note(self, name: str, span: Span, *, in_string: bool) -> None:
        """There is a `$(name)` that nothing defines."""
        by_agent = in_string and name.upper() in AGENT_TOKENS
        (self._maybe_tokens if by_agent else self._certain).setdefault(name, span)

    def belong_to_agent(self, *names: set[str]) -> None:
        """What a job step names in capitals is no variable in strings of this script."""
        self._agent_tokens.update(*names)

    def spans(self) -> dict[str, Span]:
        """The variables that have no value."""
        others = {
            name: span
            for name, span in self._maybe_tokens.items()
            if name.upper() not in self._agent_tokens
        }
        return others | self._certain
