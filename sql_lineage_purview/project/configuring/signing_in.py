"""Who signs in to Azure, as configured: for the account of Purview, and for live databases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...purview.errors import BadSettingError
from ...purview.transport.sign_in import Identity, SignIn
from ..errors import ConfigurationError

if TYPE_CHECKING:
    from .settings import Settings


def sign_in_of(settings: Settings) -> SignIn:
    """The sign-in of the settings.

    Raises:
        ConfigurationError: a credential that does not exist, or a key vault without all that it needs.
    """
    chosen = settings.purview
    try:
        identity = Identity(chosen.credential)
    except ValueError:
        identities = ", ".join(Identity)
        raise ConfigurationError(f"[purview]: credential {chosen.credential!r} is unknown. Known: {identities}.") from None
    try:
        return SignIn(
            identity,
            authority=chosen.authority,
            tenant_id=chosen.tenant_id,
            client_id=chosen.client_id,
            key_vault=chosen.key_vault,
            key_vault_secret=chosen.key_vault_secret,
            instance_discovery=chosen.instance_discovery,
            ca_bundle=chosen.ca_bundle,
        )
    except BadSettingError as error:
        raise ConfigurationError(str(error)) from None
