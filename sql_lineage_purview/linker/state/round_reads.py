"""What a round of a loop reads of what there was before it."""

from __future__ import annotations

from msgspec import Struct, field

from ..relations.relation import Value


class Overwritten(Struct, frozen=True):
    """What statements of a branch have made anew, within so many TRYs."""

    branch: tuple[int, ...]
    tries: int
    keys: set[str] = field(default_factory=set)

    def lasts(self, branch: tuple[int, ...], tries: int) -> bool:
        """Has each run made it anew that comes to a statement of this branch and these TRYs?"""
        return branch[: len(self.branch)] == self.branch and self.tries <= tries


class RoundReads(Struct):
    """The variables, temporary tables and cursors that a round reads before it makes them anew.

        WHILE @i < 9 BEGIN SET @a = @b; SET @b = @a + 1 END  -- reads @i and @b, not @a

    What is made anew in an arm is so for the rest of the arm. `kept`: what variables held behind
    statements that may have left them as they were. `called`: has anything been called, which may
    read any table and cursor?
    """

    read: set[str] = field(default_factory=set)
    kept: list[tuple[str, Value]] = field(default_factory=list)
    called: bool = False
    _overwritten: list[Overwritten] = field(default_factory=list)

    def begin_statement(self, branch: tuple[int, ...], tries: int) -> None:
        """A statement is run from here on."""
        while self._overwritten and not self._overwritten[-1].lasts(branch, tries):
            self._overwritten.pop()

    def look_up(self, key: str) -> None:
        """Something is read under a key."""
        if not self._is_overwritten(key):
            self.read.add(key)

    def keep(self, key: str, value: Value) -> None:
        """A variable has a value, or still the one before: of these, it holds either."""
        if not self._is_overwritten(key):
            self.kept.append((key, value))

    def _is_overwritten(self, key: str) -> bool:
        return any(key in overwritten.keys for overwritten in self._overwritten)

    def overwrite(self, key: str, branch: tuple[int, ...], tries: int) -> None:
        """The statement that runs makes something anew."""
        last = self._overwritten[-1] if self._overwritten else None
        if last is None or (last.branch, last.tries) != (branch, tries):
            last = Overwritten(branch, tries)
            self._overwritten.append(last)
        last.keys.add(key)

    def forget(self) -> None:
        """A run may come here past what was made anew."""
        self._overwritten.clear()
