"""`catalog dump --from purview`, and planning with what it wrote."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.planned import rows_of

if TYPE_CHECKING:
    from .conftest import Run

SAMPLE = Path(__file__).parents[2] / "sample_sql"
CONFIGURATION = "sql-lineage-purview.toml"


@pytest.fixture
def sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the sample's warehouse, which is also the current folder."""
    folder = tmp_path / "sample"
    shutil.copytree(SAMPLE, folder, ignore=shutil.ignore_patterns(".sql-lineage-purview-cache"))
    monkeypatch.chdir(folder)
    return folder


def configure(folder: Path, old: str, new: str) -> None:
    file = folder / CONFIGURATION
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def both(run: Run, *options: str) -> tuple[str, str]:
    """A plan of the account, and one of a snapshot of it."""
    assert run("catalog", "dump", "--from", "purview", "-o", "assets.json").code == 0
    online = run("plan", ".", "--format", "json", *options)
    offline = run("plan", ".", "--format", "json", "--assets", "assets.json", *options)
    assert (online.code, offline.code) == (0, 0)
    return online.out, offline.out


class TestOffline:
    def test_a_plan_is_that_of_the_account_before_and_after_a_push(
        self, sample: Path, run: Run
    ) -> None:
        online, offline = both(run)
        assert offline == online
        assert len(rows_of(offline, "process")) == 26

        run("push", ".", "--yes")

        online, offline = both(run)
        assert offline == online
        assert {row["action"] for row in rows_of(offline, "process")} == {"unchanged"}

    @pytest.mark.parametrize("views", ["process", "direct"])
    def test_updates_deletes_relations_and_placeholders_too(
        self, sample: Path, run: Run, views: str
    ) -> None:
        configure(
            sample,
            'owner = "retail-sample"',
            f'owner = "retail-sample"\nviews = "{views}"\nprune_threshold = 1.0',
        )
        run("push", ".", "--yes")
        procedure = next(sample.glob("**/dbo.usp_RefreshCustomerContact.sql"))
        procedure.write_bytes(b"-- moved\n\n" + procedure.read_bytes())
        next(sample.glob("**/dbo.vw_CustomerRanking.sql")).unlink()

        online, offline = both(run, "--prune", "--missing", "create")

        assert offline == online
        assert {row["action"] for row in rows_of(offline, "process")} >= {
            "create",
            "update",
            "delete" if views == "process" else "update",
        }
        assert rows_of(offline, "placeholder")
        assert bool(rows_of(offline, "relation")) is (views == "direct")

    def test_the_plan_can_be_pushed(self, sample: Path, run: Run) -> None:
        run("catalog", "dump", "--from", "purview", "-o", "assets.json")
        run("plan", ".", "--assets", "assets.json", "-o", "plan.json")

        outcome = run("push", ".", "--plan", "plan.json", "--yes")

        assert (outcome.code, "Processes: 26 created" in outcome.out) == (0, True)

    def test_nobody_signs_in_and_nothing_is_sent(self, sample: Path, run: Run) -> None:
        run("catalog", "dump", "--from", "purview", "-o", "assets.json")
        dump = sample / "assets.json"
        account = "https://nobody.purview.azure.invalid"
        dump.write_text(
            dump.read_text(encoding="utf-8").replace('"http://emulator"', f'"{account}"'),
            encoding="utf-8",
        )
        configure(
            sample, 'endpoint = "emulator"', f'endpoint = "{account}"\nassets = "assets.json"'
        )

        plan, report = run("plan", "."), run("resolve", ".", "--report")

        assert (plan.code, report.code) == (0, 0)
        assert plan.out.startswith(f"Plan for {account}, owner retail-sample\n")
        assert report.out.startswith("31 of 35 tables resolved.\n")

    def test_impact_says_which_assets_are_touched(self, sample: Path, run: Run) -> None:
        run("catalog", "dump", "--from", "purview", "-o", "assets.json")

        text = run("impact", "dw.DimStore", ".", "--assets", "assets.json").out
        document = json.loads(
            run("impact", "dw.DimStore", ".", "--assets", "assets.json", "--format", "json").out
        )
        without = run("impact", "dw.DimStore", ".").out

        lines = text.splitlines()
        start = lines.index("Assets in Purview")
        assert lines[start + 1].split()[0] == "RetailDW.dw.DimStore"
        assert lines[start + 1].endswith("/RetailDW/dw/DIMSTORE")
        assert document["assets"][0]["asset"].endswith("/RetailDW/dw/DIMSTORE")
        assert {row["table"] for row in document["assets"]} >= {
            "RetailDW.dw.DimStore",
            "RetailDW.dw.vw_StoreSales",
        }
        assert "Assets in Purview" not in without

    def test_the_columns_that_purview_tells_come_from_it_too(self, sample: Path, run: Run) -> None:
        run("catalog", "dump", "--from", "purview", "-o", "assets.json")
        script = (
            "CREATE PROCEDURE dbo.usp_Star AS INSERT INTO dbo.Copies SELECT * FROM "
            "dbo.OnlyInPurview"
        )
        (sample / "sales" / "star.sql").write_text(script, encoding="utf-8")
        (sample / "purview_assets.json").unlink()
        dump = json.loads((sample / "assets.json").read_text(encoding="utf-8"))
        name = "mssql://retail-sql.database.windows.net/SalesDb/dbo/OnlyInPurview"
        attributes, related = (
            {"qualifiedName": name, "name": "OnlyInPurview"},
            {"columns": [{"displayText": "Id"}]},
        )
        row = {
            "guid": "g",
            "typeName": "azure_sql_table",
            "attributes": attributes,
            "relationshipAttributes": related,
        }
        dump["entities"].append(row)
        (sample / "assets.json").write_text(json.dumps(dump), encoding="utf-8")

        outcome = run(
            "plan",
            ".",
            "--assets",
            "assets.json",
            "--catalog",
            "purview",
            "--missing",
            "create",
            "--format",
            "json",
        )

        assert outcome.code == 0
        (process,) = (
            row["process"]
            for row in rows_of(outcome.out, "process")
            if "usp_star" in row["process"]["qualified_name"]
        )
        assert '"Source":"Id"' in process["column_mapping"]


class TestRefusals:
    @pytest.fixture
    def dumped(self, sample: Path, run: Run) -> Path:
        run("catalog", "dump", "--from", "purview", "-o", "assets.json")
        return sample / "assets.json"

    @pytest.mark.parametrize(
        ("old", "new", "message"),
        [
            (
                'owner = "retail-sample"',
                'owner = "other"',
                "holds the processes of retail-sample, not of other",
            ),
            (
                'endpoint = "emulator"',
                'endpoint = "https://x.purview.azure.com"',
                "is one of http://emulator, not of https://x.",
            ),
        ],
    )
    def test_a_snapshot_of_another_account_or_owner(
        self, sample: Path, dumped: Path, run: Run, old: str, new: str, message: str
    ) -> None:
        configure(sample, old, new)

        outcome = run("plan", ".", "--assets", dumped)

        assert (outcome.code, outcome.out) == (2, "")
        assert message in outcome.err
        assert "catalog dump --from purview" in outcome.err

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("{", "is not JSON"),
            ('{"snapshot_version": 1}', "is no snapshot of assets of this version"),
            ('{"asset_snapshot_version": 1, "endpoint": "x"}', "is damaged"),
            (
                '{"asset_snapshot_version": 1, "endpoint": 1, "path_prefix": "", "owner": "", '
                '"taken": ""}',
                "is damaged",
            ),
        ],
    )
    def test_what_is_none(self, sample: Path, run: Run, text: str, message: str) -> None:
        (sample / "assets.json").write_text(text, encoding="utf-8")

        outcome = run("plan", ".", "--assets", "assets.json")

        assert (outcome.code, outcome.out) == (2, "")
        assert message in outcome.err

    def test_a_file_that_is_not_there(self, sample: Path, run: Run) -> None:
        outcome = run("plan", ".", "--assets", "gone.json")

        assert outcome.code == 2
        assert "gone.json: the snapshot of assets cannot be read" in outcome.err


class TestDump:
    def test_it_holds_assets_with_columns_and_the_owners_processes_alone(
        self, sample: Path, run: Run
    ) -> None:
        run("push", ".", "--yes")
        configure(sample, 'owner = "retail-sample"', 'owner = "other"')
        other = run("catalog", "dump", "--from", "purview")
        configure(sample, 'owner = "other"', 'owner = "retail-sample"')
        own = run("catalog", "dump", "--from", "purview")

        assert "0 processes of other" in other.err
        assert "26 processes of retail-sample" in own.err
        entities = json.loads(own.out)["entities"]
        (customer,) = (
            row
            for row in entities
            if row["attributes"]["qualifiedName"]
            == "mssql://retail-sql.database.windows.net/SalesDb/dbo/Customer"
        )
        columns = customer["relationshipAttributes"]["columns"]
        assert [
            (row["displayText"], row["classifications"])
            for row in columns
            if "classifications" in row
        ] == [("EMail", [{"typeName": "MICROSOFT.PERSONAL.EMAIL"}])]
        assert not any(
            row["typeName"] == "sql_lineage_process" for row in json.loads(other.out)["entities"]
        )

    def test_two_dumps_of_one_state_differ_in_their_time_alone(
        self, sample: Path, run: Run
    ) -> None:
        first, second = (
            run("catalog", "dump", "--from", "purview").out.splitlines() for _ in range(2)
        )

        assert [line for line in first if line not in second and '"taken"' not in line] == []

    def test_the_configuration_of_a_folder_counts(
        self, sample: Path, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(sample.parent)

        assert (
            "0 processes of retail-sample"
            in run("catalog", "dump", "--from", "purview", "sample").err
        )

    def test_something_must_be_named(self, sample: Path, run: Run) -> None:
        outcome = run("catalog", "dump")

        assert (outcome.code, outcome.out) == (2, "")
        assert "--from purview" in outcome.err
