"""`emulator --port N --file F`: the stand-in for the Data Map, served on this machine."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from ..emulator import Emulator, EmulatorError, serve
from ..project.catalogues import seed_from
from ..project.loading import load_settings
from .console import CommandError, deliver, say

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--port", metavar="N", type=int, required=True, help="the port on 127.0.0.1; 0 takes any free one")
    parser.add_argument("--file", metavar="FILE", type=Path, required=True, help="the SQLite file that keeps its state")
    parser.add_argument("--seed", metavar="PATH", type=Path, help="a file of assets (JSON), or a folder whose DDL becomes assets")


def run(arguments: argparse.Namespace) -> int:
    """Serve until interrupted. Its address is printed once it answers."""
    try:
        with Emulator(arguments.file) as emulator:
            if arguments.seed:
                _seed(emulator, arguments.seed)
            with serve(emulator, arguments.port) as server:
                deliver(f"{server.url}\n", None)
                say(f"The state is kept in {arguments.file}. Any bearer token is accepted. Stop with Ctrl+C.")
                server.wait()
    except KeyboardInterrupt:
        say("Stopped.")
    except EmulatorError as error:
        raise CommandError(str(error)) from error
    return 0


def _seed(emulator: Emulator, path: Path) -> None:
    settings = load_settings(path, arguments={}, environment=os.environ)
    result = seed_from(emulator, path, settings)
    say(f"Seeded from {path}: {result.created} entities created, {result.updated} updated.")
