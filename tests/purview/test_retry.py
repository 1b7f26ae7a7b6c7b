from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sql_lineage_purview.purview import DataMapClient
from sql_lineage_purview.purview.purview_errors import ServiceError, UnreachableError
from sql_lineage_purview.purview.transport.http import Reply
from sql_lineage_purview.purview.transport.retry import RetryingTransport, RetryPolicy

OK = Reply(200)
NOW = datetime(2026, 1, 1, 12, 0, 0, tzinfo=UTC)


def send(inner: object, **policy: float) -> tuple[Reply, list[float]]:
    waits: list[float] = []
    transport = RetryingTransport(
        inner, RetryPolicy(**policy), sleep=waits.append, jitter=lambda: 1.0, now=lambda: NOW
    )
    return transport.send("POST", "https://x", {}, b"b"), waits


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_post_is_repeated_although_no_retry_after_came(script, status: int) -> None:
    reply, waits = send(script(Reply(status), OK))
    assert (reply, waits) == (OK, [0.8])


@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 409, 413, 501])
def test_what_another_try_cannot_help_is_not_repeated(script, status: int) -> None:
    assert send(script(Reply(status))) == (Reply(status), [])


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("7", 7.0),
        ("0", 0.0),
        ("Thu, 01 Jan 2026 12:00:30 GMT", 30.0),
        ("Thu, 01 Jan 2026 11:00:00 GMT", 0.0),
        ("soon", 0.8),
        ("-5", 0.8),
        ("²", 0.8),
        ("1e9", 0.8),
        ("NaN", 0.8),
        ("Thu, 01 Jan 2026 12:00:30 +99999999999999999999", 0.8),
        ("Thu, 99 Jan 2026 12:00:30 GMT", 0.8),
        ("Thu, 01 Jan 99999 12:00:30 GMT", 0.8),
    ],
)
def test_the_service_says_how_long_to_wait(script, header: str, wait: float) -> None:
    assert send(script(Reply(429, {"retry-after": header}), OK)) == (OK, [wait])


@pytest.mark.parametrize(
    "header", ["3600", "1000000000", "9" * 400, "Fri, 31 Dec 9999 23:59:59 GMT"]
)
def test_a_wait_beyond_all_bounds_is_not_waited_for_but_reported(script, header: str) -> None:
    throttled = Reply(429, {"retry-after": header})
    assert send(script(throttled)) == (throttled, [])
    with pytest.raises(ServiceError) as caught:
        DataMapClient("https://acct.purview.azure.com", script(throttled)).get_type("t")
    assert f"it asks to try again after: {header[:40]}" in str(caught.value)
    assert "wait some minutes" in str(caught.value)


def test_waits_double_up_to_a_bound_and_tries_end(script) -> None:
    busy = Reply(503)
    assert send(script(busy, busy, busy, busy), tries=4, first=1.0, longest=3.0) == (
        busy,
        [1.0, 2.0, 3.0],
    )


def test_a_connection_that_broke_off_is_tried_again(script) -> None:
    assert send(script(UnreachableError("x", transient=True), OK)) == (OK, [0.8])


def test_a_refused_connection_is_not(script) -> None:
    with pytest.raises(UnreachableError):
        send(script(UnreachableError("x"), OK))


def test_the_last_failure_is_the_answer(script) -> None:
    broken = UnreachableError("x", transient=True)
    with pytest.raises(UnreachableError):
        send(script(broken, broken), tries=2)
