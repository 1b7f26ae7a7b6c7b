"""Relations: queries whose names have all been settled, down to columns of persistent tables."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from ...model.graph import Column
from ...model.names import Name
from ...model.naming import Naming
from ...model.vocabulary import EdgeType, Subtype
from .provenance import (
    DIRECT,
    PARTIAL,
    PARTS,
    Flows,
    Provenance,
    StatementIds,
    TableProvenance,
    Tables,
    add_flows,
    add_tables,
    add_used,
    carried,
    flow,
    in_part,
    used_as,
)
from .relation_columns import STAR, ColumnIndex, RelationColumn


class Value(Struct):
    """A bound expression: what flows into it, and what its subqueries decide and read.

    The subqueries decide rows, and they read tables.

    `relation`: the rows of a table variable that is passed to a function.
    """

    flows: Flows = msgspec.field(default_factory=dict)
    rows: Flows = msgspec.field(default_factory=dict)
    tables: Tables = msgspec.field(default_factory=dict)
    relation: Relation | None = None

    def absorb(self, value: Value, subtype: Subtype) -> None:
        """Take in another value that is used here as `subtype`."""
        add_used(self.flows, value.flows, subtype)
        # CASE WHEN EXISTS (…): what the subquery decides, it decides about this value and not about
        # rows
        if subtype in (Subtype.CONDITIONAL, Subtype.WINDOW):
            add_used(self.flows, value.rows, subtype)
        else:
            add_flows(self.rows, value.rows)
        add_tables(self.tables, value.tables, PARTS[subtype.type])
        self.relation = self.relation or value.relation

    def filled(self, arguments: list[Value]) -> Value:
        """The value with its placeholders replaced by arguments."""
        rows: Flows = _fill_flows(self.rows, arguments)
        tables = _fill_tables(self.tables, arguments, rows)
        return Value(_fill_flows(self.flows, arguments), rows, tables)


_PLACEHOLDER = "\0parameter"


def placeholder(position: int) -> Value:
    """The value of a parameter in a function that is looked at once for all its calls."""
    name = Name((_PLACEHOLDER, str(position)))
    return Value(flow(Column(name, "")), {}, {name: DIRECT})


def placeholder_rows(position: int, columns: Iterable[str]) -> Relation:
    """The rows of a table-valued parameter in such a function."""
    name = Name((_PLACEHOLDER, str(position)))
    bound_columns = [RelationColumn(column, flow(Column(name, column))) for column in columns]
    return Relation(bound_columns, tables={name: DIRECT})


def _argument(name: Name, arguments: list[Value]) -> Value | None:
    """The argument that a placeholder stands for; None where the name is none."""
    if name.parts[0] != _PLACEHOLDER:
        return None
    position = int(name.parts[1])
    return arguments[position] if position < len(arguments) else Value()


def _fill_flows(flows: Flows, arguments: list[Value]) -> Flows:
    filled_flows: Flows = {}
    for (column, subtype), provenance in flows.items():
        argument = _argument(column.table, arguments)
        if argument is None:
            add_flows(filled_flows, {(column, subtype): provenance})
        else:
            add_flows(filled_flows, used_as(_passed(argument, column.column), subtype, provenance))
    return filled_flows


def _passed(argument: Value, column: str | None) -> Flows:
    """What flows into a parameter, or into a column of a table-valued one."""
    if not column:
        return argument.flows
    columns = argument.relation.columns if argument.relation else []
    return next(
        (
            candidate.flows
            for candidate in columns
            if candidate.name and candidate.name.casefold() == column.casefold()
        ),
        {},
    )


def _fill_tables(tables: Tables, arguments: list[Value], rows: Flows) -> Tables:
    """The tables with those of the arguments in use, whose own conditions join `rows`."""
    filled_tables: Tables = {}
    for name, part in tables.items():
        argument = _argument(name, arguments)
        if argument is None:
            add_tables(filled_tables, {name: part})
        else:
            for side in (argument, argument.relation):
                if side is not None:
                    add_tables(filled_tables, side.tables, part)
                    add_flows(rows, side.rows)
    return filled_tables


@dataclass(slots=True)
class Relation:
    """A bound relation.

    `open`: tables whose columns are not known, so any column may be theirs. `opaque`: any column
    may be named, and where it comes from is not known. `base`: the persistent table that this is; a
    `transient` one only names it, and its columns are what has been put into them. `rows`: what
    decides which rows there are. `empty`: it certainly has none. `extension`: what is to be said of
    columns that a temporary table may have beside those that are known.
    """

    columns: list[RelationColumn] = field(default_factory=list)
    open: list[Name] = field(default_factory=list)
    opaque: bool = False
    base: Name | None = None
    rows: Flows = field(default_factory=dict)
    tables: Tables = field(default_factory=dict)
    partial: bool = False
    empty: bool = False
    extension: str = ""
    transient: bool = False
    _index: ColumnIndex | None = field(default=None, init=False, repr=False, compare=False)

    def column(self, name: str, naming: Naming) -> RelationColumn | None:
        """The column of a name; of several the first."""
        return self._by_name().find(name, naming)

    def namesakes(self, name: str, naming: Naming) -> Sequence[RelationColumn]:
        """All columns of a name."""
        return self._by_name().find_all(name, naming)

    def has_namesakes(self, naming: Naming) -> bool:
        """Do any of its columns share a name?"""
        return self._by_name().has_namesakes(naming)

    def _by_name(self) -> ColumnIndex:
        index = self._index
        if index is None or index.listed is not self.columns:
            index = self._index = ColumnIndex(self.columns)
        return index

    @property
    def closed(self) -> bool:
        """Are all its columns known?"""
        return not self.open and not self.opaque

    @property
    def counted(self) -> bool:
        """Is it known how many columns it has?"""
        return (
            self.closed
            and not self.partial
            and bool(self.columns)
            and all(column.name != STAR for column in self.columns)
        )

    def fits(self, names: Collection[str]) -> bool:
        """Are there as many columns as names, as far as both are known?"""
        return not self.counted or STAR in names or len(names) == len(self.columns)

    def uncertain(self, names: Iterable[str | None]) -> Relation:
        """The relation under names, where it is not known which column has which name.

        It has its tables, and nothing flows.
        """
        return Relation([RelationColumn(name, {}) for name in names], tables=self.tables)

    def doubted(self, provenance: Provenance) -> Relation:
        """The relation, known no more surely than this."""
        columns = [
            RelationColumn(column.name, used_as(column.flows, Subtype.IDENTITY, provenance))
            for column in self.columns
        ]
        return dataclasses.replace(
            self, columns=columns, rows=used_as(self.rows, Subtype.IDENTITY, provenance)
        )

    def carried(self, statement: str | None) -> Relation:
        """The relation after a statement has put its rows where a later one finds them.

        A statement without an id leaves the relation as it is.
        """
        if statement is None:
            return self
        columns = [
            replace(column, flows=carried(column.flows, statement)) for column in self.columns
        ]
        tables: Tables = {}
        add_tables(
            tables, self.tables, TableProvenance(EdgeType.DIRECT, StatementIds((statement,)))
        )
        return dataclasses.replace(
            self, columns=columns, rows=carried(self.rows, statement), tables=tables
        )

    def emptied(self) -> Relation:
        """The shape of the relation, without a row."""
        columns = [replace(column, flows={}) for column in self.columns]
        # without `open`: of no row nothing comes, not even a column of a table that nobody knows
        return Relation(columns, opaque=not self.closed, partial=self.partial, empty=True)

    def from_open(self, column: Column, provenance: Provenance) -> Flows:
        """The flow of a column that one of the tables of unknown columns is taken to have."""
        part = self.tables.get(column.table)
        return flow(
            column,
            provenance & Provenance(provenance.certainty, part.statements) if part else provenance,
        )

    def unknown(self) -> Flows:
        """What a star over the tables of unknown columns stands for."""
        flows: Flows = {}
        for table in self.open:
            flows.update(self.from_open(Column(table, STAR), PARTIAL))
        return flows

    def unknown_sources(self, otherwise: str) -> str:
        """Whose columns are not known, as a finding says.

        `otherwise`: those of what the rows go into. "": there is no finding.

        A string's pattern has been reported, and so has what was not understood; a file has no
        columns that a script could name.
        """
        only_files = self.open and all(table.address for table in self.open)
        if any(table.left_open for table in self.open) or self.partial or self.empty or only_files:
            return ""
        if not (self.columns or self.open or self.opaque):
            return ""
        return otherwise if self.closed else ", ".join(map(str, self.open)) or "a source"

    def filled(self, arguments: list[Value]) -> Relation:
        """The relation with its placeholders replaced by arguments."""
        columns = [
            RelationColumn(column.name, _fill_flows(column.flows, arguments))
            for column in self.columns
        ]
        rows: Flows = _fill_flows(self.rows, arguments)
        tables = _fill_tables(self.tables, arguments, rows)
        return Relation(
            columns, list(self.open), self.opaque, rows=rows, tables=tables, partial=self.partial
        )

    def star(self, flows: Flows) -> None:
        """Put the mark of columns that are not known behind the columns so far."""
        self.columns.append(RelationColumn(STAR, flows))

    def aligned(self, names: list[str]) -> list[tuple[str, Flows]]:
        """The columns by position under other names.

        Those around a star that is not known are counted from both ends.
        """
        # INSERT t (a, b, c) SELECT x, s.*, y: x is a and y is c, whatever is between them
        marks = [place for place, column in enumerate(self.columns) if column.name == STAR]
        if STAR in names:
            return self._between(names, marks)
        if not marks:
            return [(name, column.flows) for name, column in zip(names, self.columns, strict=False)]
        head, tail = (
            self.columns[: marks[0]],
            self.columns[marks[0] + 1 :] if len(marks) == 1 else [],
        )
        spread: Flows = {}
        for column in (
            self.columns[marks[0] : marks[0] + 1] if len(marks) == 1 else self.columns[marks[0] :]
        ):
            add_flows(spread, in_part(column.flows))
        between = max(0, len(names) - len(head) - len(tail))
        columns = [*head, *(RelationColumn(None, dict(spread)) for _ in range(between)), *tail]
        return [(name, column.flows) for name, column in zip(names, columns, strict=False)]

    def _between(self, names: list[str], marks: list[int]) -> list[tuple[str, Flows]]:
        """The columns under names of which some are not known.

        Known ones are counted from both ends; the rest may be for any name.
        """
        first, last = names.index(STAR), len(names) - names[::-1].index(STAR)
        head = list(zip(names[:first], self.columns[: marks[0] if marks else None], strict=False))
        remainder = self.columns[len(head) :]
        behind = len(self.columns) - 1 - marks[-1] if marks else len(remainder)
        count = min(len(names) - last, behind) if first + 1 == last and len(marks) < 2 else 0
        tail = list(
            zip(names[len(names) - count :], remainder[len(remainder) - count :], strict=True)
        )
        spread: Flows = {}
        for column in remainder[: len(remainder) - count]:
            add_flows(spread, in_part(column.flows))
        return [
            *((name, column.flows) for name, column in head),
            (STAR, spread),
            *((name, column.flows) for name, column in tail),
        ]

    def listed(self, names: Collection[str] | None) -> Relation:
        """The relation under a column list, which must have as many names as it has columns."""
        return self.renamed(names) if names is None or self.fits(names) else self.uncertain(names)

    def renamed(self, names: Iterable[str] | None) -> Relation:
        """The relation under an alias with a column list."""
        if names is None:
            return self
        listed = list(names)
        source = self
        if not self.closed and not any(column.name == STAR for column in self.columns):
            source = dataclasses.replace(self, columns=list(self.columns))
            source.star(self.unknown())
        columns = [RelationColumn(name, flows) for name, flows in source.aligned(listed)]
        # Behind a star that is not known no position is certain, and so no origin.
        if not any(column.name == STAR for column in source.columns):
            for column, source_column in zip(columns, source.columns, strict=False):
                column.origin = source_column.origin
        return Relation(columns, rows=self.rows, tables=self.tables)


class ResultSet(Struct, frozen=True):
    """Rows that a module returns to who calls it.

    `conditional`: a run may come to its end without them.
    """

    query: Relation
    conditional: bool


def union(left: Relation, right: Relation) -> Relation:
    """Two relations by position; the names are the left one's.

    What stands behind a star that is not known has no position.
    """
    pairs, unmatched_columns = _matched(left, right)
    columns = []
    for left_column, right_column in pairs:
        flows: Flows = dict(left_column.flows)
        add_flows(flows, right_column.flows)
        columns.append(RelationColumn(left_column.name or right_column.name, flows))
    rows: Flows = dict(left.rows)
    add_flows(rows, right.rows)
    tables: Tables = dict(left.tables)
    add_tables(tables, right.tables)
    merged = Relation(
        columns,
        [*left.open, *right.open],
        left.opaque or right.opaque,
        rows=rows,
        tables=tables,
        partial=left.partial or right.partial,
    )
    if unmatched_columns:
        spread: Flows = {}
        for column in unmatched_columns:
            add_flows(spread, in_part(column.flows))
        merged.star(spread)
    return merged


def _matched(
    left: Relation, right: Relation
) -> tuple[list[tuple[RelationColumn, RelationColumn]], list[RelationColumn]]:
    """The columns that stand at one position, and those that cannot be told apart.

    The latter stand behind the first star of either side.
    """
    nothing = RelationColumn(None, {})
    places = [
        next((place for place, column in enumerate(side.columns) if column.name == STAR), None)
        for side in (left, right)
    ]
    starred = [place for place in places if place is not None]
    end = min(starred) if starred else max(len(left.columns), len(right.columns))
    pairs = [
        (
            left.columns[place] if place < len(left.columns) else nothing,
            right.columns[place] if place < len(right.columns) else nothing,
        )
        for place in range(end)
    ]
    return pairs, [*left.columns[end:], *right.columns[end:]] if starred else []
