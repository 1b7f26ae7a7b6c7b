"""bench/projects.py: from database projects to the table of the page.

The other parser is played by a script.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from projects import MARKS, main, projects_of
from runs import Target

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = (
    "CREATE TABLE dbo.Sales (Id int, Amount int);\nGO\nCREATE VIEW dbo.v AS SELECT Id FROM "
    "dbo.Sales;\n"
)
PARSER = """
import json, pathlib, sys
print(json.dumps({"defined": ["dbo.sales", "dbo.v"]}))
print(json.dumps({"module": "dbo.v", "stars": 0, "columns": COLUMNS}))
"""


@pytest.fixture
def corpora(tmp_path: Path) -> Path:
    """A listed repository of two projects, one of which defines nothing of what it uses.

    And one without a licence.
    """
    scripts = {
        "procfwk/src/Db": SCRIPT,
        "procfwk/src/Refers": "CREATE VIEW dbo.w AS SELECT Id FROM dbo.Gone;\n",
        "own": SCRIPT,
    }
    for folder, script in scripts.items():
        place = tmp_path / "corpora" / folder
        place.mkdir(parents=True)
        (place / "objects.sql").write_text(script, encoding="utf-8")
        (place / "Database.sqlproj").write_text(
            '<Project Sdk="Microsoft.Build.Sql"><PropertyGroup/></Project>', encoding="utf-8"
        )
    return tmp_path / "corpora"


def parser_of(place: Path, columns: str) -> Path:
    script = place / "parser.py"
    script.write_text(PARSER.replace("COLUMNS", columns), encoding="utf-8")
    return script


def test_complete_projects_are_put_into_the_page(corpora: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"# Columns\n\n{MARKS[0]}\nold\n{MARKS[1]}\n\nMore.\n", encoding="utf-8")
    parser = parser_of(tmp_path, '["dbo.sales.id"]')

    assert main([str(corpora), "--oracle", str(parser), "--out", str(page), "--at-least", "1"]) == 0

    text = page.read_text(encoding="utf-8")
    assert (
        "| mrpaulandrew/procfwk: src/Db | 100.0% | 1 | 1 | 0 | 0 | 1.0000 | 1.0000 | 0 | "
        "1.0000 / 1.0000 |"
    ) in text
    assert "| repository 1 | 100.0% | 1 | 1 | 0 | 0 |" in text
    assert "Refers" not in text
    assert "1 of 3 projects define less than 85%" in text
    assert text.endswith(f"{MARKS[1]}\n\nMore.\n")


def test_a_project_below_the_threshold_is_named(
    corpora: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parser = parser_of(tmp_path, '["dbo.sales.id", "dbo.sales.amount"]')

    assert (
        main([str(corpora), "--oracle", str(parser), "--repo", "own", "--at-least", "0.995"]) == 1
    )
    assert "FAILED: repository 1: recall is 0.5000, below 0.995" in capsys.readouterr().err


def test_a_parser_that_fails_is_reported_in_a_sentence(
    corpora: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parser = tmp_path / "parser.py"
    parser.write_text("import sys; sys.exit('RecursionError: too deep')", encoding="utf-8")

    assert main([str(corpora), "--oracle", str(parser), "--repo", "own"]) == 2
    assert "bind fails in" in (error := capsys.readouterr().err)
    assert "RecursionError: too deep" in error


def test_projects_of_a_repository_without_a_licence_have_numbers(corpora: Path) -> None:
    (corpora / "own" / "more").mkdir()
    (corpora / "own" / "more" / "Other.sqlproj").write_text("<Project/>", encoding="utf-8")

    assert [project.title for project in projects_of(Target("repository 7", corpora / "own"))] == [
        "repository 7: project 1",
        "repository 7: project 2",
    ]


def test_the_answers_are_asked_for_once(corpora: Path, tmp_path: Path) -> None:
    arguments = [
        str(corpora),
        "--repo",
        "own",
        "--work",
        str(tmp_path / "work"),
        "--at-least",
        "1",
        "--oracle",
    ]

    assert main([*arguments, str(parser_of(tmp_path, '["dbo.sales.id"]'))]) == 0
    assert main([*arguments, str(parser_of(tmp_path, "1 / 0"))]) == 0
