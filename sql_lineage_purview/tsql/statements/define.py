"""CREATE, ALTER and DROP of tables, types, synonyms and external objects; CTAS and CETAS; SWITCH.

Source: https://learn.microsoft.com/sql/t-sql/statements/create-table-transact-sql,
https://learn.microsoft.com/sql/t-sql/statements/create-table-as-select-azure-sql-data-warehouse,
https://learn.microsoft.com/sql/t-sql/statements/create-external-table-as-select-transact-sql,
https://learn.microsoft.com/sql/t-sql/statements/alter-table-transact-sql
"""

from __future__ import annotations

from msgspec.structs import replace

from ...model.connection_strings import server_of
from ...model.diagnostics import Span
from ...model.facts import (
    ChangeFact,
    ColumnFact,
    CommonTable,
    Compute,
    Create,
    DataSourceFact,
    Declare,
    Discard,
    Drop,
    Effect,
    FileSource,
    HistoryFact,
    Query,
    Select,
    Source,
    Star,
    Switch,
    SynonymFact,
    TableFact,
    TypeFact,
    Write,
)
from ...model.names import Name
from ...model.secret_words import without_login_and_query
from ...model.vocabulary import StatementKind, TableKind
from ..queries.query_reader import read_query
from ..queries.statement_context import StatementContext
from ..reading.cursor import Cursor
from ..reading.lexer import Kind
from ..reading.words import split, without_parentheses
from .base import (
    LoweredStatement,
    Tokens,
    column_definitions,
    column_list,
    constraint_calls,
    is_constraint,
    table_source,
    with_ctes,
)
from .rename import transfer
from .table_dependencies import computed_columns

_QUERY_STARTS = frozenset({"SELECT", "WITH", "("})


def create(
    context: StatementContext, tokens: Tokens, ctes: tuple[CommonTable, ...]
) -> LoweredStatement | None:
    """CREATE of anything but a module.

    Source: https://learn.microsoft.com/sql/t-sql/statements/statements
    """
    cursor = Cursor(tokens, 1)
    if cursor.accept("TABLE"):
        return _table(context, cursor, TableKind.TABLE, ctes)
    if cursor.accept_phrase("EXTERNAL", "TABLE") or cursor.accept_phrase("REMOTE", "TABLE"):
        return _table(context, cursor, TableKind.EXTERNAL_TABLE, ctes)
    if cursor.accept_phrase("SECURITY", "POLICY"):
        return _security_policy(context, cursor)
    if cursor.accept_phrase("EXTERNAL", "DATA", "SOURCE"):
        _data_source(context, cursor)
    elif cursor.accept("TYPE"):
        _type(context, cursor)
    elif cursor.accept("SYNONYM"):
        _synonym(context, cursor)
    return None


def _security_policy(context: StatementContext, cursor: Cursor) -> LoweredStatement:
    """CREATE SECURITY POLICY, which calls the functions of its predicates.

    They stand in CREATE SECURITY POLICY … ADD FILTER PREDICATE schema.function(column) ON
    table.

    Source: https://learn.microsoft.com/sql/t-sql/statements/create-security-policy-transact-sql
    """
    while cursor.word:
        passed = cursor.word
        cursor.advance()
        if passed != "PREDICATE":
            continue
        place = cursor.index
        name = cursor.name()
        if name and cursor.word == "(":
            context.accessed.call(name)
        cursor.go_to(place)
    return LoweredStatement(StatementKind.OTHER)


def _options(tokens: Tokens) -> dict[str, str]:
    """`WITH (A = x, B = y)`: the simple ones, by upper-case name."""
    options: dict[str, str] = {}
    cursor = Cursor(tokens)
    cursor.until("WITH")
    cursor.accept("WITH")
    for piece in split(cursor.group()):
        # no constant, and a part of one is none
        joined = len(piece) > 3 and piece[2].kind is Kind.STRING
        if len(piece) > 2 and piece[1].upper == "=" and not joined:
            options[piece[0].upper] = piece[2].value
    return options


def _table(
    context: StatementContext, cursor: Cursor, kind: TableKind, ctes: tuple[CommonTable, ...]
) -> LoweredStatement | None:
    is_remote = cursor.before(2) == "REMOTE"
    if cursor.word == "IF":  # IF NOT EXISTS, of no T-SQL but often written
        cursor.skip(3)
    start = cursor.index
    name = cursor.name()
    if name is None:
        return None
    span = context.span(cursor.since(start))
    if is_remote:
        name = _on_server(name, Cursor(cursor.rest()))
    inside = cursor.group()
    clauses = cursor.rest()
    before_query = cursor.until("AS")
    # AS NODE, AS EDGE and AS FILETABLE are tables with a definition like any other
    is_clone, is_query = cursor.peek() == "CLONE", cursor.peek() in _QUERY_STARTS
    # WITH behind AS is that of the query: … AS WITH q AS (…) SELECT * FROM q
    options = _options(before_query if is_query else clauses)
    external = kind is TableKind.EXTERNAL_TABLE
    address = _address(name, options) if external else None
    source = options.get("DATA_SOURCE") if external else None
    fact = TableFact(name, kind, None, span, address, source, context.database)
    if is_query:
        if external:
            context.define(fact)
        cursor.accept("AS")
        return _as_select(context, cursor.rest(), name, inside, kind, ctes)
    if is_clone:  # CREATE TABLE a AS CLONE OF b
        cursor.skip(3)
        base = cursor.name()
        return _clone(context, name, base) if base else None
    columns = column_definitions(context, inside) if inside else None
    if name.temporary:  # an older one must be gone
        return LoweredStatement(StatementKind.OTHER, (Discard(name), Declare(name, columns or ())))
    context.define(replace(fact, columns=columns))
    _history(context, clauses, name)
    created = Create(context.on_linked_server(name), columns)
    if address:
        return _landed(context, created, address, source, span)
    computed = _computed(context, cursor.tokens, Compute(name, columns or (), creates=True))
    return LoweredStatement(StatementKind.OTHER, (created, *computed))


def _computed(context: StatementContext, tokens: Tokens, compute: Compute) -> tuple[Compute, ...]:
    """The computed columns among those that a statement defines.

    Source:
    https://learn.microsoft.com/sql/relational-databases/tables/specify-computed-columns-in-a-table
    """
    if not any(column.computed for column in compute.columns):
        return ()
    computed_columns(context, tokens, compute)
    return (compute,)


def _on_server(name: Name, cursor: Cursor) -> Name:
    """CREATE REMOTE TABLE name AT ('connection string'): the table stands on that server.

    Source:
    https://learn.microsoft.com/sql/t-sql/statements/create-remote-table-as-select-parallel-data-warehouse
    """
    connection = cursor.token(2) if cursor.word == "AT" else None
    server = server_of(connection.value) if connection and connection.kind is Kind.STRING else ""
    return Name((server, *("", "", *name.parts)[-3:])) if server else name


def _address(name: Name, options: dict[str, str]) -> str | None:
    """Where an external table's data is.

    That is its files, or the table of another database that it stands for (no LOCATION then).

    Source: https://learn.microsoft.com/sql/t-sql/statements/create-external-table-transact-sql, its
    tab for Azure SQL Database.
    """
    if "LOCATION" in options:
        return without_login_and_query(options["LOCATION"])
    # the latter: spread over the databases of a shard map
    if "DATA_SOURCE" not in options or "DISTRIBUTION" in options:
        return None
    schema = options.get("SCHEMA_NAME", name.parts[-2] if len(name.parts) > 1 else "dbo")
    return f"{schema}/{options.get('OBJECT_NAME', name.object)}"


def _landed(
    context: StatementContext, created: Create, address: str, source: str | None, span: Span
) -> LoweredStatement:
    """An external table: its rows are those of its files, column by column."""
    names = tuple(column.name for column in created.columns) if created.columns else None
    context.accessed.read(Name((address, source or ""), address=True))
    query = Query(Select((Star((), span),), (Source(FileSource(address, source, names, span)),)))
    return LoweredStatement(
        StatementKind.CREATE_EXTERNAL_TABLE, (created, Write(created.name, names, query, span))
    )


def _as_select(
    context: StatementContext,
    tokens: Tokens,
    name: Name,
    inside: Tokens,
    kind: TableKind,
    ctes: tuple[CommonTable, ...],
) -> LoweredStatement:
    columns = column_list([t for t in inside if t.name or t.upper == ","]) if inside else None
    tokens = without_parentheses(tokens)
    context.accessed.write(name)
    query = with_ctes(read_query(context, tokens), ctes)
    external = kind is TableKind.EXTERNAL_TABLE
    statement = (
        StatementKind.CREATE_EXTERNAL_TABLE_AS_SELECT
        if external
        else StatementKind.CREATE_TABLE_AS_SELECT
    )
    return LoweredStatement(
        statement, (Write(name, columns, query, context.span(tokens), creates=True),)
    )


def _clone(context: StatementContext, name: Name, base: Name) -> LoweredStatement:
    context.accessed.read(base)
    context.accessed.write(name)
    span = context.span([])
    query = Query(Select((Star((), span),), (table_source(base, span),)))
    return LoweredStatement(
        StatementKind.CREATE_TABLE_AS_SELECT, (Write(name, None, query, span, creates=True),)
    )


def _data_source(context: StatementContext, cursor: Cursor) -> None:
    """CREATE EXTERNAL DATA SOURCE name WITH (LOCATION = '…').

    Source:
    https://learn.microsoft.com/sql/t-sql/statements/create-external-data-source-transact-sql
    """
    options = _options(cursor.tokens)
    name, location = cursor.token(), options.get("LOCATION")
    # a database, by the address that catalogues give it
    if location and options.get("TYPE", "").upper() == "RDBMS":
        location = f"mssql://{location}/{options.get('DATABASE_NAME', '')}"
    if name and location:
        context.define(DataSourceFact(name.value, without_login_and_query(location)))


def _type(context: StatementContext, cursor: Cursor) -> None:
    """CREATE TYPE name AS TABLE (columns).

    Source: https://learn.microsoft.com/sql/t-sql/statements/create-type-transact-sql
    """
    name = cursor.name()
    # FROM int, EXTERNAL NAME: a type of values, which have no columns
    if name and cursor.accept_phrase("AS", "TABLE"):
        columns = column_definitions(context, cursor.group())
        context.define(TypeFact(name, columns, context.database))


def _synonym(context: StatementContext, cursor: Cursor) -> None:
    """CREATE SYNONYM name FOR base.

    Source: https://learn.microsoft.com/sql/t-sql/statements/create-synonym-transact-sql
    """
    name = cursor.name()
    cursor.advance()
    base = cursor.name()
    if name and base:
        context.define(SynonymFact(name, base, context.database))


def alter(
    context: StatementContext, tokens: Tokens, ctes: tuple[CommonTable, ...]
) -> LoweredStatement | None:
    """ALTER TABLE: columns added and dropped, partitions switched; ALTER SCHEMA … TRANSFER.

    ALTER SECURITY POLICY.

    Other ALTERs have no lineage. Source:
    https://learn.microsoft.com/sql/t-sql/statements/alter-table-transact-sql
    """
    cursor = Cursor(tokens, 1)
    if cursor.accept("SCHEMA"):
        return transfer(context, cursor)
    if cursor.accept_phrase("SECURITY", "POLICY"):
        return _security_policy(context, cursor)
    name = cursor.name() if cursor.accept("TABLE") else None
    return _altered(context, cursor, name) if name else None


def _altered(context: StatementContext, cursor: Cursor, name: Name) -> LoweredStatement | None:
    # rows change the table without being read or written: no INSERT will tell of them
    if cursor.accept("SWITCH"):
        return _switch(context, cursor, name)
    if cursor.word == "SET":
        _history(context, cursor.rest(), name)
        return _filtered(context, Cursor(cursor.rest()))
    # WITH CHECK ADD, WITH NOCHECK ADD
    if cursor.accept("WITH"):
        cursor.advance()
    if cursor.accept("ADD"):
        constraint_calls(context, cursor.rest())
        added = tuple(column for piece in split(cursor.rest()) for column in _added(context, piece))
        return _changed(context, cursor.tokens, name, added, ())
    if cursor.accept("DROP"):
        return _changed(context, cursor.tokens, name, (), _dropped(cursor.rest()))
    return None


def _history(context: StatementContext, tokens: Tokens, base: Name) -> None:
    """`SYSTEM_VERSIONING = ON (HISTORY_TABLE = schema.name)`, of CREATE and ALTER TABLE.

    Source: https://learn.microsoft.com/sql/relational-databases/tables/temporal-tables
    """
    cursor = _behind_option(Cursor(tokens), "HISTORY_TABLE")
    start = cursor.index
    name = cursor.name()
    if name:
        context.define(HistoryFact(name, base, context.span(cursor.since(start)), context.database))


def _behind_option(cursor: Cursor, option: str) -> Cursor:
    """Go to the value of an option, `option = value`, wherever that stands."""
    while cursor.word and cursor.word != option:
        cursor.advance()
    cursor.skip(2)
    return cursor


def _filtered(context: StatementContext, cursor: Cursor) -> LoweredStatement | None:
    """ALTER TABLE with a FILTER_PREDICATE, which calls its function.

    That is ALTER TABLE … SET (REMOTE_DATA_ARCHIVE (FILTER_PREDICATE =
    schema.function(column))).

    Source:
    https://learn.microsoft.com/sql/sql-server/stretch-database/select-rows-to-migrate-by-using-a-filter-function-stretch-database
    """
    name = _behind_option(cursor, "FILTER_PREDICATE").name()
    if name is None or cursor.word != "(":
        return None
    context.accessed.call(name)
    return LoweredStatement(StatementKind.OTHER)


def _added(context: StatementContext, piece: Tokens) -> tuple[ColumnFact, ...]:
    if not piece or is_constraint(piece):
        return ()
    return column_definitions(context, piece)


def _dropped(tokens: Tokens) -> tuple[str, ...]:
    """The columns of `DROP CONSTRAINT a, COLUMN b, c`: a word counts for the names behind it.

    Without one constraints go.
    """
    columns: list[str] = []
    kind = ""
    for piece in split(tokens):
        cursor = Cursor(piece)
        if cursor.word in ("COLUMN", "CONSTRAINT", "PERIOD") and cursor.peek():
            kind = cursor.word
            cursor.advance()
        cursor.accept_phrase("IF", "EXISTS")
        name = cursor.token()
        # DROP a is a constraint: the word COLUMN is what tells a column from it
        if kind == "COLUMN" and name and name.name:
            columns.append(name.value)
    return tuple(columns)


def _changed(
    context: StatementContext,
    tokens: Tokens,
    name: Name,
    added: tuple[ColumnFact, ...],
    dropped: tuple[str, ...],
) -> LoweredStatement | None:
    if name.temporary:
        gone = tuple(ColumnFact(column, dropped=True) for column in dropped)
        return (
            LoweredStatement(StatementKind.OTHER, (Declare(name, added + gone),))
            if added or gone
            else None
        )
    if added or dropped:
        context.define(ChangeFact(name, context.span(tokens), added, dropped, context.database))
    computed = _computed(context, tokens, Compute(name, added))
    return LoweredStatement(StatementKind.OTHER, computed) if computed else None


def _switch(context: StatementContext, cursor: Cursor, source: Name) -> LoweredStatement | None:
    """`SWITCH [PARTITION n] TO target`."""
    # SWITCH PARTITION 3 TO dbo.u leaves the rows of all other partitions
    whole_table = cursor.word == "TO"
    cursor.until("TO")
    cursor.accept("TO")
    target = cursor.name()
    if target is None:
        return None
    context.accessed.read(source)
    context.accessed.write(target)
    span = context.span(cursor.tokens)
    return LoweredStatement(
        StatementKind.SWITCH, (Switch(source, target, span, emptied=whole_table),)
    )


def drop(
    context: StatementContext, tokens: Tokens, ctes: tuple[CommonTable, ...]
) -> LoweredStatement | None:
    """DROP TABLE, DROP EXTERNAL TABLE, DROP VIEW; other DROPs have no lineage.

    Source: https://learn.microsoft.com/sql/t-sql/statements/drop-table-transact-sql
    """
    cursor = Cursor(tokens, 1)
    cursor.accept("EXTERNAL")
    # DROP EXTERNAL DATA SOURCE and FILE FORMAT end here too: no row is theirs
    if not cursor.accept("TABLE", "VIEW"):
        return None
    if cursor.accept("IF"):
        cursor.advance()
    # DROP TABLE a, b, c: one statement for many
    names = [name for piece in split(cursor.rest()) if (name := Cursor(piece).name())]
    effects: list[Effect] = [
        Discard(name) if name.temporary else Drop(context.on_linked_server(name)) for name in names
    ]
    return LoweredStatement(StatementKind.OTHER, tuple(effects)) if effects else None
