"""`check [FILES…]`: diagnostics only. It needs no network, and loads nothing that speaks to one."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ..model.secret_words import Literals
from ..project.configuring.addresses import is_address
from ..project.context import project_folder
from ..project.reading.found import shown
from ..render.counting import counted
from ..render.diagnostic_formats import DIAGNOSTIC_FORMATS
from ..render.diagnostic_listing import ShownDiagnostic, render_remedies
from .console import say
from .delivery import deliver
from .paths import add_optional_paths_argument, paths_or_here
from .scan_options import add_reading_arguments, display, is_finding, read, settings_of

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence
    from collections.abc import Set as AbstractSet

    from ..model.diagnostics import Diagnostic
    from ..project.configuring.settings import Settings
    from ..project.keeping.scan_result import Scan
    from ..render.diagnostic_listing import SourceLine


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_optional_paths_argument(parser, "scripts or folders")
    parser.add_argument(
        "--show-source",
        action="store_true",
        help="show the line of each finding; not on a terminal, its strings are blanked",
    )
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
    reported = [
        diagnostic for diagnostic in result.graph.diagnostics if diagnostic.path in files | unread
    ]
    rows = _shown(result, reported, _literals(settings), with_source=arguments.show_source)
    deliver(rows, DIAGNOSTIC_FORMATS.default)
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


def _literals(settings: Settings) -> Literals:
    """A terminal shows what the person before it can read anyway.

    What is not a terminal may be the log of a build.
    """
    if "literals" in settings.configured or not sys.stdout.isatty():
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
