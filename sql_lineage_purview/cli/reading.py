"""What all commands share that read scripts: their arguments, their settings, and what is said about a scan."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from ..model.diagnostics import Diagnostic, Severity
from ..project.configuring.addresses import DatabaseAddress, is_address
from ..project.configuring.loading import catalog, load_settings
from ..project.observing.run_record import numbers_of
from ..project.scan import Scan, scan
from ..render.diagnostics import render_diagnostic, render_remedies
from .console import CommandError, Progress, say
from .profiles import add_profile_argument

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..project.configuring.settings import Settings

_SHOWN_FINDINGS = 20


def add_reading_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what decides how scripts are read."""
    group = parser.add_argument_group("reading")
    add_profile_argument(group)
    group.add_argument("--default-schema", metavar="NAME", help="the schema of names without one (default: dbo)")
    group.add_argument("--database", metavar="NAME", help="the database that the scripts belong to")
    group.add_argument(
        "--var",
        metavar="NAME=VALUE",
        action="append",
        type=_variable,
        help="the value of a SQLCMD variable $(NAME) (may be repeated)",
    )
    group.add_argument(
        "--catalog",
        metavar="[DATABASE=]SOURCE",
        action="append",
        help="who tells the columns of tables that no script defines: a .dacpac, a snapshot (.json), a saved "
        "INFORMATION_SCHEMA.COLUMNS (.csv), mssql://SERVER/DATABASE, or purview; DATABASE is what scripts "
        "call it (may be repeated)",
    )
    group.add_argument(
        "--from-database",
        metavar="ADDRESS",
        action="append",
        default=[],
        help="read the modules of a live database, mssql://SERVER/DATABASE, with or without a PATH (may be repeated)",
    )
    group.add_argument(
        "--ca-bundle", metavar="FILE", type=Path, help="the certificate authorities (PEM) to trust, in place of the usual ones"
    )
    group.add_argument(
        "--jobs", metavar="N", type=count, help="how many processes share the work (default: depends on how much there is)"
    )
    group.add_argument("--no-cache", action="store_true", help="read each script anew, and write nothing to the cache")


def named_paths(arguments: argparse.Namespace) -> list[Path]:
    """What was named to be scanned; nothing where a live database is.

    Raises:
        CommandError: neither was named.
    """
    if not (arguments.paths or arguments.from_database):
        raise CommandError("nothing to read. Name a folder or a script, or a database with --from-database.")
    return list(arguments.paths)


def paths_or_here(arguments: argparse.Namespace) -> list[Path]:
    """What was named to be scanned; the current folder where nothing was, no live database either."""
    return list(arguments.paths) or ([] if arguments.from_database else [Path()])


def settings_of(arguments: argparse.Namespace, paths: Sequence[Path]) -> Settings:
    """The settings that hold for a command: its arguments before all else."""
    options = {
        "profile": arguments.profile,
        "default_schema": arguments.default_schema,
        "database": arguments.database,
        "variables": tuple(arguments.var) if arguments.var else None,
        "catalogs": tuple(catalog(text, Path.cwd()) for text in arguments.catalog) if arguments.catalog else None,
        "jobs": arguments.jobs,
        "ca_bundle": arguments.ca_bundle and arguments.ca_bundle.absolute(),
        "keep_temporary": getattr(arguments, "keep_temporary", None),
        "granularity": getattr(arguments, "granularity", None),
        "assets": assets.absolute() if (assets := getattr(arguments, "assets", None)) else None,
        "missing": getattr(arguments, "missing", None),
        "prune": getattr(arguments, "prune", None),
        "prune_threshold": getattr(arguments, "prune_threshold", None),
    }
    chosen = {key: value for key, value in options.items() if value is not None}
    settings = load_settings(paths[0] if paths else Path.cwd(), arguments=chosen, environment=os.environ)
    if settings.purview.monitor:
        from ..project.observing.monitoring import monitor_of  # noqa: PLC0415 - for those alone who have a monitor

        monitor_of(settings)
    arguments.record.settings = settings
    return settings


def read(arguments: argparse.Namespace, paths: Sequence[Path], settings: Settings, *, root: Path | None = None) -> Scan:
    """Scan, showing progress, and say what was skipped, and where there was nothing to read."""
    databases = [DatabaseAddress.of(text) for text in arguments.from_database]
    with arguments.record.step("scan") as step:
        result = scan(paths, settings, databases=databases, root=root, use_cache=not arguments.no_cache, progress=Progress())
        step.numbers |= numbers_of(result)
    for entry in result.skipped:
        say(f"Skipped {entry.path}: {entry.reason}.")
    if not result.graph.files:
        say(f"No {'.sql files' if paths else 'modules'} in {', '.join(map(str, [*paths, *databases]))}.")
    return result


def typed(arguments: argparse.Namespace) -> str:
    """What was scanned, as it is typed behind another command."""
    return " ".join((*map(str, arguments.paths), *(f"--from-database {text}" for text in arguments.from_database)))


def is_finding(diagnostic: Diagnostic) -> bool:
    """Is it an error or a warning, and not only good to know?"""
    return diagnostic.severity in (Severity.ERROR, Severity.WARNING)


def say_findings(result: Scan, arguments: argparse.Namespace) -> None:
    """List the first findings of a scan, and how to see the others; then what to do about them."""
    findings = [diagnostic for diagnostic in result.graph.diagnostics if is_finding(diagnostic)]
    for diagnostic in findings[:_SHOWN_FINDINGS]:
        say(render_diagnostic(diagnostic, path=display(result.root, diagnostic.path)).rstrip("\n"))
    if len(findings) > _SHOWN_FINDINGS:
        more = len(findings) - _SHOWN_FINDINGS
        say(f"… and {more} more: sql-lineage-purview check {typed(arguments)} lists all.")
    for line in render_remedies(findings).splitlines():
        say(line)


def summary(result: Scan) -> str:
    """What a scan found, in one line."""
    graph = result.graph
    statements = sum(file.statements for file in graph.files)
    return (
        f"{counted(len(graph.files), 'file')}, {counted(statements, 'statement')}; "
        f"{counted(len(graph.table_lineage), 'table edge')}, {counted(len(graph.column_lineage), 'column edge')}; "
        f"gaps: {gaps(result) or 'none'}."
    )


def gaps(result: Scan) -> str:
    """How many statements, names and strings are not known (`2 syntax, 1 dynamic`); empty where all are."""
    files = result.graph.files
    counts = {kind: sum(getattr(file.gaps, kind) for file in files) for kind in ("syntax", "name", "dynamic")}
    return ", ".join(f"{number} {kind}" for kind, number in counts.items() if number)


def counted(number: int, noun: str, plural: str = "") -> str:
    """`1 file`, `2 files`."""
    return f"{number} {noun}" if number == 1 else f"{number} {plural or noun + 's'}"


def display(root: Path, path: str) -> str:
    """A path of a scan as it can be opened from the current folder; what a live database holds is shown by its address."""
    if is_address(path):
        return path
    place = root / path
    try:
        return place.relative_to(Path.cwd()).as_posix()
    except ValueError:
        return str(place)


def _variable(text: str) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    if not separator or not name.strip():
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE")
    return name.strip(), value


def count(text: str) -> int:
    """An argument that is a whole number from 1."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1")
    return int(text)
