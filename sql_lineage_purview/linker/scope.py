"""Scopes: which columns a name can mean at a place in a query.

Source: https://learn.microsoft.com/sql/t-sql/queries/from-transact-sql, and for names that an inner query shares with an outer
one https://learn.microsoft.com/sql/relational-databases/performance/subqueries (qualifying column names in subqueries).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ..model.graph import Column
from ..model.names import Name
from ..model.naming import Naming
from .bound import STAR, Bound, BoundColumn
from .flows import EXACT, EXPANDED, INFERRED, Flows, Way, flow

# https://learn.microsoft.com/sql/t-sql/queries/select-clause-transact-sql
_PROPERTIES = {"$IDENTITY": "IDENTITY", "IDENTITYCOL": "IDENTITY", "$ROWGUID": "ROWGUIDCOL", "ROWGUIDCOL": "ROWGUIDCOL"}


@dataclass(frozen=True, slots=True)
class Item:
    """A bound item of FROM. `alias` is None where the table's own name serves."""

    bound: Bound
    alias: str | None
    name: Name | None = None


@dataclass(slots=True)
class Scope:
    """The items of one FROM, and the scope around it."""

    naming: Naming
    items: list[Item] = field(default_factory=list)
    outer: Scope | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What a column name means: its flows. `base`: the persistent column itself, where it is one. `missing`: no such one."""

    flows: Flows
    base: Column | None = None
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Several items could have the column."""

    candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unknown:
    """No item has the column."""


def resolve(scope: Scope | None, parts: tuple[str, ...]) -> Found | Ambiguous | Unknown:
    """Settle a column name against the items in scope, from the innermost FROM outwards."""
    if len(parts) > 1:
        found = _qualified(scope, parts[:-1], parts[-1])
        if found is None and len(parts) > 2:  # alias.column.property of a CLR or xml column
            found = _qualified(scope, parts[:1], parts[1])
        if found is None:  # column.property
            inner = _bare(scope, parts[0])
            found = inner if isinstance(inner, Found) and not inner.missing else None
        return found or Unknown()
    return _bare(scope, parts[0])


def _qualified(scope: Scope | None, qualifier: tuple[str, ...], column: str) -> Found | None:
    while scope:
        named = [item for item in scope.items if _answers_to(scope.naming, item, qualifier)]
        if named:  # an alias wins over a table of that name
            item = min(named, key=lambda item: (item.alias is None, len(item.name.parts) if item.name else 0))
            return _in_item(scope.naming, item, column, EXACT)
        scope = scope.outer
    return None


def _answers_to(naming: Naming, item: Item, qualifier: tuple[str, ...]) -> bool:
    if item.alias is not None:
        return len(qualifier) == 1 and naming.fold(item.alias) == naming.fold(qualifier[0])
    if item.name is None or len(qualifier) > len(item.name.parts):
        return False
    own = item.name.parts[-len(qualifier) :]
    return [naming.fold(p) for p in own] == [naming.fold(p) for p in qualifier]


def matching(scope: Scope, qualifier: tuple[str, ...]) -> list[Item]:
    """The items that `qualifier.*` stands for; all of them where it is empty."""
    if not qualifier:
        return scope.items
    level: Scope | None = scope
    while level:
        found = [item for item in level.items if _answers_to(level.naming, item, qualifier)]
        if found:
            return found
        level = level.outer
    return []


def lookup(naming: Naming, bound: Bound, column: str) -> BoundColumn | None:
    """The column of a relation by name, or by its property."""
    wanted = naming.fold(column)
    kind = _PROPERTIES.get(column.upper())
    if kind:
        return next((candidate for candidate in bound.columns if candidate.property == kind), None)
    for candidate in bound.columns:
        if candidate.name is not None and naming.fold(candidate.name) == wanted:
            return candidate
    return None


def _in_item(naming: Naming, item: Item, column: str, way: Way) -> Found:
    """A column that is certainly this item's."""
    bound = item.bound
    known = lookup(naming, bound, column)
    if known:
        flows: Flows = {key: own & way for key, own in known.flows.items()}
        return Found(flows, Column(bound.base, known.name or column) if bound.base else None)
    if bound.open:
        sure = way if bound.base or bound.open[0].address else way & EXPANDED
        if len(bound.open) > 1:
            return Found(bound.unknown())
        table = bound.open[0]
        return Found(bound.from_open(table, column, sure), Column(table, column) if bound.base else None)
    if bound.opaque:  # of a document whose columns are not told, each is the document's
        every = lookup(naming, bound, STAR)
        return Found(every.flows if every else {})
    if bound.base:  # the text says so, the definition does not
        return Found(flow(Column(bound.base, column), way), Column(bound.base, column), missing=True)
    return Found({}, missing=True)


def _bare(scope: Scope | None, column: str) -> Found | Ambiguous | Unknown:
    alone = scope is not None and len(scope.items) == 1 and not _has_items(scope.outer)
    level = scope
    while level:
        having = [item for item in level.items if lookup(level.naming, item.bound, column)]
        open_items = [item for item in level.items if not item.bound.closed]
        if len(having) > 1:
            return Ambiguous(tuple(_label(item) for item in having))
        if having:
            sure = EXACT if len(level.items) == 1 else EXPANDED
            return _in_item(level.naming, having[0], column, sure)
        if len(open_items) > 1:
            return Ambiguous(tuple(_label(item) for item in open_items))
        if open_items:
            if not alone and _known_outside(level.outer, column):
                return Ambiguous((_label(open_items[0]), "the query around it"))
            single = len(level.items) == 1 and level is scope and not _open_outside(level.outer)
            return _in_item(level.naming, open_items[0], column, EXACT if single else INFERRED)
        level = level.outer
    if alone and scope and scope.items[0].bound.base:
        return _in_item(scope.naming, scope.items[0], column, EXACT)
    return Unknown()


def _has_items(scope: Scope | None) -> bool:
    while scope:
        if scope.items:
            return True
        scope = scope.outer
    return False


def _known_outside(scope: Scope | None, column: str) -> bool:
    while scope:
        if any(lookup(scope.naming, item.bound, column) for item in scope.items):
            return True
        scope = scope.outer
    return False


def _open_outside(scope: Scope | None) -> bool:
    while scope:
        if not all(item.bound.closed for item in scope.items):
            return True
        scope = scope.outer
    return False


def _label(item: Item) -> str:
    return item.alias or (str(item.name) if item.name else "a derived table")
