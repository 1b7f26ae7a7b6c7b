"""The types and sequences that statements name: `CAST(a AS dbo.Flag)`, `NEXT VALUE FOR dbo.Ids`.

Source: https://learn.microsoft.com/sql/t-sql/functions/next-value-for-transact-sql,
https://learn.microsoft.com/sql/t-sql/functions/cast-and-convert-transact-sql,
https://learn.microsoft.com/sql/t-sql/functions/partition-transact-sql
"""

from __future__ import annotations

from ...model.facts import DependencyFact
from ...model.names import Name
from ...model.vocabulary import DependencyKind, ObjectKind
from ..queries.statement_context import StatementContext
from ..reading.cursor import Cursor
from .base import Tokens
from .dependency_facts import note_dependency

# https://learn.microsoft.com/sql/t-sql/data-types/data-types-transact-sql
BUILT_IN_TYPES = frozenset(
    """
    bigint int integer smallint tinyint bit decimal dec numeric money smallmoney float real double
    date datetime datetime2 datetimeoffset smalldatetime time timestamp rowversion char character
    varchar text nchar nvarchar ntext national binary varbinary image uniqueidentifier xml
    sql_variant hierarchyid geography geometry sysname cursor table json vector""".split()
)
_BEFORE_TYPE = frozenset({"CONVERT", "TRY_CONVERT"})
_BEFORE_AS_TYPE = frozenset({"CAST", "TRY_CAST"})
_LONGEST_TYPE = 9  # tokens: (CONTENT server.database.schema.name)
_WORDS = frozenset({"NEXT", "$PARTITION"}) | _BEFORE_TYPE | _BEFORE_AS_TYPE
_READ = frozenset({"NEXT", "$PARTITION", "(", ")", "AS"})


def note_mentions(context: StatementContext, tokens: Tokens, owner: Name | None = None) -> None:
    """Note the types and sequences that expressions name.

    Args:
        context: of the statement.
        tokens: the expressions, or the statement that holds them.
        owner: the table whose definition they are a part of.
    """
    if _WORDS.isdisjoint([token.upper for token in tokens]):
        return
    cursor = Cursor(tokens)
    around: list[str] = []  # the words before the parentheses that are open
    while cursor.word:
        if cursor.word not in _READ:
            cursor.advance()
        elif cursor.accept_phrase("NEXT", "VALUE", "FOR"):
            note_mention(context, tokens, cursor.name(), ObjectKind.SEQUENCE, owner)
        elif cursor.accept_phrase("$PARTITION", "."):
            note_mention(context, tokens, cursor.name(), ObjectKind.PARTITION_FUNCTION, owner)
        elif cursor.accept("("):
            around.append(cursor.before(2))
            if around[-1] in _BEFORE_TYPE:
                note_type(context, cursor, owner)
        elif cursor.accept("AS"):
            if around and around[-1] in _BEFORE_AS_TYPE:
                note_type(context, cursor, owner)
        else:
            if cursor.word == ")" and around:
                around.pop()
            cursor.advance()


def note_type(
    context: StatementContext, cursor: Cursor, owner: Name | None = None, column: str = ""
) -> None:
    """Note the type that stands here: one of a user, or the schema collection of `xml (dbo.C)`.

    Args:
        context: of the statement.
        cursor: at the type.
        owner: the table whose column has it.
        column: the column.
    """
    name = cursor.name()
    if name is None:
        return
    kind = ObjectKind.TYPE
    if name.object.casefold() == "xml" and cursor.word == "(":
        behind = Cursor(cursor.tokens[cursor.index : cursor.index + _LONGEST_TYPE], 1)
        behind.accept("CONTENT", "DOCUMENT")
        name, kind = behind.name(), ObjectKind.XML_SCHEMA_COLLECTION
    elif name.object.casefold() in BUILT_IN_TYPES and (
        len(name.parts) == 1 or name.parts[-2].casefold() == "sys"
    ):
        return
    note_mention(context, cursor.tokens, name, kind, owner, column)


def note_mention(
    context: StatementContext,
    tokens: Tokens,
    name: Name | None,
    kind: ObjectKind,
    owner: Name | None = None,
    column: str = "",
) -> None:
    """Note that a statement, or the definition of a table, names an object.

    Args:
        context: of the statement.
        tokens: what names it.
        name: the object.
        kind: what it is.
        owner: the table of the definition.
        column: the column of it.
    """
    if name and not (owner and owner.temporary):
        word = DependencyKind.COLUMN if column else DependencyKind.MENTION
        note_dependency(context, tokens, DependencyFact(word, name, (), owner, column, of=kind))
