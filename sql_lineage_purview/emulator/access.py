"""Who asks and what they may do, and the answers to those who may not.

Tokens are read (not verified), and so are roles on collections.

The roles are those of https://learn.microsoft.com/purview/catalog-permissions: a curator of a
collection reads and writes in it and in all below it, a reader reads.
"""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from .behaviour import DATA_CURATOR, Behaviour
from .error_codes import NOT_AUTHORIZED, AtlasError, GatewayError

if TYPE_CHECKING:
    from .behaviour import CollectionRole

# The scope's resource in each cloud, and Purview's own application.
_AUDIENCES = frozenset(
    (
        "https://purview.azure.net",
        "https://purview.azure.cn",
        "https://purview.azure.us",
        "73c2949e-da2d-457a-9607-fcc665198967",
    )
)
# The object, and the application that a token of either version is for.
_PRINCIPALS = ("oid", "appid", "azp")


class Caller(Struct, frozen=True):
    """Who asks, and in which collections it has which role. With None for roles it may do all."""

    name: str | None = None
    behaviour: Behaviour = field(default_factory=Behaviour)
    roles: tuple[CollectionRole, ...] | None = None

    @property
    def everywhere(self) -> bool:
        """May it do all?"""
        return self.roles is None

    def may_read(self, collection: str) -> bool:
        """May it read what stands in that collection?"""
        return self._has(collection, curator=False)

    def may_write(self, collection: str) -> bool:
        """May it change what stands in that collection?"""
        return (
            self._is_curator()
            if self.behaviour.switches.asset_writers == "any"
            else self._has(collection, curator=True)
        )

    def require_read(self, collection: str, action: str = "read entity") -> None:
        """Refuse what reads in that collection, where it may not.

        Raises:
            AtlasError: It may not; or a `GatewayError`, where denials have its shape.
        """
        if not self.may_read(collection):
            raise self._refusal(action)

    def require_write(self, collection: str, action: str) -> None:
        """Refuse what writes in that collection, where it may not.

        Raises:
            AtlasError: It may not; or a `GatewayError`, where denials have its shape.
        """
        if not self.may_write(collection):
            raise self._refusal(action)

    def require_types(self) -> None:
        """Refuse what writes definitions of types, where it may not.

        Raises:
            AtlasError: It may not; or a `GatewayError`, where denials have its shape.
        """
        anywhere = self.behaviour.switches.type_writers == "any"
        if not (self._is_curator() if anywhere else self._has(self.behaviour.root, curator=True)):
            raise self._refusal("write type definitions")

    def _is_curator(self) -> bool:
        """Has it that role in any collection?"""
        return self.roles is None or any(role.role == DATA_CURATOR for role in self.roles)

    def _has(self, collection: str, *, curator: bool) -> bool:
        if self.roles is None:
            return True
        path = self.behaviour.path_of(collection)
        fitting = (role for role in self.roles if role.role == DATA_CURATOR or not curator)
        return any((role.collection or self.behaviour.root) in path for role in fitting)

    def _refusal(self, action: str) -> Exception:
        if self.behaviour.switches.denied == "gateway":
            return GatewayError(403, "Unauthorized", "Not authorized to access account")
        return AtlasError(NOT_AUTHORIZED, self.name, action)


def caller_of(token: str | None, behaviour: Behaviour, *, now: float) -> Caller:
    """Who sends a request with this token.

    Without one (a call inside the process) the caller may do all.

    Args:
        token: What stands behind `Bearer`.
        behaviour: The audience, collections and roles.
        now: Seconds since 1970.

    Raises:
        GatewayError: The token is meant for another service or has expired, or the account is
            closed to the caller.
    """
    claims = claims_of(token) if token else None
    if token:
        _check_audience(claims, behaviour)
    if claims is not None and isinstance(claims.get("exp"), int | float) and claims["exp"] <= now:
        raise GatewayError(401, "Unauthorized", "The token is expired.")
    if behaviour.deny_account:
        raise GatewayError(403, "Unauthorized", "Not authorized to access account")
    principals = (
        [claims[claim] for claim in _PRINCIPALS if isinstance(claims.get(claim), str)]
        if claims
        else []
    )
    if not behaviour.roles or not principals:
        return Caller(behaviour=behaviour)
    roles = tuple(role for role in behaviour.roles if role.principal in principals)
    if not roles:
        raise GatewayError(403, "Unauthorized", "Not authorized to access account")
    return Caller(roles[0].principal, behaviour, roles)


def claims_of(token: str) -> dict[str, Any] | None:
    """The claims of a token that looks like a JWT; None of an opaque one.

    No signature is checked.
    """
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        # a JWT leaves out the padding
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return None
    return claims if isinstance(claims, dict) else None


def _check_audience(claims: dict[str, Any] | None, behaviour: Behaviour) -> None:
    audience = (claims or {}).get("aud")
    if audience is None and behaviour.audience is None:
        return
    accepted = _AUDIENCES if behaviour.audience is None else {behaviour.audience.rstrip("/")}
    audiences = audience if isinstance(audience, list) else [audience]
    if not any(isinstance(each, str) and each.rstrip("/") in accepted for each in audiences):
        raise GatewayError(401, "Unauthorized", "The token is not meant for this service.")
