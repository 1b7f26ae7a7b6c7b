"""Small questions about tokens: the name here, pieces between commas, the next of some words."""

from __future__ import annotations

from ...model.names import Name
from .keywords import ASSIGNMENT_OPERATORS
from .lexer import Kind, Token

_BEFORE_SELECT_LIST = frozenset({"ALL", "DISTINCT", "TOP", "PERCENT", "WITH", "TIES"})


def word_at(tokens: list[Token], index: int) -> str:
    """The keyword or operator at an index, "" where none stands."""
    return tokens[index].upper if 0 <= index < len(tokens) else ""


def words_of(tokens: list[Token]) -> tuple[str, str]:
    """The first two words or operators of a statement, "" where none stands."""
    if len(tokens) > 1:
        return tokens[0].upper, tokens[1].upper
    return word_at(tokens, 0), ""


def skip_group(tokens: list[Token], index: int) -> int:
    """The index behind the parenthesis that closes the one at `index`; the end where none does."""
    depth = 0
    for i in range(index, len(tokens)):
        word = tokens[i].upper
        depth += (word == "(") - (word == ")")
        if not depth:
            return i + 1
    return len(tokens)


def without_parentheses(tokens: list[Token]) -> list[Token]:
    """Tokens without the parentheses around all of them: `((a))`."""
    while tokens and tokens[0].upper == "(" and skip_group(tokens, 0) == len(tokens):
        tokens = tokens[1:-1]
    return tokens


def closings(tokens: list[Token]) -> dict[int, int]:
    """For each opening parenthesis that is closed: the index of its closing one."""
    pairs: dict[int, int] = {}
    open_: list[int] = []
    for i, token in enumerate(tokens):
        if token.upper == "(":
            open_.append(i)
        elif token.upper == ")" and open_:
            pairs[open_.pop()] = i
    return pairs


def declared_at(tokens: list[Token], index: int) -> bool:
    """Whether a parameter gets its name here; one behind `=` is a default, such as @@SERVERNAME."""
    return tokens[index].kind is Kind.VARIABLE and tokens[index - 1].upper != "="


def name_at(tokens: list[Token], index: int) -> tuple[Name | None, int]:
    """The dotted name that begins at `index` (None where none does), and the index behind it.

    Parts may be left out: `a..b`.
    """
    parts: list[str] = []
    i = index
    while i < len(tokens):
        token = tokens[i]
        # `@t.a`: a table variable begins a name, and stands nowhere else in one
        if token.name or (token.kind is Kind.VARIABLE and not parts):
            parts.append(token.value)
            i += 1
        # Db..t: the schema is left out, and is the user's default one
        elif token.upper == "." and parts:
            parts.append("")
        else:
            break
        if i >= len(tokens) or tokens[i].upper != ".":
            break
        i += 1
    if not parts or not parts[-1]:
        return None, index
    return unqualified(Name(tuple(parts))), i


def unqualified(name: Name) -> Name:
    """`tempdb..#t`, `dbo.#t`: a temporary table is the session's, whatever stands before it."""
    return Name(name.parts[-1:]) if name.object.startswith("#") and name.temporary else name


def numbered_at(tokens: list[Token], index: int) -> tuple[Name | None, int]:
    """The name of a procedure, which may be one of several under a name: `p;2`.

    The first of them goes without its number.

    Source: https://learn.microsoft.com/sql/t-sql/statements/create-procedure-transact-sql
    """
    name, end = name_at(tokens, index)
    if (
        name is None
        or end + 1 >= len(tokens)
        or tokens[end].upper != ";"
        or tokens[end + 1].kind is not Kind.NUMBER
    ):
        return name, end
    number = tokens[end + 1].value
    return (name if number == "1" else Name((*name.parts[:-1], f"{name.object};{number}"))), end + 2


def select_list_at(tokens: list[Token], index: int = 1) -> int:
    """Where a select list begins.

    It begins behind `ALL`, `DISTINCT` and `TOP (n) PERCENT WITH TIES`, which stand from
    `index` on.
    """
    while index < len(tokens) and tokens[index].upper in _BEFORE_SELECT_LIST:
        index = skip_group(tokens, index + 1) if tokens[index].upper == "TOP" else index + 1
    return index


def assigns_variable(tokens: list[Token], index: int = 0) -> bool:
    """Does `@v = x` or `@v += x` stand at an index?

    `SELECT @v, c` and `SELECT @v + 1` assign nothing.
    """
    if index + 1 >= len(tokens) or tokens[index].kind is not Kind.VARIABLE:
        return False
    return tokens[index + 1].upper in ASSIGNMENT_OPERATORS


def split(tokens: list[Token], separator: str = ",") -> list[list[Token]]:
    """The tokens cut at a separator outside parentheses and CASE; no tokens give no pieces."""
    pieces: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        word = token.upper
        if word == separator and not depth:
            pieces.append([])
            continue
        depth += (word in ("(", "CASE")) - (word == ")" or (word == "END" and depth > 0))
        pieces[-1].append(token)
    return pieces if pieces != [[]] else []


def compares(tokens: list[Token], index: int) -> bool:
    """Is the FROM at an index that of a condition, `a IS [NOT] DISTINCT FROM b`?

    Source: https://learn.microsoft.com/sql/t-sql/queries/is-distinct-from-transact-sql
    """
    return (
        index > 1
        and tokens[index - 1].upper == "DISTINCT"
        and tokens[index - 2].upper in ("IS", "NOT")
    )


def find(tokens: list[Token], words: frozenset[str] | set[str], start: int = 0) -> int:
    """The index of the first of these words outside parentheses and CASE, from `start` on.

    The length where there is none.
    """
    depth = 0
    for i in range(start, len(tokens)):
        word = tokens[i].upper
        if not depth and word in words and not (word == "FROM" and compares(tokens, i)):
            return i
        depth += (word in ("(", "CASE")) - (word == ")" or (word == "END" and depth > 0))
    return len(tokens)
