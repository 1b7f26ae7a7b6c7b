"""What all commands that read scripts share.

These are their arguments, their settings, and what is said about a scan.
"""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ..library.emulator_stand_in import open_stand_in
from ..model.diagnostics import Diagnostic, Severity
from ..project.configuring.addresses import DatabaseAddress, is_address
from ..project.configuring.loading import load_settings
from ..project.configuring.setting_rows import OptionGroup
from ..project.keeping.scan_result import Scan
from ..project.observing.run_record import numbers_of
from ..project.scanning import scan
from ..render.diagnostic_listing import render_diagnostic, render_remedies
from ..render.shell_words import quoted
from .chosen_settings import chosen_settings
from .console import Progress, say
from .paths import place_list
from .scene import Scene
from .setting_options import add_profile_argument, add_setting_options

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from ..project.configuring.settings import Settings

_SHOWN_FINDINGS = 20


def add_reading_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what decides how scripts are read."""
    group = parser.add_argument_group("reading")
    add_profile_argument(group)
    add_setting_options(group, OptionGroup.SCRIPTS)
    group.add_argument(
        "--from-database",
        metavar="ADDRESS",
        action="append",
        default=[],
        help="read the modules of a live database, mssql://SERVER/DATABASE, with or without a "
        "PATH (may be repeated)",
    )
    add_setting_options(group, OptionGroup.NETWORK)
    add_setting_options(group, OptionGroup.WORK)
    group.add_argument(
        "--no-cache",
        action="store_true",
        help="read each script anew, and write nothing to the cache",
    )


def settings_of(arguments: argparse.Namespace, paths: Sequence[Path]) -> Settings:
    """The settings that hold for a command: its arguments before all else."""
    start = paths[0] if paths else Path.cwd()
    settings = load_settings(start, arguments=chosen_settings(arguments), environment=os.environ)
    if settings.purview.monitor:
        from ..project.observing.monitoring import monitor_of  # noqa: PLC0415 - for those alone who have a monitor

        # only so that a monitor that cannot be told is known before the work, and not behind it
        monitor_of(settings)
    arguments.record.settings = settings
    return settings


def read(
    arguments: argparse.Namespace,
    paths: Sequence[Path],
    settings: Settings,
    *,
    root: Path | None = None,
    revision: str = "",
) -> Scan:
    """Scan, showing progress, and say what was skipped, and where there was nothing to read.

    Args:
        arguments: the command line, with the databases to read and the record of the run.
        paths: folders and files; none where only databases are read.
        settings: see `load_settings`.
        root: what all paths are shown relative to, where they lie below it.
        revision: the state that is read, if it is not what lies on the disk; see `scan_revision`.
    """
    databases = [DatabaseAddress.of(text) for text in arguments.from_database]
    use_cache = not arguments.no_cache
    with arguments.record.step("scan") as step:
        if revision:
            from ..project.revision_scanning import scan_revision  # noqa: PLC0415 - for those alone who read one

            result = scan_revision(
                paths, settings, revision, root=root, use_cache=use_cache, progress=Progress()
            )
        else:
            result = scan(
                paths,
                settings,
                databases=databases,
                root=root,
                use_cache=use_cache,
                progress=Progress(),
                stand_in=open_stand_in,
            )
        step.numbers |= numbers_of(result)
    for entry in result.skipped:
        say(f"Skipped {entry.path}: {entry.reason}.")
    if not result.graph.files:
        say(f"No {'.sql files' if paths else 'modules'} in {place_list([*paths, *databases])}.")
    return result


def typed(arguments: argparse.Namespace) -> str:
    """What was scanned, as it is typed behind another command."""
    return " ".join(
        (
            *(quoted(str(path)) for path in arguments.paths),
            *(f"--from-database {quoted(text)}" for text in arguments.from_database),
        )
    )


def scene_of(result: Scan, arguments: argparse.Namespace) -> Scene:
    """How drawings of a scan look: their paths can be opened from the current folder."""
    return Scene(
        root=result.root,
        shown=partial(display, result.root),
        source=typed(arguments),
        ascii_only=arguments.ascii,
    )


def is_finding(diagnostic: Diagnostic) -> bool:
    """Is it an error or a warning, and not only good to know?"""
    return diagnostic.severity in (Severity.ERROR, Severity.WARNING)


def say_findings(result: Scan, arguments: argparse.Namespace) -> None:
    """List the first findings of a scan, and how to see the others; then what to do about them."""
    findings = [diagnostic for diagnostic in result.graph.diagnostics if is_finding(diagnostic)]
    for diagnostic in findings[:_SHOWN_FINDINGS]:
        shown = render_diagnostic(diagnostic, path=display(result.root, diagnostic.path))
        for line in shown.splitlines():
            say(line)
    if len(findings) > _SHOWN_FINDINGS:
        more = len(findings) - _SHOWN_FINDINGS
        scripts = f"{typed(arguments)} " if typed(arguments) else ""
        say(f"… and {more} more: sql-lineage-purview check {scripts}--all lists all.")
    for line in render_remedies(findings).splitlines():
        say(line)


def display(root: Path, path: str) -> str:
    """A path of a scan as it can be opened from the current folder.

    What a live database holds is shown by its address.
    """
    if is_address(path):
        return path
    place = root / path
    try:
        return place.relative_to(Path.cwd()).as_posix()
    except ValueError:
        return str(place)
