"""The credential of azure-identity that the configuration has chosen.

Sources: https://learn.microsoft.com/python/api/azure-identity/azure.identity, for pipelines
https://learn.microsoft.com/azure/devops/pipelines/tasks/reference/azure-cli-v2 (the variables of a
service connection).
"""

from __future__ import annotations

import logging
import os
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..purview_errors import SignInError
from .sign_in import Identity, network_options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .sign_in import Credential, SignIn

_AUTHORITY_HOST = "AZURE_AUTHORITY_HOST"


def credential_of(sign_in: SignIn) -> Credential:
    """The credential that was chosen.

    Raises:
        SignInError: a variable that it needs is not set, or the vault cannot be read.
        ValueError: azure-identity refuses a value, such as the authority.
    """
    # The library warns of each credential that does not apply; the one error that matters is
    # raised.
    logging.getLogger("azure.identity").addHandler(logging.NullHandler())
    if sign_in.key_vault:
        from .key_vault import service_principal  # noqa: PLC0415 - an extra, for those alone who use it

        reader = replace(
            sign_in, key_vault=None, key_vault_secret=None, tenant_id=None, client_id=None
        )
        return service_principal(sign_in, _chosen(reader))
    return _chosen(sign_in)


def _chosen(sign_in: SignIn) -> Credential:
    from azure import identity  # noqa: PLC0415 - half a second of start, for networked commands only

    network = network_options(sign_in)
    tenant: dict[str, Any] = {"tenant_id": sign_in.tenant_id} if sign_in.tenant_id else {}
    client: dict[str, Any] = {"client_id": sign_in.client_id} if sign_in.client_id else {}
    match sign_in.identity:
        case Identity.DEFAULT:
            named = {"managed_identity_client_id": sign_in.client_id} if sign_in.client_id else {}
            with _authority_host(sign_in.authority):
                return identity.DefaultAzureCredential(**named, **network)
        case Identity.ENVIRONMENT:
            return identity.EnvironmentCredential(**network)
        case Identity.WORKLOAD:
            return identity.WorkloadIdentityCredential(**tenant, **client, **network)
        case Identity.MANAGED:
            # the chain of `default` reads this variable by itself, this class alone does not
            client_id = sign_in.client_id or os.environ.get("AZURE_CLIENT_ID")
            # its tokens come from the machine itself, not from an authority that could be named
            verify = (
                {"connection_verify": network["connection_verify"]} if sign_in.ca_bundle else {}
            )
            return identity.ManagedIdentityCredential(client_id=client_id or None, **verify)
        case Identity.CLI:
            # az sends the requests in a process of its own, so no network options are taken
            return identity.AzureCliCredential(**tenant)
        case Identity.POWERSHELL:
            return identity.AzurePowerShellCredential(**tenant)
        case Identity.DEVELOPER_CLI:
            return identity.AzureDeveloperCliCredential(**tenant)
        case Identity.PIPELINES:
            return identity.AzurePipelinesCredential(
                tenant_id=sign_in.tenant_id or _variable("AZURESUBSCRIPTION_TENANT_ID"),
                client_id=sign_in.client_id or _variable("AZURESUBSCRIPTION_CLIENT_ID"),
                service_connection_id=_variable("AZURESUBSCRIPTION_SERVICE_CONNECTION_ID"),
                system_access_token=_variable("SYSTEM_ACCESSTOKEN"),
                **network,
            )


@contextmanager
def _authority_host(authority: str | None) -> Iterator[None]:
    """Name the authority where all credentials of a chain look for it.

    The chain hands its own on to some of them only.
    """
    before = os.environ.get(_AUTHORITY_HOST)
    if authority:
        os.environ[_AUTHORITY_HOST] = authority
    try:
        yield
    finally:
        if authority and before is None:
            del os.environ[_AUTHORITY_HOST]
        elif before is not None:
            os.environ[_AUTHORITY_HOST] = before


def _variable(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        remedy = (
            "Run inside the task AzureCLI@2, and hand it SYSTEM_ACCESSTOKEN: $(System.AccessToken)."
        )
        raise SignInError(
            f"The variable {name} is not set, which signing in from a pipeline takes", remedy=remedy
        )
    return value
