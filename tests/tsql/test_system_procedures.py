"""Calls of system procedures: arguments by name and by place, and secrets in command lines."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sql_lineage_purview.project.reading.cache import dump_entry
from tests.linking import column_lines, compiled, lineage_of, statement_lines

STEP = {
    "@job_id": "NULL",
    "@job_name": "N'j'",
    "@step_id": "1",
    "@step_name": "N's'",
    "@subsystem": "N'TSQL'",
}
COMMAND = "N'INSERT Dw.dbo.t (a) SELECT b FROM Dw.dbo.s'"


@given(
    named=st.permutations(list({**STEP, "@command": COMMAND}.items())),
    schema=st.sampled_from(["", "dbo.", "msdb.dbo.", "msdb.."]),
)
def test_arguments_by_name_and_by_place_say_the_same(
    named: list[tuple[str, str]], schema: str
) -> None:
    by_place = lineage_of(f"EXEC sp_add_jobstep {', '.join([*STEP.values(), COMMAND])}")
    by_name = lineage_of(
        f"EXEC {schema}sp_add_jobstep {', '.join(f'{name} = {value}' for name, value in named)}"
    )
    assert (
        column_lines(by_name)
        == column_lines(by_place)
        == ["Dw.dbo.s.b -> Dw.dbo.t.a  IDENTITY  INFERRED"]
    )
    assert statement_lines(by_name)[1:] == statement_lines(by_place)[1:]


def test_a_password_in_a_command_is_not_shown() -> None:
    graph = lineage_of("""
        CREATE PROCEDURE dbo.p @file varchar(99) AS
        DECLARE @cmd varchar(8000) = 'bcp dbo.t out ' + @file + ' -c -U sa -P "open sesame" -S .'
        EXEC xp_cmdshell @cmd
    """)
    assert graph.diagnostics
    assert not [diagnostic for diagnostic in graph.diagnostics if "sesame" in diagnostic.message]


def test_a_script_in_another_language_is_not_kept() -> None:
    facts = compiled("""
        CREATE PROCEDURE dbo.p @table sysname AS
        DECLARE @query nvarchar(max) = N'SELECT a FROM ' + @table
        EXEC sp_execute_external_script @language = N'R',
            @script = N'connect("open sesame")', @input_data_1 = @query
    """)
    assert "sesame" not in dump_entry(facts, [])


def test_what_a_property_says_is_not_kept() -> None:
    facts = compiled(
        "EXEC sys.sp_addextendedproperty N'MS_Description', N'open sesame', N'SCHEMA', 'b'"
    )
    assert "sesame" not in dump_entry(facts, [])
    (statement,) = facts.items
    assert [str(name) for name in statement.calls] == ["sys.sp_addextendedproperty"]


def test_an_argument_that_says_nothing_costs_no_other() -> None:
    step = ", ".join([*STEP.values(), "@sql", *[""] * 40])
    graph = lineage_of(f"""
        CREATE PROCEDURE dbo.p @from sysname AS
        DECLARE @sql nvarchar(max) = N'INSERT Dw.dbo.t (a) SELECT b FROM ' + @from
        EXEC sp_add_jobstep {step}
        GO
        EXEC dbo.p N'Dw.dbo.s'
    """)

    assert column_lines(graph) == ["Dw.dbo.s.b -> Dw.dbo.t.a  IDENTITY  INFERRED"]
