"""Table sources with a grammar of their own: OPENJSON, OPENROWSET, nodes() and their kin.

Source: https://learn.microsoft.com/sql/t-sql/queries/from-transact-sql and the page of each
function, named below.
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
    Select,
    SetOperation,
    Source,
    Star,
    TableExpression,
    TableSource,
    Use,
)
from ...model.names import Name
from ...model.vocabulary import Subtype
from ..reading.cursor import END, STRING, Cursor
from ..reading.lexer import Token
from ..reading.words import split
from .file_addresses import addresses
from .statement_context import StatementContext

Express: TypeAlias = Callable[[list[Token]], Expression]
# Reads the source that begins here, which is passed; None where it is no such source.
RowsetReader: TypeAlias = "Callable[[StatementContext, Express, Cursor], TableExpression | None]"


def read_rowset(context: StatementContext, express: Express, cursor: Cursor) -> str | None:
    """Read the source that begins here, which is passed.

    Answer the name it stands under in `context.local_sources`.
    """
    start = cursor.index
    relation = _READERS.get(cursor.word, _nodes)(context, express, cursor)
    if relation is None:
        cursor.go_to(start)
        return None
    return context.local_sources.stand_in(relation)


def _arguments(cursor: Cursor) -> list[list[Token]]:
    """The arguments of the call that begins here, which is passed."""
    cursor.advance()
    return split(cursor.group())


def with_columns(cursor: Cursor) -> tuple[str, ...] | None:
    """The names of `WITH (name type …, …)`, which is passed; None where it does not stand here."""
    if not cursor.stands("WITH", "("):
        return None
    cursor.advance()
    return tuple(piece[0].value for piece in split(cursor.group()) if piece)


def _open_json(context: StatementContext, express: Express, cursor: Cursor) -> TableExpression:
    """See https://learn.microsoft.com/sql/t-sql/functions/openjson-transact-sql."""
    arguments = _arguments(cursor)
    columns = with_columns(cursor)
    return DocumentSource(
        # these three are what OPENJSON answers without WITH
        express(arguments[0]) if arguments else (),
        columns or ("key", "value", "type"),
    )


def _open_xml(context: StatementContext, express: Express, cursor: Cursor) -> TableExpression:
    """See https://learn.microsoft.com/sql/t-sql/functions/openxml-transact-sql."""
    arguments = _arguments(cursor)
    expression = express(arguments[0]) if arguments else ()
    # OPENXML (…) WITH dbo.t: columns as those of a table, of which nothing is read
    if cursor.word == "WITH" and cursor.peek() not in ("(", END):
        cursor.advance()
        cursor.name()
        return DocumentSource(expression, None)
    return DocumentSource(expression, with_columns(cursor) or _EDGE_TABLE)


# What OPENXML without WITH answers: the nodes of the document.
_EDGE_TABLE = (
    "id",
    "parentid",
    "nodetype",
    "localname",
    "prefix",
    "namespaceuri",
    "datatype",
    "prev",
    "text",
)


def _values(names: tuple[str, ...]) -> RowsetReader:
    """Rows made from the arguments of a function."""

    def read(context: StatementContext, express: Express, cursor: Cursor) -> TableExpression:
        arguments = _arguments(cursor)
        uses = tuple(dict.fromkeys(use for argument in arguments for use in express(argument)))
        return DocumentSource(uses, names)

    return read


def _nodes(context: StatementContext, express: Express, cursor: Cursor) -> TableExpression | None:
    """`column.nodes('…')`: https://learn.microsoft.com/sql/t-sql/xml/nodes-method-xml-data-type."""
    start = cursor.index
    while cursor.word and not cursor.stands("NODES", "("):
        cursor.advance()
    document = cursor.since(start)[:-1]  # without the dot
    if not cursor.word or not document:
        return None
    cursor.advance()
    cursor.group()
    return DocumentSource(express(document), None)


def _table_argument(*names: str) -> RowsetReader:
    """CONTAINSTABLE(table, …) and its kin.

    They give rows about the rows of a table, with columns of their own.
    """

    def read(context: StatementContext, express: Express, cursor: Cursor) -> TableExpression:
        function = cursor.word
        arguments = _arguments(cursor)
        return _about(context, function, arguments[0] if arguments else [], names)

    return read


def _about(
    context: StatementContext,
    function: str,
    table: list[Token],
    names: tuple[str, ...],
    stars: tuple[Star, ...] = (),
    decides: Expression = (),
) -> TableExpression:
    name = Cursor(table).name()
    if name is None:
        return OpaqueSource(function)
    name = context.on_linked_server(name)
    context.accessed.read(name)
    span = context.span(table)
    outputs: tuple[Output | Star, ...] = (*(Output(column, (), span) for column in names), *stars)
    conditions = (Condition(Subtype.FILTER, decides),) if decides else ()
    return Query(Select(outputs, (Source(TableSource(name, span)),), conditions))


def _change_table(context: StatementContext, express: Express, cursor: Cursor) -> TableExpression:
    """CHANGETABLE, with which the table's key comes along.

    It is `CHANGETABLE(CHANGES table, version)` or `CHANGETABLE(VERSION table, (keys),
    (values))`.

    Source:
    https://learn.microsoft.com/sql/relational-databases/system-functions/changetable-transact-sql
    """
    function = cursor.word
    arguments = _arguments(cursor)
    first = arguments[0] if arguments else []
    kind = first[0].upper if first else ""
    changes = (
        "SYS_CHANGE_VERSION",
        "SYS_CHANGE_CREATION_VERSION",
        "SYS_CHANGE_OPERATION",
        "SYS_CHANGE_COLUMNS",
    )
    # VERSION asks about one row, so of how it changed it tells the version alone
    names = (*(changes if kind == "CHANGES" else changes[:1]), "SYS_CHANGE_CONTEXT")
    inner = [part for piece in arguments[2:3] if kind == "VERSION" for part in split(piece[1:-1])]
    # the values of the keys choose the row, and are no part of it
    values = tuple(Use(use.operand, Subtype.FILTER) for part in inner for use in express(part))
    table = first[1:] if kind in ("CHANGES", "VERSION") else first
    return _about(context, function, table, names, (Star((), context.span(first)),), values)


def _open_rowset(context: StatementContext, express: Express, cursor: Cursor) -> TableExpression:
    """See https://learn.microsoft.com/sql/t-sql/functions/openrowset-transact-sql."""
    start = cursor.index
    function = cursor.tokens[start]
    arguments = _arguments(cursor)
    columns = with_columns(cursor)
    first = arguments[0] if arguments else []
    words = {piece[0].upper for piece in arguments if piece}
    # OPENROWSET(TABLE SYSOBJ, 1): of the system's own views
    if first and first[0].upper == "TABLE":
        context.report(
            "SLP103", "OPENROWSET: an internal table of the server is not followed", [function]
        )
        return OpaqueSource("OPENROWSET")
    files = addresses(first)
    if "BULK" not in words or not files:
        return _opaque(context, function)
    if words & {"SINGLE_BLOB", "SINGLE_CLOB", "SINGLE_NCLOB"}:
        # a file as one value: a row with one column, always so called
        columns = ("BulkColumn",)
    data_source = next(
        (
            piece[-1].value
            for piece in arguments
            if len(piece) > 2 and piece[0].upper == "DATA_SOURCE"
        ),
        None,
    )
    span = context.span(cursor.since(start))
    return _files([FileSource(address, data_source, columns, span) for address in files], context)


def _files(files: list[FileSource], context: StatementContext) -> TableExpression:
    """The rows of one file, or of several: OPENROWSET(BULK ('a', 'b'), …)."""
    if len(files) == 1:
        return files[0]
    union: Query | None = None
    for file in files:
        context.accessed.read(Name((file.address, file.data_source or ""), address=True))
        query = Query(Select((Star((), file.span),), (Source(file),)))
        union = query if union is None else Query(SetOperation("UNION", union, query))
    return union or OpaqueSource("OPENROWSET")


def _remote(context: StatementContext, express: Express, cursor: Cursor) -> TableExpression:
    """OPENQUERY, OPENDATASOURCE(…).db.schema.table that cannot be followed.

    Its place is not told, or its text is in another language.
    """
    function = cursor.tokens[cursor.index]
    cursor.advance()
    cursor.group()
    while cursor.word == "." and cursor.peek():
        cursor.advance()
        if cursor.is_name() or cursor.word == STRING:
            cursor.advance()
    return _opaque(context, function)


def _named_values(names: tuple[str, ...], *arguments: str) -> RowsetReader:
    """Rows made from arguments that stand under names: `f(SOURCE = x, …)`.

    Those not listed carry no data.
    """

    def read(context: StatementContext, express: Express, cursor: Cursor) -> TableExpression:
        pieces = _arguments(cursor)
        uses = [
            use
            for piece in pieces
            if piece and piece[0].upper in arguments
            for use in express(piece[2:])
        ]
        return DocumentSource(tuple(dict.fromkeys(uses)), names)

    return read


def _predict(context: StatementContext, express: Express, cursor: Cursor) -> TableExpression:
    """`PREDICT(MODEL = …) WITH (score float)` as a source of rows.

    Source: https://learn.microsoft.com/sql/t-sql/queries/predict-transact-sql
    """
    function = cursor.tokens[cursor.index]
    pieces = _arguments(cursor)
    columns = with_columns(cursor)
    context.report("SLP103", "PREDICT: which columns its model uses is not known", [function])
    model = next(
        (express(piece[2:]) for piece in pieces if piece and piece[0].upper == "MODEL"), ()
    )
    return DocumentSource(model, columns)


def _opaque(context: StatementContext, function: Token) -> TableExpression:
    word = function.upper
    context.report(
        "SLP103", f"{word}: what it reads outside this database is not followed", [function]
    )
    return OpaqueSource(word)


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
    "SEMANTICSIMILARITYTABLE": _table_argument(
        "source_column_id", "matched_column_id", "matched_document_key", "score"
    ),
    "SEMANTICSIMILARITYDETAILSTABLE": _table_argument("keyphrase", "score"),
    # ordinal is there only where the third argument asks for it, and named nowhere else
    "STRING_SPLIT": _values(("value", "ordinal")),
    "GENERATE_SERIES": _values(("value",)),
    # https://learn.microsoft.com/sql/t-sql/functions/regexp-matches-transact-sql
    "REGEXP_MATCHES": _values(
        ("match_id", "start_position", "end_position", "match_value", "substring_matches")
    ),
    "REGEXP_SPLIT_TO_TABLE": _values(("value", "ordinal")),
    # https://learn.microsoft.com/sql/t-sql/functions/ai-generate-chunks-transact-sql
    "AI_GENERATE_CHUNKS": _named_values(
        ("chunk", "chunk_order", "chunk_offset", "chunk_length"), "SOURCE", "CHUNK_SIZE", "OVERLAP"
    ),
    "VECTOR_SEARCH": _named_values(("distance",), "COLUMN", "SIMILAR_TO"),
    "PREDICT": _predict,
}
