"""From a scan and the settings to a plan, and how it is carried out."""

from __future__ import annotations

import os
import posixpath
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from ... import __version__
from ...model.secret_words import Literals
from ...purview import (
    BulkLimits,
    CatalogueResolver,
    Granularity,
    Journal,
    MissingPolicy,
    PlanOptions,
    Provenance,
    Pruning,
    PushOptions,
    make_plan,
)
from ...purview.planning.build import no_text
from ...purview.planning.parents import Parents
from ...purview.pushing.journal import journal_name
from ...purview.pushing.push_options import silent
from ..configuring.addresses import is_address
from ..connecting.catalogues import database_map, owner_of
from ..reading.discovery import CACHE_FOLDER, is_excluded
from ..reading.discovery import shown as shown_path
from ..reading.statement_text import StatementText
from .filters import excluded
from .repository import repository_of, without_login

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...purview import Plan
    from ..configuring.settings import Settings
    from ..connecting.asset_snapshots import Account
    from ..scan import Scan


def plan_options(scanned: Scan, settings: Settings) -> PlanOptions:
    """What the settings say of a plan."""
    chosen = settings.purview
    literals = settings.literals or Literals.HIDE
    repository = repository_of(scanned.root, os.environ)
    address = without_login(chosen.repository) if chosen.repository else repository.address
    return PlanOptions(
        granularity=Granularity(chosen.granularity or Granularity.TABLE),
        direct_views=chosen.views == "direct",
        pruning=Pruning.ON if chosen.prune else Pruning.OFF,
        provenance=Provenance(__version__, address, repository.commit),
        missing=MissingPolicy(chosen.missing or MissingPolicy.SKIP),
        text_of=no_text if chosen.sql_text is False else StatementText(scanned.root, scanned.scripts, scanned.embedded, literals),
        folder=_folder(scanned, settings),
        unseen=_unseen(scanned, settings),
        through=settings.publish.through,
        excluded=excluded(scanned.graph, settings.publish.exclude),
    )


def _folder(scanned: Scan, settings: Settings) -> str:
    """Where the scan's root stands below the configuration's folder, so that a script has one path whatever part is scanned."""
    base = settings.base.resolve() if settings.base else scanned.root
    folder = shown_path(scanned.root.relative_to(base)) if scanned.root.is_relative_to(base) else "."
    return "" if folder == "." else folder


def _unseen(scanned: Scan, settings: Settings) -> Callable[[str], str]:
    """Says why a script may hold more than the scan saw, by its path below the configuration's folder.

    It was skipped, or it is there, not excluded, and no part of the scan.
    """
    folder = _folder(scanned, settings)
    base = settings.base.resolve() if settings.base else scanned.root
    skipped = {posixpath.join(folder, row.path): row.reason for row in scanned.skipped}
    paths = {posixpath.join(folder, file.path) for file in scanned.graph.files}

    def reason(path: str) -> str:
        if path in paths or not path or is_address(path):
            return ""
        above = (str(place) for place in (PurePosixPath(path), *PurePosixPath(path).parents))
        if skipped_path := next((place for place in above if place in skipped), ""):
            return f"{skipped_path} was skipped ({skipped[skipped_path]})"
        return "its script is there, and was not scanned" if _is_there(base / path, base, settings) else ""

    return reason


def _is_there(script: Path, base: Path, settings: Settings) -> bool:
    try:
        return script.is_file() and not is_excluded(script, base, settings)
    except (OSError, ValueError):
        return False


def plan_of(scanned: Scan, account: Account, settings: Settings) -> Plan:
    """What a push of the scan would change.

    Raises:
        PurviewError: the account does not answer, or refuses.
        ConfigurationError: a setting cannot be used.
    """
    databases = database_map(settings, scanned.database)
    options = plan_options(scanned, settings)
    if settings.purview.parents is not False:
        options = replace(options, parents=Parents(account, databases))
    resolver = CatalogueResolver(account, databases)
    return make_plan(scanned.graph, resolver, account, owner=owner_of(settings), options=options)


def push_options(settings: Settings, progress: Callable[[int, int], None] = silent, *, saved: bool = False) -> PushOptions:
    """How the settings want a plan to be carried out; `saved`: it was made some time ago."""
    chosen, usual = settings.purview, PushOptions()
    return PushOptions(
        limits=BulkLimits(
            chosen.batch_size or usual.limits.count,
            chosen.max_request_bytes or usual.limits.size,
        ),
        prune_threshold=usual.prune_threshold if chosen.prune_threshold is None else chosen.prune_threshold,
        collection=chosen.collection or "",
        placeholder_cap=chosen.placeholder_cap or usual.placeholder_cap,
        missing=MissingPolicy(chosen.missing or MissingPolicy.SKIP),
        saved=saved,
        progress=progress,
    )


def journal_of(plan: Plan, settings: Settings) -> Journal:
    """What earlier pushes of the plan's owner to its account were told."""
    usual = (settings.base or Path.cwd()) / CACHE_FOLDER / journal_name(plan.endpoint, plan.owner)
    return Journal(settings.purview.journal or usual)
