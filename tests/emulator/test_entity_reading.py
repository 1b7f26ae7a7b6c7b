"""Reading and deleting entities."""

from __future__ import annotations

import pytest

MISSING = "00000000-0000-0000-0000-000000000000"


class TestReading:
    def test_a_table_comes_with_its_columns(self, catalogue, make):
        column = make.dataset("t#c", "azure_sql_column", data_type="int", table={"guid": "-t"})
        assigned = catalogue.create(make.dataset("t"), column).payload["guidAssignments"]
        payload = catalogue.get(f"/entity/guid/{assigned['-t']}").payload
        related = payload["entity"]["relationshipAttributes"]["columns"][0]
        assert (related["displayText"], related["relationshipType"]) == (
            "t#c",
            "azure_sql_table_columns",
        )
        assert payload["referredEntities"][assigned["-t#c"]]["attributes"]["data_type"] == "int"

    def test_the_short_forms(self, catalogue, make):
        column = make.dataset("t#c", "azure_sql_column", data_type="int", table={"guid": "-t"})
        guid = catalogue.create(make.dataset("t"), column).payload["guidAssignments"]["-t"]
        short = catalogue.get(
            f"/entity/guid/{guid}", ignoreRelationships="true", minExtInfo="true"
        ).payload
        assert "relationshipAttributes" not in short["entity"]
        assert all(
            "relationshipAttributes" not in each for each in short["referredEntities"].values()
        )
        header = catalogue.get(f"/entity/guid/{guid}/header").payload
        assert (header["displayText"], header["typeName"], header["guid"]) == (
            "t",
            "azure_sql_table",
            guid,
        )

    def test_a_process_shows_its_inputs_in_both_places(self, catalogue, make):
        table = catalogue.table("a")
        shown = catalogue.entity(catalogue.process(inputs=[make.named("a")]))
        assert shown["attributes"]["inputs"] == [{"guid": table, "typeName": "azure_sql_table"}]
        assert shown["relationshipAttributes"]["inputs"][0]["relationshipStatus"] == "ACTIVE"

    def test_by_name_in_its_exact_case(self, catalogue, make):
        guid = catalogue.table("Orders")
        entity_answer = catalogue.get(
            "/entity/uniqueAttribute/type/azure_sql_table",
            attr__qualifiedName=make.server + "Orders",
        )
        assert entity_answer.payload["entity"]["guid"] == guid
        answer = catalogue.get(
            "/entity/uniqueAttribute/type/azure_sql_table",
            attr__qualifiedName=make.server + "orders",
        )
        assert answer.error == (
            404,
            "ATLAS-404-00-009",
            "Instance azure_sql_table with unique attribute "
            f"{{qualifiedName={make.server}orders}} does not exist",
        )

    def test_the_asked_type_goes_before_its_subtypes(self, catalogue, make):
        subtype, exact = catalogue.table("t"), None
        catalogue.define({"name": "mine", "superTypes": ["azure_sql_table"]})
        exact = catalogue.table("t", "mine")
        path = "/entity/uniqueAttribute/type/{}"
        for type_name, guid in (
            ("mine", exact),
            ("azure_sql_table", subtype),
            ("DataSet", subtype),
        ):
            answer = catalogue.get(path.format(type_name), attr__qualifiedName=make.server + "t")
            assert answer.payload["entity"]["guid"] == guid
        assert (
            catalogue.get(path.format("Process"), attr__qualifiedName=make.server + "t").status
            == 404
        )

    def test_the_exact_type_goes_before_an_older_subtype(self, catalogue, make):
        catalogue.define({"name": "mine", "superTypes": ["azure_sql_table"]})
        subtype, exact = catalogue.table("t", "mine"), catalogue.table("u")
        catalogue.create({**make.dataset("t"), "guid": exact})
        path = "/entity/uniqueAttribute/type/azure_sql_table"
        entity = catalogue.get(path, attr__qualifiedName=make.server + "t").payload["entity"]
        assert (entity["guid"], subtype != exact) == (exact, True)

    def test_by_an_empty_name(self, catalogue):
        answer = catalogue.get("/entity/uniqueAttribute/type/DataSet", attr__qualifiedName="")
        assert answer.error[1:] == (
            "ATLAS-404-00-009",
            "Instance DataSet with unique attribute {qualifiedName=} does not exist",
        )

    @pytest.mark.parametrize("method", ["GET", "PUT"])
    @pytest.mark.parametrize(("query", "name"), [({}, ""), ({"attr__name": "t"}, "name")])
    def test_by_no_unique_attribute(self, catalogue, method, query, name):
        answer = catalogue.call(method, "/atlas/v2/entity/uniqueAttribute/type/DataSet", **query)
        assert answer.error == (
            400,
            "ATLAS-400-00-013",
            f"Type DataSet with unique attribute {name} does not exist",
        )

    def test_an_own_unique_attribute(self, catalogue, make):
        catalogue.define(
            {
                "name": "keyed",
                "superTypes": ["DataSet"],
                "attributeDefs": [
                    {"name": "key", "typeName": "string", "isUnique": True, "isOptional": True}
                ],
            }
        )
        guid = catalogue.guid_of(catalogue.create(make.dataset("t", "keyed", key="k1")))
        answer = catalogue.get("/entity/uniqueAttribute/type/keyed", attr__key="k1")
        assert answer.payload["entity"]["guid"] == guid
        duplicate = catalogue.create(make.dataset("u", "keyed", key="k1"))
        assert duplicate.payload["guidAssignments"]["-u"] == guid

    def test_many_by_guid(self, catalogue):
        guids = [catalogue.table("a"), catalogue.table("b")]
        assert [
            each["guid"] for each in catalogue.get("/entity/bulk", guid=guids).payload["entities"]
        ] == guids
        answer = catalogue.get("/entity/bulk", guid=[*guids, MISSING])
        assert answer.error == (
            404,
            "ATLAS-404-00-005",
            f"Given instance guid {MISSING} is invalid/not found",
        )
        assert catalogue.get("/entity/bulk").error[1] == "ATLAS-404-00-005"

    def test_many_by_name_leave_out_what_is_not_found(self, catalogue, make):
        guids = [catalogue.table("a"), catalogue.table("b")]
        query = {
            f"attr_{index}__qualifiedName": make.server + name for index, name in enumerate("axb")
        }
        answer = catalogue.get("/entity/bulk/uniqueAttribute/type/azure_sql_table", **query)
        assert [each["guid"] for each in answer.payload["entities"]] == guids
        answer = catalogue.get(
            "/entity/bulk/uniqueAttribute/type/DataSet", attr_N__qualifiedName=make.server + "a"
        )
        assert [each["guid"] for each in answer.payload["entities"]] == guids[:1]

    def test_many_by_what_is_not_unique(self, catalogue):
        answer = catalogue.get("/entity/bulk/uniqueAttribute/type/DataSet", attr_1__name="a")
        assert answer.error[1] == "ATLAS-400-00-013"

    @pytest.mark.parametrize("path", ["/entity/guid/{}", "/entity/guid/{}/header", "/lineage/{}"])
    def test_an_unknown_guid(self, catalogue, path):
        answer = catalogue.get(path.format(MISSING))
        assert answer.error == (
            404,
            "ATLAS-404-00-005",
            f"Given instance guid {MISSING} is invalid/not found",
        )

    @pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
    def test_an_unknown_type(self, catalogue, method):
        answer = catalogue.call(
            method, "/atlas/v2/entity/uniqueAttribute/type/nothing", attr__qualifiedName="x"
        )
        assert answer.error == (
            400,
            "ATLAS-400-00-014",
            "Type ENTITY with name nothing does not exist",
        )


class TestDeleting:
    def test_a_deleted_entity_is_found_by_guid_alone(self, catalogue, make):
        guid = catalogue.table("t")
        assert catalogue.delete(f"/entity/guid/{guid}").mutated == {"DELETE": [make.server + "t"]}
        assert catalogue.entity(guid)["status"] == "DELETED"
        path = "/entity/uniqueAttribute/type/azure_sql_table"
        assert catalogue.get(path, attr__qualifiedName=make.server + "t").status == 404
        assert catalogue.search().payload["@search.count"] == 0

    def test_created_again_it_has_a_new_guid(self, catalogue):
        guid = catalogue.table("t")
        catalogue.delete(f"/entity/guid/{guid}")
        assert catalogue.table("t") != guid

    def test_a_deleted_entity_cannot_be_referred_to_by_its_name(self, catalogue, make):
        guid = catalogue.table("t")
        catalogue.delete(f"/entity/guid/{guid}")
        assert (
            catalogue.create(make.process(inputs=[make.named("t")])).error[1] == "ATLAS-404-00-00A"
        )

    def test_columns_go_with_their_table(self, catalogue, make):
        column = make.dataset("t#c", "azure_sql_column", data_type="int", table={"guid": "-t"})
        assigned = catalogue.create(make.dataset("t"), column).payload["guidAssignments"]
        answer = catalogue.delete(f"/entity/guid/{assigned['-t']}")
        assert answer.mutated == {"DELETE": [make.server + "t", make.server + "t#c"]}

    def test_datasets_outlive_their_process_and_count_as_updated(self, catalogue, make):
        table = catalogue.table("a")
        guid = catalogue.process(inputs=[make.named("a")])
        assert catalogue.delete(f"/entity/guid/{guid}").mutated == {
            "DELETE": ["x://p"],
            "UPDATE": [make.server + "a"],
        }
        assert catalogue.related(table, "inputToProcesses") == []

    def test_what_does_not_exist_is_no_error(self, catalogue, make):
        gone = catalogue.table("t")
        catalogue.delete(f"/entity/guid/{gone}")
        answers = [
            catalogue.delete(f"/entity/guid/{MISSING}"),
            catalogue.delete(f"/entity/guid/{gone}"),
            catalogue.delete("/entity/bulk", guid=[MISSING, gone]),
            catalogue.delete(
                "/entity/uniqueAttribute/type/azure_sql_table",
                attr__qualifiedName=make.server + "t",
            ),
        ]
        assert [(answer.status, answer.payload) for answer in answers] == [(200, {})] * 4

    def test_many_and_by_name(self, catalogue, make):
        guids = [catalogue.table("a"), catalogue.table("b")]
        assert len(catalogue.delete("/entity/bulk", guid=guids).mutated["DELETE"]) == 2
        catalogue.table("c")
        answer = catalogue.delete(
            "/entity/uniqueAttribute/type/DataSet", attr__qualifiedName=make.server + "c"
        )
        assert answer.mutated == {"DELETE": [make.server + "c"]}

    def test_nothing_named(self, catalogue):
        assert catalogue.delete("/entity/bulk").error == (
            400,
            "ATLAS-400-00-01A",
            "invalid parameters: Guid(s) not specified",
        )
        assert catalogue.delete("/entity/uniqueAttribute/type/DataSet").error == (
            404,
            "ATLAS-404-00-009",
            "Instance DataSet with unique attribute {} does not exist",
        )

    def test_guids_joined_into_one_value_are_not_recognized(self, catalogue):
        answer = catalogue.delete("/entity/bulk", guid=f"{MISSING},{MISSING}")
        assert answer.error[:2] == (400, "RequestInvalid")
