"""Classifications and labels of entities."""

from __future__ import annotations

import pytest

EMAIL = "MICROSOFT.PERSONAL.EMAIL"


@pytest.fixture
def marked(catalogue):
    """A catalogue with a classification of its own, below another, that has an attribute."""
    answer = catalogue.post(
        "/types/typedefs",
        {
            "classificationDefs": [
                {"name": "CONTOSO.HR"},
                {
                    "name": "CONTOSO.HR.SALARY",
                    "superTypes": ["CONTOSO.HR"],
                    "attributeDefs": [{"name": "level", "typeName": "int", "isOptional": True}],
                },
            ]
        },
    )
    assert answer.status == 200, answer.payload
    return catalogue


def names(catalogue, guid):
    """The classifications of an entity, in each place that shows them."""
    listed = catalogue.get(f"/entity/guid/{guid}/classifications").payload
    type_names = [each["typeName"] for each in listed["list"]]
    assert listed["totalCount"] == len(type_names)
    assert catalogue.get(f"/entity/guid/{guid}/header").payload["classificationNames"] == type_names
    assert [
        each["typeName"] for each in catalogue.entity(guid).get("classifications", [])
    ] == type_names
    assert catalogue.search(filter={"id": guid}).payload["value"][0]["classification"] == type_names
    return type_names


class TestOneEntity:
    def test_to_add_to_change_and_to_take_away(self, marked):
        guid = marked.table("t")
        path = f"/entity/guid/{guid}/classifications"
        salary = {"typeName": "CONTOSO.HR.SALARY", "attributes": {"level": "3"}}
        assert marked.post(path, [{"typeName": EMAIL}, salary]).status == 204
        assert names(marked, guid) == [EMAIL, "CONTOSO.HR.SALARY"]
        assert marked.put(path, [{**salary, "attributes": {"level": 4}}]).status == 204
        shown = marked.get(f"/entity/guid/{guid}/classification/CONTOSO.HR.SALARY").payload
        assert (shown["attributes"], shown["entityGuid"]) == ({"level": 4}, guid)
        assert marked.delete(f"/entity/guid/{guid}/classification/{EMAIL}").status == 204
        assert names(marked, guid) == ["CONTOSO.HR.SALARY"]
        assert marked.entity(guid)["lastModifiedTS"] == "4"

    def test_by_name(self, marked, make):
        guid = marked.table("t")
        by_name = {"attr__qualifiedName": make.server + "t"}
        path = "/entity/uniqueAttribute/type/azure_sql_table"
        assert (
            marked.post(f"{path}/classifications", [{"typeName": EMAIL}], **by_name).status == 204
        )
        assert names(marked, guid) == [EMAIL]
        assert marked.delete(f"{path}/classification/{EMAIL}", **by_name).status == 204
        assert names(marked, guid) == []

    def test_with_a_new_entity_but_not_with_an_update(self, marked, make):
        body = {**make.dataset("t"), "classifications": [{"typeName": EMAIL}]}
        guid = marked.guid_of(marked.create(body))
        assert names(marked, guid) == [EMAIL]
        marked.create({**body, "classifications": [{"typeName": "CONTOSO.HR"}]})
        assert names(marked, guid) == [EMAIL]

    @pytest.mark.parametrize(
        ("method", "name", "error"),
        [
            ("POST", EMAIL, (400, "ATLAS-400-00-01A")),
            ("POST", "nothing", (404, "ATLAS-404-00-008")),
            ("POST", "DataSet", (404, "ATLAS-404-00-008")),
            ("PUT", "CONTOSO.HR", (400, "ATLAS-400-00-06D")),
            ("PUT", "nothing", (404, "ATLAS-404-00-008")),
        ],
    )
    def test_refused(self, marked, method, name, error):
        guid = marked.table("t")
        path = f"/entity/guid/{guid}/classifications"
        marked.post(path, [{"typeName": EMAIL}])
        answer = marked.call(method, f"/atlas/v2{path}", [{"typeName": name}])
        assert answer.error[:2] == error
        assert names(marked, guid) == [EMAIL]

    def test_an_attribute_that_does_not_fit(self, marked):
        body = [{"typeName": "CONTOSO.HR.SALARY", "attributes": {"level": "high"}}]
        answer = marked.post(f"/entity/guid/{marked.table('t')}/classifications", body)
        assert answer.error[:2] == (404, "ATLAS-404-00-007")

    def test_to_take_away_what_it_has_not(self, marked):
        guid = marked.table("t")
        assert (
            marked.delete(f"/entity/guid/{guid}/classification/{EMAIL}").error[1]
            == "ATLAS-400-00-06D"
        )
        assert (
            marked.post(f"/entity/guid/{guid}/classifications", []).error[1] == "ATLAS-400-00-01A"
        )


class TestMany:
    def test_one_for_many(self, marked):
        guids = [marked.table("a"), marked.table("b")]
        body = {"classification": {"typeName": EMAIL}, "entityGuids": guids}
        assert marked.post("/entity/bulk/classification", body).status == 204
        assert [names(marked, guid) for guid in guids] == [[EMAIL], [EMAIL]]

    def test_all_or_none(self, marked):
        first, second = marked.table("a"), marked.table("b")
        body = {"classification": {"typeName": EMAIL}, "entityGuids": [second]}
        marked.post("/entity/bulk/classification", body)
        answer = marked.post(
            "/entity/bulk/classification", {**body, "entityGuids": [first, second]}
        )
        assert answer.error[2] == (
            f"invalid parameters: entity: {second}, already associated with classification: {EMAIL}"
        )
        assert names(marked, first) == []

    @pytest.mark.parametrize(
        "body", [{}, {"classification": {"typeName": EMAIL}}, {"entityGuids": ["x"]}]
    )
    def test_nothing_to_do(self, marked, body):
        assert marked.post("/entity/bulk/classification", body).error[1] == "ATLAS-400-00-01A"

    def test_exactly_these(self, marked):
        guid = marked.table("a")
        marked.post(f"/entity/guid/{guid}/classifications", [{"typeName": EMAIL}])
        headers = {guid: {"guid": guid, "classifications": [{"typeName": "CONTOSO.HR"}]}}
        assert marked.post(
            "/entity/bulk/setClassifications", {"guidHeaderMap": headers}
        ).payload == [guid]
        assert names(marked, guid) == ["CONTOSO.HR"]


@pytest.mark.parametrize(
    ("node", "found"),
    [
        ({"classification": EMAIL}, ["a"]),
        ({"classification": "CONTOSO.HR"}, []),
        ({"classification": "CONTOSO.HR", "includeSubClassifications": True}, ["b"]),
        ({"not": {"classification": EMAIL}}, ["b", "c"]),
    ],
)
def test_search(marked, node, found):
    for name, classification in (("a", EMAIL), ("b", "CONTOSO.HR.SALARY"), ("c", None)):
        guid = marked.table(name)
        if classification:
            marked.post(f"/entity/guid/{guid}/classifications", [{"typeName": classification}])
    assert sorted(hit["name"] for hit in marked.search(filter=node).payload["value"]) == found


def test_labels(catalogue):
    guid = catalogue.table("t")
    path = f"/entity/guid/{guid}/labels"
    assert [catalogue.post(path, ["a", "b"]).status, catalogue.put(path, ["b", "c"]).status] == [
        204,
        204,
    ]
    assert catalogue.entity(guid)["labels"] == ["a", "b", "c"]
    assert catalogue.delete(path, ["a", "x"]).status == 204
    assert catalogue.entity(guid)["labels"] == ["b", "c"]
    assert catalogue.post(path, ["a.b"]).error[1] == "ATLAS-400-00-090"
