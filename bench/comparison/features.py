"""The features that are compared: Markdown files that say for each script which values flow where.

A feature is a heading `##`, a sentence or two, and blocks: `columns` (the tables and views of the
database with their columns, which every tool is told), `sql` (the script), `lineage` and `tables`
(the whole answer), `also` (pairs that are no fault: columns that only decide which value it is) and
`through` (functions, synonyms and tables built aside that an answer may name on the way).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).with_name("features")
_BLOCK = re.compile(r"^```(?P<kind>\w+)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
GO = re.compile(r"^\s*GO\s*$", re.MULTILINE | re.IGNORECASE)
_MARKS = ("#", "@")
_TEMPORARY = re.compile(r"[#@]+(\w+)")
_PART = re.compile(r"<([^>]+)>|\[([^]]+)\]|([^.\[\]<>]+)")
KINDS = {"columns", "sql", "lineage", "tables", "also", "through"}

Table = str
End = tuple[Table, str]
"""A table and its column; names are case-folded parts joined with dots, without brackets."""


class ComparisonError(Exception):
    """The comparison cannot be made; the message says what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Feature:
    """A script with its lineage, as T-SQL defines it."""

    chapter: str
    title: str
    batches: tuple[str, ...]
    columns: dict[str, tuple[str, ...]]
    pairs: frozenset[tuple[End, End]]
    tables: frozenset[tuple[Table, Table]]
    also_pairs: frozenset[tuple[End, End]]
    through: frozenset[Table]

    def is_passed(self, table: Table) -> bool:
        """May an answer name the table as a step on the way?

        Such a table is a temporary one, with or without its mark, a function, or a table
        built aside.
        """
        last = table.rpartition(".")[2]
        return (
            last.startswith(_MARKS)
            or table in self.through
            or (last in self._temporary and not self._is_permanent(table))
        )

    def exists(self, table: Table) -> bool:
        """Is it a table, a view or a file of the feature, or something on the way?"""
        return self._is_permanent(table) or self.is_passed(table)

    def _is_permanent(self, table: Table) -> bool:
        return table in map(folded, self.columns) or any(table in pair for pair in self.tables)

    @property
    def _temporary(self) -> set[str]:
        return {name.casefold() for batch in self.batches for name in _TEMPORARY.findall(batch)}


def read_features(folder: Path = FOLDER) -> list[Feature]:
    """All features, in the order of the files and of their headings.

    Raises:
        ComparisonError: a feature has no script or no lineage, or a block is none of the kinds.
    """
    found = []
    for file in sorted(folder.glob("*.md")):
        title, *sections = re.split(r"^## ", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
        chapter = title.splitlines()[0].removeprefix("# ")
        found += [_feature(chapter, section) for section in sections]
    return found


def _feature(chapter: str, section: str) -> Feature:
    title = section.splitlines()[0].strip()
    blocks = {match["kind"]: match["body"] for match in _BLOCK.finditer(section)}
    if unknown := blocks.keys() - KINDS:
        raise ComparisonError(f"{title}: no such block: {', '.join(sorted(unknown))}")
    if not blocks.get("sql") or not blocks.get("tables"):
        raise ComparisonError(f"{title}: a feature has a block sql and a block tables")
    also = [_pair(line) for line in _lines(blocks, "also")]
    return Feature(
        chapter,
        title,
        tuple(batch.strip() + "\n" for batch in GO.split(blocks["sql"]) if batch.strip()),
        dict(_table_of(line) for line in _lines(blocks, "columns")),
        frozenset(
            (_end(source), _end(target)) for source, target in map(_pair, _lines(blocks, "lineage"))
        ),
        frozenset(
            (folded(source), folded(target))
            for source, target in map(_pair, _lines(blocks, "tables"))
        ),
        frozenset((_end(source), _end(target)) for source, target in also),
        frozenset(map(folded, _lines(blocks, "through"))),
    )


def _lines(blocks: dict[str, str], kind: str) -> list[str]:
    return [line for line in blocks.get(kind, "").splitlines() if line.strip()]


def _table_of(line: str) -> tuple[str, tuple[str, ...]]:
    table, _, columns = line.rstrip(")").partition("(")
    return ".".join(_parts(table)), tuple(column.strip() for column in columns.split(","))


def _pair(line: str) -> tuple[str, str]:
    source, _, target = line.partition(" -> ")
    return source, target


def _parts(name: str) -> list[str]:
    """The parts of a name; an address in angle brackets is one part."""
    return [
        address or bracketed or plain for address, bracketed, plain in _PART.findall(name.strip())
    ]


def folded(name: str) -> Table:
    """The name of a table as it is compared."""
    return ".".join(_parts(name)).casefold()


def _end(name: str) -> End:
    *table, column = _parts(name)
    return ".".join(table).casefold(), column.casefold()
