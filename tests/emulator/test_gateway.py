"""What stands in front of the Data Map: tokens, the account, lengths, the rate of operations."""

from __future__ import annotations

import json

import pytest

from sql_lineage_purview.emulator import Behaviour, CollectionRole, Limits, Switches

DENIED = {"error": {"code": "Unauthorized", "message": "Not authorized to access account"}}


class Clock:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


class TestTokens:
    @pytest.mark.parametrize(
        "audience",
        [
            "https://purview.azure.net",
            "https://purview.azure.net/",
            "https://purview.azure.cn",
            "73c2949e-da2d-457a-9607-fcc665198967",
            ["https://purview.azure.us"],
            None,
        ],
    )
    def test_one_for_purview_is_accepted(self, catalogue, make, audience):
        assert catalogue.seen_by(make.token(aud=audience)).get("/types/typedefs").status == 200

    @pytest.mark.parametrize(
        "audience", ["https://management.azure.com", "https://purview.azure.net.evil", 7, []]
    )
    def test_one_for_another_service_is_not(self, catalogue, make, audience):
        answer = catalogue.seen_by(make.token(aud=audience)).get("/types/typedefs")
        assert (answer.status, answer.payload["error"]["code"]) == (401, "Unauthorized")
        assert answer.headers["WWW-Authenticate"] == "Bearer"

    @pytest.mark.parametrize("opaque", ["any", "a.b", "a.b.c", "a.e30.c", "a.WzFd.c"])
    def test_one_that_cannot_be_read_is_accepted(self, catalogue, opaque):
        assert catalogue.seen_by(opaque).get("/types/typedefs").status == 200

    def test_an_audience_of_ones_own(self, catalogue, make):
        catalogue.behave(audience="api://mine")
        statuses = {
            token: catalogue.seen_by(token).get("/types/typedefs").status
            for token in ("any", make.token(), make.token(aud="api://mine/"))
        }
        assert list(statuses.values()) == [401, 401, 200]

    def test_one_that_has_expired(self, open_catalogue, clock, make):
        catalogue = open_catalogue(clock=clock).seen_by(make.token(exp=clock.now + 3600))
        assert catalogue.get("/types/typedefs").status == 200
        clock.now += 3600
        answer = catalogue.get("/types/typedefs")
        assert (answer.status, answer.payload["error"]["message"]) == (401, "The token is expired.")


class TestAccount:
    def test_it_can_be_closed_to_all(self, catalogue, make):
        catalogue.behave(deny_account=True)
        for caller in (
            catalogue,
            catalogue.seen_by("any"),
            catalogue.seen_by(make.token(oid="me")),
        ):
            answer = caller.get("/types/typedefs")
            assert (answer.status, answer.payload) == (403, DENIED)

    def test_a_caller_without_any_role_has_no_access(self, catalogue, make):
        catalogue.behave(roles=(CollectionRole("me", "data-reader"),))
        assert catalogue.seen_by(make.token(oid="me")).get("/types/typedefs").status == 200
        assert catalogue.seen_by(make.token(oid="you")).get("/types/typedefs").payload == DENIED
        assert catalogue.seen_by("any").get("/types/typedefs").status == 200


class TestLengths:
    @pytest.mark.parametrize("status", ["414", "400", "404"])
    def test_a_long_address(self, open_catalogue, status):
        behaviour = Behaviour(limits=Limits(url_bytes=100), switches=Switches(long_urls=status))
        answer = open_catalogue(behaviour=behaviour).get("/entity/bulk", guid=["x" * 36] * 2)
        assert answer.status == int(status)
        assert answer.payload.startswith(b"<html>")

    @pytest.mark.parametrize(("spare", "status"), [(0, 200), (-1, 413)])
    def test_a_long_body(self, open_catalogue, make, spare, status):
        size = len(json.dumps({"entities": [make.dataset("t")]}))
        catalogue = open_catalogue(behaviour=Behaviour(limits=Limits(body_bytes=size + spare)))
        assert catalogue.create(make.dataset("t")).status == status

    @pytest.mark.parametrize(("count", "status"), [(2, 200), (3, 408)])
    def test_more_than_can_be_written_in_time(self, open_catalogue, make, count, status):
        catalogue = open_catalogue(behaviour=Behaviour(limits=Limits(timely_entities=2)))
        answer = catalogue.create(*(make.dataset(f"t{index}") for index in range(count)))
        assert answer.status == status
        assert catalogue.search().payload["@search.count"] == (count if status == 200 else 0)


class TestRate:
    @pytest.fixture
    def slow(self, open_catalogue, clock):
        return open_catalogue(behaviour=Behaviour(rate=10), clock=clock)

    def test_each_request_is_an_operation(self, slow, clock):
        assert [slow.search().status for _ in range(11)] == [200] * 10 + [429]
        clock.now += 0.25
        assert [slow.search().status for _ in range(4)] == [200, 200, 200, 429]

    def test_each_entity_is_an_operation_and_a_large_request_is_paid_for_later(
        self, slow, make, clock
    ):
        assert slow.create(*(make.dataset(f"t{index}") for index in range(40))).status == 200
        answer = slow.search()
        assert (answer.status, answer.headers["Retry-After"]) == (429, "3")
        assert answer.payload["error"]["code"] == "TooManyRequests"
        clock.now += 3.1
        assert slow.search().status == 200

    @pytest.mark.parametrize(
        "parameters",
        [{"guid": ["x"] * 20}, {f"attr_{index}:qualifiedName": "x" for index in range(20)}],
    )
    def test_names_and_guids_that_are_asked_for_count(self, slow, parameters):
        path = (
            "/entity/bulk" if "guid" in parameters else "/entity/bulk/uniqueAttribute/type/DataSet"
        )
        assert slow.get(path, **parameters).status != 429
        assert slow.search().status == 429

    def test_what_was_not_used_is_not_saved_up(self, slow, clock):
        clock.now += 3600
        assert [slow.search().status for _ in range(11)][-1] == 429
