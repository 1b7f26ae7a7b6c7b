"""Plans and pushes are counted for the record of a run, and compared with the pushes before."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..project.observing.history import History
from ..project.observing.run_record import numbers_of
from ..project.publishing.plans import plan_of
from ..project.storing.left_out import CACHE_FOLDER
from ..purview.planning.mapped_columns import mapped_after, mapped_before
from .console import say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from ..project.configuring.settings import Settings
    from ..project.connecting.asset_snapshots import Account
    from ..project.keeping.scan_result import Scan
    from ..project.observing.run_record import RunRecord
    from ..purview import Plan, PushResult


_SINCE = "the lineage has shrunk since the last accepted push"
_OUT_OF_ACCOUNT = "this plan takes lineage out of the account"


def planned(
    arguments: argparse.Namespace, scanned: Scan, account: Account, settings: Settings
) -> Plan:
    """The plan of a scan.

    Says so if its lineage has shrunk since the pushes before, each time until that is accepted.

    Args:
        arguments: the command line, with the record of the run.
        scanned: what is planned.
        account: tells the assets and processes there are.
        settings: of the project; they say which fall is worth a warning.
    """
    with arguments.record.step("plan") as step:
        plan = plan_of(scanned, account, settings)
        counts = plan.counts()
        step.numbers |= {
            name: getattr(counts, name) for name in ("create", "update", "delete", "unchanged")
        }
        step.numbers |= {"unresolved": len(plan.unresolved), "dropped": len(plan.dropped)}
        threshold = settings.purview.shrink_warning
        shrunk = _history(arguments, settings).shrunk(_numbers(scanned, plan), threshold)
        step.numbers["shrunk"] = (
            _warned(arguments, _SINCE, shrunk) if shrunk else _taken_out(arguments, plan, settings)
        )
    return plan


def saved_plan(arguments: argparse.Namespace, plan: Plan, settings: Settings) -> Plan:
    """A plan that was made before; says so if it takes lineage out of the account."""
    with arguments.record.step("plan") as step:
        step.numbers["shrunk"] = _taken_out(arguments, plan, settings)
    return plan


def add_shrink_argument(parser: argparse.ArgumentParser, consequence: str) -> None:
    """Declare the option that makes a job stop where lineage has shrunk."""
    parser.add_argument(
        "--fail-on-shrink",
        action="store_true",
        help=f"where the lineage has shrunk and nobody has accepted it, {consequence}",
    )


def fails_on_shrink(arguments: argparse.Namespace) -> bool:
    """Has the lineage shrunk, does nobody accept it, and is the run to fail then?"""
    record: RunRecord = arguments.record
    return bool(arguments.fail_on_shrink) and record.numbers().get("plan.shrunk", 0) > 0


def pushed(
    arguments: argparse.Namespace,
    scanned: Scan | None,
    plan: Plan,
    settings: Settings,
    result: PushResult,
) -> dict[str, int]:
    """The numbers of a push. One that is complete is what the next run is compared with.

    Args:
        arguments: the command line; `accept_shrink` lets the numbers fall.
        scanned: what was pushed; None for a saved plan, whose numbers are not kept.
        plan: what was to be written.
        settings: of the project; they say where the numbers are kept.
        result: what was written, and what failed.
    """
    if scanned and not (arguments.no_cache or result.failed or result.stopped):
        history = _history(arguments, settings)
        keep = history.remember if arguments.accept_shrink else history.raise_to
        keep(_numbers(scanned, plan))
    done = {
        name: len(getattr(result, name)) for name in ("created", "updated", "deleted", "failed")
    }
    return {**done, "untried": result.untried}


def _numbers(scanned: Scan, plan: Plan) -> dict[str, int]:
    return {**numbers_of(scanned), "mapped_columns": mapped_after(plan)}


def _taken_out(arguments: argparse.Namespace, plan: Plan, settings: Settings) -> int:
    """Warn of what a plan takes out of the account: for that no run need know of those before."""
    before, after = mapped_before(plan), mapped_after(plan)
    fell = after < before * (1 - settings.purview.shrink_warning)
    return (
        _warned(arguments, _OUT_OF_ACCOUNT, [f"mapped columns from {before} to {after}"])
        if fell
        else 0
    )


def _warned(arguments: argparse.Namespace, clause: str, shrunk: Sequence[str]) -> int:
    """Say what fell, and how much of it nobody has accepted."""
    message = f"{clause}: {', '.join(shrunk)}."
    if getattr(arguments, "accept_shrink", False):
        say(f"Accepted, if the push is complete: {message}")
        return 0
    say(
        f"Warning: {message} Were all scripts scanned, and read as before? If the loss is right, "
        "accept it: push --accept-shrink."
    )
    return len(shrunk)


def _history(arguments: argparse.Namespace, settings: Settings) -> History:
    base = settings.folder.resolve()
    # By the way from the configuration's folder: another run may have its copy of the scripts in
    # another place.
    read = [
        *(_relative(path.resolve(), base) for path in arguments.paths),
        *arguments.from_database,
    ]
    return History(base / CACHE_FOLDER, settings.purview.owner, read)


def _relative(path: Path, base: Path) -> str:
    return path.relative_to(base).as_posix() if path.is_relative_to(base) else str(path)
