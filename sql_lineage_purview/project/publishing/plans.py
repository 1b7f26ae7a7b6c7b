"""From a scan and the settings to a plan, and how it is carried out."""

from __future__ import annotations

import os
import posixpath
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from msgspec.structs import replace

from ...purview import (
    BulkLimits,
    CatalogueResolver,
    Granularity,
    Journal,
    MissingPolicy,
    PlanOptions,
    Pruning,
    PushOptions,
    PushOrigin,
    make_plan,
)
from ...purview.planning.plan_options import TextOf, no_text
from ...purview.planning.stages.procedure_relations import Parents
from ...purview.pushing.journal import journal_name
from ...purview.pushing.push_options import silent
from ...version import __version__
from ..configuring.addresses import is_address
from ..configuring.name_filters import excluded
from ..connecting.catalogues import map_of_scan
from ..reading.exclusion import Exclusion
from ..reading.found import shown as shown_path
from ..reading.statement_text import StatementText
from ..storing.left_out import CACHE_FOLDER
from .repository import repository_of, without_login

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...purview import Plan
    from ..configuring.settings import Settings
    from ..connecting.asset_snapshots import Account
    from ..keeping.scan_result import Scan


def plan_options(scanned: Scan, settings: Settings) -> PlanOptions:
    """What the settings say of a plan."""
    chosen = settings.purview
    repository = repository_of(scanned.root, os.environ)
    address = without_login(chosen.repository) if chosen.repository else repository.address
    return PlanOptions(
        granularity=Granularity(chosen.granularity),
        direct_views=chosen.views == "direct",
        pruning=Pruning.ON if chosen.prune else Pruning.OFF,
        provenance=PushOrigin(__version__, address, repository.commit),
        missing=MissingPolicy(chosen.missing),
        text_of=_text_of(scanned, settings),
        folder=_folder(scanned, settings),
        unseen=_unseen(scanned, settings),
        through=settings.publish.through,
        excluded=excluded(scanned.graph, settings.publish.exclude),
    )


def _text_of(scanned: Scan, settings: Settings) -> TextOf:
    if not settings.purview.sql_text:
        return no_text
    return StatementText(scanned.root, scanned.scripts, scanned.embedded, settings.literals)


def _base(scanned: Scan, settings: Settings) -> Path:
    """The configuration's folder, else the scan's root."""
    return settings.base.resolve() if settings.base else scanned.root


def _folder(scanned: Scan, settings: Settings) -> str:
    """Where the scan's root stands below the configuration's folder.

    A script then has one path, whatever part is scanned.
    """
    base = _base(scanned, settings)
    folder = (
        shown_path(scanned.root.relative_to(base)) if scanned.root.is_relative_to(base) else "."
    )
    return "" if folder == "." else folder


def _unseen(scanned: Scan, settings: Settings) -> Callable[[str], str]:
    """Says why a script may hold more than the scan saw.

    The script is given by its path below the configuration's folder.

    It was skipped, or it is there, not excluded, and no part of the scan.
    """
    folder = _folder(scanned, settings)
    base = _base(scanned, settings)
    skipped = {posixpath.join(folder, row.path): row.reason for row in scanned.skipped}
    paths = {posixpath.join(folder, file.path) for file in scanned.graph.files}

    def reason(path: str) -> str:
        if path in paths or not path or is_address(path):
            return ""
        above = (str(place) for place in (PurePosixPath(path), *PurePosixPath(path).parents))
        if skipped_path := next((place for place in above if place in skipped), ""):
            return f"{skipped_path} was skipped ({skipped[skipped_path]})"
        return (
            "its script is there, and was not scanned"
            if _is_there(base / path, base, settings)
            else ""
        )

    return reason


def _is_there(script: Path, base: Path, settings: Settings) -> bool:
    try:
        return script.is_file() and not Exclusion(settings.exclude, settings.base).covers(
            script, base
        )
    # the path is one that the account has, and may hold anything, a NUL too
    except (OSError, ValueError):
        return False


def plan_of(scanned: Scan, account: Account, settings: Settings) -> Plan:
    """What a push of the scan would change.

    Raises:
        PurviewError: the account does not answer, or refuses.
        ConfigurationError: a setting cannot be used.
    """
    databases = map_of_scan(scanned, settings)
    options = plan_options(scanned, settings)
    if settings.purview.parents:
        options = replace(options, parents=Parents(account, databases))
    resolver = CatalogueResolver(account, databases)
    return make_plan(
        scanned.graph, resolver, account, owner=settings.purview.owner, options=options
    )


def push_options(
    settings: Settings, progress: Callable[[int, int], None] = silent, *, saved: bool = False
) -> PushOptions:
    """How the settings want a plan to be carried out; `saved`: it was made some time ago."""
    chosen = settings.purview
    return PushOptions(
        limits=BulkLimits(chosen.batch_size, chosen.max_request_bytes),
        prune_threshold=chosen.prune_threshold,
        collection=chosen.collection,
        placeholder_cap=chosen.placeholder_cap,
        missing=MissingPolicy(chosen.missing),
        saved=saved,
        progress=progress,
    )


def journal_of(plan: Plan, settings: Settings) -> Journal:
    """What earlier pushes of the plan's owner to its account were told."""
    if settings.purview.journal:
        return Journal(settings.purview.journal)
    return Journal(settings.folder / CACHE_FOLDER / journal_name(plan.endpoint, plan.owner))
