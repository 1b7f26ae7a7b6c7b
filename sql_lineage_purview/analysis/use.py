"""A use: how a module, or a script outside of all modules, takes part in what an object is for."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from ..model.vocabulary import DependencyKind, EdgeType, ModuleKind, StatementKind, Subtype

if TYPE_CHECKING:
    from ..model.graph import SchemaDependency
    from ..model.names import Name


class UseKind(StrEnum):
    """What a module does with a table or column, or with a module that it calls.

    TOUCHES: it reads or writes it, and nothing tells which of both: such is a column of what a
    script changes and does not set there, or of a statement whose columns are not known.
    """

    READS = "reads"
    WRITES = "writes"
    FILTERS = "filters"
    JOINS = "joins"
    GROUPS = "groups"
    SORTS = "sorts"
    DECIDES = "decides"
    TOUCHES = "reads or writes"
    CALLS = "calls"
    DECLARES = "declares"
    REFERENCES = "references"
    INDEXES = "indexes"
    CONSTRAINS = "constrains"
    COMPUTES = "computes"
    PARTITIONS = "partitions"
    SECURES = "secures"
    STANDS_FOR = "stands for"
    DESCRIBES = "describes"
    FIRES_ON = "fires on"
    NAMES = "names"
    ALTERS = "alters"
    DROPS = "drops"

    @property
    def may_read(self) -> bool:
        """Does the user take values from the object, or may it?"""
        return self in _READING

    @property
    def may_write(self) -> bool:
        """Does the user change the object, or may it?"""
        return self in (UseKind.WRITES, UseKind.TOUCHES)


_READING = frozenset(
    (
        UseKind.READS,
        UseKind.FILTERS,
        UseKind.JOINS,
        UseKind.GROUPS,
        UseKind.SORTS,
        UseKind.DECIDES,
        UseKind.TOUCHES,
        UseKind.COMPUTES,
    )
)
_KINDS_OF_DEPENDENCIES = {
    DependencyKind.FOREIGN_KEY: UseKind.REFERENCES,
    DependencyKind.PRIMARY_KEY: UseKind.CONSTRAINS,
    DependencyKind.UNIQUE: UseKind.CONSTRAINS,
    DependencyKind.CHECK: UseKind.CONSTRAINS,
    DependencyKind.DEFAULT: UseKind.CONSTRAINS,
    DependencyKind.INDEX: UseKind.INDEXES,
    DependencyKind.FULLTEXT_INDEX: UseKind.INDEXES,
    DependencyKind.STATISTICS: UseKind.INDEXES,
    DependencyKind.COMPUTED_COLUMN: UseKind.COMPUTES,
    DependencyKind.PARTITIONING: UseKind.PARTITIONS,
    DependencyKind.SECURITY_POLICY: UseKind.SECURES,
    DependencyKind.PERMISSION: UseKind.SECURES,
    DependencyKind.EXTENDED_PROPERTY: UseKind.DESCRIBES,
    DependencyKind.SYNONYM: UseKind.STANDS_FOR,
    DependencyKind.TRIGGER: UseKind.FIRES_ON,
    DependencyKind.COLUMN: UseKind.NAMES,
    DependencyKind.PARTITION_SCHEME: UseKind.NAMES,
    DependencyKind.CONTRACT: UseKind.NAMES,
    DependencyKind.SERVICE: UseKind.NAMES,
    DependencyKind.MENTION: UseKind.NAMES,
    DependencyKind.ALTERATION: UseKind.ALTERS,
    DependencyKind.DROP: UseKind.DROPS,
}
_INDIRECT_KINDS = {
    Subtype.FILTER: UseKind.FILTERS,
    Subtype.JOIN: UseKind.JOINS,
    Subtype.GROUP_BY: UseKind.GROUPS,
    Subtype.SORT: UseKind.SORTS,
    Subtype.CONDITIONAL: UseKind.DECIDES,
    Subtype.WINDOW: UseKind.DECIDES,
}


def kind_of_source(subtype: Subtype) -> UseKind:
    """What a statement does with the source of an edge that it carries."""
    if subtype.type is EdgeType.DIRECT:
        return UseKind.READS
    return _INDIRECT_KINDS[subtype]


def kind_of_dependency(dependency: SchemaDependency) -> UseKind:
    """How a key, an index or another definition uses what it names."""
    return _KINDS_OF_DEPENDENCIES[dependency.kind]


class DefinitionPart(Struct, frozen=True, order=True):
    """A part of a definition that uses an object: `foreign key`, `FK_a of dbo.t`.

    `line`: of one without a name of its own.
    """

    kind: DependencyKind
    name: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class UseSite(Struct, frozen=True, order=True):
    """A statement that uses the object, or a declaration, which has no kind of statement."""

    path: str
    line: int
    statement: str = ""
    kind: StatementKind | None = None


class ObjectUse(Struct, frozen=True):
    """How one module uses an object; of a script outside of all modules, `module` is None.

    `part`: it is no module or script that uses it, but a key, an index or the like.

    `path` and `line` are those of the module, of a script those of the first statement.

    `sites`: the statements that may be those of the use; where only the module is known to name a
    column, all of its statements that name the table.

    `columns`: those of the object that are used; of a column itself, this one.

    `is_certain` False: the table is used, and nothing tells which of its columns are.
    """

    module: Name | None
    module_kind: ModuleKind | None
    path: str
    line: int
    kinds: frozenset[UseKind]
    sites: tuple[UseSite, ...] = ()
    columns: tuple[str, ...] = ()
    is_certain: bool = True
    part: DefinitionPart | None = None

    @property
    def may_read(self) -> bool:
        """Does it take values from the object, or may it?"""
        return any(kind.may_read for kind in self.kinds)

    @property
    def may_write(self) -> bool:
        """Does it change the object, or may it?"""
        return any(kind.may_write for kind in self.kinds)

    @property
    def only_drops(self) -> bool:
        """Does it nothing but drop the object, so that it does not miss it?"""
        return self.kinds == {UseKind.DROPS}

    @property
    def only_reads(self) -> bool:
        """Does it take values, and write nothing into the object?"""
        return self.may_read and not self.may_write

    def joined(self, use: ObjectUse) -> ObjectUse:
        """This use and one of another object by the same module."""
        return replace(
            self,
            line=min(self.line, use.line),
            kinds=self.kinds | use.kinds,
            sites=tuple(sorted({*self.sites, *use.sites})),
            columns=tuple(sorted({*self.columns, *use.columns})),
        )
