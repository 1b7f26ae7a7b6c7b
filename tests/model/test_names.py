from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sql_lineage_purview.model.names import RESERVED, Name, bracketed, parse_name

PARTS = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=12).filter(
    lambda part: part == part.strip() and "/" not in part and "://" not in part
)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("dbo.t", ("dbo", "t")),
        ("[dbo].[Fact Sales]", ("dbo", "Fact Sales")),
        ('"a ""b""".[c]]d]', ('a "b"', "c]d")),
        ("db..t", ("db", "", "t")),
        ("srv.db.dbo.t", ("srv", "db", "dbo", "t")),
        (" #t ", ("#t",)),
        ("dbo.Fact Sales", ("dbo", "Fact Sales")),
    ],
)
def test_names_are_read_as_people_type_them(text: str, parts: tuple[str, ...]) -> None:
    assert parse_name(text) == Name(parts)


@pytest.mark.parametrize("text", ["https://a.dfs.core.windows.net/c/*.csv", "data/in.csv"])
def test_an_address_is_one_part(text: str) -> None:
    name = parse_name(text)
    assert (name.address, str(name), name.temporary, name.system) == (True, text, False, False)


@pytest.mark.parametrize("text", ["", "  ", "[a", '"a', "a.", "[a]b", "a.[b"])
def test_what_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a name"):
        parse_name(text)


@pytest.mark.parametrize(
    ("part", "shown"),
    [
        ("FactSales", "FactSales"),
        ("Fact Sales", "[Fact Sales]"),
        ("select", "[select]"),
        ("Date", "Date"),
        ("1st", "[1st]"),
        ("a]b", "[a]]b]"),
        ("#t", "#t"),
        ("##t", "##t"),
        ("@v", "@v"),
        ("größe_1$#@", "größe_1$#@"),
        ("$(Db)", "$(Db)"),
        ("", ""),
    ],
)
def test_brackets_stand_only_where_they_must(part: str, shown: str) -> None:
    assert bracketed(part) == shown


@given(st.lists(PARTS, min_size=1, max_size=4))
def test_what_is_shown_is_read_back(parts: list[str]) -> None:
    shown = ".".join(f"[{part.replace(']', ']]')}]" for part in parts)
    assert parse_name(shown) == Name(tuple(parts))
    if not any("$(" in part for part in parts):
        assert parse_name(str(Name(tuple(parts)))) == Name(tuple(parts))


@given(st.lists(PARTS, min_size=1, max_size=4))
def test_case_is_folded_in_keys(parts: list[str]) -> None:
    name = Name(tuple(parts))
    assert name.key == Name(tuple(part.casefold() for part in parts)).key


@pytest.mark.parametrize(
    ("text", "system"),
    [
        ("sys.objects", True),
        ("db.INFORMATION_SCHEMA.tables", True),
        ("sp_executesql", True),
        ("master.dbo.xp_cmdshell", True),
        ("SP_WHO2", True),
        ("msdb..sp_send_dbmail", True),
        ("sp_mine", False),
        ("master.dbo.sp_mine", False),
        ("xp_mine", False),
        ("dbo.sp_mine", False),
        ("dbo.t", False),
        ("sysobjects", False),
    ],
)
def test_objects_of_the_system(text: str, system: bool) -> None:
    assert parse_name(text).system is system


@pytest.mark.parametrize(
    ("text", "temporary"), [("#t", True), ("##t", True), ("@t", True), ("dbo.t", False)]
)
def test_temporary_names(text: str, temporary: bool) -> None:
    assert parse_name(text).temporary is temporary


def test_reserved_words_are_folded() -> None:
    assert all(word == word.lower() for word in RESERVED)


@pytest.mark.parametrize(
    ("text", "system"),
    [
        ("sysobjects", True),
        ("dbo.SysColumns", True),
        ("master..sysdatabases", True),
        ("sys.objects", True),
        ("app.sysobjects", False),
        ("dbo.sysorders", False),
        ("https://a/sysobjects", False),
    ],
)
def test_old_names_of_views_of_the_system(text: str, system: bool) -> None:
    assert parse_name(text).system_source is system


@pytest.mark.parametrize(
    ("text", "temporary"),
    [("#t", True), ("##t", True), ("@t", True), ("dbo.[@t]", False), ("dbo.t", False)],
)
def test_a_variable_has_no_schema(text: str, temporary: bool) -> None:
    assert parse_name(text).temporary is temporary
