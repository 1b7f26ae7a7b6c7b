"""Settings: one precedence, one file, and errors that say where and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sql_lineage_purview.project.errors import ConfigurationError
from sql_lineage_purview.project.loading import load_settings
from sql_lineage_purview.project.settings import DatabaseSettings, PinSettings, PurviewSettings, Settings

if TYPE_CHECKING:
    from pathlib import Path


def _load(start: Path, arguments: dict[str, object] | None = None, **environment: str) -> Settings:
    return load_settings(start, arguments=arguments or {}, environment=environment)


def _write(folder: Path, text: str, name: str = "sql-lineage-purview.toml") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def _error(start: Path, **environment: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        _load(start, **environment)
    return str(caught.value)


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert _load(tmp_path) == Settings()


def test_arguments_go_before_the_environment_before_the_file_before_the_default(tmp_path: Path) -> None:
    _write(tmp_path, 'default_schema = "of_file"\ndatabase = "of_file"\njobs = 2\n')

    settings = _load(
        tmp_path,
        {"default_schema": "of_arguments"},
        SQL_LINEAGE_PURVIEW_DEFAULT_SCHEMA="of_environment",
        SQL_LINEAGE_PURVIEW_DATABASE="of_environment",
    )

    assert (settings.default_schema, settings.database, settings.jobs) == ("of_arguments", "of_environment", 2)
    assert settings.case_sensitive is False


def test_every_key_of_the_file_is_read(tmp_path: Path) -> None:
    _write(
        tmp_path,
        """
default_schema = "stg"
database = "Dw"
case_sensitive = true
exclude = ["archive/", "*.bak.sql"]
jobs = 3
keep_temporary = true
[variables]
Env = "test"
[folders]
"pool" = "Pool"
[databases.Dw]
platform = "azure_sql"
server = "srv"
[databases.Local]
platform = "sql_server"
server = "host"
instance = "MSSQLSERVER"
database = "LocalDb"
[pins."dbo.Fact"]
type = "azure_sql_table"
qualified_name = "mssql://srv/Dw/dbo/FACT"
[purview]
endpoint = "emulator"
authority = "login.microsoftonline.us"
path_prefix = "/datamap/api"
scope = "https://purview.azure.net/.default"
owner = "team"
emulator_file = "state.sqlite"
emulator_seed = "seed.json"
batch_size = 10
""",
    )

    assert _load(tmp_path / "pool" / "a.sql") == Settings(
        default_schema="stg",
        database="Dw",
        case_sensitive=True,
        exclude=("archive/", "*.bak.sql"),
        variables=(("Env", "test"),),
        jobs=3,
        keep_temporary=True,
        folders=((tmp_path.resolve() / "pool", "Pool"),),
        databases=(
            DatabaseSettings("Dw", "srv", "azure_sql"),
            DatabaseSettings("Local", "host", "sql_server", "LocalDb", "MSSQLSERVER"),
        ),
        pins=(PinSettings("dbo.Fact", "azure_sql_table", "mssql://srv/Dw/dbo/FACT"),),
        purview=PurviewSettings(
            endpoint="emulator",
            path_prefix="/datamap/api",
            scope="https://purview.azure.net/.default",
            authority="login.microsoftonline.us",
            owner="team",
            emulator_file=tmp_path.resolve() / "state.sqlite",
            emulator_seed=tmp_path.resolve() / "seed.json",
            batch_size=10,
        ),
        base=tmp_path.resolve(),
    )


def test_every_plain_key_can_come_from_the_environment(tmp_path: Path) -> None:
    settings = _load(
        tmp_path,
        SQL_LINEAGE_PURVIEW_CASE_SENSITIVE="yes",
        SQL_LINEAGE_PURVIEW_EXCLUDE="old/, *.tmp.sql",
        SQL_LINEAGE_PURVIEW_JOBS="4",
        SQL_LINEAGE_PURVIEW_ENDPOINT="https://acct.purview.azure.com",
        SQL_LINEAGE_PURVIEW_DEBUG="1",
    )

    assert settings.case_sensitive
    assert settings.exclude == ("old/", "*.tmp.sql")
    assert settings.jobs == 4
    assert settings.purview.endpoint == "https://acct.purview.azure.com"


def test_the_nearest_file_counts_alone(tmp_path: Path) -> None:
    _write(tmp_path, 'database = "Far"\ndefault_schema = "far"\n')
    _write(tmp_path / "near", 'database = "Near"\n')

    settings = _load(tmp_path / "near" / "deeper")

    assert (settings.database, settings.default_schema) == ("Near", "dbo")


def test_a_section_of_pyproject_counts_like_a_file_of_its_own(tmp_path: Path) -> None:
    _write(tmp_path, '[tool.sql-lineage-purview]\ndatabase = "Dw"\n', "pyproject.toml")
    _write(tmp_path / "inner", '[project]\nname = "other"\n', "pyproject.toml")

    assert _load(tmp_path / "inner").database == "Dw"


def test_a_file_written_by_windows_with_a_mark_is_read(tmp_path: Path) -> None:
    (tmp_path / "sql-lineage-purview.toml").write_bytes(b'\xef\xbb\xbfdatabase = "Dw"\r\n')

    assert _load(tmp_path).database == "Dw"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('jobs = 1\ndefualt_schema = "x"\n', 2, "unknown key 'defualt_schema'. Did you mean 'default_schema'?"),
        ('[purview]\nend_point = "x"\n', 2, "unknown key 'purview.end_point'. Did you mean 'endpoint'?"),
        ('[databases.Dw]\nplatform = "p"\nserver = "s"\nhost = 1\n', 4, "unknown key 'databases.Dw.host'"),
        ('[purview]\nclient_secret = "x"\n', 2, "Secrets do not belong in this file"),
        ("colour = 1\n", 1, "Known keys: case_sensitive, catalogs, database"),
        ('\njobs = "many"\n', 2, "jobs must be a whole number from 1, not 'many'"),
        ("jobs = 0\n", 1, "jobs must be a whole number from 1, not 0"),
        ("jobs = true\n", 1, "jobs must be a whole number"),
        ("case_sensitive = 1\n", 1, "case_sensitive must be true or false, not 1"),
        ('exclude = "a"\n', 1, "exclude must be a list of patterns"),
        ("[folders]\na = 1\n", 1, "folders must be a table of names and texts"),
        ('purview = "x"\n', 1, "purview must be a table"),
        ('[databases.Dw]\nplatform = "s"\n', 1, "[databases.Dw] needs the key server"),
        ("database = \n", 1, "not valid TOML"),
    ],
)
def test_an_error_in_the_file_names_its_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    path = _write(tmp_path, text).resolve()

    message = _error(tmp_path)

    assert message.startswith(f"{path}:{line}:")
    assert words in message


def test_an_error_in_pyproject_names_the_line_in_its_section(tmp_path: Path) -> None:
    path = _write(tmp_path, "[tool.other]\njob = 1\n[tool.sql-lineage-purview]\njob = 1\n", "pyproject.toml").resolve()

    assert _error(tmp_path).startswith(f"{path}:4: unknown key 'job'. Did you mean 'jobs'?")


def test_a_secret_is_not_repeated_in_the_error(tmp_path: Path) -> None:
    _write(tmp_path, '[purview]\nclient_secret = "hush"\n')

    assert "hush" not in _error(tmp_path)


def test_an_error_in_the_environment_names_the_variable(tmp_path: Path) -> None:
    assert _error(tmp_path, SQL_LINEAGE_PURVIEW_JOBS="two").startswith("SQL_LINEAGE_PURVIEW_JOBS must be")


def test_variables_of_the_command_line_join_those_of_the_file(tmp_path: Path) -> None:
    _write(tmp_path, '[variables]\nEnv = "test"\nRegion = "eu"\n')

    settings = _load(tmp_path, {"variables": (("Env", "prod"),)})

    assert settings.variables == (("Env", "prod"), ("Region", "eu"))


class TestDatabaseOf:
    def test_the_deepest_folder_decides(self, tmp_path: Path) -> None:
        _write(tmp_path, 'database = "Main"\n[folders]\n"a" = "A"\n"a/b" = "B"\n')
        settings = _load(tmp_path)
        root = tmp_path.resolve()

        found = [settings.database_of(root / place) for place in ("x.sql", "a/x.sql", "a/b/x.sql", "ab/x.sql")]

        assert found == ["Main", "A", "B", "Main"]

    def test_a_database_of_the_command_line_holds_for_all_folders(self, tmp_path: Path) -> None:
        _write(tmp_path, '[folders]\n"a" = "A"\n')

        assert _load(tmp_path, {"database": "X"}).database_of(tmp_path.resolve() / "a" / "x.sql") == "X"
