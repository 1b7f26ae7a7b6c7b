"""The text of a plan: JSON with one line for each row, so that two plans compare well and a large one is read row by row."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from io import TextIOWrapper
from pathlib import Path
from typing import Any, TypeAlias

from ...model.limits import PLAN_BYTES
from ...model.opening import open_file, read_file
from ...model.printable import to_json
from ..account.assets import AssetRef, Placeholder
from ..account.processes import Change, Process
from ..errors import BadPlanError
from .choices import Granularity, Pruning
from .plan_document import (
    CutLineage,
    DroppedProcess,
    Plan,
    PlannedAction,
    PlannedProcess,
    PlannedRelation,
    ResolvedTable,
    Unresolved,
    UnresolvedTable,
)

_VERSION = 4
_REMEDY = "Make the plan again with this version of the tool."
_Row: TypeAlias = dict[str, Any]


def plan_lines(plan: Plan) -> Iterator[str]:
    """The document of a plan, line by line: readable, stable, and without secrets."""
    yield "{\n"
    yield f'"plan_version": {_VERSION}'
    for field in fields(plan):
        value = getattr(plan, field.name)
        if field.name not in _ROWS:
            yield f",\n{_dumped(field.name)}: {_dumped(value)}"
            continue
        yield f",\n{_dumped(field.name)}: ["
        for number, row in enumerate(value):
            yield f"{',' if number else ''}\n{_dumped(row if isinstance(row, str) else asdict(row))}"
        yield "\n]"
    yield "\n}\n"


def plan_text(plan: Plan) -> str:
    """The document of a plan."""
    return "".join(plan_lines(plan))


def read_plan(text: str) -> Plan:
    """Read the document of a plan, however it is laid out.

    Raises:
        BadPlanError: the text is no plan, or one of another version.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise BadPlanError("The file is not JSON, so it is no saved plan", remedy=_REMEDY) from None
    _check_version(document)
    with _Damage():
        rows = {name: tuple(map(read, document[name])) for name, read in _ROWS.items()}
        return _plan(document, rows)


def open_plan(path: Path) -> Plan:
    """Read a saved plan so that its rows stay in the file until they are asked for.

    Raises:
        BadPlanError: the file is no plan, one of another version, or damaged where it was read.
        OSError: the file cannot be read, or is no regular one.
    """
    state = _state(path.stat())
    try:
        head = _head(path)
    except (ValueError, RecursionError):
        # Somebody laid it out anew, or it is no plan.
        return read_plan(_text_of(path))
    _check_version(head)
    with _Damage():
        return _plan(head, {name: _Rows(path, state, name, read) for name, read in _ROWS.items()})


# --- laid out in lines ---------------------------------------------------------------------------------------------


def _head(path: Path) -> _Row:
    """All that is no list of rows.

    Raises:
        ValueError: the file is not laid out as `plan_lines` does.
    """
    head: _Row = {}
    inside = ""
    with _lines_of(path) as lines:
        if next(lines, "") != "{\n":
            raise ValueError("not laid out in lines")
        for line in lines:
            name = _opened(line)
            if inside:
                inside = "" if line.startswith("]") else inside
            elif name:
                inside = name
                head[name] = []
            elif line != "}\n":
                head |= json.loads("{" + line.rstrip("\n").removesuffix(",") + "}")
    if not _ROWS.keys() <= head.keys():
        raise ValueError("not laid out in lines")
    return head


def _lines_of(path: Path) -> TextIOWrapper:
    return TextIOWrapper(open_file(path), encoding="utf-8", newline="\n")


def _opened(line: str) -> str:
    """The name of the list that a line opens; empty where it opens none."""
    return next((name for name in _ROWS if line == f"{_dumped(name)}: [\n"), "")


@dataclass(frozen=True, slots=True)
class _Rows(Collection[Any]):
    """A list of a saved plan, read from the file each time that it is gone through."""

    path: Path
    state: tuple[int, ...]
    name: str
    read: Callable[[Any], Any]

    def __iter__(self) -> Iterator[Any]:
        for line in self._lines():
            with _Damage():
                yield self.read(json.loads(line.rstrip("\n").removesuffix(",")))

    def __len__(self) -> int:
        return sum(1 for _ in self._lines())

    def __contains__(self, row: object) -> bool:
        return any(row == each for each in self)

    def _lines(self) -> Iterator[str]:
        inside = False
        with _lines_of(self.path) as lines:
            if _state(os.fstat(lines.fileno())) != self.state:
                raise BadPlanError(f"{self.path} was changed while it was applied", remedy="Look at it, and push it again.")
            for line in lines:
                if inside and line.startswith("]"):
                    return
                if inside:
                    yield line
                inside = inside or _opened(line) == self.name


def _state(status: os.stat_result) -> tuple[int, ...]:
    """What tells that a file is still the one that was looked at."""
    return status.st_size, status.st_mtime_ns


class _Damage:
    """What goes wrong in reading a plan is an error of the plan."""

    def __enter__(self) -> None:
        return

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _traceback: object) -> None:
        if isinstance(error, KeyError | TypeError | ValueError | AttributeError):
            raise BadPlanError(f"The saved plan is damaged ({type(error).__name__}: {error})", remedy=_REMEDY) from None


# --- values --------------------------------------------------------------------------------------------------------


def _check_version(document: object) -> None:
    if not isinstance(document, dict) or document.get("plan_version") != _VERSION:
        raise BadPlanError("The file is no saved plan of this version", remedy=_REMEDY)


def _text_of(path: Path) -> str:
    try:
        return read_file(path, PLAN_BYTES).decode("utf-8")
    except UnicodeDecodeError:
        raise BadPlanError("The file is not UTF-8, so it is no saved plan", remedy=_REMEDY) from None


def _plan(head: _Row, rows: Mapping[str, Collection[Any]]) -> Plan:
    return Plan(
        endpoint=_text(head["endpoint"]),
        owner=_text(head["owner"]),
        path_prefix=_text(head["path_prefix"]),
        granularity=Granularity(head["granularity"]),
        pruning=Pruning(head["pruning"]),
        **rows,
    )


def _planned(row: _Row) -> PlannedProcess:
    process = dict(row["process"])
    inputs, outputs = (tuple(map(_ref, process.pop(end))) for end in ("inputs", "outputs"))
    return PlannedProcess(
        action=PlannedAction(row["action"]),
        process=Process(inputs=inputs, outputs=outputs, **_texts(process)),
        changes=tuple(Change(**_texts(change)) for change in row["changes"]),
        left_out=tuple(map(_text, row["left_out"])),
        through=tuple(map(_text, row["through"])),
        reason=_text(row["reason"]),
        guid=_text(row["guid"]),
        state=_text(row["state"]),
        collection=_text(row["collection"]),
        part_of=_text(row["part_of"]),
    )


def _relation(row: _Row) -> PlannedRelation:
    texts = {name: _text(row[name]) for name in ("column_mapping", "guid", "reason", "type_name")}
    return PlannedRelation(PlannedAction(row["action"]), _ref(row["source"]), _ref(row["target"]), **texts)


def _resolved(row: _Row) -> ResolvedTable:
    return ResolvedTable(_text(row["table"]), _text(row["evidence"]), _ref(row["asset"]))


def _unresolved(row: _Row) -> UnresolvedTable:
    candidates = tuple(map(_ref, row["candidates"]))
    return UnresolvedTable(_text(row["table"]), Unresolved(row["outcome"]), _text(row["reason"]), candidates)


def _placeholder(row: _Row) -> Placeholder:
    return Placeholder(_ref(row["asset"]), _text(row["collection"]))


def _dropped(row: _Row) -> DroppedProcess:
    return DroppedProcess(_text(row["writer"]), _text(row["table"]), _text(row["reason"]), tuple(map(_text, row["reaches"])))


def _cut(row: _Row) -> CutLineage:
    sources, processes = (tuple(map(_text, row[name])) for name in ("sources", "processes"))
    return CutLineage(_text(row["table"]), _text(row["reason"]), sources, processes)


def _ref(row: _Row) -> AssetRef:
    return AssetRef(_text(row["qualified_name"]), _text(row["type_name"]), _text(row["guid"]))


def _texts(row: _Row) -> dict[str, str]:
    return {name: _text(value) for name, value in row.items()}


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} where a text should be")
    return value


def _dumped(value: object) -> str:
    return to_json(value)


_ROWS: dict[str, Callable[[Any], Any]] = {
    "placeholders": _placeholder,
    "processes": _planned,
    "relations": _relation,
    "resolved": _resolved,
    "unresolved": _unresolved,
    "dropped": _dropped,
    "cuts": _cut,
    "notes": _text,
    "excluded": _text,
}
