"""A service principal whose secret or certificate stands in Azure Key Vault.

It is kept in memory alone.

Sources:
https://learn.microsoft.com/python/api/azure-keyvault-secrets/azure.keyvault.secrets.secretclient,
and for certificates https://learn.microsoft.com/azure/key-vault/certificates/about-certificates
(each is a secret of the same name, too).
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from ..purview_errors import SignInError
from .sign_in import network_options

if TYPE_CHECKING:
    from .sign_in import Credential, SignIn

_PFX = "application/x-pkcs12"
_PEM = "application/x-pem-file"


def service_principal(sign_in: SignIn, reader: Credential) -> Credential:
    """The credential of a service principal.

    Args:
        sign_in: Names the principal, the vault and the secret.
        reader: Reads the vault; the role Key Vault Secrets User is enough.

    Raises:
        SignInError: the extra is not installed, or the secret has no value.
        AzureError: the vault does not answer, or refuses.
    """
    from azure.identity import CertificateCredential, ClientSecretCredential  # noqa: PLC0415 - half a second of start

    value, content_type = _read(sign_in, reader)
    who = (sign_in.tenant_id or "", sign_in.client_id or "")
    options = network_options(sign_in)
    # the vault answers a certificate as its secret: PFX in base64, PEM as it is
    if content_type == _PFX:
        return CertificateCredential(*who, certificate_data=base64.b64decode(value), **options)
    if content_type == _PEM:
        return CertificateCredential(*who, certificate_data=value.encode(), **options)
    return ClientSecretCredential(*who, value, **options)


def _read(sign_in: SignIn, reader: Credential) -> tuple[str, str]:
    try:
        from azure.keyvault.secrets import SecretClient  # noqa: PLC0415 - an extra
    except ImportError:
        what = "Reading a key vault takes a library that is not installed"
        raise SignInError(
            what,
            remedy='Install it: pip install ".[keyvault]" in the checkout of sql-lineage-purview.',
        ) from None
    options: dict[str, Any] = (
        {"connection_verify": str(sign_in.ca_bundle)} if sign_in.ca_bundle else {}
    )
    credential: Any = reader
    with SecretClient(sign_in.key_vault or "", credential, **options) as vault:
        secret = vault.get_secret(sign_in.key_vault_secret or "")
    if not secret.value:
        remedy = "Give it a value, or name another in key_vault_secret."
        raise SignInError(
            "The secret of the key vault is empty", where=f"{sign_in.key_vault}", remedy=remedy
        )
    return secret.value, secret.properties.content_type or ""
