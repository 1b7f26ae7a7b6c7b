"""From settings to a client that is ready to use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field

from ..transport.http import (
    AuthorizedTransport,
    FixedToken,
    RequestsTransport,
    is_local,
    require_bare,
    require_certificates,
    require_secure,
)
from ..transport.rate import RateCappedTransport
from ..transport.retry import RetryingTransport, RetryPolicy
from ..transport.sign_in import SignIn
from ..transport.tokens import DEFAULT_SCOPE, AzureTokens
from .client import DataMapClient

if TYPE_CHECKING:
    from ..transport.http import TokenSource, Transport


# The endpoint that is no address: a stand-in of the account, which answers in this process.
EMULATOR = "emulator"


class PurviewTarget(Struct, frozen=True):
    """An account, and whose processes are published to it.

    Args:
        endpoint: `https://ACCOUNT.purview.azure.com`, or any word for a stand-in in this process.
        path_prefix: Where the Data Map stands below it; `/catalog/api` on older accounts.
        scope: What tokens are asked for; other clouds have another.
        sign_in: Who signs in, and which authorities certificates are verified against.
        owner: Begins the qualified names of the processes, so that several repositories can share
            an account.
        api_version: The version of the Data Map's interface.
        rate: The most requests in a second; None for any number.
    """

    endpoint: str
    path_prefix: str = "/datamap/api"
    scope: str = DEFAULT_SCOPE
    sign_in: SignIn = field(default_factory=SignIn)
    owner: str = "default"
    api_version: str = "2023-09-01"
    rate: float | None = None


def connect(
    target: PurviewTarget,
    transport: Transport | None = None,
    *,
    tokens: TokenSource | None = None,
    retry: RetryPolicy | None = None,
) -> DataMapClient:
    """A client for an account. Nothing is sent yet.

    Args:
        target: The account.
        transport: Sends the requests; None for the network. A stand-in of this process is a
            `LocalTransport`.
        tokens: Where tokens come from; None for the target's sign-in, and for any token at all
            where the other side is a transport that was handed in, or this machine, which must not
            see a real one.
        retry: How often and how long requests are tried again.

    Raises:
        BadSettingError: the endpoint is no https address, or the file of authorities cannot be
            used.
    """
    endpoint = target.endpoint if "://" in target.endpoint else f"http://{target.endpoint}"
    if transport is None:
        endpoint = target.endpoint
        require_secure(endpoint)
        require_bare(endpoint)
        require_certificates(target.sign_in.ca_bundle)
    local = transport is not None or is_local(endpoint)
    source = tokens or (FixedToken() if local else AzureTokens(target.scope, target.sign_in))
    network: Transport = transport or RequestsTransport(ca_bundle=target.sign_in.ca_bundle)
    if target.rate:
        network = RateCappedTransport(network, target.rate)
    policy = retry or RetryPolicy()
    # from outside in: each try has a token that is valid by then, and counts for the cap
    sender = RetryingTransport(AuthorizedTransport(network, source), policy)
    return DataMapClient(
        endpoint,
        sender,
        path_prefix=target.path_prefix,
        api_version=target.api_version,
        retry=policy,
    )
