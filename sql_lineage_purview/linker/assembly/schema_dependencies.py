"""What the files name without moving data, by the full names of the objects: keys, indexes, ALTER.

It depends on the facts alone, and nothing of the lineage depends on it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from ...model.diagnostics import Span
from ...model.facts import DependencyFact, ModuleFact, ObjectFact, SourceFile
from ...model.graph import Location, SchemaDependency, SchemaObject
from ...model.names import Name
from ...model.vocabulary import DependencyKind
from ..context.link_context import LinkContext
from ..definitions.scan_definitions import Definitions, module_name

# They are gone with their column, without a word of the script that drops it.
_GOING_ALONG = frozenset((DependencyKind.EXTENDED_PROPERTY, DependencyKind.PERMISSION))
OF_MODULES = frozenset((DependencyKind.ALTERATION, DependencyKind.DROP))
# A table or key by its table's key and its own name, as names are compared.
SchemaPart: TypeAlias = tuple[str, str]


def schema_dependencies(
    files: Sequence[SourceFile], context: LinkContext
) -> tuple[SchemaDependency, ...]:
    """What names tables and columns, in the order of the files.

    A key or index that a script further on drops is there no more; what a script alters or drops
    outside of all modules was done when it was deployed.

    Args:
        files: those of the scan, in the order of their paths.
        context: of the linking.
    """
    names = _DependencyNames(context)
    rows = [row for file in files for row in _rows(file, names)]
    dropped = {
        names.part(row.target, row.label): (place, row.module)
        for place, row in enumerate(rows)
        if row.kind is DependencyKind.ALTERATION and row.label
    }
    standing = [
        row
        for place, row in enumerate(rows)
        if row.module is not None
        or not (row.kind in OF_MODULES or _is_dropped(row, place, dropped, names))
    ]
    return tuple(_with_key_columns(dict.fromkeys(standing), names))


def schema_dependencies_beside(
    others: Sequence[SchemaDependency],
    files: Sequence[SourceFile],
    dropped: AbstractSet[SchemaPart],
    context: LinkContext,
) -> list[SchemaDependency] | None:
    """What some files name, where that of all others is known.

    None where it cannot be said without them.

    Args:
        others: what other files name.
        files: the files, in the order of their paths.
        dropped: the keys and indexes that a script of the scan drops; none of these does.
        context: of the linking.
    """
    names = _DependencyNames(context)
    rows = [
        row
        for file in files
        for row in _rows(file, names)
        if row.module is not None or row.kind not in OF_MODULES
    ]
    if any(row.module is None and not dropped.isdisjoint(_parts(row, names)) for row in rows):
        return None
    paths = {file.path for file in files}
    listed = sorted((*others, *dict.fromkeys(rows)), key=lambda row: row.path)
    filled = list(_with_key_columns(listed, names))
    if [row for row in filled if row.path not in paths] != list(others):
        return None
    return [row for row in filled if row.path in paths]


def dropped_parts(files: Iterable[SourceFile], context: LinkContext) -> set[SchemaPart]:
    """The keys, indexes and columns that scripts drop."""
    names = _DependencyNames(context)
    return {
        names.part(row.target, row.label)
        for file in files
        if drops_parts(file)
        for row in _rows(file, names)
        if row.kind is DependencyKind.ALTERATION and row.label
    }


def drops_parts(file: SourceFile) -> bool:
    """Does a script drop a key, an index or a column?"""
    return any(
        isinstance(fact, DependencyFact) and fact.kind is DependencyKind.ALTERATION and fact.label
        for fact in file.facts.definitions
    )


def hidden_names(
    file: SourceFile, dropped: AbstractSet[SchemaPart], definitions: Definitions
) -> Iterator[str]:
    """The last parts of the names in rows of a file that may be shown nowhere.

    Such a row spells a name too, if it is the first that has it: what scripts alter and drop, and
    keys and indexes that are dropped.
    """
    naming = definitions.naming
    labels = {label for _, label in dropped}
    for fact in file.facts.definitions:
        if isinstance(fact, DependencyFact) and (
            fact.kind in OF_MODULES
            or not labels.isdisjoint(map(naming.fold, (fact.label, *fact.columns)))
        ):
            for name in (fact.target, fact.owner):
                if name is not None:
                    meant = definitions.resolve(name, None, fact.database or file.database)
                    yield from (naming.fold(name.object), naming.fold(meant.object))


def schema_objects(files: Sequence[SourceFile], context: LinkContext) -> tuple[SchemaObject, ...]:
    """The sequences, types and the like that the files define, in their order.

    Args:
        files: those of the scan, in the order of their paths.
        context: of the linking.
    """
    names = _DependencyNames(context)
    return tuple(
        SchemaObject(
            fact.kind, names.schema_object(fact, file), Location(file.path, fact.span.line)
        )
        for file in files
        for fact in file.facts.definitions
        if isinstance(fact, ObjectFact)
    )


class _DependencyNames(Struct, frozen=True):
    """The names of objects and columns, as definitions spell them."""

    context: LinkContext

    def object(self, name: Name, module: Name | None, database: str | None) -> Name:
        definitions = self.context.definitions
        return definitions.canonical_spelling(definitions.resolve(name, module, database))

    def schema_object(self, fact: DependencyFact | ObjectFact, file: SourceFile) -> Name:
        """The name of what is no table; one of the database as a whole stands in no schema."""
        kind = fact.kind if isinstance(fact, ObjectFact) else fact.of
        name = fact.name if isinstance(fact, ObjectFact) else fact.target
        database = fact.database or file.database
        if kind is None or kind.has_schema:
            definitions = self.context.definitions
            return definitions.canonical_spelling(definitions.naming.canonical(name, database))
        return Name((database, "", name.object) if database else (name.object,))

    def part(self, table: Name, label: str) -> SchemaPart:
        naming = self.context.naming
        return naming.key(table), naming.fold(label)

    def columns(self, table: Name, columns: tuple[str, ...]) -> tuple[str, ...]:
        if not columns:
            return ()
        fold = self.context.naming.fold
        defined = self.context.definitions.columns(table) or ()
        spelled = {fold(column.name): column.name for column in defined}
        return tuple(spelled.get(fold(name), name) for name in columns)


def _rows(file: SourceFile, names: _DependencyNames) -> Iterator[SchemaDependency]:
    dependencies = [fact for fact in file.facts.definitions if isinstance(fact, DependencyFact)]
    modules = _modules(file, names) if dependencies else ()
    for fact in dependencies:
        yield _row(fact, file, _module_at(modules, fact.span), names)
    for item in file.facts.items:
        if isinstance(item, ModuleFact) and item.on is not None:
            yield _trigger(item, item.on, file, names)


def _modules(file: SourceFile, names: _DependencyNames) -> Sequence[tuple[Span, Name]]:
    """The modules of a file, in the order of its text."""
    modules = [
        (item.span, module_name(item, file, names.context.naming))
        for item in file.facts.items
        if isinstance(item, ModuleFact) and not item.dynamic
    ]
    return sorted(modules, key=lambda entry: (entry[0].line, entry[0].column))


def _trigger(
    fact: ModuleFact, on: Name, file: SourceFile, names: _DependencyNames
) -> SchemaDependency:
    name = module_name(fact, file, names.context.naming)
    table = names.object(on, name, fact.database or file.database)
    return SchemaDependency(
        DependencyKind.TRIGGER,
        table,
        (),
        file.path,
        fact.span.line,
        module=names.context.definitions.canonical_spelling(name),
    )


def _row(
    fact: DependencyFact, file: SourceFile, module: Name | None, names: _DependencyNames
) -> SchemaDependency:
    database = fact.database or file.database
    if fact.of is None:
        target = names.object(fact.target, module, database)
    else:
        target = names.schema_object(fact, file)
    return SchemaDependency(
        fact.kind,
        target,
        names.columns(target, fact.columns),
        file.path,
        fact.span.line,
        names.object(fact.owner, module, database) if fact.owner else None,
        fact.label,
        module and names.context.definitions.canonical_spelling(module),
        fact.inline,
    )


def _module_at(modules: Sequence[tuple[Span, Name]], span: Span) -> Name | None:
    """The module in whose text something stands; `modules` in the order of the text."""
    start = (span.line, span.column)
    place = bisect_right(modules, start, key=lambda entry: (entry[0].line, entry[0].column))
    if not place:
        return None
    around, name = modules[place - 1]
    return name if around.holds(span) else None


def _is_dropped(
    row: SchemaDependency,
    place: int,
    dropped: Mapping[SchemaPart, tuple[int, Name | None]],
    names: _DependencyNames,
) -> bool:
    """Does a script further on drop the key or index, or the column that it goes with?

    A key without a name is dropped by the one that the server has given it.
    """
    for part in _parts(row, names):
        later, module = dropped.get(part, (-1, None))
        if later > place and module is None:
            return True
    return False


def _parts(row: SchemaDependency, names: _DependencyNames) -> list[SchemaPart]:
    """What may be dropped so that a key or index is there no more."""
    parts = [names.part(row.owner, row.label)] if row.owner and row.label else []
    if not row.label or row.kind in _GOING_ALONG:
        parts += [names.part(row.target, column) for column in row.columns]
    return parts


def _with_key_columns(
    rows: Iterable[SchemaDependency], names: _DependencyNames
) -> Iterator[SchemaDependency]:
    """A foreign key that names no columns refers to those of the primary key."""
    listed = list(rows)
    keys = {
        names.context.naming.key(row.target): row.columns
        for row in listed
        if row.kind is DependencyKind.PRIMARY_KEY
    }
    for row in listed:
        if row.kind is DependencyKind.FOREIGN_KEY and not row.columns:
            columns = keys.get(names.context.naming.key(row.target), ())
            yield replace(row, columns=columns)
        else:
            yield row
