"""Carrying out a plan: types first, then assets, processes and relations, last what is gone.

Assets and processes go in bulks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..account.processes import process_type
from ..account.warehouse_types import TABLE_TYPE, ensure_warehouse_types
from ..planning.choices import MissingPolicy
from ..planning.plan_checks import check_placeholders, check_resolved, check_threshold
from ..planning.plan_document import Plan
from ..planning.stale import check_current
from ..purview_errors import BadPlanError, PurviewError
from .journal import Journal
from .push_options import PushOptions, PushResult
from .push_outcome import PushProgress
from .run import Run

if TYPE_CHECKING:
    from ..account.client import DataMapClient


def push(
    plan: Plan,
    client: DataMapClient,
    options: PushOptions | None = None,
    *,
    journal: Journal | None = None,
) -> PushResult:
    """Create, update and delete what the plan says; a plan without changes sends nothing.

    Writes are upserts by qualified name, so that a push that broke off can be repeated; with its
    journal it goes on where it was.

    Args:
        plan: What to do.
        client: The account the plan was made for.
        options: How to do it.
        journal: What earlier pushes were told, and where this one notes what it is told.

    Raises:
        BadPlanError: the plan was made for another account, is stale, or does what the options
            forbid. Nothing was written.
        PurviewError: the type could not be ensured, so nothing was written. Later failures are part
            of the result.
    """
    options = options or PushOptions()
    if (plan.endpoint, plan.path_prefix) != (client.endpoint, client.path_prefix):
        what = (
            f"The plan was made for {plan.endpoint}{plan.path_prefix}, not for "
            f"{client.endpoint}{client.path_prefix}"
        )
        raise BadPlanError(what, remedy="Make the plan again for this account.")
    counts = plan.counts()
    check_policies(plan, options)
    done = check_current(plan, client) if options.saved else frozenset()
    journal = journal or Journal(None)
    if counts.create or counts.update:
        client.ensure_types([process_type()])
    if any(row.asset.type_name == TABLE_TYPE for row in plan.placeholders):
        ensure_warehouse_types(client)
    progress = PushProgress(counts.changes + len(plan.placeholders), options.progress)
    run = Run(plan, client, options, journal, done, progress)
    stopped = ""
    try:
        # first of all: processes refer to them by name
        run.write_placeholders()
        run.write_processes()
        # behind the processes, which are ends of some of them
        run.write_relations()
        run.delete_parts()
        # What is new may take the place of what is gone, under another name: without the one the
        # other stays.
        if run.refusals.denied or run.refusals.lacks_new:
            run.refusals.hold_back(counts.delete - counts.parts)
        else:
            run.delete()
    except PurviewError as error:
        stopped = str(error)
    else:
        stopped = " ".join(dict.fromkeys(run.refusals.denied))
        if not stopped:
            journal.finish()
    return PushResult(
        created=tuple(run.completed.created),
        updated=tuple(run.completed.updated),
        deleted=tuple(run.completed.deleted),
        placeholders=tuple(run.completed.placeholders),
        related=run.completed.related,
        unchanged=counts.unchanged,
        resumed=progress.resumed,
        failed=tuple(run.refusals.failed),
        stopped=stopped,
        untried=progress.untried,
        held_back=run.refusals.held_back,
    )


def check_policies(plan: Plan, options: PushOptions) -> None:
    """Refuse a plan that does what the options forbid.

    Raises:
        UnresolvedError: tables have no asset, and the policy is to fail then.
        PlaceholderError: it makes too many placeholders.
        PruneError: it deletes too much.
    """
    if options.missing is MissingPolicy.FAIL:
        check_resolved(plan)
    check_placeholders(plan, options.placeholder_cap)
    check_threshold(plan, options.prune_threshold)
