"""Who signs in to Azure, as configured: for the account of Purview, and for live databases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...purview.errors import BadSettingError
from ...purview.transport.sign_in import Identity, SignIn
from ..errors import ConfigurationError

if TYPE_CHECKING:
    from .settings import Settings

_SIGN_IN_KEYS = ("authority", "tenant_id", "client_id", "key_vault", "key_vault_secret", "instance_discovery", "ca_bundle")


def sign_in_of(settings: Settings) -> SignIn:
    """The sign-in of the settings; what they leave open is the client's choice.

    Raises:
        ConfigurationError: a credential that does not exist, or a key vault without all that it needs.
    """
    chosen = settings.purview
    options: dict[str, Any] = {key: value for key in _SIGN_IN_KEYS if (value := getattr(chosen, key)) is not None}
    try:
        identity = Identity(chosen.credential or Identity.DEFAULT)
    except ValueError:
        identities = ", ".join(Identity)
        raise ConfigurationError(f"[purview]: credential {chosen.credential!r} is unknown. Known: {identities}.") from None
    try:
        return SignIn(identity, **options)
    except BadSettingError as error:
        raise ConfigurationError(str(error)) from None
