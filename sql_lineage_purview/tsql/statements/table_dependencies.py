"""What the definition of a table names: the keys, checks, indexes and computed columns in it.

Source: https://learn.microsoft.com/sql/t-sql/statements/create-table-transact-sql,
https://learn.microsoft.com/sql/t-sql/statements/alter-table-table-constraint-transact-sql
"""

from __future__ import annotations

from msgspec import Struct

from ...model.facts import Compute, DependencyFact
from ...model.names import Name
from ...model.vocabulary import DependencyKind
from ..queries.statement_context import StatementContext
from ..reading.cursor import Cursor
from ..reading.words import split
from .base import Tokens, column_list, is_constraint
from .dependency_facts import columns_in, columns_of_condition, note_dependency
from .index_dependencies import index_clauses, table_options
from .mentions import note_mentions, note_type

_KINDS_OF_INDEX = ("UNIQUE", "CLUSTERED", "NONCLUSTERED", "COLUMNSTORE", "HASH")


def created_table(context: StatementContext, cursor: Cursor) -> None:
    """Note what the parts of CREATE TABLE name.

    Args:
        context: of the statement.
        cursor: behind TABLE.
    """
    name = cursor.name()
    if name is None or name.temporary:
        return
    table = _TableParts(context, name, inline=True)
    for piece in split(cursor.group()):
        table.note_part(piece)
    # of CREATE TABLE … AS SELECT the query is none of it
    table_options(context, cursor.until("AS"), name)


def altered_table(context: StatementContext, cursor: Cursor) -> None:
    """Note the table of ALTER TABLE, the columns that it changes, and what it adds.

    Args:
        context: of the statement.
        cursor: behind TABLE.
    """
    name = cursor.name()
    if name is None or name.temporary:
        return
    table = _TableParts(context, name)
    if cursor.accept("WITH"):
        cursor.advance()
    if cursor.accept("ADD"):
        for piece in split(cursor.rest()):
            table.note_part(piece)
        table.note_alteration(cursor.tokens)
    elif cursor.accept_phrase("ALTER", "COLUMN"):
        column = cursor.token()
        table.note_alteration(cursor.tokens, (column.value,) if column else ())
    elif cursor.accept("DROP"):
        _dropped(table, cursor)
    elif cursor.word != "SWITCH":  # which reads and writes
        table.note_alteration(cursor.tokens)


def computed_columns(context: StatementContext, tokens: Tokens, compute: Compute) -> None:
    """Note the columns from which others of the table are computed.

    Args:
        context: of the statement.
        tokens: those of the statement.
        compute: its computed columns.
    """
    for column in compute.columns:
        if columns := columns_in(column.computed):
            kind = DependencyKind.COMPUTED_COLUMN
            piece = [token for token in tokens if token.value == column.name][:1] or tokens
            table = compute.table
            fact = DependencyFact(kind, table, columns, table, column.name, compute.creates)
            note_dependency(context, piece, fact)


def _dropped(table: _TableParts, cursor: Cursor) -> None:
    """`DROP CONSTRAINT a, COLUMN b, c`: keys that are named no more, and columns."""
    kind = ""
    for piece in split(cursor.rest()):
        part = Cursor(piece)
        if part.word in ("COLUMN", "CONSTRAINT", "PERIOD") and part.peek():
            kind = part.word
            part.advance()
        part.accept_phrase("IF", "EXISTS")
        name = part.token()
        if name and name.name:
            columns = (name.value,) if kind == "COLUMN" else ()
            table.note_alteration(cursor.tokens, columns, name.value)


class _TableParts(Struct, frozen=True):
    """A table whose definition is gone through; `inline`: by its CREATE TABLE."""

    context: StatementContext
    name: Name
    inline: bool = False

    def note_alteration(
        self, tokens: Tokens, columns: tuple[str, ...] = (), label: str = ""
    ) -> None:
        fact = DependencyFact(DependencyKind.ALTERATION, self.name, columns, label=label)
        note_dependency(self.context, tokens, fact)

    def note_part(self, piece: Tokens) -> None:
        """What a column or a constraint names: `a int REFERENCES dbo.u (b)`, `CHECK (a > 0)`."""
        cursor = Cursor(piece)
        column: tuple[str, ...] = ()
        if piece and piece[0].name and not is_constraint(piece):
            column = (piece[0].value,)
            cursor.advance()
            if cursor.word != "AS":
                note_type(self.context, Cursor(piece, 1), self.name, piece[0].value)
        note_mentions(self.context, piece, self.name)
        label = ""
        while cursor.word:
            if cursor.accept("CONSTRAINT"):
                label = _label(cursor)
            elif cursor.accept_phrase("FOREIGN", "KEY"):
                column = column_list(cursor.group())
            elif cursor.accept("REFERENCES"):
                self._foreign_key(piece, cursor, column, label)
            elif cursor.accept_phrase("PRIMARY", "KEY"):
                self._key(piece, cursor, column, DependencyKind.PRIMARY_KEY, label)
            elif cursor.accept("UNIQUE"):
                self._key(piece, cursor, column, DependencyKind.UNIQUE, label)
            elif cursor.accept("DEFAULT") and not column:
                self._default(piece, cursor, label)
            elif cursor.accept("CHECK"):
                self._check(piece, cursor, label)
            elif cursor.accept("INDEX"):
                self._index(piece, cursor, column)
            elif cursor.word == "(":
                cursor.group()
            else:
                cursor.advance()

    def _note(
        self, piece: Tokens, kind: DependencyKind, columns: tuple[str, ...], label: str
    ) -> None:
        fact = DependencyFact(kind, self.name, columns, self.name, label, self.inline)
        note_dependency(self.context, piece, fact)

    def _foreign_key(
        self, piece: Tokens, cursor: Cursor, columns: tuple[str, ...], label: str
    ) -> None:
        target = cursor.name()
        kind = DependencyKind.FOREIGN_KEY
        if target is None:
            return
        named = column_list(cursor.group())
        if columns:
            self._note(piece, kind, columns, label)
        fact = DependencyFact(kind, target, named, self.name, label)
        note_dependency(self.context, piece, fact)

    def _key(
        self,
        piece: Tokens,
        cursor: Cursor,
        column: tuple[str, ...],
        kind: DependencyKind,
        label: str,
    ) -> None:
        cursor.accept("CLUSTERED", "NONCLUSTERED")
        cursor.accept("HASH")
        columns = tuple(part[0].value for part in split(cursor.group()) if part and part[0].name)
        if columns or column:
            self._note(piece, kind, columns or column, label)

    def _default(self, piece: Tokens, cursor: Cursor, label: str) -> None:
        cursor.until("FOR")
        cursor.accept("FOR")
        if column := _label(cursor):
            self._note(piece, DependencyKind.DEFAULT, (column,), label)

    def _check(self, piece: Tokens, cursor: Cursor, label: str) -> None:
        cursor.accept_phrase("NOT", "FOR", "REPLICATION")
        if columns := columns_of_condition(self.context, cursor.group()):
            self._note(piece, DependencyKind.CHECK, columns, label)

    def _index(self, piece: Tokens, cursor: Cursor, column: tuple[str, ...]) -> None:
        label = _label(cursor)
        while cursor.accept(*_KINDS_OF_INDEX):
            pass
        if columns := index_clauses(self.context, cursor) or column:
            self._note(piece, DependencyKind.INDEX, columns, label)


def _label(cursor: Cursor) -> str:
    token = cursor.token()
    cursor.advance()
    return token.value if token and token.name else ""
