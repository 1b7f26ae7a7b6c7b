"""All objects of a scan by name.

They are tables of the catalogue, modules, and tables that statements create.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct, field

from ...model.catalogue import Catalogue, TableEntry
from ...model.diagnostics import Diagnostic
from ...model.facts import (
    ChangeFact,
    ColumnFact,
    ModuleFact,
    Rename,
    SourceFile,
    StatementFact,
    Write,
)
from ...model.graph import Location
from ...model.names import Name
from ...model.naming import Naming, address_name
from ...model.vocabulary import Action, ModuleKind, TableKind
from .dependencies import Dependencies
from .object_spellings import ObjectSpellings


class ModuleEntry(Struct, frozen=True):
    """A module with its full name and where its text stands."""

    name: Name
    fact: ModuleFact
    path: str
    database: str | None


class Creation(Struct, frozen=True):
    """A statement that creates a persistent table from a query: its columns are the query's."""

    name: Name
    write: Write
    where: Location
    database: str | None
    kind: TableKind = TableKind.TABLE


class Definitions(Struct):
    """The objects of a scan. Names are canonical.

    `dependencies`: what the part of the linking that runs has asked for; whoever begins a part
    replaces them.
    """

    naming: Naming
    catalogue: Catalogue
    modules: dict[str, ModuleEntry] = field(default_factory=dict)
    creations: dict[str, Creation] = field(default_factory=dict)
    # what was called otherwise when its columns were told
    renames: dict[str, Name] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    spellings: ObjectSpellings = field(default_factory=ObjectSpellings)
    # by the key of its view, that of the trigger
    instead_of: dict[tuple[str, Action], str] = field(default_factory=dict)
    references: frozenset[str] = frozenset()  # the paths of files that only tell of objects
    dependencies: Dependencies = field(default_factory=Dependencies)

    def spell(self, name: Name) -> Name:
        """Note the spelling of an object, unless it has one."""
        return self.spellings.written.setdefault(self.naming.key(name), name)

    def canonical_spelling(self, name: Name) -> Name:
        """The one spelling shown for an object: its definition's, else its first use's."""
        key = self.naming.key(name)
        self.dependencies.asked.add(key)
        spelling = self.spellings.written.get(key)
        if spelling is None:
            spelling = self.spellings.late.setdefault(key, name)
            if key not in self.dependencies.spelled:
                self.dependencies.spelled[key] = spelling
                self.dependencies.borrowed |= spelling != name
        return spelling

    def resolve_name(self, name: Name, module: Name | None, database: str | None) -> Name:
        """The full name of what a text means.

        In a module, a name without a schema is looked for in the schema of the module first.

        Source: https://learn.microsoft.com/sql/t-sql/statements/create-procedure-transact-sql
        (interoperability: names without a schema in a procedure)
        """
        full = self.naming.canonical(name, database)
        if module is None or len(name.parts) > 1 or len(module.parts) < 2 or full == name:
            return full
        # CREATE PROC etl.Load AS INSERT Fact …: etl.Fact if there is one, else dbo.Fact
        near = self.naming.canonical(Name((module.parts[-2], name.object)), database)
        return near if self.defined(self.naming.key(near)) else full

    def defined(self, key: str) -> bool:
        """Does anything in the scan or a catalogue say what the object of this key is?"""
        self.dependencies.asked.add(key)
        return (
            key in self.catalogue.tables
            or key in self.modules
            or key in self.creations
            or key in self.catalogue.synonyms
        )

    def resolve_synonym(self, name: Name) -> Name:
        """What a synonym, through others if need be, stands for."""
        # the server allows no synonym of a synonym; of files that make a circle there is an end
        for _ in range(16):
            target = self.catalogue.synonyms.get(self._asked(name))
            if target is None:
                break
            name = target
        return name

    def resolve(self, name: Name, module: Name | None, database: str | None) -> Name:
        """The full name of the object that a text means, through synonyms.

        It is found by `resolve_name`, then `resolve_synonym`.
        """
        return self.resolve_synonym(self.resolve_name(name, module, database))

    def module(self, name: Name) -> ModuleEntry | None:
        """The module of this name."""
        return self.modules.get(self._asked(name))

    def table(self, name: Name, path: str = "") -> TableEntry | None:
        """The catalogue's entry of this name, as the file `path` sees it."""
        key = self._asked(name)
        return self.catalogue.local.get(path, {}).get(key) or self.catalogue.tables.get(key)

    def is_local(self, name: Name, path: str) -> bool:
        """Has the file `path` a definition of its own of this table?"""
        return self._asked(name) in self.catalogue.local.get(path, {})

    def changes(self, name: Name, path: str) -> tuple[ChangeFact, ...]:
        """The ALTER TABLE statements of the file `path` for this table."""
        return self.catalogue.changes.get((path, self._asked(name)), ())

    def table_type(self, name: Name) -> tuple[ColumnFact, ...] | None:
        """The columns of the table type of this name."""
        return self.catalogue.types.get(self._asked(name))

    def creation(self, name: Name) -> Creation | None:
        """The statement that makes the table of this name from a query."""
        return self.creations.get(self._asked(name))

    def renamed(self, name: Name) -> Name | None:
        """What the table of this name was called when its columns were told."""
        return self.renames.get(self._asked(name))

    def trigger_instead_of(self, view: Name, action: Action) -> str | None:
        """The key of the trigger that takes the place of an action on a view."""
        return self.instead_of.get((self._asked(view), action))

    def address(self, address: str, data_source: str | None = None) -> Name:
        """The name of a file, its data source resolved.

        Source:
        https://learn.microsoft.com/sql/t-sql/statements/create-external-data-source-transact-sql
        """
        sources = self.catalogue.data_sources
        return address_name(address, sources.get(data_source.casefold()) if data_source else None)

    def view(self, name: Name) -> ModuleEntry | None:
        """The view of this name."""
        entry = self.module(name)
        return entry if entry and entry.fact.kind is ModuleKind.VIEW else None

    def columns(self, name: Name, path: str = "") -> tuple[ColumnFact, ...] | None:
        """The columns that the catalogue gives a table, as the file `path` sees it."""
        entry = self.table(name, path)
        return entry.columns if entry else None

    def _asked(self, name: Name) -> str:
        """The key of a name, which is asked for."""
        key = self.naming.key(name)
        self.dependencies.asked.add(key)
        return key


def collect(
    files: Sequence[SourceFile],
    catalogue: Catalogue,
    naming: Naming,
    spellings: Mapping[str, Name] | None = None,
) -> Definitions:
    """Index what the files define.

    Args:
        files: all of them, in their order.
        catalogue: the columns that definitions and catalogs tell.
        naming: how names are compared.
        spellings: those of objects whose spelling is known, by key.
    """
    definitions = Definitions(
        naming, catalogue, references=frozenset(file.path for file in files if file.reference)
    )
    definitions.spellings.written.update(spellings or {})
    for entry in catalogue.tables.values():
        definitions.spell(entry.name)
    for file in files:
        for item in file.facts.items:
            if isinstance(item, ModuleFact):
                _add_module(definitions, item, file)
    # once all modules are known, since the view of a trigger may stand in a later file
    for trigger in definitions.modules.values():
        _add_trigger(definitions, trigger)
    for file in files:
        for statement, database in statements_of(file):
            _add_creation(definitions, statement, file.path, database)
    for file in files:
        for statement, database in statements_of(file):
            _add_renames(definitions, statement, database)
    return definitions


def statements_of(file: SourceFile) -> Iterator[tuple[StatementFact, str | None]]:
    """All statements of a file, those in modules too, each with its database."""
    for item in file.facts.items:
        for statement in item.body if isinstance(item, ModuleFact) else (item,):
            yield statement, statement.database or item.database or file.database


def spell_uses(definitions: Definitions, files: Iterable[SourceFile]) -> None:
    """Give what nothing defines the spelling of its first use, in the order of the files."""
    met: set[tuple[tuple[str, ...], str | None]] = set()
    for file in files:
        for name in used_names(file, definitions.naming, met):
            definitions.spell(name)


def used_names(
    file: SourceFile, naming: Naming, met: set[tuple[tuple[str, ...], str | None]]
) -> Iterator[Name]:
    """The full names of a file's modules, and of all that its statements name, in order.

    Args:
        file: the file.
        naming: how names are completed.
        met: names, with the database that they stand in, that are left out; it grows.
    """
    for item in file.facts.items:
        if isinstance(item, ModuleFact):
            yield module_name(item, file, naming)
        for statement in item.body if isinstance(item, ModuleFact) else (item,):
            database = statement.database or item.database or file.database
            for name in (*statement.reads, *statement.writes, *statement.calls):
                if not name.address and (name.parts, database) not in met:
                    met.add((name.parts, database))
                    yield naming.canonical(name, database)


def module_name(fact: ModuleFact, file: SourceFile, naming: Naming) -> Name:
    """The full name of a module; a trigger's without a schema has that of its table."""
    database = fact.database or file.database
    name = fact.name
    if (
        fact.kind is ModuleKind.TRIGGER
        and fact.on
        and len(name.parts) == 1
        and len(fact.on.parts) > 1
    ):
        name = Name((*fact.on.parts[:-1], name.object))
    return naming.canonical(name, database)


def _add_module(definitions: Definitions, fact: ModuleFact, file: SourceFile) -> None:
    name = module_name(fact, file, definitions.naming)
    key = definitions.naming.key(name)
    earlier = definitions.modules.get(key)
    if earlier and fact.dynamic and not earlier.fact.dynamic:
        return  # a script's own text goes before one that it executes: CREATE as a stub, then ALTER
    if earlier and earlier.path not in definitions.references and not earlier.fact.dynamic:
        message = (
            f"{name} is also defined in {earlier.path}:{earlier.fact.span.line}; this later "
            "definition counts"
        )
        definitions.diagnostics.append(Diagnostic("SLP501", message, fact.span, file.path))
    definitions.modules[key] = ModuleEntry(
        definitions.spell(name), fact, file.path, fact.database or file.database
    )


def _add_trigger(definitions: Definitions, trigger: ModuleEntry) -> None:
    """A trigger that takes the place of some actions on its view."""
    if trigger.fact.on and trigger.fact.instead_of:
        view = definitions.resolve(trigger.fact.on, trigger.name, trigger.database)
        for action in trigger.fact.instead_of:
            definitions.instead_of[definitions.naming.key(view), action] = definitions.naming.key(
                trigger.name
            )


def _add_renames(definitions: Definitions, statement: StatementFact, database: str | None) -> None:
    """What nothing defines under its new name has the columns that it had under the old one."""
    for effect in statement.effects:
        if isinstance(effect, Rename) and not statement.unreached:
            old, new = (
                definitions.naming.canonical(name, database) for name in (effect.old, effect.new)
            )
            if not definitions.defined(definitions.naming.key(new)):
                definitions.renames.setdefault(definitions.naming.key(new), definitions.spell(old))


def _add_creation(
    definitions: Definitions, statement: StatementFact, path: str, database: str | None
) -> None:
    for effect in statement.effects:
        if not isinstance(effect, Write) or not effect.creates or effect.target.temporary:
            continue
        name = definitions.naming.canonical(effect.target, database)
        key = definitions.naming.key(name)
        entry = definitions.catalogue.tables.get(key)
        referred = path in definitions.references
        if (
            entry and entry.columns is not None and (entry.defined_at or referred)
        ) or key in definitions.modules:
            continue
        creation = definitions.creations.get(key)
        if creation and (
            creation.where.path == path or creation.where.path not in definitions.references
        ):
            continue
        external = statement.kind.value.startswith("CREATE_EXTERNAL")
        kind = TableKind.EXTERNAL_TABLE if external else TableKind.TABLE
        where = Location(path, statement.span.line)
        definitions.creations[key] = Creation(
            definitions.spell(name), effect, where, database, kind
        )
