"""Other processes, one of which dies."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from sql_lineage_purview.project.reading.workers import WorkerDiedError, spread


def double(number: int) -> int:
    if number == 13:
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
    return 2 * number


def test_the_task_that_kills_its_process_is_reported_and_the_others_are_done() -> None:
    results = dict(spread(double, {place: place for place in range(10, 20)}, 2))

    assert isinstance(results.pop(13), WorkerDiedError)
    assert results == {place: 2 * place for place in range(10, 20) if place != 13}


def test_several_that_kill_theirs(tmp_path: Path) -> None:
    results = dict(spread(double, {0: 13, 1: 1, 2: 13, 3: 3, 4: 13}, 3))

    assert {place for place, result in results.items() if isinstance(result, WorkerDiedError)} == {
        0,
        2,
        4,
    }
    assert (results[1], results[3]) == (2, 6)


def test_an_error_of_a_task_is_the_callers() -> None:
    with pytest.raises(TypeError):
        list(spread(len, {1: 1}, 1))  # type: ignore[arg-type]  # what cannot be shared out
