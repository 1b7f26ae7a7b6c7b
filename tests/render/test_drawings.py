"""Drawings: how lines are laid out for a width, and what becomes of what does not fit."""

from __future__ import annotations

import pytest

from sql_lineage_purview.model.graph import Location
from sql_lineage_purview.render.drawing import Branch, Fragment, Meaning, at, text_drawing
from sql_lineage_purview.render.drawing_layout import ASCII, Medium, laid_out
from sql_lineage_purview.render.shell_words import quoted

NAME = Fragment("Warehouse.dbo.FactSales", Meaning.NAME)
PLACE = at(Location("etl/procedures/load.sql", 12))


def _lines(branch: Branch, medium: Medium) -> list[str]:
    return ["".join(run.text for run in line) for line in laid_out(branch, medium)]


def test_without_a_width_a_line_is_whole() -> None:
    assert _lines(Branch((NAME, PLACE)), Medium()) == [
        "Warehouse.dbo.FactSales  etl/procedures/load.sql:12"
    ]


def test_what_does_not_fit_goes_to_the_next_line_whole() -> None:
    assert _lines(Branch((NAME, PLACE)), Medium(50)) == [
        "Warehouse.dbo.FactSales",
        "    etl/procedures/load.sql:12",
    ]


def test_what_is_longer_than_a_line_is_broken_between_words_folders_and_parts_of_names() -> None:
    place = at(Location("a_long_folder_of_scripts/another_long_folder/load_everything.sql", 7))
    name = Fragment("A_long_database_name.a_long_schema_name.a_long_table_name", Meaning.NAME)

    assert _lines(Branch((place,)), Medium(40)) == [
        "a_long_folder_of_scripts/",
        "    another_long_folder/",
        "    load_everything.sql:7",
    ]
    assert _lines(Branch((name,)), Medium(50)) == [
        "A_long_database_name.a_long_schema_name.",
        "    a_long_table_name",
    ]


def test_what_is_longer_than_a_line_begins_where_that_saves_one() -> None:
    place = at(Location("a_long_folder/of_scripts/load_everything_there_is.sql", 7))
    word = Fragment("reads")

    assert _lines(Branch((word, place)), Medium(40)) == [
        "reads  a_long_folder/of_scripts/",
        "    load_everything_there_is.sql:7",
    ]
    assert _lines(Branch((Fragment("reads, writes, joins"), place)), Medium(40)) == [
        "reads, writes, joins",
        "    a_long_folder/of_scripts/",
        "    load_everything_there_is.sql:7",
    ]


@pytest.mark.parametrize(
    ("width", "second"), [(None, "view b   reads  b.sql:1"), (30, "view b  reads  b.sql:1")]
)
def test_lines_stand_in_columns_where_all_of_them_fit(width: int | None, second: str) -> None:
    table = Branch((Fragment("Used by"),), guided=False, columns=2)
    for name, path in (("view ab", "a/folder/of/scripts.sql"), ("view b", "b.sql")):
        table.add(Fragment(name), Fragment("reads"), at(Location(path, 1)))

    assert _lines(table, Medium(width))[-1] == second


@pytest.mark.parametrize(
    ("width", "line"),
    [
        (None, "dbo.T  first, second, third, fourth"),
        (60, "dbo.T  first, second, third, fourth"),
        (40, "dbo.T  first, second, third, fourth"),
    ],
)
def test_a_list_is_whole_where_it_fits(width: int | None, line: str) -> None:
    names = Fragment("first, second, third, fourth", Meaning.LIST)

    assert _lines(Branch((Fragment("dbo.T", Meaning.NAME), names)), Medium(width)) == [line]


@pytest.mark.parametrize("width", range(40, 90))
def test_a_list_that_does_not_fit_says_how_much_it_leaves_out(width: int) -> None:
    columns = [f"column_{number}" for number in range(20)]
    names = Fragment(", ".join(columns), Meaning.LIST)

    lines = _lines(Branch((Fragment("dbo.Table", Meaning.NAME), names)), Medium(width))

    shown, _, more = lines[-1].partition(" … ")
    assert len(lines) == 1
    assert len(lines[0]) <= width
    assert int(more.removesuffix(" more")) == 20 - shown.count("column_")


def test_a_list_with_little_room_stands_below() -> None:
    names = Fragment("first, second, third, fourth, fifth, sixth", Meaning.LIST)
    name = Fragment("Warehouse.dbo.FactSales", Meaning.NAME)

    assert _lines(Branch((name, names)), Medium(44)) == [
        "Warehouse.dbo.FactSales",
        "    first, second, third, fourth … 2 more",
    ]


def test_a_sentence_goes_on_where_it_is_and_breaks_between_words() -> None:
    text = "no table is named mssql://server/Dw/dbo.Fact; scan the database in Purview"

    assert _lines(Branch((Fragment("Note", joint=""), Fragment(text))), Medium(50)) == [
        "Note  no table is named",
        "    mssql://server/Dw/dbo.Fact; scan the database",
        "    in Purview",
    ]


def test_lines_of_text_keep_their_indent_and_break_long_paths_behind_folders() -> None:
    text = text_drawing(["Found:", "  at a_folder/of_scripts/another_folder/of_scripts/load.sql"])

    assert _lines(text, Medium(44)) == [
        "Found:",
        "  at a_folder/of_scripts/another_folder/",
        "      of_scripts/load.sql",
    ]


def test_a_command_is_never_broken() -> None:
    command = Fragment("sql-lineage-purview tree Warehouse.dbo.FactSales", Meaning.COMMAND)
    source = Fragment("", Meaning.SOURCE, joint=" ")

    assert _lines(Branch((command, source)), Medium(40, source="etl")) == [
        "sql-lineage-purview tree Warehouse.dbo.FactSales etl"
    ]


def test_guides_go_past_lines_that_are_continued() -> None:
    tree = Branch((Fragment("root"),))
    child = tree.add(NAME, PLACE)
    child.add(Fragment("leaf"))
    tree.add(NAME, PLACE)

    assert _lines(tree, Medium(50, ASCII)) == [
        "root",
        "+-- Warehouse.dbo.FactSales",
        "|   |       etl/procedures/load.sql:12",
        "|   `-- leaf",
        "`-- Warehouse.dbo.FactSales",
        "        etl/procedures/load.sql:12",
    ]


@pytest.mark.parametrize("width", range(60, 90))
def test_no_line_is_wider_than_the_terminal_beside_its_guides(width: int) -> None:
    place = at(Location("some/folder/of/scripts/and/another/of/them/with/a/long/path/l.sql", 9))
    tree = Branch((Fragment("root"),))
    tree.add(NAME, place).add(NAME, place).add(Fragment("leaf"))

    assert max(map(len, _lines(tree, Medium(width)))) <= width


def test_a_deep_tree_keeps_its_names() -> None:
    tree = branch = Branch((Fragment("root"),))
    for _ in range(100):
        branch = branch.add(NAME)

    assert all("FactSales" in line for line in _lines(tree, Medium(80))[1:])


def test_paths_are_called_as_they_are_where_it_is_drawn() -> None:
    medium = Medium(shown=lambda path: f"here/{path}")

    assert _lines(Branch((at(Location("a.sql", 1)), at(Location("b.sql", 0)))), medium) == [
        "here/a.sql:1  here/b.sql"
    ]


def test_arguments_are_quoted_for_any_shell_and_never_run() -> None:
    assert quoted("dbo.Fact") == "dbo.Fact"
    assert quoted("dbo.[Fact Sales]") == '"dbo.[Fact Sales]"'
    assert quoted("dbo.[a`b]") == "'dbo.[a`b]'"
    assert quoted('x"; rm -rf $HOME') == "'x\"; rm -rf $HOME'"
    assert quoted("it's") == "'it'\"'\"'s'"
    assert quoted("") == "''"
