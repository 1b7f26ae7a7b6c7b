"""`trace`: what is shown, proposed and written."""

from __future__ import annotations

import csv
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


def test_without_a_name_each_classification_is_followed_with_its_origin(
    classified: Path, run: Run
) -> None:
    with Emulator(classified / "state.sqlite") as emulator:
        client = connect(PurviewTarget("emulator"), LocalTransport(emulator))
        [entity] = client.get_entities("azure_sql_column", [f"{SERVER}/dbo/Fact#Amount"]).entities
        client.classify("MICROSOFT.PERSONAL.NAME", [entity["guid"]])

    document = json.loads(run("trace", "--format", "json").out)
    rows = list(csv.DictReader(io.StringIO(run("trace", "--format", "csv").out)))

    assert [trace["classification"] for trace in document["traces"]] == [
        EMAIL,
        "MICROSOFT.PERSONAL.NAME",
    ]
    assert [(row["of"], row["origin"], row["column"]) for row in rows if row["column"]] == [
        (EMAIL, "stg.Sales.Amount", "dbo.Fact.Amount"),
        (EMAIL, "stg.Sales.Amount", "dbo.Totals.Amount"),
        ("MICROSOFT.PERSONAL.NAME", "dbo.Fact.Amount", "dbo.Totals.Amount"),
    ]
    assert run("trace").out.count(" is borne by 1 column of the scan") == 2


class TestSnapshots:
    def test_a_snapshot_answers_as_the_account_does(self, classified: Path, run: Run) -> None:
        assert run("catalog", "dump", "--from", "purview", "-o", "assets.json").code == 0
        named = ("trace", "--classification", EMAIL, "--format", "json")
        online = [run(*named).out, run("trace", "--format", "csv").out]

        (classified / "state.sqlite").unlink()
        offline = [
            run(*named, "--assets", "assets.json").out,
            run("trace", "--format", "csv", "--assets", "assets.json").out,
        ]

        assert '"stg.Sales.Amount"' in online[0]
        assert offline == online
        assert not (classified / "state.sqlite").exists()

    def test_a_selector_names_a_classification_that_a_snapshot_knows(
        self, classified: Path, run: Run
    ) -> None:
        run("catalog", "dump", "--from", "purview", "-o", "assets.json")
        (classified / "state.sqlite").unlink()
        tag = f"tag:{EMAIL}"

        assert "dump --from purview" in run("impact", tag).err
        assert run("impact", tag, "--assets", "assets.json").out.startswith(
            "Impact of stg.Sales.Amount\n"
        )
        assert run("tree", tag, "--assets", "assets.json").out.startswith("stg.Sales.Amount")
        listed = run("tables", "--select", f"{tag}+", "--assets", "assets.json", "--format", "csv")
        assert {line.partition(",")[0] for line in listed.out.splitlines()[1:]} == {
            "stg.Sales",
            "dbo.Fact",
            "dbo.Totals",
        }
        traced = run("trace", "--select", tag, "--assets", "assets.json")
        assert f"{tag} is the name of 1 column of the scan\n  stg.Sales.Amount\n" in traced.out
        assert run("impact", "tag:X.Y", "--assets", "assets.json").code == 2

    def test_one_without_classifications_is_refused(self, classified: Path, run: Run) -> None:
        run("catalog", "dump", "--from", "purview", "-o", "assets.json")
        place = classified / "assets.json"
        old = place.read_text(encoding="utf-8").replace('"has_classifications": true,\n', "")
        place.write_text(old, encoding="utf-8")

        for words in ((), ("--classification", EMAIL)):
            outcome = run("trace", *words, "--assets", "assets.json")
            assert outcome.code != 0
            assert "holds no classifications" in outcome.err

    def test_a_classification_that_nothing_in_it_bears(self, classified: Path, run: Run) -> None:
        run("catalog", "dump", "--from", "purview", "-o", "assets.json")

        outcome = run("trace", "--classification", "X.Y", "--assets", "assets.json")

        assert outcome.code == 2
        assert "nothing in the snapshot bears the classification X.Y" in outcome.err


class TestColumns:
    def test_names_alone_are_followed_without_an_account(self, tmp_path: Path, run: Run) -> None:
        script = (
            "CREATE TABLE dbo.Customer (Id int, EMail varchar(9), Name varchar(9))\nGO\n"
            "CREATE TABLE dbo.Mailing (Target varchar(9))\nGO\n"
            "CREATE PROCEDURE dbo.Load AS\n"
            "INSERT dbo.Mailing (Target) SELECT EMail FROM dbo.Customer WHERE Name > ''\n"
            "EXEC (@unknown)\nSELECT * INTO dbo.Copy FROM dbo.Elsewhere\n"
        )
        folder = write(tmp_path / "alone", {"load.sql": script})

        text = run("trace", str(folder), "--column", "*email*")
        assert text.code == 0
        assert text.out.splitlines()[:5] == [
            "*email* is the name of 1 column of the scan",
            "  dbo.Customer.EMail",
            "It reaches 1 column:",
            "  dbo.Mailing.Target",
            "      dbo.Customer.EMail -> dbo.Mailing.Target  IDENTITY  load.sql:6",
        ]
        assert "Not proven: " in text.out
        assert "load.sql:7" in text.out
        assert "dbo.Elsewhere  may have such a column: its columns are not known" in text.out

    def test_of_a_table_all_columns_are_followed(self, project: Path, run: Run) -> None:
        document = json.loads(run("trace", "--column", "Sales.*", "--format", "json").out)

        assert [trace["pattern"] for trace in document["traces"]] == ["Sales.*"]
        [trace] = document["traces"]
        assert "stg.Sales.Amount" in trace["origins"]
        assert {(row["origin"], row["column"]) for row in trace["columns"]} >= {
            ("stg.Sales.Amount", "dbo.Fact.Amount"),
            ("stg.Sales.Amount", "dbo.Totals.Amount"),
        }

    def test_a_selector_names_where_it_begins(self, project: Path, run: Run) -> None:
        by_table, by_module = (run("trace", "--select", name) for name in ("stg.Sales", "usp_Load"))

        assert "stg.Sales is the name of 2 columns of the scan" in by_table.out
        assert "usp_Load is the name of 3 columns of the scan" in by_module.out
        assert "Did you mean" in run("trace", "--select", "stg.Sale").err

    def test_a_name_of_no_column_is_told(self, project: Path, run: Run) -> None:
        nothing = run("trace", "--column", "*emial*")
        some = run("trace", "--column", "*emial*", "--column", "Amount")

        assert nothing.code == 2
        assert "no column of the scan is called *emial*" in nothing.err
        assert some.code == 0
        assert "Warning: no column of the scan is called *emial*." in some.err

    def test_files_for_auditors_take_their_format_from_the_ending(
        self, project: Path, run: Run
    ) -> None:
        for name, opening in (
            ("a.csv", "kind,of,origin,"),
            ("a.md", "# Trace of columns\n"),
            ("a.html", "<!DOCTYPE html>"),
        ):
            assert run("trace", "--column", "Amount", "-o", name).code == 0
            assert (project / name).read_text(encoding="utf-8").startswith(opening)
        page = (project / "a.html").read_text(encoding="utf-8")
        assert "<h1>Trace of columns</h1>" in page
        assert "<td>dbo.Totals.Amount</td><td>stg.Sales.Amount</td><td>yes</td>" in page
        assert "No gap of the scan could hide a path." in page

    @pytest.mark.parametrize(
        "words",
        [("--classification", EMAIL), ("--apply", "--yes"), ("--propose", "x.json")],
    )
    def test_what_is_about_an_account_does_not_fit(
        self, project: Path, run: Run, words: tuple[str, ...]
    ) -> None:
        outcome = run("trace", "--column", "Amount", *words)

        assert outcome.code == 2
        assert "Leave out --classification, --propose and --apply" in outcome.err

    def test_what_is_written_is_about_one_classification(self, project: Path, run: Run) -> None:
        outcome = run("trace", "--apply", "--yes")

        assert outcome.code == 2
        assert "Name it with --classification" in outcome.err


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
