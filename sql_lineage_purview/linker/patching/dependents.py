"""Dependents: the files whose keys, indexes and the like name what has changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from msgspec import Struct, field

from ...model.facts import SourceFile
from ...model.graph import LineageGraph, SchemaDependency, SchemaObject
from ...model.names import Name
from ...model.naming import Naming
from ...model.vocabulary import DependencyKind
from ..assembly.schema_dependencies import SchemaPart, schema_dependencies_beside
from ..context.link_context import LinkContext
from ..lifetimes.call_effects import last_part
from .row_order import with_rows
from .scan_change import NotPatchableError, ScanChange


class Dependents(Struct, frozen=True):
    """The files that name what has changed without moving data, in the order of their paths.

    `dropped`: see `ScanOutline`. `hidden`: see `FileOutline`, by paths.
    """

    files: Sequence[SourceFile]
    dropped: AbstractSet[SchemaPart]
    hidden: Mapping[str, AbstractSet[str]]

    @property
    def paths(self) -> set[str]:
        """Where they lie."""
        return {file.path for file in self.files}

    def rows(
        self, old: Sequence[SchemaDependency], context: LinkContext
    ) -> tuple[SchemaDependency, ...]:
        """What all files name.

        Raises:
            NotPatchableError: it cannot be said without all files.
        """
        paths = self.paths
        staying = [row for row in old if row.path not in paths]
        own = schema_dependencies_beside(staying, self.files, self.dropped, context)
        keys = {
            context.naming.key(row.target): row.columns
            for row in own or ()
            if row.kind is DependencyKind.PRIMARY_KEY
        }
        former = (
            row for row in old if row.path in paths and row.kind is DependencyKind.PRIMARY_KEY
        )
        # what refers to such a key may say no columns of its own
        moved = {
            key for row in former if keys.get(key := context.naming.key(row.target)) != row.columns
        }
        if own is None or any(
            row.kind is DependencyKind.FOREIGN_KEY and context.naming.key(row.target) in moved
            for row in staying
        ):
            raise NotPatchableError("a key or an index depends on other files")
        return with_rows(staying, own, paths)


class LateNames(Struct, frozen=True):
    """What nothing but keys and the like name: the first of them spells it.

    `paths`: the files of which rows are made anew, `changed` those of them that have changed.
    `hidden`: see `FileOutline`, of all files. `respelled`: see `ScanChange`; who names these is
    looked into. `others`: how all else is spelled where files that have not changed name it, by
    key.
    """

    context: LinkContext
    paths: AbstractSet[str]
    changed: AbstractSet[str]
    hidden: Mapping[str, AbstractSet[str]]
    respelled: AbstractSet[str]
    others: dict[str, Name] = field(default_factory=dict)

    def learn(self, old: LineageGraph, respelled_late: AbstractSet[str]) -> None:
        """Let it be spelled as it is.

        Args:
            old: the graph before.
            respelled_late: the keys of what strings have spelled otherwise, or do so today.

        Raises:
            NotPatchableError: other files name one of these, or what a file that has changed may
                have spelled.
        """
        spellings = self.context.definitions.spellings
        for path, key, name in self._named(old.dependencies, old.objects):
            if path not in self.changed and key in respelled_late:
                raise NotPatchableError("a string may spell what others name")
            if path not in self.changed and key not in self.respelled:
                self.others.setdefault(key, name)
        gone = {part for path in self.changed for part in self.hidden.get(path, ())}
        for key, name in self.others.items():
            if last_part(key) in gone:
                raise NotPatchableError("a key or an index may spell what others name")
            spellings.late.setdefault(key, name)

    def hold(
        self, dependencies: Iterable[SchemaDependency], objects: Iterable[SchemaObject]
    ) -> None:
        """See that no file that has changed may be the one that spells what others name.

        Nor may what is shown nowhere spell what is named anew.

        Raises:
            NotPatchableError: it may be.
        """
        hidden = {part for parts in self.hidden.values() for part in parts}
        if any(
            (path in self.changed and key in self.others)
            or (path in self.paths and last_part(key) in hidden)
            for path, key, _ in self._named(dependencies, objects)
        ):
            raise NotPatchableError("a key or an index may spell what others name")

    def _named(
        self, dependencies: Iterable[SchemaDependency], objects: Iterable[SchemaObject]
    ) -> Iterator[tuple[str, str, Name]]:
        """The paths, keys and names of rows."""
        key, written = self.context.naming.key, self.context.definitions.spellings.written
        rows = [(row.path, (row.target, row.owner, row.module)) for row in dependencies]
        rows += [(row.defined_at.path, (row.name, None, None)) for row in objects]
        for path, names in rows:
            for name in names:
                if name is not None and (one := key(name)) not in written:
                    yield path, one, name


def dependent_paths(
    old: Iterable[SchemaDependency], change: ScanChange, naming: Naming
) -> set[str]:
    """The files that name what has changed without moving data.

    Args:
        old: what all files name.
        change: what has changed.
        naming: how names are compared.
    """
    last_parts = {last_part(key) for key in change.redefined}
    paths = {file.path for file in change.files}
    for row in old:
        names = [name for name in (row.target, row.owner, row.module) if name is not None]
        keys = {naming.key(name) for name in names}
        if (
            not keys.isdisjoint(change.respelled)
            or (row.columns and naming.key(row.target) in change.keys)
            or (last_parts and not last_parts.isdisjoint(map(last_part, keys)))
        ):
            paths.add(row.path)
    return paths
