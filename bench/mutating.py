"""Texts made out of others: T-SQL tokens and statements moved, and what no author writes."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cutting import statements

from sql_lineage_purview.model.stack import deep
from sql_lineage_purview.tsql.reading.lexer import SourceText, Token

LONGEST = 60_000  # characters of a text that is made
_HOSTILE = (
    *"'' N'''' [] [a]]b] \"\" 0x $ 1e999 @ @@ # ## ' /* */ -- ( ) ; , . .. :: $(x) $( BEGIN END "
    "ELSE x: EXEC AS".split(),
    *"SELECT|FROM|MERGE|OVER (|CASE WHEN|PIVOT (|FOR XML PATH|CREATE VIEW v AS|UNION "
    "ALL|OUTPUT|INTO".split("|"),
    *"WITH x AS (|GOTO x|{{ x }}".split("|"),
    *"\x00 \ufeff \u202e \u200b \U0001f512 \ud800".split(" "),
    *("\r", "\x0b", "\u2028", "\nGO\n", "\nGO 3\n", "\n:r x.sql\n", "\n:setvar x y\n"),
)
_FRAMES = (
    ("BEGIN ", " END"),
    ("IF 1 = @x ", " ELSE RETURN"),
    ("WHILE @i < 9 BEGIN ", " END"),
    ("BEGIN TRY ", " END TRY BEGIN CATCH THROW END CATCH"),
    ("\nGO\nCREATE PROCEDURE dbo.p @x int AS ", "\nGO\n"),
    ("\nGO\nCREATE TRIGGER dbo.r ON dbo.t AFTER INSERT AS ", "\nGO\n"),
    ("\nGO\nCREATE VIEW dbo.v AS ", "\nGO\n"),
    ("INSERT dbo.t ", ""),
    ("WITH c AS (SELECT 1 AS a) ", ""),
    ("DECLARE c CURSOR FOR ", " OPEN c FETCH NEXT FROM c INTO @a"),
    ("CREATE TABLE dbo.n WITH (HEAP) AS ", ""),
)
_ENCODINGS = ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "cp850", "utf-32")


@dataclass(frozen=True, slots=True)
class Parts:
    """A text with its tokens and statements as the tool cuts them: (start, end) in characters."""

    text: str
    tokens: tuple[tuple[int, int], ...]
    statements: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, text: str) -> Parts:
        """Of one text."""
        tokens: list[Token] = [
            token for batch in SourceText(text).batches() for token in batch.whole()
        ]
        return cls(
            text,
            tuple((token.start, token.end) for token in tokens),
            tuple((statement.start, statement.end) for statement in statements(text)),
        )


class Mutator:
    """A maker of texts: each is one of the given texts with some randomly drawn changes."""

    def __init__(self, texts: Sequence[str], seed: int) -> None:
        self._texts = texts
        self._random = random.Random(seed)  # noqa: S311 - a draw that can be repeated
        self._changes: tuple[Callable[[Parts], str], ...] = (
            *(self._drop, self._double, self._swap, self._exchange, self._hostile, self._splice),
            *(self._frame, self._execute, self._nest, self._repeat, self._cut, self._rename),
        )

    def text(self) -> bytes:
        """One text, in an encoding of its own now and then."""
        return deep(self._text)

    def _text(self) -> bytes:
        text = self._random.choice(self._texts)
        for _ in range(self._random.choice((1, 1, 2, 3, 5, 8))):
            parts = Parts.of(text)
            if parts.tokens:
                text = self._random.choice(self._changes)(parts)[:LONGEST]
        return self._encoded(text)

    def _encoded(self, text: str) -> bytes:
        if self._random.random() < 0.9:
            return text.encode("utf-8", "surrogatepass")
        data = text.encode(self._random.choice(_ENCODINGS), "replace")
        return (
            data if self._random.random() < 0.7 else data[: self._random.randrange(len(data) + 1)]
        )

    def _span(self, parts: Parts) -> tuple[int, int]:
        return self._random.choice(parts.tokens)

    def _other(self) -> Parts:
        return Parts.of(self._random.choice(self._texts))

    def _drop(self, parts: Parts) -> str:
        return _replaced(parts.text, self._span(parts), "")

    def _double(self, parts: Parts) -> str:
        start, end = self._span(parts)
        return _replaced(
            parts.text, (start, end), f"{parts.text[start:end]} {parts.text[start:end]}"
        )

    def _swap(self, parts: Parts) -> str:
        first, second = sorted((self._span(parts), self._span(parts)))
        if first[1] > second[0]:
            return parts.text
        text = parts.text
        return (
            text[: first[0]]
            + text[slice(*second)]
            + text[first[1] : second[0]]
            + text[slice(*first)]
            + text[second[1] :]
        )

    def _exchange(self, parts: Parts) -> str:
        other = self._other()
        return _replaced(
            parts.text,
            self._span(parts),
            other.text[slice(*self._span(other))] if other.tokens else "",
        )

    def _hostile(self, parts: Parts) -> str:
        return _replaced(parts.text, self._span(parts), f" {self._random.choice(_HOSTILE)} ")

    def _splice(self, parts: Parts) -> str:
        other = self._other()
        if not other.statements:
            return parts.text
        start = self._span(parts)[0]
        return _replaced(
            parts.text,
            (start, start),
            f" {other.text[slice(*self._random.choice(other.statements))]} ",
        )

    def _frame(self, parts: Parts) -> str:
        start, end = self._random.choice(parts.statements or parts.tokens)
        before, behind = self._random.choice(_FRAMES)
        return _replaced(parts.text, (start, end), f"{before}{parts.text[start:end]}{behind}")

    def _execute(self, parts: Parts) -> str:
        start, end = self._random.choice(parts.statements or parts.tokens)
        quoted = parts.text[start:end].replace("'", "''")
        hole = self._random.randrange(len(quoted) + 1)
        holed = (
            f"{quoted[:hole]}' + @x + N'{quoted[hole:]}" if self._random.random() < 0.5 else quoted
        )
        return _replaced(parts.text, (start, end), f"EXEC (N'{holed}');")

    def _nest(self, parts: Parts) -> str:
        start, end = self._span(parts)
        opening, closing = self._random.choice(
            (("(", ")"), ("(SELECT ", ")"), ("BEGIN ", " END "), ("f(", ")"), ("- ", ""))
        )
        depth = self._random.choice((2, 20, 400))
        return _replaced(
            parts.text, (start, end), f"{opening * depth}{parts.text[start:end]}{closing * depth}"
        )

    def _repeat(self, parts: Parts) -> str:
        at = self._random.randrange(len(parts.tokens))
        start, end = (
            parts.tokens[at][0],
            parts.tokens[min(at + self._random.randrange(12), len(parts.tokens) - 1)][1],
        )
        run = f" {parts.text[start:end]}"
        return _replaced(
            parts.text,
            (end, end),
            run * min(self._random.choice((2, 20, 300)), LONGEST // len(run)),
        )

    def _cut(self, parts: Parts) -> str:
        at = self._random.randrange(len(parts.text))
        return parts.text[:at] if self._random.random() < 0.5 else parts.text[at:]

    def _rename(self, parts: Parts) -> str:
        """One word everywhere by another: tables that become one, a procedure that calls itself."""
        first, second = (parts.text[slice(*self._span(parts))] for _ in range(2))
        return parts.text.replace(first, second)


def _replaced(text: str, span: tuple[int, int], by: str) -> str:
    return text[: span[0]] + by + text[span[1] :]
