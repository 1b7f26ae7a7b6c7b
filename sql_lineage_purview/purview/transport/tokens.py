"""Tokens of Microsoft Entra, by azure-identity.

Source: https://learn.microsoft.com/python/api/azure-identity/azure.identity
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ..purview_errors import SignInError
from .credentials import credential_of
from .sign_in import SignIn

if TYPE_CHECKING:
    from collections.abc import Callable

    from .sign_in import AccessToken, Credential

DEFAULT_SCOPE = "https://purview.azure.net/.default"
# Refreshed this many seconds before it ends, so that no request is under way with a token that has
# just ended.
_MARGIN = 300.0
_REMEDY = (
    "Sign in with az login, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or "
    "run where a managed identity is; "
    "AZURE_TOKEN_CREDENTIALS restricts what is tried."
)

_UNVERIFIED = "CERTIFICATE_VERIFY_FAILED"
_TRUST = (
    "Name the authority of your company's proxy with --ca-bundle FILE, ca_bundle or "
    "REQUESTS_CA_BUNDLE."
)


class AzureTokens:
    """Tokens for one scope, kept until shortly before they end.

    Args:
        scope: What the token is for; other clouds have another
            (`https://purview.azure.cn/.default`).
        sign_in: Who signs in, and where; None for whatever the environment offers.
        credential: Signs in, in place of that.
        clock: Seconds since 1970.
    """

    def __init__(
        self,
        scope: str = DEFAULT_SCOPE,
        sign_in: SignIn | None = None,
        *,
        credential: Credential | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._scope = scope
        self._sign_in_by = sign_in or SignIn()
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
            self._credential = self._credential or credential_of(self._sign_in_by)
            return self._credential.get_token(self._scope)
        except SignInError as error:
            return error.with_traceback(None)
        except (AzureError, ValueError, OSError) as error:
            text = str(error)
            reason = text.strip().partition("\n")[0]
            remedy = _TRUST if _UNVERIFIED in text else _REMEDY
            # A chain lists each way that it tried on a line of its own.
            tried = [line.strip() for line in text.splitlines() if line.startswith("\t")]
            return SignInError(
                f"No token for the account: {reason}",
                where=self._scope,
                remedy=remedy,
                attempts=tried,
            )
