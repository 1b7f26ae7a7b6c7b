"""Rules that excuse a disagreement of the two readings where the document is right.

Each rule comes with a script and a page.

A rule decides from the rows of both sides and the source text of a statement alone, so it holds for
any folder. It names the facts that one side cannot have; what the other side has after all is not
excused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from inputs import Row, script_text
from names import folded, name_parts

# Of the facts of a folder, waivers may excuse so many.
LIMIT = 0.005


@dataclass(frozen=True, slots=True)
class Statements:
    """What a rule decides from: the rows of one file, on both sides, and its text."""

    path: str
    ours: Sequence[Row]
    theirs: Sequence[Row]
    folder: Path

    def text(self, row: Row) -> str:
        """The lines of one of our rows."""
        lines = script_text(self.folder / self.path).split("\n")
        return "\n".join(lines[row.line - 1 : row.end_line or row.line])


@dataclass(frozen=True, slots=True)
class Claim:
    """Facts that one side states and the other cannot: those of a row, of some kinds.

    `ours`: the document states them.
    """

    row: Row
    kinds: tuple[str, ...]
    ours: bool = True


@dataclass(frozen=True, slots=True)
class Waiver:
    """A rule that excuses some disagreements.

    It has its name, why the document is right, a script that shows it, Microsoft's page, and
    what it excuses.
    """

    name: str
    reason: str
    script: str
    page: str
    claims: Callable[[Statements], Iterator[Claim]]


_MOVED = ("reads", "writes", "pairs", "lines")
_SEMANTIC = re.compile(
    r"(?i)\bSEMANTIC(?:KEYPHRASE|SIMILARITY|SIMILARITYDETAILS)TABLE\s*\(\s*([^\s,()]+)"
)
_FAR = re.compile(r"(?is)\bOPEN(?:QUERY|ROWSET|DATASOURCE)\s*\((.*)")


def _renames(statements: Statements) -> Iterator[Claim]:
    """The read of the old name and its pair.

    The write of the new name stays counted, so that the waivers keep to their limit.
    """
    calling = {
        row.line
        for row in statements.theirs
        if any(name_parts(call)[-1] == "sp_rename" for call in row.calls)
    }
    for row in statements.ours:
        if row.kind == "RENAME" and row.line in calling:
            yield Claim(row, ("reads", "pairs", "lines"))


def _schema_views(statements: Statements) -> Iterator[Claim]:
    """The views from a CREATE SCHEMA to the parser's next row, where it reads what they read.

    It is the CREATE SCHEMA that reads what these views read.
    """
    for index, schema in enumerate(statements.theirs):
        if schema.kind != "CreateSchema":
            continue
        end = min((row.line for row in statements.theirs[index + 1 :]), default=None)
        views = [
            row
            for row in statements.ours
            if row.kind == "VIEW" and row.line >= schema.line and (not end or row.line < end)
        ]
        if _tables(views) == _tables([schema]):
            yield from (Claim(view, ("writes", "pairs", "lines")) for view in views)
            yield Claim(schema, ("lines",), ours=False)


def _tables(rows: Sequence[Row]) -> set[str | None]:
    return {folded(name) for row in rows for name in row.reads}


def _text_pointers(statements: Statements) -> Iterator[Claim]:
    yield from (Claim(row, _MOVED) for row in statements.ours if row.kind == "UPDATETEXT")


def _conversation_groups(statements: Statements) -> Iterator[Claim]:
    for row in statements.ours:
        if row.kind == "GET_CONVERSATION_GROUP":
            yield Claim(row, ("reads", "lines"))


def _semantic_search(statements: Statements) -> Iterator[Claim]:
    for row in statements.ours:
        named = (
            {folded(name) for name in _SEMANTIC.findall(statements.text(row))}
            if row.reads
            else set()
        )
        if named:
            yield Claim(
                replace(row, reads=tuple(name for name in row.reads if folded(name) in named)),
                ("reads", "pairs", "lines"),
            )


def _pass_through(statements: Statements) -> Iterator[Claim]:
    """Four-part names whose server stands in the arguments of a pass-through function.

    The function is OPENQUERY, OPENROWSET or OPENDATASOURCE; the name begins with that server.
    """
    for row in statements.ours:
        if not any(len(name_parts(name)) == 4 for name in (*row.reads, *row.writes)):
            continue
        found = _FAR.search(statements.text(row))
        arguments = found[1].lower() if found else ""
        reads, writes = (_far(names, arguments) for names in (row.reads, row.writes))
        if reads or writes:
            yield Claim(replace(row, reads=reads, writes=writes), ("reads", "writes", "lines"))
            yield Claim(replace(row, reads=reads), ("pairs",))
            yield Claim(replace(row, writes=writes), ("pairs",))


def _far(names: Sequence[str], arguments: str) -> tuple[str, ...]:
    return tuple(
        name for name in names if len(name_parts(name)) == 4 and name_parts(name)[0] in arguments
    )


WAIVERS = (
    Waiver(
        "rename",
        "`sp_rename` of a table: its rows now stand under another name, so the document has the "
        "statement read the old and write "
        "the new name. The parser sees the call of a procedure.",
        "CREATE TABLE dbo.Fact_Staging (Id int);\nEXEC sp_rename 'dbo.Fact_Staging', 'Fact';\n",
        "https://learn.microsoft.com/sql/relational-databases/system-stored-procedures/sp-rename-transact-sql",
        _renames,
    ),
    Waiver(
        "schema",
        "A view created inside CREATE SCHEMA is a view like any other: written, and a statement "
        "of its own. The parser's reading "
        "has only what the whole CREATE SCHEMA reads.",
        "CREATE SCHEMA Sales\nCREATE TABLE Sales.Orders (Id int)\nCREATE VIEW Sales.Recent AS "
        "SELECT Id FROM Sales.Orders;\n",
        "https://learn.microsoft.com/sql/t-sql/statements/create-schema-transact-sql",
        _schema_views,
    ),
    Waiver(
        "text pointer",
        "WRITETEXT and UPDATETEXT change a column of the table that they name; the parser's "
        "reading does not look into them.",
        "DECLARE @p varbinary(16);\nSELECT @p = TEXTPTR(Body) FROM dbo.Notes;\nWRITETEXT "
        "dbo.Notes.Body @p 'new';\n"
        "UPDATETEXT dbo.Notes.Body @p 0 0 'more';\n",
        "https://learn.microsoft.com/sql/t-sql/queries/writetext-transact-sql",
        _text_pointers,
    ),
    Waiver(
        "conversation group",
        "GET CONVERSATION GROUP reads the queue that it names, as RECEIVE does; the parser's "
        "reading knows only the latter.",
        "DECLARE @g uniqueidentifier;\nGET CONVERSATION GROUP @g FROM dbo.Incoming;\n",
        "https://learn.microsoft.com/sql/t-sql/statements/get-conversation-group-transact-sql",
        _conversation_groups,
    ),
    Waiver(
        "semantic search",
        "SEMANTICKEYPHRASETABLE and its kin read the table that is their first argument, as "
        "CONTAINSTABLE does; the parser's "
        "reading knows only the latter.",
        "SELECT k.keyphrase\nFROM SEMANTICKEYPHRASETABLE(dbo.Documents, *) AS k;\n",
        "https://learn.microsoft.com/sql/relational-databases/system-functions/semantickeyphrasetable-transact-sql",
        _semantic_search,
    ),
    Waiver(
        "pass-through",
        "OPENQUERY, OPENROWSET and OPENDATASOURCE name tables of another server, in a string of "
        "SQL that runs there or behind "
        "what they open. These are read and written like any other; the parser's reading leaves "
        "them out.",
        "SELECT o.Id FROM OPENQUERY(Archive, 'SELECT Id FROM Sales.dbo.Orders') AS o;\n"
        "INSERT INTO OPENDATASOURCE('MSOLEDBSQL', 'Server=Archive').Sales.dbo.Orders (Id)\nSELECT "
        "Id FROM dbo.New;\n",
        "https://learn.microsoft.com/sql/t-sql/functions/openquery-transact-sql",
        _pass_through,
    ),
)
