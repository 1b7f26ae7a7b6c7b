"""Dependents: the files whose keys, indexes and the like name what has changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet

from msgspec import Struct

from ...model.facts import SourceFile
from ...model.graph import SchemaDependency
from ...model.naming import Naming
from ...model.vocabulary import DependencyKind
from ..assembly.schema_dependencies import SchemaPart, schema_dependencies_beside
from ..context.link_context import LinkContext
from ..lifetimes.call_effects import last_part
from .row_order import with_rows
from .scan_change import NotPatchableError, ScanChange


class Dependents(Struct, frozen=True):
    """The files that name what has changed without moving data, in the order of their paths.

    `dropped`: see `ScanOutline`.
    """

    files: Sequence[SourceFile]
    dropped: AbstractSet[SchemaPart]

    def rows(
        self, old: Sequence[SchemaDependency], context: LinkContext
    ) -> tuple[SchemaDependency, ...]:
        """What all files name.

        Raises:
            NotPatchableError: it cannot be said without all files.
        """
        paths = {file.path for file in self.files}
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
