"""Other servers in a statement: where OPENQUERY, OPENROWSET and OPENDATASOURCE go, by their arguments.

Source: https://learn.microsoft.com/sql/t-sql/functions/openquery-transact-sql,
https://learn.microsoft.com/sql/t-sql/functions/openrowset-transact-sql,
https://learn.microsoft.com/sql/t-sql/functions/opendatasource-transact-sql
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ...model.connection_strings import connection_values, server_of
from ...model.names import Name
from ...model.secret_words import without_login_and_query
from ..reading.lexer import Kind, Token
from ..reading.words import name_at, skip_group, split

REMOTE_WORDS = frozenset({"OPENQUERY", "OPENROWSET", "OPENDATASOURCE"})
# Providers whose data source is a file: Access, Excel, text.
_OF_FILES = re.compile(r"Microsoft\.(?:ACE|Jet)\.", re.IGNORECASE)
_DATABASE_KEYS = ("database", "initial catalog")


@dataclass(frozen=True, slots=True)
class Remote:
    """A place outside this database.

    It is either on a `server`, where `name` is an object of four parts or `text` a query passed to it whose names belong to
    `database` where they say none; or it is a `file`, given by its address. `end` is the index behind what was read.
    """

    end: int
    server: str = ""
    database: str = ""
    name: Name | None = None
    text: Token | None = None
    file: str = ""


def remote_at(tokens: list[Token], index: int) -> Remote | None:
    """The place that the function at an index names; None where its arguments do not tell."""
    if tokens[index].upper not in REMOTE_WORDS or index + 1 >= len(tokens) or tokens[index + 1].upper != "(":
        return None
    end = skip_group(tokens, index + 1)
    arguments = split(tokens[index + 2 : end - 1])
    if tokens[index].upper == "OPENQUERY":
        return _query(arguments, end)
    if tokens[index].upper == "OPENDATASOURCE":
        return _data_source(tokens, arguments, end)
    return _rowset(arguments, end)


def _query(arguments: list[list[Token]], end: int) -> Remote | None:
    """`OPENQUERY(server, 'query')`."""
    if len(arguments) != 2 or len(arguments[0]) != 1 or not arguments[0][0].name:
        return None
    text = _string(arguments[1])
    return Remote(end, arguments[0][0].value, text=text) if text else None


def _rowset(arguments: list[list[Token]], end: int) -> Remote | None:
    """`OPENROWSET('provider', 'connection', object)`, or a query in the place of the object."""
    named = {piece[0].upper: piece[2:] for piece in arguments if len(piece) > 2 and piece[1].upper == "="}
    if "PROVIDER" in named:  # of Cosmos DB, with the names of the arguments
        arguments = [named.get(word, []) for word in ("PROVIDER", "CONNECTION", "OBJECT")]
    if len(arguments) != 3:
        return None
    provider, connection, object_tokens = _string(arguments[0]), _string(arguments[1]), arguments[2]
    if provider is None or connection is None or not object_tokens:
        return None
    if provider.value.lower() == "cosmosdb":
        return _container(connection.value, object_tokens[0].value, end)
    remote = _connected(provider.value, connection.value, end)
    if remote is None or remote.file:
        return remote
    text = _string(object_tokens)
    if text:
        return Remote(end, remote.server, remote.database, text=text)
    name, _ = name_at(object_tokens, 0)
    return Remote(end, remote.server, remote.database, _there(remote, name.parts)) if name else None


def _data_source(tokens: list[Token], arguments: list[list[Token]], end: int) -> Remote | None:
    """`OPENDATASOURCE('provider', 'connection').database.schema.object`."""
    parts: list[str] = []
    while end < len(tokens) and tokens[end].upper == ".":
        end += 1
        named = end < len(tokens) and (tokens[end].name or tokens[end].kind is Kind.STRING)
        parts.append(tokens[end].value if named else "")
        end += named
    if len(arguments) != 2 or not parts or not parts[-1]:
        return None
    provider, connection = _string(arguments[0]), _string(arguments[1])
    remote = _connected(provider.value, connection.value, end) if provider and connection else None
    if remote is None or remote.file:
        return remote
    return Remote(end, remote.server, remote.database, _there(remote, tuple(parts)))


def _connected(provider: str, connection: str, end: int) -> Remote | None:
    """The server and database, or the file, of a connection string, or of the bare name of a data source."""
    values = connection_values(connection)
    server = server_of(connection)
    database = next((values[key] for key in _DATABASE_KEYS if key in values), "")
    if _OF_FILES.match(provider):
        file = database or values.get("data source") or server
        return Remote(end, file=without_login_and_query(file)) if file else None
    return Remote(end, server, database) if server else None


def _container(connection: str, container: str, end: int) -> Remote | None:
    """A container of Cosmos DB: https://learn.microsoft.com/azure/synapse-analytics/sql/query-cosmos-db-analytical-store."""
    values = connection_values(connection)
    account, database = values.get("account"), values.get("database")
    if not account or not database:
        return None
    return Remote(end, file=f"https://{account}.documents.azure.com/dbs/{database}/colls/{container}")


def _there(place: Remote, parts: tuple[str, ...]) -> Name:
    database, schema, name = ("", "", *parts)[-3:]
    return Name((place.server, database or place.database, schema, name))


def _string(piece: list[Token]) -> Token | None:
    """The first token of an argument where it is a string: behind it a user's name and password may stand."""
    return piece[0] if piece and piece[0].kind is Kind.STRING else None
