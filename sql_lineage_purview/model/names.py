"""Names of tables, modules and files, as T-SQL writes and compares them.

Source: https://learn.microsoft.com/sql/relational-databases/databases/database-identifiers
"""

from __future__ import annotations

from functools import lru_cache

from msgspec import Struct

from .regex import regex
from .system_procedures import is_system_procedure

_REGULAR = regex(r"[^\W\d][\w@$#]*\Z|[@#][\w@$#]*\Z")
_TEMPLATE = regex(r"\$\(\w+\)")

# https://learn.microsoft.com/sql/t-sql/language-elements/reserved-keywords-transact-sql
RESERVED = frozenset(
    """
    add all alter and any as asc authorization backup begin between break browse bulk by cascade
    case check checkpoint close clustered coalesce collate column commit compute constraint contains
    containstable continue convert create cross current current_date current_time current_timestamp
    current_user cursor database dbcc deallocate declare default delete deny desc disk distinct
    distributed double drop dump else end errlvl escape except exec execute exists exit external
    fetch file fillfactor for foreign freetext freetexttable from full function goto grant group
    having holdlock identity identity_insert identitycol if in index inner insert intersect into is
    join key kill left like lineno load merge national nocheck nonclustered not null nullif of off
    offsets on open opendatasource openquery openrowset openxml option or order outer over percent
    pivot plan precision primary print proc procedure public raiserror read readtext reconfigure
    references replication restore restrict return revert revoke right rollback rowcount rowguidcol
    rule save schema securityaudit select semantickeyphrasetable semanticsimilaritydetailstable
    semanticsimilaritytable session_user set setuser shutdown some statistics system_user table
    tablesample textsize then to top tran transaction trigger truncate try_convert tsequal union
    unique unpivot update updatetext use user values varying view waitfor when where while with
    within writetext""".split()
)


# https://learn.microsoft.com/sql/relational-databases/system-compatibility-views/system-compatibility-views-transact-sql
_COMPATIBILITY_VIEWS = frozenset(
    """
    sysaltfiles syscacheobjects syscharsets syscolumns syscomments sysconfigures sysconstraints
    syscurconfigs sysdatabases sysdepends sysdevices sysfilegroups sysfiles sysforeignkeys
    sysfulltextcatalogs sysindexes sysindexkeys syslanguages syslockinfo syslogins sysmembers
    sysmessages sysobjects sysoledbusers sysopentapes sysperfinfo syspermissions sysprocesses
    sysprotects sysreferences sysremotelogins sysservers systypes sysusers""".split()
)


NO_NAME = "not a name"  # begins the message of `parse_name`


@lru_cache(maxsize=20_000)  # a document names each part hundreds of times
def bracketed(part: str) -> str:
    """One part of a name as the lineage document shows it: in brackets only where it must be."""
    if (
        (_REGULAR.match(part) and part.lower() not in RESERVED)
        or _TEMPLATE.search(part)
        or not part
    ):
        return part
    return f"[{part.replace(']', ']]')}]"


def is_left_open(text: str) -> bool:
    """Does a text hold the mark of a value that only its run tells, `${@table}` or `${…}`?"""
    return "${@" in text or "${…" in text


class Name(Struct, frozen=True, order=True, cache_hash=True, gc=False, array_like=True):
    """A name of one to four parts, as written: `Name(("dbo", "Fact Sales"))`.

    A part left out (`db..t`) is an empty string. An `address` is the URL or path of a file: one
    part, never split or bracketed.
    """

    parts: tuple[str, ...]
    address: bool = False

    @property
    def object(self) -> str:
        """The object's own name, without schema and database."""
        return self.parts[-1]

    @property
    def database_path(self) -> str:
        """The database of a table or module as it is written: `SRV.Db` behind a linked server.

        Empty where the name does not say it.
        """
        # a..t leaves the schema out, not the database
        return ".".join(self.parts[:-2]).strip(".")

    @property
    def temporary(self) -> bool:
        """Is it a #temporary table, a ##global one or a table @variable?"""
        if self.address:
            return False
        name = self.parts[-1]
        if name[:2] == "#{":  # a name that is filled in
            return False
        # a table may be called dbo.[@t]
        return name[:1] == "#" or (name[:1] == "@" and len(self.parts) == 1)

    @property
    def system(self) -> bool:
        """Is it an object of the system?

        Such are `sys.`, `INFORMATION_SCHEMA.`, and its procedures such as `sp_help`.
        """
        if self.address:
            return False
        schema = self.parts[-2].lower() if len(self.parts) > 1 else ""
        if schema in ("sys", "information_schema"):
            return True
        # master.dbo.fn_varbintohexstr
        if (
            len(self.parts) > 2
            and self.parts[-3].lower() in ("master", "msdb")
            and self.object.lower().startswith("fn_")
        ):
            return True
        return (
            schema in ("", "dbo")
            # `dbo.sp_help` may be the database's own; `sp_help`, `master.dbo.sp_help` are not
            and len(self.parts) != 2
            and is_system_procedure(self.object.lower())
        )

    @property
    def system_source(self) -> bool:
        """Is it an object of the system, or one of its views by an old name?

        Examples of old names are `sysobjects` and `dbo.syscolumns`.
        """
        old = self.object.lower() in _COMPATIBILITY_VIEWS and (
            len(self.parts) == 1 or self.parts[-2].lower() in ("", "dbo")
        )
        return self.system or (old and not self.address)

    @property
    def template(self) -> bool:
        """Does a part stand for something that is filled in later: `$(Db)`, `${db}`, `{{db}}`?"""
        return any("$(" in part or "${" in part or "{{" in part for part in self.parts)

    @property
    def left_open(self) -> bool:
        """Is a part of it told only by the run of a string put together, as `dbo.${@table}`?"""
        return any(is_left_open(part) for part in self.parts)

    @property
    def key(self) -> str:
        """What two spellings of one object share.

        The case is folded, and the parts are joined by a NUL, which no identifier holds.
        """
        return "\0".join(self.parts).casefold()

    def __str__(self) -> str:
        return self.parts[0] if self.address else ".".join(map(bracketed, self.parts))


class NameTexts(dict[Name, str]):
    """Names as they are shown, each made once: thousands of rows are sorted by the same few."""

    def __missing__(self, name: Name) -> str:
        text = self[name] = str(name)
        return text


_QUOTED = regex(r'\[(?:[^\]]|\]\])*\]|"(?:[^"]|"")*"')
_PART = regex(r'\[((?:[^\]]|\]\])*)\]|"((?:[^"]|"")*)"|([^.\["\s][^.]*)|(?=\.|\Z)')


def parse_name(text: str) -> Name:
    """Read a name that a person typed (`dbo.[Fact Sales]`, `db..t`, `https://…`).

    Raises:
        ValueError: the text is no name.
    """
    text = text.strip()
    if "/" in _QUOTED.sub("", text):
        return Name((text,), address=True)
    parts: list[str] = []
    position = 0
    while True:
        match = _PART.match(text, position)
        if not match:
            raise ValueError(f"{NO_NAME}: {text!r}")
        bracket, quote, plain = match.groups()
        if bracket is not None:
            parts.append(bracket.replace("]]", "]"))
        elif quote is not None:
            parts.append(quote.replace('""', '"'))
        else:
            parts.append((plain or "").strip())
        position = match.end()
        if position == len(text):
            break
        if text[position] != ".":
            raise ValueError(f"{NO_NAME}: {text!r}")
        position += 1
    if not parts[-1]:
        raise ValueError(f"{NO_NAME}: {text!r}")
    return Name(tuple(parts))
