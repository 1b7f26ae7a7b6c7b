"""CREATE, ALTER and DROP of tables, types, synonyms and external objects; CTAS and CETAS; SWITCH.

Source: https://learn.microsoft.com/sql/t-sql/statements/create-table-transact-sql,
https://learn.microsoft.com/sql/t-sql/statements/create-table-as-select-azure-sql-data-warehouse,
https://learn.microsoft.com/sql/t-sql/statements/create-external-table-as-select-transact-sql,
https://learn.microsoft.com/sql/t-sql/statements/alter-table-transact-sql
"""

from __future__ import annotations

from dataclasses import replace

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
from ..reading.lexer import Kind
from ..reading.words import find, name_at, skip_group, split, word_at
from .base import (
    LoweredStatement,
    Tokens,
    column_definitions,
    column_list,
    constraint_calls,
    is_constraint,
    table_source,
    with_common,
)
from .rename import transfer


def create(context: StatementContext, tokens: Tokens, common: tuple[CommonTable, ...]) -> LoweredStatement | None:
    """CREATE of anything but a module."""
    words = [t.upper for t in tokens[:6]]
    if words[1:2] == ["TABLE"]:
        return _table(context, tokens, 2, TableKind.TABLE, common)
    if words[1:3] == ["EXTERNAL", "TABLE"] or words[1:3] == ["REMOTE", "TABLE"]:
        return _table(context, tokens, 3, TableKind.EXTERNAL_TABLE, common)
    if words[1:3] == ["SECURITY", "POLICY"]:
        return _security_policy(context, tokens)
    if words[1:4] == ["EXTERNAL", "DATA", "SOURCE"]:
        _data_source(context, tokens)
    elif words[1:2] == ["TYPE"]:
        _type(context, tokens)
    elif words[1:2] == ["SYNONYM"]:
        _synonym(context, tokens)
    return None


def _security_policy(context: StatementContext, tokens: Tokens) -> LoweredStatement:
    """CREATE SECURITY POLICY … ADD FILTER PREDICATE schema.function(column) ON table: it calls its functions."""
    for index, token in enumerate(tokens):
        if token.upper == "PREDICATE":
            name, end = name_at(tokens, index + 1)
            if name and word_at(tokens, end) == "(":
                context.call(name)
    return LoweredStatement(StatementKind.OTHER)


def _options(tokens: Tokens) -> dict[str, str]:
    """`WITH (A = x, B = y)`: the simple ones, by upper-case name."""
    options: dict[str, str] = {}
    start = find(tokens, {"WITH"})
    if word_at(tokens, start + 1) == "(":
        for piece in split(tokens[start + 2 : skip_group(tokens, start + 1) - 1]):
            joined = len(piece) > 3 and piece[2].kind is Kind.STRING  # no constant, and a part of one is none
            if len(piece) > 2 and word_at(piece, 1) == "=" and not joined:
                options[piece[0].upper] = piece[2].value
    return options


def _table(
    context: StatementContext, tokens: Tokens, at: int, kind: TableKind, common: tuple[CommonTable, ...]
) -> LoweredStatement | None:
    if word_at(tokens, at) == "IF":  # IF NOT EXISTS, of no T-SQL but often written
        at += 3
    name, end = name_at(tokens, at)
    if name is None:
        return None
    if word_at(tokens, 1) == "REMOTE":
        name = _on_server(name, tokens[end:])
    span = context.span(tokens[at:end])
    inside = tokens[end + 1 : skip_group(tokens, end) - 1] if word_at(tokens, end) == "(" else []
    clauses = tokens[skip_group(tokens, end) if inside else end :]
    select = find(clauses, {"AS"})
    options = _options(clauses[:select] if word_at(clauses, select + 1) in ("SELECT", "WITH", "(") else clauses)
    external = kind is TableKind.EXTERNAL_TABLE
    address = _address(name, options) if external else None
    source = options.get("DATA_SOURCE") if external else None
    fact = TableFact(name, kind, None, span, address, source, context.database)
    if word_at(clauses, select + 1) in ("SELECT", "WITH", "("):
        if external:
            context.definitions.append(fact)
        return _as_select(context, clauses[select + 1 :], name, inside, kind, common)
    if word_at(clauses, select + 1) == "CLONE":  # CREATE TABLE a AS CLONE OF b
        base, _ = name_at(clauses, select + 3)
        return _clone(context, name, base) if base else None
    columns = column_definitions(context, inside) if inside else None
    if name.temporary:
        return LoweredStatement(StatementKind.OTHER, (Discard(name), Declare(name, columns or ())))  # an older one must be gone
    context.definitions.append(replace(fact, columns=columns))
    _history(context, clauses, name)
    created = Create(context.on_linked_server(name), columns)
    if address:
        return _landed(context, created, address, source, span)
    return LoweredStatement(StatementKind.OTHER, (created, *_computed(name, columns, creates=True)))


def _computed(name: Name, columns: tuple[ColumnFact, ...] | None, *, creates: bool = False) -> tuple[Compute, ...]:
    """The computed columns among those that a statement defines.

    Source: https://learn.microsoft.com/sql/relational-databases/tables/specify-computed-columns-in-a-table
    """
    if not any(column.computed for column in columns or ()):
        return ()
    return (Compute(name, columns or (), creates),)


def _on_server(name: Name, tokens: Tokens) -> Name:
    """CREATE REMOTE TABLE name AT ('connection string'): the table stands on that server.

    Source: https://learn.microsoft.com/sql/t-sql/statements/create-remote-table-as-select-parallel-data-warehouse
    """
    connection = tokens[2] if word_at(tokens, 0) == "AT" and len(tokens) > 2 else None
    server = server_of(connection.value) if connection and connection.kind is Kind.STRING else ""
    return Name((server, *("", "", *name.parts)[-3:])) if server else name


def _address(name: Name, options: dict[str, str]) -> str | None:
    """Where an external table's data is: its files, or the table of another database that it stands for (no LOCATION then).

    Source: https://learn.microsoft.com/sql/t-sql/statements/create-external-table-transact-sql, its tab for Azure SQL Database.
    """
    if "LOCATION" in options:
        return without_login_and_query(options["LOCATION"])
    if "DATA_SOURCE" not in options or "DISTRIBUTION" in options:  # the latter: spread over the databases of a shard map
        return None
    schema = options.get("SCHEMA_NAME", name.parts[-2] if len(name.parts) > 1 else "dbo")
    return f"{schema}/{options.get('OBJECT_NAME', name.last)}"


def _landed(context: StatementContext, created: Create, address: str, source: str | None, span: Span) -> LoweredStatement:
    """An external table: its rows are those of its files, column by column."""
    names = tuple(column.name for column in created.columns) if created.columns else None
    context.read(Name((address, source or ""), address=True))
    query = Query(Select((Star((), span),), (Source(FileSource(address, source, names, span)),)))
    return LoweredStatement(StatementKind.CREATE_EXTERNAL_TABLE, (created, Write(created.name, names, query, span)))


def _as_select(
    context: StatementContext, tokens: Tokens, name: Name, inside: Tokens, kind: TableKind, common: tuple[CommonTable, ...]
) -> LoweredStatement:
    columns = column_list([t for t in inside if t.name or t.upper == ","]) if inside else None
    while word_at(tokens, 0) == "(" and skip_group(tokens, 0) >= len(tokens):
        tokens = tokens[1:-1]
    context.write(name)
    query = with_common(read_query(context, tokens), common)
    external = kind is TableKind.EXTERNAL_TABLE
    statement = StatementKind.CREATE_EXTERNAL_TABLE_AS_SELECT if external else StatementKind.CREATE_TABLE_AS_SELECT
    return LoweredStatement(statement, (Write(name, columns, query, context.span(tokens), creates=True),))


def _clone(context: StatementContext, name: Name, base: Name) -> LoweredStatement:
    context.read(base)
    context.write(name)
    span = context.span([])
    query = Query(Select((Star((), span),), (table_source(base, span),)))
    return LoweredStatement(StatementKind.CREATE_TABLE_AS_SELECT, (Write(name, None, query, span, creates=True),))


def _data_source(context: StatementContext, tokens: Tokens) -> None:
    options = _options(tokens)
    location = options.get("LOCATION")
    if location and options.get("TYPE", "").upper() == "RDBMS":  # a database, by the address that catalogues give it
        location = f"mssql://{location}/{options.get('DATABASE_NAME', '')}"
    if len(tokens) > 4 and location:
        context.definitions.append(DataSourceFact(tokens[4].value, without_login_and_query(location)))


def _type(context: StatementContext, tokens: Tokens) -> None:
    name, end = name_at(tokens, 2)
    if name and word_at(tokens, end) == "AS" and word_at(tokens, end + 1) == "TABLE":
        columns = column_definitions(context, tokens[end + 3 : skip_group(tokens, end + 2) - 1])
        context.definitions.append(TypeFact(name, columns, context.database))


def _synonym(context: StatementContext, tokens: Tokens) -> None:
    name, end = name_at(tokens, 2)
    base, _ = name_at(tokens, end + 1)
    if name and base:
        context.definitions.append(SynonymFact(name, base, context.database))


def alter(context: StatementContext, tokens: Tokens, common: tuple[CommonTable, ...]) -> LoweredStatement | None:
    """ALTER TABLE: columns added and dropped, partitions switched; ALTER SCHEMA … TRANSFER; ALTER SECURITY POLICY.

    Other ALTERs have no lineage.
    """
    if word_at(tokens, 1) == "SCHEMA":
        return transfer(context, tokens)
    if word_at(tokens, 1) == "SECURITY" and word_at(tokens, 2) == "POLICY":
        return _security_policy(context, tokens)
    if word_at(tokens, 1) != "TABLE":
        return None
    name, at = name_at(tokens, 2)
    if name is None:
        return None
    if word_at(tokens, at) == "SWITCH":
        return _switch(context, tokens, name, at)
    if word_at(tokens, at) == "SET":
        _history(context, tokens[at:], name)
        return _filtered(context, tokens[at:])
    if word_at(tokens, at) == "WITH":
        at += 2
    if word_at(tokens, at) == "ADD":
        constraint_calls(context, tokens[at + 1 :])
        added = tuple(column for piece in split(tokens[at + 1 :]) for column in _added(context, piece))
        return _changed(context, tokens, name, added, ())
    if word_at(tokens, at) == "DROP":
        return _changed(context, tokens, name, (), _dropped(tokens[at + 1 :]))
    return None


def _history(context: StatementContext, tokens: Tokens, base: Name) -> None:
    """`SYSTEM_VERSIONING = ON (HISTORY_TABLE = schema.name)`, of CREATE and ALTER TABLE.

    Source: https://learn.microsoft.com/sql/relational-databases/tables/temporal-tables
    """
    at = next((i for i, token in enumerate(tokens) if token.upper == "HISTORY_TABLE"), len(tokens))
    name, end = name_at(tokens, at + 2)
    if name:
        context.definitions.append(HistoryFact(name, base, context.span(tokens[at + 2 : end]), context.database))


def _filtered(context: StatementContext, tokens: Tokens) -> LoweredStatement | None:
    """ALTER TABLE … SET (REMOTE_DATA_ARCHIVE (FILTER_PREDICATE = schema.function(column))): it calls the function."""
    at = next((i for i, token in enumerate(tokens) if token.upper == "FILTER_PREDICATE"), len(tokens))
    name, end = name_at(tokens, at + 2)
    if name is None or word_at(tokens, end) != "(":
        return None
    context.call(name)
    return LoweredStatement(StatementKind.OTHER)


def _added(context: StatementContext, piece: Tokens) -> tuple[ColumnFact, ...]:
    if not piece or is_constraint(piece):
        return ()
    return column_definitions(context, piece)


def _dropped(tokens: Tokens) -> tuple[str, ...]:
    """The columns of `DROP CONSTRAINT a, COLUMN b, c`: a word counts for the names behind it; without one constraints go."""
    columns: list[str] = []
    kind = ""
    for piece in split(tokens):
        has_keyword = word_at(piece, 0) in ("COLUMN", "CONSTRAINT", "PERIOD") and len(piece) > 1
        kind = word_at(piece, 0) if has_keyword else kind
        at = int(has_keyword)
        at += 2 * (word_at(piece, at) == "IF" and word_at(piece, at + 1) == "EXISTS")
        if kind == "COLUMN" and at < len(piece) and piece[at].name:
            columns.append(piece[at].value)
    return tuple(columns)


def _changed(
    context: StatementContext, tokens: Tokens, name: Name, added: tuple[ColumnFact, ...], dropped: tuple[str, ...]
) -> LoweredStatement | None:
    if name.temporary:
        gone = tuple(ColumnFact(column, dropped=True) for column in dropped)
        return LoweredStatement(StatementKind.OTHER, (Declare(name, added + gone),)) if added or gone else None
    if added or dropped:
        context.definitions.append(ChangeFact(name, context.span(tokens), added, dropped, context.database))
    computed = _computed(name, added)
    return LoweredStatement(StatementKind.OTHER, computed) if computed else None


def _switch(context: StatementContext, tokens: Tokens, source: Name, at: int) -> LoweredStatement | None:
    to = find(tokens, {"TO"}, at)
    target, _ = name_at(tokens, to + 1)
    if target is None:
        return None
    context.read(source)
    context.write(target)
    whole_table = word_at(tokens, at + 1) == "TO"
    return LoweredStatement(StatementKind.SWITCH, (Switch(source, target, context.span(tokens), emptied=whole_table),))


def drop(context: StatementContext, tokens: Tokens, common: tuple[CommonTable, ...]) -> LoweredStatement | None:
    """DROP TABLE, DROP EXTERNAL TABLE, DROP VIEW; other DROPs have no lineage."""
    at = 2 + (word_at(tokens, 1) == "EXTERNAL")
    if word_at(tokens, at - 1) not in ("TABLE", "VIEW"):
        return None
    at += 2 * (word_at(tokens, at) == "IF")
    names = [name for piece in split(tokens[at:]) if (name := name_at(piece, 0)[0])]
    effects: list[Effect] = [Discard(name) if name.temporary else Drop(context.on_linked_server(name)) for name in names]
    return LoweredStatement(StatementKind.OTHER, tuple(effects)) if effects else None
