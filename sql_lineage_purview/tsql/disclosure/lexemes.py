"""A text cut into lexemes without loss: what the lexer reads, and all that it passes over.

What is blanked must be what is read, so the borders are those of the lexer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import IntEnum

from msgspec import Struct

from ..reading.lexer import GO_LINE, LEXICAL, comment_end
from ..reading.sqlcmd import COMMAND


class LexemeKind(IntEnum):
    """What a lexeme is. LOST is what is never closed, up to the next GO."""

    BLANK = 1
    COMMENT = 2
    COMMAND = 3
    GO = 4
    STRING = 5
    QUOTED = 6
    TEMPLATE = 7
    WORD = 8
    VARIABLE = 9
    NUMBER = 10
    OPERATOR = 11
    LOST = 12


class Lexeme(Struct, eq=False, gc=False):
    """A piece of the text. `upper`: a word or operator in capitals, "" for all else."""

    part: LexemeKind
    raw: str
    start: int
    upper: str = ""

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.start + len(self.raw)

    @property
    def content(self) -> str:
        """What a string or a quoted name holds; of all else what is written."""
        if self.part is LexemeKind.STRING:
            return self.raw.lstrip("nN")[1:-1].replace("''", "'").replace("\\\n", "")
        if self.part is LexemeKind.QUOTED:
            return self.raw[1:-1].replace("]]" if self.raw[0] == "[" else '""', self.raw[-1])
        return self.raw

    @property
    def double(self) -> bool:
        """Does it stand in double quotes? It is a name or a string, as QUOTED_IDENTIFIER says."""
        return self.part is LexemeKind.QUOTED and self.raw[0] == '"'


# What a group of `LEXICAL` is by itself.
_PARTS = {
    "word": LexemeKind.WORD,
    "variable": LexemeKind.VARIABLE,
    "number": LexemeKind.NUMBER,
    "money": LexemeKind.NUMBER,
    "operator": LexemeKind.OPERATOR,
    "template": LexemeKind.TEMPLATE,
}


def lexemes(text: str) -> Iterator[Lexeme]:
    """The lexemes of a text; their `raw` side by side is the text."""
    position, fresh = 0, True  # fresh: nothing stands before on this line
    while position < len(text):
        if fresh and text[position] in ":!" and (command := COMMAND.match(text, position)):
            lexeme = Lexeme(LexemeKind.COMMAND, command[0], position)
        elif match := LEXICAL.match(text, position):
            lexeme = _lexeme(text, match, position, fresh=fresh)
        else:  # cannot happen: the last alternative takes any character
            lexeme = Lexeme(LexemeKind.OPERATOR, text[position], position)
        yield lexeme
        position += len(lexeme.raw)
        if lexeme.part is not LexemeKind.BLANK:
            fresh = lexeme.part is LexemeKind.LOST
        elif not fresh:
            fresh = "\n" in lexeme.raw


def _lexeme(text: str, match: re.Match[str], position: int, *, fresh: bool) -> Lexeme:
    raw, group = match[0], match.lastgroup or ""
    part = _PARTS.get(group)
    if part is LexemeKind.WORD or part is LexemeKind.OPERATOR:
        upper = raw.upper()
        if fresh and upper == "GO" and GO_LINE.match(text, text.rfind("\n", 0, position) + 1):
            return Lexeme(LexemeKind.GO, raw, position)
        return Lexeme(part, raw, position, upper)
    if part is not None:
        return Lexeme(part, raw, position)
    if group == "skip":
        return Lexeme(
            LexemeKind.COMMENT if raw.startswith("--") else LexemeKind.BLANK, raw, position
        )
    if group == "comment":
        end = comment_end(text, position) if raw == "/*" else match.end()
        return (
            _lost(text, position)
            if end is None
            else Lexeme(LexemeKind.COMMENT, text[position:end], position)
        )
    if group == "string":
        closed = _is_closed(raw.lstrip("nN"), "'")
        return Lexeme(LexemeKind.STRING, raw, position) if closed else _lost(text, position)
    closed = raw[-1] == "]" if raw[0] == "[" else _is_closed(raw, '"')
    return (
        Lexeme(LexemeKind.QUOTED, raw, position)
        if closed and len(raw) > 1
        else _lost(text, position)
    )


def _is_closed(raw: str, quote: str) -> bool:
    return len(raw) > 1 and raw[-1] == quote and raw.count(quote) % 2 == 0


def _lost(text: str, position: int) -> Lexeme:
    go = GO_LINE.search(text, position)
    return Lexeme(LexemeKind.LOST, text[position : go.start() if go else len(text)], position)
