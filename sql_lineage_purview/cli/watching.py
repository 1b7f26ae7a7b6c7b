"""Plans and pushes are counted for the record of a run, and compared with the pushes before."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..project.observing.history import SHRINK_WARNING, History
from ..project.observing.run_record import numbers_of
from ..project.reading.discovery import CACHE_FOLDER
from .console import say
from .publishing import plan_of

if TYPE_CHECKING:
    import argparse

    from ..project.configuring.settings import Settings
    from ..project.publishing.asset_snapshots import Account
    from ..project.scan import Scan
    from ..purview import Plan, PushResult


def planned(arguments: argparse.Namespace, scanned: Scan, account: Account, settings: Settings) -> Plan:
    """The plan of a scan; says so if its lineage has shrunk since the pushes before, each time until that is accepted."""
    with arguments.record.step("plan") as step:
        plan = plan_of(scanned, account, settings)
        counts = plan.counts()
        step.numbers |= {name: getattr(counts, name) for name in ("create", "update", "delete", "unchanged")}
        step.numbers |= {"unresolved": len(plan.unresolved), "dropped": len(plan.dropped)}
        step.numbers["shrunk"] = len(_shrunk(arguments, scanned, settings))
    return plan


def pushed(arguments: argparse.Namespace, scanned: Scan | None, settings: Settings, result: PushResult) -> dict[str, int]:
    """The numbers of a push. One that is complete is what the next run is compared with."""
    if scanned and not (arguments.no_cache or result.failed or result.stopped):
        history = _history(arguments, settings)
        keep = history.remember if arguments.accept_shrink else history.raise_to
        keep(numbers_of(scanned))
    done = {name: len(getattr(result, name)) for name in ("created", "updated", "deleted", "failed")}
    return {**done, "untried": result.untried}


def _shrunk(arguments: argparse.Namespace, scanned: Scan, settings: Settings) -> tuple[str, ...]:
    if arguments.no_cache:
        return ()
    threshold = settings.purview.shrink_warning
    shrunk = _history(arguments, settings).shrunk(numbers_of(scanned), SHRINK_WARNING if threshold is None else threshold)
    if not shrunk:
        return ()
    said = f"the lineage has shrunk since the last accepted push: {', '.join(shrunk)}."
    if getattr(arguments, "accept_shrink", False):
        say(f"Accepted, if the push is complete: {said}")
        return ()
    say(f"Warning: {said} Were all scripts scanned, and read as before? If the loss is right, accept it: push --accept-shrink.")
    return shrunk


def _history(arguments: argparse.Namespace, settings: Settings) -> History:
    folder = (settings.base or Path.cwd()) / CACHE_FOLDER
    read = [*(str(path.resolve()) for path in arguments.paths), *arguments.from_database]
    return History(folder, settings.purview.owner or "", read)
