"""What two readings say of the columns that modules refer to.

The readings are those of the lineage document, of a compiler, and of SQL Server itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from column_waivers import Dispute
from inputs import BenchError, json_lines, json_object, script_text, shaped, text_of
from names import folded, name_parts

Column = tuple[str, str]  # table and column, in lower case


@dataclass(frozen=True, slots=True)
class Place:
    """Where a module stands: its script, and its lines from 1."""

    script: Path
    line: int
    end_line: int

    def text(self) -> str:
        """The module's own text."""
        return "\n".join(script_text(self.script).splitlines()[self.line - 1 : self.end_line])


@dataclass(frozen=True, slots=True)
class Modules:
    """The document, as far as it is compared.

    `columns`: by module; `texts`: of each; `functions`: their names.

    `known`: the columns of each table, where it has told them. `used`, `defined`: the persistent
    tables and views that statements name, and those of them that the scripts create.
    """

    columns: Mapping[str, frozenset[Column]]
    places: Mapping[str, Place]
    functions: frozenset[str] = frozenset()
    known: Mapping[str, frozenset[str]] = field(default_factory=dict)
    used: frozenset[str] = frozenset()
    defined: frozenset[str] = frozenset()

    @property
    def defined_share(self) -> float | None:
        """The share of the tables in use that the scripts create; None where none is in use."""
        return len(self.defined) / len(self.used) if self.used else None

    def dispute(self, module: str, column: Column, starred: frozenset[str]) -> Dispute:
        """A difference, with what a waiver decides from; `starred`: the views that have a `*`."""
        place = self.places.get(module)
        return Dispute(
            place.text() if place else "",
            *column,
            self.known.get(column[0], frozenset()),
            column[0] in starred,
        )


@dataclass(frozen=True, slots=True)
class Relation:
    """The other reading of one module. `complete`: what it lacks is not there."""

    module: str
    columns: frozenset[Column]
    complete: bool = True


def load_modules(path: Path, folder: Path) -> Modules:
    """The modules of a lineage document; of two that have one name, the later.

    Raises:
        BenchError: the file is missing, is no lineage document, or is that of another folder.
    """
    hint = "Make one with: sql-lineage-purview scan FOLDER --format json -o FILE"
    document = json_object(path, hint)
    paths = shaped(path, document, lambda value: [file["path"] for file in value["files"]], hint)
    gone = [one for one in paths if not (folder / one.partition("#")[0]).exists()]
    if gone:
        raise BenchError(
            f"{path} speaks of {gone[0]}, which {folder} lacks. Give the folder that was scanned."
        )
    return shaped(path, document, lambda value: _modules(value, folder), hint)


def load_bound(path: Path) -> tuple[list[Relation], frozenset[str]]:
    """The compiler's answer: its modules, and the tables and views that the folder defines.

    Raises:
        BenchError: the file is missing or is no such answer.
    """
    hint = (
        'It has lines {"defined": [table, …]} and {"module": name, "stars": 0, "columns": '
        "[table.column, …]}"
    )
    entries = json_lines(path, hint)
    defined = shaped(
        path, entries, lambda rows: [row["defined"] for row in rows if "defined" in row], hint
    )
    if not defined:
        raise BenchError(f"{path} does not say which tables are defined. {hint}")
    modules = shaped(
        path, entries, lambda rows: [_bound(row) for row in rows if "module" in row], hint
    )
    return modules, frozenset(_key(name) for names in defined for name in names)


def load_referenced(path: Path, functions: frozenset[str]) -> list[Relation]:
    """SQL Server's answer, without the columns of functions.

    Raises:
        BenchError: the file is missing or is no such answer.
    """
    hint = "Each line is module|entity|column"
    found: dict[str, set[Column]] = {}
    for number, line in enumerate(text_of(path, hint).splitlines(), 1):
        row = line.lower().split("|")
        if len(row) != 3:
            raise BenchError(f"{path}:{number}: {line!r} has not three parts. {hint}")
        module, entity, column = row
        columns = found.setdefault(module, set())
        if entity not in functions:
            columns.add((entity, column))
    return [Relation(module, frozenset(columns)) for module, columns in found.items()]


def _modules(document: Any, folder: Path) -> Modules:
    rows = document["modules"]
    kinds = {_key(table["name"]): table["kind"] for table in document["tables"]}
    functions = frozenset(_key(row["name"]) for row in rows if row["kind"] == "FUNCTION")
    named = {
        name
        for row in document["statements"]
        if not row["dynamic"]
        for raw in (*row["reads"], *row["writes"])
        if (name := folded(raw))
        and not name.startswith("#")
        and kinds.get(name) not in ("FILE", "FUNCTION")
    }
    created = {_key(table["name"]) for table in document["tables"] if table["defined_at"]}
    return Modules(
        {
            _key(row["name"]): frozenset(
                (_key(one["table"]), one["column"].lower()) for one in row["columns"]
            )
            for row in rows
        },
        {
            _key(row["name"]): Place(folder / row["path"], row["line"], row["end_line"])
            for row in rows
        },
        functions,
        {
            _key(table["name"]): frozenset(map(str.lower, table["columns"]))
            for table in document["tables"]
            if table["columns"]
        },
        frozenset(named - functions),
        frozenset((named - functions) & created),
    )


def _bound(row: Mapping[str, Any]) -> Relation:
    columns = (name_parts(one) for one in row["columns"])
    return Relation(
        row["module"].lower(),
        frozenset((".".join(parts[-3:-1]), parts[-1]) for parts in columns),
        not row["stars"],
    )


def _key(name: str) -> str:
    parts = name_parts(name)
    return ".".join([*(["dbo"] if len(parts) == 1 or not parts[-2] else [parts[-2]]), parts[-1]])
