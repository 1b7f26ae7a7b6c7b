"""How entities are shared out over requests, and what becomes of them where requests fail."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from sql_lineage_purview.purview import BulkLimits, DataMapClient
from sql_lineage_purview.purview.purview_errors import ServiceError
from sql_lineage_purview.purview.pushing.bulks import BulkWriter, Item, Outcome
from sql_lineage_purview.purview.transport.http import Reply

OK = Reply(200)


class Service:
    """Takes bulks, and answers with what `judge` says of their names."""

    def __init__(self, judge: Callable[[list[str]], Reply]) -> None:
        self.judge = judge
        self.bulks: list[list[str]] = []
        self.sizes: list[int] = []

    def send(self, method, url, headers, body) -> Reply:
        entities = json.loads(body)["entities"]
        names = [row["attributes"]["name"] for row in entities]
        self.bulks.append(names)
        self.sizes.append(len(body))
        reply = self.judge(names)
        if reply.status != 200:
            return reply
        return Reply(
            200,
            {},
            json.dumps(
                {"guidAssignments": {row["guid"]: "g" + row["guid"] for row in entities}}
            ).encode(),
        )


def item(name: str, *, alone: bool = False, text: str = "") -> Item:
    return Item(
        name, "c", lambda guid: {"guid": guid, "attributes": {"name": name, "text": text}}, alone
    )


def write(service: Service, items: list[Item], **limits: int) -> list[Outcome]:
    writer = BulkWriter(DataMapClient("https://a", service), BulkLimits(**limits))
    return [row for rows in writer.write(iter(items)) for row in rows]


def items(number: int) -> list[Item]:
    return [item(str(place)) for place in range(number)]


def test_no_request_is_larger_than_allowed() -> None:
    service = Service(lambda _: OK)
    rows = [item(str(place), text="ä" * (place * 37 % 400)) for place in range(60)]
    outcomes = write(service, rows, count=50, size=2_000)
    assert [row.item for row in outcomes] == rows
    assert max(service.sizes) <= 2_000
    assert len(service.bulks) < 20


def test_an_entity_larger_than_a_request_goes_by_itself() -> None:
    service = Service(lambda _: OK)
    write(service, [item("a"), item("big", text="x" * 500), item("b")], size=400)
    assert service.bulks == [["a"], ["big"], ["b"]]


def test_what_was_refused_before_goes_by_itself() -> None:
    service = Service(lambda names: Reply(400) if "1" in names else OK)
    outcomes = write(service, [item("0"), item("1", alone=True), item("2")])
    assert service.bulks == [["1"], ["0", "2"]]
    assert [(row.item.name, row.reason is None, row.lasting) for row in outcomes] == [
        ("1", False, True),
        ("0", True, False),
        ("2", True, False),
    ]


@pytest.mark.parametrize("status", [408, 413, 500, 504])
def test_bulks_shrink_to_what_the_service_takes_and_grow_again(status: int) -> None:
    service = Service(lambda names: Reply(status) if len(names) > 6 else OK)
    outcomes = write(service, items(60), count=20)
    assert all(row.reason is None for row in outcomes)
    assert [len(names) for names in service.bulks[:4]] == [20, 10, 5, 5]
    refused = [names for names in service.bulks if len(names) > 6]
    assert len(refused) < 8
    assert len(service.bulks) < 24


def test_an_entity_that_always_fails_costs_no_other() -> None:
    service = Service(lambda names: Reply(500) if "7" in names else OK)
    outcomes = write(service, items(30), count=10)
    assert [row.item.name for row in outcomes if row.reason] == ["7"]
    assert [row.lasting for row in outcomes if row.reason] == [False]
    assert sorted(int(row.item.name) for row in outcomes) == list(range(30))


def test_a_service_that_fails_always_ends_the_writing() -> None:
    service = Service(lambda _: Reply(500))
    with pytest.raises(ServiceError):
        write(service, items(30), count=2)
    assert len(service.bulks) < 8


@pytest.mark.parametrize("status", [429, 503])
def test_a_service_that_has_no_time_ends_the_writing_at_once(status: int) -> None:
    service = Service(lambda _: Reply(status))
    with pytest.raises(ServiceError):
        write(service, items(30))
    assert len(service.bulks) == 1


@pytest.mark.parametrize("limits", [{"count": 0}, {"size": 0}, {"count": -1}])
def test_limits_below_one_are_refused(limits: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="1 or more"):
        BulkLimits(**limits)
