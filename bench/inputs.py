"""The two readings of a folder that are held against each other, and the folder's own text."""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")


class BenchError(Exception):
    """A command of the bench cannot do its work; the message says what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Row:
    """What one statement reads, writes and calls, with the names as they were given."""

    line: int
    kind: str
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    end_line: int | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """A statement that was not understood: where, and what the tool says about it."""

    path: str
    line: int
    column: int
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Document:
    """The lineage document.

    `files`: statements and syntax gaps by path; `rows`: without names of files.
    """

    generator: str
    files: Mapping[str, tuple[int, int]]
    rows: Mapping[str, list[Row]]
    modules: frozenset[str]
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """The other side's reading of one file.

    `path`: from the folder, with `/`; `starts`: offset and kind of each statement.
    """

    path: str
    valid: bool
    rows: tuple[Row, ...] = ()
    modules: frozenset[str] = frozenset()
    starts: tuple[tuple[int, str], ...] = field(default=(), repr=False)


# The diagnostics that are syntax gaps, as docs/diagnostics.md has them.
SYNTAX_CODES = frozenset({"SLP101", "SLP102", "SLP104", "SLP105"})
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def load_document(path: Path) -> Document:
    """The lineage document of a file; rows of dynamic SQL are left out.

    Raises:
        BenchError: the file is missing or is no lineage document.
    """
    hint = "Make one with: sql-lineage-purview scan FOLDER --format json -o FILE"
    return shaped(path, json_object(path, hint), _document, hint)


def load_truth(path: Path, folder: Path) -> list[Judged]:
    """The other side's answer, a JSON object a line; its paths as they are below the folder.

    Raises:
        BenchError: the file is missing, is no such answer, or speaks of another folder.
    """
    hint = 'Each line is one object: {"file": path, "valid": true, "statements": [row, …]}'
    return [
        shaped(path, entry, lambda entry: _judged(entry, folder), hint)
        for entry in json_lines(path, hint)
    ]


def json_object(path: Path, hint: str) -> Any:
    """What a JSON file holds; `hint` says how to make such a file.

    Raises:
        BenchError: the file is missing or is no JSON.
    """
    return _parsed(path, text_of(path, hint), hint)


def json_lines(path: Path, hint: str) -> list[Any]:
    """What each line of a file holds.

    Raises:
        BenchError: the file is missing, empty, or a line is no JSON.
    """
    lines = [line for line in text_of(path, hint).splitlines() if line.strip()]
    if not lines:
        raise BenchError(f"{path} is empty. {hint}")
    return [_parsed(path, line, hint) for line in lines]


def text_of(path: Path, hint: str) -> str:
    """The text of a UTF-8 file.

    Raises:
        BenchError: the file is missing or is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise BenchError(f"{path} cannot be read: {error.strerror or error}. {hint}") from error
    except UnicodeDecodeError as error:
        raise BenchError(f"{path} is not UTF-8. {hint}") from error


def shaped(path: Path, value: Any, read: Callable[[Any], T], hint: str) -> T:
    """What `read` makes of a value of a file.

    Raises:
        BenchError: the value has not the members that `read` needs.
    """
    try:
        return read(value)
    except (KeyError, TypeError, AttributeError) as error:
        raise BenchError(
            f"{path} has not the expected members ({type(error).__name__}: {error}). {hint}"
        ) from error


def script_text(file: Path) -> str:
    """The text of a script, read by its mark, else as UTF-8, else as Windows-1252.

    Raises:
        BenchError: the script cannot be read.
    """
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise BenchError(f"{file} cannot be read: {error.strerror or error}") from error
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return raw.decode(encoding, "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def existing_folder(path: Path) -> Path:
    """The folder itself.

    Raises:
        BenchError: there is no such folder.
    """
    if not path.is_dir():
        raise BenchError(f"{path} is no folder. Give the folder of scripts that was scanned.")
    return path


def _parsed(path: Path, text: str, hint: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise BenchError(f"{path} is not JSON ({error}). {hint}") from error


def _document(value: Any) -> Document:
    outside = {table["name"] for table in value.get("tables", ()) if table["kind"] == "FILE"}
    rows: dict[str, list[Row]] = {}
    for row in value["statements"]:
        if not row["dynamic"]:
            rows.setdefault(row["path"], []).append(_row(row, outside))
    return Document(
        f"{value['generator']['name']} {value['generator']['version']}"
        if "generator" in value
        else "",
        {file["path"]: (file["statements"], file["gaps"]["syntax"]) for file in value["files"]},
        rows,
        frozenset(module["name"] for module in value["modules"]),
        tuple(
            Gap(row["path"], row["line"], row.get("column", 1), row["code"], row.get("message", ""))
            for row in value.get("diagnostics", ())
            if row["code"] in SYNTAX_CODES
        ),
    )


def _judged(entry: Any, folder: Path) -> Judged:
    statements = entry["statements"]
    rows = statements if isinstance(statements, list) else []  # `oracle parse` counts kinds instead
    return Judged(
        _below(folder, Path(entry["file"])),
        bool(entry["valid"]),
        tuple(map(_row, rows)),
        frozenset(row["module"] for row in rows if row.get("module")),
        tuple((offset, kind) for offset, kind in entry.get("starts", ())),
    )


def _row(row: Mapping[str, Any], outside: Container[str] = ()) -> Row:
    reads, writes, calls = (
        tuple(name for name in row[what] if name not in outside)
        for what in ("reads", "writes", "calls")
    )
    return Row(row["line"], row.get("kind", ""), reads, writes, calls, row.get("end_line"))


def _below(folder: Path, file: Path) -> str:
    root = folder.resolve()
    for candidate in (file.resolve(), (folder / file).resolve()):
        if candidate.is_relative_to(root) and candidate.exists():
            return candidate.relative_to(root).as_posix()
    if not file.is_absolute():
        return file.as_posix()  # a file of the folder that is gone since
    if file.resolve().is_relative_to(root):
        return file.resolve().relative_to(root).as_posix()
    raise BenchError(f"{file} is not in {folder}. Give the folder that both sides read.")
