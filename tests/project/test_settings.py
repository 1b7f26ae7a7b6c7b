"""Settings: one precedence, one file, and errors that say where and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from sql_lineage_purview.project.configuring.database_settings import DatabaseSettings, PinSettings
from sql_lineage_purview.project.configuring.loading import load_settings
from sql_lineage_purview.project.configuring.purview_settings import PurviewSettings
from sql_lineage_purview.project.configuring.settings import Settings
from sql_lineage_purview.project.project_errors import ConfigurationError

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


def test_arguments_go_before_the_environment_before_the_file_before_the_default(
    tmp_path: Path,
) -> None:
    _write(tmp_path, 'default_schema = "of_file"\ndatabase = "of_file"\njobs = 2\n')

    settings = _load(
        tmp_path,
        {"default_schema": "of_arguments"},
        SQL_LINEAGE_PURVIEW_DEFAULT_SCHEMA="of_environment",
        SQL_LINEAGE_PURVIEW_DATABASE="of_environment",
    )

    assert (settings.default_schema, settings.database, settings.jobs) == (
        "of_arguments",
        "of_environment",
        2,
    )
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
max_request_bytes = 200000
rate = 12.5
granularity = "statement"
views = "direct"
sql_text = false
parents = false
repository = "https://host/repo"
collection = "abc123"
prune = true
prune_threshold = 0
journal = "state/journal.jsonl"
""",
    )

    settings = _load(tmp_path / "pool" / "a.sql")

    assert replace(settings, configured=frozenset(), places=()) == Settings(
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
            max_request_bytes=200_000,
            rate=12.5,
            granularity="statement",
            views="direct",
            sql_text=False,
            parents=False,
            repository="https://host/repo",
            collection="abc123",
            prune=True,
            prune_threshold=0.0,
            journal=tmp_path.resolve() / "state" / "journal.jsonl",
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
        SQL_LINEAGE_PURVIEW_PRUNE_THRESHOLD="0.5",
        SQL_LINEAGE_PURVIEW_RATE="20",
        SQL_LINEAGE_PURVIEW_GRANULARITY="module",
        SQL_LINEAGE_PURVIEW_DEBUG="1",
    )

    assert settings.case_sensitive
    assert settings.exclude == ("old/", "*.tmp.sql")
    assert settings.jobs == 4
    assert settings.purview.endpoint == "https://acct.purview.azure.com"
    assert (
        settings.purview.prune_threshold,
        settings.purview.rate,
        settings.purview.granularity,
    ) == (0.5, 20.0, "module")


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
        (
            'jobs = 1\ndefualt_schema = "x"\n',
            2,
            "unknown key 'defualt_schema'. Did you mean 'default_schema'?",
        ),
        (
            '[purview]\nend_point = "x"\n',
            2,
            "unknown key 'purview.end_point'. Did you mean 'endpoint'?",
        ),
        (
            '[databases.Dw]\nplatform = "p"\nserver = "s"\nhost = 1\n',
            4,
            "unknown key 'databases.Dw.host'",
        ),
        ('[purview]\nclient_secret = "x"\n', 2, "Secrets do not belong in this file"),
        ("colour = 1\n", 1, "Known keys: case_sensitive, catalogs, database"),
        ('\njobs = "many"\n', 2, "jobs must be a whole number from 1, not 'many'"),
        ("jobs = 0\n", 1, "jobs must be a whole number from 1, not 0"),
        ("jobs = true\n", 1, "jobs must be a whole number"),
        (
            "[purview]\nprune_threshold = 20\n",
            2,
            "purview.prune_threshold must be a number from 0 to 1, not 20",
        ),
        ("[purview]\nprune_threshold = true\n", 2, "must be a number from 0 to 1, not True"),
        ("[purview]\nrate = 0\n", 2, "purview.rate must be a number above 0, not 0"),
        ('[purview]\nrate = "fast"\n', 2, "must be a number above 0"),
        (
            '[purview]\ngranularity = "file"\n',
            2,
            '"table" or "module" or "statement", not \'file\'',
        ),
        ('[purview]\nviews = "none"\n', 2, 'purview.views must be "process" or "direct"'),
        ("case_sensitive = 1\n", 1, "case_sensitive must be true or false, not 1"),
        ('exclude = "a"\n', 1, "exclude must be a list of patterns"),
        ("[folders]\na = 1\n", 1, "folders must be a table of names and texts"),
        ('purview = "x"\n', 1, "purview must be a table"),
        ('[databases.Dw]\nplatform = "s"\n', 1, "[databases.Dw] needs the key server"),
        (
            '[databases.L]\nplatform = "fabric_lakehouse"\nitem = "x"\n',
            1,
            "[databases.L] needs the key workspace",
        ),
        (
            '[databases.Dw]\nserver = "s"\ntypes = []\n',
            3,
            "databases.Dw.types must be a list of names",
        ),
        (
            '[purview]\nmissing = "guess"\n',
            2,
            'purview.missing must be "skip" or "fail" or "create"',
        ),
        ("database = \n", 1, "not valid TOML"),
    ],
)
def test_an_error_in_the_file_names_its_line(
    tmp_path: Path, text: str, line: int, words: str
) -> None:
    path = _write(tmp_path, text).resolve()

    message = _error(tmp_path)

    assert message.startswith(f"{path}:{line}:")
    assert words in message


@pytest.mark.parametrize(
    "text",
    [
        "a" + ".a" * 100_000 + " = 1\n",
        "a = {b = 1, c" + " . 'x'" * 100_000 + " = 1}\n",
        "a = " + "[" * 2_000,
    ],
)
def test_a_key_that_is_nested_without_end_is_refused(tmp_path: Path, text: str) -> None:
    """The library would take gigabytes for it, or fail."""
    _write(tmp_path, text)

    assert "nested too deeply" in _error(tmp_path)


def test_an_error_in_pyproject_names_the_line_in_its_section(tmp_path: Path) -> None:
    path = _write(
        tmp_path, "[tool.other]\njob = 1\n[tool.sql-lineage-purview]\njob = 1\n", "pyproject.toml"
    ).resolve()

    assert _error(tmp_path).startswith(f"{path}:4: unknown key 'job'. Did you mean 'jobs'?")


def test_a_secret_is_not_repeated_in_the_error(tmp_path: Path) -> None:
    _write(tmp_path, '[purview]\nclient_secret = "hush"\n')

    assert "hush" not in _error(tmp_path)


def test_an_error_in_the_environment_names_the_variable(tmp_path: Path) -> None:
    assert _error(tmp_path, SQL_LINEAGE_PURVIEW_JOBS="two").startswith(
        "SQL_LINEAGE_PURVIEW_JOBS must be"
    )


def test_variables_of_the_command_line_join_those_of_the_file(tmp_path: Path) -> None:
    _write(tmp_path, '[variables]\nEnv = "test"\nRegion = "eu"\n')

    settings = _load(tmp_path, {"variables": (("Env", "prod"),)})

    assert settings.variables == (("Env", "prod"), ("Region", "eu"))


class TestDatabaseOf:
    def test_the_deepest_folder_decides(self, tmp_path: Path) -> None:
        _write(tmp_path, 'database = "Main"\n[folders]\n"a" = "A"\n"a/b" = "B"\n')
        settings = _load(tmp_path)
        root = tmp_path.resolve()

        databases = [
            settings.script_databases.of(root / place)
            for place in ("x.sql", "a/x.sql", "a/b/x.sql", "ab/x.sql")
        ]

        assert databases == ["Main", "A", "B", "Main"]

    def test_a_database_of_the_command_line_holds_for_all_folders(self, tmp_path: Path) -> None:
        _write(tmp_path, '[folders]\n"a" = "A"\n')

        assert (
            _load(tmp_path, {"database": "X"}).script_databases.of(
                tmp_path.resolve() / "a" / "x.sql"
            )
            == "X"
        )


PROFILES = """
database = "Sales"
variables = { Env = "dev", Lake = "devlake" }
[purview]
endpoint = "https://dev.purview.azure.com"
owner = "team"
[databases.Sales]
server = "dev.database.windows.net"
database = "SalesDev"
[profiles.prod]
endpoint = "https://prod.purview.azure.com"
collection = "sales"
variables = { Env = "prod" }
publish.exclude = ["audit.*"]
publish.through = false
[profiles.prod.databases.Sales]
server = "prod.database.windows.net"
[profiles.prod.databases.Crm]
server = "crm.database.windows.net"
[profiles.test.purview]
owner = "testers"
"""


class TestProfiles:
    def test_what_one_says_goes_before_the_file_key_by_key(self, tmp_path: Path) -> None:
        _write(tmp_path, PROFILES)
        settings = _load(tmp_path, {"profile": "prod"})

        assert (settings.purview.endpoint, settings.purview.owner) == (
            "https://prod.purview.azure.com",
            "team",
        )
        assert settings.purview.collection == "sales"
        assert settings.databases == (
            DatabaseSettings("Crm", "crm.database.windows.net"),
            DatabaseSettings("Sales", "prod.database.windows.net", database="SalesDev"),
        )
        assert settings.variables == (("Env", "prod"), ("Lake", "devlake"))
        assert (settings.publish.exclude, settings.publish.through) == (("audit.*",), False)

    def test_none_is_chosen_by_itself(self, tmp_path: Path) -> None:
        _write(tmp_path, PROFILES)

        assert _load(tmp_path).purview.endpoint == "https://dev.purview.azure.com"

    def test_the_environment_may_choose_and_goes_before_what_it_says(self, tmp_path: Path) -> None:
        _write(tmp_path, PROFILES)
        settings = _load(
            tmp_path, SQL_LINEAGE_PURVIEW_PROFILE="prod", SQL_LINEAGE_PURVIEW_COLLECTION="here"
        )

        assert (settings.purview.endpoint, settings.purview.collection) == (
            "https://prod.purview.azure.com",
            "here",
        )
        assert (
            _load(tmp_path, {"profile": "test"}, SQL_LINEAGE_PURVIEW_PROFILE="prod").purview.owner
            == "testers"
        )

    def test_one_that_is_not_there(self, tmp_path: Path) -> None:
        path = _write(tmp_path, PROFILES)

        assert _error(tmp_path, SQL_LINEAGE_PURVIEW_PROFILE="live") == (
            f"{path}: there is no profile 'live'. Known profiles: prod, test."
        )

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            (
                "[profiles.prod]\nendpont = 'x'",
                ":2: unknown key 'profiles.prod.endpont'. Did you mean 'endpoint'?",
            ),
            (
                "[profiles.prod]\nbatch_size = 0",
                ":2: profiles.prod.batch_size must be a whole number from 1, not 0.",
            ),
            (
                "[profiles.prod.databases.New]\nplatform = 'azure_sql'",
                ":1: [profiles.prod.databases.New] needs the key server.",
            ),
        ],
    )
    def test_all_are_checked_also_those_that_nobody_chose(
        self, tmp_path: Path, text: str, message: str
    ) -> None:
        path = _write(tmp_path, text)

        assert _error(tmp_path) == f"{path}{message}"


class TestDeclaredLineage:
    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("[[lineage]]\nsource = 'a'", ":1: [[lineage]] needs the key target."),
            ("[lineage]\nsource = 'a'", ":1: lineage must be a list of tables: [[lineage]]."),
            (
                "[[lineage]]\nsource = 'a'\ntarget = 'b'\n[[lineage]]\nsource = 'a.'\ntarget = 'b'",
                ":5: lineage.source must be a name as a scan shows it, such as dbo.[Fact Sales], "
                "not 'a.'.",
            ),
            (
                "[[lineage]]\nsource = 'a'\ntarget = 'b'\ncolumn = {}",
                ":4: unknown key 'lineage.column'. Did you mean 'columns'?",
            ),
        ],
    )
    def test_what_is_wrong_names_its_line(self, tmp_path: Path, text: str, message: str) -> None:
        path = _write(tmp_path, text)

        assert _error(tmp_path) == f"{path}{message}"
