"""`trace` of classifications: the account, or a snapshot of it, says which columns bear one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..project.column_tracing import hidden_paths
from ..project.connecting.catalogues import map_of_scan
from ..purview import AssetSnapshot, CatalogueResolver
from ..purview.checking.classification_trace import Trace, trace, trace_all
from ..purview.purview_errors import BadSnapshotError, NotFoundError
from ..render.counting import counted
from ..render.publication.publication_formats import PROPOSAL_FORMATS, TRACE_FORMATS
from ..render.publication.trace_report import TraceReport
from .console import CommandError, agreed, say
from .delivery import deliver
from .output import chosen_format
from .publishing import account, catalogue
from .scan_options import read

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from pathlib import Path

    from ..model.graph import Column
    from ..project.configuring.settings import Settings
    from ..project.connecting.asset_snapshots import Account
    from ..project.keeping.scan_result import Scan
    from ..purview.account.client import DataMapClient


def trace_classifications(
    arguments: argparse.Namespace, paths: Sequence[Path], settings: Settings
) -> Scan:
    """Trace the classification of the command line, or each that the assets bear.

    Raises:
        CommandError: the account has no such classification.
    """
    if arguments.apply:
        with catalogue(settings) as client:
            scanned = read(arguments, paths, settings)
            [traced] = _traces(arguments, scanned, settings, client)
            _report(arguments, scanned, (traced,))
            if traced.proposed:
                _apply(traced, client, confirm=not arguments.yes)
        return scanned
    with account(settings) as opened:
        scanned = read(arguments, paths, settings)
        _report(arguments, scanned, _traces(arguments, scanned, settings, opened))
    return scanned


def classified_columns(
    scanned: Scan, settings: Settings, classification: str
) -> tuple[Column, ...]:
    """The columns of a scan that bear a classification.

    Raises:
        CommandError: the account has no such classification.
    """
    with account(settings) as opened:
        return _trace_of(scanned, settings, opened, classification).origins


def _traces(
    arguments: argparse.Namespace, scanned: Scan, settings: Settings, opened: Account
) -> tuple[Trace, ...]:
    if arguments.classification is None:
        return trace_all(scanned.graph, _resolver(scanned, settings, opened), opened)
    return (_trace_of(scanned, settings, opened, arguments.classification),)


def _resolver(scanned: Scan, settings: Settings, opened: Account) -> CatalogueResolver:
    if isinstance(opened, AssetSnapshot) and not opened.has_classifications:
        raise BadSnapshotError(
            "The snapshot of assets holds no classifications",
            remedy="Make it again: catalog dump --from purview.",
        )
    return CatalogueResolver(opened, map_of_scan(scanned, settings))


def _trace_of(scanned: Scan, settings: Settings, opened: Account, classification: str) -> Trace:
    try:
        return trace(scanned.graph, _resolver(scanned, settings, opened), opened, classification)
    except NotFoundError:
        remedy = "Write its name as the portal shows it, in capitals where it has them."
        raise CommandError(
            f"nothing in the snapshot bears the classification {classification}. {remedy}"
            if isinstance(opened, AssetSnapshot)
            else f"the account has no classification {classification}. {remedy}"
        ) from None


def _report(arguments: argparse.Namespace, scanned: Scan, traces: tuple[Trace, ...]) -> None:
    ends = [
        column
        for trace in traces
        for column in (*trace.origins, *(row.reached.column for row in trace.columns))
    ]
    report = TraceReport(
        scanned.graph,
        traces,
        hidden_paths(scanned.graph, ends),
        is_single=arguments.classification is not None,
    )
    deliver(report, chosen_format(arguments, TRACE_FORMATS), arguments.output)
    if arguments.propose:
        [traced] = traces
        deliver(traced, PROPOSAL_FORMATS.default, arguments.propose)
        say(f"{counted(len(traced.proposed), 'column')} proposed in {arguments.propose}.")


def _apply(traced: Trace, client: DataMapClient, *, confirm: bool) -> None:
    say(
        f"Add {traced.classification} to "
        f"{counted(len(traced.proposed), 'column')}?" + (" Answer yes or no." if confirm else "")
    )
    if confirm and not agreed():
        say("Nothing was written.")
        return
    client.classify(
        traced.classification, [row.entity.guid for row in traced.proposed if row.entity]
    )
    say(f"{traced.classification} was added to {counted(len(traced.proposed), 'column')}.")
