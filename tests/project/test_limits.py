"""Small scripts that would build something huge: a finding there, and the rest is read."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from sql_lineage_purview.model import limits
from sql_lineage_purview.project.configuring.settings import Settings
from sql_lineage_purview.project.keeping.scan_result import Scan
from sql_lineage_purview.project.project_errors import PathError
from sql_lineage_purview.project.scanning import scan

BOTH = (
    "CREATE TABLE dbo.s (a int); CREATE TABLE dbo.t (a int);\nGO\n"
    "INSERT INTO dbo.t SELECT a FROM dbo.s;\nGO\n"
)
DOUBLED = "DECLARE @s varchar(max) = 'SELECT a FROM dbo.s;';" + "SET @s += @s;" * 60
PIECES = "a," * 400
NUMBERS = "+".join(f"c{number}" for number in range(1000))


@pytest.fixture(autouse=True)
def _smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is executed and brought in takes its time, so less of it is enough for a test."""
    monkeypatch.setattr(
        "sql_lineage_purview.tsql.compiling.file_compiler.EXECUTED_CHARACTERS", 10_000
    )
    monkeypatch.setattr("sql_lineage_purview.tsql.reading.sqlcmd.INCLUDED_FILES", 100)


def scanned(folder: Path, text: str) -> Scan:
    (folder / "x.sql").write_text(BOTH + text, encoding="utf-8")
    return scan([folder], Settings(jobs=1), use_cache=False)


def codes(result: Scan) -> set[str]:
    return {diagnostic.code for diagnostic in result.graph.diagnostics}


@pytest.mark.parametrize(
    "text",
    [
        f"{DOUBLED} EXEC (@s);",
        "DECLARE @s varchar(max) = 'x', @i int = 0; WHILE @i < 60 "
        "BEGIN SET @s = REPLACE(@s, 'x', 'xx'); SET @i += 1; END; "
        f"{DOUBLED.replace('@s', '@d')} EXEC (@d);",
        f"DECLARE @s varchar(max) = '{'x' * 1000}'; "
        f"SET @s = CONCAT({', '.join(['@s'] * 2000)}); EXEC (@s);",
        f"DECLARE @s varchar(max) = '{'x' * 1000}'; "
        f"SET @s = FORMATMESSAGE('{'%s' * 1001}', {', '.join(['@s'] * 1001)});",
        f"DECLARE @s varchar(max) = 'x'; "
        f"SELECT @s = @s + @s FROM STRING_SPLIT('{PIECES}', ','); EXEC (@s);",
        "DECLARE @s varchar(max) = ''; "
        + "SET @s += CASE WHEN @p = 1 THEN 'a' ELSE 'b' END;" * 3000
        + "EXEC (@s);",
        "DECLARE @q varchar(max) = 'SELECT 1';"
        "EXEC (@q);" + "SET @q += @q;" * 15 + "EXEC (@q);" * 20,
        "".join(f":setvar v{n + 1} $(v{n})$(v{n})\n" for n in range(40)).replace(
            "$(v0)$(v0)", "abcdefgh"
        ),
        "".join(f":setvar v{n} x\n" for n in range(limits.VARIABLES + 1)),
    ],
    ids=["+=", "loop", "CONCAT", "FORMATMESSAGE", "rows", "CASE", "EXEC", "setvar", "variables"],
)
def test_what_is_beyond_a_limit_is_reported_and_the_rest_is_read(text: str, tmp_path: Path) -> None:
    result = scanned(tmp_path, text)

    assert "SLP107" in codes(result)
    assert not codes(result) & {"SLP104", "SLP101"}
    assert [(str(edge.source), str(edge.target)) for edge in result.graph.table_lineage] == [
        ("dbo.s", "dbo.t")
    ]


def test_strings_that_execute_strings_have_one_budget(tmp_path: Path) -> None:
    text = "SELECT a FROM dbo.s;"
    for _ in range(6):
        text = "DECLARE @q varchar(max) = '" + text.replace("'", "''") + "';" + "EXEC (@q);" * 30

    assert "SLP107" in codes(scanned(tmp_path, text))


def test_strings_of_calls_nested_thousands_deep_are_given_up(tmp_path: Path) -> None:
    nested = "REPLACE(" * 4_000 + "@q" + ", 'x', 'y')" * 4_000
    result = scanned(
        tmp_path, f"DECLARE @q varchar(max) = 'DELETE dbo.u;'; SET @q = {nested}; EXEC (@q);"
    )

    assert {"SLP107", "SLP301"} <= codes(result)


def test_a_number_of_thousands_of_digits_is_no_defect(tmp_path: Path) -> None:
    digits = "9" * 5000
    result = scanned(
        tmp_path, f"EXEC ('a' + CONCAT('b', {digits}) + CHAR({digits}) + LEFT('a', {digits}));"
    )

    assert codes(result) == {"SLP301"}


def test_too_many_column_edges_are_reported_and_those_of_the_tables_stay(tmp_path: Path) -> None:
    columns = ", ".join(f"c{number} int" for number in range(1000))
    outputs = ", ".join(f"d.total c{number}" for number in range(1000))
    script = (
        f"CREATE TABLE dbo.w ({columns}); CREATE TABLE dbo.x ({columns});\nGO\n"
        f"INSERT INTO dbo.x SELECT {outputs} FROM (SELECT {NUMBERS} AS total FROM dbo.w) AS d;"
    )

    result = scanned(tmp_path, script)
    assert "SLP108" in codes(result)
    assert ("dbo.w", "dbo.x") in [
        (str(edge.source), str(edge.target)) for edge in result.graph.table_lineage
    ]
    assert len(result.graph.column_lineage) == 1


def test_what_all_statements_carry_has_a_limit_that_spares_small_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sql_lineage_purview.linker.context.link_budget.SCAN_FLOWS", 30_000)
    monkeypatch.setattr(
        "sql_lineage_purview.linker.context.link_budget.STATEMENT_SHARE_OF_FLOWS", 0
    )
    columns = ", ".join(f"c{number} int" for number in range(50))
    total = "+".join(f"c{number}" for number in range(50))
    insert = f"INSERT INTO dbo.x SELECT {', '.join([total] * 50)} FROM dbo.w;\n"
    (tmp_path / "y.sql").write_text("INSERT INTO dbo.z SELECT a AS b FROM dbo.s;", encoding="utf-8")

    result = scanned(
        tmp_path,
        f"CREATE TABLE dbo.w ({columns}); CREATE TABLE dbo.x ({columns});\nGO\n{insert * 20}",
    )
    lines = [
        diagnostic.span.line
        for diagnostic in result.graph.diagnostics
        if diagnostic.code == "SLP108"
    ]
    assert lines == list(range(10, 27))
    edges = {(str(edge.source), str(edge.target)) for edge in result.graph.table_lineage}
    assert edges == {("dbo.s", "dbo.t"), ("dbo.w", "dbo.x"), ("dbo.s", "dbo.z")}
    assert len(result.graph.column_lineage) == 2500 + 2


@pytest.mark.parametrize("source", ["dbo.s", "(SELECT NULL AS a)"])
def test_columns_that_double_are_given_up(source: str, tmp_path: Path) -> None:
    doubled = "".join(
        f"SELECT x.*, y.* INTO #t{number + 1} FROM #t{number} AS x CROSS JOIN #t{number} AS y;\n"
        for number in range(40)
    )

    result = scanned(tmp_path, f"SELECT q.a INTO #t0 FROM {source} AS q;\n{doubled}")
    assert "SLP108" in codes(result)
    assert "SLP104" not in codes(result)


def test_files_that_bring_in_files_again_and_again(tmp_path: Path) -> None:
    for number in range(8):
        lines = f":setvar v{number} $(v)x\n:r f{number + 1}.inc\n" * 2
        (tmp_path / f"f{number}.inc").write_text(f":setvar v $(v)y\n{lines}", encoding="utf-8")

    assert "SLP107" in codes(scanned(tmp_path, ":setvar v x\n:r f0.inc\n"))


def test_a_script_of_more_than_its_limit_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "huge.sql").open("wb") as file:
        file.truncate(limits.SCRIPT_BYTES + 1)

    diagnostics = [
        diagnostic
        for diagnostic in scanned(tmp_path, "").graph.diagnostics
        if diagnostic.path == "huge.sql"
    ]
    assert [
        (diagnostic.code, "larger than 64 MB" in diagnostic.message) for diagnostic in diagnostics
    ] == [("SLP001", True)]


@pytest.mark.parametrize(
    "content",
    ["[" * 100_000, '{"activities": ' + "[" * 100_000, '{"activities": ' + "1" * 5000 + "}"],
)
def test_json_that_is_nested_too_deeply_is_no_json(content: str, tmp_path: Path) -> None:
    (tmp_path / "pipeline").mkdir()
    (tmp_path / "pipeline" / "p.json").write_text(content, encoding="utf-8")

    result = scanned(tmp_path, "")
    assert [file.path for file in result.skipped] == ["pipeline/p.json"]


def test_a_pipeline_whose_activities_are_nested_deeply_costs_itself_alone(tmp_path: Path) -> None:
    activity = json.dumps({"name": "x", "type": "Wait"})
    for _ in range(400):
        activity = (
            '{"name": "x", "type": "ForEach", "typeProperties": {"activities": [' + activity + "]}}"
        )
    (tmp_path / "pipeline").mkdir()
    (tmp_path / "pipeline" / "p.json").write_text(
        '{"properties": {"activities": [' + activity + "]}}", encoding="utf-8"
    )

    assert len(scanned(tmp_path, "").graph.table_lineage) == 1


def test_an_object_of_a_package_is_not_unpacked_without_end(tmp_path: Path) -> None:
    space = "http://schemas.microsoft.com/sqlserver/dac/Serialization/2012/02"
    head = f'<DataSchemaModel xmlns="{space}"><Model><Element Type="SqlTable" Name="[a].[b]">'
    with zipfile.ZipFile(tmp_path / "bomb.dacpac", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("model.xml", head + "<Relationship/>" * 300_000)

    with pytest.raises(PathError, match="larger than any real one"):
        scan([tmp_path / "bomb.dacpac"], Settings(jobs=1), use_cache=False)
