"""Tokens of Microsoft Entra, by azure-identity's DefaultAzureCredential.

Source: https://learn.microsoft.com/python/api/azure-identity/azure.identity.defaultazurecredential
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any, Protocol

from .errors import SignInError

if TYPE_CHECKING:
    from collections.abc import Callable

DEFAULT_SCOPE = "https://purview.azure.net/.default"
# Refreshed this many seconds before it ends, so that no request is under way with a token that has just ended.
_MARGIN = 300.0
_REMEDY = (
    "Sign in with az login, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or run where a managed identity is; "
    "AZURE_TOKEN_CREDENTIALS restricts what is tried."
)


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


class AzureTokens:
    """Tokens for one scope, kept until shortly before they end.

    Args:
        scope: What the token is for; other clouds have another (`https://purview.azure.cn/.default`).
        authority: The sign-in host of another cloud (`login.microsoftonline.us`); None for the public one, or for
            what AZURE_AUTHORITY_HOST says.
        credential: Signs in; None for the DefaultAzureCredential.
        clock: Seconds since 1970.
    """

    def __init__(
        self,
        scope: str = DEFAULT_SCOPE,
        authority: str | None = None,
        *,
        credential: Credential | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._scope = scope
        self._authority = authority
        self._credential = credential
        self._clock = clock
        self._current: AccessToken | None = None

    def token(self) -> str:
        """A token that is valid for some minutes more.

        Raises:
            SignInError: no way to sign in worked.
        """
        if self._current is None or self._current.expires_on - _MARGIN <= self._clock():
            outcome = self._sign_in()
            # Raised here, behind the library's own handler: its exceptions may hold what was sent.
            if isinstance(outcome, SignInError):
                raise outcome
            self._current = outcome
        return self._current.token

    def _sign_in(self) -> AccessToken | SignInError:
        from azure.core.exceptions import AzureError  # noqa: PLC0415 - half a second of start, for networked commands only

        try:
            self._credential = self._credential or default_credential(self._authority)
            return self._credential.get_token(self._scope)
        except (AzureError, ValueError) as error:
            reason = str(error).strip().partition("\n")[0]
            return SignInError(f"No token for the account: {reason}", where=self._scope, remedy=_REMEDY)


def default_credential(authority: str | None) -> Credential:
    """Whatever identity the environment offers: managed, workload, service principal, the Azure CLI.

    Args:
        authority: the sign-in host of another cloud; None for the public one, or for what AZURE_AUTHORITY_HOST says.
    """
    from azure.identity import DefaultAzureCredential  # noqa: PLC0415 - half a second of start, for networked commands only

    # The library warns of each credential that does not apply; the one error that matters is raised.
    logging.getLogger("azure.identity").addHandler(logging.NullHandler())
    options: dict[str, Any] = {} if authority is None else {"authority": authority}
    return DefaultAzureCredential(**options)
