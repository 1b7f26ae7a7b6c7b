"""Edges by the modules that carry them: each module once, what it brings below it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct

from ..model.graph import Location
from .drawing import Fragment, Meaning, at
from .places import Places, statement_kind, statement_place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ..model.graph import LineageGraph, Module, Statement
    from ..model.names import Name
    from .drawing import Branch

Payload = TypeVar("Payload")


class EdgeCarrier(Struct, frozen=True):
    """What carries an edge within one module, or within a script outside of modules.

    Args:
        statement: The first statement of the module that writes a table which persists.
        more: How many others take part: such as write it too, and such as fill what is followed
            through on the way.
        is_target: Is the module what it writes, as a view is? Then its name is on the line already.
    """

    statement: Statement
    more: int
    is_target: bool = False

    @property
    def key(self) -> tuple[str, Name | None]:
        """What the statements of one module of one file share."""
        return (self.statement.path, self.statement.module)


class CarriedLine(Struct, frozen=True):
    """A line of a tree: what stands on it, and what carries the edge to it.

    Args:
        fragments: The name of the end, and how its data comes.
        carrier: None where no statement does, as of what a person declares.
        remarks: What stands at the end of the line.
    """

    fragments: tuple[Fragment, ...]
    carrier: EdgeCarrier | None = None
    remarks: tuple[Fragment, ...] = ()


class EdgeCarriers:
    """The statements and modules of a graph, by what edges and lines of trees need of them."""

    def __init__(self, graph: LineageGraph) -> None:
        self._places = Places(graph)
        self._modules = {(module.path, module.name): module for module in graph.modules}

    def of(self, ids: Iterable[str], target: Name) -> list[EdgeCarrier | None]:
        """What carries an edge into a target: one row for each module that writes it.

        Where none of the statements names the target, as through a synonym, it is the module of
        the first; None where nothing carries it.
        """
        groups: dict[object, list[Statement]] = {}
        for row in self._places.all(dict.fromkeys(ids)):
            groups.setdefault((row.path, row.module), []).append(row)
        writing = [rows for rows in groups.values() if any(_writes(row, target) for row in rows)]
        passing = sum(map(len, groups.values())) - sum(map(len, writing))
        if not writing:
            everything = [row for rows in groups.values() for row in rows]
            if not everything:
                return [None]
            writing, passing = [everything], 0
        return [self._carrier(rows, len(rows) - 1 + passing, target) for rows in writing]

    def _carrier(self, rows: Sequence[Statement], more: int, target: Name) -> EdgeCarrier:
        row = self._places.first([row.id for row in rows]) or rows[0]
        return EdgeCarrier(row, more, is_target=row.module == target)

    def grow(
        self, branch: Branch, lines: Sequence[tuple[CarriedLine, Payload]]
    ) -> list[tuple[Branch, Payload]]:
        """Hang lines below a branch, those of one module below its name.

        What alone comes from a module has it on its line. The lines come back from top to bottom,
        each with what it was given with.
        """
        groups: dict[object, list[tuple[CarriedLine, Payload]]] = {}
        for number, row in enumerate(lines):
            carrier = row[0].carrier
            groups.setdefault(carrier.key if carrier else number, []).append(row)
        return [pair for rows in groups.values() for pair in self._hang(branch, rows)]

    def _hang(
        self, branch: Branch, rows: Sequence[tuple[CarriedLine, Payload]]
    ) -> Iterator[tuple[Branch, Payload]]:
        first = rows[0][0].carrier
        many = first is not None and len(rows) > 1
        parent = branch.add(*self._heading(first.statement)) if first and many else branch
        for line, payload in rows:
            place = _place(line.carrier, below_module=many) if line.carrier else ()
            yield parent.add(*line.fragments, *place, *line.remarks), payload

    def _heading(self, statement: Statement) -> tuple[Fragment, ...]:
        if statement.module is None:
            return (Fragment("script", Meaning.KIND), at(Location(statement.path, 0)))
        module = self._module(statement)
        kind = (Fragment(module.kind.value, Meaning.KIND),) if module else ()
        place = Location(statement.path, module.line if module else statement.line)
        return (Fragment(str(statement.module), Meaning.MODULE), *kind, at(place))

    def _module(self, statement: Statement) -> Module | None:
        return self._modules.get((statement.path, statement.module)) if statement.module else None


def _writes(statement: Statement, target: Name) -> bool:
    return any(name.key == target.key for name in (*statement.writes, *statement.reached))


def _place(carrier: EdgeCarrier, *, below_module: bool) -> tuple[Fragment, ...]:
    """`MERGE in dbo.usp_Load, etl/load.sql:12 and 2 more`, below its module `MERGE, line 12`."""
    row = carrier.statement
    if not below_module:
        return statement_place(row, carrier.more, module=None if carrier.is_target else row.module)
    more = (Fragment(f"and {carrier.more} more", Meaning.PLACE, joint=" "),) if carrier.more else ()
    text = f"{statement_kind(row)}, line {row.line}"
    return (Fragment(text, Meaning.PLACE, Location(row.path, row.line)), *more)
