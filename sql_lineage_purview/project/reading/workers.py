"""Work that is spread over several processes, of which the one that asks for it is one.

A process that dies costs the task that killed it, and no other.

Ctrl+C reaches every process of a terminal; the workers leave it to the one that started them, which
ends them.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import TypeAlias, TypeVar

from ...model.garbage import collect_seldom

Task = TypeVar("Task")
Result = TypeVar("Result")


class WorkerDiedError(Exception):
    """The process that did a task was ended by the system.

    Most often that is because it took too much memory.
    """


class OwnTask:
    """A task that the caller does itself, while the other processes are at theirs."""


_Done: TypeAlias = tuple[int, "Result | WorkerDiedError | OwnTask"]


def spread(
    work: Callable[[Task], Result], tasks: Mapping[int, Task], workers: int
) -> Generator[_Done[Result], None, None]:
    """Do tasks in other processes, begun in the order given, and tell each result as it comes.

    While there is none, the caller is left one of the last tasks: to wait for others that are at
    work, or that load what they work with, is to do nothing.

    Where no process can be started, nothing more is told; what was not told is left to the caller.
    """
    waiting = dict(tasks)
    while waiting:
        suspects = yield from _round(work, waiting, workers)
        if suspects is None:
            return
        # a pool that lost a process does not say which task it was, so each gets a process of its
        # own: the one that dies again is what killed it
        for number in suspects:
            alone = {number: waiting.pop(number)}
            died = yield from _round(work, alone, 1)
            if died is None:
                return
            if died:
                yield number, WorkerDiedError()


def _round(
    work: Callable[[Task], Result], waiting: dict[int, Task], workers: int
) -> Generator[_Done[Result], None, list[int] | None]:
    """Do what is waiting, and take out what is done.

    Returns:
        The tasks that were being done when a process died; none where all is done; None where no
        process can be started.
    """
    try:
        # `spawn` works alike on all systems and inherits no locks.
        pool = ProcessPoolExecutor(
            workers, mp_context=multiprocessing.get_context("spawn"), initializer=_prepare
        )
    except (OSError, ImportError, NotImplementedError):
        return None
    pending = deque(waiting.items())
    running: dict[Future[Result], int] = {}
    try:
        if len(waiting) == 1:
            pool.submit(_ignore_interrupts).result()  # where this dies, no task is to blame
        while True:
            with _interrupts_wait():  # while processes start, which inherit that
                # one more than there are workers waits; all at once would pickle gigabytes
                # beforehand
                while pending and len(running) <= workers:
                    number, task = pending.popleft()
                    running[pool.submit(work, task)] = number
            if not running:
                return []
            if pending and not any(future.done() for future in running):
                number, _ = pending.pop()
                del waiting[number]
                yield number, OwnTask()
                continue
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                result = future.result()
                number = running.pop(future)
                del waiting[number]
                yield number, result
    except BrokenProcessPool:
        return list(running.values()) or None
    except OSError:  # too many processes, or no memory for one more
        return None
    except BaseException:
        for child in multiprocessing.active_children():
            # `shutdown` waits for what runs, which may take minutes
            child.kill()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _prepare() -> None:
    _ignore_interrupts()
    collect_seldom()


def _ignore_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def _interrupts_wait() -> Iterator[None]:
    """Ctrl+C is dealt with behind this, where the system can put it off."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
