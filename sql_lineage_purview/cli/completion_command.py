"""`completion SHELL`: a script that lets a shell complete commands, options and their values.

It is made by shtab, an extra: https://docs.iterative.ai/shtab/
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from ..render.format import Format
from . import COMMANDS, parser_of
from .console import CommandError
from .delivery import deliver

if TYPE_CHECKING:
    import argparse

_SHELLS = ("bash", "zsh", "tcsh")
_SCRIPT: Format[str] = Format("script", (), is_data=True, render=str)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("shell", choices=_SHELLS, help="the shell that reads the script")


def run(arguments: argparse.Namespace) -> int:
    """Print the script, which the start-up file of a shell may read.

    Raises:
        CommandError: shtab is not installed.
    """
    try:
        shtab = importlib.import_module("shtab")
    except ImportError:
        raise CommandError(
            "completion needs shtab, the extra `completion`: pip install shtab"
        ) from None
    script = shtab.complete(parser_of(COMMANDS).parser, shell=arguments.shell)
    deliver(script, _SCRIPT)
    return 0
