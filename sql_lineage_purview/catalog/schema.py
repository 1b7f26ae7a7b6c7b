"""What a catalogue tells of a database, whoever tells it, and the script that would create it.

All sources come down to this noun, and it comes down to T-SQL: so the objects of a package, a
snapshot or a live database are read by the same code as those of the scanned scripts.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from ..model.names import Name, bracketed, parse_name
from ..model.vocabulary import TableKind

ANY_TYPE = "sql_variant"
"""The type of a column whose type is not told."""

_SIZED = frozenset({"char", "varchar", "nchar", "nvarchar", "binary", "varbinary"})
_SCALED = frozenset({"decimal", "numeric"})


def data_type(
    name: str, length: int | None = None, precision: int | None = None, scale: int | None = None
) -> str:
    """A type as T-SQL writes it: `nvarchar(40)`, `varchar(max)`, `decimal(18, 2)`, `int`.

    Args:
        name: as the database calls it.
        length: in characters or bytes, as the type counts; negative for max. Only types with a
            length have it.
        precision: of decimal and numeric.
        scale: of decimal and numeric.
    """
    if name.lower() in _SIZED and length is not None:
        return f"{name}(max)" if length < 0 else f"{name}({length})"
    if name.lower() in _SCALED and precision is not None:
        return f"{name}({precision}, {scale or 0})"
    return bracketed(name) or ANY_TYPE


def told_name(text: str) -> Name | None:
    """A name as databases tell it in a text (`[Sales].[dbo].[Orders]`); None where it is none."""
    try:
        return parse_name(text)
    except ValueError:
        return None


def period(generated: int) -> str | None:
    """START or END for a column that the server fills, None for any other.

    The table is a temporal one, or a ledger table, which is treated alike.

    Source:
    https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-columns-transact-sql
    (generated_always_type: each kind has an odd number for its start, and the next for its end)
    """
    if generated <= 0:
        return None
    return "START" if generated % 2 else "END"


class ColumnSchema(Struct, frozen=True):
    """A column, with its type as T-SQL writes it.

    An example of a type is `nvarchar(40)`. A computed column has its expression too.

    `identity`: the server numbers it; `period`: START or END of a temporal table's period;
    `hidden`: a `*` does not stand for it; `rowguid`: it goes by the name `$ROWGUID` too.
    """

    name: str
    type: str = ANY_TYPE
    computed: str | None = None
    identity: bool = False
    period: str | None = None
    hidden: bool = False
    rowguid: bool = False

    @property
    def definition(self) -> str:
        """The column as CREATE TABLE has it."""
        if self.computed is not None:
            return f"{_quoted(self.name)} AS ({self.computed})"
        identity = (" IDENTITY" if self.identity else "") + (" ROWGUIDCOL" if self.rowguid else "")
        period = f" GENERATED ALWAYS AS ROW {self.period}" if self.period else ""
        return (
            f"{_quoted(self.name)} {self.type}{identity}{period}{' HIDDEN' if self.hidden else ''}"
        )


class TableSchema(Struct, frozen=True):
    """A table, view, external table or table type: `name` is its schema and its own name."""

    name: Name
    columns: tuple[ColumnSchema, ...]
    kind: TableKind = TableKind.TABLE


class ModuleSchema(Struct, frozen=True):
    """A view, procedure, function or trigger: the text that creates it."""

    name: Name
    definition: str


class DatabaseSchema(Struct, frozen=True):
    """A database. `name` None: the source does not say it.

    A view whose text is known is among the `modules`, not the `tables`. `synonyms` are names and
    what they stand for.
    """

    name: str | None = None
    tables: tuple[TableSchema, ...] = ()
    types: tuple[TableSchema, ...] = ()
    synonyms: tuple[tuple[Name, Name], ...] = ()
    modules: tuple[ModuleSchema, ...] = ()

    def definitions(self) -> str:
        """The script that creates everything but the modules, each object in a batch of its own.

        What has no columns that are known is left out.
        """
        return "".join(f"{statement}\nGO\n" for statement in self._statements())

    def _statements(self) -> Iterator[str]:
        for table_type in self.types:
            if table_type.columns:
                yield f"CREATE TYPE {_name(table_type.name)} AS TABLE ({_columns(table_type)})"
        for table in self.tables:
            if table.columns:
                yield _creation(table)
        for name, base in self.synonyms:
            yield f"CREATE SYNONYM {_name(name)} FOR {_name(base)}"


def _creation(table: TableSchema) -> str:
    # its columns are known, its query is not
    if table.kind in (TableKind.VIEW, TableKind.MATERIALIZED_VIEW):
        names = ", ".join(_quoted(column.name) for column in table.columns)
        return (
            f"CREATE VIEW {_name(table.name)} ({names}) AS SELECT "
            f"{', '.join('NULL' for _ in table.columns)}"
        )
    external = "EXTERNAL " if table.kind is TableKind.EXTERNAL_TABLE else ""
    return f"CREATE {external}TABLE {_name(table.name)} ({_columns(table)})"


def _columns(table: TableSchema) -> str:
    return ", ".join(column.definition for column in table.columns)


def _name(name: Name) -> str:
    return ".".join(_quoted(part) if part else "" for part in name.parts)


def _quoted(part: str) -> str:
    """A part of a name in brackets.

    Source: https://learn.microsoft.com/sql/t-sql/functions/quotename-transact-sql
    """
    return f"[{part.replace(']', ']]')}]"
