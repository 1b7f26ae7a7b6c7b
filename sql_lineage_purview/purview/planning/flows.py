"""Flows: how a module, or a loose script, fills tables. The value that all stages hand on."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from sql_lineage_purview.model.graph import ColumnEdge, Statement
    from sql_lineage_purview.model.names import Name
    from sql_lineage_purview.model.vocabulary import EdgeType


Writer: TypeAlias = "tuple[Name | None, str]"
"""Who fills tables: a module, or (None) the script of a path."""


class Transfer(Struct, frozen=True):
    """Data of `source` reaches `target`; INDIRECT where it only decides which rows come.

    Args:
        source: Where from.
        target: Where to.
        type: DIRECT or INDIRECT.
        statements: Those of the writer that take part; none where people declare it.
        columns_known: Are there edges of columns that say more? Data that flows without any reaches
            nobody knows which columns.
    """

    source: Name
    target: Name
    type: EdgeType
    statements: tuple[Statement, ...] = ()
    columns_known: bool = True


class Carrier(Struct, frozen=True, order=True):
    """Who fills a table: a module, or (empty) a loose script, in which lines of which script.

    Or a person's word there.
    """

    module: str
    path: str
    first_line: int
    last_line: int
    declared: bool = False


class Passage(Struct, frozen=True):
    """A table without an asset that a flow's data comes through, and who fills it."""

    table: Name
    carriers: tuple[Carrier, ...]


class Flow(Struct, frozen=True):
    """How `module` fills `targets`, in the lines from `first_line` to `last_line`.

    Where `module` is None, the loose script at `path` does.

    `statements` are those of the writer that take part. `number` counts, from 1, the writer's
    statements that fill the target where each statement is a flow of its own; else it is 0.
    `declared`: people say so at that place, which derives from no text. `through` are the tables
    without an asset that some of its data comes through; see `bridge`.
    """

    module: Name | None
    path: str
    targets: tuple[Name, ...]
    first_line: int
    last_line: int
    transfers: tuple[Transfer, ...]
    columns: tuple[ColumnEdge, ...]
    statements: tuple[Statement, ...]
    number: int = 0
    per_writer: bool = False
    declared: bool = False
    through: tuple[Passage, ...] = ()

    @property
    def writer(self) -> str:
        """The module's name, else the script's path; of what people declare that word."""
        if self.declared:
            return "declared"
        return self.path if self.module is None else str(self.module)

    @property
    def sources(self) -> tuple[Name, ...]:
        """What is read, each name once."""
        return tuple(dict.fromkeys(transfer.source for transfer in self.transfers))


def script_path(statement: Statement) -> str:
    """The path of a statement's script; bytes of a file name that are no text cannot be sent."""
    return statement.path.encode("utf-8", "replace").decode()


def with_transfers(flow: Flow, transfers: tuple[Transfer, ...]) -> Flow:
    """A flow of other transfers, with the statements of its script that take part, in order."""
    rows = {
        row.id: row
        for transfer in transfers
        for row in transfer.statements
        if script_path(row) == flow.path
    }
    if not rows:
        return replace(flow, transfers=transfers)
    lines = sorted(rows.values(), key=_ordinal)
    first, last = min(row.line for row in lines), max(row.end_line for row in lines)
    return replace(
        flow, transfers=transfers, statements=tuple(lines), first_line=first, last_line=last
    )


def _ordinal(statement: Statement) -> int:
    """The place of a statement in its script, which its id ends with."""
    # As a number: of texts `#10` would stand before `#9`.
    return int(statement.id.rpartition("#")[2])


def writer_of(flow: Flow) -> Writer:
    """Whose flow it is: a module's, or that of the script at a path."""
    return flow.module, "" if flow.module else flow.path


def lines_of(flow: Flow, transfer: Transfer) -> tuple[int, int]:
    """The first and the last line, in the flow's script, of what carries a transfer."""
    rows = [row for row in transfer.statements if script_path(row) == flow.path]
    if not rows:
        return flow.first_line, flow.last_line
    return min(row.line for row in rows), max(row.end_line for row in rows)


def without(flows: Iterable[Flow], excluded: Collection[Name]) -> tuple[Flow, ...]:
    """The flows that are left where nothing comes from some tables, nor goes to them."""
    return (
        tuple(remainder for flow in flows if (remainder := _without(flow, excluded)).transfers)
        if excluded
        else tuple(flows)
    )


def _without(flow: Flow, excluded: Collection[Name]) -> Flow:
    transfers = tuple(
        row for row in flow.transfers if row.source not in excluded and row.target not in excluded
    )
    # Most flows lose nothing: they stay the same value, with the lines that they have.
    if transfers == flow.transfers:
        return flow
    remaining = {row.target for row in transfers}
    targets = tuple(name for name in flow.targets if name in remaining)
    columns = tuple(
        row
        for row in flow.columns
        if row.source.table not in excluded and row.target.table not in excluded
    )
    return with_transfers(replace(flow, targets=targets, columns=columns), transfers)


def placed_path(folder: str, path: str) -> str:
    """The path of a script below a folder (`sales`).

    What a live database holds has an address, which stays.
    """
    return f"{folder}/{path}" if folder and "://" not in path else path
