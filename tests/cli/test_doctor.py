"""`doctor`: its lines and exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sql_lineage_purview.emulator import Emulator, serve
from sql_lineage_purview.emulator.tls import LoopbackAuthority

from .conftest import Run, write

CONFIGURATION = """
[databases.Dw]
server = "srv.database.windows.net"
[purview]
endpoint = "emulator"
emulator_file = "state.sqlite"
emulator_seed = "seed.json"
owner = "team"
"""
SEED = json.dumps(
    {
        "assets": [
            {
                "type": "azure_sql_table",
                "qualifiedName": "mssql://srv.database.windows.net/Dw/dbo/Fact",
            }
        ]
    }
)


@pytest.fixture
def configured(project: Path) -> Path:
    return write(project, {"sql-lineage-purview.toml": CONFIGURATION, "seed.json": SEED})


def test_each_step_is_a_line(configured: Path, run: Run) -> None:
    outcome = run("doctor")

    assert outcome.code == 0
    lines = outcome.out.splitlines()
    assert lines[0] == (
        f"ok    settings              {configured.resolve()}; endpoint emulator, owner team"
    )
    assert [line.split()[0] for line in lines if not line.startswith(" ")] == [
        "ok",
        "ok",
        "warn",
        "ok",
        "ok",
        "ok",
    ]
    assert "ok    database Dw           1 tables and views" in lines


def test_a_network_that_fails_is_reported_by_the_exit_code(
    configured: Path, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SQL_LINEAGE_PURVIEW_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.chdir(tmp_path)

    outcome = run("doctor", configured)

    assert outcome.code == 3
    assert "fail  connection" in outcome.out
    assert "skip  write                 not tried" in outcome.out


def test_a_setting_that_fails_too(configured: Path, run: Run) -> None:
    write(
        configured,
        {
            "sql-lineage-purview.toml": CONFIGURATION.replace(
                "emulator", "http://acct.purview.azure.com", 1
            )
        },
    )

    assert run("doctor").code == 1


def test_without_an_endpoint_there_is_nothing_to_check(project: Path, run: Run) -> None:
    outcome = run("doctor")

    assert outcome.code == 2
    assert "No endpoint is configured" in outcome.err


def test_a_file_of_authorities_counts(
    configured: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SQL_LINEAGE_PURVIEW_ENDPOINT", "https://acct.purview.azure.com")

    outcome = run("doctor", "--ca-bundle", "gone.pem")

    assert outcome.code == 1
    assert "fail  endpoint" in outcome.out
    assert "The file of authorities cannot be used" in outcome.out


def test_plan_and_push_trust_the_authorities_that_are_named(
    configured: Path, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    authority = LoopbackAuthority()
    authority.write(tmp_path / "authority.pem")
    with Emulator(":memory:") as emulator, serve(emulator, 0, authority=authority) as server:
        monkeypatch.setenv("SQL_LINEAGE_PURVIEW_ENDPOINT", server.url)
        refused = run("plan", ".")
        trusted = run("plan", ".", "--ca-bundle", tmp_path / "authority.pem")
        unusable = run("plan", ".", "--ca-bundle", "gone.pem")

    assert refused.code == 3
    assert "--ca-bundle" in refused.err
    assert trusted.code == 0
    assert unusable.code == 2
    assert "gone.pem" in unusable.err
