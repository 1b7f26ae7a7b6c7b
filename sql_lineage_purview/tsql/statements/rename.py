"""What goes by another name from now on: sp_rename, RENAME OBJECT, ALTER SCHEMA … TRANSFER.

Source:
https://learn.microsoft.com/sql/relational-databases/system-stored-procedures/sp-rename-transact-sql,
https://learn.microsoft.com/sql/t-sql/statements/rename-transact-sql,
https://learn.microsoft.com/sql/t-sql/statements/alter-schema-transact-sql
"""

from __future__ import annotations

import re
from itertools import product

from msgspec.structs import replace

from ...model.facts import (
    ChangeFact,
    ColumnFact,
    CommonTable,
    Effect,
    ExecuteString,
    Pattern,
    Piece,
    Rename,
    RenameTemporary,
)
from ...model.names import Name, parse_name
from ...model.regex import regex
from ...model.vocabulary import StatementKind
from ..queries.statement_context import StatementContext
from ..reading.cursor import Cursor
from ..reading.lexer import Kind
from ..reading.words import split
from ..strings.folding import FoldedString, fold
from ..strings.patterns import literal, unknown
from .base import LoweredStatement, Tokens

# The names that the server gives constraints begin so, and people keep to it: they are objects, but
# hold no rows.
_CONSTRAINT = regex(r"(?:PK|FK|UQ|DF|CK)_", re.IGNORECASE)


def sp_rename(context: StatementContext, tokens: Tokens, procedure: Name) -> LoweredStatement:
    """`sp_rename 'schema.old', 'new' [, 'OBJECT']`, by place or name.

    Of interest are tables, views and columns.

    It renames in the database that it is called in: `EXEC Dw.dbo.sp_rename …`.
    """
    behind = next(i for i, token in enumerate(tokens) if token.value.lower() == "sp_rename") + 1
    arguments = given_arguments(tokens[behind:], ("@objname", "@newname", "@objtype"))
    old, new, kind = (
        plain_string(arguments.get(name, [])) for name in ("@objname", "@newname", "@objtype")
    )
    # INDEX, STATISTICS, DATABASE, USERDATATYPE: no rows go by another name
    if kind.upper() not in ("OBJECT", "COLUMN", "", "NULL"):
        return LoweredStatement(StatementKind.RENAME)
    if not (old and new):
        by_string = (
            ()
            if kind.upper() == "COLUMN"
            else _renamed_by_string(context, tokens, procedure, arguments)
        )
        return LoweredStatement(StatementKind.RENAME, by_string)
    try:
        name = parse_name(old)
    except ValueError:
        return LoweredStatement(StatementKind.RENAME)
    database = procedure.parts[-3] if len(procedure.parts) > 2 else ""
    owner = Name(name.parts[:-1]) if len(name.parts) > 1 else None
    # tempdb..sp_rename '#t.a'
    if kind.upper() != "OBJECT" and owner and owner.object.startswith("#"):
        return _renamed_column(context, tokens, owner, name.object, new)
    if name.temporary:
        return LoweredStatement(StatementKind.RENAME, (RenameTemporary(Name((name.object,)), new),))
    same_database = (database or context.database or "").casefold() == name.parts[0].casefold()
    # tables of other databases cannot be renamed
    if kind.upper() == "COLUMN" or (len(name.parts) > 2 and not same_database):
        return _renamed_column(context, tokens, Name(name.parts[:-1]), name.object, new, database)
    if _CONSTRAINT.match(name.object):
        return LoweredStatement(StatementKind.RENAME)
    # the new name is one part, dots and brackets included: 'dbo.u' would make a table [dbo.u] in
    # the schema of the old one
    return _renamed(context, _in_database(name, database), new)


def _in_database(name: Name, database: str) -> Name:
    return Name((database, *("", *name.parts)[-2:])) if database and len(name.parts) < 3 else name


def _renamed_column(
    context: StatementContext, tokens: Tokens, table: Name, old: str, new: str, database: str = ""
) -> LoweredStatement:
    if table.parts and table.temporary:
        return LoweredStatement(
            StatementKind.RENAME, (RenameTemporary(Name((table.object,)), new, old),)
        )
    if table.parts:
        change = ChangeFact(
            _in_database(table, database),
            context.span(tokens),
            (ColumnFact(new),),
            (old,),
            context.database,
        )
        context.define(change)
    return LoweredStatement(StatementKind.RENAME)


def given_arguments(tokens: Tokens, names: tuple[str, ...]) -> dict[str, Tokens]:
    """The arguments of a procedure, by the names of its parameters."""
    arguments: dict[str, Tokens] = {}
    for place, piece in enumerate(split(tokens)):
        named = len(piece) > 2 and piece[0].kind is Kind.VARIABLE and piece[1].upper == "="
        name = piece[0].value.casefold() if named else (names[place] if place < len(names) else "")
        arguments[name] = piece[2:] if named else piece
    return arguments


def plain_string(argument: Tokens) -> str:
    """The string that stands as an argument, "" where it is none.

    A bare word is one: EXEC sp_rename a, b.
    """
    stands = len(argument) == 1 and (argument[0].kind is Kind.STRING or argument[0].name)
    return argument[0].value if stands else ""


def _renamed_by_string(
    context: StatementContext, tokens: Tokens, procedure: Name, arguments: dict[str, Tokens]
) -> tuple[Effect, ...]:
    """Rename by names that are put together, or a caller's.

    It is as if the string `EXEC sp_rename 'old', 'new'` were executed.
    """
    alternatives = [
        fold(arguments.get(name, []), context.constants.values) for name in ("@objname", "@newname")
    ]
    effects: list[Effect] = []
    pairs = list(product(*alternatives))
    for old, new in pairs:
        if unknown(old) or unknown(new):
            context.report("SLP301", "what is renamed is not known", tokens)
            return ()
        pattern = (
            Piece(f"EXEC {procedure} N'"),
            *_quoted(old),
            Piece("', N'"),
            *_quoted(new),
            Piece("'"),
        )
        text = literal(pattern)
        if text is None:
            effects.append(ExecuteString(pattern, context.span(tokens), server=context.server))
        else:
            context.execute(FoldedString(text, server=context.server, certain=len(pairs) == 1))
    return tuple(effects)


def _quoted(pattern: Pattern) -> Pattern:
    return tuple(
        replace(piece, text=piece.text.replace("'", "''")) if piece.known else piece
        for piece in pattern
    )


def rename(
    context: StatementContext, tokens: Tokens, ctes: tuple[CommonTable, ...]
) -> LoweredStatement | None:
    """RENAME OBJECT [::] old TO new, of a Synapse dedicated pool.

    Source: https://learn.microsoft.com/sql/t-sql/statements/rename-transact-sql
    """
    cursor = Cursor(tokens, 1)
    if not cursor.accept("OBJECT"):
        return None  # RENAME DATABASE
    cursor.accept("::")
    old = cursor.name()
    column = cursor.token(1)
    if (
        old
        and column
        and cursor.word == "COLUMN"
        and cursor.peek(2) == "TO"
        and (new := cursor.token(3))
    ):
        return _renamed_column(context, tokens, old, column.value, new.value)
    if old is None or not cursor.accept("TO") or not (new := cursor.token()):
        return LoweredStatement(StatementKind.RENAME)
    return _renamed(context, old, new.value)


def _renamed(context: StatementContext, old: Name, new: str) -> LoweredStatement:
    name = Name((*old.parts[:-1], new))
    context.accessed.read(old)
    context.accessed.write(name)
    return LoweredStatement(StatementKind.RENAME, (Rename(old, name),))


def transfer(context: StatementContext, cursor: Cursor) -> LoweredStatement | None:
    """ALTER SCHEMA target TRANSFER [OBJECT ::] schema.name.

    The object goes by another schema from now on.

    Source: https://learn.microsoft.com/sql/t-sql/statements/alter-schema-transact-sql
    """
    schema = cursor.token()
    cursor.advance()
    if schema is None or not cursor.accept("TRANSFER"):
        return None
    if cursor.peek() == "::" and not cursor.accept_phrase("OBJECT", "::"):  # a type
        return None
    old = cursor.name()
    if old is None or cursor.word:  # an XML SCHEMA COLLECTION
        return None
    # the one statement that moves a table to another schema: sp_rename cannot
    new = Name((schema.value, old.object))
    context.accessed.read(old)
    context.accessed.write(new)
    return LoweredStatement(StatementKind.RENAME, (Rename(old, new),))
