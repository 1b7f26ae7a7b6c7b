"""Who signs in, as the configuration says it; and, for a service principal, its vault.

Source: https://learn.microsoft.com/python/api/azure-identity/azure.identity
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from ..purview_errors import BadSettingError

if TYPE_CHECKING:
    from pathlib import Path


class Identity(StrEnum):
    """The setting `credential`: which of azure-identity's credentials signs in."""

    DEFAULT = "default"
    """Whatever the environment offers: DefaultAzureCredential."""
    ENVIRONMENT = "environment"
    """A service principal with a secret or certificate.

    It is told by AZURE_TENANT_ID, AZURE_CLIENT_ID and their companions.
    """
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
        authority: The sign-in host of another cloud (`login.microsoftonline.us`); None for the
            public one, or for what AZURE_AUTHORITY_HOST says.
        tenant_id: The tenant, where the environment does not say it.
        client_id: The application or managed identity, where the environment does not say it.
        key_vault: `https://NAME.vault.azure.net`: `identity` only reads this vault, and the service
            principal `client_id` of `tenant_id` signs in, with the secret or certificate of the
            name `key_vault_secret`.
        key_vault_secret: What that secret or certificate is called.
        instance_discovery: False for the authority of a private cloud, which Microsoft cannot vouch
            for.
        ca_bundle: The authorities (PEM) that certificates are verified against, in place of the
            usual ones.

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
        vault_settings = (self.key_vault, self.key_vault_secret)
        if any(vault_settings) and not all((*vault_settings, self.tenant_id, self.client_id)):
            raise BadSettingError(
                "key_vault is not enough to sign in",
                remedy="Set key_vault, key_vault_secret, and tenant_id and client_id of the "
                "service principal, under [purview].",
            )
        if self.key_vault and not self.key_vault.startswith("https://"):
            raise BadSettingError(
                f"key_vault is {self.key_vault!r}", remedy='Write "https://NAME.vault.azure.net".'
            )


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


class AccessToken(Protocol):
    """A token and the second (since 1970) at which it ends."""

    @property
    def token(self) -> str:
        """The token."""

    @property
    def expires_on(self) -> int:
        """Its end."""


class Credential(Protocol):
    """What every credential of azure-identity can do."""

    def get_token(self, *scopes: str) -> AccessToken:
        """Get a token, from its cache where it can."""
