"""Search: filters, keywords, pages and order."""

from __future__ import annotations

import pytest


@pytest.fixture
def filled(catalogue, make):
    catalogue.table("Orders")
    catalogue.table("orders", "azure_sql_dw_table")
    catalogue.table("vOrders", "azure_sql_view")
    catalogue.table("Customers")
    catalogue.process("load", description="Loads the orders")
    return catalogue


def names(answer) -> list[str]:
    assert answer.status == 200, answer.payload
    return sorted(each["name"] for each in answer.payload["value"])


TYPE = {"entityType": "azure_sql_table"}
DATASETS = {"entityType": "DataSet", "includeSubTypes": True}
EXACT = {"attributeName": "name", "operator": "eq", "attributeValue": "Orders"}
PART = {"attributeName": "name", "operator": "contains", "attributeValue": "oRDER"}

FILTERS = {
    "none": (None, ["Customers", "Orders", "load", "orders", "vOrders"]),
    "a type": (TYPE, ["Customers", "Orders"]),
    "a supertype alone": ({"entityType": "DataSet"}, []),
    "a type with its subtypes": (DATASETS, ["Customers", "Orders", "orders", "vOrders"]),
    "eq compares exactly": (EXACT, ["Orders"]),
    "contains ignores case": (PART, ["Orders", "orders", "vOrders"]),
    "and": ({"and": [TYPE, PART]}, ["Orders"]),
    "or": ({"or": [EXACT, {"entityType": "Process"}]}, ["Orders", "load"]),
    "not": ({"not": DATASETS}, ["load"]),
    "a tree": ({"and": [DATASETS, {"not": {"or": [EXACT, {"entityType": "azure_sql_view"}]}}]}, ["Customers", "orders"]),
    "a collection": ({"collectionId": "elsewhere"}, []),
    "an object type": ({"and": [{"objectType": "Tables"}, TYPE]}, ["Customers", "Orders"]),
}


@pytest.mark.parametrize(("tree", "found"), FILTERS.values(), ids=FILTERS)
def test_filters(filled, tree, found):
    assert names(filled.search(filter=tree)) == found


def test_by_guid(filled):
    guid = filled.table("Orders")
    assert names(filled.search(filter={"id": guid})) == ["Orders"]


@pytest.mark.parametrize(
    ("keywords", "found"),
    [
        (None, ["Customers", "Orders", "load", "orders", "vOrders"]),
        ("*", ["Customers", "Orders", "load", "orders", "vOrders"]),
        ("ORDERS", ["Orders", "load", "orders", "vOrders"]),
        ("loads orders", ["load"]),
        ("nothing", []),
    ],
)
def test_keywords(filled, keywords, found):
    assert names(filled.search(keywords=keywords)) == found


def test_the_members_of_a_hit(filled, make):
    answer = filled.search(filter=EXACT)
    assert answer.payload["@search.count"] == 1
    hit = answer.payload["value"][0]
    assert hit["id"] == filled.table("Orders")
    assert (hit["qualifiedName"], hit["entityType"]) == (make.server + "Orders", "azure_sql_table")
    assert (hit["assetType"], hit["objectType"], hit["collectionId"]) == (["Azure SQL Database"], "Tables", "emulator")


@pytest.mark.parametrize(("count", "expected_pages"), [(6, 2), (7, 3)])
def test_pages_by_token_hold_everything_once(catalogue, make, count, expected_pages):
    expected = sorted(f"t{index}" for index in range(count))
    catalogue.create(*(make.dataset(name) for name in expected))
    found, token, pages = [], None, 0
    while pages == 0 or token:
        answer = catalogue.search(limit=3, continuationToken=token, filter=TYPE)
        found += names(answer)
        assert answer.payload["@search.count"] == count
        token = answer.payload.get("continuationToken")
        pages += 1
    assert (found, pages) == (expected, expected_pages)


def test_pages_by_offset(filled):
    everything = [each["id"] for each in filled.search().payload["value"]]
    assert [each["id"] for each in filled.search(offset=2, limit=2).payload["value"]] == everything[2:4]


def test_order(filled):
    answer = filled.search(orderby=[{"name": "DESC"}], filter=DATASETS)
    assert [each["name"] for each in answer.payload["value"]] == ["vOrders", "Orders", "orders", "Customers"]


def test_the_largest_page_has_a_thousand(catalogue, make):
    catalogue.create(*(make.dataset(f"t{index}") for index in range(1001)))
    assert len(catalogue.search(limit=1000).payload["value"]) == 1000
    assert len(catalogue.search().payload["value"]) == 50


BAD = {
    "limit 0": {"limit": 0},
    "limit 1001": {"limit": 1001},
    "limit as a text": {"limit": "10"},
    "offset -1": {"offset": -1},
    "an unknown operator": {"filter": {"attributeName": "name", "operator": "like", "attributeValue": "x"}},
    "an unknown leaf": {"filter": {"classification": "PII"}},
    "an unknown direction": {"orderby": [{"name": "UP"}]},
    "a token of nonsense": {"continuationToken": "###"},
    "a token of a list": {"continuationToken": "WzFd"},
}


@pytest.mark.parametrize("body", BAD.values(), ids=BAD)
def test_refused(filled, body):
    answer = filled.search(**body)
    assert answer.error[:2] == (400, "ATLAS-400-00-01A")


def test_a_token_of_another_query(filled):
    token = filled.search(limit=1).payload["continuationToken"]
    answer = filled.search(limit=1, continuationToken=token, filter=TYPE)
    assert answer.error[2] == "invalid parameters: continuationToken belongs to another query"


@pytest.mark.parametrize("tree", [{"and": TYPE}, [TYPE], {"not": []}])
def test_a_filter_of_the_wrong_shape(filled, tree):
    assert filled.search(filter=tree).error[:2] == (400, "ATLAS-400-00-029")
