"""`check [FILES…]`: diagnostics only. It needs no network, and loads nothing that speaks to one."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ..model.secret_words import Literals
from ..render.counting import counted
from ..render.diagnostic_formats import DIAGNOSTIC_FORMATS
from ..render.diagnostic_listing import ShownDiagnostic, render_remedies
from .baseline_options import add_baseline_arguments, write_baseline, writes_baseline
from .change_options import add_change_arguments
from .checked_scan import CheckedScan, checked_paths, checked_staged
from .console import say
from .delivery import deliver
from .output import add_output_arguments, chosen_format
from .paths import add_optional_paths_argument, paths_or_here
from .scan_options import add_reading_arguments, display, is_finding
from .scene import Scene

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ..model.diagnostics import Diagnostic
    from ..project.configuring.settings import Settings
    from ..project.keeping.scan_result import Scan
    from ..render.diagnostic_listing import SourceLine
    from ..render.format import Format


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_optional_paths_argument(parser, "scripts or folders")
    add_output_arguments(parser, DIAGNOSTIC_FORMATS)
    parser.add_argument(
        "--show-source",
        action=argparse.BooleanOptionalAction,
        help="show the line of each finding (default: on a terminal, and nowhere else); not on a "
        "terminal, its strings are blanked",
    )
    add_change_arguments(parser)
    add_baseline_arguments(parser)
    add_reading_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Exit code 1 where there are errors or warnings.

    What is only good to know is printed and does not count.
    """
    if arguments.staged:
        scans = checked_staged(arguments)
    else:
        scans = [checked_paths(arguments, paths_or_here(arguments))]
    if writes_baseline(arguments):
        return max(write_baseline(arguments, scan.result, scan.reported) for scan in scans)
    form = chosen_format(arguments, DIAGNOSTIC_FORMATS)
    rows = [row for scan in scans for row in _rows(arguments, scan, form)]
    # their paths can be opened from the current folder
    deliver(rows, form, arguments.output, Scene(Path.cwd()))
    findings = [row.diagnostic for row in rows if is_finding(row.diagnostic)]
    for line in render_remedies(findings).splitlines():
        say(line)
    files = sum(scan.files for scan in scans)
    say(f"{counted(files, 'file')} checked, {counted(len(findings), 'finding')}.")
    return 1 if findings else 0


def _rows(
    arguments: argparse.Namespace, scan: CheckedScan, form: Format[Sequence[ShownDiagnostic]]
) -> Iterator[ShownDiagnostic]:
    with_source = bool(scan.reported) and _shows_source(arguments, form)
    literals = _literals(scan.settings, on_terminal=_is_on_terminal(arguments))
    line_of = _line_of(scan.result, literals) if with_source else lambda _: None
    for diagnostic in scan.reported:
        path = display(scan.result.root, diagnostic.path)
        yield ShownDiagnostic(diagnostic, path, line_of(diagnostic))


def _shows_source(arguments: argparse.Namespace, form: Format[Sequence[ShownDiagnostic]]) -> bool:
    """Are lines of scripts shown? Formats for programs have places, and no lines."""
    if form.is_data or arguments.show_source is not None:
        return bool(arguments.show_source) and not form.is_data
    return _is_on_terminal(arguments)


def _is_on_terminal(arguments: argparse.Namespace) -> bool:
    return arguments.output is None and sys.stdout is not None and sys.stdout.isatty()


def _literals(settings: Settings, *, on_terminal: bool) -> Literals:
    """A terminal shows what the person before it can read anyway.

    What is not a terminal may be the log of a build.
    """
    if "literals" in settings.configured or not on_terminal:
        return settings.literals
    return Literals.KEEP


def _line_of(result: Scan, literals: Literals) -> Callable[[Diagnostic], SourceLine | None]:
    from ..project.reading.source_lines import SourceLines  # noqa: PLC0415 - what reads scripts is for those alone who show them

    return SourceLines(result.root, result.embedded, literals).line_of
