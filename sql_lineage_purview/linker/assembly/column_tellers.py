"""Column tellers: who told the columns of a table, a definition, a query or a catalog."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from ...model.graph import ColumnSource
from ...model.names import Name
from ...model.vocabulary import ColumnSourceKind
from ..context.link_context import LinkContext
from ..definitions.scan_definitions import ModuleEntry


class ColumnTellers(Struct, frozen=True):
    """Who told the columns of the tables of one linking.

    `renamed`: what a string renames, by the new key.
    """

    context: LinkContext
    renamed: Mapping[str, Name]
    _sources: dict[str, ColumnSource | None] = field(default_factory=dict)

    def source(self, name: Name) -> ColumnSource | None:
        """Who told the columns of a table, under the name that it had then.

        All names on the way there have the same answer, which is looked for once:

            dbo.Fact_v1 -> dbo.Fact_v2 -> dbo.Fact
        """
        naming, renames = self.context.naming, self.context.definitions.renames
        passed: dict[str, None] = {}
        current: Name | None = name
        source: ColumnSource | None = None
        while source is None and current is not None:
            key = naming.key(current)
            if key in passed or key in self._sources:
                source = self._sources.get(key)
                break
            passed[key] = None
            source = self._under(current, key)
            current = renames.get(key) or self.renamed.get(key)
        self._sources.update(dict.fromkeys(passed, source))
        return source

    def _under(self, name: Name, key: str) -> ColumnSource | None:
        """Who told them under this very name, in the order in which they were asked."""
        definitions = self.context.definitions
        entry = definitions.table(name)
        catalog_entry = entry if entry and entry.columns is not None else None
        if catalog_entry and catalog_entry.defined_at:
            where = catalog_entry.defined_at
            return ColumnSource(ColumnSourceKind.DEFINITION, where.path, where.line)
        view, creation = definitions.view(name), definitions.creations.get(key)
        if (view or creation) and (catalog_entry is None or self.context.columns.of_query(name)):
            if view:
                return self._of_view(view)
            if creation:
                where = creation.where
                return ColumnSource(ColumnSourceKind.QUERY, where.path, where.line)
        if catalog_entry and catalog_entry.source:
            return ColumnSource(ColumnSourceKind.CATALOG, catalog_entry.source)
        return None

    def _of_view(self, view: ModuleEntry) -> ColumnSource:
        if view.path in self.context.definitions.references:
            return ColumnSource(ColumnSourceKind.CATALOG, view.path)
        return ColumnSource(ColumnSourceKind.QUERY, view.path, view.fact.span.line)
