"""Who signs in: one of azure-identity's credentials, chosen by the configuration; and, for a service principal, its vault.

Sources: https://learn.microsoft.com/python/api/azure-identity/azure.identity, for pipelines
https://learn.microsoft.com/azure/devops/pipelines/tasks/reference/azure-cli-v2 (the variables of a service connection).
"""

from __future__ import annotations

import logging
import os
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from .errors import BadSettingError, SignInError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .credentials import Credential

_AUTHORITY_HOST = "AZURE_AUTHORITY_HOST"


class Identity(StrEnum):
    """The setting `credential`: which of azure-identity's credentials signs in."""

    DEFAULT = "default"
    """Whatever the environment offers: DefaultAzureCredential."""
    ENVIRONMENT = "environment"
    """A service principal with a secret or certificate, by AZURE_TENANT_ID, AZURE_CLIENT_ID and their companions."""
    WORKLOAD = "workload"
    """A federated identity, as of a pod of Kubernetes."""
    MANAGED = "managed"
    """The managed identity of the machine or service that runs the tool."""
    CLI = "cli"
    """The account of `az login`."""
    POWERSHELL = "powershell"
    """The account of Connect-AzAccount."""
    DEVELOPER_CLI = "developer_cli"
    """The account of `azd auth login`."""
    PIPELINES = "pipelines"
    """A service connection of Azure Pipelines with workload identity federation."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """How tokens are come by. Nothing here is secret.

    Args:
        identity: Who signs in.
        authority: The sign-in host of another cloud (`login.microsoftonline.us`); None for the public one, or for what
            AZURE_AUTHORITY_HOST says.
        tenant_id: The tenant, where the environment does not say it.
        client_id: The application or managed identity, where the environment does not say it.
        key_vault: `https://NAME.vault.azure.net`: `identity` only reads this vault, and the service principal
            `client_id` of `tenant_id` signs in, with the secret or certificate of the name `key_vault_secret`.
        key_vault_secret: What that secret or certificate is called.
        instance_discovery: False for the authority of a private cloud, which Microsoft cannot vouch for.
        ca_bundle: The authorities (PEM) that certificates are verified against, in place of the usual ones.

    Raises:
        BadSettingError: a key vault without all that it needs.
    """

    identity: Identity = Identity.DEFAULT
    authority: str | None = None
    tenant_id: str | None = None
    client_id: str | None = None
    key_vault: str | None = None
    key_vault_secret: str | None = None
    instance_discovery: bool = True
    ca_bundle: Path | None = None

    def __post_init__(self) -> None:
        given = (self.key_vault, self.key_vault_secret)
        if any(given) and not all((*given, self.tenant_id, self.client_id)):
            raise BadSettingError(
                "key_vault is not enough to sign in",
                remedy="Set key_vault, key_vault_secret, and tenant_id and client_id of the service principal, under [purview].",
            )
        if self.key_vault and not self.key_vault.startswith("https://"):
            raise BadSettingError(f"key_vault is {self.key_vault!r}", remedy='Write "https://NAME.vault.azure.net".')


def credential_of(sign_in: SignIn) -> Credential:
    """The credential that was chosen.

    Raises:
        SignInError: a variable that it needs is not set, or the vault cannot be read.
        ValueError: azure-identity refuses a value, such as the authority.
    """
    # The library warns of each credential that does not apply; the one error that matters is raised.
    logging.getLogger("azure.identity").addHandler(logging.NullHandler())
    if sign_in.key_vault:
        from .key_vault import service_principal  # noqa: PLC0415 - an extra, for those alone who use it

        reader = replace(sign_in, key_vault=None, key_vault_secret=None, tenant_id=None, client_id=None)
        return service_principal(sign_in, _chosen(reader))
    return _chosen(sign_in)


def network_options(sign_in: SignIn) -> dict[str, Any]:
    """What each credential that speaks to Entra is told of the network and the authority."""
    options: dict[str, Any] = {}
    if sign_in.authority:
        options["authority"] = sign_in.authority
    if not sign_in.instance_discovery:
        options["disable_instance_discovery"] = True
    if sign_in.ca_bundle:
        options["connection_verify"] = str(sign_in.ca_bundle)
    return options


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
            own = sign_in.client_id or os.environ.get("AZURE_CLIENT_ID")
            verify = {"connection_verify": network["connection_verify"]} if sign_in.ca_bundle else {}
            return identity.ManagedIdentityCredential(client_id=own or None, **verify)
        case Identity.CLI:
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
    """Names the authority where all of a chain look for it: the chain hands its own on to some of them only."""
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
        remedy = "Run inside the task AzureCLI@2, and hand it SYSTEM_ACCESSTOKEN: $(System.AccessToken)."
        raise SignInError(f"The variable {name} is not set, which signing in from a pipeline takes", remedy=remedy)
    return value
