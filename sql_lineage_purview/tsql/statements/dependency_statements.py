"""What a statement names without moving data: keys, indexes, policies, ALTER, permissions.

They are no lineage. Who drops or renames a table or column has to know of them: a deployment fails
while they are there.

Source: https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-sql-expression-dependencies-transact-sql
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from ...model.facts import DependencyFact
from ...model.names import Name
from ...model.vocabulary import DependencyKind
from ..queries.statement_context import StatementContext
from ..reading.cursor import Cursor
from ..reading.words import split, words_of
from .base import Tokens, column_list
from .dependency_facts import note_dependency
from .index_dependencies import dropped_index, index, statistics
from .mentions import note_mentions
from .object_definitions import created_object, dialog, kind_of_object
from .rename import given_arguments, plain_string
from .table_dependencies import altered_table, created_table

_Reader: TypeAlias = Callable[[StatementContext, Cursor], None]

# Which words begin an index: CREATE UNIQUE CLUSTERED INDEX …
_BEFORE_INDEX = frozenset(
    """
    UNIQUE CLUSTERED NONCLUSTERED COLUMNSTORE PRIMARY XML SPATIAL FULLTEXT SELECTIVE HASH VECTOR
    JSON""".split()
)


def note_dependencies(context: StatementContext, tokens: Tokens) -> None:
    """Note what a statement names without moving data.

    Args:
        context: of the statement.
        tokens: those of the statement.
    """
    first, second = words_of(tokens)
    if first not in ("CREATE", "ALTER"):
        note_mentions(context, tokens)
    if first in ("EXEC", "EXECUTE"):
        _extended_property(context, tokens)
    # most of SET and UPDATE are of variables and rows
    elif first in _READERS and second in _SECOND_WORDS.get(first, (second,)):
        _READERS[first](context, Cursor(tokens, 1))


def _create(context: StatementContext, cursor: Cursor) -> None:
    created_object(context, Cursor(cursor.tokens, 1))
    cursor.accept("EXTERNAL")
    if cursor.accept("TABLE"):
        created_table(context, cursor)
    elif cursor.accept("STATISTICS"):
        statistics(context, cursor)
    elif cursor.accept("SYNONYM"):
        _synonym(context, cursor)
    elif cursor.accept_phrase("SECURITY", "POLICY"):
        _security_policy(context, cursor)
    else:
        while cursor.accept(*_BEFORE_INDEX):
            pass
        if cursor.word == "INDEX":
            index(context, cursor)


def _alter(context: StatementContext, cursor: Cursor) -> None:
    kind = kind_of_object(cursor)
    if kind and (name := cursor.name()):
        fact = DependencyFact(DependencyKind.ALTERATION, name, of=kind)
        note_dependency(context, cursor.tokens, fact)
    elif cursor.accept("TABLE"):
        altered_table(context, cursor)
    elif cursor.accept_phrase("SECURITY", "POLICY"):
        _security_policy(context, cursor)
    elif cursor.accept("FULLTEXT") or cursor.word == "INDEX":
        cursor.until("ON")
        _altered(context, cursor)


def _drop(context: StatementContext, cursor: Cursor) -> None:
    """`DROP TABLE a, b`, of views too; `DROP INDEX i ON t`, which changes the table.

    Source: https://learn.microsoft.com/sql/t-sql/statements/drop-table-transact-sql
    """
    object_kind = kind_of_object(cursor)
    if object_kind:
        cursor.accept_phrase("IF", "EXISTS")
        for piece in split(cursor.rest()):
            if name := Cursor(piece).name():
                fact = DependencyFact(DependencyKind.DROP, name, of=object_kind)
                note_dependency(context, cursor.tokens, fact)
        return
    cursor.accept("EXTERNAL")
    kind = cursor.word
    cursor.advance()
    cursor.accept_phrase("IF", "EXISTS")
    for piece in split(cursor.rest()):
        if kind in ("TABLE", "VIEW") and (name := Cursor(piece).name()):
            note_dependency(context, cursor.tokens, DependencyFact(DependencyKind.DROP, name))
        elif kind in ("INDEX", "STATISTICS"):
            dropped_index(context, Cursor(piece))


def _trigger(context: StatementContext, cursor: Cursor) -> None:
    """`DISABLE TRIGGER a ON t`.

    Source: https://learn.microsoft.com/sql/t-sql/statements/disable-trigger-transact-sql
    """
    cursor.until("ON")
    _altered(context, cursor)


def _option(context: StatementContext, cursor: Cursor) -> None:
    """`SET IDENTITY_INSERT t ON`.

    Source: https://learn.microsoft.com/sql/t-sql/statements/set-identity-insert-transact-sql
    """
    if cursor.accept("IDENTITY_INSERT") and (name := cursor.name()):
        note_dependency(context, cursor.tokens, DependencyFact(DependencyKind.ALTERATION, name))


def _statistics(context: StatementContext, cursor: Cursor) -> None:
    """`UPDATE STATISTICS t`.

    Source: https://learn.microsoft.com/sql/t-sql/statements/update-statistics-transact-sql
    """
    if cursor.accept("STATISTICS") and (name := cursor.name()):
        note_dependency(context, cursor.tokens, DependencyFact(DependencyKind.ALTERATION, name))


def _permission(context: StatementContext, cursor: Cursor) -> None:
    """`GRANT SELECT (a), UPDATE ON [OBJECT ::] t TO …`; other classes are no objects.

    Source: https://learn.microsoft.com/sql/t-sql/statements/grant-object-permissions-transact-sql
    """
    columns: list[str] = []
    while cursor.word not in ("ON", "TO", "FROM", ""):
        if cursor.word == "(":
            columns += column_list(cursor.group())
        else:
            cursor.advance()
    if not cursor.accept("ON"):
        return
    if cursor.peek() == "::" and not cursor.accept_phrase("OBJECT", "::"):
        return
    if name := cursor.name():
        columns += column_list(cursor.group())
        cursor.advance()
        grantee = cursor.token()
        label = f"to {grantee.value}" if grantee else ""
        fact = DependencyFact(DependencyKind.PERMISSION, name, tuple(columns), label=label)
        note_dependency(context, cursor.tokens, fact)


def _extended_property(context: StatementContext, tokens: Tokens) -> None:
    """`EXEC sp_addextendedproperty N'a', N'text', N'SCHEMA', N'dbo', N'TABLE', N't', …`.

    Source:
    https://learn.microsoft.com/sql/relational-databases/system-stored-procedures/sp-addextendedproperty-transact-sql
    """
    cursor = Cursor(tokens[:_LONGEST_NAME], 1)
    procedure = cursor.name()
    if procedure is None or procedure.object.casefold() not in _PROPERTY_PROCEDURES:
        return
    arguments = given_arguments(tokens[cursor.index :], _PROPERTY_PARAMETERS)
    schema, table, column = (
        plain_string(arguments.get(f"@level{level}name", [])) for level in "012"
    )
    is_column = plain_string(arguments.get("@level2type", [])).upper() == "COLUMN"
    if not (schema and table):
        return
    name = Name((schema, table))
    label = plain_string(arguments.get("@name", []))
    kind = DependencyKind.EXTENDED_PROPERTY
    columns = (column,) if column and is_column else ()
    note_dependency(context, tokens, DependencyFact(kind, name, columns, name, label))


def _altered(context: StatementContext, cursor: Cursor) -> None:
    """`ON t` of a statement that changes what belongs to the table."""
    if cursor.accept("ON") and cursor.word not in ("ALL", "DATABASE") and (name := cursor.name()):
        note_dependency(context, cursor.tokens, DependencyFact(DependencyKind.ALTERATION, name))


def _synonym(context: StatementContext, cursor: Cursor) -> None:
    """`CREATE SYNONYM name FOR base`.

    Source: https://learn.microsoft.com/sql/t-sql/statements/create-synonym-transact-sql
    """
    name = cursor.name()
    if name and cursor.accept("FOR") and (base := cursor.name()):
        fact = DependencyFact(DependencyKind.SYNONYM, base, label=str(name))
        note_dependency(context, cursor.tokens, fact)


def _security_policy(context: StatementContext, cursor: Cursor) -> None:
    """`ADD FILTER PREDICATE schema.function(column) ON table` of CREATE and ALTER.

    Source: https://learn.microsoft.com/sql/t-sql/statements/create-security-policy-transact-sql
    """
    policy = cursor.name()
    while cursor.word:
        if not cursor.accept("PREDICATE"):
            cursor.advance()
            continue
        cursor.name()
        columns = column_list(cursor.group())
        if policy and cursor.accept("ON") and (table := cursor.name()):
            kind = DependencyKind.SECURITY_POLICY
            fact = DependencyFact(kind, table, columns, label=str(policy))
            note_dependency(context, cursor.tokens, fact)


_READERS: dict[str, _Reader] = {
    "BEGIN": dialog,
    "SEND": dialog,
    "CREATE": _create,
    "ALTER": _alter,
    "DROP": _drop,
    "ENABLE": _trigger,
    "DISABLE": _trigger,
    "SET": _option,
    "UPDATE": _statistics,
    "GRANT": _permission,
    "DENY": _permission,
    "REVOKE": _permission,
}

_LONGEST_NAME = 8  # tokens, EXEC included: server.database.schema.name
_PROPERTY_PROCEDURES = frozenset({"sp_addextendedproperty", "sp_updateextendedproperty"})
_PROPERTY_PARAMETERS = (
    "@name",
    "@value",
    *(f"@level{level}{part}" for level in "012" for part in ("type", "name")),
)
_SECOND_WORDS = {"BEGIN": ("DIALOG",), "SET": ("IDENTITY_INSERT",), "UPDATE": ("STATISTICS",)}
