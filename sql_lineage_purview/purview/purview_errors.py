"""What can go wrong between this tool and the Data Map.

    PurviewError
    ├── BadSettingError       a setting cannot be used
    │   ├── BadEndpointError  the endpoint is no https address
    │   └── BadSnapshotError  a snapshot of assets cannot be read, or is of another account
    ├── SignInError           no token could be had
    ├── UnreachableError      nothing answers at the endpoint
    ├── RefusedError          401 or 403: the token or its role does not suffice
    ├── ServiceError          any other answer that is an error, or is not understood
    │   ├── NotFoundError     the type or entity asked for does not exist
    │   ├── UnknownTypeError  a type that the call needs does not exist
    │   └── MalformedAnswerError  it says that all is well, and is no answer to what was asked
    ├── TypeConflictError     the account has a type of the same name that does not fit
    └── BadPlanError          a saved plan cannot be read, or is for another account
        ├── StalePlanError    the account changed since the plan was made
        ├── PruneError        the plan deletes more than it may
        ├── PlaceholderError  the plan makes more assets than it may
        └── UnresolvedError   tables of the plan have no asset, and that was to stop it

Each message is one line for a person: what happened, where, and what to do.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST_QUOTE = 300
_LONGEST_HEADER = 40


class PurviewError(Exception):
    """What happened, where, and what to do about it, as one line."""

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        self.what = _one_line(what)
        self.where = where
        self.remedy = remedy
        place = f" ({where})" if where else ""
        super().__init__(f"{self.what.rstrip('.')}{place}." + (f" {remedy}" if remedy else ""))


class BadSettingError(PurviewError):
    """A setting of the connection cannot be used."""


class BadEndpointError(BadSettingError):
    """The endpoint is no address, or would send a token over an open line."""


class BadSnapshotError(BadSettingError):
    """A snapshot of assets cannot be used."""


class SignInError(PurviewError):
    """No token could be had for the account.

    `attempts` are the ways that were tried, where there were several.
    """

    def __init__(
        self, what: str, *, where: str = "", remedy: str = "", attempts: Iterable[str] = ()
    ) -> None:
        super().__init__(what, where=where, remedy=remedy)
        self.attempts = tuple(map(_one_line, attempts))


class UnreachableError(PurviewError):
    """Nothing answers. `transient` says whether another try may help."""

    def __init__(
        self, what: str, *, where: str = "", remedy: str = "", transient: bool = False
    ) -> None:
        super().__init__(what, where=where, remedy=remedy)
        self.transient = transient


class RefusedError(PurviewError):
    """The service answered 401 or 403."""

    def __init__(self, what: str, *, status: int, where: str = "", remedy: str = "") -> None:
        super().__init__(what, where=where, remedy=remedy)
        self.status = status

    @property
    def denied(self) -> bool:
        """Is it a role that is missing, which in another collection may be there?"""
        return self.status == 403


class ServiceError(PurviewError):
    """The service answered with an error.

    `code` is Atlas' (`ATLAS-404-00-00A`), the gateway's, or empty.
    """

    def __init__(
        self, what: str, *, status: int, code: str = "", where: str = "", remedy: str = ""
    ) -> None:
        super().__init__(what, where=where, remedy=remedy)
        self.status = status
        self.code = code


class NotFoundError(ServiceError):
    """The type or entity that was asked for does not exist."""


class UnknownTypeError(ServiceError):
    """The call names a type that the account does not have."""


class MalformedAnswerError(ServiceError):
    """An answer that is no error by its status, and yet not what the operation answers.

    It is empty, a page, or lacks a member.
    """


class TypeConflictError(PurviewError):
    """The account has a type of the same name that does not fit."""


class BadPlanError(PurviewError):
    """A plan cannot be read, or cannot be carried out."""


class StalePlanError(BadPlanError):
    """The account changed since the plan was made; `changes` says in what, a line each."""

    def __init__(self, what: str, *, changes: tuple[str, ...], remedy: str = "") -> None:
        super().__init__(what, remedy=remedy)
        self.changes = changes


class PruneError(BadPlanError):
    """The plan deletes more processes than the threshold allows."""


class PlaceholderError(BadPlanError):
    """The plan makes more placeholder assets than the cap allows."""


class UnresolvedError(BadPlanError):
    """Tables of the plan have no asset, and the policy is to fail then."""


# Codes of Apache Atlas' AtlasErrorCode, some of which stand for more than their HTTP status says.
_NOT_FOUND = frozenset({"ATLAS-404-00-005", "ATLAS-404-00-009"})
_UNKNOWN_TYPE = frozenset({"ATLAS-400-00-014", "ATLAS-404-00-001"})

_REMEDIES = {
    "ATLAS-404-00-00A": "An input or output is no longer in the catalogue: make the plan again.",
    "ATLAS-404-00-007": "The entity lacks a value that its type demands; compare the type in the "
    "Data Map with this tool's.",
    "ATLAS-400-00-036": "Only data sets can be inputs and outputs: pin the table to a table, view "
    "or file of the catalogue.",
    "ATLAS-400-00-01A": "The request does not fit this version of the service; check path_prefix "
    "and api_version.",
    "ATLAS-400-00-019": "Choose a type name of letters, digits, spaces and underscores that "
    "begins with a letter.",
    "ATLAS-409-00-001": "Someone else creates the type at this moment: try again.",
    "RequestInvalid": "The address is not one of the Data Map; check endpoint and path_prefix.",
}
_BY_STATUS = {
    404: "The Data Map does not stand at this address; check endpoint and path_prefix (older "
    "accounts: /catalog/api).",
    408: "The service took too long: use a smaller bulk size, or try again later.",
    413: "The request is too large: use a smaller bulk size.",
    414: "The request is too long; please report this as a defect of the tool.",
    429: "The account is throttled: wait some minutes, then try again.",
}
_FOREIGN_ANSWER = (
    "Something else answers at this address, a proxy perhaps: check endpoint and path_prefix. If "
    "it is the account itself, try "
    "again later."
)
_REDIRECTED = (
    "Redirects are not followed, as a token would go with them: check endpoint and "
    "path_prefix, and the proxy between."
)
_LATER = "The service has a problem: try again later; the plan can be pushed again safely."
_SIGN_IN = (
    "Sign in again (az login) to the tenant of the account, and check that the scope fits its "
    "cloud "
    "(https://purview.azure.net/.default)."
)
_ROLE = (
    "Give the identity the role Data Curator (to plan only: Data Reader) on the collection, in "
    "the Purview portal; "
    "roles in Azure alone do not suffice. New types need the role on the root collection."
)


def error_from(status: int, body: bytes, where: str, *, retry_after: str = "") -> PurviewError:
    """The exception for an answer that is an error: Atlas' shape, the gateway's, or none at all.

    Args:
        status: The HTTP status.
        body: The answer, of any content.
        where: The request as a person knows it: verb and address without query.
        retry_after: The header of that name, in which the service asks for time.
    """
    code, message = parse_error(body)
    what = (
        f"The service answered {status}"
        + (f" {code}" if code else "")
        + (f": {message}" if message else "")
    )
    asked = _one_line(retry_after)[:_LONGEST_HEADER]
    what += f" (it asks to try again after: {asked})" if asked else ""
    if status in (401, 403):
        return RefusedError(
            what, status=status, where=where, remedy=_SIGN_IN if status == 401 else _ROLE
        )
    remedy = _REMEDIES.get(code) or _by_status(status, code)
    if code in _NOT_FOUND:
        return NotFoundError(what, status=status, code=code, where=where)
    if code in _UNKNOWN_TYPE:
        return UnknownTypeError(what, status=status, code=code, where=where, remedy=remedy)
    return ServiceError(what, status=status, code=code, where=where, remedy=remedy)


def not_json(status: int, body: bytes, where: str) -> MalformedAnswerError:
    """The exception for an answer that should be a JSON object and is not.

    Such an answer is, for example, a proxy's page or a sign-in form.
    """
    what = f"The service answered {status} with something that is not JSON: {_quote(body)}"
    return MalformedAnswerError(what, status=status, where=where, remedy=_FOREIGN_ANSWER)


def malformed(noun: str, status: int, clause: str, where: str) -> MalformedAnswerError:
    """The exception for an answer that is none of its operation.

    Args:
        noun: The operation (`the search`).
        status: The HTTP status.
        clause: What is wrong with the answer (`value is missing`).
        where: The request as a person knows it.
    """
    what = f"The service answered {status} to {noun} with what is no answer to it: {clause}"
    return MalformedAnswerError(what, status=status, where=where, remedy=_FOREIGN_ANSWER)


def parse_error(body: bytes) -> tuple[str, str]:
    """Code and message of an error's body; the code is empty where the body is not JSON."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return "", _quote(body)
    if not isinstance(document, dict):
        return "", _quote(body)
    gateway = document.get("error")
    if isinstance(gateway, dict):
        return _text(gateway.get("code")), _text(gateway.get("message"))
    code = _text(document.get("errorCode"))
    message = _text(document.get("errorMessage"))
    return code, message or ("" if code else _quote(body))


def _by_status(status: int, code: str) -> str:
    if 300 <= status < 400:
        return _REDIRECTED
    if status == 404 and code.startswith("ATLAS"):
        return ""
    return _BY_STATUS.get(status, _LATER if status >= 500 else "")


def _text(value: object) -> str:
    return _one_line(value) if isinstance(value, str) else ""


def _quote(body: bytes) -> str:
    return _one_line(body.decode("utf-8", "replace"))


def _one_line(text: str) -> str:
    """Text of others as one printable line, cut short, and without any token that it may echo."""
    masked = re.sub(r"(?i)\bbearer\s+\S+", "Bearer ***", text)
    masked = re.sub(r"\beyJ[\w-]{8,}(?:\.[\w-]*)*", "***", masked)
    line = " ".join("".join(char if char.isprintable() else " " for char in masked).split())
    return line if len(line) <= _LONGEST_QUOTE else f"{line[:_LONGEST_QUOTE]}…"
