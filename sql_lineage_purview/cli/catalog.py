"""`catalog dump SOURCE`: what a database or package knows of its tables and modules, to a snapshot that needs neither later."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from ..catalog import write_snapshot
from ..project.loading import catalog, load_settings
from ..project.schemas import described
from .console import deliver, say
from .reading import counted

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    actions = parser.add_subparsers(title="actions", metavar="ACTION", dest="action", required=True)
    dump = actions.add_parser("dump", help="write a snapshot file", description="Write what a source knows to a snapshot file.")
    dump.add_argument(
        "source",
        metavar="[DATABASE=]SOURCE",
        help="mssql://SERVER/DATABASE, a .dacpac, or a .csv of INFORMATION_SCHEMA.COLUMNS; and what scripts call the database",
    )
    dump.add_argument("-o", "--output", metavar="FILE", type=Path, help="write to a file (UTF-8) instead of stdout")


def run(arguments: argparse.Namespace) -> int:
    """Ask, write, and say how much it was."""
    settings = load_settings(Path.cwd(), arguments={}, environment=os.environ)
    databases = described(catalog(arguments.source, Path.cwd()), settings)
    deliver(write_snapshot(databases), arguments.output, exact=True)
    for database in databases:
        tables, modules = counted(len(database.tables), "table"), counted(len(database.modules), "module")
        say(f"{database.name or 'A database without a name'}: {tables}, {modules}.")
    if arguments.output:
        say(f"Written to {arguments.output}.")
    return 0
