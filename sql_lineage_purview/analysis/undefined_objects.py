"""Objects that a change names first, and that nothing defines: as a table that is misspelt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ..model.diagnostics import Diagnostic, Span
from ..model.graph import LineageGraph, Statement
from ..model.known_databases import KnownDatabases
from ..model.names import Name
from ..model.naming import Naming
from ..model.vocabulary import StatementKind


def undefined_objects(
    base: LineageGraph, head: LineageGraph, naming: Naming, known: KnownDatabases
) -> list[Diagnostic]:
    """A finding for each object that the head names, nothing defines, and the base did not name.

    Where the scan need not know all objects, only for those of a schema of which it defines others.

    Args:
        base: the state before.
        head: the state now.
        naming: how names are compared.
        known: the databases of which all objects are known.
    """
    changed = _changed_rows(base, head)
    named = {name for name, *_ in _named(changed)}
    if not named:
        return []
    spelled = {name for name, *_ in _named(base.statements)}
    if named <= spelled:
        return []
    before = set(map(naming.key, spelled)) | _defined(base, naming).keys()
    defined = _defined(head, naming)
    schemas = {_schema(name) for name in defined.values()}
    uses: dict[str, list[tuple[Name, Statement, bool]]] = {}
    for name, statement, is_call in _named(head.statements):
        key = naming.key(name)
        if key not in before and key not in defined and _may_be_defined(name):
            uses.setdefault(key, []).append((name, statement, is_call))
    findings = []
    for (name, statement, is_call), *others in uses.values():
        in_schema = _schema(name) in schemas
        # a function that nothing defines may be a method, or one of the server; what stands in no
        # module may be about a state of before, and what a string names was put together
        is_sure = (
            (in_schema or not is_call or statement.kind is StatementKind.EXECUTE)
            and statement.module is not None
            and not statement.dynamic
        )
        if is_sure and known.knows(name, is_call=is_call):
            findings.append(_finding("SLP903", name, statement, len(others), is_call=is_call))
        elif in_schema:
            findings.append(_finding("SLP904", name, statement, len(others), is_call=is_call))
    return findings


def _finding(
    code: str, name: Name, statement: Statement, others: int, *, is_call: bool
) -> Diagnostic:
    verb = "called" if is_call else "read or written"
    more = f", in {others} more statements too" if others > 1 else ""
    span = Span(statement.line, 1, statement.line, 1)
    return Diagnostic(
        code, f"{name} is {verb} here{more}, and nothing defines it", span, statement.path
    )


def _changed_rows(base: LineageGraph, head: LineageGraph) -> list[Statement]:
    """The statements of the head that the base has not: all others name what it named."""
    if base.statements is head.statements:
        return []
    before = {row.id: row for row in base.statements}
    return [row for row in head.statements if before.get(row.id) != row]


def _named(rows: Iterable[Statement]) -> Iterator[tuple[Name, Statement, bool]]:
    for row in rows:
        for name in (*row.reads, *row.writes):
            yield name, row, False
        for name in row.calls:
            yield name, row, True


def _defined(graph: LineageGraph, naming: Naming) -> Mapping[str, Name]:
    names = [module.name for module in graph.modules]
    names += [
        table.name for table in graph.tables if table.defined_at or table.column_source is not None
    ]
    return {naming.key(name): name for name in names}


def _schema(name: Name) -> tuple[str, ...]:
    return tuple(part.lower() for part in name.parts[:-1])


def _may_be_defined(name: Name) -> bool:
    """Is it a name of an object that a script could define?"""
    return not (
        name.address
        or name.temporary
        or name.template
        or name.system_source
        or len(name.parts) not in (2, 3)
    )
