"""The lineage graph: what the linker makes of all facts, and what is rendered, published and asked.

Its members are those of the lineage document, one class a row; all names are final and spelled as
they are shown.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from msgspec import Struct

from .diagnostics import Diagnostic
from .names import Name
from .unread import Unread
from .vocabulary import (
    Certainty,
    ColumnSourceKind,
    DependencyKind,
    EdgeType,
    ModuleKind,
    ObjectKind,
    Stale,
    StatementKind,
    Subtype,
    TableKind,
)


class Location(Struct, frozen=True, order=True, array_like=True):
    """Where something is defined: a path relative to the scanned root, and a line from 1."""

    path: str
    line: int


class Gaps(Struct, frozen=True, array_like=True):
    """How much of a file is not known, by kind."""

    syntax: int = 0
    name: int = 0
    dynamic: int = 0

    @property
    def total(self) -> int:
        """All kinds together."""
        return self.syntax + self.name + self.dynamic


class ScannedFile(Struct, frozen=True, array_like=True):
    """A file of the scan. `statements` counts all but blocks."""

    path: str
    encoding: str
    batches: int
    statements: int
    gaps: Gaps


class ColumnSource(Struct, frozen=True, array_like=True):
    """Who told the columns of a table.

    It is a definition (CREATE TABLE), a query (of a view, SELECT INTO, CTAS) or a catalog.

    `line` None: the source has no lines.
    """

    by: ColumnSourceKind
    path: str
    line: int | None = None


class Table(Struct, frozen=True, array_like=True):
    """A node of the lineage. `columns` None: not known; then nobody told them."""

    name: Name
    kind: TableKind
    columns: tuple[str, ...] | None
    defined_at: Location | None
    column_source: ColumnSource | None = None


# No `cache_hash`: it would be another object for each of hundreds of thousands.
class Column(Struct, frozen=True, order=True, gc=False, array_like=True):
    """A column of a table.

    `*` stands for columns that could not be named, None for the rows as a whole.
    """

    table: Name
    column: str | None


class Module(Struct, frozen=True, array_like=True):
    """A procedure, view, function or trigger, with all that its statements refer to."""

    name: Name
    kind: ModuleKind
    path: str
    line: int
    end_line: int
    reads: tuple[Name, ...]
    writes: tuple[Name, ...]
    calls: tuple[Name, ...]
    columns: tuple[Column, ...]


class Statement(Struct, frozen=True, array_like=True):
    """A statement that reads, writes or calls.

    `id` is `path#ordinal`; `module` None in a loose script.

    `reached`: the tables that it writes through a view or a function, which are what `writes` and
    `calls` name. `assigned`: the columns that it writes, also such as get a constant; none where
    they are not known.
    """

    id: str
    path: str
    line: int
    end_line: int
    kind: StatementKind
    module: Name | None
    reads: tuple[Name, ...]
    writes: tuple[Name, ...]
    calls: tuple[Name, ...]
    dynamic: bool
    reached: tuple[Name, ...] = ()
    assigned: tuple[Column, ...] = ()

    @property
    def defines(self) -> bool:
        """Does it only define a table, so that it carries only edges of computed columns?"""
        return self.kind is StatementKind.OTHER and not (self.reads or self.writes)


class TableEdge(Struct, frozen=True, gc=False, array_like=True):
    """Data of `source` reaches `target`, carried by the statements of these ids, in order."""

    source: Name
    target: Name
    type: EdgeType
    statements: tuple[str, ...]


class ColumnEdge(Struct, frozen=True, gc=False, array_like=True):
    """A source column's part in a target column, or in which rows come.

    It decides which rows come where the column of the target is None.
    """

    source: Column
    target: Column
    subtype: Subtype
    certainty: Certainty
    statements: tuple[str, ...]

    @property
    def type(self) -> EdgeType:
        """DIRECT or INDIRECT, as the subtype says."""
        return self.subtype.type


class Declaration(Struct, frozen=True, order=True, array_like=True):
    """A person's word that data of `source` reaches `target`, which no text tells.

    It stands at a line of a file.

    `columns` are pairs of source and target; without them it is not known which columns. It is no
    derived lineage, and stands apart from that.
    """

    target: Name
    source: Name
    columns: tuple[tuple[str, str], ...]
    path: str
    line: int
    stale: Stale | None = None

    @property
    def edges(self) -> tuple[ColumnEdge, ...]:
        """The declaration as column edges, which no statement carries."""
        certainty = Certainty.EXACT if self.columns else Certainty.PARTIAL
        return tuple(
            ColumnEdge(
                Column(self.source, source),
                Column(self.target, target),
                Subtype.IDENTITY,
                certainty,
                (),
            )
            for source, target in self.columns or (("*", "*"),)
        )


class Suppression(Struct, frozen=True, order=True, array_like=True):
    """A comment in a file silences the findings of a code on a line.

    `comment`: the line and the column where it stands.
    """

    path: str
    line: int
    code: str
    comment: tuple[int, int]


class NamedSynonym(Struct, frozen=True, order=True, array_like=True):
    """A synonym that statements name, and what it stands for; their rows have it as named."""

    name: Name
    object: Name


class SchemaDependency(Struct, frozen=True, array_like=True):
    """What names a table, and columns of it, without moving data; see `DependencyFact`.

    `columns`: empty where it names the table as a whole. `module`: its text does it when it runs;
    then it is part of no definition.
    """

    kind: DependencyKind
    target: Name
    columns: tuple[str, ...]
    path: str
    line: int
    owner: Name | None = None
    label: str = ""
    module: Name | None = None
    inline: bool = False


class SchemaObject(Struct, frozen=True, array_like=True):
    """What holds no rows and runs no statement: a sequence, a type, a partition scheme."""

    kind: ObjectKind
    name: Name
    defined_at: Location


@dataclass(frozen=True, slots=True)
class LineageGraph:
    """The immutable result of a scan. All members are sorted, so equal scans give equal graphs."""

    files: tuple[ScannedFile, ...] = ()
    tables: tuple[Table, ...] = ()
    modules: tuple[Module, ...] = ()
    statements: tuple[Statement, ...] = ()
    table_lineage: tuple[TableEdge, ...] = ()
    column_lineage: tuple[ColumnEdge, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = field(default=())
    declared: tuple[Declaration, ...] = ()
    not_read: tuple[Unread, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    synonyms: tuple[NamedSynonym, ...] = ()
    dependencies: tuple[SchemaDependency, ...] = ()
    objects: tuple[SchemaObject, ...] = ()

    def count(self, member: str) -> int:
        """How many rows a member has, by its name."""
        return len(getattr(self, member))
