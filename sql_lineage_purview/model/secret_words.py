"""What secrets are called, and what they look like: the patterns by which a text is taken for one.

They serve where a person asked for literals to be shown, and in messages, which are no SQL. What is
sent or logged by default does not depend on them (`tsql.disclosure`).

Source: https://learn.microsoft.com/purview/sit-sensitive-information-type-entity-definitions
(credentials),
https://learn.microsoft.com/dotnet/api/microsoft.data.sqlclient.sqlconnection.connectionstring,
https://learn.microsoft.com/azure/storage/common/storage-sas-overview
"""

from __future__ import annotations

import re
from enum import StrEnum

from .regex import regex


class Literals(StrEnum):
    """Which strings of a script are seen.

    None are but those that lineage needs, or all are that no pattern takes for a secret.
    """

    HIDE = "hide"
    KEEP = "keep"


# Names of columns, variables, options and members of JSON: `@DbPassword`, `api-key`,
# `MEDIAPASSWORD`, not `CustomerKey`.
_NAMES = regex(
    r"pass[_ -]?(?:word|wd|phrase|code|key)|(?<![a-z])pass(?![a-z])|(?-i:(?<=[a-z])Pass(?![a-z]))|"
    r"pwd|passwd|kennwort|(?<![a-z])pw(?![a-z])|(?-i:(?<=[a-z])(?:PW|Pw)(?![a-z]))|"
    r"(?<![a-z])pin(?![a-z])|secret|credential|token|bearer|authori[sz]ation|"
    r"(?<![a-z])auth(?![a-z])|(?<![a-z])sas(?![a-z])|(?-i:(?<=[a-z])S[aA][sS](?![a-z]))|signature|"
    r"(?<![a-z])sig(?![a-z])|(?:api|access|account|private|public|shared|encryption|master|"
    r"licen[sc]e|storage|subscription|client|functions?|host|auth|symmetric|asymmetric|signing|"
    r"ssh|service|product|security|primary|secondary|instrumentation|admin)[_ -]?key|"
    r"@keys?(?![a-z_])|connection[_ -]?string|conn[_ -]?str|(?<![a-z])(?:salt|nonce|otp|cvv|mfa|"
    r"totp|hmac)(?![a-z])|key_source|identity_value|connection_options|rest_endpoint|hashbytes|"
    r"runas|decryptby|encryptby|(?:sign|verifysigned)by|sp_addlogin|addlinked|sp_addapprole|"
    r"sp_setapprole|sp_approlepassword|xp_cmdshell|openrowset|opendatasource",
    re.IGNORECASE,
)
# What looks like a secret whatever it is called.
_SHAPES = regex(
    r"eyJ[\w-]{8,}|gh[pousr]_\w{16,}|github_pat_|glpat-|xox[abprs]-|"
    r"AKIA[0-9A-Z]{12,}|AIza[\w-]{20,}|\bsk[-_](?:live|test|proj)|-----BEGIN|"
    r"(?<![0-9a-f])[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}(?![0-9a-f])|"  # like a GUID
    r"(?<![0-9a-z])(?:0x)?[0-9a-f]{24,}(?![0-9a-z])|"
    r"(?<![\w+/~-])(?=[\w+/~-]*?\d)(?=[\w+/~-]*?[a-z])[\w+/~-]{20,}|"  # like base64
    r"\w://[^/@'\"\n]{0,999}@|\w://[^\s@'\":]{0,999}:[^\s@'\"]{0,999}@|[?&][\w-]{1,99}=|"
    r"\bnet1?\s+use\b|\bcurl\b|\bwget\b|\bInvoke-|\bcmdkey\b|\bsqlcmd\b|\bosql\b|\bisql\b|\bbcp\b|"
    r"\bpsexec\b|\baz(?:copy)?\s|\bftp\b|\bBasic\s+[\w+/=]{8,}|(?:^|\s)[-/][pP](?:\s|[^\s\w]?\w)|"
    r"(?:^|\s)-u\s|\bSID\s*=",
    re.IGNORECASE,
)


def names_secret(text: str) -> bool:
    """Is something in a text called as secrets are?"""
    return bool(_NAMES.search(text))


def has_secret_shape(text: str) -> bool:
    """Does something in a text look like a secret, whatever it is called?

    It may be a key, a token, or an address with a login.
    """
    return bool(_SHAPES.search(text))


def looks_secret(text: str) -> bool:
    """May a text be or hold a secret: does it name one, or look like one?"""
    return names_secret(text) or has_secret_shape(text)


def without_login_and_query(address: str) -> str:
    """A path or URL as it may be shown.

    It stands without user and password, and without query and fragment, where signatures stand.

    `https://user:pass@host/a.csv?sig=x#y` is `https://host/a.csv`; of
    `abfss://container@account.net/a.csv` nothing is a login.
    """
    scheme, separator, location = address.partition("://")
    if not separator:
        return address
    location = _without_login(location, scheme.lower())
    return f"{scheme}://{_PATH.match(location)[0]}"  # type: ignore[index]  # it matches nothing too


def _without_login(location: str, scheme: str) -> str:
    """What stands behind `://` without user and password.

    These may hold any character, `/`, `?`, `#` and `@` too.
    """
    first = _NO_MARK.match(location)[0]  # type: ignore[index]  # it matches nothing too
    mark = location[len(first) : len(first) + 1]
    host = "." in first or first == "localhost" or scheme in _WITHOUT_LOGIN
    # a part of an address with a password, of which the host stands elsewhere
    if "@" not in location:
        return location if mark != ":" or _PORT.match(location) else ""
    if mark == "@":
        return location if scheme in _WITH_CONTAINER else location.rpartition("@")[2]
    if mark == ":" and not (_PORT.match(location) and host):
        return location.rpartition("@")[2]
    # the @ of a path
    return location if host or not first or mark == ":" else location.rpartition("@")[2]


# its hosts are often bare names, and the user is never told in an address
_WITHOUT_LOGIN = frozenset({"hdfs"})
_WITH_CONTAINER = frozenset({"abfs", "abfss", "wasb", "wasbs"})
_NO_MARK = regex(r"[^/?#@:]*")
# Up to the query or fragment; `#ACCOUNT#` is what a template has in the place of a name.
_PATH = regex(r"(?:[^?#]|#[A-Z_][A-Z_0-9]{0,99}#)*")
_PORT = regex(r"[\w.-]+:\d{1,5}(?=[/?#,;]|\Z)")
