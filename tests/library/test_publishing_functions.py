"""`plan` and `push` as functions, with the sample's stand-in for an account."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import responses
from azure.core.credentials import AccessToken

from sql_lineage_purview import Lineage, ProjectError, PurviewError, link, plan, push, scan

if TYPE_CHECKING:
    pass

SAMPLE = Path(__file__).parents[2] / "sample_sql"
ENDPOINT = "https://contoso.purview.azure.com"


class SignedIn:
    """A credential that keeps what it was asked for."""

    def __init__(self) -> None:
        self.scopes: list[str] = []

    def get_token(self, *scopes: str) -> AccessToken:
        self.scopes += scopes
        return AccessToken("a-token", 4_000_000_000)


@pytest.fixture
def lineage(tmp_path: Path) -> Lineage:
    shutil.copytree(SAMPLE, tmp_path / "sql", ignore=shutil.ignore_patterns(".sql-lineage*"))
    return scan(tmp_path / "sql")


def test_a_plan_is_carried_out_and_then_there_is_nothing_to_do(lineage: Lineage) -> None:
    first = plan(lineage)
    result = push(first, lineage.settings)

    assert len(result.created) == first.counts().create > 20
    assert not result.failed
    assert plan(lineage).counts().changes == 0


def test_a_plan_that_the_account_has_moved_on_from_is_refused(lineage: Lineage) -> None:
    root = lineage.scanned.root
    load = "INSERT INTO RetailDW.dw.DimStore (StoreName) SELECT ProductName FROM RetailDW.ext.~;"
    (root / "more.sql").write_text(load.replace("~", "Store"))
    stale = plan(scan(root))
    (root / "more.sql").write_text(load.replace("~", "Product"))
    push(plan(scan(root)), lineage.settings)

    with pytest.raises(PurviewError, match="changed"):
        push(stale, lineage.settings)


def test_without_an_endpoint_it_is_said_what_to_configure() -> None:
    with pytest.raises(ProjectError, match="No endpoint is configured"):
        plan(link("DELETE dbo.t;"))


@responses.activate
def test_a_credential_signs_in(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("INSERT INTO dbo.t (a) SELECT a FROM dbo.s;")
    (tmp_path / "sql-lineage-purview.toml").write_text(
        f'[purview]\nendpoint = "{ENDPOINT}"\nowner = "me"\n'
        '[databases.Sales]\nplatform = "azure_sql"\nserver = "contoso.database.windows.net"\n'
    )
    credential = SignedIn()

    with pytest.raises(PurviewError):  # nobody answers there
        plan(scan(tmp_path), credential=credential)

    assert credential.scopes
    assert responses.calls[0].request.headers["Authorization"] == "Bearer a-token"
