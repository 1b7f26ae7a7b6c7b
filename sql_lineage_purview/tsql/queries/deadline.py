"""How long the lowering of one statement may take."""

from __future__ import annotations

import math
import time

from msgspec import Struct

# How many steps of a few microseconds each are done between two looks at the clock. That of the
# processor's time is asked of the operating system, which takes as long as such a step.
STEPS_PER_LOOK = 64


class TooSlowError(Exception):
    """The lowering of a statement has taken longer than it may."""


class Deadline(Struct):
    """When the lowering of a statement is given up, in seconds of the thread's processor time.

    It is given up where the room's own loops go on; a call of the parser library cannot be
    interrupted, so it may end later than that. The seconds count from the first look at the clock,
    since most statements are done before it.
    """

    seconds: float = math.inf
    end: float | None = None
    steps: int = 0

    def check(self) -> None:
        """Give up where the deadline has passed, which is looked at once in so many calls.

        Raises:
            TooSlowError: it has.
        """
        self.steps += 1
        if self.steps % STEPS_PER_LOOK:
            return
        if self.end is None:
            self.end = time.thread_time() + self.seconds
        elif time.thread_time() > self.end:
            raise TooSlowError
