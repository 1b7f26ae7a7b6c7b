"""How long something may take, on whatever machine: seconds of a usual one, and more of a slow one.

What these tests notice, a quadratic way through a long text, takes a hundred times as long as it
should. Between two machines lies a factor of ten where memory is dear, so seconds alone say little.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager

_OBJECTS = 1_000_000
_USUAL_SECONDS = 1.3
_PAGE = 4_096
_PAGES = 131_072  # what the deepest recursion takes of its stack
_USUAL_SECONDS_OF_PAGES = 0.3


def _slowness() -> float:
    """How many times as long as usual things take here: the slowest of what the tests wait for."""
    return max(_slowness_of_objects(), _slowness_of_memory())


def _slowness_of_memory() -> float:
    """How many times as long as usual it takes here to be given memory."""
    began = time.process_time()
    memory = bytearray(_PAGES * _PAGE)
    memory[::_PAGE] = bytes(_PAGES)
    return (time.process_time() - began) / _USUAL_SECONDS_OF_PAGES


def _slowness_of_objects() -> float:
    """How many times as long as usual it takes here to make objects, and to find them all over."""
    began = time.process_time()
    made = [(number, str(number)) for number in range(_OBJECTS)]
    random.Random(0).shuffle(made)  # noqa: S311 - an order, no secret
    assert len(dict(made)) == _OBJECTS
    return (time.process_time() - began) / _USUAL_SECONDS


@contextmanager
def promptly(seconds: float) -> Iterator[None]:
    """Assert that what stands below takes at most these seconds of a usual machine's processor."""
    began = time.process_time()
    yield
    spent = time.process_time() - began
    if spent >= seconds:  # measured only then: the measure takes time too
        assert spent < seconds * max(1.0, _slowness())
