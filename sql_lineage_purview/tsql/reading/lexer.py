"""Text to tokens, by the lexical rules of T-SQL.

Any text gives tokens: what is wrong is told, never raised.

Source:
https://learn.microsoft.com/sql/t-sql/language-elements/transact-sql-syntax-conventions-transact-sql,
https://learn.microsoft.com/sql/relational-databases/databases/database-identifiers,
https://learn.microsoft.com/sql/t-sql/language-elements/slash-star-comment-transact-sql (comments
nest),
https://learn.microsoft.com/sql/t-sql/language-elements/sql-server-utilities-statements-backslash
(line continuation).
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from enum import IntEnum
from itertools import takewhile
from sys import intern
from typing import Final

from msgspec import Struct

from ...model.diagnostics import Diagnostic, Span
from ...model.limits import EXPANDED_CHARACTERS, LISTED_ROWS, VARIABLE_CHARACTERS, VARIABLES
from ...model.names import RESERVED
from ...model.regex import regex
from .repeated_inserts import CONSTANT_ROW, RepeatedInserts
from .splices import Splice
from .undefined_variables import VariablesWithoutValue


class Kind(IntEnum):
    """What a token is."""

    WORD = 1  # a keyword or a regular identifier
    QUOTED = 2  # an identifier in brackets or double quotes
    STRING = 3
    NUMBER = 4
    VARIABLE = 5
    OPERATOR = 6


class _Spellings(dict[str, tuple[str, str]]):
    """A word, and the word in capitals.

    The same few words stand all over a script, so each is held once, and folded once.
    """

    def __missing__(self, word: str) -> tuple[str, str]:
        if len(self) >= _MAX_SPELLINGS:
            self.clear()
        self[word] = spellings = (intern(word), intern(word.upper()))
        return spellings


_MAX_SPELLINGS = 10_000
_SPELLINGS = _Spellings()


class Token(Struct, eq=False, gc=False):
    """One token.

    `value` is a name without brackets or a string without quotes; `upper` is "" for all but words
    and operators; `name`: can it be a part of a name?
    """

    kind: Kind
    value: str
    start: int
    end: int
    upper: str = ""
    name: bool = False

    def __repr__(self) -> str:
        return f"{self.kind.name}:{self.value}"


# each read of an enumeration's member is a call: a scan makes millions of tokens
_WORD, _QUOTED, _OPERATOR = Kind.WORD, Kind.QUOTED, Kind.OPERATOR


def new_token(kind: Kind, value: str, start: int, end: int) -> Token:
    """A token of a kind, made from what it says.

    Args:
        kind: what it is.
        value: the word, the operator, the name without brackets or the string without quotes.
        start: where it begins in the text.
        end: where it ends.
    """
    if kind is _WORD or kind is _OPERATOR:
        value, upper = _SPELLINGS[value]
        return Token(kind, value, start, end, upper, kind is _WORD)
    return Token(kind, value, start, end, "", kind is _QUOTED)


# The types that the parameters of a template have:
# https://learn.microsoft.com/sql/ssms/template/template-explorer
_PARAMETER_TYPE = (
    r"(?:sysname|string|name|bool|on ?off|database-user|(?:big|small|tiny)?int(?:eger)?|bit|float|"
    r"real|decimal|numeric|money|n?(?:var)?char|n?text|(?:var)?binary|sql_variant|xml|date|time|"
    r"datetime2?|uniqueidentifier)(?:\([\w, ]+\))?"
)
_PARAMETER = regex(
    rf"<(?P<name>[^,]+),[ ]*(?P<type>{_PARAMETER_TYPE})?[ ]*,(?P<default>.*)>",
    re.IGNORECASE,
)
# What a word begins with, and what it goes on with: Microsoft's parser takes every character behind
# ASCII that is no white space for a letter, so the classes say what does not belong.
_LETTER = r"[^\x00-\x22$-@\[-^`{-\x7f\s\u200b\ufeff]"
_PART = r"[^\x00-\x22$-/:-?\[-^`{-\x7f\s\u200b\ufeff]"
_WITHOUT_SIGN = _PART.replace(r"\x22", r"\x23")  # the number sign may begin a template, `t_#{x}`
# Before digits these make a constant, and nothing else of it is a sign of thousands: `$1,000` are
# two.
# https://learn.microsoft.com/sql/t-sql/data-types/money-and-smallmoney-transact-sql
_CURRENCY = "$¢£¤¥\u09f2\u09f3\u0e3f\u17db\u20a0-\u20b1\ufdfc\ufe69\uff04\uffe0\uffe1\uffe5\uffe6"
LEXICAL = regex(
    r"""
      (?P<skip>[\s\x01-\x20\u200b\ufeff]+|--[^\n]*)
    | (?P<comment>/\* | \{%(?:(?!%\}).){0,4000}%\} | \{\#(?:(?!\#\}).){0,4000}\#\}
      | <%(?!=)(?:(?!%>).){0,4000}%>)
    | (?P<string>[nN]?'(?:[^']++|'')*+(?:'|\Z))
    | (?P<quoted>\[(?:[^\]]++|\]\])*+(?:\]|\Z)|"(?:[^"]++|"")*+(?:"|\Z))
    | (?P<template>
        \{\{(?:(?!\}\}).){0,4000}\}\} | [$\#]\{[^{}\n]*\} | <%=(?:(?!%>).){0,4000}%>
      | <[^<>\n,;'()]+,[ ]*(?i:{types})?[ ]*,[^<>\n]*>)
    | (?P<variable>@(?:{part}++|\$\([\w-]+\)|\$)*+)
    | (?P<money>[{currency}][ ]*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d*)?)
    | (?P<word>(?:\$\([\w-]+\)|{letter}|\$(?=[^\W\d]))(?:{unsigned}++
      | \#(?!\{)|\$\([\w-]+\)|\$(?!\{))*+)
    | (?P<number>0[xX](?:[0-9a-fA-F]++|\\\n)*+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d*)?)
    | (?P<operator><>|!=|!<|!>|>=|<=|\|\|=|\+=|-=|\*=|/=|%=|&=|\|=|\^=|::|\|\||<<|>>|.)
    """.replace("{types}", _PARAMETER_TYPE)
    .replace("{currency}", _CURRENCY)
    .replace("{letter}", _LETTER)
    .replace("{part}", _PART)
    .replace("{unsigned}", _WITHOUT_SIGN),
    re.VERBOSE | re.DOTALL,
)
# A hot path: white space, and a token of the most common kinds. It takes no more and no less of a
# text than `LEXICAL` does, which a test holds, in a fraction of the time.
_PLAIN = regex(
    r"""
    ([ \t\r\n]*+)(?:
      (?P<plain>(?!(?i:GO|VALUES)\b)[A-Za-z_][A-Za-z0-9_]*+)(?=[\s(),;.=\]])
    | (?P<sign>[(),;=])
    | (?P<dot>\.)(?=[A-Za-z_\[])
    | \[(?P<bracketed>[^\]$]*+)\](?!\])
    | [nN]?'(?P<constant>[^'$\\]*+)'(?!')
    | (?P<local>@[A-Za-z_][A-Za-z0-9_]*+)(?=[\s(),;.=\]])
    | (?P<digits>[0-9]++)(?=[\s(),;=\]])
    )
    """,
    re.VERBOSE,
)
# Its groups by their numbers, which are found faster than their names; those of literals come last,
# each with its kind, and is it a name?
_PLAIN_WORD, _PLAIN_SIGN = _PLAIN.groupindex["plain"], _PLAIN.groupindex["sign"]
_FIRST_LITERAL = _PLAIN.groupindex["bracketed"]
_LITERALS = ((_QUOTED, True), (Kind.STRING, False), (Kind.VARIABLE, False), (Kind.NUMBER, False))
_COMMENT_MARK = regex(r"/\*|\*/")
GO_LINE = regex(r"(?im)^[ \t]*GO[ \t]*(?:\d+[ \t]*)?;?[ \t]*(?:--.*)?$")
# What a quotation mark may stand in; comments that nest are passed over up to their first end.
_STRING_OR_NAME = regex(
    r"--[^\n]*+|/\*(?s:.*?)\*/|(?P<string>[nN]?'(?:[^']++|'')*+')|\[(?:[^\]]++|\]\])*+\]"
)
_WORD_SIGN = regex(r"\w")
_BEHIND_GO = regex(r"(?:[^\S\n]|[\d;]|/\*[^\n]*?\*/)*+(?=\n|\Z|--|/\*)")
# A hot path: a row in one line in which nothing but these characters tells what is a token, so no
# comment, template, variable of SQLCMD or operator of two characters. And its constants.
_SIMPLE_STRING = r"(?<![A-Za-z0-9_@])[nN]?'(?:[^'$\\]++|'')*+'"
_SIMPLE_PART = rf"(?:{_SIMPLE_STRING}|\[[A-Za-z0-9_ ]*+\]|[A-Za-z0-9_@., \t+*]|-(?!-))"
_SIMPLE_CALL = rf"\((?:{_SIMPLE_PART}|\({_SIMPLE_PART}*+\))*+\)"
_SIMPLE_ROW = regex(rf"\s*+(\((?:{_SIMPLE_PART}|{_SIMPLE_CALL})*+\))\s*+,")
_STRING_IN_ROW = regex(_SIMPLE_STRING)
_NUMBER_IN_ROW = regex(r"(?<![\w.@])(?:0[xX][0-9A-Fa-f]*+|[0-9]++(?:\.[0-9]*+)?+)(?=[ \t]*+[,)])")
# the server gives up long before; some megabytes of them would take minutes
_TOO_DEEP = "(" * 10_000
_WINDOW = 1 << 18  # characters that are lexed at a time
_SQLCMD = regex(r"\$\(([\w-]+)\)")


class Variables:
    """The values of SQLCMD variables, as far as a script has been read.

    A later :setvar changes what stands behind it.

    Source: https://learn.microsoft.com/sql/tools/sqlcmd/sqlcmd-use-scripting-variables
    """

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        self._settings: dict[str, list[tuple[int, str | None]]] = {
            name.lower(): [(-1, value)] for name, value in (values or {}).items()
        }
        self._added = 0  # characters, by values that were filled in
        # the first offset at which more was to be filled in than may be
        self.overrun: int | None = None

    def set(self, name: str, value: str | None, offset: int) -> None:
        """From an offset on, a variable has another value; None: none."""
        if name.lower() not in self._settings and len(self._settings) >= VARIABLES:
            self._overrun(offset)
            return
        self._settings.setdefault(name.lower(), []).append((offset, value))

    def value(self, name: str, offset: int) -> str | None:
        """The value of a variable at an offset."""
        settings = self._settings.get(name.lower(), [])
        position = bisect_right(settings, offset, key=lambda setting: setting[0])
        return settings[position - 1][1] if position else None

    def filled(
        self, raw: str, offset: int, missing: Callable[[str], None] = lambda name: None
    ) -> str:
        """A text with its `$(name)` replaced.

        One without a value stays, and is told to `missing`.
        """

        def value(match: re.Match[str]) -> str:
            replacement = self.value(match[1], offset)
            if replacement is None:
                missing(match[1])
                return match[0]
            return replacement

        added = sum(len(self.value(match[1], offset) or "") for match in _SQLCMD.finditer(raw))
        if added > VARIABLE_CHARACTERS or self._added + added > EXPANDED_CHARACTERS:
            self._overrun(offset)
            return raw
        self._added += added
        return _SQLCMD.sub(value, raw)

    def _overrun(self, offset: int) -> None:
        self.overrun = offset if self.overrun is None else self.overrun


def comment_end(text: str, start: int) -> int | None:
    """Where the comment that begins at an offset ends; comments nest. None where it never does."""
    depth, position = 0, start
    if text.rfind("*/") < start:
        return None
    while match := _COMMENT_MARK.search(text, position):
        depth += 1 if match.group() == "/*" else -1
        position = match.end()
        if not depth:
            return position
    return None


class SourceText:
    """A text, the way to its tokens (without comments), and from offsets to lines and columns.

    `diagnostics`, `unclosed` (where what is never closed begins), `leading` (the ends of the tokens
    that a dot stood behind and was passed over), `template` (where the first one stands that
    another program fills in) and `without_value` (SQLCMD variables) fill as the text is read.
    """

    def __init__(
        self,
        text: str,
        variables: Variables | None = None,
        splices: list[Splice] | None = None,
        *,
        strings: frozenset[int] = frozenset(),
        executed: bool = False,
        repeats: RepeatedInserts | None = None,
    ) -> None:
        """A text that has not been read yet.

        Args:
            text: the script or string.
            variables: the SQLCMD variables, as far as they have values at each place.
            splices: where the values of variables around stand in an executed string.
            strings: where those strings begin that stand in double quotes.
            executed: is it a string that a statement executes?
            repeats: notes the INSERTs of it that are passed over; None where none may be.
        """
        self.text: Final = text
        self.splices = splices or []
        self.strings = strings
        self.executed = executed
        self.repeats: Final = repeats
        self.variables: Final = variables or Variables()
        self.without_value = VariablesWithoutValue()
        self.diagnostics: list[Diagnostic] = []
        self.unclosed: list[int] = []
        self.leading: set[int] = set()
        self.template: tuple[int, int] | None = None
        self.misread = 0  # where the statement ends that was reported last
        self.concealed: frozenset[int] | None = None  # see `disclosure`, which fills it
        self._template_end = -1
        self._passed: list[tuple[int, int]] = []  # rows that say nothing new, see `_distinct_rows`
        self._too_deep = _TOO_DEEP in text
        self._lines = array("I", (match.end() for match in re.finditer("\n", text)))

    def batches(self) -> Iterator[Batch]:
        """The batches that hold tokens, each to be read before the next is asked for.

        Source:
        https://learn.microsoft.com/sql/t-sql/language-elements/sql-server-utilities-statements-go
        """
        position = 0
        while position < len(self.text):
            batch = Batch(self, position)
            if batch.tokens:
                yield batch
            batch.finish()
            position = batch.position

    def span(self, start: int, end: int) -> Span:
        """The place of text[start:end]."""
        first, last = (
            bisect_right(self._lines, start),
            bisect_right(self._lines, max(start, end - 1)),
        )
        line = first + 1
        return Span(
            line,
            start - (self._lines[first - 1] if first else 0) + 1,
            line if last == first else last + 1,
            max(start, end) - (self._lines[last - 1] if last else 0) + 1,
        )

    def spliced(self, token: Token) -> list[Splice]:
        """The values of variables around that stand in a token of an executed string."""
        return (
            [splice for splice in self.splices if token.start <= splice.start < token.end]
            if self.splices
            else []
        )

    def is_value(self, token: Token) -> Splice | None:
        """The value that a token is as a whole."""
        spliced = self.spliced(token)
        covers_token = (
            len(spliced) == 1 and self.text[spliced[0].start : spliced[0].end] == token.value
        )
        return spliced[0] if covers_token else None

    def line(self, offset: int) -> int:
        """The line of an offset, from 1."""
        return bisect_right(self._lines, offset) + 1

    def lex(self, tokens: list[Token], position: int, stop: int) -> tuple[int, bool]:
        """Add tokens to those of the batch so far, up to an offset or a GO that cuts.

        It returns where it came to, and if that was a GO.
        """
        # asked once of the text as a whole: it may have thousands of batches
        while self._too_deep and (deep := self.text.find(_TOO_DEEP, position, stop)) >= 0:
            position, cut = self._lex(tokens, position, deep)
            if cut:
                return position, True
            if position == deep:  # in no string or comment
                position = self._given_up(
                    "SLP105", f"given up: {len(_TOO_DEEP)} parentheses or more in one another", deep
                )
        return self._lex(tokens, position, stop)

    def _lex(self, tokens: list[Token], position: int, stop: int) -> tuple[int, bool]:
        text = self.text
        plain_at, lexeme_at, spellings = _PLAIN.match, LEXICAL.match, _SPELLINGS
        while position < stop:
            match = plain_at(text, position)
            start = match.end(1) if match else position
            if start >= stop:
                return start, False
            if match is None:
                match = lexeme_at(text, position)
                if match is None:  # cannot happen: the last alternative takes any character
                    break
                position = match.end()
                if match.lastgroup != "skip":
                    position, cut = self._lexeme(tokens, match, start)
                    if cut:
                        return position, True
                continue
            which, position = match.lastindex or 0, match.end()
            if which == _PLAIN_WORD and start != self._template_end:
                value, upper = spellings[match[which]]
                tokens.append(Token(_WORD, value, start, position, upper, name=True))
            elif which == _PLAIN_SIGN:
                value, upper = spellings[match[which]]
                tokens.append(Token(_OPERATOR, value, start, position, upper))
            elif which >= _FIRST_LITERAL:
                kind, is_name = _LITERALS[which - _FIRST_LITERAL]
                tokens.append(Token(kind, match[which], start, position, "", is_name))
            else:
                position, cut = self._lexeme(tokens, match, start)
                if cut:
                    return position, True
        return position, False

    def _lexeme(self, tokens: list[Token], match: re.Match[str], start: int) -> tuple[int, bool]:
        """Add a token that its characters alone do not tell, and answer as `lex` does."""
        group, position = match.lastgroup, match.end()
        value = self.text[start:position]
        if group == "comment":
            position = self._behind_comment(start, position)
        elif group in ("word", "plain"):
            return self._word(tokens, value, start, position)
        elif group in ("operator", "dot"):
            # `FROM ..t` is `FROM t`: the dots before the first part say nothing
            if value != "." or not _leads(tokens, start):
                tokens.append(new_token(Kind.OPERATOR, value, start, position))
            else:
                self.leading.add(tokens[-1].end)
        elif group == "string":
            position = self._string(tokens, value, start, position)
        elif group == "quoted":
            position = self._quoted(tokens, value, start, position)
        elif group == "variable":
            tokens.append(new_token(Kind.VARIABLE, self._filled(value, start), start, position))
        elif group == "template":
            self._template(tokens, value, start, position)
        else:
            tokens.append(new_token(Kind.NUMBER, value, start, position))
        return position, False

    def _word(self, tokens: list[Token], value: str, start: int, position: int) -> tuple[int, bool]:
        if len(value) == 2 and value.upper() == "GO" and (end := self._behind_go(tokens, start)):
            return end, True
        self._add_word(tokens, value, start, position)
        # in an executed string a constant may be a variable's value, so there all rows count
        if len(value) == 6 and value.upper() == "VALUES" and not self.splices:
            position = self._behind_values(tokens, position)
        return position, False

    def _behind_go(self, tokens: list[Token], start: int) -> int | None:
        """The offset behind a GO that cuts.

        Such a GO stands first on its line, with nothing but a count behind it.
        """
        # `SELECT a AS go` is a name: only at the beginning of a line does GO cut
        if tokens and "\n" not in self.text[tokens[-1].end - 1 : start]:
            return None
        match = _BEHIND_GO.match(self.text, start + 2)
        return match.end() if match else None

    def _behind_values(self, tokens: list[Token], position: int) -> int:
        """Lex what of the rows behind VALUES says anything, and answer where to go on."""
        if _is_listed(tokens):
            return self._last_rows(position, LISTED_ROWS + 1)
        row = self._last_rows(position, 1)
        if len(tokens) < 2 or tokens[-2].upper == "(":
            return row
        row = self._distinct_rows(tokens, row)
        passed = self.repeats and self.repeats.pass_over(tokens, position, row)
        if not passed:
            return row
        end, position = passed
        self._lex(tokens, row, end)
        return position

    def _distinct_rows(self, tokens: list[Token], position: int) -> int:
        """Lex the rows of an INSERT, but for those that repeat one before with other constants.

        Nothing follows from these. The last row is left to the caller: the statement ends with it.
        """
        shapes: set[str] = set()
        while row := _SIMPLE_ROW.match(self.text, position):
            shape = _NUMBER_IN_ROW.sub("0", _STRING_IN_ROW.sub("'", row[1]))
            if shape in shapes:
                self._passed.append((position, row.end()))
            else:
                shapes.add(shape)
                self._lex(tokens, position, row.end())
            position = row.end()
        return position

    def tokens_within(self, start: int, end: int) -> list[Token]:
        """The tokens of a statement that was passed over."""
        tokens: list[Token] = []
        self._lex(tokens, start, end)
        return tokens

    def with_all_rows(self, tokens: list[Token]) -> list[Token]:
        """The tokens of a statement, and of those of its rows that were passed over."""
        start, end = (tokens[0].start, tokens[-1].end) if tokens else (0, 0)
        inside = self._passed[bisect_right(self._passed, (start,)) :]
        rows: list[Token] = []
        for first, last in takewhile(lambda passed: passed[0] < end, inside):
            self._lex(rows, first, last)
        return sorted([*tokens, *rows], key=lambda token: token.start) if rows else tokens

    def _last_rows(self, position: int, number: int) -> int:
        """Pass over the rows of constants behind VALUES but the last.

        A megabyte of them says no more than one.
        """
        starts = deque([position], number)
        while row := CONSTANT_ROW.match(self.text, starts[-1]):
            starts.append(row.end())
        return starts[0]

    def _template(self, tokens: list[Token], raw: str, start: int, end: int) -> None:
        """`{{x}}`, `${x}`, `#{x}`, `<%= x %>`: a name, or a part of one.

        Of `<name, type, default>` SQL stands for itself, all else is a name too.
        """
        parameter = _PARAMETER.fullmatch(raw)
        if parameter and _stands_for_itself(parameter):
            tokens += _inside(parameter["default"], start, end)
        elif parameter and parameter["name"].startswith("@"):
            tokens.append(new_token(Kind.VARIABLE, parameter["name"].strip(), start, end))
        else:
            if not parameter and not raw.startswith(("${@", "${…")):
                self.template = self.template or (start, end)
            self._glue(tokens, raw, start, end)

    def _glue(self, tokens: list[Token], raw: str, start: int, end: int) -> None:
        """Add a part of a name that a template makes: `pre_{{x}}_post` is one."""
        before = tokens[-1] if tokens else None
        if (
            before
            and before.end == start
            and (before.kind is Kind.WORD or start == self._template_end)
        ):
            tokens.pop()
            raw, start = before.value + raw, before.start
        tokens.append(new_token(Kind.QUOTED, raw, start, end))
        self._template_end = end

    def _add_word(self, tokens: list[Token], raw: str, start: int, end: int) -> None:
        if start == self._template_end:
            self._glue(tokens, raw, start, end)
            return
        if "$(" not in raw:
            tokens.append(new_token(Kind.WORD, raw, start, end))
            return
        filled = self._filled(raw, start)
        if "$(" in filled or re.fullmatch(r"[\w@#$]+", filled):
            kind = (
                Kind.NUMBER
                if filled.isdigit()
                else Kind.WORD
                if "$(" not in filled
                else Kind.QUOTED
            )
            tokens.append(new_token(kind, filled, start, end))
            return
        # a value may hold several tokens: $(Schema) = [a b].c
        tokens += _inside(filled, start, end)

    def _string(self, tokens: list[Token], raw: str, start: int, end: int) -> int:
        body = raw.lstrip("nN")
        # '' within a string is one quotation mark, so an odd number of them has no end
        if len(body) < 2 or not body.endswith("'") or body.count("'") % 2:
            return self._unclosed("string", start, _inverted(self.text, start))
        # a line goes on behind \: line continuation
        value = body[1:-1].replace("''", "'").replace("\\\n", "")
        tokens.append(
            new_token(Kind.STRING, self._filled(value, start, in_string=True), start, end)
        )
        return end

    def _quoted(self, tokens: list[Token], raw: str, start: int, end: int) -> int:
        close = "]" if raw[0] == "[" else '"'
        if len(raw) < 2 or raw[-1] != close:
            return self._unclosed("bracket" if close == "]" else "quotation mark", start)
        # under SET QUOTED_IDENTIFIER OFF "a" is a string
        kind = Kind.STRING if start in self.strings else Kind.QUOTED
        tokens.append(
            new_token(kind, self._filled(raw[1:-1].replace(close * 2, close), start), start, end)
        )
        return end

    def _behind_comment(self, start: int, end: int) -> int:
        """Where a comment ends, or a block of a template that only steers.

        Such blocks are `{% if x %}`, `<% end %>` and `{# why #}`.
        """
        if self.text[start] == "/":
            return self._comment_end(start)
        self.template = self.template or (start, end)
        return end

    def _comment_end(self, start: int) -> int:
        end = comment_end(self.text, start)
        return self._unclosed("comment", start) if end is None else end

    def _unclosed(self, what: str, start: int, shown: int | None = None) -> int:
        """Report what is never closed, and go on behind the next GO: only this batch is lost.

        Args:
            what: what it is called.
            start: where it begins.
            shown: where it is reported, if that is another place.
        """
        return self._given_up(
            "SLP102", f"the {what} that begins here is never closed", start, shown
        )

    def _given_up(self, code: str, message: str, start: int, shown: int | None = None) -> int:
        place = start if shown is None else shown
        self.unclosed.append(start)
        self.diagnostics.append(Diagnostic(code, message, self.span(place, place + 1)))
        # the tool that sends a script cuts at GO lines and knows no quotation marks
        go = GO_LINE.search(self.text, start)
        return go.start() if go else len(self.text)

    def _filled(self, raw: str, start: int, *, in_string: bool = False) -> str:
        if "$(" not in raw:
            return raw

        def undefined(name: str) -> None:
            self.without_value.note(name, self.span(start, start + len(raw)), in_string=in_string)

        return self.variables.filled(raw, start, undefined)


def _inverted(text: str, start: int) -> int:
    """Where the string begins that lacks its end, `start` being the one that has none left.

    A string that goes on over lines and ends right before a word has the beginning of the next one
    as its end, and all behind it in this batch are turned inside out:

        SET @a = 'abc;
        SET @b = 'x';
    """
    batch = 0
    for go in GO_LINE.finditer(text, 0, start):
        batch = go.end()
    for match in _STRING_OR_NAME.finditer(text, batch, start):
        inverts = (
            match["string"] and "\n" in match["string"] and _WORD_SIGN.match(text, match.end())
        )
        if inverts:
            return match.start("string")
    return start


def _is_listed(tokens: list[Token]) -> bool:
    """Does a list end with `FROM (VALUES`, whose rows strings may be put together from?"""
    return [token.upper for token in tokens[-3:-1]] == ["FROM", "("]


def _leads(tokens: list[Token], dot: int) -> bool:
    """Does a dot stand before a name whose first parts are left out (`FROM ..t`)?

    It says nothing that the name does not.
    """
    if not tokens:
        return False
    before = tokens[-1]
    if before.kind is Kind.WORD:
        part = before.end == dot or (len(tokens) > 1 and tokens[-2].upper == ".")
        return not part and before.value.lower() in RESERVED
    return before.kind is Kind.OPERATOR and before.upper not in (")", "]", "}", ".", "?")


def _stands_for_itself(parameter: re.Match[str]) -> bool:
    """Is a template parameter's default SQL text or a constant, rather than a name?"""
    default = parameter["default"].strip()
    return (not parameter["type"] and " " in default) or default[:1].isdigit() or default[:1] == "'"


class Batch:
    """What stands between two GO lines, lexed as it is asked for.

    `tokens`: those not dropped yet; `ended`: no more follow.
    """

    __slots__ = ("_source", "_window", "ended", "position", "tokens")

    def __init__(self, source: SourceText, position: int) -> None:
        self._source = source
        self._window = _WINDOW
        self.tokens: list[Token] = []
        self.position = position
        self.ended = False
        self.extend()

    def extend(self) -> None:
        """Lex some more.

        What is asked again and again without dropping any is given in ever larger pieces.
        """
        stop = min(self.position + self._window, len(self._source.text))
        self.position, cut = self._source.lex(self.tokens, self.position, stop)
        self.ended = cut or self.position >= len(self._source.text)
        # ever larger, so that what is cut anew with each piece stays in proportion
        self._window *= 2

    def drop(self, count: int) -> None:
        """Forget the first tokens."""
        if count:
            del self.tokens[:count]
            self._window = _WINDOW

    def whole(self) -> list[Token]:
        """All tokens, those dropped left out."""
        while not self.ended:
            self.extend()
        return self.tokens

    def finish(self) -> None:
        """Pass over what is left."""
        while not self.ended:
            self.drop(len(self.tokens))
            self.extend()


def tokens_of(text: str) -> list[Token]:
    """All tokens of a text but its GO lines."""
    return [token for batch in SourceText(text).batches() for token in batch.whole()]


def _inside(text: str, start: int, end: int) -> list[Token]:
    """The tokens of a text that stands for what is written from `start` to `end`."""
    return [new_token(each.kind, each.value, start, end) for each in tokens_of(text)]
