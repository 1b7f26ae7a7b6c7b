"""What events of OpenLineage say beside the lineage: when it was known, where databases are."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ..project.configuring.database_patterns import database_names, database_rows
from ..render.exchange.event_names import EventNames
from ..render.exchange.openlineage import EventContext
from .console import CommandError

if TYPE_CHECKING:
    from ..project.configuring.settings import Settings
    from ..project.keeping.scan_result import Scan


def event_context(result: Scan, settings: Settings) -> EventContext:
    """The context of a scan's events, with the servers of the configuration.

    Raises:
        CommandError: SOURCE_DATE_EPOCH is no number of seconds.
    """
    database = settings.database or result.database or ""
    tables = (table.name for table in result.graph.tables)
    names = [*([database] if database else ()), *database_names(tables)]
    rows = database_rows(settings.databases, names)
    servers = {row.name.casefold(): (row.server, row.purview_name) for row in rows}
    if not database and len(rows) == 1:
        database = rows[0].name
    return EventContext(_time(), EventNames(servers, database))


def _time() -> str:
    """Now, or what reproducible builds take for it.

    https://reproducible-builds.org/specs/source-date-epoch/
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    try:
        moment = datetime.fromtimestamp(int(epoch), UTC) if epoch else datetime.now(UTC)
    except (ValueError, OverflowError, OSError):
        raise CommandError(
            f"SOURCE_DATE_EPOCH is {epoch!r}, and has to be a number of seconds since 1970."
        ) from None
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
