"""Whether the names of a scan say their database, and which one the scripts of each file are in.

A database project or package that is alone in a scan leaves its name out, so `dbo.t` stays `dbo.t`,
and `Its.dbo.t` is the same. Where a scan holds more than one database, each object says which one
it is in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from ...model.facts import FileFacts, ModuleFact, SourceFile, SynonymFact, TableFact, TypeFact
from ...model.naming import DatabaseAlias
from .project_databases import SYSTEM_DATABASES, ProjectDatabases

if TYPE_CHECKING:
    from ..configuring.script_databases import ScriptDatabases
    from .found import FoundFile


class ScanDatabases(Struct, frozen=True):
    """The databases of a scan's files.

    `alone` is the name of the only database there is, which names leave out. `only` is the one
    project or package beside others that say their database: it is where scripts belong that say
    none.
    """

    scripts: ScriptDatabases
    aliases: tuple[DatabaseAlias, ...]
    alone: str | None = None
    only: str | None = None

    @classmethod
    def of(
        cls,
        files: Sequence[FoundFile],
        facts: Iterable[FileFacts],
        projects: ProjectDatabases,
        scripts: ScriptDatabases,
    ) -> ScanDatabases:
        """What the files of a scan, with the facts of each, have for databases.

        Args:
            files: the scripts.
            facts: those of each file, in the same order.
            projects: the database projects and packages among them, with their aliases.
            scripts: what the configuration says of the databases of scripts.
        """
        aliases = tuple(projects.aliases())
        homes = {
            file.home.casefold(): file.home
            for file in files
            if file.home and not _database(file, scripts)
        }
        if len(homes) != 1:
            return cls(scripts, aliases)
        [home] = homes.values()
        if any(_database(file, scripts) for file in files) or _defines_others(facts, home, aliases):
            return cls(scripts, aliases, only=home)
        return cls(scripts, tuple(_without(home, aliases)), alone=home)

    def database_of(self, file: FoundFile) -> str | None:
        """The database that names in a file are in, where they say none.

        None where that is not known, or left out.
        """
        database = _database(file, self.scripts)
        if database or self.alone:
            return database
        # a package that does not say its database is none of the project's
        return file.home or (self.only if file.script is None else None)

    def is_loose(self, file: FoundFile) -> bool:
        """Does nothing say which database the scripts of a file are in?"""
        return file.script is None and file.home is None and self.database_of(file) is None


def databases_in(sources: Iterable[SourceFile]) -> Iterator[str]:
    """The databases of scripts and of what they define, as they are written."""
    for source in sources:
        names = (source.database, *_databases_defined(source.facts))
        yield from (name for name in dict.fromkeys(names) if name and "$" not in name)


def _database(file: FoundFile, scripts: ScriptDatabases) -> str | None:
    """The database that is said for a file.

    What a package, snapshot or live database says goes before the configuration.
    """
    return file.database if file.script is not None else scripts.of(file.location) or file.database


def _without(home: str, aliases: Iterable[DatabaseAlias]) -> Iterator[DatabaseAlias]:
    """The aliases of a scan whose names leave out their only database."""
    yield DatabaseAlias(None, (home,), None)
    for alias in aliases:
        is_home = (alias.database or "").casefold() == home.casefold()
        yield DatabaseAlias(None, alias.written, None if is_home else alias.database)


def _defines_others(
    facts: Iterable[FileFacts], home: str, aliases: Iterable[DatabaseAlias]
) -> bool:
    """Do scripts define objects of another database, behind a USE or by names of three parts?"""
    # who makes a job in msdb or a table in tempdb has no second database for that
    names = {home.casefold(), *SYSTEM_DATABASES}
    names |= {
        alias.written[-1].casefold()
        for alias in aliases
        if (alias.database or "").casefold() == home.casefold()
    }
    written = {database for file_facts in facts for database in _databases_defined(file_facts)}
    return any(
        # what `$(Other)` stands for is not known: it may be this one
        database and "$" not in database and database.casefold() not in names
        for database in written
    )


def _databases_defined(facts: FileFacts) -> Iterator[str | None]:
    for fact in (*facts.definitions, *facts.items):
        if (
            isinstance(fact, TableFact | TypeFact | SynonymFact | ModuleFact)
            and not fact.name.temporary
        ):
            yield fact.name.parts[-3] if len(fact.name.parts) == 3 else fact.database
