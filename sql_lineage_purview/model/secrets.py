"""Secrets in SQL text, which must not stand in anything that is kept or shown.

Source: https://learn.microsoft.com/sql/t-sql/statements/copy-into-transact-sql (CREDENTIAL),
https://learn.microsoft.com/sql/t-sql/statements/create-credential-transact-sql,
https://learn.microsoft.com/azure/storage/common/storage-sas-overview (the signature is the
parameter `sig`),
https://learn.microsoft.com/dotnet/api/microsoft.data.sqlclient.sqlconnection.connectionstring
(connection strings).
"""

from __future__ import annotations

import re

from .regex import regex

HIDDEN = "***"

# A quoted value, also inside a string of dynamic SQL, where its quotes are doubled; one that breaks
# off is hidden to its end.
_QUOTED = (
    r"N?(?:(?P<four>'{4})[^'\n]+'{4}"
    r"|(?P<two>'')(?:(?=[^'\s,;)])[^'\n]+(?:'{4}[^'\n]+)*(?:'')?|(?:[^'\n]|'{4})+''(?!''))"
    r"|(?P<one>')(?:[^']++|'')*+(?:'|\Z)"
    r'|(?P<double>")(?:[^"]|"")*(?:"|\Z))'
)
_WORDS = (
    r"SECRET|PASSWORD|OLD_PASSWORD|PWD|ACCOUNT_?KEY|ACCESS_?KEY|SHARED_?ACCESS_?(?:KEY|SIGNATURE)|"
    r"SAS_?TOKEN|CLIENT_?SECRET|API_?KEY|TOKEN|rmtpassword|password"
)
# PASSWORD = '…', a column compared with a text ([Password] <> '…'), and a variable that is called
# so (@DbPassword sysname = '…').
_TYPE = r"(?:\s+(?:AS\s+)?\w+(?:\s*\(\s*\w+\s*\))?)?"
_NAMED = rf"(?:\b@?(?:{_WORDS})[\]\"]?\s*(?:=|<>|!=|\bLIKE\b)|@\w*?(?:{_WORDS}|PASS)\w*{_TYPE}\s*=)"
_OPTION = regex(rf"(?P<keep>{_NAMED}\s*){_QUOTED}", re.IGNORECASE | re.DOTALL)
# "password": "…" of JSON, with whatever escapes the quotes.
_JSON = regex(
    rf"(?P<keep>\"[\w-]*?(?:{_WORDS}|API-KEY|FUNCTIONS-KEY)\\?\"\s*:\s*\\?\")[^\"\n']+",
    re.IGNORECASE,
)
_TOKEN = regex(r"\b(?:eyJ[\w-]{8,}(?:\.[\w-]+)+|gh[pousr]_\w{20,}|github_pat_\w{20,})")
_HASHED = regex(rf"(?P<keep>\b(?:{_WORDS})\s*=\s*)0x[0-9a-f]+\b", re.IGNORECASE)
_BY_PASSWORD = regex(
    rf"(?P<keep>\b(?:DECRYPTION|ENCRYPTION)\s+BY\s+PASSWORD\s*=\s*){_QUOTED}",
    re.IGNORECASE | re.DOTALL,
)
_CONNECTION = regex(
    r"(?P<keep>\b(?:Password|Pwd|AccountKey|SharedAccessKey|SharedAccessSignature|"
    r"Client\s?Secret|Access\s?Token)\s*=\s*)(?!N?['\"\\]|\s|\*{3})[^;'\"\s)]+",
    re.IGNORECASE,
)
_SIGNATURE = regex(r"(?P<keep>[?&;]?\bsig=)[^&\s'\";)]+", re.IGNORECASE)
_BEARER = regex(r"(?P<keep>\bBearer\s+)[\w.~+/=-]{8,}", re.IGNORECASE)
# https://user:password@host/…
_ADDRESS = regex(r"(?P<keep>\w://[^\s/@:'\"]*:)[^\s/@'\"]+(?=@)")
# Procedures and functions that take a password by position, and the option -P of the command line
# tools.
_POSITIONAL = regex(
    r"\b(?:sp_addlogin|sp_password|sp_addlinkedsrvlogin|sp_addapprole|sp_setapprole|"
    r"sp_approlepassword)\b[^;\n@]*"
    r"|\b(?:EN|DE)CRYPTBYPASSPHRASE\s*\(\s*N?'(?:[^']|'')*'"
    r"|\b(?:DECRYPTBY(?:KEYAUTO)?(?:CERT|ASYMKEY)|SIGNBY(?:CERT|ASYMKEY))\s*\([^;\n]{0,300}",
    re.IGNORECASE,
)
_TOOL = regex(
    r"(?P<keep>\b(?:bcp|sqlcmd|osql|isql)\b[^\n]{0,999}?\s-P\s?)(?:\"[^\"\n]*\"?|[^\s'\"]+)"
)
# OPENROWSET('provider', 'server';'user';'password', …)
_TEXT = r"N?'(?:[^']|'')*'"
_OPENROWSET = regex(
    rf"(?P<keep>\bOPENROWSET\s*\(\s*{_TEXT}\s*,\s*{_TEXT}\s*;\s*{_TEXT}\s*;\s*){_TEXT}",
    re.IGNORECASE,
)


def redact(text: str) -> str:
    """The text with every secret in it replaced by `***`.

    What is no secret, and all line ends, stay as they are.

    Hidden are: SECRET = '…' and PASSWORD = '…' of any statement, variable or JSON, passwords and
    keys in connection strings and addresses, the signature of a shared access signature, the
    password of OPENROWSET('provider', 'server';'user';'password', …), tokens of Microsoft Entra and
    GitHub, and what known procedures, functions and command line tools take by position - inside
    strings of dynamic SQL too.
    """
    if not _SUSPECT.search(text):
        return text
    for pattern in (_BY_PASSWORD, _OPTION):
        text = pattern.sub(_hidden_value, text)
    text = _POSITIONAL.sub(lambda m: re.sub(r"'(?:[^']|'')*'", f"'{HIDDEN}'", m[0]), text)
    text = _OPENROWSET.sub(lambda m: f"{m['keep']}'{HIDDEN}'", text)
    for pattern in (_JSON, _CONNECTION, _HASHED, _SIGNATURE, _BEARER, _ADDRESS, _TOOL):
        text = pattern.sub(lambda m: m["keep"] + HIDDEN, text)
    return _TOKEN.sub(HIDDEN, text)


def _hidden_value(match: re.Match[str]) -> str:
    quote = match["four"] or match["two"] or match["one"] or match["double"]
    return f"{match['keep']}{quote}{HIDDEN}{quote}"


_SUSPECT = regex(
    r"secret|pass|pwd|key|sig|token|bearer|';|'\s*;|sp_add|sp_set|sp_app|decryptby|signby|eyJ|"
    r"gh[pousr]_|github_pat|://[^/\s]*@|\s-P",
    re.IGNORECASE,
)
