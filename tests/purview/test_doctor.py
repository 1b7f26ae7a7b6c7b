"""`doctor`: each step finds what is wrong with it, says what to do, and leaves nothing behind."""

from __future__ import annotations

import base64
import json
import socket
import time
from typing import TYPE_CHECKING, Any

import pytest

from sql_lineage_purview.emulator import (
    Behaviour,
    Collection,
    CollectionRole,
    Emulator,
    SeedAsset,
    Switches,
    seed,
    serve,
)
from sql_lineage_purview.purview import Database, LocalTransport, PurviewTarget, SignIn, connect
from sql_lineage_purview.purview.account.processes import process_type
from sql_lineage_purview.purview.checking.account_checks import STEPS, examine
from sql_lineage_purview.purview.checking.checkup import Finding, Health
from sql_lineage_purview.purview.checking.doctor_network import (
    connection,
    endpoint_form,
    host_name,
    token,
)
from sql_lineage_purview.purview.purview_errors import SignInError
from sql_lineage_purview.purview.transport.http import FixedToken, Reply
from sql_lineage_purview.purview.transport.tokens import AzureTokens
from tests.tls import Authority, TlsServer, proxied, served

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

TARGET = PurviewTarget("emulator", owner="team")
ACCOUNT = "https://acct.purview.azure.com"
DW = Database("Dw", "s.database.windows.net")


def jwt(**claims: object) -> str:
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"eyJhbGciOiJub25lIn0.{body}.signature"


CURATOR = jwt(oid="curator", aud="https://purview.azure.net", exp=9999999999)
READER = jwt(oid="reader", aud="https://purview.azure.net", exp=9999999999)
ROLES = (CollectionRole("curator", "data-curator"), CollectionRole("reader", "data-reader"))


def examined(
    emulator: Emulator,
    bearer: str = CURATOR,
    databases: Sequence[Database] = (),
    collection: str = "",
) -> dict[str, Finding]:
    client = connect(TARGET, LocalTransport(emulator), tokens=FixedToken(bearer))
    return {
        row.step: row for row in examine(TARGET, databases, collection=collection, stand_in=client)
    }


def healths(findings: Mapping[str, Finding]) -> dict[str, Health]:
    return {step: row.health for step, row in findings.items()}


class TestAccount:
    def test_all_is_well_behind_a_push(self) -> None:
        with Emulator(":memory:") as emulator:
            seed(
                emulator, [SeedAsset("azure_sql_table", "mssql://s.database.windows.net/Dw/dbo/A")]
            )
            connect(TARGET, LocalTransport(emulator)).ensure_types([process_type()])
            findings = examined(emulator, databases=[DW])

        assert set(healths(findings).values()) == {Health.OK}
        assert findings["database Dw"].message == "1 tables and views"

    def test_the_type_comes_with_the_first_push(self) -> None:
        with Emulator(":memory:") as emulator:
            findings = examined(emulator)

        assert findings["type"].health is Health.WARNING
        assert "first push" in findings["type"].remedy

    def test_a_type_of_the_same_name_that_does_not_fit(self) -> None:
        with Emulator(":memory:") as emulator:
            client = connect(TARGET, LocalTransport(emulator))
            client.ensure_types([process_type() | {"superTypes": ["DataSet"]}])

            assert examined(emulator)["type"].health is Health.FAILED

    def test_a_reader_may_plan_and_not_push(self) -> None:
        with Emulator(":memory:", behaviour=Behaviour(roles=ROLES)) as emulator:
            findings = examined(emulator, READER)

        assert healths(findings)["read"] is Health.OK
        assert findings["write"].health is Health.FAILED
        assert "Data Curator" in findings["write"].remedy
        assert not findings["write"].network

    def test_a_curator_may_push(self) -> None:
        with Emulator(":memory:", behaviour=Behaviour(roles=ROLES)) as emulator:
            assert examined(emulator, CURATOR)["write"].health is Health.OK

    @pytest.mark.parametrize("denied", ["atlas", "gateway"])
    def test_a_role_is_missed_in_either_shape_of_the_answer(self, denied: Any) -> None:
        behaviour = Behaviour(roles=ROLES, switches=Switches(denied=denied))
        with Emulator(":memory:", behaviour=behaviour) as emulator:
            assert examined(emulator, READER)["write"].health is Health.FAILED

    @pytest.mark.parametrize(
        ("collection", "health"), [("finance", Health.OK), ("", Health.FAILED)]
    )
    def test_it_is_the_configured_collection_that_is_tried(
        self, collection: str, health: Health
    ) -> None:
        roles = (CollectionRole("curator", "data-curator", "finance"),)
        with Emulator(
            ":memory:", behaviour=Behaviour(collections=(Collection("finance"),), roles=roles)
        ) as emulator:
            assert examined(emulator, collection=collection)["write"].health is health

    @pytest.mark.parametrize(
        ("switches", "typed", "health", "words"),
        [
            ({}, True, Health.OK, "not in the root collection; no types"),
            ({}, False, Health.FAILED, "not in the root collection; no types"),
            ({"type_writers": "any"}, True, Health.OK, "asks for no role on the root collection"),
            ({"type_writers": "any"}, False, Health.OK, "whether types too shows"),
            ({"asset_writers": "any"}, True, Health.OK, "assets in the root collection; no types"),
            (
                {"asset_writers": "any", "type_writers": "any"},
                True,
                Health.OK,
                "assets in the root collection; types too",
            ),
        ],
    )
    def test_it_says_what_rights_the_account_asks_for(
        self, switches: dict[str, Any], typed: bool, health: Health, words: str
    ) -> None:
        behaviour = Behaviour(
            collections=(Collection("finance"),),
            roles=(
                CollectionRole("curator", "data-curator", "finance"),
                CollectionRole("curator", "data-reader"),
            ),
            switches=Switches(**switches),
        )
        with Emulator(":memory:", behaviour=behaviour) as emulator:
            if typed:
                connect(TARGET, LocalTransport(emulator), tokens=FixedToken("opaque")).ensure_types(
                    [process_type()]
                )
            finding = examined(emulator, collection="finance")["rights"]
        assert (finding.health, words in finding.message) == (health, True), finding.message

    def test_without_any_access_the_rest_is_skipped(self) -> None:
        with Emulator(":memory:", behaviour=Behaviour(deny_account=True)) as emulator:
            findings = examined(emulator)

        assert findings["read"].health is Health.FAILED
        assert "Roles in Azure alone do not suffice".lower() in findings["read"].remedy.lower()
        assert {row.health for step, row in findings.items() if step != "read"} == {Health.SKIPPED}

    @pytest.mark.parametrize("bulk", ["atomic", "partial"])
    def test_the_trial_write_leaves_nothing_behind(self, bulk: Any) -> None:
        with Emulator(":memory:", behaviour=Behaviour(switches=Switches(bulk=bulk))) as emulator:
            assert examined(emulator)["write"].health is Health.OK
            assert (
                list(connect(TARGET, LocalTransport(emulator)).search("Process", "~doctor")) == []
            )

    def test_a_trial_write_that_a_lenient_service_takes_is_deleted_again(self) -> None:
        with Emulator(":memory:") as emulator:

            class Lenient:
                def send(
                    self, method: str, url: str, headers: Mapping[str, str], body: bytes
                ) -> Reply:
                    document = json.loads(body or b"{}")
                    for entity in document.get("entities", []):
                        del entity["attributes"]["inputs"]
                    changed = json.dumps(document).encode() if document else b""
                    return LocalTransport(emulator).send(method, url, headers, changed)

            findings = {
                row.step: row for row in examine(TARGET, (), stand_in=connect(TARGET, Lenient()))
            }
            probes = list(connect(TARGET, LocalTransport(emulator)).search("Process", "~doctor"))

        assert findings["write"].health is Health.OK
        assert probes == []

    @pytest.mark.parametrize(
        ("row", "words"),
        [
            (Database("Dv", "s.database.windows.net"), "of its server it knows the databases dw"),
            (Database("Dw", "other.database.windows.net"), "nor of any other of its server"),
        ],
    )
    def test_a_database_that_the_catalogue_does_not_know(self, row: Database, words: str) -> None:
        with Emulator(":memory:") as emulator:
            seed(
                emulator, [SeedAsset("azure_sql_table", "mssql://s.database.windows.net/Dw/dbo/A")]
            )
            finding = examined(emulator, databases=[row])[f"database {row.name}"]

        assert finding.health is Health.WARNING
        assert words in finding.message


class TestEndpoint:
    @pytest.mark.parametrize(
        ("endpoint", "sign_in", "health", "words"),
        [
            (ACCOUNT, SignIn(), Health.OK, ""),
            ("https://api.purview-service.microsoft.com", SignIn(), Health.OK, ""),
            (
                "https://11111111-2222-3333-4444-555555555555-api.purview-service.microsoft.com",
                SignIn(),
                Health.OK,
                "",
            ),
            ("http://127.0.0.1:8765", SignIn(), Health.OK, "this machine"),
            (f"{ACCOUNT}/datamap/api", SignIn(), Health.WARNING, "has a path"),
            ("https://acct.catalog.purview.azure.com", SignIn(), Health.WARNING, "first preview"),
            ("https://purview.contoso.com", SignIn(), Health.WARNING, "no host that Purview"),
            ("https://acct.purview.azure.cn", SignIn(), Health.WARNING, "than the scope"),
            (
                ACCOUNT,
                SignIn(authority="https://login.microsoftonline.us/"),
                Health.WARNING,
                "than the authority",
            ),
            ("http://acct.purview.azure.com", SignIn(), Health.FAILED, "plain http"),
            ("acct", SignIn(), Health.FAILED, "not an address"),
        ],
    )
    def test_its_form(self, endpoint: str, sign_in: SignIn, health: Health, words: str) -> None:
        finding = endpoint_form(PurviewTarget(endpoint, sign_in=sign_in))

        assert finding.health is health
        assert words in finding.message
        assert bool(finding.remedy) is (health is not Health.OK)

    def test_another_cloud_with_all_its_settings(self) -> None:
        target = PurviewTarget(
            "https://acct.purview.azure.us",
            scope="https://purview.azure.us/.default",
            sign_in=SignIn(authority="login.microsoftonline.us"),
        )
        assert endpoint_form(target).health is Health.OK

    def test_a_file_of_authorities_that_is_not_there(self, tmp_path: Path) -> None:
        assert (
            endpoint_form(
                PurviewTarget(ACCOUNT, sign_in=SignIn(ca_bundle=tmp_path / "gone"))
            ).health
            is Health.FAILED
        )


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "HTTPS_PROXY",
        "https_proxy",
        "NO_PROXY",
        "no_proxy",
        "ALL_PROXY",
        "all_proxy",
        "REQUESTS_CA_BUNDLE",
    ):
        monkeypatch.delenv(name, raising=False)


class TestNetwork:
    def test_a_host_without_an_address(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def unknown(*_: object, **__: object) -> None:
            raise socket.gaierror(-2, "Name or service not known")

        monkeypatch.setattr(socket, "getaddrinfo", unknown)
        findings = list(examine(PurviewTarget(ACCOUNT), [DW]))

        assert [row.step for row in findings] == list(STEPS)
        assert [row.health for row in findings] == [Health.OK, Health.FAILED, *[Health.SKIPPED] * 7]
        assert findings[1].network

    def test_a_private_endpoint_is_said(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(
            socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", ("10.1.2.3", 0))]
        )

        assert host_name(PurviewTarget(ACCOUNT)).message == (
            "acct.purview.azure.com is 10.1.2.3 (private)"
        )

    def test_a_proxy_looks_the_name_up_and_its_login_is_not_shown(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HTTPS_PROXY", "http://me:hush@proxy.contoso.com:8080")

        finding = host_name(PurviewTarget(ACCOUNT))

        assert finding.health is Health.OK
        assert "proxy.contoso.com:8080" in finding.message
        assert "hush" not in finding.message

    def test_a_certificate_of_an_unknown_authority(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        authority = Authority(tmp_path)
        server = TlsServer(lambda _: (401, {}))
        with (
            served(server, authority.context("acct.purview.azure.com")),
            proxied(server.port) as proxy,
        ):
            monkeypatch.setenv("HTTPS_PROXY", proxy.url)
            refused = connection(PurviewTarget(ACCOUNT))
            trusted = connection(PurviewTarget(ACCOUNT, sign_in=SignIn(ca_bundle=authority.file)))

        assert (refused.health, refused.network) == (Health.FAILED, True)
        assert "--ca-bundle" in refused.remedy
        assert (trusted.health, trusted.message) == (
            Health.OK,
            "it answers (401 without a token); its certificate is trusted",
        )
        assert "authorization" not in server.asked[0].headers

    def test_a_served_stand_in_is_examined_without_a_token(self) -> None:
        with Emulator(":memory:") as emulator, serve(emulator, 0) as server:
            findings = {
                row.step: row for row in examine(PurviewTarget(server.url, owner="team"), ())
            }

        assert set(healths(findings).values()) <= {Health.OK, Health.WARNING}
        assert findings["connection"].message == (
            "it answers (401 without a token); plain http, on this machine"
        )
        assert "no real one" in findings["token"].message


class Signed:
    """A credential that has one token, or none."""

    def __init__(self, text: str | Exception) -> None:
        self.text = text

    def get_token(self, *_: str) -> Any:
        from azure.core.credentials import AccessToken

        if isinstance(self.text, Exception):
            raise self.text
        return AccessToken(self.text, int(time.time()) + 3600)


def token_of(text: str | Exception) -> Finding:
    return token(PurviewTarget(ACCOUNT), AzureTokens(credential=Signed(text)))


class TestToken:
    def test_it_tells_whose_it_is_and_is_not_shown(self) -> None:
        claims = {
            "aud": "https://purview.azure.net",
            "tid": "T1",
            "oid": "O1",
            "appid": "A1",
            "exp": time.time() + 3000,
        }
        finding = token_of(jwt(**claims))

        assert finding.health is Health.OK
        assert finding.message == "A1, object O1, tenant T1, for 49 minutes more"

    def test_it_is_meant_for_something_else(self) -> None:
        finding = token_of(jwt(aud="https://management.azure.com/", tid="T1", oid="O1"))

        assert finding.health is Health.WARNING
        assert "https://management.azure.com" in finding.message
        assert "scope" in finding.remedy

    @pytest.mark.parametrize("text", ["opaque", "a.b.c", "a.W10.c"])
    def test_one_that_cannot_be_read_will_do(self, text: str) -> None:
        assert token_of(text).health is Health.OK

    def test_why_none_can_be_had(self) -> None:
        from azure.core.exceptions import ClientAuthenticationError

        text = (
            "No token.\nAttempted credentials:\n\tEnvironmentCredential: not "
            "configured.\nVisit x\n\tAzureCli: not installed\n"
        )
        finding = token_of(ClientAuthenticationError(text))

        assert (finding.health, finding.network) == (Health.FAILED, True)
        assert finding.details == (
            "EnvironmentCredential: not configured.",
            "AzureCli: not installed",
        )
        assert finding.remedy


def test_the_attempts_of_a_sign_in_hold_no_token() -> None:
    assert SignInError("x", attempts=[f"said Bearer {CURATOR}"]).attempts == ("said Bearer ***",)
