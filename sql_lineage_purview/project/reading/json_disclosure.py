"""What of a JSON document of Studio may be seen: its names, types, numbers and SQL; no other text.

`{"name": "Load", "description": "why", "retry": 3, "query": "SELECT a FROM dbo.T WHERE b = 'x'"}`
is seen as `{"name": "Load", "description": "***", "retry": 3, "query": "SELECT a FROM dbo.T WHERE b
= '***'"}`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ...model.regex import regex
from ...model.secret_words import looks_secret
from ...tsql.disclosure import HIDDEN, disclosed

if TYPE_CHECKING:
    from ...model.secret_words import Literals

_STRING = regex(r'"(?:[^"\\\n]|\\.)*(?:"|(?=\n)|\Z)')
# Members that tell where data comes from and goes, which is what lineage is made of.
_NAMES = frozenset(
    """
    name type referenceName schema table tableName dataset database workspaceId artifactId container
    containerName fileSystem folderPath fileName wildcardFolderPath wildcardFileName prefix path
    bucketName collectionName entityName activity storedProcedureName sqlWriterStoredProcedureName
    sqlReaderStoredProcedureName writeBehavior tableOption copyBehavior physicalType culture
    dependencyConditions interimTableName keys""".split()
)
_SQL = frozenset(
    "query sqlReaderQuery oracleReaderQuery preCopyScript script text sqlQuery".split()
)
_COLON = regex(r"\s*:")
# An expression is none: it may hold texts of its own.
_NAME = regex(r"[\w .,#$*?()/\\\[\]-]{0,400}")


def disclosed_json(text: str, literals: Literals) -> str:
    """A text of JSON as it may be seen, line for line."""
    pieces: list[str] = []
    key, end = "", 0
    for match in _STRING.finditer(text):
        is_key = _COLON.match(text, match.end()) is not None
        pieces += (
            text[end : match.start()],
            match[0] if is_key else _value(key, match[0], literals),
        )
        key = match[0][1:-1] if is_key else key
        end = match.end()
    return "".join((*pieces, text[end:]))


def _value(key: str, raw: str, literals: Literals) -> str:
    try:
        content = json.loads(raw, strict=False)
    except ValueError:
        return f'"{HIDDEN}"'
    # "@concat('SELECT …', variables('x'))" is no SQL but an expression
    if key in _SQL and not content.startswith("@"):
        return json.dumps(disclosed(content, literals), ensure_ascii=False)
    readable = key in _NAMES and _NAME.fullmatch(content) and not looks_secret(content)
    return raw if readable else f'"{HIDDEN}"'
