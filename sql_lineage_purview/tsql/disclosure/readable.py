"""The strings that lineage needs to be readable: the whole list, each with what bounds it.

A string is readable where its place says what it is, and its text has the form of such a thing. All
others are blanked.
"""

from __future__ import annotations

from collections.abc import Callable

from ...model.regex import regex
from ...model.secret_words import looks_secret, without_login_and_query
from .code import Code
from .lexemes import Lexeme, LexemeKind

_LONGEST_NAME = 4 * 130
# One to four parts, each a word or in brackets: `dbo.Orders`, `tempdb..#t`, `[Fact].[Stock Item]`.
_NAME = regex(
    r"(?:(?:[^\W\d][\w@$#]*|[#@][\w@$#]*|\[[\w @$#.-]+\]|"
    r"\"[\w @$#.-]+\")?\.){0,3}(?:[#@]*[^\W\d][\w@$#]*|\[[\w @$#.-]+\])"
)
_ALIAS = regex(r"[\w #$%()/.&-]{1,128}")
_ADDRESS = regex(r"[^;=<>|'\"\n]*[/\\.][^;<>|'\"\n]*")
# sys.objects.type:
# https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-objects-transact-sql
_OBJECT_TYPES = frozenset(
    "AF C D EC ET F FN FS FT IF IT P PC PG PK R RF S SN SO SQ ST TA TF TR TT U UQ V X".split()
)
_RENAMED = frozenset({"COLUMN", "OBJECT", "INDEX", "DATABASE", "USERDATATYPE", "STATISTICS"})
_TYPE_COLUMNS = frozenset({"TYPE", "XTYPE"})


def readable(code: Code, index: int) -> str | None:
    """The text of a string as it is shown whatever the settings are.

    None where it is none of the list.
    """
    for rule in _RULES:
        shown = rule(code, index)
        if shown is not None:
            return shown
    return None


def _object_name(code: Code, index: int) -> str | None:
    """The name in `OBJECT_ID('dbo.Orders', …)`.

    Whether a table exists decides what is run, and which table is made.
    """
    if (
        code.word(index - 1) == "("
        and code.call_of(index) == ("OBJECT_ID", 0)
        and code.word(index + 1) in (",", ")")
    ):
        return _name(code.at(index).content)
    return None


def _object_type(code: Code, index: int) -> str | None:
    """The type in `OBJECT_ID(…, N'U')`, `type = 'U'` or `type IN (N'FN', N'IF')`.

    It is one of a closed list, so that no secret can be it.
    """
    content = code.at(index).content
    if content.upper() not in _OBJECT_TYPES:
        return None
    if code.call_of(index) == ("OBJECT_ID", 1):
        return content
    first = code.first_of_list(index)
    listed = code.word(first - 1) == "(" and code.word(first - 2) == "IN"
    column = code.at(first - 3 if listed else first - 2)
    compared = listed or code.word(first - 1) in ("=", "<>", "!=")
    return content if compared and column.content.upper() in _TYPE_COLUMNS else None


def _renamed(code: Code, index: int) -> str | None:
    """`sp_rename 'dbo.Old', 'New', 'OBJECT'`: data goes by another name from there on."""
    at = code.run_of(index).first
    procedure = next(
        (i for i in range(at, min(at + 9, index)) if code.at(i).content.casefold() == "sp_rename"),
        None,
    )
    if procedure is None or code.word(index + 1) == "+" or code.word(index - 1) == "+":
        return None
    content = code.at(index).content
    return content if content.upper() in _RENAMED else _name(content)


def _address(code: Code, index: int) -> str | None:
    """The path or URL of a source or target, without login and query.

    It stands in BULK, COPY INTO, BULK INSERT or LOCATION.
    """
    if "+" in (code.word(index - 1), code.word(index + 1)) or not _is_address(code, index):
        return None
    shown = without_login_and_query(code.at(index).content)
    return shown if _ADDRESS.fullmatch(shown) and len(shown) < 2_000 else None


def _is_address(code: Code, index: int) -> bool:
    first = code.first_of_list(index)
    if code.word(first - 1) == "=":
        return code.word(first - 2) == "LOCATION"
    first -= code.word(first - 1) == "("
    return code.word(first - 1) == "BULK" or (
        code.word(first - 1) == "FROM" and code.verb(index) in ("COPY", "BULK")
    )


def _column_name(code: Code, index: int) -> str | None:
    """The name of a column in `SELECT a AS 'Total'` or `SELECT 'Total' = a`.

    The lineage shows it too.
    """
    content = code.at(index).content
    if code.word(index - 1) == "AS":
        named = code.verb(index) not in ("EXEC", "EXECUTE") and code.word(index - 2) not in (
            "EXEC",
            "EXECUTE",
        )
    else:
        named = code.word(index - 1) in ("SELECT", "DISTINCT", ",") and code.word(index + 1) == "="
    return content if named and _ALIAS.fullmatch(content) and not looks_secret(content) else None


def _nothing(code: Code, index: int) -> str | None:
    """An empty string, and one of blanks."""
    content = code.at(index).content
    return content if content.isspace() or not content else None


def _name(content: str) -> str | None:
    return content if len(content) <= _LONGEST_NAME and _NAME.fullmatch(content) else None


_RULES: tuple[Callable[[Code, int], str | None], ...] = (
    _nothing,
    _object_name,
    _object_type,
    _renamed,
    _address,
    _column_name,
)


def as_written(lexeme: Lexeme, content: str) -> str:
    """A string of other content, in the quotes of a lexeme."""
    if lexeme.part is LexemeKind.QUOTED:
        close = lexeme.raw[-1]
        return lexeme.raw[0] + content.replace(close, close * 2) + close
    prefix = lexeme.raw[: lexeme.raw.index("'")]
    return f"{prefix}'{content.replace(chr(39), chr(39) * 2)}'"
