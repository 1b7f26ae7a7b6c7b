"""Tokens of a query or expression to text that the parser library certainly reads.

The library is asked for one thing: the structure of queries and expressions. So names go to it in
brackets, functions of any kind as plain calls (`CAST(x AS t)` as `[CAST](x)`), variables as names
that begin with @, and what carries no data (hints, types, collations, OPTION) not at all. Table
sources that have a grammar of their own become a name in ⟦ ⟧, looked up afterwards.
"""

from __future__ import annotations

from collections.abc import Callable

from ..reading.keywords import COMPOUND_OPERATORS, KEYWORDS
from ..reading.lexer import Kind, Token
from ..reading.splices import Splice
from .call_arguments import CallTokens, edits
from .rendered import FUNCTION_MARK, LEFT_OUT, SOME_NUMBER, Rendered, bracket
from .special_words import SPECIAL
from .spread import spread
from .transcript import STRUCTURAL, RowsetReader, Transcript

ROWSET_WORDS = frozenset(
    """
    OPENJSON OPENXML OPENQUERY OPENROWSET OPENDATASOURCE CHANGETABLE CONTAINSTABLE FREETEXTTABLE
    STRING_SPLIT GENERATE_SERIES SEMANTICKEYPHRASETABLE SEMANTICSIMILARITYTABLE
    SEMANTICSIMILARITYDETAILSTABLE PREDICT VECTOR_SEARCH REGEXP_MATCHES REGEXP_SPLIT_TO_TABLE
    AI_GENERATE_CHUNKS""".split()
)
# Reserved words that are also functions.
RESERVED_FUNCTIONS = frozenset(
    """
    COALESCE CONVERT CONTAINS FREETEXT IDENTITY LEFT NULLIF RIGHT TRY_CONVERT UPDATE USER
    CURRENT_TIMESTAMP CURRENT_DATE CURRENT_TIME CURRENT_USER SESSION_USER SYSTEM_USER""".split()
)
_DIGITS = "0123456789."
_WORD, _QUOTED, _STRING = Kind.WORD, Kind.QUOTED, Kind.STRING
_VARIABLE, _NUMBER = Kind.VARIABLE, Kind.NUMBER
_AS_THEY_ARE = frozenset({",", ")", "+"})  # the most frequent signs
_BEFORE_SYSTEM = KEYWORDS | {"APPLY", ","}


def rewrite(
    tokens: list[Token],
    rowset: RowsetReader,
    check_deadline: Callable[[], None],
    spliced: Callable[[Token], list[Splice]],
    prefix: str = "",
) -> Rendered:
    """Text for the library.

    Args:
        tokens: those of the query.
        rowset: passes a source that the library cannot read; answers the name it gets.
        check_deadline: is called now and then; what it raises ends the work.
        spliced: the marks in a string, each with the variable it stands for.
        prefix: what stands before them, as `SELECT ` before an expression.
    """
    text = Transcript(spread(tokens), rowset, prefix)
    while word := text.word:
        check_deadline()
        token = text.tokens[text.index]
        kind = token.kind
        if text.index in text.instead:
            text.write(text.instead[text.index], 1)
        elif word in _AS_THEY_ARE:
            text.write(word, 1)
        elif kind is _WORD:
            _word(text, token)
        elif kind is _QUOTED:
            text.write_name(token)
        elif kind is _STRING:
            _string(text, token, spliced(token))
        elif kind is _VARIABLE:
            _variable(text, token)
        elif kind is _NUMBER:
            # the library takes $1.5 for a column of a table $1; as a constant any number will do
            plain = token.value[0] in _DIGITS and token.value[:2] not in ("0x", "0X")
            text.write(token.value if plain else SOME_NUMBER, 1)
        else:
            _operator(text, token)
    return text.out


def _string(text: Transcript, token: Token, spliced: list[Splice]) -> None:
    """A constant.

    In an executed string the values in it are those of variables: `'${@a}'`, `'from ${@a} to
    ${@b}'`.
    """
    names = [bracket(splice.variable) for splice in spliced]
    # SELECT 1 AS 'name': a string behind AS is a name
    if not names or text.before() == "AS":
        text.write("'" + token.value.replace("'", "''") + "'", 1)
    elif len(names) == 1 and len(token.value) == spliced[0].end - spliced[0].start:
        text.write(names[0], 1)
    else:
        # with '' the value is put together, as it is in the string, and no plain copy
        text.write(f"( {' + '.join(names)} + '' )", 1)


def _variable(text: Transcript, token: Token) -> None:
    following = text.peek()
    if following in COMPOUND_OPERATORS:  # SELECT @v += x
        count = 2
        text.write(
            f"{bracket(token.value)} = {bracket(token.value)} {following.rstrip('=')}", count
        )
    else:
        text.write(bracket(token.value), 1)


def _operator(text: Transcript, token: Token) -> None:
    word, following = token.upper, text.peek()
    # T-SQL's own signs: not less, not greater
    if word in ("!<", "!>"):
        text.write(">=" if word == "!<" else "<=", 1)
    elif (
        word in ("<", ">", "!")
        and following in ("=", ">")
        # the server lets white space stand within: `a > = b`
        and word + following in ("<=", ">=", "<>", "!=")
    ):
        text.write(word + following, 2)
    elif word == "::":  # geography::Point(…): a static method is a function of its last name
        if text.before() in _BEFORE_SYSTEM:  # FROM ::fn_helpcollations(): a function of the system
            text.write("[sys] .", 1)
            return
        # the type before it is no operand: geography::Point(x, y, 4326) is made of x and y
        text.out.drop(min(text.chain_before(text.index), len(text.out.pieces)))
        text.skip(1)
    elif word == "*=":  # outer joins of old
        text.write("=", 1)
    elif word == "=" and following == "*":
        text.write("=", 2)
    elif word == "{":  # an ODBC escape: {fn f(x)}, {d '…'}, {oj t}
        text.skip(2)
    elif word in ("}", "\\"):
        text.skip(1)
    elif word == "?":  # a parameter of ODBC: a constant
        text.write(SOME_NUMBER, 1)
    elif word == "(" and text.is_hint_list(text.index):
        text.go_to(text.behind(text.index))
    elif word == "." and text.before() == ".":  # a part left out: server...table
        text.write(bracket(LEFT_OUT) + " .", 1)
    else:
        text.write(word, 1)


def _word(text: Transcript, token: Token) -> None:
    word, following, before = token.upper, text.peek(), text.before()
    if before == "." or following == ".":
        # nodes() makes rows, so it cannot go to the library as a call like value() and query()
        if word == "NODES" and following == "(" and before == "." and _is_method(text):
            _nodes(text)
        else:
            text.write_name(token)
        return
    if following == "(" and before == "FN" and text.before(2) == "{":  # {fn DATABASE()}
        _function(text, token)
        return
    special = SPECIAL.get(word)
    if special and special(text):
        return
    if word in ROWSET_WORDS and following == "(" and _rowset(text):
        return
    # LEFT and RIGHT are reserved for joins, and functions before a parenthesis
    if following == "(" and (
        word in RESERVED_FUNCTIONS or (word not in KEYWORDS and word not in STRUCTURAL)
    ):
        _function(text, token)
    elif word in KEYWORDS or word in STRUCTURAL:
        text.write(token.value, 1)  # as written: behind AS it may be an alias
    else:
        text.write(bracket(token.value), 1)


def _rowset(text: Transcript) -> bool:
    token = text.tokens[text.index]
    name = text.rowset(text)
    if name is None:
        return False
    text.out.add(bracket(name), token)
    return True


def _is_method(text: Transcript) -> bool:
    """Is `a.nodes('…')` the method of a column, rather than the function `dbo.nodes(c)`?

    Its XQuery stands as a constant.
    """
    constant = (
        text.index + 2 < len(text.tokens)
        and text.tokens[text.index + 2].kind is Kind.STRING
        and text.peek(3) == ")"
    )
    return constant and not (text.before(2) == "DBO" and text.before(3) != ".")


def _nodes(text: Transcript) -> None:
    """`a.b.nodes('…')`, `@x.nodes('…')`: the chain of names before it is the document."""
    place = text.index
    written = text.chain_before(place)
    text.go_to(place - written)
    name = text.rowset(text)
    if name is None or written > len(text.out.pieces):
        text.go_to(place)
        text.write(bracket(text.tokens[place].value), 1)
        return
    text.out.drop(written)
    text.out.add(bracket(name), text.tokens[place - written])


def _function(text: Transcript, token: Token) -> None:
    word = token.upper
    if text.is_hint_list(text.index + 1):
        text.write_name(token)
        return
    close = text.pairs.get(text.index + 1)
    if close is not None:
        text.instead.update(edits(CallTokens(text.tokens, text.index + 1, close, text.pairs), word))
    text.write(bracket(FUNCTION_MARK + token.value), 1)
