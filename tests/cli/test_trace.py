"""`trace`: what is shown, proposed and written."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest

from sql_lineage_purview.emulator import Emulator
from sql_lineage_purview.purview import LocalTransport, PurviewTarget, connect

from .conftest import Run, write

if TYPE_CHECKING:
    from pathlib import Path

SERVER = "mssql://srv.database.windows.net/Dw"
EMAIL = "MICROSOFT.PERSONAL.EMAIL"
CONFIGURATION = """
[databases.Dw]
platform = "azure_sql"
server = "srv.database.windows.net"
[purview]
endpoint = "emulator"
emulator_file = "state.sqlite"
emulator_seed = "seed.json"
owner = "team"
"""


def asset(name: str, *columns: str) -> dict[str, object]:
    rows = [{"name": column, "type": "money"} for column in columns]
    return {"type": "azure_sql_table", "qualifiedName": f"{SERVER}/{name}", "columns": rows}


SEED = json.dumps(
    {
        "assets": [
            asset("dbo/Fact", "Id", "Amount"),
            asset("stg/Sales", "Id", "Amount"),
            asset("dbo/Totals", "Amount"),
        ]
    }
)


@pytest.fixture
def classified(project: Path, run: Run) -> Path:
    """The project, in a catalogue where stg.Sales.Amount bears a classification."""
    write(project, {"sql-lineage-purview.toml": CONFIGURATION, "seed.json": SEED})
    assert run("plan", ".").code == 0
    with Emulator(project / "state.sqlite") as emulator:
        client = connect(PurviewTarget("emulator"), LocalTransport(emulator))
        [entity] = client.get_entities("azure_sql_column", [f"{SERVER}/stg/Sales#Amount"]).entities
        client.classify(EMAIL, [entity["guid"]])
    return project


def test_every_column_is_listed_with_its_path(classified: Path, run: Run) -> None:
    outcome = run("trace", "--classification", EMAIL)

    assert outcome.code == 0
    assert outcome.out.splitlines() == [
        f"{EMAIL} is borne by 1 column of the scan",
        "  stg.Sales.Amount",
        "It reaches 2 columns:",
        "  dbo.Fact.Amount  does not bear it",
        "      stg.Sales.Amount -> dbo.Fact.Amount  IDENTITY  etl/usp_Load.sql:2",
        "  dbo.Totals.Amount  does not bear it",
        "      stg.Sales.Amount -> dbo.Fact.Amount  IDENTITY  etl/usp_Load.sql:2",
        "      dbo.Fact.Amount -> dbo.Totals.Amount  AGGREGATION  etl/usp_Load.sql:3",
        "2 columns should bear it and do not.",
    ]


def test_a_proposal_is_a_file_and_writes_nothing_else(classified: Path, run: Run) -> None:
    outcome = run(
        "trace", ".", "--classification", EMAIL, "--propose", "proposal.json", "--format", "json"
    )

    proposal = json.loads((classified / "proposal.json").read_text(encoding="utf-8"))
    assert (proposal["classification"], [row["column"] for row in proposal["columns"]]) == (
        EMAIL,
        ["Amount", "Amount"],
    )
    assert [row["classified"] for row in json.loads(outcome.out)["columns"]] == [False, False]
    assert json.loads(run("trace", "--classification", EMAIL, "--format", "json").out)[
        "origins"
    ] == ["stg.Sales.Amount"]


def test_it_is_added_where_it_should_be(classified: Path, run: Run) -> None:
    outcome = run("trace", "--classification", EMAIL, "--apply", "--yes")
    second_run = run("trace", "--classification", EMAIL)

    assert outcome.code == 0
    assert f"{EMAIL} was added to 2 columns." in outcome.err
    assert second_run.out.splitlines()[0] == f"{EMAIL} is borne by 3 columns of the scan"
    assert second_run.out.splitlines()[-1] == "0 columns should bear it and do not."


def test_nothing_is_added_unasked(
    classified: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Terminal("no\n"))
    outcome = run("trace", "--classification", EMAIL, "--apply")

    assert outcome.code == 0
    assert "Nothing was written." in outcome.err
    assert (
        run("trace", "--classification", EMAIL).out.splitlines()[0].endswith("1 column of the scan")
    )


def test_without_a_terminal_it_must_be_told(
    classified: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())

    outcome = run("trace", "--classification", EMAIL, "--apply")

    assert outcome.code == 2
    assert "--yes" in outcome.err


def test_a_classification_that_nothing_bears(classified: Path, run: Run) -> None:
    outcome = run("trace", "--classification", "MICROSOFT.PERSONAL.NAME")

    assert outcome.code == 0
    assert "is borne by 0 columns of the scan" in outcome.out


def test_a_classification_that_does_not_exist(classified: Path, run: Run) -> None:
    outcome = run("trace", "--classification", "MICROSOFT.PERSONAL.EMIAL")

    assert outcome.code == 2
    assert "no classification MICROSOFT.PERSONAL.EMIAL" in outcome.err
