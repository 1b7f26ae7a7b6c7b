"""The lexemes of a text that say something, cut into runs.

Runs are roughly its statements, which a T-SQL text need not mark.
"""

from __future__ import annotations

from bisect import bisect_right

from msgspec import Struct, field

from ...model.secret_words import looks_secret, names_secret
from ..reading.keywords import KEYWORDS
from .lexemes import Lexeme, LexemeKind

_SILENT = frozenset({LexemeKind.BLANK, LexemeKind.COMMENT})
_STARTS = frozenset(
    """
    ALTER BACKUP BEGIN BULK CLOSE COPY CREATE DEALLOCATE DECLARE DELETE DENY DROP EXEC EXECUTE GRANT
    IF INSERT MERGE OPEN PRINT RAISERROR RESTORE RETURN REVOKE SET THROW TRUNCATE UPDATE USE WAITFOR
    WHILE""".split()
)
# Behind these, such a word goes on with a statement: `GRANT EXECUTE`, `AFTER INSERT`, `WITH EXECUTE
# AS`.
_GOING_ON = frozenset("GRANT DENY REVOKE WITH AFTER FOR OF ON , THEN AS INSTEAD NOT NULL".split())
_SWITCHES = frozenset({"ON", "OFF"})
_BEGINNING = frozenset({LexemeKind.GO, LexemeKind.COMMAND})
_NEAR = 24  # how far the parenthesis of a call may stand away


class LexemeRun(Struct):
    """Lexemes from a word that begins a statement to the next such word.

    `first` and `end` are indices of the code.
    """

    first: int
    end: int = 0
    secret: bool = False
    variables: set[str] = field(default_factory=set)


class Code:
    """The lexemes of a text without blanks and comments, and the runs that they make.

    Args:
        lexemes: all lexemes of the text, in order.
    """

    def __init__(self, lexemes: list[Lexeme]) -> None:
        self.lexemes = [lexeme for lexeme in lexemes if lexeme.part not in _SILENT]
        self.runs = self._cut()
        self._firsts = [run.first for run in self.runs]
        self._tainted = False
        self._lists: dict[int, int] = {}
        self._switches: list[int] | None = None

    def quotes_are_strings(self, index: int) -> bool:
        """Has SET QUOTED_IDENTIFIER OFF been read by an index?

        What stands in double quotes is a string then.
        """
        if self._switches is None:
            self._switches = [
                at
                for at, lexeme in enumerate(self.lexemes)
                if lexeme.upper in _SWITCHES and self._switches_quotes(at)
            ]
        position = bisect_right(self._switches, index)
        return bool(position) and self.word(self._switches[position - 1]) == "OFF"

    def _switches_quotes(self, index: int) -> bool:
        """Does `SET QUOTED_IDENTIFIER, ANSI_NULLS` stand before an index?"""
        options = [self.word(index - 1)]
        while self.word(index - 2) == ",":
            index -= 2
            options.append(self.word(index - 1))
        return self.word(index - 2) == "SET" and "QUOTED_IDENTIFIER" in options

    def at(self, index: int) -> Lexeme:
        """The lexeme of an index; one that says nothing outside of the text."""
        return self.lexemes[index] if 0 <= index < len(self.lexemes) else _NOTHING

    def word(self, index: int) -> str:
        """The word or operator of an index, in capitals."""
        return self.at(index).upper

    def run_of(self, index: int) -> LexemeRun:
        """The run that an index belongs to."""
        return self.runs[bisect_right(self._firsts, index) - 1]

    def verb(self, index: int) -> str:
        """The word that the run of an index begins with."""
        return self.word(self.run_of(index).first)

    def first_of_list(self, index: int) -> int:
        """The first of the strings with commas between them that the one of an index belongs to."""
        if self.word(index - 1) != "," or self.at(index - 2).part is not LexemeKind.STRING:
            return index
        if index - 2 not in self._lists:
            self._lists[index - 2] = self.first_of_list(index - 2)
        self._lists[index] = self._lists[index - 2]
        return self._lists[index]

    def call_of(self, index: int) -> tuple[str, int]:
        """The word before the parenthesis around an index, and the argument's number, from 0."""
        depth = position = 0
        for at in range(index - 1, max(-1, index - _NEAR), -1):
            word = self.word(at)
            if word == "(" and not depth:
                return self.word(at - 1), position
            depth += (word == ")") - (word == "(")
            position += word == "," and not depth
        return "", 0

    def is_keyword(self, index: int) -> bool:
        """Is a reserved word written there?"""
        return self.word(index) in KEYWORDS

    def is_about_secrets(self, index: int) -> bool:
        """Does the run of an index name a secret, or does a variable join it with one?"""
        if not self._tainted:
            self._taint()
        return self.run_of(index).secret

    def _cut(self) -> list[LexemeRun]:
        runs = [LexemeRun(0)]
        depth, before = 0, ""
        for index, lexeme in enumerate(self.lexemes):
            word = lexeme.upper
            if word == "(":
                depth += 1
            elif word == ")":
                depth = max(0, depth - 1)
            begins = not depth and (before == ";" or (word in _STARTS and before not in _GOING_ON))
            before = word
            if begins or lexeme.part in _BEGINNING:
                depth = 0 if lexeme.part is LexemeKind.GO else depth
                runs[-1].end = index
                runs.append(LexemeRun(index))
        runs[-1].end = len(self.lexemes)
        return runs

    def _taint(self) -> None:
        """Mark the runs that name a secret, and those that a variable joins with one.

        For example, a variable joins the two runs of `SET @x = 'v'; EXEC p @pwd = @x`.
        """
        self._tainted = True
        by_variable: dict[str, list[LexemeRun]] = {}
        pending = []
        for run in self.runs:
            for lexeme in self.lexemes[run.first : run.end]:
                if lexeme.part is LexemeKind.VARIABLE:
                    run.variables.add(lexeme.raw.casefold())
                run.secret = run.secret or _is_about_secrets(lexeme)
            for variable in run.variables:
                by_variable.setdefault(variable, []).append(run)
            pending += [run] if run.secret else []
        while pending:
            for variable in pending.pop().variables:
                for run in by_variable.pop(variable, ()):
                    pending += [] if run.secret else [run]
                    run.secret = True


_NOTHING = Lexeme(LexemeKind.BLANK, "", 0)


def _is_about_secrets(lexeme: Lexeme) -> bool:
    if lexeme.part is LexemeKind.STRING or lexeme.double:
        return looks_secret(lexeme.content)
    return lexeme.part in (
        LexemeKind.WORD,
        LexemeKind.VARIABLE,
        LexemeKind.QUOTED,
        LexemeKind.TEMPLATE,
    ) and names_secret(lexeme.content)
