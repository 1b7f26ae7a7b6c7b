"""Values that are no strings by their form.

They are bare words that are arguments, names in double quotes, and words of a broken string.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile

from ...model.secret_words import has_secret_shape, names_secret
from .code import Code
from .lexemes import Lexeme, LexemeKind

_OPTIONS = frozenset(
    """
    PASSWORD OLD_PASSWORD PWD SECRET MEDIAPASSWORD TOKEN SAS_TOKEN KEY_SOURCE IDENTITY_VALUE
    RMTPASSWORD PROVIDER_KEY_NAME SHARED_ACCESS_SIGNATURE ACCESS_KEY ACCOUNT_KEY API_KEY
    CLIENT_SECRET PIN""".split()
)
_OPTION_VERBS = frozenset("CREATE ALTER OPEN CLOSE BACKUP RESTORE ADD COPY".split())
_NOT_ARGUMENTS = frozenset({"NULL", "DEFAULT", "OUTPUT", "OUT"})
_BEFORE_NAMES = frozenset(
    """
    FROM JOIN INTO UPDATE TABLE VIEW PROCEDURE PROC FUNCTION TRIGGER AS INDEX DATABASE SCHEMA USE
    EXEC EXECUTE REFERENCES COLUMN CONSTRAINT TYPE SYNONYM SEQUENCE DELETE MERGE USING APPLY .
""".split()
)
_WITH_COLUMNS = frozenset("FROM INTO UPDATE DELETE MERGE TABLE INDEX VIEW".split())
_NAMES = frozenset({LexemeKind.WORD, LexemeKind.QUOTED})
_LONGEST_BINARY = 2 + 2 * 8  # 0x and eight bytes: no key and no hash


def bare_values(code: Code) -> Iterator[int]:
    """The indices of lexemes that are not in single quotes, and are values all the same."""
    yield from _arguments(code)
    columns: set[int] | None = None
    before = ""  # the word or operator in front
    for index, lexeme in enumerate(code.lexemes):
        if lexeme.part in _NAMES:
            if lexeme.double and columns is None:
                columns = _runs_with_columns(code)
            if (lexeme.double and not _is_name(code, index, columns or set())) or (
                before == "=" and _is_option(code, index)
            ):
                yield index
        elif lexeme.part is LexemeKind.NUMBER and (
            _is_long_binary(lexeme) or _is_of_secret(code, index)
        ):
            yield index
        before = lexeme.upper


def _is_long_binary(lexeme: Lexeme) -> bool:
    return lexeme.raw[:2] in ("0x", "0X") and len(lexeme.raw) > _LONGEST_BINARY


def _is_of_secret(code: Code, index: int) -> bool:
    """`PASSWORD = 0x01`, `@pin int = 4711`: the number of what is called as secrets are."""
    if code.word(index - 1) not in ("=", "+=", "<>", "!="):
        return False
    before = takewhile(lambda at: code.word(at) != ",", range(index - 2, max(-1, index - 9), -1))
    return any(names_secret(code.at(at).content) for at in before if _may_name(code.at(at)))


def _may_name(lexeme: Lexeme) -> bool:
    return lexeme.part in (LexemeKind.WORD, LexemeKind.VARIABLE, LexemeKind.QUOTED)


def _is_option(code: Code, index: int) -> bool:
    """`WITH PASSWORD = hush`, behind the `=`: what should be a string, and lost its quotes."""
    if code.at(index - 2).content.upper() not in _OPTIONS:
        return False
    return (
        code.verb(index) in _OPTION_VERBS
        and not code.is_keyword(index)
        and code.word(index + 1) not in (".", "(")
    )


def touches_string(code: Code, index: int) -> bool:
    """Is it a word right beside a string, as in `'it's'`?

    Such a word is most often a part of the string, and a quote is too much or too few.
    """
    lexeme = code.at(index)
    if code.is_keyword(index) or lexeme.part is not LexemeKind.WORD:
        return False
    before, behind = code.at(index - 1), code.at(index + 1)
    behind_string = before.part is LexemeKind.STRING and before.end == lexeme.start
    return behind_string or (
        behind.part in (LexemeKind.STRING, LexemeKind.LOST) and behind.start == lexeme.end
    )


# --- arguments of procedures ----------------------------------------------------------------------


def _arguments(code: Code) -> Iterator[int]:
    """`EXEC sp_addlogin bob, hush`: a bare word is a string.

    The names that sp_rename takes stay readable.
    """
    for run in code.runs:
        at = run.first
        if code.word(at) in ("EXEC", "EXECUTE"):
            at += 1
        elif not _may_be_called(code, at):
            continue
        if code.at(at).part is LexemeKind.VARIABLE and code.word(at + 1) == "=":
            at += 2
        if code.word(at) == "(":
            yield from _values_of_string(code, at, run.end)
            continue
        procedure, at = _procedure(code, at)
        if procedure and procedure != "sp_rename":
            yield from _bare_arguments(code, at, run.end)


def _values_of_string(code: Code, at: int, end: int) -> Iterator[int]:
    """`EXEC ('…', value) AT server`."""
    depth = 0
    for index in range(at, end):
        depth += (code.word(index) == "(") - (code.word(index) == ")")
        if not depth:
            return
        if (
            code.word(index - 1) == ","
            and code.at(index).part in _NAMES
            and not code.is_keyword(index)
        ):
            yield index


def _may_be_called(code: Code, at: int) -> bool:
    """At the start of a batch EXEC may be left out."""
    first = (
        at == 0
        or code.at(at - 1).part in (LexemeKind.GO, LexemeKind.COMMAND)
        or code.at(at).part is LexemeKind.GO
    )
    return (
        first
        and code.at(at).part in (LexemeKind.WORD, LexemeKind.QUOTED, LexemeKind.GO)
        and not code.is_keyword(at)
    )


def _procedure(code: Code, at: int) -> tuple[str, int]:
    """The last part of the name at an index, and the index behind the name."""
    at += code.at(at).part is LexemeKind.GO
    name = ""
    while code.at(at).part in (
        LexemeKind.WORD,
        LexemeKind.QUOTED,
        LexemeKind.VARIABLE,
    ) and not code.is_keyword(at):
        name = code.at(at).content.casefold()
        at += 1
        while code.word(at) == ".":
            at += 1
        if code.word(at - 1) != ".":
            break
    return name, at


def _bare_arguments(code: Code, at: int, end: int) -> Iterator[int]:
    while at < end:
        if code.at(at).part is LexemeKind.VARIABLE and code.word(at + 1) == "=":
            at += 2
        at += 2 if code.word(at) == "{" else code.word(at) in ("-", "+")  # {ENCRYPT N'…'}
        if code.at(at).part in _NAMES and code.word(at) not in _NOT_ARGUMENTS:
            if code.is_keyword(at):
                return
            yield at
        at += 1
        while code.word(at) in ("OUTPUT", "OUT", "}"):
            at += 1
        if code.word(at) != ",":
            return
        at += 1


# --- double quotes --------------------------------------------------------------------------------


def _runs_with_columns(code: Code) -> set[int]:
    """The first indices of runs in which columns can be named.

    `SET @x = "a"` has a string, `SELECT "a" FROM t` a column.
    """
    return {
        run.first
        for run in code.runs
        if any(lexeme.upper in _WITH_COLUMNS for lexeme in code.lexemes[run.first : run.end])
    }


def _is_name(code: Code, index: int, columns: set[int]) -> bool:
    """Is what stands in double quotes the name of something, as far as its place tells?"""
    if code.quotes_are_strings(index):
        return False
    if code.word(index - 1) in _BEFORE_NAMES or code.word(index + 1) == ".":
        return True
    if has_secret_shape(code.at(index).content):
        return False
    run = code.run_of(index)
    if run.first not in columns or code.verb(index) in ("EXEC", "EXECUTE"):
        return False
    if code.word(index - 1) in ("=", "<>", "!=", "LIKE", "+", "+=") and code.is_about_secrets(
        index
    ):
        return False
    return not any(code.word(at) == "VALUES" for at in range(run.first, index))
