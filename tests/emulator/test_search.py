"""Search: filters, keywords, pages and order."""

from __future__ import annotations

import pytest

from sql_lineage_purview.emulator import Behaviour, Limits


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
    "a tree": (
        {"and": [DATASETS, {"not": {"or": [EXACT, {"entityType": "azure_sql_view"}]}}]},
        ["Customers", "orders"],
    ),
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
    assert (hit["assetType"], hit["objectType"], hit["collectionId"]) == (
        ["Azure SQL Database"],
        "Tables",
        "emulator",
    )


@pytest.mark.parametrize(("count", "expected_pages"), [(6, 2), (7, 3)])
def test_pages_by_token_hold_everything_once(catalogue, make, count, expected_pages):
    expected = sorted(f"t{index}" for index in range(count))
    catalogue.create(*(make.dataset(name) for name in expected))
    all_names, token, pages = [], None, 0
    while pages == 0 or token:
        answer = catalogue.search(limit=3, continuationToken=token, filter=TYPE)
        all_names += names(answer)
        assert answer.payload["@search.count"] == count
        token = answer.payload.get("continuationToken")
        pages += 1
    assert (all_names, pages) == (expected, expected_pages)


def test_pages_by_offset(filled):
    everything = [each["id"] for each in filled.search().payload["value"]]
    assert [each["id"] for each in filled.search(offset=2, limit=2).payload["value"]] == everything[
        2:4
    ]


def test_order(filled):
    answer = filled.search(orderby=[{"name": "DESC"}], filter=DATASETS)
    assert [each["name"] for each in answer.payload["value"]] == [
        "vOrders",
        "Orders",
        "orders",
        "Customers",
    ]


def test_the_largest_page_has_a_thousand(catalogue, make):
    catalogue.create(*(make.dataset(f"t{index}") for index in range(1001)))
    assert len(catalogue.search(limit=1000).payload["value"]) == 1000
    assert len(catalogue.search().payload["value"]) == 50


BAD = {
    "limit 0": {"limit": 0},
    "limit 1001": {"limit": 1001},
    "limit as a text": {"limit": "10"},
    "offset -1": {"offset": -1},
    "an unknown operator": {
        "filter": {"attributeName": "name", "operator": "like", "attributeValue": "x"}
    },
    "an unknown leaf": {"filter": {"glossary": "PII"}},
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


class TestDelay:
    @pytest.fixture
    def clock(self):
        class Clock:
            now = 1_800_000_000.0

            def __call__(self):
                return self.now

        return Clock()

    @pytest.fixture
    def late(self, open_catalogue, clock):
        return open_catalogue(behaviour=Behaviour(search_delay=5), clock=clock)

    def test_what_is_new_is_found_later(self, late, clock, make):
        guid = late.table("t")
        assert names(late.search()) == []
        assert (
            late.get(
                "/entity/uniqueAttribute/type/DataSet", attr__qualifiedName=make.server + "t"
            ).status
            == 200
        )
        assert late.entity(guid)["status"] == "ACTIVE"
        clock.now += 4.9
        assert names(late.search()) == []
        clock.now += 0.2
        assert names(late.search()) == ["t"]

    def test_what_is_deleted_is_found_a_while_longer(self, late, clock):
        guid = late.table("t")
        clock.now += 10
        late.delete(f"/entity/guid/{guid}")
        assert names(late.search()) == ["t"]
        assert late.entity(guid)["status"] == "DELETED"
        clock.now += 5.1
        assert names(late.search()) == []

    @pytest.mark.parametrize(
        ("days", "value", "found"),
        [
            (0, "LAST_24H", ["t"]),
            (2, "LAST_24H", []),
            (2, "LAST_7D", ["t"]),
            (20, "LAST_30D", ["t"]),
            (100, "LAST_30D", []),
            (100, "LAST_365D", ["t"]),
            (100, "MORE_THAN_365D", []),
            (400, "MORE_THAN_365D", ["t"]),
        ],
    )
    def test_ranges_of_time(self, open_catalogue, clock, days, value, found):
        catalogue = open_catalogue(clock=clock)
        catalogue.table("t")
        clock.now += days * 24 * 3600
        node = {"attributeName": "createTime", "operator": "timerange", "attributeValue": value}
        assert names(catalogue.search(filter=node)) == found

    def test_times_compare(self, open_catalogue, clock):
        catalogue = open_catalogue(clock=clock)
        catalogue.table("old")
        moment = int(clock.now * 1000) + 1
        clock.now += 1
        catalogue.table("new")

        def found(operator):
            return names(
                catalogue.search(
                    filter={
                        "attributeName": "updateTime",
                        "operator": operator,
                        "attributeValue": moment,
                    }
                )
            )

        assert [found("ge"), found("gt"), found("lt"), found("le")] == [
            ["new"],
            ["new"],
            ["old"],
            ["old"],
        ]

    @pytest.mark.parametrize("value", ["LAST_WEEK", 7, None])
    def test_a_range_that_is_none(self, filled, value):
        node = {"attributeName": "createTime", "operator": "timerange", "attributeValue": value}
        assert filled.search(filter=node).error[1] == "ATLAS-400-00-01A"


def test_a_page_may_hold_less_than_was_asked_for(open_catalogue, make):
    catalogue = open_catalogue(behaviour=Behaviour(limits=Limits(page=2)))
    catalogue.create(*(make.dataset(f"t{index}") for index in range(5)))
    sizes, token = [], None
    while not sizes or token:
        answer = catalogue.search(limit=1000, continuationToken=token).payload
        sizes.append(len(answer["value"]))
        token = answer.get("continuationToken")
    assert sizes == [2, 2, 1]


@pytest.mark.parametrize(
    ("attribute", "operator", "value", "found"),
    [
        ("description", "contains", "GRÖSSE", ["t"]),
        ("description", "contains", "' OR 1=1 --", []),
        ('x"y', "eq", "null", ["t"]),
        ("isFile", "eq", True, ["t"]),
        ("isFile", "eq", "true", ["t"]),
        ("isFile", "eq", "1", []),
        ("size", "eq", 7, ["t"]),
        ("size", "gt", 6, ["t"]),
        ("size", "gt", 7, []),
        ("owner", "eq", None, ["t"]),
        ("owner", "contains", "", ["t"]),
        ("owner", "gt", 1, []),
    ],
)
def test_values_of_any_kind(catalogue, make, attribute, operator, value, found):
    catalogue.create(
        make.dataset(
            "t", "azure_blob_path", description="Die Größe".replace("ß", "SS"), isFile=True, size=7
        )
    )
    node = {"attributeName": attribute, "operator": operator, "attributeValue": value}
    assert names(catalogue.search(filter=node)) == found
    assert names(catalogue.search(filter={"not": {"not": node}})) == found
