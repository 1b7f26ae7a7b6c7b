"""Who signs in to Azure, as configured: for the account of Purview, and for live databases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...purview.purview_errors import BadSettingError
from ...purview.transport.sign_in import Identity, SignIn
from ..project_errors import ConfigurationError

if TYPE_CHECKING:
    from .purview_settings import PurviewSettings


def sign_in_of(account: PurviewSettings) -> SignIn:
    """The sign-in to the account that the settings name.

    Raises:
        ConfigurationError: a credential that does not exist, or a key vault without all that it
            needs.
    """
    try:
        identity = Identity(account.credential)
    except ValueError:
        identities = ", ".join(Identity)
        raise ConfigurationError(
            f"[purview]: credential {account.credential!r} is unknown. Known: {identities}."
        ) from None
    try:
        return SignIn(
            identity,
            authority=account.authority,
            tenant_id=account.tenant_id,
            client_id=account.client_id,
            key_vault=account.key_vault,
            key_vault_secret=account.key_vault_secret,
            instance_discovery=account.instance_discovery,
            ca_bundle=account.ca_bundle,
        )
    except BadSettingError as error:
        raise ConfigurationError(str(error)) from None
