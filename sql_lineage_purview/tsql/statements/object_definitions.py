"""CREATE of what holds no rows and runs no statement: sequences, types, partition schemes.

Source: https://learn.microsoft.com/sql/t-sql/statements/create-sequence-transact-sql,
https://learn.microsoft.com/sql/t-sql/statements/create-type-transact-sql,
https://learn.microsoft.com/sql/t-sql/statements/create-partition-scheme-transact-sql,
https://learn.microsoft.com/sql/t-sql/statements/create-contract-transact-sql
"""

from __future__ import annotations

from ...model.facts import DependencyFact, ObjectFact
from ...model.names import Name
from ...model.vocabulary import DependencyKind, ObjectKind
from ..queries.statement_context import StatementContext
from ..reading.cursor import Cursor
from ..reading.words import split
from .base import is_constraint
from .dependency_facts import note_dependency
from .mentions import note_mention, note_type

_KINDS = {
    ("SEQUENCE",): ObjectKind.SEQUENCE,
    ("TYPE",): ObjectKind.TYPE,
    ("XML", "SCHEMA", "COLLECTION"): ObjectKind.XML_SCHEMA_COLLECTION,
    ("SYNONYM",): ObjectKind.SYNONYM,
    ("PARTITION", "FUNCTION"): ObjectKind.PARTITION_FUNCTION,
    ("PARTITION", "SCHEME"): ObjectKind.PARTITION_SCHEME,
    ("MESSAGE", "TYPE"): ObjectKind.MESSAGE_TYPE,
    ("CONTRACT",): ObjectKind.CONTRACT,
    ("SERVICE",): ObjectKind.SERVICE,
}


def created_object(context: StatementContext, cursor: Cursor) -> None:
    """Note what a CREATE defines, and what its definition names.

    Args:
        context: of the statement.
        cursor: behind CREATE, which may be of anything else.
    """
    kind = kind_of_object(cursor)
    name = cursor.name() if kind else None
    if kind is None or name is None:
        return
    if kind is ObjectKind.TYPE and cursor.accept_phrase("AS", "TABLE"):
        kind = ObjectKind.TABLE_TYPE
        for piece in split(cursor.group()):
            if piece and piece[0].name and not is_constraint(piece):
                note_type(context, Cursor(piece, 1), name, piece[0].value)
    span = context.span(cursor.tokens)
    context.define(ObjectFact(kind, name, span, context.database))
    if kind is ObjectKind.PARTITION_SCHEME and cursor.accept_phrase("AS", "PARTITION"):
        _note(context, cursor, (DependencyKind.PARTITION_SCHEME, name), _FUNCTION)
    elif kind is ObjectKind.CONTRACT:
        cursor.until("(")
        for piece in split(cursor.group()):
            _note(context, Cursor(piece), (DependencyKind.CONTRACT, name), ObjectKind.MESSAGE_TYPE)
    elif kind is ObjectKind.SERVICE:
        cursor.until("(")
        for piece in split(cursor.group()):
            _note(context, Cursor(piece), (DependencyKind.SERVICE, name), ObjectKind.CONTRACT)


def kind_of_object(cursor: Cursor) -> ObjectKind | None:
    """The kind that stands behind CREATE, ALTER or DROP, which is passed; None for any other.

    Args:
        cursor: behind the first word.
    """
    return next((kind for words, kind in _KINDS.items() if cursor.accept_phrase(*words)), None)


def dialog(context: StatementContext, cursor: Cursor) -> None:
    """Note the message type of SEND, the service and contract of BEGIN DIALOG.

    Args:
        context: of the statement.
        cursor: behind its first word.
    """
    while cursor.word:
        kind = kind_of_object(cursor)
        if kind and (name := cursor.name()):
            note_mention(context, cursor.tokens, name, kind)
        elif cursor.word == "(":
            cursor.group()
        elif not kind:
            cursor.advance()


_FUNCTION = ObjectKind.PARTITION_FUNCTION


def _note(
    context: StatementContext,
    cursor: Cursor,
    definition: tuple[DependencyKind, Name],
    kind: ObjectKind,
) -> None:
    """What stands here is named by a definition."""
    target = cursor.name()
    word, name = definition
    if target:
        fact = DependencyFact(word, target, label=str(name), of=kind)
        note_dependency(context, cursor.tokens, fact)
