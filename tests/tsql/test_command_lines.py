"""Command lines of xp_cmdshell and CmdExec steps.

Here it is seen which commands they are, and what bcp and sqlcmd are told.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sql_lineage_purview.tsql.strings.command_lines import commands
from tests.linking import lineage_of, table_lines


@pytest.mark.parametrize(
    ("line", "programs"),
    [
        ("dir C:\\", ["dir"]),
        ("cd D:\\ & bcp t in f -c", ["cd", "bcp"]),
        ('bcp "SELECT a FROM t WHERE a > 1 & 2 | 3" queryout f -c | find "rows"', ["bcp", "find"]),
        ('"C:\\Program Files\\Tools\\Binn\\BCP.EXE" t out f', ["bcp"]),
        ("cmd /c bcp t out f", ["bcp"]),
        ('cmd.exe /c "bcp t out f -T"', ["bcp"]),
        ("osql -Q x", ["sqlcmd"]),
        ("@echo off\nbcp t out f", ["echo", "bcp"]),
        ("", []),
    ],
)
def test_a_line_holds_commands(line: str, programs: list[str]) -> None:
    assert [command.program for command in commands(line)] == programs


@pytest.mark.parametrize(
    ("line", "words", "options"),
    [
        (
            "bcp Dw.dbo.t out f.dat -n -T -S .",
            ("Dw.dbo.t", "out", "f.dat"),
            {"n": "", "T": "", "S": "."},
        ),
        (
            'bcp t in "a b.csv" -c -t"," -dDw',
            ("t", "in", "a b.csv"),
            {"c": "", "t": ",", "d": "Dw"},
        ),
        ("bcp t in /mnt/in/a.csv -c", ("t", "in", "/mnt/in/a.csv"), {"c": ""}),
        ('sqlcmd -E -d Dw -Q "SELECT 1" -o f', (), {"E": "", "d": "Dw", "Q": "SELECT 1", "o": "f"}),
    ],
)
def test_options_stand_with_or_without_a_space(
    line: str, words: tuple[str, ...], options: dict[str, str]
) -> None:
    (command,) = commands(line)
    assert (command.words, command.options) == (words, options)


@pytest.mark.parametrize(
    "server", [".", "(local)", "localhost", "tcp:localhost", ".\\SQLEXPRESS", "${@@SERVERNAME}"]
)
def test_this_server_goes_by_many_names(server: str) -> None:
    (command,) = commands(f"bcp t out f -S {server}")
    assert command.server is None


def test_another_server_is_named() -> None:
    (command,) = commands("bcp t out f -S OTHER\\INST")
    assert command.server == "OTHER\\INST"


@pytest.mark.parametrize(
    ("line", "output"),
    [("sqlcmd -Q x > f", "f"), ("sqlcmd -Q x 2> f", ""), ("sqlcmd -Q x >> f", "f")],
)
def test_output_goes_where_a_redirection_says(line: str, output: str) -> None:
    (command,) = commands(line)
    assert command.output == output


@given(st.text())
def test_any_line_gives_commands(line: str) -> None:
    assert all(command.program for command in commands(line))


@given(
    options=st.permutations(["-c", "-T", '-t","', "-S .", "-b 1000", '-U "sa"']),
    quoted=st.booleans(),
)
def test_the_order_of_options_changes_nothing(options: list[str], quoted: bool) -> None:
    file = '"D:\\x.csv"' if quoted else "D:\\x.csv"
    command = " ".join(['bcp "SELECT a FROM dbo.s" queryout', file, *options])
    assert table_lines(lineage_of(f"EXEC xp_cmdshell '{command}'")) == [
        "dbo.s -> D:\\x.csv  DIRECT"
    ]
