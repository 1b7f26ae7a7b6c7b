"""A small project of scripts, and a way to run commands in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from sql_lineage_purview.cli import main

if TYPE_CHECKING:
    from pathlib import Path

SCRIPTS = {
    "ddl/stg.Sales.sql": "CREATE TABLE stg.Sales (Id int, Amount money)",
    "ddl/dbo.Fact.sql": "CREATE TABLE dbo.Fact (Id int, Amount money)\nGO\nCREATE TABLE "
    "dbo.Totals (Amount money)",
    "etl/usp_Load.sql": (
        "CREATE PROCEDURE dbo.usp_Load AS\n"
        "INSERT INTO dbo.Fact (Id, Amount) SELECT Id, Amount FROM stg.Sales\n"
        "INSERT INTO dbo.Totals (Amount) SELECT SUM(Amount) FROM dbo.Fact\n"
    ),
}
BROKEN = "BEGIN\n    SELECT Id FROM dbo.Fact\n"
UNKNOWN = "SELECT Nope FROM dbo.Fact"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command did."""

    code: int
    out: str
    err: str


Run = Callable[..., Outcome]


def write(root: Path, scripts: dict[str, str]) -> Path:
    for path, text in scripts.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    return root


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the scripts; it is also the current folder."""
    folder = write(tmp_path / "project", SCRIPTS)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in this process."""

    def run_command(*arguments: object) -> Outcome:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return Outcome(code, out, err)

    return run_command
