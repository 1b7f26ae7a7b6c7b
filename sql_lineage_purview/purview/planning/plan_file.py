"""The text of a plan: JSON Lines.

So a large one is written and read row by row, and two compare well.

The first line is the header: the version of the form, the account, the scan, and how many rows of
each kind follow. Each other line is one row, and begins with its kind:

    {"plan_version": 5, "endpoint": "https://acct.purview.azure.com", …, "rows": {"process": 2, …}}
    {"kind": "process", "action": "create", "process": {…}, …}

The counts tell of a file that was cut off before anything of it is pushed.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import StringIO, TextIOWrapper
from pathlib import Path
from typing import Any, TextIO

from msgspec import structs

from ...model.opening import open_file
from ...model.printable import to_json
from ..purview_errors import BadPlanError
from .choices import Granularity, Pruning, PushOrigin
from .plan_document import Plan
from .plan_rows import ROW_KINDS, Json, RowKind, as_text, as_texts

_VERSION = 5
_REMEDY = "Make the plan again with this version of the tool."
_KIND = re.compile(r'\{\s*"kind"\s*:\s*"(\w+)"')


def plan_lines(plan: Plan) -> Iterator[str]:
    """The document of a plan, line by line: readable, stable, and without secrets."""
    counts = {kind.name: len(getattr(plan, kind.field)) for kind in ROW_KINDS}
    header = {
        "plan_version": _VERSION,
        "endpoint": plan.endpoint,
        "path_prefix": plan.path_prefix,
        "owner": plan.owner,
        "granularity": plan.granularity,
        "pruning": plan.pruning,
        "scan": structs.asdict(plan.scan),
        "rows": counts,
    }
    yield f"{to_json(header)}\n"
    for kind in ROW_KINDS:
        for row in getattr(plan, kind.field):
            yield f"{to_json({'kind': kind.name, **kind.document(row)})}\n"


def plan_text(plan: Plan) -> str:
    """The document of a plan."""
    return "".join(plan_lines(plan))


def read_plan(text: str) -> Plan:
    """Read the document of a plan.

    Raises:
        BadPlanError: the text is no plan, one of another version, or damaged.
    """
    header = _checked_header(StringIO(text, newline="\n"))
    with _Damage():
        rows = {kind: tuple(_rows(StringIO(text, newline="\n"), kind)) for kind in ROW_KINDS}
        return _plan(header, rows)


def open_plan(path: Path) -> Plan:
    """Read a saved plan so that its rows stay in the file until they are asked for.

    Raises:
        BadPlanError: the file is no plan, one of another version, cut off, or damaged where it was
            read.
        OSError: the file cannot be read, or is no regular one.
    """
    state = _state(path.stat())
    try:
        with _opened(path) as lines:
            header = _checked_header(lines)
    except UnicodeDecodeError:
        raise BadPlanError(
            "The file is not UTF-8, so it is no saved plan", remedy=_REMEDY
        ) from None
    with _Damage():
        counts = header["rows"]
        rows = {kind: SavedRows(path, state, kind, counts[kind.name]) for kind in ROW_KINDS}
        return _plan(header, rows)


@dataclass(frozen=True, slots=True)
class SavedRows(Collection[Any]):
    """The rows of one kind of a saved plan.

    They are read from the file each time that they are gone through.

    Args:
        path: The file.
        state: What told, when the plan was opened, that the file is this one.
        kind: Which rows.
        count: How many there are.
    """

    path: Path
    state: tuple[int, ...]
    kind: RowKind
    count: int

    def __iter__(self) -> Iterator[Any]:
        with _opened(self.path) as lines, _Damage():
            # A push goes through the file once for each kind of rows, and half of one plan with
            # half of another would be neither.
            if _state(os.fstat(lines.fileno())) != self.state:
                what = f"{self.path} was changed while it was applied"
                raise BadPlanError(what, remedy="Look at it, and push it again.")
            yield from _rows(lines, self.kind)

    def __len__(self) -> int:
        return self.count

    def __contains__(self, row: object) -> bool:
        return any(row == each for each in self)


# --- lines ---------------------------------------------------------------------------------------


def _header(lines: TextIO) -> Json:
    """The first line of a plan.

    Raises:
        BadPlanError: it is none of this version.
    """
    first = lines.readline()
    try:
        header = json.loads(first)
    except (ValueError, RecursionError):
        if first.rstrip() == "{":
            what = "The file is one JSON document, and a saved plan has one line for each row"
            raise BadPlanError(what, remedy=_REMEDY) from None
        raise BadPlanError(
            "The file is not JSON Lines, so it is no saved plan", remedy=_REMEDY
        ) from None
    if not isinstance(header, dict) or header.get("plan_version") != _VERSION:
        raise BadPlanError("The file is no saved plan of this version", remedy=_REMEDY)
    return header


def _checked_header(lines: TextIO) -> Json:
    """The first line of a plan that has just the rows that this line says.

    Raises:
        BadPlanError: it is no plan of this version, or it has others, as a file that was cut off.
    """
    header = _header(lines)
    counts = Counter(map(_kind_of, lines))
    expected = {kind.name: counts[kind.name] for kind in ROW_KINDS}
    if header.get("rows") != expected or sum(expected.values()) != counts.total():
        what = "The saved plan is damaged (it holds other rows than its first line says)"
        raise BadPlanError(what, remedy=_REMEDY)
    return header


def _kind_of(line: str) -> str:
    match = _KIND.match(line)
    return match[1] if match else ""


def _rows(lines: Iterable[str], kind: RowKind) -> Iterator[Any]:
    for line in lines:
        if _kind_of(line) == kind.name:
            yield kind.read(json.loads(line))


def _opened(path: Path) -> TextIOWrapper:
    return TextIOWrapper(open_file(path), encoding="utf-8", newline="\n")


def _state(status: os.stat_result) -> tuple[int, ...]:
    """What tells that a file is still the one that was looked at."""
    # As cheap as can be, since each pass asks; against a person who edits the file meanwhile, not
    # against one who wants to deceive.
    return status.st_size, status.st_mtime_ns


class _Damage:
    """What goes wrong in reading a plan is an error of the plan."""

    def __enter__(self) -> None:
        return

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _traceback: object
    ) -> None:
        # What reading JSON of any other form comes to: no member, another type, an unknown word
        # of an enumeration, and nesting that is too deep.
        if isinstance(error, KeyError | TypeError | ValueError | AttributeError | RecursionError):
            what = f"The saved plan is damaged ({type(error).__name__}: {error})"
            raise BadPlanError(what, remedy=_REMEDY) from None


def _plan(header: Json, rows: Mapping[RowKind, Collection[Any]]) -> Plan:
    return Plan(
        endpoint=as_text(header["endpoint"]),
        owner=as_text(header["owner"]),
        path_prefix=as_text(header["path_prefix"]),
        granularity=Granularity(header["granularity"]),
        pruning=Pruning(header["pruning"]),
        scan=PushOrigin(**as_texts(header["scan"])),
        **{kind.field: listed for kind, listed in rows.items()},
    )
