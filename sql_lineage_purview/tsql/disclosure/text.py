"""From the text of a script to the one that may be seen."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from ...model.names import RESERVED
from ...model.regex import regex
from ...model.secret_words import Literals, looks_secret, names_secret
from ..reading.lexer import GO_LINE, Kind, SourceText, Token
from .bare import bare_values, touches_string
from .code import Code
from .lexemes import Lexeme, LexemeKind, lexemes
from .readable import as_written, readable

HIDDEN = "***"
_SHORT = 100_000  # characters of a text of which the lexemes may be kept
_NEVER_AS_WRITTEN = frozenset({LexemeKind.COMMENT, LexemeKind.COMMAND, LexemeKind.TEMPLATE})
_QUOTES_OFF = "QUOTED_IDENTIFIER"


def disclosed(text: str, literals: Literals = Literals.HIDE) -> str:
    """A text of T-SQL as it may be seen, line for line."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        visible_text if visible_text is lexeme.raw else _on_its_lines(lexeme, visible_text)
        for lexeme, visible_text in _seen(text, literals)
    )


def strings_in_double_quotes(text: str) -> frozenset[int]:
    """Where those strings begin that stand in double quotes, behind SET QUOTED_IDENTIFIER OFF.

    All others are names.

    Source: https://learn.microsoft.com/sql/t-sql/statements/set-quoted-identifier-transact-sql
    """
    if _QUOTES_OFF not in text.upper():
        return frozenset()
    code = Code(list(lexemes(text)))
    return frozenset(
        lexeme.start
        for index, lexeme in enumerate(code.lexemes)
        if lexeme.double and code.quotes_are_strings(index)
    )


def shown(source: SourceText, token: Token) -> str:
    """A token of a source as a message shows it.

    A name may be as long as a file, and a value is not told.
    """
    if token.kind is Kind.STRING or is_concealed(source, token):
        return "a string"
    if source.executed and token.upper.lower() not in RESERVED and token.kind is not Kind.OPERATOR:
        return "a name"  # in the script it is a part of a string
    raw = source.text[token.start : token.end]
    # `$(name)` itself: its value comes from outside, and may be a secret.
    return repr((raw if "$(" in raw else token.value)[:60])


def is_concealed(source: SourceText, token: Token) -> bool:
    """Is a token of a source not to be seen, as all strings are but those that lineage needs?"""
    if source.concealed is None:
        source.concealed = frozenset(
            lexeme.start
            for lexeme, visible_text in _seen(source.text, Literals.HIDE)
            if visible_text != lexeme.raw and lexeme.raw.strip()
        )
    return token.start in source.concealed


def _seen(text: str, literals: Literals) -> Sequence[tuple[Lexeme, str]]:
    """Each lexeme, and what is seen of it."""
    return _seen_last(text, literals) if len(text) <= _SHORT else _looked_at(text, literals)


@lru_cache(maxsize=1)
def _seen_last(text: str, literals: Literals) -> Sequence[tuple[Lexeme, str]]:
    """The same; a finding may show a part of the text of which a message shows the whole."""
    return _looked_at(text, literals)


def _looked_at(text: str, literals: Literals) -> Sequence[tuple[Lexeme, str]]:
    pieces = list(lexemes(text))
    code = Code(pieces)
    changed = dict(_values(code, literals))
    for lexeme in _unsettled(code):
        changed[lexeme.start] = (
            lexeme.raw[0] + HIDDEN if lexeme.part in (LexemeKind.STRING, LexemeKind.LOST) else ""
        )
    for lexeme in pieces:
        if lexeme.part in _NEVER_AS_WRITTEN and lexeme.start not in changed:
            changed[lexeme.start] = _plain(lexeme)
    return [(lexeme, changed.get(lexeme.start, lexeme.raw)) for lexeme in pieces]


def _values(code: Code, literals: Literals) -> Iterator[tuple[int, str]]:
    """What is seen of values, by where they begin."""
    for index in bare_values(code):
        if literals is Literals.HIDE or code.is_about_secrets(index):
            lexeme = code.at(index)
            yield lexeme.start, f'"{HIDDEN}"' if lexeme.double else f"'{HIDDEN}'"
    for index, lexeme in enumerate(code.lexemes):
        if lexeme.part is LexemeKind.STRING:
            yield lexeme.start, _string(code, index, literals)


def _string(code: Code, index: int, literals: Literals) -> str:
    lexeme = code.at(index)
    content = readable(code, index)
    if content is None and literals is Literals.KEEP and not code.is_about_secrets(index):
        return lexeme.raw
    return (
        as_written(lexeme, HIDDEN if content is None else content)
        if content != lexeme.content
        else lexeme.raw
    )


def _unsettled(code: Code) -> Iterator[Lexeme]:
    """Lexemes that may be strings where read as code, and code where read as strings.

    So it is behind the first string of a batch in which a string is never closed, goes on behind a
    GO, or is touched by a word: a quote is missing somewhere, or stands where none should.
    """
    batch: list[Lexeme] = []
    broken = False
    # A GO behind all, which ends the last batch.
    for index, lexeme in enumerate((*code.lexemes, Lexeme(LexemeKind.GO, "", 0))):
        if lexeme.part is LexemeKind.GO:
            yield from batch if broken else ()
            batch, broken = [], False
        elif batch or lexeme.part in (LexemeKind.STRING, LexemeKind.LOST) or lexeme.double:
            if lexeme.part in (LexemeKind.STRING, LexemeKind.LOST):
                broken = broken or _breaks(code, index, is_first=not batch)
            batch.append(lexeme)


def _breaks(code: Code, index: int, *, is_first: bool) -> bool:
    """Is a string never closed, or touched by a word? Nothing before the first one counts."""
    raw = code.at(index).raw
    return (
        code.at(index).part is LexemeKind.LOST
        or ("\n" in raw and GO_LINE.search(raw) is not None)
        or touches_string(code, index + 1)
        or (not is_first and touches_string(code, index - 1))
    )


def _plain(lexeme: Lexeme) -> str:
    """What is seen of a lexeme whatever stands around it."""
    if lexeme.part is LexemeKind.COMMENT:
        return " " if lexeme.raw.startswith("/*") and "\n" not in lexeme.raw else ""
    if lexeme.part is LexemeKind.COMMAND:
        return _command(lexeme.raw)
    return _template(lexeme.raw) if lexeme.part is LexemeKind.TEMPLATE else lexeme.raw


def _command(raw: str) -> str:
    """A command of SQLCMD: its word, and what names a variable or file.

    No value and no argument.
    """
    match = _COMMAND.match(raw)
    if not match:
        return HIDDEN
    return f"{match['word']}{match['name'] or ''}{' ' + HIDDEN if match['rest'].strip() else ''}"


_COMMAND = regex(
    r"(?P<word>:(?:setvar|r|connect|on|out|error|\w+)|"
    r":?!!)(?P<name>(?<=setvar)\s+[\w-]+)?(?P<rest>.*)",
    re.DOTALL | re.IGNORECASE,
)
_PARAMETER = regex(r"<(?P<name>[^,]+),(?P<type>[^,]*),(?P<default>.*)>", re.DOTALL)
_IN_QUOTES = regex(r"'(?:[^'\\]|\\.|'')*'?|\"(?:[^\"\\]|\\.)*\"?")
_NAMED_TABLE = regex(r"\{\{\s*(?:ref|source)\s*\(")


def _template(raw: str) -> str:
    """What another program fills in: its names, no constants."""
    parameter = _PARAMETER.fullmatch(raw)
    if parameter:
        plain = re.fullmatch(r"\s*(?:\w+)?\s*", parameter["default"]) and not looks_secret(raw)
        return raw if plain else f"<{parameter['name']},{parameter['type']},{HIDDEN}>"
    if _NAMED_TABLE.match(raw) and not names_secret(raw):
        return raw
    return _IN_QUOTES.sub(f"'{HIDDEN}'", raw)


def _on_its_lines(lexeme: Lexeme, visible_text: str) -> str:
    """What is seen of a lexeme, on as many lines as it has."""
    return visible_text + "\n" * (lexeme.raw.count("\n") - visible_text.count("\n"))
