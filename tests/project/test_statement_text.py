from __future__ import annotations

from pathlib import Path

from sql_lineage_purview.model.graph import Statement
from sql_lineage_purview.model.secret_words import Literals
from sql_lineage_purview.project.reading.statement_text import StatementText

SCRIPT = """-- a comment
INSERT INTO dbo.T
SELECT a FROM dbo.A;

PRINT 'x';
INSERT INTO dbo.T   \r
SELECT b FROM OPENROWSET('SQLNCLI', 's';'u';'hidden', 'SELECT 1');
UPDATE dbo.T SET a = 1;
"""


def statement(first: int, last: int, path: str = "load.sql") -> Statement:
    return Statement(
        f"{path}#{first}", path, first, last, "INSERT", None, (), (), (), dynamic=False
    )


def test_the_lines_of_statements(tmp_path: Path) -> None:
    (tmp_path / "load.sql").write_text(SCRIPT, encoding="utf-8", newline="")
    text = StatementText(tmp_path)
    assert text([statement(2, 3)]) == "INSERT INTO dbo.T\nSELECT a FROM dbo.A;"
    assert text([statement(8, 8), statement(2, 3), statement(6, 7)]) == (
        "INSERT INTO dbo.T\nSELECT a FROM dbo.A;\n…\nINSERT INTO dbo.T\n"
        "SELECT b FROM OPENROWSET('***', '***';'***';'***', '***');\nUPDATE dbo.T SET a = 1;"
    )
    assert "hidden" not in text([statement(1, 9)])


def test_a_secret_whose_key_word_stands_in_a_line_before(tmp_path: Path) -> None:
    (tmp_path / "load.sql").write_text(
        "CREATE LOGIN x WITH PASSWORD =\n'hidden'\n", encoding="utf-8"
    )
    assert StatementText(tmp_path)([statement(2, 2)]) == "'***'"


def test_comments_are_left_out_and_strings_may_be_kept(tmp_path: Path) -> None:
    (tmp_path / "load.sql").write_text(
        "SELECT a -- why\n/* how\n*/ FROM t\nWHERE b = 'DE';\nSET @pwd = 'x'\n", encoding="utf-8"
    )
    lines = [statement(1, 5)]

    assert StatementText(tmp_path)(lines) == "SELECT a\n FROM t\nWHERE b = '***';\nSET @pwd = '***'"
    assert StatementText(tmp_path, literals=Literals.KEEP)(lines).endswith(
        "WHERE b = 'DE';\nSET @pwd = '***'"
    )
    assert StatementText(tmp_path, literals=Literals.KEEP)([statement(9, 9)]) == ""


def test_what_stands_in_a_package_or_a_database(tmp_path: Path) -> None:
    scripts = {
        "mssql://srv/db/dbo.p": b"CREATE PROC dbo.p AS\nDELETE dbo.T",
        "db.dacpac/p.sql": b"SELECT 1",
    }
    text = StatementText(tmp_path, scripts)
    assert text([statement(2, 2, "mssql://srv/db/dbo.p")]) == "DELETE dbo.T"
    assert text([statement(1, 1, "db.dacpac/p.sql")]) == "SELECT 1"


def test_what_stands_in_no_file_has_no_text(tmp_path: Path) -> None:
    text = StatementText(tmp_path)
    assert [
        text([statement(1, 1, path)]) for path in ("gone.sql", "mssql://srv/db/dbo.p", "a\0b")
    ] == ["", "", ""]
    assert text([]) == ""
