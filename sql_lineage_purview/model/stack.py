"""Work that recurses deeply: a thousand nested parentheses are deep, not wrong."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from contextvars import copy_context
from typing import TypeVar

T = TypeVar("T")

_MB = 1 << 20
# Bytes of address space, of which memory is taken only as it is used, and how deep Python may go on
# them. The smaller ones are for machines that give a process little of it.
_STACKS = ((512 * _MB, 100_000), (64 * _MB, 12_000), (8 * _MB, 1_500))


def deep(work: Callable[[], T]) -> T:
    """Run on a thread with a large stack; what the work raises is raised here.

    It opens files as its caller does: through the same view, and seen by the same observer.

    Raises:
        BaseException: whatever the work raises.
    """
    results: list[T] = []
    errors: list[BaseException] = []
    context = copy_context()  # a thread begins with none of its own

    def run() -> None:
        try:
            results.append(context.run(work))
        except BaseException as error:  # handed to the caller below
            errors.append(error)

    limit, size = sys.getrecursionlimit(), threading.stack_size()
    try:
        _started(run, limit).join()
    finally:
        threading.stack_size(size)
        sys.setrecursionlimit(limit)
    if errors:
        raise errors[0]
    return results[0]


def _started(run: Callable[[], None], limit: int) -> threading.Thread:
    """A running thread on the largest stack that can be had.

    Nobody waits for it who has been told to end.
    """
    for size, depth in _STACKS:
        threading.stack_size(size)
        sys.setrecursionlimit(max(limit, depth))
        thread = threading.Thread(target=run, daemon=True)
        with suppress(RuntimeError):  # no room for it
            thread.start()
            return thread
    raise MemoryError
