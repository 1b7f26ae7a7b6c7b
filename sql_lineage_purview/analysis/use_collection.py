"""Uses of one object, put together by module and by script."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct, field

from ..model.graph import Module
from .use import DefinitionPart, ObjectUse, UseKind, UseSite, kind_of_dependency

if TYPE_CHECKING:
    from ..model.graph import Declaration, SchemaDependency, Statement
    from ..model.names import Name
    from .graph_index import GraphIndex

# A module by name and path, which tell of two definitions of one name each; a script by None, and
# so is a key or index, which is a part of a definition.
_User: TypeAlias = "tuple[Name | None, str, DefinitionPart | None]"


class _Entry(Struct):
    """A use that grows."""

    kinds: set[UseKind] = field(default_factory=set)
    sites: set[UseSite] = field(default_factory=set)
    columns: set[str] = field(default_factory=set)
    is_certain: bool = False

    def add(
        self, kind: UseKind | None, site: UseSite | None, column: str, *, certain: bool
    ) -> None:
        """One more thing that is known of it."""
        if certain and not self.is_certain:
            # what is only possible says nothing where more is known
            self.kinds.clear()
            self.sites.clear()
            self.is_certain = True
        elif self.is_certain and not certain:
            return
        self.kinds.update({kind} if kind else ())
        self.sites.update({site} if site else ())
        self.columns.update({column} if column else ())


class UseCollection(Struct):
    """The uses so far, by module or script."""

    index: GraphIndex
    _entries: dict[_User, _Entry] = field(default_factory=dict)
    _modules: dict[_User, Module] = field(default_factory=dict)

    def add(
        self, statement: Statement, kind: UseKind, column: str = "", *, certain: bool = True
    ) -> None:
        """A statement uses the object.

        Args:
            statement: it stands in a module, or in none.
            kind: how.
            column: that of the object, where it is known.
            certain: False where only the table is known to be used.
        """
        module = self.index.user_of(statement)
        user = (statement.module, module.path if module else statement.path, None)
        site = UseSite(statement.path, statement.line, statement.id, statement.kind)
        if module:
            self._modules[user] = module
        self._entry(user).add(kind, site, column, certain=certain)

    def add_reference(self, module: Module, column: str, kind: UseKind | None = None) -> None:
        """A module names a column of the object."""
        user = (module.name, module.path, None)
        self._modules[user] = module
        self._entry(user).add(kind, None, column, certain=True)

    def add_declaration(self, row: Declaration, *, certain: bool = True) -> None:
        """A person says that the object takes part in lineage."""
        site = UseSite(row.path, row.line)
        self._entry((None, row.path, None)).add(UseKind.DECLARES, site, "", certain=certain)

    def add_dependency(self, row: SchemaDependency, columns: tuple[str, ...]) -> None:
        """A key, an index or a statement that moves no data names the object.

        Args:
            row: what names it.
            columns: those of the object that it names.
        """
        user = (row.module, row.path, _part(row))
        if row.module and (module := self.index.module(row.module, row.path)):
            self._modules[user] = module
        for column in columns or ("",):
            site = UseSite(row.path, row.line)
            self._entry(user).add(kind_of_dependency(row), site, column, certain=True)

    def kinds_of(self, module: Module) -> set[UseKind]:
        """What a module is known to do with the object so far."""
        entry = self._entries.get((module.name, module.path, None))
        return entry.kinds if entry and entry.is_certain else set()

    def rows(self, without: Name) -> tuple[ObjectUse, ...]:
        """The uses by path and line, but for what defines the object itself."""
        uses = (
            self._use(user, entry) for user, entry in self._entries.items() if user[0] != without
        )
        return tuple(sorted(uses, key=lambda use: (use.path, use.line, str(use.module))))

    def _entry(self, user: _User) -> _Entry:
        return self._entries.setdefault(user, _Entry())

    def _use(self, user: _User, entry: _Entry) -> ObjectUse:
        name, path, part = user
        module = self._modules.get(user)
        sites = tuple(sorted(entry.sites))
        return ObjectUse(
            name,
            module.kind if module else None,
            path,
            module.line if module else min((site.line for site in sites), default=1),
            frozenset(entry.kinds),
            sites,
            tuple(sorted(entry.columns)),
            entry.is_certain,
            part,
        )


def _part(row: SchemaDependency) -> DefinitionPart | None:
    """What a key or index is called; of what stands in a module, or has no owner, nothing."""
    if row.module is not None or not (row.owner or row.label):
        return None
    owner = f"of {row.owner}" if row.owner else ""
    name = " ".join(filter(None, (row.label, owner)))
    return DefinitionPart(row.kind, name, 0 if row.label else row.line)
