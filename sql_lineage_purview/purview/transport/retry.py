"""Trying again: throttled and failed requests, within bounds.

All writes of this room are upserts by qualified name, so a POST may be repeated too, which most
libraries' rules forbid.
"""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from ..purview_errors import UnreachableError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .http import Reply, Transport

_WORTH_ANOTHER_TRY = frozenset({408, 429, 500, 502, 503, 504})


class RetryPolicy(Struct, frozen=True):
    """How often and how long: `tries` in all, waits of `first` seconds, doubled up to `longest`.

    A Retry-After of the service is obeyed up to `longest_asked`; one beyond that ends the tries.
    """

    tries: int = 5
    first: float = 0.8
    longest: float = 20.0
    longest_asked: float = 120.0

    def wait(self, attempt: int, jitter: float) -> float:
        """Seconds to wait behind attempt 0, 1, ….

        `jitter` in 0..1 spreads clients that failed together.
        """
        # never less than half, so that no client tries again at once
        return min(self.longest, self.first * 2.0**attempt) * (0.5 + jitter / 2)


class RetryingTransport:
    """Repeats what may succeed later: 408, 429 and 5xx answers, and connections that broke off."""

    def __init__(
        self,
        inner: Transport,
        policy: RetryPolicy | None = None,
        *,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._inner = inner
        self._policy = policy or RetryPolicy()
        self._sleep = sleep
        self._jitter = jitter
        self._now = now

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """Send, and send again where that helps; see `Transport`.

        Args:
            method: of HTTP.
            url: the whole address.
            headers: the same at each try.
            body: the same at each try.
        """
        for attempt in range(self._policy.tries - 1):
            try:
                reply = self._inner.send(method, url, headers, body)
            except UnreachableError as error:
                if not error.transient:
                    raise
                wait = self._policy.wait(attempt, self._jitter())
            else:
                if reply.status not in _WORTH_ANOTHER_TRY:
                    return reply
                asked = self._asked(reply)
                # a build that sleeps for an hour is worse than one that says so
                if asked is not None and asked > self._policy.longest_asked:
                    return reply
                wait = self._policy.wait(attempt, self._jitter()) if asked is None else asked
            self._sleep(wait)
        return self._inner.send(method, url, headers, body)

    def _asked(self, reply: Reply) -> float | None:
        """Seconds the service asks to wait: Retry-After, a number or date (RFC 9110, 10.2.3)."""
        text = reply.headers.get("retry-after", "").strip()
        if not text:
            return None
        if text.isascii() and text.isdigit():
            return float(text)
        try:
            moment = parsedate_to_datetime(text)
        except (ValueError, OverflowError):  # no date, or a time zone that no clock has
            return None
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max(0.0, (aware - self._now()).total_seconds())
