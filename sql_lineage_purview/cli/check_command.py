"""`check [FILES…]`: diagnostics only. It needs no network, and loads nothing that speaks to one."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ..analysis.silencing import without_silenced
from ..model.secret_words import Literals
from ..project.configuring.addresses import is_address
from ..project.context import project_folder
from ..project.reading.found import shown
from ..render.counting import counted
from ..render.diagnostic_formats import DIAGNOSTIC_FORMATS
from ..render.diagnostic_listing import ShownDiagnostic, render_remedies
from .baseline_options import (
    add_baseline_arguments,
    without_baseline,
    write_baseline,
    writes_baseline,
)
from .console import say
from .delivery import deliver
from .output import add_output_arguments, chosen_format
from .paths import add_optional_paths_argument, paths_or_here
from .scan_options import add_reading_arguments, display, is_finding, read, settings_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from collections.abc import Set as AbstractSet

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
    add_baseline_arguments(parser)
    add_reading_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Exit code 1 where there are errors or warnings.

    What is only good to know is printed and does not count.
    """
    paths = paths_or_here(arguments)
    settings = settings_of(arguments, paths)
    # as pre-commit calls it: with the files that a commit changes, and no others
    if paths and all(path.is_file() for path in paths):
        result, files = _among_others(arguments, paths, settings)
    else:
        result = read(arguments, paths, settings)
        files = {file.path for file in result.graph.files}
    unread = (
        # who names single files does not ask what else their folder holds
        {path for row in result.graph.not_read for path in row.paths}
        if all(path.is_dir() for path in paths)
        else set()
    )
    diagnostics: Sequence[Diagnostic] = without_silenced(result.graph)
    if writes_baseline(arguments):
        return write_baseline(arguments, result, diagnostics)
    diagnostics = without_baseline(arguments, result, diagnostics)
    reported = [diagnostic for diagnostic in diagnostics if diagnostic.path in files | unread]
    form = chosen_format(arguments, DIAGNOSTIC_FORMATS)
    with_source = bool(reported) and _shows_source(arguments, form)
    literals = _literals(settings, on_terminal=_is_on_terminal(arguments))
    rows = _shown(result, reported, literals, with_source=with_source)
    deliver(rows, form, arguments.output)
    findings = [diagnostic for diagnostic in reported if is_finding(diagnostic)]
    for line in render_remedies(findings).splitlines():
        say(line)
    say(f"{counted(len(files), 'file')} checked, {counted(len(findings), 'finding')}.")
    return 1 if findings else 0


def _among_others(
    arguments: argparse.Namespace, paths: Sequence[Path], settings: Settings
) -> tuple[Scan, set[str]]:
    """Read single files with the other scripts of their project, whose definitions they use."""
    folder = project_folder(paths[0], settings.base)
    result = read(
        arguments, [folder, *paths] if folder else paths, settings, root=folder or Path.cwd()
    )
    named = {
        shown(path.resolve().relative_to(result.root))
        for path in paths
        if path.resolve().is_relative_to(result.root)
    }
    return result, {file.path for file in result.graph.files if _is_in(file.path, named)}


def _is_in(path: str, named: AbstractSet[str]) -> bool:
    """Is a script one of those that were named, or in a package, snapshot or database that was?"""
    return is_address(path) or path in named or any(path.startswith(f"{name}/") for name in named)


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


def _shown(
    result: Scan, diagnostics: Sequence[Diagnostic], literals: Literals, *, with_source: bool
) -> list[ShownDiagnostic]:
    line_of = _line_of(result, literals) if with_source else lambda _: None
    return [
        ShownDiagnostic(diagnostic, display(result.root, diagnostic.path), line_of(diagnostic))
        for diagnostic in diagnostics
    ]


def _line_of(result: Scan, literals: Literals) -> Callable[[Diagnostic], SourceLine | None]:
    from ..project.reading.source_lines import SourceLines  # noqa: PLC0415 - what reads scripts is for those alone who show them

    return SourceLines(result.root, result.embedded, literals).line_of
