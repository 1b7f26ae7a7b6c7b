from __future__ import annotations

from dataclasses import dataclass

import pytest
import responses
from azure.core.exceptions import ClientAuthenticationError

from sql_lineage_purview.purview.account.connection import PurviewTarget, connect
from sql_lineage_purview.purview.purview_errors import BadEndpointError, SignInError
from sql_lineage_purview.purview.transport.sign_in import SignIn
from sql_lineage_purview.purview.transport.tokens import AzureTokens

TYPE = b'{"name":"t","superTypes":[],"attributeDefs":[]}'


@dataclass
class Token:
    token: str
    expires_on: int


class Credential:
    def __init__(self, *answers: Token | Exception) -> None:
        self.answers = list(answers)
        self.scopes: list[tuple[str, ...]] = []

    def get_token(self, *scopes: str) -> Token:
        self.scopes.append(scopes)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def test_a_token_is_kept_until_shortly_before_it_ends() -> None:
    now = [1000.0]
    credential = Credential(Token("first", 5000), Token("second", 9000))
    tokens = AzureTokens(
        "https://purview.azure.cn/.default", credential=credential, clock=lambda: now[0]
    )
    assert [tokens.token(), tokens.token()] == ["first", "first"]
    now[0] = 4800.0
    assert tokens.token() == "second"
    assert credential.scopes == [("https://purview.azure.cn/.default",)] * 2


def test_a_refused_sign_in_is_one_line_with_a_remedy() -> None:
    failure = ClientAuthenticationError("AADSTS700016: no such application\nTrace ID: 1\nMore")
    with pytest.raises(SignInError) as caught:
        AzureTokens(credential=Credential(failure)).token()
    assert "AADSTS700016" in str(caught.value)
    assert "az login" in str(caught.value)
    assert "Trace" not in str(caught.value)
    assert caught.value.__context__ is None


def test_the_default_credential_without_any_sign_in_is_explained(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for name in ("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET", "AZURE_USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "EnvironmentCredential")
    with pytest.raises(SignInError, match="az login"):
        AzureTokens(sign_in=SignIn(authority="login.microsoftonline.us")).token()
    assert capfd.readouterr().err == ""


def test_an_account_is_asked_with_a_bearer_token(script) -> None:
    from sql_lineage_purview.purview.transport.http import FixedToken, Reply

    transport = script(Reply(200, {}, TYPE))
    target = PurviewTarget("https://acct.purview.azure.com/", path_prefix="catalog/api")
    assert connect(target, transport, tokens=FixedToken("abc")).get_type("t")["name"] == "t"
    assert transport.urls == [
        "https://acct.purview.azure.com/catalog/api/atlas/v2/types/entitydef/name/t"
    ]
    assert transport.headers[0]["Authorization"] == "Bearer abc"


def test_a_stand_in_needs_no_sign_in_and_no_address(script) -> None:
    from sql_lineage_purview.purview.transport.http import Reply

    transport = script(Reply(200, {}, TYPE))
    connect(PurviewTarget("emulator"), transport).get_type("t")
    assert transport.urls[0].startswith("http://emulator/datamap/api/")
    assert transport.headers[0]["Authorization"].startswith("Bearer ")


@pytest.mark.parametrize("endpoint", ["acct.purview.azure.com", "http://acct.purview.azure.com"])
def test_a_real_endpoint_must_be_https(endpoint: str) -> None:
    with pytest.raises(BadEndpointError, match="https"):
        connect(PurviewTarget(endpoint))


@responses.activate
def test_a_server_on_this_machine_never_sees_a_real_token() -> None:
    responses.get("http://127.0.0.1:8123/datamap/api/atlas/v2/types/entitydef/name/t", body=TYPE)
    connect(PurviewTarget("http://127.0.0.1:8123")).get_type("t")
    assert responses.calls[0].request.headers["Authorization"] == "Bearer local"
