"""SQLCMD commands: blanked in place, obeyed in order, in the files that `:r` brings in too."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sql_lineage_purview.tsql.reading.sqlcmd import CircularIncludeError, Commands, read_commands


def read(
    text: str,
    files: Mapping[str, str | OSError] | None = None,
    variables: Mapping[str, str] | None = None,
) -> Commands:
    known_files = files or {}

    def include(path: str, stack: tuple[str, ...]) -> bytes:
        if path in stack:
            raise CircularIncludeError(path)
        content = known_files.get(path, FileNotFoundError(path))
        if isinstance(content, OSError):
            raise content
        return content.encode()

    return read_commands(text, variables or {}, include)


def filled(
    text: str,
    files: Mapping[str, str | OSError] | None = None,
    variables: Mapping[str, str] | None = None,
) -> str:
    """What `$(x)` on the last line of a script stands for."""
    commands = read(f"{text}\n$(x)", files, variables)
    return commands.variables.filled("$(x)", len(commands.text) - 4)


def diagnostics(commands: Commands) -> list[tuple[str, int]]:
    return [(diagnostic.code, diagnostic.span.line) for diagnostic in commands.diagnostics]


class TestText:
    @pytest.mark.parametrize(
        "line",
        [
            ":setvar x 1",
            "  :CONNECT server",
            ":on error exit",
            "!!dir",
            ":!! echo x",
            ":r gone.sql",
            ":exit(SELECT 1)",
            ":listvar",
        ],
    )
    def test_a_command_is_blanked_and_all_else_stays_in_its_place(self, line: str) -> None:
        text = f"SELECT 1\r\n{line}\r\nSELECT 2"

        assert read(text).text == f"SELECT 1\r\n{' ' * len(line)}\r\nSELECT 2"

    @pytest.mark.parametrize(
        "text",
        [
            "SELECT a :r a.sql",
            "SELECT 1 -- :r x\n",
            "-- :r a.sql",
            ":rx\n",
            "a\n::b",
            "::fn()",
            "SELECT a:b",
            "label:\nSELECT 1",
        ],
    )
    def test_a_colon_elsewhere_is_text(self, text: str) -> None:
        commands = read(text)

        assert commands.text == text
        assert not commands.inclusions

    @pytest.mark.parametrize(
        "text",
        [
            "/*\n:setvar x b\n*/",
            "/* /* */\n:setvar x b\n*/",
            "/* it's\n:setvar x b\n*/",
            "'\n:setvar x b\n'",
            "'it''s\n:setvar x b\n'",
            "-- /*\n'\n:setvar x b\n'",
            "[\n:setvar x b\n]",
            '"\n:setvar x b\n"',
        ],
    )
    def test_commands_in_comments_strings_and_names_are_text(self, text: str) -> None:
        assert read(text).text == text
        assert filled(text) == "$(x)"

    def test_a_command_behind_a_comment_and_a_string_is_one(self) -> None:
        assert filled("/* it's */ -- '\nSELECT 'a''b' -- [\n:setvar x b") == "b"

    @given(st.text(alphabet=":r!setva x$()'[]\"-/*\n", max_size=60))
    def test_any_text_keeps_its_length_and_lines(self, text: str) -> None:
        commands = read(text)

        assert len(commands.text) == len(text)
        assert [at for at, character in enumerate(commands.text) if character == "\n"] == [
            at for at, character in enumerate(text) if character == "\n"
        ]


class TestVariables:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            (":setvar x 1", "1"),
            (':setvar X "a ""b"" c"', 'a "b" c'),
            (":setvar x 1\n:setvar x 2", "2"),
            (":setvar x 1\n:setvar x", "$(x)"),
            (":setvar y 1\n:setvar x $(y)2", "12"),
            (":setvar x b # rest", "b"),
            (':SetVar x "b c"', "b c"),
            (":setvar", "given"),
            ("", "given"),
        ],
    )
    def test_the_last_word_counts(self, text: str, value: str) -> None:
        assert filled(text, variables={"x": "given"}) == value

    def test_of_a_file_that_is_brought_in_count_behind_it(self) -> None:
        files = {"one.sql": ":r two.sql\n:setvar x $(y)!", "two.sql": ":setvar y 2"}

        assert filled(":setvar x 1\n:r one.sql", files) == "2!"
        assert filled(":r one.sql\n:setvar x 1", files) == "1"

    def test_a_path_may_hold_them(self) -> None:
        assert filled(":setvar folder a\n:r $(folder)/b.sql", {"a/b.sql": ":setvar x 1"}) == "1"


class TestInclusions:
    def test_are_listed_with_what_led_there_and_what_is_set_by_then(self) -> None:
        commands = read(
            ':setvar A 1\n:r "one.sql"\n:setvar A\n:r two.sql',
            {"one.sql": ":setvar B 2\n:r two.sql", "two.sql": "SELECT 1"},
        )

        assert [
            (inclusion.path, inclusion.stack, dict(inclusion.variables))
            for inclusion in commands.inclusions
        ] == [
            ("one.sql", (), {"a": "1"}),
            ("two.sql", ("one.sql",), {"a": "1", "b": "2"}),
            ("two.sql", (), {"b": "2"}),
        ]

    def test_in_vain_are_reported_by_the_file_that_holds_them(self) -> None:
        files = {"out.sql": PermissionError(), "one.sql": ":r gone.sql\n:r out.sql"}

        assert diagnostics(read("\n:r gone.sql\n:r out.sql\n:r one.sql", files)) == [
            ("SLP403", 2),
            ("SLP402", 3),
        ]

    def test_a_circle_is_reported_where_it_begins(self) -> None:
        commands = read(
            "SELECT 1\n:r one.sql", {"one.sql": "\n\n\n:r two.sql", "two.sql": ":r one.sql"}
        )

        assert diagnostics(commands) == [("SLP404", 2)]
        assert commands.diagnostics[0].message == (
            ":r one.sql: brings in one.sql, which is being read already"
        )

    def test_files_that_multiply_come_to_an_end(self) -> None:
        files = {
            str(number): f":setvar x{number} a\n:r {number + 1}\n:setvar x{number} b\n:r "
            f"{number + 1}"
            for number in range(60)
        }

        assert len(read(":r 0", files).inclusions) <= 1_000
