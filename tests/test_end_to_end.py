"""The whole way over HTTP.

The emulator is served by its command, the sample is pushed to it, and a client that nobody
here wrote reads it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sql_lineage_purview.cli import main

SAMPLE = Path(__file__).parents[1] / "sample_sql"
DW = "mssql://retail-dw.sql.azuresynapse.net/RetailDW"
SALES = "mssql://retail-sql.database.windows.net/SalesDb"


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`sql-lineage-purview emulator` in a process of its own, with the sample's assets."""
    folder = tmp_path_factory.mktemp("emulator")
    command = [
        sys.executable,
        "-m",
        "sql_lineage_purview",
        "emulator",
        "--port",
        "0",
        "--file",
        str(folder / "state.sqlite"),
    ]
    process = subprocess.Popen(
        [*command, "--seed", str(SAMPLE / "purview_assets.json")],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    yield process.stdout.readline().strip()
    process.terminate()
    process.communicate(timeout=30)


@pytest.fixture(scope="module")
def sample(endpoint: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sample whose configuration names the served endpoint."""
    folder = tmp_path_factory.mktemp("work") / "sample_sql"
    shutil.copytree(SAMPLE, folder, ignore=shutil.ignore_patterns(".sql-lineage-purview-cache"))
    configuration = folder / "sql-lineage-purview.toml"
    text = configuration.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("emulator_")]
    configuration.write_text(
        "\n".join(lines).replace('endpoint = "emulator"', f'endpoint = "{endpoint}"'),
        encoding="utf-8",
    )
    return folder


@pytest.fixture(scope="module")
def first_push(sample: Path) -> int:
    os.environ["NO_PROXY"] = "127.0.0.1"
    return main(["push", str(sample), "--yes"])


@pytest.fixture
def client(endpoint: str, first_push: int):
    from pyapacheatlas.auth.base import AtlasAuthBase
    from pyapacheatlas.core import PurviewClient

    class AnyToken(AtlasAuthBase):
        def get_authentication_headers(self):
            return {"Authorization": "Bearer any"}

    new_client = PurviewClient("account", AnyToken())
    new_client.endpoint_url = endpoint + "/catalog/api/atlas/v2"
    return new_client


def test_a_second_push_has_nothing_to_do(
    sample: Path, first_push: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert first_push == 0
    assert main(["push", str(sample), "--yes"]) == 0
    assert (
        "Processes: 0 created, 0 updated, 26 unchanged, 4 not published."
    ) in capsys.readouterr().out


def process(client, name: str) -> dict:
    entities = client.get_entity(
        qualifiedName=[f"sql-lineage-purview://retail-sample/{name}"],
        typeName="sql_lineage_process",
    )
    return entities["entities"][0]


def ends(entity: dict, side: str) -> set[str]:
    return {end["displayText"] for end in entity["relationshipAttributes"][side]}


def blocks(entity: dict) -> dict[tuple[str, str], set[tuple[str, str]]]:
    """(source, sink) -> the pairs of columns."""
    return {
        (block["DatasetMapping"]["Source"], block["DatasetMapping"]["Sink"]): {
            (pair["Source"], pair["Sink"]) for pair in block["ColumnMapping"]
        }
        for block in json.loads(entity["attributes"]["columnMapping"])
    }


def test_pyapacheatlas_reads_a_merge_and_its_columns(client) -> None:
    entity = process(client, "salesdb.dbo.usp_mergecustomer#salesdb.dbo.customerhistory")
    assert ends(entity, "inputs") == {"Customer", "CustomerImport"}
    assert ends(entity, "outputs") == {"CustomerHistory"}
    # The names of columns are the catalogue's (EMail), whatever the script writes.
    assert blocks(entity) == {
        (f"{SALES}/dbo/Customer", f"{SALES}/dbo/CustomerHistory"): {
            ("CustomerId", "CustomerId"),
            ("EMail", "OldEmail"),
        },
        (f"{SALES}/dbo/CustomerImport", f"{SALES}/dbo/CustomerHistory"): {("Email", "NewEmail")},
    }


def test_pyapacheatlas_reads_a_load_from_a_resource_set(client) -> None:
    entity = process(client, "warehouse/staging/stg.Sales.sql#retaildw.stg.sales")
    lake = "https://retaillake.dfs.core.windows.net/raw/sales/{Year}/{Month}/orders_{N}.csv"
    ((source, sink), pairs), *others = blocks(entity).items()
    assert (source, sink, others) == (lake, f"{DW}/stg/Sales", [])
    assert {source for source, _ in pairs} == {"*"}


def test_pyapacheatlas_walks_from_the_sensitive_column_to_the_fact(client) -> None:
    """Lineage as the portal draws it: from the lake to the staging table, one process between."""
    guid = process(client, "warehouse/staging/stg.Sales.sql#retaildw.stg.sales")["guid"]
    lineage = client.get_entity_lineage(guid=guid, depth=3, direction="BOTH")
    names = {entity["displayText"] for entity in lineage["guidEntityMap"].values()}
    assert {"Sales", "FactSales"} <= names
