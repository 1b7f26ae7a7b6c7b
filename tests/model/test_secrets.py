from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sql_lineage_purview.model.secrets import HIDDEN, redact
from tests.promptness import promptly

FORMS = {
    "COPY INTO": "COPY INTO t FROM 'https://x' WITH (CREDENTIAL = (IDENTITY = 'Shared Access "
    "Signature', SECRET = '~'))",
    "CREATE CREDENTIAL": "CREATE DATABASE SCOPED CREDENTIAL c WITH IDENTITY = 'u',\n  SECRET = "
    "N'~';",
    "no blanks": "WITH IDENTITY='u',SECRET='~'",
    "CREATE LOGIN": "CREATE LOGIN l WITH PASSWORD = '~' MUST_CHANGE, CHECK_POLICY = ON",
    "ALTER LOGIN": "ALTER LOGIN l WITH PASSWORD = '~' OLD_PASSWORD = 'old'",
    "in lower case": "alter login l with password='~'",
    "master key": "CREATE MASTER KEY ENCRYPTION BY PASSWORD = '~';",
    "open key": "OPEN SYMMETRIC KEY k DECRYPTION BY PASSWORD = N'~'",
    "dynamic SQL": "EXEC ('CREATE LOGIN l WITH PASSWORD = ''~'', CHECK_POLICY = OFF')",
    "dynamic SQL to its end": "EXEC ('CREATE LOGIN l WITH PASSWORD = ''~''')",
    "dynamic SQL in dynamic SQL": "EXEC ('EXEC (''CREATE LOGIN l WITH PASSWORD = ''''~'''''')')",
    "connection string": "SELECT * FROM OPENROWSET('MSOLEDBSQL', "
    "'Server=s;UID=u;Password=~;Database=d', 'SELECT 1')",
    "short connection string": "OPENDATASOURCE('MSOLEDBSQL', 'Data Source=s;User "
    "ID=u;Pwd=~').d.dbo.t",
    "account key": (
        "'DefaultEndpointsProtocol=https;AccountName=a;AccountKey=~;"
        "EndpointSuffix=core.windows.net'"
    ),
    "OPENROWSET with a user": "OPENROWSET('SQLNCLI', 'server';'user';'~', 'SELECT 1')",
    "shared access signature": "'https://a.blob.core.windows.net/c/f.csv?sv=2022-11-02&sp=r&sig=~&se=2030'",
    "signature first": "SET @sas = '?sig=~'",
    "linked server": "EXEC sp_addlinkedsrvlogin @rmtsrvname = 's', @rmtuser = 'u', @rmtpassword = "
    "'~'",
    "variable": "DECLARE @password nvarchar(99); SET @password = N'~'",
    "address": "OPENROWSET(BULK 'https://user:~@acct.blob.core.windows.net/c/f.csv', FORMAT = "
    "'CSV')",
    "command line": "EXEC xp_cmdshell 'bcp dbo.t out t.dat -U sa -P~ -S srv'",
    "bearer token": "SET @header = 'Authorization: Bearer ~'",
    "double quotes": 'CREATE LOGIN l WITH PASSWORD = "~"',
}
SECRETS = st.text("abcdefXYZ0189+-_~", min_size=8, max_size=40)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
@given(SECRETS)
def test_no_secret_survives(form: str, secret: str) -> None:
    shown = redact(form.replace("~", secret))
    assert shown.replace("N'", "'") == form.replace("~", HIDDEN).replace(
        "'old'", f"'{HIDDEN}'"
    ).replace("N'", "'")


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
@given(SECRETS)
def test_what_was_redacted_stays_as_it_is(form: str, secret: str) -> None:
    shown = redact(form.replace("~", secret))
    assert redact(shown) == shown


@pytest.mark.parametrize(
    "secret",
    [
        "p@ss; word",
        "a''b",
        "two\nlines",
        "[x]",
        "sig=abc",
        'with "quotes"',
        "größe",
        "x" * 5_000,
        "--",
        "/* */",
    ],
)
def test_a_secret_may_hold_anything(secret: str) -> None:
    assert redact(f"CREATE LOGIN l WITH PASSWORD = '{secret}', X = 1") == (
        f"CREATE LOGIN l WITH PASSWORD = '{HIDDEN}', X = 1"
    )


def test_a_secret_that_breaks_off_is_hidden_to_the_end() -> None:
    assert "hush" not in redact("CREATE LOGIN l WITH PASSWORD = 'hush")


def test_a_hashed_password_is_hidden() -> None:
    assert redact("CREATE LOGIN l WITH PASSWORD = 0x0200AB12 HASHED") == (
        f"CREATE LOGIN l WITH PASSWORD = {HIDDEN} HASHED"
    )


@pytest.mark.parametrize(
    "text",
    [
        "SELECT password, secret, token FROM dbo.users WHERE token IS NULL",
        "INSERT dbo.t (pwd) SELECT s.key FROM dbo.s",
        "UPDATE dbo.t SET [Password] = x.Hash FROM dbo.x",
        "SELECT 'a;b'; SELECT ';'",
        "EXEC dbo.p @password, @secret = @s OUTPUT",
        "SELECT sign(a), design FROM t WHERE significant = 1",
        "",
    ],
)
def test_text_without_a_secret_is_unchanged(text: str) -> None:
    assert redact(text) == text


@given(st.text("abc =;'\"\n0x&?", max_size=60))
def test_words_that_are_never_secret_are_unchanged(text: str) -> None:
    assert redact(text.replace("';", "' ").replace("' ;", "' ")) is not None
    assert (
        redact(f"SELECT {text.replace(chr(39), '').replace(';', '')}")
        == f"SELECT {text.replace(chr(39), '').replace(';', '')}"
    )


@given(st.text("password=secret'\";sigN \n(", max_size=80))
def test_lines_stay_where_they_are_without_quotes(text: str) -> None:
    plain = text.replace("'", "").replace('"', "")
    assert redact(plain).count("\n") == plain.count("\n")


@pytest.mark.parametrize(
    "text",
    ["password = '" * 20_000, "Password=" * 20_000, "';'" * 20_000, "sig=" * 20_000, "''" * 50_000],
)
def test_long_text_takes_no_long_time(text: str) -> None:
    assert isinstance(redact(text), str)


@pytest.mark.parametrize(
    "text",
    [
        "EXEC sp_addlinkedsrvlogin 'srv', 'false', NULL, 'user', 'hush-hush'",
        "EXEC sp_password NULL, 'hush-hush', 'user'",
        "SELECT ENCRYPTBYPASSPHRASE(N'hush-hush', c.CardNumber) FROM dbo.Card AS c",
    ],
)
def test_a_secret_by_position_is_hidden(text: str) -> None:
    assert "hush" not in redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "DECLARE @password nvarchar(50) = 'hush-hush', @n int = 1",
        "DECLARE @DbPassword AS varchar(max) = N'hush-hush'",
        "DECLARE @client_secret sysname='hush-hush'",
        "EXEC dbo.login @user = 'a', @pass = 'hush-hush'",
        "SELECT 1 FROM dbo.u AS u WHERE u.[Password] <> 'hush-hush'",
        """SELECT 1 FROM dbo.u WHERE "secret" = 'hush-hush'""",
        """SELECT '{"api-key": "hush-hush", "x": 1}'""",
        """SELECT '{"db_password":"hush-hush"}'""",
        "SELECT 'eyJhbGciOiJIUzI1NiJ9.hush-hush.sig'",
        "SELECT DECRYPTBYKEYAUTOCERT(CERT_ID('c'), N'hush-hush', x.Number) FROM dbo.x",
    ],
)
def test_a_secret_goes_by_many_names(text: str) -> None:
    assert "hush" not in redact(text)
    assert redact(redact(text)) == redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "@password " * 20_000,
        "@p(" * 20_000,
        '"a":"' * 20_000,
        "@passpasspass" * 10_000,
        "eyJ" * 20_000,
    ],
)
def test_long_text_that_looks_like_secrets_takes_no_long_time(text: str) -> None:
    with promptly(5):
        redact(text)
