"""`init [PATH]`: look at a folder, and write its first configuration."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from ..project.configuring.configuration import find_configuration
from ..project.configuring.configuration_search import FILE_NAME
from ..project.project_errors import ConfigurationError
from ..project.publishing.repository import repository_of
from ..project.storing.whole_files import write_whole
from ..project.surveying.first_configuration import first_configuration, seen
from ..project.surveying.folder_survey import survey
from .console import CommandError, Progress, say
from .paths import add_folder_argument

if TYPE_CHECKING:
    import argparse

    from ..project.surveying.folder_survey import FolderSurvey


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_folder_argument(parser, "the folder that is looked at, and gets the file")
    parser.add_argument(
        "--force", action="store_true", help=f"write over a {FILE_NAME} that is there already"
    )


def run(arguments: argparse.Namespace) -> int:
    """Say what was seen, what was decided, and what is left to a person.

    Raises:
        CommandError: it is no folder, has a configuration already, or cannot be written.
    """
    folder: Path = arguments.path
    if not folder.is_dir():
        raise CommandError(f"{folder}: no such folder. Name the folder that holds the scripts.")
    place = folder / FILE_NAME
    if place.exists() and not arguments.force:
        raise CommandError(f"{place} exists already. Edit it, or add --force to write it anew.")
    looked_at = survey(folder, Progress())
    configuration = first_configuration(looked_at, _owner(folder))
    above = _configuration_above(folder)
    try:
        write_whole(place, [configuration.text])
    except OSError as error:
        raise CommandError(f"{place}: cannot be written ({error.strerror}).") from None
    for line in seen(looked_at):
        say(f"Seen: {line}.")
    for line in configuration.decisions:
        say(f"Decided: {line}.")
    for line in configuration.suggestions:
        say(f"Left to you: {line}.")
    if above:
        say(f"Note: for this folder the new file now counts in place of {above}.")
    say(f"Written to {place}. Next: {_next(folder, looked_at)}")
    return 0


def _owner(folder: Path) -> str:
    """The name of the repository, else of the folder."""
    address = repository_of(folder, os.environ).address.rstrip("/").removesuffix(".git")
    return address.replace(":", "/").rpartition("/")[2] or folder.resolve().name or "default"


def _configuration_above(folder: Path) -> Path | None:
    """The configuration that has counted for the folder so far, where it is another file."""
    try:
        file = find_configuration(folder.resolve().parent)
    except ConfigurationError:
        return None
    return file.path if file else None


def _next(folder: Path, looked_at: FolderSurvey) -> str:
    packages = [str(folder / path) for path in looked_at.packages]
    paths = [str(folder)] if looked_at.scripts or not packages else packages
    return f"sql-lineage-purview scan {' '.join(paths)}"
