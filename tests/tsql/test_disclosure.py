"""What of SQL is seen: no strings but those lineage needs, no comments, else the same SQL."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sql_lineage_purview.model.secret_words import Literals, without_login_and_query
from sql_lineage_purview.tsql.disclosure import disclosed
from sql_lineage_purview.tsql.reading.lexer import Kind, Token, tokens_of
from tests.promptness import promptly

FRAGMENTS = st.sampled_from(
    [
        "SELECT t.Password, t.[a'b] FROM dbo.t AS t WHERE t.Token = @Token",
        "PRINT CONCAT('Number: ', 27, ';', 210, ';', NULL);\n",
        "SET @c = 'Data Source=' + @s + ';Password=''' + @password + ''';'",
        "EXEC ('CREATE LOGIN l WITH PASSWORD =''' + @password + ''', CHECK_POLICY = OFF')",
        "/* it's /* nested */ PASSWORD = 'hush'\n isn't */",
        "-- PASSWORD = 'hush' it's\n",
        "SELECT [it''s]",
        "''",
        "N'größe\nin lines'",
        "\n",
        "OBJECT_ID(N'dbo.t', N'U')",
    ]
)


def skeleton(text: str) -> list[tuple[Kind, str, int]]:
    """The tokens and their lines; of strings not the content."""

    def shown(token: Token) -> str:
        return "" if token.kind is Kind.STRING else token.value

    return [
        (token.kind, shown(token), text.count("\n", 0, token.start)) for token in tokens_of(text)
    ]


@settings(max_examples=80)
@given(st.lists(FRAGMENTS, max_size=6).map(" ".join), st.sampled_from(Literals))
def test_nothing_but_strings_and_comments_changes(text: str, literals: Literals) -> None:
    text_seen = disclosed(text, literals)

    assert skeleton(text_seen) == skeleton(text)
    assert disclosed(text_seen, literals) == text_seen


@example("'\nGO\n'", Literals.HIDE)
@example("EXEC p {", Literals.HIDE)
@example('SET QUOTED_IDENTIFIER OFF "', Literals.KEEP)
@given(st.text("'\"[]()-/*;,.=@ \n{}<>$:!GOgo0xEXECpwd", max_size=80), st.sampled_from(Literals))
def test_any_text_has_one_on_the_same_lines(text: str, literals: Literals) -> None:
    assert disclosed(text, literals).count("\n") == text.count("\n")


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        (
            "SELECT a, 'x', N'y' FROM t WHERE b = 7 AND c = 1.5",
            "SELECT a, '***', N'***' FROM t WHERE b = 7 AND c = 1.5",
        ),
        ("SELECT a -- why\nFROM t /* how */ WHERE b = ''", "SELECT a \nFROM t   WHERE b = ''"),
        ("SELECT/* x */a", "SELECT a"),
        ("SELECT 'two\nlines', a", "SELECT '***'\n, a"),
        ("IF OBJECT_ID('tempdb..#t', 'U') IS NULL", "IF OBJECT_ID('tempdb..#t', 'U') IS NULL"),
        ("IF OBJECT_ID('not a name!') IS NULL", "IF OBJECT_ID('***') IS NULL"),
        (
            "WHERE o.type IN ('U', N'V') AND x IN ('U')",
            "WHERE o.type IN ('U', N'V') AND x IN ('***')",
        ),
        ("SELECT 'U' + 'P'", "SELECT '***' + '***'"),
        ("EXEC sp_rename 'dbo.A', 'B', 'OBJECT'", "EXEC sp_rename 'dbo.A', 'B', 'OBJECT'"),
        ("EXEC sp_rename 'dbo.A', 'B c!'", "EXEC sp_rename 'dbo.A', '***'"),
        ("SELECT a AS 'Net Total', 'Gross' = b", "SELECT a AS 'Net Total', 'Gross' = b"),
        (
            "EXECUTE AS LOGIN = 'l'; EXEC ('x') AS USER = 'u'",
            "EXECUTE AS LOGIN = '***'; EXEC ('***') AS USER = '***'",
        ),
        (
            "OPENROWSET(BULK 'raw/a/*.csv', FORMAT = 'CSV')",
            "OPENROWSET(BULK 'raw/a/*.csv', FORMAT = '***')",
        ),
        ("OPENROWSET(BULK ('a/1.csv', 'a/2.csv'))", "OPENROWSET(BULK ('a/1.csv', 'a/2.csv'))"),
        ("COPY INTO t FROM 'https://u:p/w@h.net/a?sig=x'", "COPY INTO t FROM 'https://h.net/a'"),
        ("WITH (LOCATION = 'abfss://c@a.net/x')", "WITH (LOCATION = 'abfss://c@a.net/x')"),
        ("WITH (LOCATION = 'Server=s;Password=p')", "WITH (LOCATION = '***')"),
        ("COPY INTO t FROM 'https://h.net/' + 'x'", "COPY INTO t FROM '***' + '***'"),
        ("INSERT t SELECT 'a.b' FROM 'x.y'", "INSERT t SELECT '***' FROM '***'"),
        ("EXEC p bob, [hush], @x, NULL, 7", "EXEC p '***', '***', @x, NULL, 7"),
        (
            "EXEC @r = dbo.p @a = hush, @b = @c OUTPUT SELECT 1",
            "EXEC @r = dbo.p @a = '***', @b = @c OUTPUT SELECT 1",
        ),
        ("EXEC p\nSELECT a FROM t", "EXEC p\nSELECT a FROM t"),
        ("EXEC p @a = hush WITH RECOMPILE", "EXEC p @a = '***' WITH RECOMPILE"),
        ("CREATE LOGIN l WITH PASSWORD = hush", "CREATE LOGIN l WITH PASSWORD = '***'"),
        ("UPDATE t SET Password = s.Password FROM s", "UPDATE t SET Password = s.Password FROM s"),
        ("SELECT 0x01, 0x0123456789ABCDEF00", "SELECT 0x01, '***'"),
        ("DECLARE @pin int = 4711, @n int = 4711", "DECLARE @pin int = '***', @n int = 4711"),
        ('SET @x = "hush"', 'SET @x = "***"'),
        ('INSERT "t" ("a") SELECT "b" FROM "s"', 'INSERT "t" ("a") SELECT "b" FROM "s"'),
        ('INSERT t VALUES ("a")', 'INSERT t VALUES ("***")'),
        (
            'SET QUOTED_IDENTIFIER OFF SELECT "b" FROM t',
            'SET QUOTED_IDENTIFIER OFF SELECT "***" FROM t',
        ),
        (':setvar Pwd "hush"\n:r a.sql\n!!dir', ":setvar Pwd ***\n:r ***\n!! ***"),
        (
            "SELECT {{ ref('orders') }}, {{ var('x') }}",
            "SELECT {{ ref('orders') }}, {{ var('***') }}",
        ),
        ("PRINT 'it's open'\nGO\nSELECT a", "PRINT '*** '***\nGO\nSELECT a"),
    ],
)
def test_what_is_seen(text: str, seen: str) -> None:
    assert disclosed(text) == seen


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("SELECT a FROM t WHERE Country = 'DE' -- why", "SELECT a FROM t WHERE Country = 'DE' "),
        ("DECLARE @x int = 'a'; SET @pwd = 'b'", "DECLARE @x int = 'a'; SET @pwd = '***'"),
        ("SET @x = 'a'; EXEC p @token = @x", "SET @x = '***'; EXEC p @token = @x"),
        ("SELECT 'Server=s;Password=x', 'DE'", "SELECT '***', '***'"),
        ("PRINT '3f2c1b0a-0000-4000-8000-000000000001'", "PRINT '***'"),
        ("EXEC p Sales", "EXEC p Sales"),
    ],
)
def test_what_is_seen_where_literals_are_kept(text: str, seen: str) -> None:
    assert disclosed(text, Literals.KEEP) == seen


@pytest.mark.parametrize(
    ("address", "seen"),
    [
        ("https://user:pa/ss?w@rd@h.net/a.csv?sig=x#y", "https://h.net/a.csv"),
        ("https://token@h.net/a", "https://h.net/a"),
        ("https://to/ke#n@h.net/a", "https://h.net/a"),
        ("https://user:pa", "https://"),
        ("oracle://srv:1521/x", "oracle://srv:1521/x"),
        ("https://h.net:443/a@b", "https://h.net:443/a@b"),
        ("abfss://c@a.net/x@y?z", "abfss://c@a.net/x@y"),
        ("hdfs://name-node:8020/2026/a@b.csv", "hdfs://name-node:8020/2026/a@b.csv"),
        ("ftp://user:80/20@h.net/a.csv", "ftp://h.net/a.csv"),
        ("abfss://c:key@a.net/x", "abfss://a.net/x"),
        ("https://#ACCOUNT#.net/a#b", "https://#ACCOUNT#.net/a"),
        (r"C:\data\a?.csv", r"C:\data\a?.csv"),
    ],
)
def test_addresses(address: str, seen: str) -> None:
    assert without_login_and_query(address) == seen


@pytest.mark.parametrize(
    "text",
    [
        *(
            piece * 5_000
            for piece in (
                "'a' + ",
                "EXEC p a, ",
                '"a", ',
                "@a = 'x'; ",
                "'a,' ",
                "SET @x = @y; ",
                ",'U'",
            )
        ),
        *("(" * 20_000, "/*" * 20_000, f"'{'a1-' * 100_000}'"),
    ],
    ids=range(10),
)
@pytest.mark.parametrize("literals", Literals)
def test_long_texts_take_no_long_time(text: str, literals: Literals) -> None:
    with promptly(5):
        disclosed(text, literals)
