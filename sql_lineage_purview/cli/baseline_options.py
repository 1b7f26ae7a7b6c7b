"""Accepted findings of `check`: its options, and what they do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..render.counting import counted
from .console import CommandError, say
from .scan_options import is_finding

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from ..model.diagnostics import Diagnostic
    from ..project.baseline import FindingIdentities
    from ..project.keeping.scan_result import Scan


def add_baseline_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare where accepted findings are kept, and what changes the file."""
    group = parser.add_argument_group("accepted findings")
    group.add_argument(
        "--baseline",
        metavar="FILE",
        type=Path,
        help="leave out the findings that FILE has accepted",
    )
    group.add_argument(
        "--write-baseline",
        action="store_true",
        help="accept all findings of the scan as they are: write FILE, and check nothing",
    )
    group.add_argument(
        "--prune-baseline",
        action="store_true",
        help="remove from FILE what is no finding any more, and check nothing",
    )


def writes_baseline(arguments: argparse.Namespace) -> bool:
    """Is the file of accepted findings to be written?

    Raises:
        CommandError: no file is named.
    """
    writes = bool(arguments.write_baseline or arguments.prune_baseline)
    if writes and arguments.baseline is None:
        raise CommandError("Name the file of accepted findings: --baseline FILE.")
    return writes


def write_baseline(
    arguments: argparse.Namespace, result: Scan, diagnostics: Sequence[Diagnostic]
) -> int:
    """Accept findings, or remove those that are no more; the exit code.

    Args:
        arguments: the command line.
        result: the scan.
        diagnostics: all that it reports.
    """
    from ..project.baseline import Baseline, brought_up_to_date  # noqa: PLC0415 - see below

    findings = list(filter(is_finding, diagnostics))
    accept_all = bool(arguments.write_baseline)
    before = Baseline.of_file(arguments.baseline, may_be_missing=accept_all)
    identities = _identities(arguments, result)
    after = brought_up_to_date(before, findings, identities, accept_all=accept_all)
    after.write()
    removed, added = (before.counts - after.counts).total(), (after.counts - before.counts).total()
    total = counted(after.counts.total(), "accepted finding")
    say(f"Written to {arguments.baseline}: {total} ({added} added, {removed} removed).")
    return 0


def without_baseline(
    arguments: argparse.Namespace,
    result: Scan,
    diagnostics: Sequence[Diagnostic],
    *,
    is_part: bool = False,
) -> Sequence[Diagnostic]:
    """What no file has accepted; what is only good to know needs no acceptance.

    Args:
        arguments: the command line.
        result: the scan.
        diagnostics: all that the scan reports.
        is_part: only some of it, so that nothing can be told of accepted findings that are gone.
    """
    if arguments.baseline is None:
        return diagnostics
    from ..project.baseline import Baseline, without_accepted  # noqa: PLC0415 - for those alone who accept findings

    baseline = Baseline.of_file(arguments.baseline)
    findings = list(filter(is_finding, diagnostics))
    identities = _identities(arguments, result)
    acceptance = without_accepted(baseline, findings, identities)
    accepted = counted(len(findings) - len(acceptance.remaining), "accepted finding")
    say(f"{accepted} of {arguments.baseline} left out.")
    if acceptance.absent and not is_part:
        absent = counted(acceptance.absent, "accepted finding")
        say(f"{absent} no more there: --prune-baseline removes what is gone.")
    remaining = {id(diagnostic) for diagnostic in acceptance.remaining}
    return [row for row in diagnostics if not is_finding(row) or id(row) in remaining]


def _identities(arguments: argparse.Namespace, result: Scan) -> FindingIdentities:
    from ..model.secret_words import Literals  # noqa: PLC0415 - as above
    from ..project.baseline import FindingIdentities  # noqa: PLC0415
    from ..project.reading.source_lines import SourceLines  # noqa: PLC0415

    lines = SourceLines(result.root, result.embedded, Literals.HIDE)
    return FindingIdentities(result, lines.line_of, arguments.baseline.parent)
