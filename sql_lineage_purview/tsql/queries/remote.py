"""Other servers in a statement: where arguments send OPENQUERY, OPENROWSET and OPENDATASOURCE.

Source: https://learn.microsoft.com/sql/t-sql/functions/openquery-transact-sql,
https://learn.microsoft.com/sql/t-sql/functions/openrowset-transact-sql,
https://learn.microsoft.com/sql/t-sql/functions/opendatasource-transact-sql
"""

from __future__ import annotations

import re

from msgspec import Struct

from ...model.connection_strings import connection_values, server_of
from ...model.names import Name
from ...model.regex import regex
from ...model.secret_words import without_login_and_query
from ..reading.cursor import Cursor
from ..reading.lexer import Kind, Token
from ..reading.words import split

REMOTE_WORDS = frozenset({"OPENQUERY", "OPENROWSET", "OPENDATASOURCE"})
# Providers whose data source is a file: Access, Excel, text.
_OF_FILES = regex(r"Microsoft\.(?:ACE|Jet)\.", re.IGNORECASE)
_DATABASE_KEYS = ("database", "initial catalog")


class Remote(Struct, frozen=True):
    """A place outside this database.

    It is either on a `server`, where `name` is an object of four parts or `text` a query passed to
    it whose names belong to `database` where they say none; or it is a `file`, given by its
    address.
    """

    server: str = ""
    database: str = ""
    name: Name | None = None
    text: Token | None = None
    file: str = ""


def read_remote(cursor: Cursor) -> Remote | None:
    """The place that the function here names, which is passed.

    None where its arguments do not tell, and it is not passed.
    """
    function, start = cursor.word, cursor.index
    if function not in REMOTE_WORDS or cursor.peek() != "(":
        return None
    cursor.advance()
    arguments = split(cursor.group())
    if function == "OPENQUERY":
        remote = _query(arguments)
    elif function == "OPENDATASOURCE":
        remote = _data_source(cursor, arguments)
    else:
        remote = _rowset(arguments)
    if remote is None:
        cursor.go_to(start)
    return remote


def _query(arguments: list[list[Token]]) -> Remote | None:
    """`OPENQUERY(server, 'query')`.

    Source: https://learn.microsoft.com/sql/t-sql/functions/openquery-transact-sql
    """
    if len(arguments) != 2 or len(arguments[0]) != 1 or not arguments[0][0].name:
        return None
    text = _string(arguments[1])
    return Remote(arguments[0][0].value, text=text) if text else None


def _rowset(arguments: list[list[Token]]) -> Remote | None:
    """`OPENROWSET('provider', 'connection', object)`, or a query in the place of the object."""
    named = {
        piece[0].upper: piece[2:] for piece in arguments if len(piece) > 2 and piece[1].upper == "="
    }
    if "PROVIDER" in named:  # of Cosmos DB, with the names of the arguments
        arguments = [named.get(word, []) for word in ("PROVIDER", "CONNECTION", "OBJECT")]
    if len(arguments) != 3:
        return None
    provider, connection, object_tokens = _string(arguments[0]), _string(arguments[1]), arguments[2]
    if provider is None or connection is None or not object_tokens:
        return None
    # a container holds documents and no tables, so it is told like a file
    if provider.value.lower() == "cosmosdb":
        return _container(connection.value, object_tokens[0].value)
    remote = _connected(provider.value, connection.value)
    if remote is None or remote.file:
        return remote
    text = _string(object_tokens)
    if text:
        return Remote(remote.server, remote.database, text=text)
    name = Cursor(object_tokens).name()
    return Remote(remote.server, remote.database, _there(remote, name.parts)) if name else None


def _data_source(cursor: Cursor, arguments: list[list[Token]]) -> Remote | None:
    """`OPENDATASOURCE('provider', 'connection').database.schema.object`."""
    parts: list[str] = []
    while cursor.accept("."):
        part = cursor.token()
        if part and (part.name or part.kind is Kind.STRING):
            parts.append(part.value)
            cursor.advance()
        else:
            parts.append("")
    if len(arguments) != 2 or not parts or not parts[-1]:
        return None
    provider, connection = _string(arguments[0]), _string(arguments[1])
    remote = _connected(provider.value, connection.value) if provider and connection else None
    if remote is None or remote.file:
        return remote
    return Remote(remote.server, remote.database, _there(remote, tuple(parts)))


def _connected(provider: str, connection: str) -> Remote | None:
    """The server and database, or file, of a connection string or bare data source name."""
    values = connection_values(connection)
    server = server_of(connection)
    database = next((values[key] for key in _DATABASE_KEYS if key in values), "")
    if _OF_FILES.match(provider):
        # Excel and Access name their file as Database, as Data Source, or alone before a semicolon
        file = database or values.get("data source") or server
        return Remote(file=without_login_and_query(file)) if file else None
    return Remote(server, database) if server else None


def _container(connection: str, container: str) -> Remote | None:
    """A container of Cosmos DB.

    Source:
    https://learn.microsoft.com/azure/synapse-analytics/sql/query-cosmos-db-analytical-store
    """
    values = connection_values(connection)
    account, database = values.get("account"), values.get("database")
    if not account or not database:
        return None
    return Remote(file=f"https://{account}.documents.azure.com/dbs/{database}/colls/{container}")


def _there(place: Remote, parts: tuple[str, ...]) -> Name:
    database, schema, name = ("", "", *parts)[-3:]
    return Name((place.server, database or place.database, schema, name))


def _string(piece: list[Token]) -> Token | None:
    """The first token of an argument where it is a string.

    Behind it a user's name and password may stand.
    """
    return piece[0] if piece and piece[0].kind is Kind.STRING else None
