"""A text cut into lexemes without loss: what the lexer reads, and all that it passes over.

What is blanked must be what is read, so the borders are those of the lexer.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum

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


class Lexeme:
    """A piece of the text. `upper`: a word or operator in capitals, "" for all else."""

    __slots__ = ("end", "part", "raw", "start", "upper")

    def __init__(self, part: LexemeKind, raw: str, start: int) -> None:
        self.part = part
        self.raw = raw
        self.start = start
        self.end = start + len(raw)
        self.upper = raw.upper() if part is LexemeKind.WORD or part is LexemeKind.OPERATOR else ""

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


_PARTS = {
    part.name.lower(): part
    for part in (
        LexemeKind.WORD,
        LexemeKind.VARIABLE,
        LexemeKind.NUMBER,
        LexemeKind.OPERATOR,
        LexemeKind.TEMPLATE,
    )
}


def lexemes(text: str) -> Iterator[Lexeme]:
    """The lexemes of a text; their `raw` side by side is the text."""
    position, fresh = 0, True  # fresh: nothing stands before on this line
    while position < len(text):
        lexeme = _lexeme(text, position, fresh=fresh)
        yield lexeme
        position = lexeme.end
        fresh = lexeme.part is LexemeKind.LOST or (
            lexeme.part is LexemeKind.BLANK and (fresh or "\n" in lexeme.raw)
        )


def _lexeme(text: str, position: int, *, fresh: bool) -> Lexeme:
    if fresh and text[position] in ":!" and (command := COMMAND.match(text, position)):
        return Lexeme(LexemeKind.COMMAND, command[0], position)
    match = LEXICAL.match(text, position)
    if match is None:  # cannot happen: the last alternative takes any character
        return Lexeme(LexemeKind.OPERATOR, text[position], position)
    raw, group = match[0], match.lastgroup
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
        return (
            Lexeme(LexemeKind.STRING, raw, position)
            if _is_closed(raw.lstrip("nN"), "'")
            else _lost(text, position)
        )
    if group == "quoted":
        closed = raw[-1] == "]" if raw[0] == "[" else _is_closed(raw, '"')
        return (
            Lexeme(LexemeKind.QUOTED, raw, position)
            if closed and len(raw) > 1
            else _lost(text, position)
        )
    if (
        fresh
        and group == "word"
        and raw.upper() == "GO"
        and GO_LINE.match(text, text.rfind("\n", 0, position) + 1)
    ):
        return Lexeme(LexemeKind.GO, raw, position)
    # a constant of money is a number too
    return Lexeme(_PARTS.get(group or "operator", LexemeKind.NUMBER), raw, position)


def _is_closed(raw: str, quote: str) -> bool:
    return len(raw) > 1 and raw[-1] == quote and raw.count(quote) % 2 == 0


def _lost(text: str, position: int) -> Lexeme:
    go = GO_LINE.search(text, position)
    return Lexeme(LexemeKind.LOST, text[position : go.start() if go else len(text)], position)
