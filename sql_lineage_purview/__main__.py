"""The console command, and `python -m sql_lineage_purview`, which is the same."""

from __future__ import annotations

import atexit
import os
import signal
import sys

_INTERRUPTED = 130


def run() -> None:
    """Run a command and exit with its code.

    Ctrl+C ends it with one line, from the moment on that this is loaded.
    """
    codes: list[int] = []
    atexit.register(_leave, codes)  # what is registered first is called last
    try:
        from sql_lineage_purview.model.garbage import collect_seldom  # noqa: PLC0415 - loading takes a while, in which somebody may change their mind

        collect_seldom()
        from sql_lineage_purview.cli import main  # noqa: PLC0415 - the same

        code = main()
        _no_more_interrupts()
    except KeyboardInterrupt:
        _no_more_interrupts()
        code = _INTERRUPTED
        _say_interrupted()
    if code == _INTERRUPTED:
        os._exit(code)  # without waiting for what other threads are about
    codes.append(code)
    sys.exit(code)


def _leave(codes: list[int]) -> None:
    """Leave when all is done, and take down nothing of what was loaded.

    That takes a fifth of a check of one script, and the system does it anyway.
    """
    try:
        sys.stdout.flush()
        sys.stderr.flush()
        [code] = codes
    except (AttributeError, OSError, ValueError):  # Python says it, or there is no stream
        return
    os._exit(code)


def _no_more_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _say_interrupted() -> None:
    try:
        sys.stderr.write("Interrupted.\n")
        sys.stderr.flush()
    except (AttributeError, OSError):  # there is no stderr
        return


# Processes that share the work of a scan load this file too, and must not start another scan.
if __name__ == "__main__":
    run()
