"""`catalog dump`, `--catalog` and `--from-database`, as a person uses them.

They are for databases that somebody describes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.catalog.packages import package, procedure, table
from tests.project.driver import Driver

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Run

LIVE = "mssql://sql01/Dw"
LOADER = (
    "CREATE PROC dbo.usp_Load AS\nINSERT INTO dbo.Fact (X) SELECT s.A FROM dbo.Source AS s "
    "WHERE s.Nope = 1"
)


@pytest.fixture
def dacpac(project: Path) -> str:
    objects = (
        table("[stg].[New]", "Id", "Name"),
        procedure("[dbo].[usp_New]", "INSERT INTO dbo.Fact (Id) SELECT n.Id FROM stg.New AS n"),
    )
    (project / "model.dacpac").write_bytes(package(*objects))
    return "model.dacpac"


@pytest.fixture
def driver(monkeypatch: pytest.MonkeyPatch) -> Driver:
    driver = Driver()
    monkeypatch.setitem(sys.modules, "mssql_python", driver)
    driver.server.table(2, "Source", "A")
    driver.server.module(2, "usp_Load", "P", LOADER)
    return driver


class TestDump:
    def test_a_snapshot_does_what_its_source_did(
        self, project: Path, run: Run, dacpac: str
    ) -> None:
        (project / "new.sql").write_text(
            "INSERT INTO dbo.Target (Id, Name) SELECT * FROM stg.New", encoding="utf-8"
        )

        outcome = run("catalog", "dump", dacpac, "-o", "dw.json")

        assert (outcome.code, outcome.out) == (0, "")
        assert outcome.err.splitlines() == [
            "A database without a name: 1 table, 1 module.",
            "Written to dw.json.",
        ]
        scans = [
            run("scan", "new.sql", "--format", "csv", "--catalog", source)
            for source in (dacpac, "dw.json")
        ]
        assert "stg.New,Name,dbo.Target,Name,DIRECT,IDENTITY,EXPANDED" in scans[0].out
        assert scans[0] == scans[1]

    def test_a_live_database(self, project: Path, run: Run, driver: Driver) -> None:
        outcome = run("catalog", "dump", LIVE)

        assert outcome.code == 0
        assert [row["name"] for row in json.loads(outcome.out)["databases"]] == ["Dw"]
        assert outcome.err == "Dw: 1 table, 1 module.\n"

    def test_a_package_is_given_the_name_of_its_database(
        self, project: Path, run: Run, dacpac: str
    ) -> None:
        outcome = run("catalog", "dump", f"Dw={dacpac}")

        assert [row["name"] for row in json.loads(outcome.out)["databases"]] == ["Dw"]

    def test_what_cannot_be_read_is_one_line(self, project: Path, run: Run) -> None:
        outcome = run("catalog", "dump", "nowhere.dacpac")

        assert (outcome.code, outcome.out) == (2, "")
        assert outcome.err.endswith(
            "nowhere.dacpac: the catalog cannot be read (No such file or directory).\n"
        )

    def test_an_action_is_needed(self, run: Run) -> None:
        assert run("catalog").code == 2


class TestCatalogArgument:
    def test_it_wins_over_the_configuration(self, project: Path, run: Run, dacpac: str) -> None:
        (project / "sql-lineage-purview.toml").write_text(
            "catalogs = ['nowhere.json']", encoding="utf-8"
        )

        assert "nowhere.json" in run("check").err
        assert run("check", "--catalog", dacpac).code == 0

    def test_secrets_are_not_repeated(self, project: Path, run: Run) -> None:
        outcome = run("scan", ".", "--catalog", "mssql://sa:hush@sql01/Dw")

        assert outcome.code == 2
        assert "no user or password" in outcome.err
        assert "hush" not in outcome.err

    def test_without_the_driver_it_is_said_what_to_install(
        self, project: Path, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "mssql_python", None)

        outcome = run("scan", ".", "--catalog", LIVE)

        assert (outcome.code, outcome.out) == (2, "")
        assert 'pip install ".[mssql]" in the checkout' in outcome.err


class TestPackagesAsPaths:
    def test_scan(self, project: Path, run: Run, dacpac: str) -> None:
        outcome = run("scan", dacpac, "--format", "csv")

        assert (
            "stg.New,Id,dbo.Fact,Id,DIRECT,IDENTITY,EXACT,model.dacpac/dbo.usp_New.sql,3"
            in outcome.out
        )

    def test_check_reports_what_stands_in_it(self, project: Path, run: Run) -> None:
        (project / "model.dacpac").write_bytes(package(procedure("[dbo].[P]", "EXEC (@unknown)")))

        outcome = run("check", "model.dacpac", "--show-source")

        assert outcome.code == 1
        assert outcome.out.startswith("model.dacpac/dbo.P.sql:3:")
        assert "1 file checked" in outcome.err


class TestFromDatabase:
    def test_scan_needs_no_folder(self, project: Path, run: Run, driver: Driver) -> None:
        outcome = run("scan", "--from-database", LIVE, "--format", "csv", "--no-cache")

        assert outcome.code == 0
        assert (
            f"Dw.dbo.Source,A,Dw.dbo.Fact,X,DIRECT,IDENTITY,EXACT,{LIVE}/dbo.usp_Load.sql,2"
            in outcome.out
        )
        assert f"{LIVE}/dbo.usp_Load.sql:2" in outcome.err
        assert "stg.Sales" not in outcome.out

    def test_scan_reads_folders_too(self, project: Path, run: Run, driver: Driver) -> None:
        outcome = run("scan", "etl", "--from-database", LIVE, "--format", "table")

        assert "dbo.usp_Load, usp_Load.sql:2" in outcome.out
        assert f"{LIVE}/dbo.usp_Load.sql:2" in outcome.out

    def test_check_and_tree(self, project: Path, run: Run, driver: Driver) -> None:
        check, tree = (
            run("check", "--from-database", LIVE),
            run("tree", "Fact", "--from-database", LIVE),
        )

        assert (check.code, check.out.startswith(f"{LIVE}/dbo.usp_Load.sql:2:")) == (1, True)
        assert "1 finding" in check.err
        assert "└── Dw.dbo.Source  DIRECT" in tree.out

    def test_check_of_single_scripts_reads_the_database_too(
        self, project: Path, run: Run, driver: Driver
    ) -> None:
        outcome = run("check", "etl/usp_Load.sql", "--from-database", LIVE)

        assert (outcome.code, f"{LIVE}/dbo.usp_Load.sql:2:" in outcome.out) == (1, True)

    def test_what_is_left_out_is_listed_by_the_command_that_is_shown(
        self, project: Path, run: Run, driver: Driver
    ) -> None:
        driver.server.module(2, "Odd", "P", "CREATE PROC dbo.Odd AS\n" + "EXEC (@unknown);\n" * 30)

        outcome = run("scan", "--from-database", LIVE, "--format", "tree")

        assert f"sql-lineage-purview check --from-database {LIVE} --all lists all." in outcome.err

    def test_the_current_folder_is_not_read_beside_a_database(
        self, project: Path, run: Run, driver: Driver
    ) -> None:
        assert "stg.Sales" in run("tables").out
        assert "stg.Sales" not in run("tables", "--from-database", LIVE).out

    def test_a_database_without_modules(
        self, project: Path, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "mssql_python", Driver())

        assert "No modules in sql01/Dw." in run("scan", "--from-database", LIVE).err

    def test_a_database_that_does_not_answer(self, project: Path, run: Run, driver: Driver) -> None:
        driver.breaks = True

        outcome = run("check", "--from-database", LIVE)

        assert (outcome.code, outcome.out) == (3, "")
        assert "sql01/Dw does not answer" in outcome.err


def test_the_driver_is_loaded_by_those_alone_who_ask_a_database(project: Path, dacpac: str) -> None:
    program = (
        "import sys; from sql_lineage_purview.cli import main; "
        f"code = main(['scan', '.', '--catalog', '{dacpac}', '--format', 'json']); "
        "found = [name for name in sys.modules if name.startswith(('mssql_python', "
        "'sql_lineage_purview.purview'))]; "
        "print(found, file=sys.stderr)"
    )

    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=project,
        env=os.environ,
    )

    assert done.stderr.endswith("[]\n")
