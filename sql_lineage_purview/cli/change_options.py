"""What `check` compares a project with: its options, and the states and files that they mean."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from ..render.counting import counted
from .console import CommandError, say

if TYPE_CHECKING:
    import argparse

    from ..project.reading.revisions.compared_states import ComparedStates

# Files of which no scan reads anything: a commit of these alone changes no lineage.
_BESIDE_SCRIPTS = frozenset(
    ".md .rst .txt .yml .yaml .py .pyi .cs .js .ts .css .html .svg .png .jpg .pdf .sh .ps1".split()
)


def add_change_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what a project is compared with."""
    group = parser.add_argument_group("comparison (in a git repository)")
    chosen = group.add_mutually_exclusive_group()
    chosen.add_argument(
        "--base",
        metavar="REV",
        help="report what has come since a revision, anywhere in the project (default: HEAD, where "
        "anything differs from it)",
    )
    chosen.add_argument(
        "--all", action="store_true", help="report everything, and compare with nothing"
    )
    group.add_argument(
        "--staged",
        action="store_true",
        help="check what the next commit will hold, and nothing where it changes no script (with "
        "--all: all that it will hold)",
    )


def compared_states(arguments: argparse.Namespace, folder: Path) -> ComparedStates | None:
    """The states that a folder is compared with; None where everything is reported.

    Args:
        arguments: the command line.
        folder: what is checked, or a folder around it.

    Raises:
        CommandError: it cannot be compared, and somebody has asked for it.
    """
    if arguments.all or arguments.from_database:
        return None
    is_needed = bool(arguments.base or arguments.staged)
    if not is_needed and not _is_in_repository(folder):
        return None
    from ..project.reading.revisions.compared_states import ComparedStates  # noqa: PLC0415 - for those alone who compare
    from ..project.reading.revisions.git_program import GitError  # noqa: PLC0415 - the same

    try:
        states = ComparedStates.of(folder, arguments.base, os.environ)
        if is_needed or states.changed_paths(staged=False):
            return states
    except GitError as error:
        if is_needed:
            raise CommandError(str(error)) from None
        say(f"Everything is reported, since nothing can be compared: {error}")
        return None
    say(f"Everything is reported, since nothing differs from {states.shown}.")
    return None


def staged_starts(arguments: argparse.Namespace, states: ComparedStates) -> list[Path]:
    """A folder of each project in which the next commit changes a file that a scan may read.

    Args:
        arguments: the command line, whose paths stand for what git says.
        states: what is compared.
    """
    from ..project.configuring.configuration import find_configuration  # noqa: PLC0415 - as above

    if arguments.paths:
        return [_nearest_folder(path) for path in arguments.paths[:1]]
    starts: dict[Path, None] = {}
    for path in states.changed_paths(staged=True):
        if path.suffix.lower() not in _BESIDE_SCRIPTS and not path.name.startswith("."):
            file = find_configuration(_nearest_folder(path))
            starts[file.path.parent if file else states.top] = None
    return list(starts)


def say_compared(states: ComparedStates, earlier: int) -> None:
    """Say what was compared, and what is not shown."""
    if states.remark:
        say(states.remark)
        return
    hidden = f"; {counted(earlier, 'finding')} of before not shown (--all shows all)"
    say(f"Compared with {states.shown}{hidden if earlier else ''}.")


def _is_in_repository(folder: Path) -> bool:
    place = folder.resolve()
    return any((parent / ".git").exists() for parent in (place, *place.parents))


def _nearest_folder(path: Path) -> Path:
    """The folder of a file that may be gone with it."""
    return next(place for place in (path.absolute(), *path.absolute().parents) if place.is_dir())
