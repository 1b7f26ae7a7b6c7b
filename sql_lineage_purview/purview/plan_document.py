"""A plan: what a push would change, as a value that can be read, saved and compared."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from .assets import AssetRef
from .build import DroppedProcess
from .entities import Process
from .errors import BadPlanError

_VERSION = 1
_AGAIN = "Make the plan again with this version of the tool."


class Action(StrEnum):
    """What a push does with a process."""

    CREATE = "create"
    UPDATE = "update"
    UNCHANGED = "unchanged"


class Unresolved(StrEnum):
    """Why a table is not resolved: several assets may be meant, or none was found."""

    AMBIGUOUS = "ambiguous"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class PlannedProcess:
    """A process and what is to be done with it.

    Args:
        action: What a push does.
        process: As it shall be.
        changes: The attributes in which the account's differs, for an update.
        left_out: Inputs that are not resolved, so that the process is published without them.
    """

    action: Action
    process: Process
    changes: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ResolvedTable:
    """A table of the scan, its asset, and how that was found."""

    table: str
    evidence: str
    asset: AssetRef


@dataclass(frozen=True, slots=True)
class UnresolvedTable:
    """A table of the scan without an asset, why, and the assets that come into question."""

    table: str
    outcome: Unresolved
    reason: str
    candidates: tuple[AssetRef, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a push of one scan changes in one account, and what it cannot publish."""

    endpoint: str
    owner: str
    processes: tuple[PlannedProcess, ...] = ()
    resolved: tuple[ResolvedTable, ...] = ()
    unresolved: tuple[UnresolvedTable, ...] = ()
    dropped: tuple[DroppedProcess, ...] = ()
    notes: tuple[str, ...] = ()

    def having(self, action: Action) -> tuple[PlannedProcess, ...]:
        """The processes with which this is to be done."""
        return tuple(row for row in self.processes if row.action is action)

    @property
    def changes(self) -> tuple[PlannedProcess, ...]:
        """The processes that a push writes."""
        return tuple(row for row in self.processes if row.action is not Action.UNCHANGED)

    @property
    def reduced(self) -> tuple[PlannedProcess, ...]:
        """The processes that are published without some of their inputs."""
        return tuple(row for row in self.processes if row.left_out)

    def to_json(self) -> str:
        """The plan as a document: readable, stable, and without secrets."""
        return json.dumps({"plan_version": _VERSION} | asdict(self), ensure_ascii=False, indent=2) + "\n"

    @staticmethod
    def from_json(text: str) -> Plan:
        """Read a saved plan.

        Raises:
            BadPlanError: the text is no plan, or one of another version.
        """
        try:
            document = json.loads(text)
        except (ValueError, RecursionError):
            raise BadPlanError("The file is not JSON, so it is no saved plan", remedy=_AGAIN) from None
        version = document.get("plan_version") if isinstance(document, dict) else None
        if version != _VERSION:
            raise BadPlanError("The file is no saved plan of this version", remedy=_AGAIN)
        try:
            return _plan(document)
        except (KeyError, TypeError, ValueError) as error:
            raise BadPlanError(f"The saved plan is damaged ({type(error).__name__}: {error})", remedy=_AGAIN) from None


def _plan(row: dict[str, Any]) -> Plan:
    return Plan(
        endpoint=_text(row["endpoint"]),
        owner=_text(row["owner"]),
        processes=tuple(map(_planned, row["processes"])),
        resolved=tuple(
            ResolvedTable(_text(each["table"]), _text(each["evidence"]), _ref(each["asset"])) for each in row["resolved"]
        ),
        unresolved=tuple(map(_unresolved, row["unresolved"])),
        dropped=tuple(
            DroppedProcess(_text(each["writer"]), _text(each["table"]), _text(each["reason"])) for each in row["dropped"]
        ),
        notes=_texts(row["notes"]),
    )


def _planned(row: dict[str, Any]) -> PlannedProcess:
    process = dict(row["process"])
    inputs, outputs = (tuple(map(_ref, process.pop(end))) for end in ("inputs", "outputs"))
    texts = {key: _text(value) for key, value in process.items()}
    return PlannedProcess(
        Action(row["action"]), Process(inputs=inputs, outputs=outputs, **texts), _texts(row["changes"]), _texts(row["left_out"])
    )


def _unresolved(row: dict[str, Any]) -> UnresolvedTable:
    candidates = tuple(map(_ref, row["candidates"]))
    return UnresolvedTable(_text(row["table"]), Unresolved(row["outcome"]), _text(row["reason"]), candidates)


def _ref(row: dict[str, Any]) -> AssetRef:
    return AssetRef(_text(row["qualified_name"]), _text(row["type_name"]), _text(row["guid"]))


def _texts(values: list[Any]) -> tuple[str, ...]:
    return tuple(map(_text, values))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} where a text should be")
    return value
