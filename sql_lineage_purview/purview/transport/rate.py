"""A cap on requests per second, so that a push leaves others some of the account's capacity."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .http import Reply, Transport


class RateCappedTransport:
    """Spaces requests out. Those that are tried again count too.

    Args:
        inner: Sends them.
        per_second: How many a second at most.
        sleep: Waits some seconds.
        clock: A clock that never goes back, in seconds.
    """

    def __init__(
        self,
        inner: Transport,
        per_second: float,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._inner = inner
        self._interval = 1.0 / per_second
        self._sleep = sleep
        self._clock = clock
        self._next = 0.0

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Send when it is time to; see `Transport`.

        Args:
            method: of HTTP.
            url: the whole address.
            headers: those to send.
            body: the bytes to send.
        """
        now = self._clock()
        if now < self._next:
            self._sleep(self._next - now)
        # from now on, so that idle time is not saved up for a burst
        self._next = max(now, self._next) + self._interval
        return self._inner.send(method, url, headers, body)
