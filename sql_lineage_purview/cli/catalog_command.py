"""`catalog dump`: save what a catalogue knows to a snapshot.

A database, a package or the Purview account is asked; later none of them is needed.
"""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ..catalog.snapshot import write_snapshot
from ..project.configuring.catalog_sources import PURVIEW, catalog
from ..project.configuring.loading import load_settings
from ..project.reading.schemas import described
from ..render.counting import counted
from ..render.snapshot_formats import SNAPSHOT_FORMATS
from ..tsql.disclosure import disclosed
from .chosen_settings import chosen_settings
from .console import CommandError, say
from .delivery import deliver
from .output import add_output_arguments
from .setting_options import add_profile_argument

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    actions = parser.add_subparsers(title="actions", metavar="ACTION", dest="action", required=True)
    dump = actions.add_parser(
        "dump",
        help="write a snapshot file",
        description="Write what a source knows to a snapshot file.",
    )
    dump.add_argument(
        "source",
        metavar="[DATABASE=]SOURCE",
        nargs="?",
        help="mssql://SERVER/DATABASE, a .dacpac, or a .csv of INFORMATION_SCHEMA.COLUMNS; "
        "DATABASE is what scripts call it. "
        "With --from purview: the folder whose configuration counts (default: the current one)",
    )
    dump.add_argument(
        "--from",
        dest="origin",
        choices=(PURVIEW,),
        help="dump the assets of the configured account, and the processes of its owner, for plan "
        "--assets",
    )
    add_profile_argument(dump)
    add_output_arguments(dump, SNAPSHOT_FORMATS)


def run(arguments: argparse.Namespace) -> int:
    """Ask, write, and say how much it was.

    Raises:
        CommandError: nothing is named that could be dumped.
    """
    if arguments.origin == PURVIEW:
        _dump_account(arguments)
    elif arguments.source:
        _dump_databases(arguments)
    else:
        raise CommandError(
            "nothing to dump. Name a database, package or file, or use --from purview."
        )
    if arguments.output:
        say(f"Written to {arguments.output}.")
    return 0


def _dump_account(arguments: argparse.Namespace) -> None:
    # Who dumps a package need not load the client.
    from ..project.connecting.asset_snapshots import dump_assets  # noqa: PLC0415 - see above
    from ..purview import snapshot_lines  # noqa: PLC0415 - see above
    from ..purview.account.entities import PROCESS_TYPE  # noqa: PLC0415 - see above
    from .publishing import catalogue  # noqa: PLC0415 - see above

    folder, output = Path(arguments.source or "."), arguments.output
    settings = load_settings(folder, arguments=chosen_settings(arguments), environment=os.environ)
    with catalogue(settings) as client:
        snapshot, notes = dump_assets(client, settings)
    deliver("".join(snapshot_lines(snapshot)), SNAPSHOT_FORMATS.default, output)
    processes = sum(entity["typeName"] == PROCESS_TYPE for entity in snapshot.entities)
    assets = counted(len(snapshot.entities) - processes, "asset")
    say(
        f"{snapshot.endpoint}: {assets}, {counted(processes, 'process', 'processes')} of "
        f"{snapshot.owner}."
    )
    for note in notes:
        say(f"Note: {note}.")


def _dump_databases(arguments: argparse.Namespace) -> None:
    settings = load_settings(
        Path.cwd(), arguments=chosen_settings(arguments), environment=os.environ
    )
    databases = described(catalog(arguments.source, Path.cwd()), settings.purview)
    disclosure = partial(disclosed, literals=settings.literals)
    deliver(write_snapshot(databases, disclosure), SNAPSHOT_FORMATS.default, arguments.output)
    for database in databases:
        tables, modules = (
            counted(len(database.tables), "table"),
            counted(len(database.modules), "module"),
        )
        say(f"{database.name or 'A database without a name'}: {tables}, {modules}.")
