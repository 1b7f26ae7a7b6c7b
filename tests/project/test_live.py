"""Live databases: their addresses, signing in, and what goes wrong.

The driver is the one thing that is not real.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

import pytest
from azure.core.exceptions import ClientAuthenticationError
from hypothesis import given
from hypothesis import strategies as st

from sql_lineage_purview.project.configuring.addresses import DatabaseAddress
from sql_lineage_purview.project.project_errors import ConfigurationError, DatabaseError
from sql_lineage_purview.project.reading.live import read_live
from sql_lineage_purview.purview import SignIn
from sql_lineage_purview.purview.transport import tokens

from .driver import Driver, OperationalError

AZURE = "mssql://contoso.database.windows.net/Dw"
ON_PREMISES = "mssql://sql01/Dw"
ACCESS_TOKEN = 1256


@dataclass
class Token:
    token: str = "a-token"
    expires_on: int = 1 << 40


@dataclass
class Identity:
    """Stands in for azure-identity."""

    error: Exception | None = None
    scope: str = ""
    authority: str | None = None

    def get_token(self, scope: str) -> Token:
        self.scope = scope
        if self.error:
            raise self.error
        return Token()


@pytest.fixture
def driver(monkeypatch: pytest.MonkeyPatch) -> Driver:
    driver = Driver()
    monkeypatch.setitem(sys.modules, "mssql_python", driver)
    return driver


@pytest.fixture
def identity(monkeypatch: pytest.MonkeyPatch) -> Identity:
    identity = Identity()

    def credential_of(sign_in: SignIn) -> Identity:
        identity.authority = sign_in.authority
        return identity

    monkeypatch.setattr(tokens, "credential_of", credential_of)
    return identity


def failed(text: str) -> str:
    with pytest.raises(DatabaseError) as caught:
        read_live(DatabaseAddress.of(text))
    assert caught.value.__suppress_context__
    assert "\n" not in str(caught.value)
    return str(caught.value)


class TestAddresses:
    @pytest.mark.parametrize(
        ("text", "server", "database"),
        [
            (AZURE, "contoso.database.windows.net", "Dw"),
            ("mssql://sql01:1434/Dw", "sql01,1434", "Dw"),
            ("mssql://sql01/PROD/Dw", "sql01\\PROD", "Dw"),
            ("mssql://sql01:1434/PROD/Dw/", "sql01\\PROD,1434", "Dw"),
            ("MSSQL://Sql01/My Dw%20%2F%3B", "Sql01", "My Dw /;"),
            ("mssql://./Dw", ".", "Dw"),
        ],
    )
    def test_servers_ports_and_instances(self, text: str, server: str, database: str) -> None:
        address = DatabaseAddress.of(text)

        assert (address.server, address.database) == (server, database)
        assert DatabaseAddress.of(address.url) == address

    @given(
        st.from_regex(r"[A-Za-z0-9][A-Za-z0-9.\-]{0,20}", fullmatch=True),
        st.none() | st.integers(1, 65535),
        st.none() | st.text(st.characters(exclude_categories=["Cs"]), min_size=1),
        st.text(st.characters(exclude_categories=["Cs"]), min_size=1),
    )
    def test_an_address_survives_being_written(
        self, host: str, port: int | None, instance: str | None, database: str
    ) -> None:
        address = DatabaseAddress(host, database, port, instance)

        assert DatabaseAddress.of(address.url) == address

    @pytest.mark.parametrize(
        "text",
        [
            "mssql://",
            "mssql://sql01",
            "mssql://sql01/",
            "mssql:///Dw",
            "mssql://sql01:port/Dw",
            "mssql://a/b/c/d",
            "mssql://sql01/Dw?x=1",
            "mssql://sql01/Dw;Encrypt=no",
            "mssql://sql01;Encrypt=no/Dw",
            "https://sql01/Dw",
            "",
        ],
    )
    def test_what_is_no_address_is_said(self, text: str) -> None:
        with pytest.raises(ConfigurationError, match="Write it mssql://SERVER/DATABASE"):
            DatabaseAddress.of(text)

    @pytest.mark.parametrize(
        "text",
        [
            "mssql://sa:hush@sql01/Dw",
            "MSSQL://sa:hu/hush@sql01/Dw",
            "mssql://sql01/Dw;Password=hush",
        ],
    )
    def test_secrets_have_no_place_in_it_and_are_not_repeated(self, text: str) -> None:
        with pytest.raises(ConfigurationError) as caught:
            DatabaseAddress.of(text)

        assert "hush" not in str(caught.value)


class TestSigningIn:
    @pytest.mark.parametrize(
        ("host", "scope"),
        [
            ("contoso.database.windows.net", "https://database.windows.net/.default"),
            ("mi.abc123.DATABASE.windows.net", "https://database.windows.net/.default"),
            ("contoso-ondemand.sql.azuresynapse.net", "https://database.windows.net/.default"),
            ("xyz.datawarehouse.fabric.microsoft.com", "https://database.windows.net/.default"),
            ("contoso.database.chinacloudapi.cn", "https://database.chinacloudapi.cn/.default"),
            (
                "contoso.sql.azuresynapse.usgovcloudapi.net",
                "https://database.usgovcloudapi.net/.default",
            ),
        ],
    )
    def test_azure_takes_a_token(
        self, driver: Driver, identity: Identity, host: str, scope: str
    ) -> None:
        read_live(DatabaseAddress(host, "Dw"), SignIn(authority="login.example"))

        [connection] = driver.connections
        assert (identity.scope, identity.authority) == (scope, "login.example")
        assert connection.attributes == {
            ACCESS_TOKEN: b"\x0e\0\0\0" + "a-token".encode("utf-16-le")
        }
        assert "Trusted_Connection" not in connection.text

    @pytest.mark.parametrize(
        "host",
        ["sql01", "database.windows.net.example.com", "evildatabase.windows.net.", "x.windows.net"],
    )
    def test_other_servers_get_none(self, driver: Driver, identity: Identity, host: str) -> None:
        read_live(DatabaseAddress(host, "Dw"))

        [connection] = driver.connections
        assert (identity.scope, connection.attributes) == ("", {})
        assert "Trusted_Connection={yes};" in connection.text

    def test_connections_are_encrypted_only_read_and_end(self, driver: Driver) -> None:
        read_live(DatabaseAddress("sql01", "a;b}c", 1434, "PROD"))

        [connection] = driver.connections
        assert connection.text == (
            "Server={sql01\\PROD,1434};Database={a;b}}c};Encrypt={yes};ApplicationIntent={ReadOnly};"
            "Trusted_Connection={yes};"
        )
        assert connection.open == 0

    @pytest.mark.parametrize(
        ("host", "trusted"),
        [("localhost", True), ("127.0.0.1", True), ("sql01", False), ("10.0.0.1", False)],
    )
    def test_certificates_are_verified_but_on_this_machine(
        self, driver: Driver, host: str, *, trusted: bool
    ) -> None:
        read_live(DatabaseAddress(host, "Dw"))

        assert ("TrustServerCertificate" in driver.connections[0].text) is trusted


class TestReading:
    def test_what_the_database_tells(self, driver: Driver) -> None:
        driver.server.table(2, "T", "A")

        scripts = read_live(DatabaseAddress.of(ON_PREMISES))

        assert (scripts.name, [str(table.name) for table in scripts.tables]) == ("Dw", ["dbo.T"])

    def test_without_the_driver_it_is_said_what_to_install(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "mssql_python", None)

        with pytest.raises(
            ConfigurationError, match=r"pip install \"\.\[mssql\]\" in the checkout"
        ):
            read_live(DatabaseAddress.of(ON_PREMISES))

    def test_a_server_that_cannot_be_reached(self, driver: Driver) -> None:
        driver.refusal = OperationalError(
            "Driver Error: Client unable to establish connection; DDBC Error: Login timeout\nmore"
        )

        assert failed(ON_PREMISES).startswith(
            "sql01/Dw cannot be reached: Driver Error: Client unable to establish connection;"
        )

    def test_no_error_repeats_a_secret(self, driver: Driver) -> None:
        driver.refusal = ValueError("bad connection string Server=x;PWD=hush;")

        assert "hush" not in failed(ON_PREMISES)

    def test_a_sign_in_that_fails(self, driver: Driver, identity: Identity) -> None:
        identity.error = ClientAuthenticationError("no credential worked\nwith a long list")

        message = failed(AZURE)

        assert "no credential worked" in message
        assert "az login" in message
        assert not driver.connections

    def test_a_right_that_is_missing(self, driver: Driver) -> None:
        driver.server.drop("objects")

        assert failed(ON_PREMISES).endswith("VIEW DEFINITION is what it takes.")
        assert driver.connections[0].open == 0

    def test_a_line_that_is_cut_is_no_missing_right(self, driver: Driver) -> None:
        driver.breaks = True

        assert failed(ON_PREMISES) == (
            "sql01/Dw does not answer: Driver Error: Communication link failure; DDBC Error: ."
        )
        assert driver.connections[0].open == 0
