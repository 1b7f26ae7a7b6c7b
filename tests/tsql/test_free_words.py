"""Words that T-SQL does not reserve are names wherever a name can stand.

That is so whatever the parser library takes them for.
"""

from __future__ import annotations

import re

import pytest
from sqlglot import Dialect

from sql_lineage_purview.model.names import RESERVED
from sql_lineage_purview.tsql import CompileOptions, compile_file
from sql_lineage_purview.tsql.queries.special_words import SPECIAL
from sql_lineage_purview.tsql.queries.transcript import STRUCTURAL
from sql_lineage_purview.tsql.reading.keywords import TABLE_HINTS

LIBRARY = Dialect.get_or_raise("tsql").tokenizer_class.KEYWORDS
FUNCTIONS = Dialect.get_or_raise("tsql").parser_class.FUNCTIONS
OWN = {
    *STRUCTURAL,
    *TABLE_HINTS,
    *SPECIAL,
    "PERIOD",
    "CONNECTION",
    "USING",
    "SEND",
    "RECEIVE",
    "COPY",
    "GET",
    "MOVE",
    "RENAME",
    "ENABLE",
    "DISABLE",
    "SQL_VARIANT",
    "MATCHED",
    "SOURCE",
}
# a script with one of them may be of another dialect
FOREIGN = {"AUTOINCREMENT", "AUTO_INCREMENT", "ILIKE", "PRAGMA"}
CANDIDATES = {*LIBRARY, *FUNCTIONS, *OWN} - FOREIGN
WORDS = sorted(
    word for word in CANDIDATES if re.fullmatch(r"[A-Z_]+", word) and word.lower() not in RESERVED
)

PLACES = [
    "INSERT dbo.t (k) SELECT WORD FROM dbo.s",
    "INSERT dbo.t (k) SELECT MAX(WORD) FROM dbo.s",
    "INSERT dbo.t (k) SELECT COUNT(DISTINCT WORD) + ISNULL(WORD, 0) - TRIM(WORD) FROM dbo.s",
    "INSERT dbo.t (k) SELECT ROW_NUMBER() OVER (PARTITION BY WORD ORDER BY WORD) FROM dbo.s",
    "INSERT dbo.t (k) SELECT CASE WHEN WORD = 1 THEN WORD * -WORD ELSE CONVERT(int, WORD) END "
    "FROM dbo.s",
    "INSERT dbo.t (k) SELECT WORD FROM dbo.s WHERE WORD IN (1, 2) GROUP BY WORD HAVING MAX(WORD) "
    "> 1 ORDER BY WORD",
    "INSERT dbo.t (k) SELECT q.WORD FROM (SELECT a WORD FROM dbo.s) AS q",
    "INSERT dbo.t (k) SELECT WORD.a FROM dbo.u JOIN dbo.s WORD ON WORD.a = u.b",
    "WITH WORD AS (SELECT a FROM WORD.s) INSERT dbo.WORD (k) SELECT a FROM WORD",
    "MERGE dbo.t USING dbo.s ON t.k = s.WORD WHEN MATCHED THEN UPDATE SET WORD = s.WORD;",
    "UPDATE dbo.t SET WORD = s.a OUTPUT inserted.k INTO dbo.o (WORD) FROM dbo.s",
    "CREATE TABLE dbo.x (WORD int, b int, c AS (b + 1))",
    "ALTER TABLE dbo.x ADD WORD varchar(10) NOT NULL",
    "DECLARE @t TABLE (a int, WORD int); INSERT dbo.t (k) SELECT WORD FROM @t",
    "SELECT WORD INTO dbo.x FROM @t",
    "SELECT a WORD INTO dbo.x FROM dbo.s",
    "SELECT TOP (1) a, s.WORD, (SELECT b FROM dbo.u) AS WORD INTO dbo.x FROM dbo.s",
]


@pytest.mark.parametrize("place", PLACES)
def test_a_word_that_is_not_reserved_is_a_name(place: str) -> None:
    different = [
        word
        for word in WORDS
        if facts(place.replace("WORD", word)) != facts(place.replace("WORD", f"[{word}]"))
    ]

    assert different == []


def facts(text: str) -> str:
    """All facts of a script, without their places."""
    return re.sub(
        r"Span\([^)]*\)", "", repr(compile_file(text.encode(), CompileOptions(), _no_file))
    )


def _no_file(path: str, stack: tuple[str, ...]) -> bytes:
    raise FileNotFoundError(path)
