"""docs/catalogs.md: its commands run on its own script.

A server and an identity stand in for Azure's.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from sql_lineage_purview.project.reading.schema_files import _COLUMNS
from sql_lineage_purview.project.reading.schemas import PACKAGES, SNAPSHOT
from tests.catalog.packages import package, procedure, table
from tests.project.driver import Driver

from .pages import assert_printed, blocks_of, commands_of, text_of
from .shell import Shell

if TYPE_CHECKING:
    from pathlib import Path

PAGE = "docs/catalogs.md"
COLUMNS = "TABLE_CATALOG,TABLE_SCHEMA,TABLE_NAME,COLUMN_NAME\n" + "".join(
    f"Crm,dbo,Person,{column}\n" for column in ("PersonId", "Name", "Mail")
)


@dataclass
class Token:
    token: str = "a-token"
    expires_on: int = 1 << 40


class Identity:
    def get_token(self, scope: str) -> Token:
        assert scope == "https://database.windows.net/.default"
        return Token()


@pytest.fixture
def azure(monkeypatch: pytest.MonkeyPatch) -> None:
    driver = Driver()
    driver.server.connection.create_function("DB_NAME", 0, lambda: "Crm")
    driver.server.table(2, "Person", "PersonId", "Name", "Mail")
    driver.server.module(
        2, "Active", "V", "CREATE VIEW dbo.Active AS\nSELECT p.Name FROM dbo.Person AS p"
    )
    monkeypatch.setitem(sys.modules, "mssql_python", driver)
    monkeypatch.setattr(
        "sql_lineage_purview.purview.transport.tokens.credential_of", lambda _: Identity()
    )


def test_its_commands_print_what_it_shows(tmp_path: Path, azure: None) -> None:
    with Shell(tmp_path) as shell:
        (tmp_path / "etl").mkdir()
        (tmp_path / "etl" / "load.sql").write_text(blocks_of(PAGE)[0].body, encoding="utf-8")
        (tmp_path / "crm.csv").write_text(COLUMNS, encoding="utf-8")
        totals = procedure(
            "[dbo].[usp_Totals]",
            "INSERT INTO dbo.Totals (Net) SELECT SUM(o.Net) FROM dbo.Orders AS o",
        )
        (tmp_path / "erp.dacpac").write_bytes(package(table("[dbo].[Orders]", "Net"), totals))
        for shown in commands_of(PAGE):
            code, output = shell.run(shown.command)
            assert code == 0, f"{shown.place}: {shown.command}\n{output}"
            assert_printed(shown, output)


def test_its_kinds_of_files_are_those_that_are_read() -> None:
    text = text_of(PAGE)

    for suffix in (*PACKAGES, SNAPSHOT, *_COLUMNS):
        assert f"`{suffix}`" in text
