"""Scopes: which columns a name can mean at a place in a query.

Source: https://learn.microsoft.com/sql/t-sql/queries/from-transact-sql, and for names that an inner
query shares with an outer one
https://learn.microsoft.com/sql/relational-databases/performance/subqueries (qualifying column names
in subqueries).
"""

from __future__ import annotations

from msgspec import Struct, field

from ...model.graph import Column
from ...model.names import Name
from ...model.naming import Naming
from .provenance import EXACT, EXPANDED, INFERRED, Flows, Provenance, flow, followed_by
from .relation import Relation
from .relation_columns import STAR, RelationColumn

# https://learn.microsoft.com/sql/t-sql/queries/select-clause-transact-sql
_PROPERTIES = {
    "$IDENTITY": "IDENTITY",
    "IDENTITYCOL": "IDENTITY",
    "$ROWGUID": "ROWGUIDCOL",
    "ROWGUIDCOL": "ROWGUIDCOL",
}

# Properties of geography and geometry:
# https://learn.microsoft.com/sql/t-sql/spatial-geography/lat-geography-data-type
_OF_SPATIAL_TYPES = frozenset(
    {"lat", "long", "z", "m", "hasz", "hasm", "stx", "sty", "stsrid", "isnull"}
)


class FromItem(Struct, frozen=True):
    """A bound item of FROM. `alias` is None where the table's own name serves.

    `alias_key` is what its spellings share.
    """

    bound: Relation
    alias: str | None
    name: Name | None = None
    alias_key: str | None = None


class Scope(Struct):
    """The items of one FROM, as far as it is bound, and the scope around it.

    `named`: the items that a qualifier names among so many.
    """

    naming: Naming
    items: list[FromItem] = field(default_factory=list)
    outer: Scope | None = None
    named: dict[tuple[tuple[str, ...], int], list[FromItem]] = field(default_factory=dict)


class ResolvedColumn(Struct, frozen=True):
    """What a column name means: its flows, which are those of whom it is taken from.

    `base`: the persistent column itself, where it is one. `missing`: no such one.

    `origin` as in `RelationColumn`. `extension`: it may be a column of a temporary table that has
    more than are known, see `Relation`.
    """

    flows: Flows
    base: Column | None = None
    missing: bool = False
    origin: Column | None = None
    extension: str = ""


class AmbiguousColumn(Struct, frozen=True):
    """Several items could have the column."""

    candidates: tuple[str, ...]


class UnresolvedColumn(Struct, frozen=True):
    """No item has the column."""


def resolve(
    scope: Scope | None, parts: tuple[str, ...]
) -> ResolvedColumn | AmbiguousColumn | UnresolvedColumn:
    """Settle a column name against the items in scope, from the innermost FROM outwards."""
    if len(parts) > 1:
        resolution = _qualified(scope, parts[:-1], parts[-1])
        if resolution is None and len(parts) > 2:  # alias.column.property of a CLR or xml column
            resolution = _qualified(scope, parts[:1], parts[1])
        return resolution or _with_property(scope, parts)
    return _bare(scope, parts[0])


def _with_property(
    scope: Scope | None, parts: tuple[str, ...]
) -> ResolvedColumn | UnresolvedColumn:
    """`column.property` of a CLR type.

    Of a table whose columns are not known only the server's own types have such columns.
    """
    inner = _bare(scope, parts[0])
    if not isinstance(inner, ResolvedColumn) or inner.missing:
        return UnresolvedColumn()
    owners = _known_outside(scope, parts[0])
    return (
        inner
        if owners or (len(parts) == 2 and parts[1].casefold() in _OF_SPATIAL_TYPES)
        else UnresolvedColumn()
    )


def _qualified(
    scope: Scope | None, qualifier: tuple[str, ...], column: str
) -> ResolvedColumn | AmbiguousColumn | None:
    while scope:
        named = _matching_here(scope, qualifier)
        if named:
            return _in_one_of(scope.naming, named, qualifier, column)
        scope = scope.outer
    return None


def _in_one_of(
    naming: Naming, named: list[FromItem], qualifier: tuple[str, ...], column: str
) -> ResolvedColumn | AmbiguousColumn:
    """A column of the item that a qualifier names.

    Of tables that differ by their schema it is the one that has the column.
    """
    if len(named) == 1:
        return _once_in(naming, named[0], column, EXACT)
    # an alias wins over a table of that name
    aliased = [item for item in named if item.alias is not None]
    exact = [
        item
        for item in named
        if item.name and naming.folded(item.name.parts) == naming.folded(qualifier)
    ]
    candidates = aliased or exact or named
    having = [
        item
        for item in candidates
        if len(candidates) == 1 or not item.bound.closed or lookup(naming, item.bound, column)
    ]
    if len(having) > 1 and not aliased:
        return AmbiguousColumn(tuple(_label(item) for item in having))
    return _once_in(naming, (having or candidates)[0], column, EXACT)


def _matching_here(scope: Scope, qualifier: tuple[str, ...]) -> list[FromItem]:
    """The items that a qualifier names.

    It names an item by its alias, or else by some or all parts of the name of its table.
    """
    asked = (qualifier, len(scope.items))
    if asked not in scope.named:
        scope.named[asked] = _looked_up(scope, qualifier)
    return scope.named[asked]


def _looked_up(scope: Scope, qualifier: tuple[str, ...]) -> list[FromItem]:
    naming = scope.naming
    asked = naming.folded(
        naming.canonical(Name(qualifier)).parts if len(qualifier) > 1 else qualifier
    )
    alias = asked[0] if len(qualifier) == 1 else None
    return [
        item
        for item in scope.items
        if (
            item.alias_key == alias
            if item.alias_key is not None
            else _has_name(naming, item, asked)
        )
    ]


def _has_name(naming: Naming, item: FromItem, asked: tuple[str, ...]) -> bool:
    if item.name is None:
        return False
    names = [naming.canonical(item.name)]
    # not the base of a synonym
    if item.bound.base and naming.fold(item.bound.base.object) == naming.fold(item.name.object):
        names.append(item.bound.base)
    return any(naming.folded(name.parts)[-len(asked) :] == asked for name in names)


def matching(scope: Scope, qualifier: tuple[str, ...]) -> list[FromItem]:
    """The items that `qualifier.*` stands for; all of them where it is empty."""
    if not qualifier:
        return scope.items
    level: Scope | None = scope
    while level:
        items = _matching_here(level, qualifier)
        if items:
            return items
        level = level.outer
    return []


def lookup(naming: Naming, bound: Relation, column: str) -> RelationColumn | None:
    """The column of a relation by name, or by its property."""
    kind = _PROPERTIES.get(column.upper())
    if kind:
        return next((candidate for candidate in bound.columns if candidate.property == kind), None)
    return bound.column(column, naming)


def is_property(column: str | None) -> bool:
    """Does a name stand for a column by its property?"""
    return (column or "").upper() in _PROPERTIES


def _once_in(
    naming: Naming, item: FromItem, column: str, provenance: Provenance
) -> ResolvedColumn | AmbiguousColumn:
    """A column that is certainly this item's, unless its name is ambiguous there."""
    return _several_in(naming, item, column) or _in_item(naming, item, column, provenance)


def _several_in(naming: Naming, item: FromItem, column: str) -> AmbiguousColumn | None:
    """A name is ambiguous where a query that stands there gives several columns that name."""
    bound = item.bound
    if not bound.base and column != STAR and bound.has_namesakes(naming):
        namesakes = bound.namesakes(column, naming)
        if any(namesake.flows != namesakes[0].flows for namesake in namesakes[1:]):
            return AmbiguousColumn((f"{_label(item)}, which has several of this name",))
    return None


def _in_item(naming: Naming, item: FromItem, column: str, provenance: Provenance) -> ResolvedColumn:
    """A column that is certainly this item's."""
    bound = item.bound
    bound_column = lookup(naming, bound, column)
    if bound_column:
        return _found(bound, bound_column, column, provenance)
    if bound.open:
        sure = (
            provenance
            if (bound.base and not bound.transient) or bound.open[0].address
            else provenance & EXPANDED
        )
        if len(bound.open) > 1 or is_property(column):
            return ResolvedColumn(bound.unknown())
        table = bound.open[0]
        origin = Column(bound.base or table, column)
        # one object for all that is noted of it: of wide tables there are many
        source = origin if origin.table is table else Column(table, column)
        return ResolvedColumn(
            bound.from_open(source, sure), origin if bound.base else None, origin=origin
        )
    every = lookup(naming, bound, STAR)
    if bound.extension:
        return ResolvedColumn(every.flows if every else {}, extension=bound.extension)
    if bound.opaque or every:  # of a document whose columns are not told, each is the document's
        return ResolvedColumn(every.flows if every else {})
    if bound.base and not is_property(column):  # the text says so, the definition does not
        origin = Column(bound.base, column)
        return ResolvedColumn(
            {} if bound.transient else flow(origin, provenance), origin, missing=True, origin=origin
        )
    return ResolvedColumn({}, missing=True)


def _found(
    bound: Relation, bound_column: RelationColumn, column: str, provenance: Provenance
) -> ResolvedColumn:
    flows = bound_column.flows
    if provenance is not EXACT:
        flows = followed_by(flows, provenance)
    origin = bound_column.origin
    # of a table, a column is its own origin, and one object is enough
    base = Column(bound.base, bound_column.name or column) if bound.base else None
    return ResolvedColumn(flows, origin if base == origin else base, origin=origin)


def _bare(scope: Scope | None, column: str) -> ResolvedColumn | AmbiguousColumn | UnresolvedColumn:
    level = scope
    extended: FromItem | None = None
    alone = False
    while level:
        # the innermost query that has the column wins, also where an outer one has it too
        having = [
            (item, bound_column)
            for item in level.items
            if (bound_column := lookup(level.naming, item.bound, column))
        ]
        if len(having) > 1:
            return AmbiguousColumn(tuple(_label(item) for item, _ in having))
        for item, bound_column in having:
            # of several tables it is this one only as far as the definitions are right
            sure = EXACT if len(level.items) == 1 else EXPANDED
            return _several_in(level.naming, item, column) or _found(
                item.bound, bound_column, column, sure
            )
        alone = scope is not None and len(scope.items) == 1 and not _has_items(scope.outer)
        open_items = [item for item in level.items if _may_have_more(level.naming, item.bound)]
        extended = extended or next((item for item in level.items if item.bound.extension), None)
        outside = _known_outside(level.outer, column) if open_items and not alone else []
        if (len(open_items) > 1 or outside) and not any(
            _gives(item.bound) for item in (*open_items, *outside)
        ):
            # whichever it is, it brings nothing: most often a column of one of the system's views
            return ResolvedColumn({})
        if len([item for item in open_items if not item.bound.extension]) > 1:
            return AmbiguousColumn(tuple(_label(item) for item in open_items))
        if extended and open_items:
            break
        if open_items:
            if outside:
                return AmbiguousColumn((_label(open_items[0]), "the query around it"))
            single = len(level.items) == 1 and level is scope and not _open_outside(level.outer)
            return _in_item(level.naming, open_items[0], column, EXACT if single else INFERRED)
        level = level.outer
    if extended:
        return ResolvedColumn({}, extension=extended.bound.extension)
    # the only table there is: the text knows better than a definition that lacks the column
    if alone and scope and scope.items[0].bound.base:
        return _in_item(scope.naming, scope.items[0], column, EXACT)
    return UnresolvedColumn()


def _may_have_more(naming: Naming, bound: Relation) -> bool:
    """Can it have a column that is not known by name?"""
    return not bound.closed or bound.column(STAR, naming) is not None


def _has_items(scope: Scope | None) -> bool:
    while scope:
        if scope.items:
            return True
        scope = scope.outer
    return False


def _gives(bound: Relation) -> bool:
    """Does anything flow out of a relation that a table holds?"""
    return bool(
        bound.open
        or bound.tables
        or bound.extension
        or any(column.flows for column in bound.columns)
    )


def _known_outside(scope: Scope | None, column: str) -> list[FromItem]:
    """The items of the innermost query around that has a column of this name."""
    while scope:
        having = [item for item in scope.items if lookup(scope.naming, item.bound, column)]
        if having:
            return having
        scope = scope.outer
    return []


def _open_outside(scope: Scope | None) -> bool:
    while scope:
        if any(_may_have_more(scope.naming, item.bound) for item in scope.items):
            return True
        scope = scope.outer
    return False


def _label(item: FromItem) -> str:
    return item.alias or (str(item.name) if item.name else "a derived table")
