"""The law: what changes has an edge from what was changed.

And what has an edge changes some time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from random import Random

from sql_lineage_purview.model.graph import LineageGraph
from sql_lineage_purview.model.vocabulary import Subtype
from tests.linking import lineage_of

from .perturbation_choices import Choices, shrunk
from .perturbation_engine import VIEWS, Change, Engine, UnfitError
from .perturbation_programs import program as written
from .perturbation_text import Program, Reading

Node = tuple[str, str | None]


@dataclass(frozen=True)
class Edge:
    """An edge, and the statements that carry it, by their places in the program."""

    source: Node
    target: Node
    subtype: Subtype | None  # None: a table's rows as a whole
    carriers: frozenset[int]

    def __str__(self) -> str:
        (table, column), (to, into) = self.source, self.target
        return f"{table}.{column} -> {to}{f'.{into}' if into else ''}  {self.subtype}"


@dataclass
class Finding:
    """What a program showed. `unconfirmed`: edges whose target never changed with their source."""

    program: Program
    changes: int = 0
    missed: list[Change] = field(default_factory=list)
    diagnostics: list[str] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    unconfirmed: list[Edge] = field(default_factory=list)


def examine(choices: Sequence[int], seed: int, *, seeds: int = 2, more: int = 0) -> Finding:
    """Run the program of these choices over the data of some seeds.

    Over `more` where edges are not confirmed yet.

    Raises:
        UnfitError: the engine does not run the program.
    """
    program = written(Choices(choices))
    graph = lineage_of(program.scripts(Reading.TSQL))
    edges = edges_of(graph, program)
    all_edges = [*edges, *_removals(program)]
    unconfirmed = [edge for edge in edges if edge.subtype is not None]
    finding = Finding(program, edges=list(unconfirmed), diagnostics=_diagnostics(graph, program))
    for number in range(seed, seed + seeds + more):
        if number >= seed + seeds and not unconfirmed:
            break
        changes = observed(program, number)
        finding.changes += len(changes)
        unconfirmed = [
            edge
            for edge in unconfirmed
            if not any(_confirms(change, edge, program) for change in changes)
        ]
        missed = unexplained(changes, all_edges, program)
        if missed and _lasting(program, number, all_edges):
            finding.missed += missed
    finding.unconfirmed = unconfirmed
    return finding


def witnesses(choices: Sequence[int], seed: int) -> list[Subtype]:
    """The subtypes of the edges of a program that would be missed, were they not there."""
    program = written(Choices(choices))
    edges = edges_of(lineage_of(program.scripts(Reading.TSQL)), program)
    known = [*edges, *_removals(program)]
    try:
        changes = observed(program, seed)
    except UnfitError:
        return []
    return [
        edge.subtype
        for edge in edges
        if edge.subtype
        and unexplained(changes, [other for other in known if other is not edge], program)
    ]


def observed(program: Program, seed: int, *, backwards: bool = False) -> set[Change]:
    """What changes over the data of a seed."""
    with Engine(program, seed, backwards=backwards) as engine:
        return set(engine.changes())


def unexplained(changes: Iterable[Change], edges: Sequence[Edge], program: Program) -> list[Change]:
    """The changes that no edges lead to."""
    found = [change for change in changes if not _explained(change, edges, program)]
    return sorted(found, key=lambda change: (change.start, change.end, str(change)))


def drawn(seed: int) -> list[int]:
    """The choices of a random program."""
    choices = Choices(random=Random(seed))  # noqa: S311  # a program, not a secret
    written(choices)
    return choices.taken


def smallest(choices: Sequence[int], seed: int) -> list[int]:
    """The smallest program found that still misses an edge."""

    def fails(candidate: Sequence[int]) -> bool:
        try:
            found = examine(candidate, seed)
        except UnfitError:
            return False
        return bool(found.missed)

    return shrunk(choices, fails)


def _diagnostics(graph: LineageGraph, program: Program) -> list[str]:
    """Findings.

    A procedure that reads its caller's temporary tables cannot be understood for itself.
    """
    if program.called:
        return []
    return [f"{diagnostic.code} {diagnostic.message}" for diagnostic in graph.diagnostics]


def edges_of(graph: LineageGraph, program: Program) -> list[Edge]:
    """The edges of a graph, with the places of the statements that carry them."""
    places = {
        row.id: VIEWS if row.path == "views.sql" else program.statement_at(row.line)
        for row in graph.statements
    }

    def carriers(ids: Iterable[str]) -> frozenset[int]:
        return frozenset(places[statement] for statement in ids)

    rows = [
        Edge(
            (str(edge.source.table), edge.source.column),
            (str(edge.target.table), edge.target.column),
            edge.subtype,
            carriers(edge.statements),
        )
        for edge in graph.column_lineage
    ]
    rows += [
        Edge((str(edge.source), None), (str(edge.target), None), None, carriers(edge.statements))
        for edge in graph.table_lineage
    ]
    return rows


def _removals(program: Program) -> list[Edge]:
    """What decides about rows as duplicates go, with no edge unless GROUP BY says so."""
    scripts = program.scripts(Reading.GROUPED)
    if scripts == program.scripts(Reading.TSQL):
        return []
    return [
        edge for edge in edges_of(lineage_of(scripts), program) if edge.subtype is Subtype.GROUP_BY
    ]


def _confirms(change: Change, edge: Edge, program: Program) -> bool:
    if edge.source not in _changed(change, program) or edge.target[0] != change.target:
        return False
    if edge.target[1] is not None and edge.target[1] not in change.columns:
        # The values are the same, but stand in other rows: a column that others are told apart
        # from.
        return not change.columns and edge.carriers == {change.end}
    return change.end in edge.carriers or VIEWS in edge.carriers


def _changed(change: Change, program: Program) -> list[Node]:
    """The column that was changed, and those computed from it."""
    computed = [
        column
        for table in program.tables
        if table.name == change.table
        for column in table.computed
    ]
    return [(change.table, column) for column in (change.column, *computed)]


def _explained(change: Change, edges: Iterable[Edge], program: Program) -> bool:
    reached = _reached(change, edges, program)
    if (change.target, None) in reached:
        return True
    if not change.columns:
        return any(table == change.target for table, _ in reached)
    return all((change.target, column) in reached for column in change.columns)


def _reached(change: Change, edges: Iterable[Edge], program: Program) -> set[Node]:
    """What may change: all that edges lead to, if carried from the change until it was seen."""
    times = {VIEWS, *range(change.start, change.end + 1)}
    onward: dict[Node, list[Node]] = defaultdict(list)
    # where a table's rows lead to: wherever any of its columns does
    by_table: dict[str, list[Node]] = defaultdict(list)
    for edge in edges:
        if edge.carriers & times:
            onward[edge.source].append(edge.target)
            by_table[edge.source[0]].append(edge.target)
    deciding = {
        target
        for number in times - {VIEWS}
        for target in program.statements[number].targets
        if program.statements[number].decides
    }
    reached: set[Node] = set()
    ahead = _changed(change, program)
    while ahead:
        node = ahead.pop()
        if node in reached:
            continue
        reached.add(node)
        ahead += onward[node] if node[1] is not None else by_table[node[0]]
        # a table's own columns decide without an edge unless a value of it flows
        if node[0] in deciding:
            ahead.append((node[0], None))
    return reached


def _lasting(program: Program, seed: int, edges: Sequence[Edge]) -> bool:
    """Is an edge missed too where rows come in another order?

    If not, the program is at fault: its result hangs on the order.
    """
    try:
        return any(
            unexplained(observed(program, seed + more, backwards=True), edges, program)
            for more in range(5)
        )
    except UnfitError:
        return False


def report_of(finding: Finding) -> str:
    """A finding for people: the program, and which changes have no edge."""
    scripts = [f"-- {path}\n{text}" for path, text in finding.program.scripts(Reading.TSQL).items()]
    missed = dict.fromkeys(
        f"{c.table}.{c.column} changed {c.target} ({', '.join(sorted(c.columns)) or 'rows'})"
        for c in finding.missed
    )
    return "\n".join([*scripts, *finding.diagnostics, *missed])
