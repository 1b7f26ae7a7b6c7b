"""Table sources with a grammar of their own: OPENJSON, OPENROWSET, nodes() and their kin.

Source: https://learn.microsoft.com/sql/t-sql/queries/from-transact-sql and the page of each function, named below.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from ..model.facts import (
    DocumentSource,
    Expression,
    FileSource,
    OpaqueSource,
    Output,
    Query,
    Relation,
    Select,
    Source,
    Star,
    TableSource,
)
from ..model.secrets import redact
from .lexer import Kind, Token
from .reader import Reader
from .words import name_at, skip_group, split

Express: TypeAlias = Callable[[list[Token]], Expression]
# Reads the source whose word stands at the index; answers it and the index behind it, or None where it is no such source.
RowsetReader: TypeAlias = "Callable[[Reader, Express, list[Token], int], tuple[Relation, int] | None]"


def read_rowset(reader: Reader, express: Express, tokens: list[Token], index: int) -> tuple[str, int] | None:
    """Read the source that begins at `index`; answer the name it stands under in `reader.rowsets`, and the index behind it."""
    word = tokens[index].upper
    found = _READERS.get(word, _nodes)(reader, express, tokens, index)
    if found is None:
        return None
    relation, end = found
    name = f"⟦{len(reader.rowsets)}⟧"
    reader.rowsets[name] = relation
    return name, end


def _arguments(tokens: list[Token], index: int) -> tuple[list[list[Token]], int]:
    """The arguments of the call whose name stands at `index`, and the index behind it."""
    end = skip_group(tokens, index + 1)
    return split(tokens[index + 2 : end - 1]), end


def _with_columns(tokens: list[Token], index: int) -> tuple[tuple[str, ...] | None, int]:
    """`WITH (name type …, …)`: the names."""
    if index + 1 >= len(tokens) or tokens[index].upper != "WITH" or tokens[index + 1].upper != "(":
        return None, index
    end = skip_group(tokens, index + 1)
    columns = [piece[0].value for piece in split(tokens[index + 2 : end - 1]) if piece]
    return tuple(columns), end


def _open_json(reader: Reader, express: Express, tokens: list[Token], index: int) -> tuple[Relation, int]:
    """See https://learn.microsoft.com/sql/t-sql/functions/openjson-transact-sql."""
    arguments, end = _arguments(tokens, index)
    columns, end = _with_columns(tokens, end)
    return DocumentSource(express(arguments[0]) if arguments else (), columns or ("key", "value", "type")), end


def _open_xml(reader: Reader, express: Express, tokens: list[Token], index: int) -> tuple[Relation, int]:
    """See https://learn.microsoft.com/sql/t-sql/functions/openxml-transact-sql."""
    arguments, end = _arguments(tokens, index)
    expression = express(arguments[0]) if arguments else ()
    if end < len(tokens) and tokens[end].upper == "WITH" and end + 1 < len(tokens) and tokens[end + 1].upper != "(":
        _, end = name_at(tokens, end + 1)
        return DocumentSource(expression, None), end
    columns, end = _with_columns(tokens, end)
    return DocumentSource(expression, columns), end


def _values(names: tuple[str, ...]) -> Callable[[Reader, Express, list[Token], int], tuple[Relation, int]]:
    def read(reader: Reader, express: Express, tokens: list[Token], index: int) -> tuple[Relation, int]:
        arguments, end = _arguments(tokens, index)
        uses = tuple(use for argument in arguments[:1] for use in express(argument))
        return DocumentSource(uses, names), end

    return read


def _nodes(reader: Reader, express: Express, tokens: list[Token], index: int) -> tuple[Relation, int] | None:
    """`column.nodes('…')`: https://learn.microsoft.com/sql/t-sql/xml/nodes-method-xml-data-type."""
    end = index
    while end + 1 < len(tokens) and not (tokens[end].upper == "NODES" and tokens[end + 1].upper == "("):
        end += 1
    if end + 1 >= len(tokens) or end < index + 2:
        return None
    return DocumentSource(express(tokens[index : end - 1]), None), skip_group(tokens, end + 1)


def _table_argument(*names: str) -> RowsetReader:
    """CONTAINSTABLE(table, …), CHANGETABLE(CHANGES table, …): rows about the rows of a table, with columns of their own."""

    def read(reader: Reader, express: Express, tokens: list[Token], index: int) -> tuple[Relation, int]:
        arguments, end = _arguments(tokens, index)
        first = arguments[0] if arguments else []
        changes = tokens[index].upper == "CHANGETABLE"
        skip = 1 if changes and first and first[0].upper in ("CHANGES", "VERSION") else 0
        name, _ = name_at(first, skip)
        if name is None:
            return OpaqueSource(tokens[index].upper), end
        reader.read(name)
        span = reader.span(first)
        kept = (Star((), span),) if changes else ()  # the key columns of the table come along
        outputs = (*kept, *(Output(column, (), span) for column in names))
        return Query(Select(outputs, (Source(TableSource(name, span)),))), end

    return read


def _open_rowset(reader: Reader, express: Express, tokens: list[Token], index: int) -> tuple[Relation, int]:
    """See https://learn.microsoft.com/sql/t-sql/functions/openrowset-transact-sql."""
    arguments, end = _arguments(tokens, index)
    columns, end = _with_columns(tokens, end)
    first = arguments[0] if arguments else []
    if not first or first[0].upper != "BULK":
        return _opaque(reader, tokens, index, end)
    addresses = [redact(token.value) for token in first if token.kind is Kind.STRING]
    options = {piece[0].upper: piece[-1].value for piece in arguments if len(piece) > 2}
    if "SINGLE_CLOB" in {p[0].upper for p in arguments if p} or {"SINGLE_BLOB", "SINGLE_NCLOB"} & {
        p[0].upper for p in arguments if p
    }:
        columns = ("BulkColumn",)
    address = addresses[0] if addresses else ""
    if not address:
        return _opaque(reader, tokens, index, end)
    span = reader.span(tokens[index:end])
    return FileSource(address, options.get("DATA_SOURCE"), columns, span), end


def _remote(reader: Reader, express: Express, tokens: list[Token], index: int) -> tuple[Relation, int]:
    """OPENQUERY, OPENDATASOURCE(…).db.schema.table: data of another server."""
    end = skip_group(tokens, index + 1)
    while end + 1 < len(tokens) and tokens[end].upper == ".":
        end += 1
        if tokens[end].name or tokens[end].kind is Kind.STRING:
            end += 1
    return _opaque(reader, tokens, index, end)


def _predict(reader: Reader, express: Express, tokens: list[Token], index: int) -> tuple[Relation, int]:
    """`PREDICT(MODEL = …, DATA = table AS d)`: see https://learn.microsoft.com/sql/t-sql/queries/predict-transact-sql."""
    arguments, end = _arguments(tokens, index)
    for piece in arguments:
        name, _ = name_at(piece, 2)
        if piece and piece[0].upper == "DATA" and name:
            reader.read(name)
    return _opaque(reader, tokens, index, end)


def _opaque(reader: Reader, tokens: list[Token], index: int, end: int) -> tuple[Relation, int]:
    word = tokens[index].upper
    reader.report("SLP103", f"{word}: what it reads outside this database is not followed", tokens[index : index + 1])
    return OpaqueSource(word), end


_READERS: dict[str, RowsetReader] = {
    "OPENJSON": _open_json,
    "OPENXML": _open_xml,
    "OPENROWSET": _open_rowset,
    "OPENQUERY": _remote,
    "OPENDATASOURCE": _remote,
    "CHANGETABLE": _table_argument(
        "SYS_CHANGE_VERSION", "SYS_CHANGE_CREATION_VERSION", "SYS_CHANGE_OPERATION", "SYS_CHANGE_COLUMNS", "SYS_CHANGE_CONTEXT"
    ),
    "CONTAINSTABLE": _table_argument("KEY", "RANK"),
    "FREETEXTTABLE": _table_argument("KEY", "RANK"),
    "SEMANTICKEYPHRASETABLE": _table_argument("column_id", "document_key", "keyphrase", "score"),
    "SEMANTICSIMILARITYTABLE": _table_argument("source_column_id", "matched_column_id", "matched_document_key", "score"),
    "SEMANTICSIMILARITYDETAILSTABLE": _table_argument("keyphrase", "score"),
    "STRING_SPLIT": _values(("value", "ordinal")),
    "GENERATE_SERIES": _values(("value",)),
    "PREDICT": _predict,
}
