"""From settings to a catalogue: the map of databases, and the stand-in with its seeds."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from sql_lineage_purview.emulator import Emulator
from sql_lineage_purview.library.emulator_stand_in import open_stand_in, seed_from
from sql_lineage_purview.model.names import parse_name
from sql_lineage_purview.project.configuring.database_settings import DatabaseSettings, PinSettings
from sql_lineage_purview.project.configuring.purview_settings import PurviewSettings
from sql_lineage_purview.project.configuring.settings import Settings
from sql_lineage_purview.project.connecting.catalogues import (
    database_map,
    open_catalogue,
    target_of,
)
from sql_lineage_purview.project.project_errors import ConfigurationError, PathError
from sql_lineage_purview.purview import Pin, PurviewTarget

if TYPE_CHECKING:
    from pathlib import Path

DW = DatabaseSettings("Dw", "srv.database.windows.net", "azure_sql")
TABLE = "mssql://srv.database.windows.net/Dw/dbo/Fact"


def test_without_an_endpoint_the_remedy_is_named() -> None:
    with pytest.raises(ConfigurationError, match=r"No endpoint is configured\. Write endpoint = "):
        target_of(Settings())


def test_what_is_not_set_is_left_to_the_client() -> None:
    settings = Settings(
        purview=PurviewSettings(endpoint="https://a.purview.azure.com", owner="team")
    )

    assert target_of(settings) == PurviewTarget("https://a.purview.azure.com", owner="team")


def test_the_map_has_the_databases_and_pins_of_the_settings() -> None:
    databases = database_map(
        Settings(
            databases=(DW,),
            database="dw",
            pins=(PinSettings("dbo.Fact", "azure_sql_table", TABLE),),
        )
    )

    assert databases.default == "dw"
    assert databases.pin_of(parse_name("dbo.fact")) == Pin(
        parse_name("dbo.Fact"), "azure_sql_table", TABLE
    )


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (
            Settings(databases=(DatabaseSettings("Dw", "srv", "oracle"),)),
            r"\[databases.Dw\]: platform 'oracle' is unknown. Known: ",
        ),
        (
            Settings(databases=(DatabaseSettings("Dw", "srv", "azure_sql"),)),
            r"\[databases.Dw\]: server 'srv'",
        ),
        (
            Settings(databases=(DW, DatabaseSettings("dw", "other.database.windows.net"))),
            r"stands twice",
        ),
        (Settings(pins=(PinSettings("dbo.", "t", "q"),)), r'\[pins."dbo."\]: not a name'),
    ],
)
def test_what_cannot_be_mapped_is_an_error_of_the_configuration(
    settings: Settings, words: str
) -> None:
    with pytest.raises(ConfigurationError, match=words):
        database_map(settings)


def test_the_emulator_is_used_without_a_server_and_seeded(tmp_path: Path) -> None:
    seed = tmp_path / "seed.json"
    seed.write_text(
        json.dumps({"assets": [{"type": "azure_sql_table", "qualifiedName": TABLE}]}),
        encoding="utf-8",
    )
    chosen = PurviewSettings(
        endpoint="emulator", emulator_file=tmp_path / "state.sqlite", emulator_seed=seed
    )

    with open_catalogue(Settings(purview=chosen), open_stand_in) as client:
        entities = client.get_entities("azure_sql_table", [TABLE])

    assert [entity["attributes"]["name"] for entity in entities.entities] == ["Fact"]


def test_a_folder_of_ddl_becomes_assets(tmp_path: Path) -> None:
    (tmp_path / "ddl.sql").write_text(
        "CREATE TABLE dbo.Fact (Id int, Amount money)\nGO\nCREATE VIEW dbo.v AS SELECT Id FROM "
        "dbo.Fact\nGO\n"
        "CREATE TABLE Other.dbo.x (a int)",
        encoding="utf-8",
    )
    settings = Settings(databases=(DW,))

    with Emulator(":memory:") as emulator:
        created = seed_from(emulator, tmp_path, settings).created
        second_seeding = seed_from(emulator, tmp_path, settings)

    # server, database, schema, table with two columns, view with one; the database Other stands
    # nowhere
    assert created == 8
    assert (second_seeding.created, second_seeding.updated) == (0, 0)


@pytest.mark.parametrize(
    "content",
    [
        None,
        "{",
        '{"assets": [{"type": "x"}]}',
        '{"assets": [{"type": "no_type", "qualifiedName": "a://b"}]}',
    ],
)
def test_a_seed_that_cannot_be_used_is_an_error_that_names_it(
    tmp_path: Path, content: str | None
) -> None:
    path = tmp_path / "seed.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")

    with Emulator(":memory:") as emulator, pytest.raises(PathError, match=r"seed"):
        seed_from(emulator, path, Settings())
