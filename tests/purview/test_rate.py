from __future__ import annotations

from sql_lineage_purview.purview import DataMapClient, PurviewTarget, connect
from sql_lineage_purview.purview.transport.http import Reply
from sql_lineage_purview.purview.transport.rate import RateCappedTransport


class Clock:
    def __init__(self) -> None:
        self.now = 100.0
        self.sent: list[float] = []

    def send(self, method, url, headers, body) -> Reply:
        self.sent.append(self.now)
        return Reply(200, {}, b'{"name":"x","superTypes":[],"attributeDefs":[]}')

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_requests_are_spaced_out() -> None:
    clock = Clock()
    transport = RateCappedTransport(clock, 4, sleep=clock.sleep, clock=lambda: clock.now)
    for _ in range(5):
        transport.send("GET", "https://x", {}, b"")
    assert clock.sent == [100.0, 100.25, 100.5, 100.75, 101.0]


def test_time_that_nobody_used_is_not_made_up_for() -> None:
    clock = Clock()
    transport = RateCappedTransport(clock, 4, sleep=clock.sleep, clock=lambda: clock.now)
    transport.send("GET", "https://x", {}, b"")
    clock.now += 60
    for _ in range(3):
        transport.send("GET", "https://x", {}, b"")
    assert clock.sent[1:] == [160.0, 160.25, 160.5]


def test_an_account_can_be_reached_at_a_capped_rate() -> None:
    clock = Clock()
    client: DataMapClient = connect(PurviewTarget("emulator", rate=1_000_000), clock)
    assert client.get_type("x")["name"] == "x"
    assert len(clock.sent) == 1
