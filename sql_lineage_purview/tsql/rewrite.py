"""Tokens of a query or expression to text that the parser library certainly reads.

The library is asked for one thing: the structure of queries and expressions. So names go to it in brackets, functions of any
kind as plain calls (`CAST(x AS t)` as `[CAST](x)`), variables as names that begin with @, and what carries no data (hints, types,
collations, OPTION) not at all. Table sources that have a grammar of their own become a name in ⟦ ⟧, looked up afterwards.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from typing import TypeAlias

from ..model.names import RESERVED
from .calls import Call, edits
from .lexer import Kind, Token
from .spread import spread
from .words import closings

# Reads the table source that begins at the index; answers the name that stands for it and the index behind it.
RowsetReader: TypeAlias = Callable[[list[Token], int], tuple[str, int] | None]

ROWSET_WORDS = frozenset(
    """OPENJSON OPENXML OPENQUERY OPENROWSET OPENDATASOURCE CHANGETABLE CONTAINSTABLE FREETEXTTABLE STRING_SPLIT GENERATE_SERIES
    SEMANTICKEYPHRASETABLE SEMANTICSIMILARITYTABLE SEMANTICSIMILARITYDETAILSTABLE PREDICT VECTOR_SEARCH REGEXP_MATCHES
    REGEXP_SPLIT_TO_TABLE AI_GENERATE_CHUNKS""".split()
)
TABLE_HINTS = frozenset(
    """NOLOCK READPAST ROWLOCK TABLOCK TABLOCKX UPDLOCK XLOCK HOLDLOCK READUNCOMMITTED NOWAIT PAGLOCK READCOMMITTED
    READCOMMITTEDLOCK REPEATABLEREAD SERIALIZABLE SNAPSHOT NOEXPAND FASTFIRSTROW FORCESEEK FORCESCAN INDEX KEEPIDENTITY
    KEEPDEFAULTS IGNORE_CONSTRAINTS IGNORE_TRIGGERS SPATIAL_WINDOW_MAX_CELLS""".split()
)
# Reserved words that are also functions.
_FUNCTIONS = frozenset(
    """COALESCE CONVERT CONTAINS FREETEXT IDENTITY LEFT NULLIF RIGHT TRY_CONVERT UPDATE USER CURRENT_TIMESTAMP CURRENT_DATE
    CURRENT_TIME CURRENT_USER SESSION_USER SYSTEM_USER""".split()
)
# Words of the query grammar that are not reserved; everything else that is not reserved is a name.
_STRUCTURAL = frozenset(
    """ROWS RANGE ROW UNBOUNDED PRECEDING FOLLOWING OFFSET NEXT FIRST ONLY TIES PARTITION APPLY OVER AT TIME ZONE SETS ROLLUP
    CUBE GROUPING WINDOW GROUP SYSTEM_TIME CONTAINED XML""".split()
)
_JOIN_HINTS = frozenset({"LOOP", "HASH", "MERGE", "REMOTE", "REDUCE", "REPLICATE", "REDISTRIBUTE"})
_JOIN_WORDS = frozenset({"INNER", "LEFT", "RIGHT", "FULL", "OUTER"})
_APPROXIMATE = ("APPROXIMATE", "APPROX")
_COMPOUND = frozenset({"+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "||="})
_KEYWORDS = frozenset(word.upper() for word in RESERVED)
_BEFORE_SYSTEM = _KEYWORDS | {"APPLY", ","}


def bracket(name: str) -> str:
    """A name in brackets; the library must not see the # of a temporary table, which it would drop."""
    if name[:1] == "#":
        name = name.replace("#", _NUMBER_SIGN)
    return f"[{name.replace(']', ']]')}]"


# Before the name of a function, so that the library takes it for an unknown one: a character that no identifier holds.
FUNCTION_MARK = "\ue000"
PART_MARK = "\ue003"  # between the parts of such a name, where the library reads only one
_NUMBER_SIGN = "\ue001"
_LEFT_OUT = "\ue002"


def unmarked(name: str) -> str:
    """A name that came back from the library, as it was written."""
    return name.removeprefix(FUNCTION_MARK).replace(_NUMBER_SIGN, "#").replace(_LEFT_OUT, "")


class Rendered:
    """Text for the library, and the way back from its offsets to the tokens."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self._starts: list[int] = []
        self._tokens: list[Token] = []
        self._length = 0

    def add(self, text: str, token: Token) -> None:
        """Write a text that stands for a token."""
        self.pieces.append(text)
        self._starts.append(self._length)
        self._tokens.append(token)
        self._length += len(text) + 1

    def drop(self, count: int) -> None:
        """Take back the last pieces."""
        for _ in range(count):
            self._length -= len(self.pieces.pop()) + 1
            self._starts.pop()
            self._tokens.pop()

    @property
    def text(self) -> str:
        """All that was written."""
        return " ".join(self.pieces)

    def token_at(self, offset: int) -> Token:
        """The token that an offset of the text comes from."""
        return self._tokens[max(0, bisect_right(self._starts, offset) - 1)]


class Rewriter:
    """Goes over the tokens once, writing what the library shall see."""

    def __init__(self, tokens: list[Token], rowset: RowsetReader, hurry: Callable[[], None]) -> None:
        self.tokens = tokens
        self.rowset = rowset
        self.hurry = hurry
        self.out = Rendered()
        self.i = 0
        self._parentheses = closings(tokens)
        self._fetching = 0  # FETCH NEXT that still wait for their ROWS ONLY
        self._closing: dict[int, str] = {}  # index of a token -> what is written in its place

    def run(self) -> Rendered:
        """The whole of the tokens."""
        while self.i < len(self.tokens):
            self.hurry()
            token = self.tokens[self.i]
            if self.i in self._closing:
                self._write(self._closing[self.i], 1)
            elif token.kind is Kind.WORD:
                self._word(token)
            elif token.kind is Kind.QUOTED:
                self._name(token)
            elif token.kind is Kind.STRING:
                self._write("'" + token.value.replace("'", "''") + "'", 1)
            elif token.kind is Kind.VARIABLE:
                self._variable(token)
            elif token.kind is Kind.NUMBER:
                self._write("0" if token.value[:2] in ("0x", "0X") else token.value.lstrip("$") or "0", 1)
            else:
                self._operator(token)
        return self.out

    def _peek(self, ahead: int) -> str:
        index = self.i + ahead
        return self.tokens[index].upper if 0 <= index < len(self.tokens) else ""

    def _write(self, text: str, count: int) -> None:
        """Write a text in the place of the next `count` tokens."""
        if text:
            self.out.add(text, self.tokens[self.i])
        self.i += count

    def _skip_to(self, index: int) -> None:
        self.i = index

    def _variable(self, token: Token) -> None:
        following = self._peek(1)
        if following in _COMPOUND:  # SELECT @v += x
            count = 2
            self._write(f"{bracket(token.value)} = {bracket(token.value)} {following.rstrip('=')}", count)
        else:
            self._write(bracket(token.value), 1)

    def _operator(self, token: Token) -> None:
        word, following = token.upper, self._peek(1)
        if word in ("!<", "!>"):
            self._write(">=" if word == "!<" else "<=", 1)
        elif word in ("<", ">", "!") and following in ("=", ">") and word + following in ("<=", ">=", "<>", "!="):
            self._write(word + following, 2)
        elif word == "::":  # geography::Point(…): a static method is a function of its last name
            if self._peek(-1) in _BEFORE_SYSTEM:  # FROM ::fn_helpcollations(): a function of the system
                self._write("[sys] .", 1)
                return
            self.out.drop(min(self._chain_before(self.i), len(self.out.pieces)))
            self.i += 1
        elif word == "*=":  # outer joins of old
            self._write("=", 1)
        elif word == "=" and following == "*":
            self._write("=", 2)
        elif word == "{":  # an ODBC escape: {fn f(x)}, {d '…'}, {oj t}
            self.i += 2
        elif word in ("}", "\\"):
            self.i += 1
        elif word == "?":  # a parameter of ODBC: a constant
            self._write("0", 1)
        elif word == "(" and self._hint_list(self.i):
            self._skip_to(self._behind(self.i))
        elif word == "." and self._peek(-1) == ".":  # a part left out: server...table
            self._write(bracket(_LEFT_OUT) + " .", 1)
        else:
            self._write(word, 1)

    def _hint_list(self, index: int) -> bool:
        """`FROM t (NOLOCK)`: hints without WITH; `FROM t AS a (1)`: the number of an index."""
        tokens = self.tokens
        if index == 0 or not tokens[index - 1].name or index + 1 >= len(tokens):
            return False
        if tokens[index - 1].upper in _KEYWORDS and tokens[index - 1].upper != "HOLDLOCK":  # CASE WHEN [a] = [b] THEN (1)
            return False
        if tokens[index + 1].kind is Kind.NUMBER and self._peek(index + 2 - self.i) == ")":
            return self._behind_alias(index)
        if tokens[index + 1].upper not in TABLE_HINTS:
            return False
        return all(t.upper in TABLE_HINTS or t.upper in (",", ")") for t in tokens[index + 1 : self._behind(index)])

    def _behind_alias(self, index: int) -> bool:
        before = self.tokens[index - 2] if index > 1 else None
        if self.tokens[index - 1].upper == "HOLDLOCK":
            return True
        if before is None or not before.name:
            return False
        return before.upper == "AS" or (before.upper not in _KEYWORDS and before.upper not in _STRUCTURAL)

    def _behind(self, index: int) -> int:
        """The index behind the parenthesis that closes the one at `index`; the end where none does."""
        opens = index < len(self.tokens) and self.tokens[index].upper == "("
        return (self._parentheses.get(index, len(self.tokens) - 1) if opens else index) + 1

    def _name(self, token: Token) -> None:
        called = self._peek(1) == "(" and not self._hint_list(self.i + 1)
        self._write(bracket(FUNCTION_MARK * called + token.value), 1)

    def _word(self, token: Token) -> None:
        word, following, before = token.upper, self._peek(1), self._peek(-1)
        if before == "." or following == ".":
            if word == "NODES" and following == "(" and before == ".":
                self._nodes()
            else:
                self._name(token)
            return
        if following == "(" and before == "FN":  # {fn DATABASE()}
            self._function(token)
            return
        special = _SPECIAL.get(word)
        if special and special(self):
            return
        if word in ROWSET_WORDS and following == "(" and self._rowset():
            return
        if following == "(" and (word in _FUNCTIONS or (word not in _KEYWORDS and word not in _STRUCTURAL)):
            self._function(token)
        elif word in _KEYWORDS or word in _STRUCTURAL:
            self._write(token.value, 1)  # as written: behind AS it may be an alias
        else:
            self._write(bracket(token.value), 1)

    def _rowset(self) -> bool:
        found = self.rowset(self.tokens, self.i)
        if not found:
            return False
        name, end = found
        self.out.add(bracket(name), self.tokens[self.i])
        self._skip_to(end)
        return True

    def _chain_before(self, index: int) -> int:
        """How many tokens of a dotted name (`a.b`, `@x`) stand right before an index, a dot at its end included."""
        first = index
        if first and self.tokens[first - 1].upper == ".":
            first -= 1
        while first and (self.tokens[first - 1].name or self.tokens[first - 1].kind is Kind.VARIABLE):
            first -= 1
            if not first or self.tokens[first - 1].upper != ".":
                break
            first -= 1
        return index - first

    def _nodes(self) -> None:
        """`a.b.nodes('…')`, `@x.nodes('…')`: the chain of names before it is the document."""
        first = self.i - self._chain_before(self.i)
        written = self.i - first
        found = self.rowset(self.tokens, first)
        if not found or written > len(self.out.pieces):
            self._write(bracket(self.tokens[self.i].value), 1)
            return
        self.out.drop(written)
        self.out.add(bracket(found[0]), self.tokens[first])
        self._skip_to(found[1])

    def _function(self, token: Token) -> None:
        word = token.upper
        if self._hint_list(self.i + 1):
            self._name(token)
            return
        close = self._parentheses.get(self.i + 1)
        if close is not None:
            self._closing.update(edits(Call(self.tokens, self.i + 1, close, self._parentheses), word))
        self._write(bracket(FUNCTION_MARK + token.value), 1)

    # --- words that are not written as they stand -----------------------------------------------------------------

    def _with(self) -> bool:
        if self._peek(1) == "(":
            self._skip_to(self._behind(self.i + 1))
            return True
        if self._peek(1) in ("ROLLUP", "CUBE", *_APPROXIMATE):  # the last: of TOP (n) before VECTOR_SEARCH
            self.i += 2
            return True
        if self._peek(1) == "XMLNAMESPACES":
            end = self._behind(self.i + 2)
            more = end < len(self.tokens) and self.tokens[end].upper == ","
            self._write("WITH" if more else "", end + more - self.i)
            return True
        return False

    def _option(self) -> bool:
        if self._peek(1) != "(":
            return False
        self._skip_to(self._behind(self.i + 1))
        return True

    def _for(self) -> bool:
        kind = self._peek(1)
        if kind == "PATH":  # a table of a graph's SHORTEST_PATH
            self.i += 2
            return True
        if kind not in ("XML", "JSON", "BROWSE", "READ", "UPDATE"):  # the last two: of a cursor
            return False
        if kind in ("XML", "JSON"):
            self._write("FOR XML PATH", 0)
        depth = 0
        while self.i < len(self.tokens):
            word = self._peek(0)
            depth += (word == "(") - (word == ")")
            if depth < 0 or (not depth and word in ("OPTION", ";")):
                break
            self.i += 1
        return True

    def _collate(self) -> bool:
        self.i += 2
        return True

    def _next(self) -> bool:
        if self._peek(1) != "VALUE" or self._peek(2) != "FOR":
            return False
        self._write("NULL", 3)
        while self.i < len(self.tokens) and (self.tokens[self.i].name or self._peek(0) == ".") and self._peek(0) != "OVER":
            if self._peek(-1) not in (".", "FOR") and self._peek(0) != ".":
                break
            self.i += 1
        if self._peek(0) == "OVER":
            self._skip_to(self._behind(self.i + 1))
        return True

    def _join_hint(self) -> bool:
        if self._peek(1) != "JOIN" or self._peek(-1) not in _JOIN_WORDS:
            return False
        self.i += 1
        return True

    def _local(self) -> bool:
        """INNER LOCAL MERGE JOIN."""
        if self._peek(1) not in _JOIN_HINTS or self._peek(2) != "JOIN" or self._peek(-1) not in _JOIN_WORDS:
            return False
        self.i += 2
        return True

    def _top(self) -> bool:
        """TOP (…): a second pair of parentheses lets the library read set operations in it."""
        if self._peek(1) != "(" or self.i + 1 not in self._parentheses:
            return False
        self._closing[self._parentheses[self.i + 1]] = ") )"
        self._write("TOP ( (", 2)
        return True

    def _fetch(self) -> bool:
        """FETCH NEXT 3 * 10 ROWS ONLY: the library reads an expression in parentheses alone."""
        approximate = self._peek(1) in _APPROXIMATE
        if self._peek(1 + approximate) not in ("NEXT", "FIRST"):
            return False
        self._fetching += 1
        self._write("FETCH NEXT (", 2 + approximate)
        return True

    def _rows(self) -> bool:
        if not self._fetching or self._peek(1) != "ONLY":
            return False
        self._fetching -= 1
        self._write(") ROWS", 1)
        return True

    def _pivot(self) -> bool:
        """PIVOT (schema.aggregate(a, b) FOR …): an aggregate of the user, which the library takes by its last name alone."""
        chain = self._chain_before(self.i)
        if chain and self._peek(-1 - chain) == "APPLY":  # the library needs a name before it in APPLY
            self.out.add("AS " + bracket(self.tokens[self.i - 1].value), self.tokens[self.i])
        end = self.i + 2
        while end + 1 < len(self.tokens) and self.tokens[end].name and self.tokens[end + 1].upper == ".":
            end += 2
        if self._peek(1) != "(" or end == self.i + 2:
            return False
        self._write(f"{self._peek(0)} (", 2)
        self._write(bracket(FUNCTION_MARK + PART_MARK.join(t.value for t in self.tokens[self.i : end + 1 : 2])), end + 1 - self.i)
        return True

    def _tablesample(self) -> bool:
        self.i += 1
        if self._peek(0) != "(":
            self.i += 1
        self._skip_to(self._behind(self.i))
        if self._peek(0) == "REPEATABLE":
            self._skip_to(self._behind(self.i + 1))
        return True

    def _nulls(self) -> bool:
        if self._peek(1) != "NULLS":
            return False
        self.i += 2
        return True

    def _current_of(self) -> bool:
        if self._peek(1) != "OF":
            return False
        self._write("1 = 1", 3)
        return True

    def _percent(self) -> bool:
        """TOP … PERCENT, WITH TIES: how many rows, not which data."""
        self.i += 1
        return True

    def _match(self) -> bool:
        """MATCH (a-(e)->b), of graph tables: its names are those of FROM, so it only decides."""
        if self._peek(1) != "(":
            return False
        self._write("1 = 1", 0)
        self._skip_to(self._behind(self.i + 1))
        return True

    def _parenthesis_free(self) -> bool:
        """CURRENT_TIMESTAMP, USER: functions without parentheses, constants for lineage."""
        if self._peek(1) == "(":
            return False
        self._write("NULL", 1)
        return True

    def _within(self) -> bool:
        """WITHIN GROUP (GRAPH PATH), of graph tables: the order of the path."""
        if self._peek(3) != "GRAPH" or self._peek(4) != "PATH":
            return False
        self._skip_to(self._behind(self.i + 2))
        return True

    def _except(self) -> bool:
        """SELECT a.* EXCEPT SELECT …, without FROM: the library would take EXCEPT for a list of columns to leave out."""
        if self._peek(-1) == "*":
            self._write("WHERE 1 = 1", 0)
        return False

    def _escape(self) -> bool:
        """LIKE … ESCAPE @x: the library reads a string alone, so that any other expression becomes a condition of its own."""
        following = self.tokens[self.i + 1] if self.i + 1 < len(self.tokens) else None
        if following is None or following.kind is Kind.STRING or self._peek(-1) in ("{", "."):
            return False
        self._write("AND 0 =", 1)
        return True

    def _window(self) -> bool:
        """WINDOW is a word of the grammar only as the clause `WINDOW name AS (`."""
        if self._peek(2) == "AS" and self._peek(3) == "(":
            return False
        self._name(self.tokens[self.i])
        return True

    def _compute(self) -> bool:
        """COMPUTE SUM(c) BY k, of old: result sets of sums behind the rows."""
        if self._peek(2) != "(":
            return False
        self._skip_to(len(self.tokens))
        return True

    def _default(self) -> bool:
        """The argument of a function, f(DEFAULT): a constant."""
        self._write("NULL", 1)
        return True

    def _holdlock(self) -> bool:
        self.i += 1
        return True


_SPECIAL: dict[str, Callable[[Rewriter], bool]] = {
    "WITH": Rewriter._with,
    "OPTION": Rewriter._option,
    "FOR": Rewriter._for,
    "COLLATE": Rewriter._collate,
    "NEXT": Rewriter._next,
    "TABLESAMPLE": Rewriter._tablesample,
    "IGNORE": Rewriter._nulls,
    "RESPECT": Rewriter._nulls,
    "CURRENT": Rewriter._current_of,
    "PERCENT": Rewriter._percent,
    "HOLDLOCK": Rewriter._holdlock,
    "WITHIN": Rewriter._within,
    "LOCAL": Rewriter._local,
    "TOP": Rewriter._top,
    "FETCH": Rewriter._fetch,
    "PIVOT": Rewriter._pivot,
    "UNPIVOT": Rewriter._pivot,
    "ROWS": Rewriter._rows,
    "ROW": Rewriter._rows,
    "MATCH": Rewriter._match,
    "DEFAULT": Rewriter._default,
    "EXCEPT": Rewriter._except,
    "ESCAPE": Rewriter._escape,
    "WINDOW": Rewriter._window,
    "COMPUTE": Rewriter._compute,
    **dict.fromkeys(_JOIN_HINTS, Rewriter._join_hint),
    **dict.fromkeys(
        ("CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME", "CURRENT_USER", "SESSION_USER", "SYSTEM_USER", "USER"),
        Rewriter._parenthesis_free,
    ),
}


def rewrite(tokens: list[Token], rowset: RowsetReader, hurry: Callable[[], None]) -> Rendered:
    """Text for the library. `hurry` is called now and then; what it raises ends the work."""
    return Rewriter(spread(tokens), rowset, hurry).run()
