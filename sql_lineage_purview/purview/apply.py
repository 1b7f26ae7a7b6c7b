"""Carrying out a plan: the type first, then the processes in bulks, with those that the service refuses set apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .entities import process_entity, process_type
from .errors import BadPlanError, PurviewError, ServiceError
from .plan_document import Action, Plan, PlannedProcess

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .client import DataMapClient

# Answers that one entity may be the cause of: those beside it can still be written.
_CAUSED_BY_CONTENT = frozenset({400, 404, 409, 413, 422})
# Answers that the size of a bulk may be the cause of; where a single entity gets one, further requests would fail too.
_CAUSED_BY_SIZE = frozenset({408, 500, 504})


@dataclass(frozen=True, slots=True)
class Failure:
    """A process that was not written, and why."""

    qualified_name: str
    reason: str


@dataclass(frozen=True, slots=True)
class PushResult:
    """What became of each process of a plan, by qualified name."""

    created: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    failed: tuple[Failure, ...] = ()

    @property
    def written(self) -> int:
        """How many processes were created or updated."""
        return len(self.created) + len(self.updated)


def push(plan: Plan, client: DataMapClient, *, bulk_size: int = 50) -> PushResult:
    """Create and update what the plan says; a plan without changes sends nothing.

    Writes are upserts by qualified name, so that a push that broke off can be repeated.

    Args:
        plan: What to do.
        client: The account the plan was made for.
        bulk_size: Processes in one request; the service publishes no limit.

    Raises:
        BadPlanError: the plan was made for another account.
        PurviewError: the type could not be ensured, so nothing was written. Later failures are part of the result.
        ValueError: `bulk_size` is below 1.
    """
    if bulk_size < 1:
        raise ValueError(f"bulk_size is {bulk_size}; it must be 1 or more")
    if plan.endpoint != client.endpoint:
        what = f"The plan was made for {plan.endpoint}, not for {client.endpoint}"
        raise BadPlanError(what, remedy="Make the plan again for this account.")
    rows = plan.changes
    if rows:
        client.ensure_types([process_type()])
    written: set[str] = set()
    failed: list[Failure] = []
    for row, reason in _written(rows, client, bulk_size):
        name = row.process.qualified_name
        if reason is None:
            written.add(name)
        else:
            failed.append(Failure(name, reason))
    return PushResult(
        created=_names(plan, Action.CREATE, written),
        updated=_names(plan, Action.UPDATE, written),
        unchanged=tuple(row.process.qualified_name for row in plan.having(Action.UNCHANGED)),
        failed=tuple(failed),
    )


_Outcome = tuple[PlannedProcess, "str | None"]


def _written(rows: Sequence[PlannedProcess], client: DataMapClient, bulk_size: int) -> Iterator[_Outcome]:
    """Each process with None, or with the reason why it was not written."""
    done = 0
    try:
        for start in range(0, len(rows), bulk_size):
            for outcome in _write(rows[start : start + bulk_size], client):
                done += 1
                yield outcome
    except PurviewError as error:
        for row in rows[done:]:
            yield row, str(error)


def _write(rows: Sequence[PlannedProcess], client: DataMapClient) -> Iterator[_Outcome]:
    """Write a bulk. One that is refused is halved until the entity at fault stands alone."""
    placeholders = {f"-{number}": row for number, row in enumerate(rows, 1)}
    try:
        mutation = client.upsert_entities([process_entity(row.process, guid) for guid, row in placeholders.items()])
    except ServiceError as error:
        if error.status not in _CAUSED_BY_CONTENT and (error.status not in _CAUSED_BY_SIZE or len(rows) == 1):
            raise
        if len(rows) == 1:
            yield rows[0], str(error)
            return
    else:
        # Unchanged entities are missing from the service's list of mutations, but never from the assignments.
        for guid, row in placeholders.items():
            yield row, None if mutation.assignments.get(guid) else "the service accepted it but assigned no guid; push again"
        return
    middle = len(rows) // 2
    yield from _write(rows[:middle], client)
    yield from _write(rows[middle:], client)


def _names(plan: Plan, action: Action, written: set[str]) -> tuple[str, ...]:
    return tuple(row.process.qualified_name for row in plan.having(action) if row.process.qualified_name in written)
