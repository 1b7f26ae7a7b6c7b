"""Other processes, one of which dies."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pytest

from sql_lineage_purview.project.reading.workers import OwnTask, WorkerDiedError, spread


def double(number: int) -> int:
    if number == 13:
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
    return 2 * number


def done(results: Iterable[tuple[int, int | WorkerDiedError | OwnTask]]) -> dict[int, object]:
    """The results; what is left to the caller is done, and is its own number."""
    return {
        number: double(number) if isinstance(result, OwnTask) else result
        for number, result in results
    }


def test_the_task_that_kills_its_process_is_reported_and_the_others_are_done() -> None:
    numbers = (13, *range(10, 13), *range(14, 20))
    results = done(spread(double, {number: number for number in numbers}, 2))

    assert isinstance(results.pop(13), WorkerDiedError)
    assert results == {place: 2 * place for place in range(10, 20) if place != 13}


def test_several_that_kill_theirs(tmp_path: Path) -> None:
    results = done(spread(double, {0: 13, 1: 1, 2: 13, 3: 3, 4: 13}, 4))

    assert {place for place, result in results.items() if isinstance(result, WorkerDiedError)} == {
        0,
        2,
        4,
    }
    assert (results[1], results[3]) == (2, 6)


def test_the_caller_does_the_last_tasks_while_the_first_are_at_work() -> None:
    results = dict(spread(double, dict.fromkeys(range(100), 2), 1))

    own = [number for number, result in results.items() if isinstance(result, OwnTask)]
    assert (results[0], results[1], own[0]) == (4, 4, 99)
    assert own == sorted(own, reverse=True)
    assert results.keys() == set(range(100))


def test_whoever_is_interrupted_at_a_task_of_its_own_leaves_no_process() -> None:
    with closing(spread(double, dict.fromkeys(range(100), 2), 1)) as results:
        next(result for _, result in results if isinstance(result, OwnTask))
        assert multiprocessing.active_children()
    assert not multiprocessing.active_children()


def test_an_error_of_a_task_is_the_callers() -> None:
    with pytest.raises(TypeError):
        list(spread(len, {1: 1}, 1))  # type: ignore[arg-type]  # what cannot be shared out
