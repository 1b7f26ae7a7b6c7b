"""Modules in snapshots: their secrets are gone, and they are the same SQL."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sql_lineage_purview.catalog import DatabaseSchema, ModuleSchema, read_snapshot, write_snapshot
from sql_lineage_purview.model.names import Name
from sql_lineage_purview.tsql.lexer import Kind, Token, tokens_of
from tests.model.test_secrets import FORMS

SECRET = "hush-hush-0189"
FRAGMENTS = st.sampled_from(
    [
        *(form.replace("~", SECRET) for form in FORMS.values()),
        "SELECT t.Password, t.[a'b] FROM dbo.t AS t WHERE t.Token = @Token",
        "PRINT CONCAT('Number: ', 27, ';', 210, ';', NULL);\n",
        "SET @c = 'Data Source=' + @s + ';Password=''' + @password + ''';'",
        "EXEC ('CREATE LOGIN l WITH PASSWORD =''' + @password + ''', CHECK_POLICY = OFF')",
        "/* it's /* nested */ PASSWORD = 'hush-hush-0189'\n isn't */",
        "-- PASSWORD = 'hush-hush-0189' it's\n",
        "[it''s]",
        "''",
        "N'größe'",
        "\n",
        "/*",
        "'",
    ]
)


def written(*texts: str) -> list[str]:
    """The texts of modules, after a way through a snapshot."""
    modules = tuple(ModuleSchema(Name(("dbo", "P")), text) for text in texts)
    [database] = read_snapshot(write_snapshot([DatabaseSchema(None, modules=modules)]))
    return [module.definition for module in database.modules]


def skeleton(text: str) -> list[tuple[Kind, str, int]]:
    """The tokens and their lines; of strings, which double quotes make too, not the content."""

    def shown(token: Token) -> str:
        return "" if token.kind is Kind.STRING or text[token.start] == '"' else token.value

    return [(token.kind, shown(token), text.count("\n", 0, token.start)) for token in tokens_of(text)]


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_no_secret_is_written(form: str) -> None:
    module = f"CREATE PROC dbo.P AS\n{form.replace('~', SECRET)}"
    dynamic = "CREATE PROC dbo.P AS EXEC ('" + form.replace("~", SECRET).replace("'", "''") + "')"

    assert not [text for text in written(module, dynamic) if SECRET in text]


@settings(max_examples=60, deadline=None)
@example("' CREATE LOGIN l WITH PASSWORD = \"hush-hush-0189\" CREATE LOGIN l WITH PASSWORD = 'hush-hush-0189' MUST_CHANGE")
@given(st.lists(FRAGMENTS, max_size=6).map(" ".join))
def test_nothing_but_strings_and_comments_changes(text: str) -> None:
    [clean] = written(text)

    assert skeleton(clean) == skeleton(text)
    assert written(clean) == [clean]


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("EXEC ('CREATE LOGIN l WITH PASSWORD = ''hush'', X = 1')", "EXEC ('CREATE LOGIN l WITH PASSWORD = ''***'', X = 1')"),
        (
            "EXEC sp_addlinkedsrvlogin 's', 'false', NULL, 'u', 'hush'",
            "EXEC sp_addlinkedsrvlogin '***', '***', NULL, '***', '***'",
        ),
        ("SELECT 1 -- PASSWORD = 'hush'\nFROM t", "SELECT 1 -- ***\nFROM t"),
        ("SELECT 1 /* PWD = 'a\nb' */ FROM t", "SELECT 1 /* *** */\n FROM t"),
        ("SET @c = 'a;Password=' + @p + 'b'", "SET @c = '***' + @p + 'b'"),
        ("SET @c = 'Password=hush;App=''y'''", "SET @c = '***'"),
        ("UPDATE dbo.t SET Password = s.Password FROM dbo.s AS s", "UPDATE dbo.t SET Password = s.Password FROM dbo.s AS s"),
    ],
)
def test_what_is_hidden_and_what_is_kept(text: str, clean: str) -> None:
    assert written(text) == [clean]
