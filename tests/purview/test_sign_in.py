"""The real credentials of azure-identity against token endpoints on this machine.

This goes over TLS, with an authority of the tests.
"""

from __future__ import annotations

import base64
import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from sql_lineage_purview.purview import PurviewTarget, SignIn, connect
from sql_lineage_purview.purview.purview_errors import (
    BadSettingError,
    SignInError,
    UnreachableError,
)
from sql_lineage_purview.purview.transport.http import RequestsTransport
from sql_lineage_purview.purview.transport.sign_in import Identity
from sql_lineage_purview.purview.transport.tokens import AzureTokens
from tests.tls import Asked, Authority, TlsServer, client_certificate, proxied, served

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

TENANT = "11111111-2222-3333-4444-555555555555"
CLIENT = "66666666-7777-8888-9999-000000000000"
SCOPE = "https://purview.azure.net/.default"
HOSTS = ("login.microsoftonline.com", "acct.purview.azure.com", "contoso.vault.azure.net")


def entra(request: Asked) -> tuple[int, Any] | tuple[int, Any, dict[str, str]]:
    """Entra, the token endpoints of Azure's hosts, a key vault and an account, in a few lines."""
    base = f"https://{request.host}/{TENANT}"
    match request.path.strip("/").split("/"):
        case [_, "v2.0", ".well-known", "openid-configuration"]:
            addresses = {
                "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                "token_endpoint": f"{base}/oauth2/v2.0/token",
            }
            return 200, {"issuer": f"{base}/v2.0", **addresses}
        case ["common", "discovery", "instance"]:
            names = {
                "preferred_network": request.host,
                "preferred_cache": request.host,
                "aliases": [request.host],
            }
            return 200, {
                "tenant_discovery_endpoint": f"{base}/v2.0/.well-known/openid-configuration",
                "metadata": [names],
            }
        case [_, "oauth2", "v2.0", "token"]:
            resource = request.form["scope"].removesuffix("/.default")
            return 200, {
                "token_type": "Bearer",
                "expires_in": 3600,
                "access_token": f"entra for {resource}",
            }
        case ["msi", "token"] | ["metadata", "identity", "oauth2", "token"]:
            answer = {
                "token_type": "Bearer",
                "access_token": f"managed for {request.query['resource']}",
            }
            return 200, {
                **answer,
                "expires_on": "9999999999",
                "expires_in": "86400",
                "resource": request.query["resource"],
            }
        case ["oidc"]:
            return 200, {"oidcToken": "of the pipeline"}
        case ["secrets", name, *_] if request.headers.get("authorization") == (
            "Bearer managed for https://vault.azure.net"
        ):
            return 200, {
                "value": "from the vault",
                "id": f"https://contoso.vault.azure.net/secrets/{name}/1",
                "attributes": {},
            }
        case ["secrets", *_]:
            challenge = (
                f'Bearer authorization="https://login.microsoftonline.com/{TENANT}", '
                'resource="https://vault.azure.net"'
            )
            return 401, {}, {"WWW-Authenticate": challenge}
        case ["datamap", "api", *_]:
            return 200, {
                "name": request.headers["authorization"],
                "superTypes": [],
                "attributeDefs": [],
            }
    return 404, {"error": "not_found", "error_description": request.path}


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def server(authority: Authority) -> Iterator[TlsServer]:
    with served(TlsServer(entra), authority.context(*HOSTS)) as running:
        yield running


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of the machine's own sign-in or network counts."""
    for name in list(os.environ):
        if name.startswith(
            ("AZURE", "IDENTITY_", "MSI_", "IMDS_", "SYSTEM_")
        ) or name.upper().endswith(("_PROXY", "CA_BUNDLE")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture
def sign_in(authority: Authority, server: TlsServer) -> SignIn:
    """A private cloud on this machine."""
    return SignIn(authority=server.url, instance_discovery=False, ca_bundle=authority.file)


Variables = dict[str, str]


def secret(server: TlsServer, folder: Path) -> Variables:
    return {"AZURE_TENANT_ID": TENANT, "AZURE_CLIENT_ID": CLIENT, "AZURE_CLIENT_SECRET": "hush"}


def certificate(server: TlsServer, folder: Path) -> Variables:
    place = client_certificate(folder / "app.pem")
    return {
        "AZURE_TENANT_ID": TENANT,
        "AZURE_CLIENT_ID": CLIENT,
        "AZURE_CLIENT_CERTIFICATE_PATH": str(place),
    }


def workload(server: TlsServer, folder: Path) -> Variables:
    (folder / "federated").write_text("of the cluster", encoding="utf-8")
    place = str(folder / "federated")
    return {
        "AZURE_TENANT_ID": TENANT,
        "AZURE_CLIENT_ID": CLIENT,
        "AZURE_FEDERATED_TOKEN_FILE": place,
    }


def app_service(server: TlsServer, folder: Path) -> Variables:
    return {"IDENTITY_ENDPOINT": f"{server.url}/msi/token", "IDENTITY_HEADER": "of the host"}


def virtual_machine(server: TlsServer, folder: Path) -> Variables:
    return {"AZURE_POD_IDENTITY_AUTHORITY_HOST": server.url}


def pipeline(server: TlsServer, folder: Path) -> Variables:
    connection = {f"AZURESUBSCRIPTION_{name}": "x" for name in ("SERVICE_CONNECTION_ID",)}
    connection |= {"AZURESUBSCRIPTION_TENANT_ID": TENANT, "AZURESUBSCRIPTION_CLIENT_ID": CLIENT}
    return {
        **connection,
        "SYSTEM_ACCESSTOKEN": "of the job",
        "SYSTEM_OIDCREQUESTURI": f"{server.url}/oidc",
    }


# What each sends as a proof of who it is.
CASES = [
    (Identity.DEFAULT, secret, {"client_secret": "hush"}),
    (Identity.ENVIRONMENT, secret, {"client_secret": "hush"}),
    (
        Identity.ENVIRONMENT,
        certificate,
        {"client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
    ),
    (Identity.WORKLOAD, workload, {"client_assertion": "of the cluster"}),
    (Identity.DEFAULT, workload, {"client_assertion": "of the cluster"}),
    (Identity.PIPELINES, pipeline, {"client_assertion": "of the pipeline"}),
]


@pytest.mark.parametrize(("identity", "variables", "proof"), CASES)
def test_an_application_gets_its_token(
    sign_in: SignIn,
    server: TlsServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    identity: Identity,
    variables: Callable[[TlsServer, Path], Variables],
    proof: dict[str, str],
) -> None:
    for name, value in variables(server, tmp_path).items():
        monkeypatch.setenv(name, value)

    assert (
        AzureTokens(SCOPE, replace(sign_in, identity=identity)).token()
        == "entra for https://purview.azure.net"
    )

    request = server.asked[-1]
    assert (request.method, request.path) == ("POST", f"/{TENANT}/oauth2/v2.0/token")
    assert request.form["grant_type"] == "client_credentials"
    assert request.form["client_id"] == CLIENT
    assert request.form["scope"] == SCOPE
    assert proof.items() <= request.form.items()


@pytest.mark.parametrize(
    ("variables", "sent"),
    [
        (app_service, ("/msi/token", "x-identity-header", "of the host")),
        (virtual_machine, ("/metadata/identity/oauth2/token", "metadata", "true")),
    ],
)
@pytest.mark.parametrize("identity", [Identity.MANAGED, Identity.DEFAULT])
def test_a_managed_identity_gets_its_token_from_its_host(
    sign_in: SignIn,
    server: TlsServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    identity: Identity,
    variables: Callable[[TlsServer, Path], Variables],
    sent: tuple[str, str, str],
) -> None:
    for name, value in variables(server, tmp_path).items():
        monkeypatch.setenv(name, value)
    chosen = replace(sign_in, identity=identity, client_id=CLIENT)

    assert AzureTokens(SCOPE, chosen).token() == "managed for https://purview.azure.net"

    request = server.asked[-1]
    path, header, value = sent
    assert (request.path, request.headers[header]) == (path, value)
    assert request.query["client_id"] == CLIENT


def test_an_authority_that_is_not_trusted_gets_no_secret(
    sign_in: SignIn, server: TlsServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in secret(server, tmp_path).items():
        monkeypatch.setenv(name, value)

    monkeypatch.setattr("time.sleep", lambda _: None)  # the library tries again

    with pytest.raises(SignInError) as caught:
        AzureTokens(SCOPE, replace(sign_in, ca_bundle=None, identity=Identity.ENVIRONMENT)).token()

    assert "ca_bundle" in str(caught.value)
    assert "hush" not in str(caught.value)
    assert not server.asked


def test_the_usual_variable_names_authorities_too(
    sign_in: SignIn,
    server: TlsServer,
    authority: Authority,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in (
        secret(server, tmp_path) | {"REQUESTS_CA_BUNDLE": str(authority.file)}
    ).items():
        monkeypatch.setenv(name, value)

    chosen = replace(sign_in, ca_bundle=None, identity=Identity.ENVIRONMENT)
    assert AzureTokens(SCOPE, chosen).token().startswith("entra")


@pytest.mark.parametrize(
    "identity", [Identity.PIPELINES, Identity.WORKLOAD, Identity.ENVIRONMENT, Identity.CLI]
)
def test_a_chosen_identity_that_is_not_there_is_said_and_no_other_is_tried(
    sign_in: SignIn, identity: Identity
) -> None:
    with pytest.raises(SignInError) as caught:
        AzureTokens(SCOPE, replace(sign_in, identity=identity)).token()
    assert caught.value.remedy


def account(server: TlsServer, authority: Authority, sign_in: SignIn) -> tuple[str, list[str]]:
    """The bearer token that an account behind a proxy sees, and the hosts asked of the proxy."""
    with proxied(server.port) as proxy:
        patch = pytest.MonkeyPatch()
        patch.setenv("HTTPS_PROXY", proxy.url)
        patch.setenv("NO_PROXY", "localhost")
        try:
            client = connect(PurviewTarget("https://acct.purview.azure.com", sign_in=sign_in))
            return client.get_type("t")["name"], proxy.hosts
        finally:
            patch.undo()


def test_sign_in_and_account_go_through_the_company_proxy(
    server: TlsServer, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in secret(server, tmp_path).items():
        monkeypatch.setenv(name, value)

    shown, hosts = account(
        server, authority, SignIn(Identity.ENVIRONMENT, ca_bundle=authority.file)
    )

    assert shown == "Bearer entra for https://purview.azure.net"
    assert set(hosts) == {"login.microsoftonline.com", "acct.purview.azure.com"}


@pytest.mark.parametrize(
    ("host", "authority_host", "resource"),
    [
        ("acct.purview.azure.us", "login.microsoftonline.us", "https://purview.azure.us"),
        ("acct.purview.azure.cn", "login.chinacloudapi.cn", "https://purview.azure.cn"),
        (
            "api.purview-service.microsoft.com",
            "login.microsoftonline.com",
            "https://purview.azure.net",
        ),
    ],
)
def test_every_cloud_and_form_of_endpoint_can_be_configured(
    authority: Authority,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    host: str,
    authority_host: str,
    resource: str,
) -> None:
    with (
        served(TlsServer(entra), authority.context(host, authority_host)) as server,
        proxied(server.port) as proxy,
    ):
        for name, value in (secret(server, tmp_path) | {"HTTPS_PROXY": proxy.url}).items():
            monkeypatch.setenv(name, value)
        sign_in = SignIn(Identity.ENVIRONMENT, authority=authority_host, ca_bundle=authority.file)
        target = PurviewTarget(f"https://{host}", scope=f"{resource}/.default", sign_in=sign_in)
        seen = connect(target).get_type("t")["name"]

    assert seen == f"Bearer entra for {resource}"
    assert set(proxy.hosts) == {host, authority_host}


def test_the_extra_of_the_key_vault_may_not_be_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "azure.keyvault.secrets", None)
    vault = {"key_vault": "https://contoso.vault.azure.net", "key_vault_secret": "purview"}
    with pytest.raises(SignInError, match=r"pip install \"\.\[keyvault\]\" in the checkout"):
        AzureTokens(
            SCOPE, SignIn(Identity.CLI, tenant_id=TENANT, client_id=CLIENT, **vault)
        ).token()


def test_the_secret_of_a_service_principal_comes_from_a_key_vault(
    server: TlsServer, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in app_service(server, tmp_path).items():
        monkeypatch.setenv(name, value)
    vault = {"key_vault": "https://contoso.vault.azure.net", "key_vault_secret": "purview"}
    principal = SignIn(
        Identity.MANAGED, tenant_id=TENANT, client_id=CLIENT, ca_bundle=authority.file, **vault
    )

    shown, hosts = account(server, authority, principal)

    assert shown == "Bearer entra for https://purview.azure.net"
    assert "contoso.vault.azure.net" in hosts
    token = next(
        request for request in server.asked if request.path.endswith("/token") and request.form
    )
    assert (token.form["client_id"], token.form["client_secret"]) == (CLIENT, "from the vault")


@pytest.mark.parametrize("content_type", ["application/x-pem-file", "application/x-pkcs12"])
def test_a_certificate_of_a_key_vault_signs_in(
    sign_in: SignIn,
    server: TlsServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    content_type: str,
) -> None:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.serialization import pkcs12
    from cryptography.x509 import load_pem_x509_certificate

    from sql_lineage_purview.purview.transport import key_vault

    pem = client_certificate(tmp_path / "app.pem").read_bytes()
    value = pem.decode()
    if content_type == "application/x-pkcs12":
        key: Any = serialization.load_pem_private_key(pem, None)
        packed = pkcs12.serialize_key_and_certificates(
            None, key, load_pem_x509_certificate(pem), None, serialization.NoEncryption()
        )
        value = base64.b64encode(packed).decode()
    monkeypatch.setattr(key_vault, "_read", lambda *_: (value, content_type))
    vault = {"key_vault": "https://contoso.vault.azure.net", "key_vault_secret": "purview"}
    principal = replace(
        sign_in, identity=Identity.MANAGED, tenant_id=TENANT, client_id=CLIENT, **vault
    )

    assert AzureTokens(SCOPE, principal).token().startswith("entra")
    assert server.asked[-1].form["client_assertion"].count(".") == 2


def test_a_vault_that_does_not_answer_is_one_line(
    authority: Authority, server: TlsServer, tmp_path: Path
) -> None:
    vault = {"key_vault": f"{server.url}", "key_vault_secret": "purview"}
    principal = SignIn(
        Identity.ENVIRONMENT, tenant_id=TENANT, client_id=CLIENT, ca_bundle=authority.file, **vault
    )
    with pytest.raises(SignInError):
        AzureTokens(SCOPE, principal).token()


@pytest.mark.parametrize(
    "given",
    [
        {"key_vault": "https://contoso.vault.azure.net"},
        {"key_vault": "contoso", "key_vault_secret": "s", "tenant_id": TENANT, "client_id": CLIENT},
    ],
)
def test_a_key_vault_takes_all_its_settings(given: dict[str, str]) -> None:
    with pytest.raises(BadSettingError, match="key_vault"):
        SignIn(**given)  # type: ignore[arg-type]  # of fields of several types


class TestAuthorities:
    def test_an_account_of_a_private_authority_is_reached(
        self, server: TlsServer, authority: Authority
    ) -> None:
        transport = RequestsTransport(ca_bundle=authority.file)

        assert (
            transport.send(
                "GET", f"{server.url}/datamap/api/x", {"Authorization": "Bearer t"}, b""
            ).status
            == 200
        )

    def test_the_file_goes_before_the_usual_variable(
        self,
        server: TlsServer,
        authority: Authority,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(Authority(tmp_path, "another").file))
        with proxied(server.port) as proxy:
            monkeypatch.setenv("HTTPS_PROXY", proxy.url)
            url = "https://acct.purview.azure.com/datamap/api/x"
            with pytest.raises(UnreachableError, match="certificate"):
                RequestsTransport().send("GET", url, {}, b"")
            assert (
                RequestsTransport(ca_bundle=authority.file)
                .send("GET", url, {"Authorization": "Bearer t"}, b"")
                .status
                == 200
            )

    @pytest.mark.parametrize(
        ("content", "words"), [(None, "No such file"), ("no certificate", "no certificate")]
    )
    def test_a_file_that_cannot_be_used_is_refused_at_once(
        self, tmp_path: Path, content: str | None, words: str
    ) -> None:
        place = tmp_path / "ca.pem"
        if content is not None:
            place.write_text(content, encoding="utf-8")
        with pytest.raises(BadSettingError, match=words) as caught:
            connect(
                PurviewTarget("https://acct.purview.azure.com", sign_in=SignIn(ca_bundle=place))
            )
        assert "--ca-bundle" in str(caught.value)

    def test_a_variable_that_names_no_file_is_explained(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "gone.pem"))
        with pytest.raises(UnreachableError, match="REQUESTS_CA_BUNDLE"):
            RequestsTransport().send("GET", "https://acct.purview.azure.com/x", {}, b"")
