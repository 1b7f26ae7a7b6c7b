"""Table sources with a grammar of their own: OPENJSON, OPENROWSET, nodes() and their kin.

Source: https://learn.microsoft.com/sql/t-sql/queries/from-transact-sql and the page of each function, named below.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from ...model.facts import (
    Condition,
    DocumentSource,
    Expression,
    FileSource,
    OpaqueSource,
    Output,
    Query,
    Relation,
    Select,
    SetOperation,
    Source,
    Star,
    TableSource,
    Use,
)
from ...model.names import Name
from ...model.vocabulary import Subtype
from ..reading.lexer import Kind, Token
from ..reading.words import name_at, skip_group, split
from .file_addresses import addresses
from .statement_context import StatementContext

Express: TypeAlias = Callable[[list[Token]], Expression]
# Reads the source whose word stands at the index; answers it and the index behind it, or None where it is no such source.
RowsetReader: TypeAlias = "Callable[[StatementContext, Express, list[Token], int], tuple[Relation, int] | None]"


def read_rowset(context: StatementContext, express: Express, tokens: list[Token], index: int) -> tuple[str, int] | None:
    """Read the source that begins at `index`; answer the name it stands under in `context.rowsets`, and the index behind it."""
    word = tokens[index].upper
    source = _READERS.get(word, _nodes)(context, express, tokens, index)
    if source is None:
        return None
    relation, end = source
    name = f"⟦{len(context.rowsets)}⟧"
    context.rowsets[name] = relation
    return name, end


def _arguments(tokens: list[Token], index: int) -> tuple[list[list[Token]], int]:
    """The arguments of the call whose name stands at `index`, and the index behind it."""
    end = skip_group(tokens, index + 1)
    return split(tokens[index + 2 : end - 1]), end


def with_columns(tokens: list[Token], index: int) -> tuple[tuple[str, ...] | None, int]:
    """The names of `WITH (name type …, …)` at an index, None where it does not stand there, and the index behind."""
    if index + 1 >= len(tokens) or tokens[index].upper != "WITH" or tokens[index + 1].upper != "(":
        return None, index
    end = skip_group(tokens, index + 1)
    columns = [piece[0].value for piece in split(tokens[index + 2 : end - 1]) if piece]
    return tuple(columns), end


def _open_json(context: StatementContext, express: Express, tokens: list[Token], index: int) -> tuple[Relation, int]:
    """See https://learn.microsoft.com/sql/t-sql/functions/openjson-transact-sql."""
    arguments, end = _arguments(tokens, index)
    columns, end = with_columns(tokens, end)
    return DocumentSource(express(arguments[0]) if arguments else (), columns or ("key", "value", "type")), end


def _open_xml(context: StatementContext, express: Express, tokens: list[Token], index: int) -> tuple[Relation, int]:
    """See https://learn.microsoft.com/sql/t-sql/functions/openxml-transact-sql."""
    arguments, end = _arguments(tokens, index)
    expression = express(arguments[0]) if arguments else ()
    if end < len(tokens) and tokens[end].upper == "WITH" and end + 1 < len(tokens) and tokens[end + 1].upper != "(":
        _, end = name_at(tokens, end + 1)
        return DocumentSource(expression, None), end
    columns, end = with_columns(tokens, end)
    return DocumentSource(expression, columns or _EDGE_TABLE), end


# What OPENXML without WITH answers: the nodes of the document.
_EDGE_TABLE = ("id", "parentid", "nodetype", "localname", "prefix", "namespaceuri", "datatype", "prev", "text")


def _values(names: tuple[str, ...]) -> RowsetReader:
    """Rows made from the arguments of a function."""

    def read(context: StatementContext, express: Express, tokens: list[Token], index: int) -> tuple[Relation, int]:
        arguments, end = _arguments(tokens, index)
        uses = tuple(dict.fromkeys(use for argument in arguments for use in express(argument)))
        return DocumentSource(uses, names), end

    return read


def _nodes(context: StatementContext, express: Express, tokens: list[Token], index: int) -> tuple[Relation, int] | None:
    """`column.nodes('…')`: https://learn.microsoft.com/sql/t-sql/xml/nodes-method-xml-data-type."""
    end = index
    while end + 1 < len(tokens) and not (tokens[end].upper == "NODES" and tokens[end + 1].upper == "("):
        end += 1
    if end + 1 >= len(tokens) or end < index + 2:
        return None
    return DocumentSource(express(tokens[index : end - 1]), None), skip_group(tokens, end + 1)


def _table_argument(*names: str) -> RowsetReader:
    """CONTAINSTABLE(table, …) and its kin: rows about the rows of a table, with columns of their own."""

    def read(context: StatementContext, express: Express, tokens: list[Token], index: int) -> tuple[Relation, int]:
        arguments, end = _arguments(tokens, index)
        return _about(context, tokens[index], arguments[0] if arguments else [], names), end

    return read


def _about(
    context: StatementContext,
    word: Token,
    table: list[Token],
    names: tuple[str, ...],
    stars: tuple[Star, ...] = (),
    decides: Expression = (),
) -> Relation:
    name, _ = name_at(table, 0)
    if name is None:
        return OpaqueSource(word.upper)
    name = context.on_linked_server(name)
    context.read(name)
    span = context.span(table)
    outputs: tuple[Output | Star, ...] = (*(Output(column, (), span) for column in names), *stars)
    conditions = (Condition(Subtype.FILTER, decides),) if decides else ()
    return Query(Select(outputs, (Source(TableSource(name, span)),), conditions))


def _change_table(context: StatementContext, express: Express, tokens: list[Token], index: int) -> tuple[Relation, int]:
    """`CHANGETABLE(CHANGES table, version)`, `CHANGETABLE(VERSION table, (keys), (values))`: the table's key comes along.

    Source: https://learn.microsoft.com/sql/relational-databases/system-functions/changetable-transact-sql
    """
    arguments, end = _arguments(tokens, index)
    first = arguments[0] if arguments else []
    kind = first[0].upper if first else ""
    changes = ("SYS_CHANGE_VERSION", "SYS_CHANGE_CREATION_VERSION", "SYS_CHANGE_OPERATION", "SYS_CHANGE_COLUMNS")
    names = (*(changes if kind == "CHANGES" else changes[:1]), "SYS_CHANGE_CONTEXT")
    inner = [part for piece in arguments[2:3] if kind == "VERSION" for part in split(piece[1:-1])]
    values = tuple(Use(use.operand, Subtype.FILTER) for part in inner for use in express(part))
    table = first[1:] if kind in ("CHANGES", "VERSION") else first
    return _about(context, tokens[index], table, names, (Star((), context.span(first)),), values), end


def _open_rowset(context: StatementContext, express: Express, tokens: list[Token], index: int) -> tuple[Relation, int]:
    """See https://learn.microsoft.com/sql/t-sql/functions/openrowset-transact-sql."""
    arguments, end = _arguments(tokens, index)
    columns, end = with_columns(tokens, end)
    first = arguments[0] if arguments else []
    words = {piece[0].upper for piece in arguments if piece}
    if first and first[0].upper == "TABLE":  # OPENROWSET(TABLE SYSOBJ, 1): of the system's own views
        context.report("SLP103", "OPENROWSET: an internal table of the server is not followed", tokens[index : index + 1])
        return OpaqueSource("OPENROWSET"), end
    files = addresses(first)
    if "BULK" not in words or not files:
        return _opaque(context, tokens, index, end)
    if words & {"SINGLE_BLOB", "SINGLE_CLOB", "SINGLE_NCLOB"}:
        columns = ("BulkColumn",)
    data_source = next((piece[-1].value for piece in arguments if len(piece) > 2 and piece[0].upper == "DATA_SOURCE"), None)
    span = context.span(tokens[index:end])
    return _files([FileSource(address, data_source, columns, span) for address in files], context), end


def _files(files: list[FileSource], context: StatementContext) -> Relation:
    """The rows of one file, or of several: OPENROWSET(BULK ('a', 'b'), …)."""
    if len(files) == 1:
        return files[0]
    union: Query | None = None
    for file in files:
        context.read(Name((file.address, file.data_source or ""), address=True))
        query = Query(Select((Star((), file.span),), (Source(file),)))
        union = query if union is None else Query(SetOperation("UNION", union, query))
    return union or OpaqueSource("OPENROWSET")


def _remote(context: StatementContext, express: Express, tokens: list[Token], index: int) -> tuple[Relation, int]:
    """OPENQUERY, OPENDATASOURCE(…).db.schema.table whose place is not told, or whose text is in another language."""
    end = skip_group(tokens, index + 1)
    while end + 1 < len(tokens) and tokens[end].upper == ".":
        end += 1
        if tokens[end].name or tokens[end].kind is Kind.STRING:
            end += 1
    return _opaque(context, tokens, index, end)


def _named_values(names: tuple[str, ...], *arguments: str) -> RowsetReader:
    """Rows made from arguments that stand under names: `f(SOURCE = x, …)`; those not listed carry no data."""

    def read(context: StatementContext, express: Express, tokens: list[Token], index: int) -> tuple[Relation, int]:
        pieces, end = _arguments(tokens, index)
        uses = [use for piece in pieces if piece and piece[0].upper in arguments for use in express(piece[2:])]
        return DocumentSource(tuple(dict.fromkeys(uses)), names), end

    return read


def _predict(context: StatementContext, express: Express, tokens: list[Token], index: int) -> tuple[Relation, int]:
    """`PREDICT(MODEL = …) WITH (score float)`: see https://learn.microsoft.com/sql/t-sql/queries/predict-transact-sql."""
    pieces, end = _arguments(tokens, index)
    columns, end = with_columns(tokens, end)
    context.report("SLP103", "PREDICT: which columns its model uses is not known", tokens[index : index + 1])
    model = next((express(piece[2:]) for piece in pieces if piece and piece[0].upper == "MODEL"), ())
    return DocumentSource(model, columns), end


def _opaque(context: StatementContext, tokens: list[Token], index: int, end: int) -> tuple[Relation, int]:
    word = tokens[index].upper
    context.report("SLP103", f"{word}: what it reads outside this database is not followed", tokens[index : index + 1])
    return OpaqueSource(word), end


_READERS: dict[str, RowsetReader] = {
    "OPENJSON": _open_json,
    "OPENXML": _open_xml,
    "OPENROWSET": _open_rowset,
    "OPENQUERY": _remote,
    "OPENDATASOURCE": _remote,
    "CHANGETABLE": _change_table,
    "CONTAINSTABLE": _table_argument("KEY", "RANK"),
    "FREETEXTTABLE": _table_argument("KEY", "RANK"),
    "SEMANTICKEYPHRASETABLE": _table_argument("column_id", "document_key", "keyphrase", "score"),
    "SEMANTICSIMILARITYTABLE": _table_argument("source_column_id", "matched_column_id", "matched_document_key", "score"),
    "SEMANTICSIMILARITYDETAILSTABLE": _table_argument("keyphrase", "score"),
    "STRING_SPLIT": _values(("value", "ordinal")),
    "GENERATE_SERIES": _values(("value",)),
    # https://learn.microsoft.com/sql/t-sql/functions/regexp-matches-transact-sql
    "REGEXP_MATCHES": _values(("match_id", "start_position", "end_position", "match_value", "substring_matches")),
    "REGEXP_SPLIT_TO_TABLE": _values(("value", "ordinal")),
    # https://learn.microsoft.com/sql/t-sql/functions/ai-generate-chunks-transact-sql
    "AI_GENERATE_CHUNKS": _named_values(
        ("chunk", "chunk_order", "chunk_offset", "chunk_length"), "SOURCE", "CHUNK_SIZE", "OVERLAP"
    ),
    "VECTOR_SEARCH": _named_values(("distance",), "COLUMN", "SIMILAR_TO"),
    "PREDICT": _predict,
}
