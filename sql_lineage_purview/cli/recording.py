"""Each run is recorded, and told to a monitor where one is configured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..project.observing.run_record import RunRecord
from ..project.project_errors import DatabaseError
from .console import CommandError, say

if TYPE_CHECKING:
    import argparse

    from . import Command

_FAILED, _NETWORK, _INTERRUPTED = 2, 3, 130


def run_recorded(name: str, command: Command, arguments: argparse.Namespace) -> int:
    """Run a command, and tell the monitor of its settings about it, however it ends."""
    arguments.record = record = RunRecord(name)
    code = _FAILED
    try:
        code = command.run(arguments)
    except CommandError as error:
        code = error.code
        raise
    except DatabaseError:
        code = _NETWORK
        raise
    except KeyboardInterrupt:
        code = _INTERRUPTED
        raise
    finally:
        _tell(record, code)
    return code


def _tell(record: RunRecord, code: int) -> None:
    if record.settings is None or not record.settings.purview.monitor:
        return
    from ..project.observing.monitoring import monitor_of, report  # noqa: PLC0415 - for those alone who have a monitor

    chosen = record.settings.purview
    owner = {"owner": chosen.owner} if "owner" in record.settings.configured else {}
    problem = report(
        record, monitor_of(record.settings), code=code, attributes=owner, ca_bundle=chosen.ca_bundle
    )
    if problem:
        say(f"The monitor could not be told about this run: {problem}")
