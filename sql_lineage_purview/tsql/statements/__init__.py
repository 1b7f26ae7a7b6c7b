"""Statements to facts: one file a family, and the registry of what each first word means."""

from __future__ import annotations

from ...model.facts import CommonTable
from ...model.vocabulary import StatementKind
from ..disclosure import shown
from ..queries.query_reader import read_ctes
from ..queries.statement_context import StatementContext
from ..reading.cursor import Cursor
from ..reading.words import words_of
from . import change, define, execute, external, insert, merge, rename, select, service_broker
from . import variable_statements as variables
from .base import LoweredStatement, Lowering, Tokens
from .dependency_statements import note_dependencies
from .nested import lift_changes

_CHANGES = ("INSERT", "UPDATE", "DELETE", "MERGE")
_VERBS = {"SELECT", *_CHANGES}

_LOWERINGS: dict[str, Lowering] = {
    "SELECT": select.select,
    "(": select.select,
    "INSERT": insert.insert,
    "UPDATE": change.update,
    "DELETE": change.delete,
    "TRUNCATE": change.truncate,
    "MERGE": merge.merge,
    "EXEC": execute.execute,
    "EXECUTE": execute.execute,
    "{": execute.odbc_call,
    "RENAME": rename.rename,
    "DECLARE": variables.declare,
    "SET": variables.assign,
    "OPEN": variables.open_,
    "FETCH": variables.fetch,
    "RETURN": variables.return_,
    "PRINT": variables.look(StatementKind.PRINT),
    "RAISERROR": variables.look(StatementKind.RAISERROR),
    "THROW": variables.look(StatementKind.THROW),
    "CREATE": define.create,
    "ALTER": define.alter,
    "DROP": define.drop,
    "COPY": external.copy_into,
    "BULK": external.bulk_insert,
    "RECEIVE": service_broker.receive,
    "SEND": service_broker.send,
    "GET": service_broker.get_conversation_group,
    "BEGIN": service_broker.begin,
    "WAITFOR": service_broker.wait_for,
    "UPDATETEXT": service_broker.write_text,
    "WRITETEXT": service_broker.write_text,
}

# What stands behind WITH before the common table expressions.
_BEFORE_COMMON = frozenset({"XMLNAMESPACES", "CHANGE_TRACKING_CONTEXT"})

# Statements that move no data.
WITHOUT_LINEAGE = frozenset(
    """
    BACKUP BREAK CHECKPOINT CLOSE COMMIT CONTINUE DBCC DEALLOCATE DENY DISABLE ENABLE END
    GOTO GRANT KILL LINENO MOVE READTEXT RECONFIGURE RESTORE REVERT REVOKE ROLLBACK SAVE SETUSER
    SHUTDOWN USE ADD LABEL EXPLAIN""".split()
)


def known_start(first: str) -> bool:
    """Is it a word that a statement begins with?"""
    return first in _LOWERINGS or first in WITHOUT_LINEAGE or first == "WITH"


def _statement_start(cursor: Cursor) -> None:
    """Go behind the common table expressions; the statement there may be a query in parentheses."""
    start = cursor.index
    cursor.until(*_VERBS)
    verb = cursor.index
    cursor.go_to(start)
    while cursor.index < verb:
        cursor.until("AS")
        cursor.advance()
        if cursor.word == "(":
            cursor.group()
        else:
            cursor.advance()
        if cursor.word == "(":
            return
        cursor.advance()
    cursor.go_to(verb)


def _behind_ctes(
    context: StatementContext, tokens: Tokens
) -> tuple[Tokens, tuple[CommonTable, ...]]:
    """A statement without its WITH, and the common table expressions that stood there.

    Source: https://learn.microsoft.com/sql/t-sql/queries/with-common-table-expression-transact-sql
    """
    cursor = Cursor(tokens, 1)
    while cursor.word in _BEFORE_COMMON and cursor.peek() == "(":
        cursor.advance()
        cursor.group()
        cursor.accept(",")
    start = cursor.index
    _statement_start(cursor)
    return cursor.rest(), read_ctes(context, cursor.since(start))


def lower(context: StatementContext, tokens: Tokens) -> LoweredStatement | None:
    """What one statement does; None where it has no lineage.

    A statement that begins with no known word is reported.
    """
    ctes: tuple[CommonTable, ...] = ()
    if tokens and tokens[0].upper == "WITH":
        tokens, ctes = _behind_ctes(context, tokens)
    note_dependencies(context, tokens)
    first, second = words_of(tokens)
    # before INSERT: BULK would be taken for its target
    if first == "INSERT" and second == "BULK":
        return external.insert_bulk(context, tokens)
    if first == "INSERT":
        changes = {verb: _LOWERINGS[verb] for verb in _CHANGES}
        tokens, nested = lift_changes(context, tokens, ctes, changes)
        lowered = insert.insert(context, tokens, ctes)
        return LoweredStatement(lowered.kind, lowered.effects + nested) if lowered else None
    lowering = _LOWERINGS.get(first)
    if lowering:
        return lowering(context, tokens, ctes)
    # `again:` is a label
    if first in WITHOUT_LINEAGE or second == ":":
        return None
    context.report(
        "SLP101",
        f"no statement begins with {shown(context.source, tokens[0]) if tokens else 'nothing'}",
        tokens,
    )
    return None
