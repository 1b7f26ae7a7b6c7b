"""Definitions of types: what is preloaded, what is accepted, what is refused and how."""

from __future__ import annotations

from typing import Any

import pytest

from sql_lineage_purview.emulator import Behaviour, Switches


def entity_def(name: str = "my_type", **more: Any) -> dict[str, Any]:
    return {"name": name, "superTypes": ["DataSet"], **more}


def attribute(name: str = "note", type_name: str = "string", **more: Any) -> dict[str, Any]:
    return {"name": name, "typeName": type_name, "isOptional": True, **more}


def end(
    name: str, type_name: str = "DataSet", *, container: bool = False, cardinality: str = "SINGLE"
) -> dict[str, Any]:
    return {"type": type_name, "name": name, "isContainer": container, "cardinality": cardinality}


def relationship_def(category: str, first: Any, second: Any) -> dict[str, Any]:
    ends = {
        key: value for key, value in (("endDef1", first), ("endDef2", second)) if value is not None
    }
    return {"name": "my_relation", "relationshipCategory": category, **ends}


PREFIXES = (
    ("azure_sql", "azure_sql_server", "azure_sql_db"),
    ("azure_sql_dw", "azure_sql_server", "azure_sql_dw"),
    ("azure_sql_mi", "azure_sql_mi", "azure_sql_mi_db"),
    ("azure_synapse_dedicated_sql", "azure_synapse_workspace", "azure_synapse_dedicated_sql_db"),
    ("azure_synapse_serverless_sql", "azure_synapse_workspace", "azure_synapse_serverless_sql_db"),
    ("mssql", "mssql_instance", "mssql_db"),
)


class TestPreloaded:
    @pytest.mark.parametrize(("prefix", "server", "database"), PREFIXES)
    def test_a_sql_family_has_its_hierarchy(self, catalogue, prefix, server, database):
        ends = {
            f"{prefix}_table_columns": (f"{prefix}_table", f"{prefix}_column"),
            f"{prefix}_view_columns": (f"{prefix}_view", f"{prefix}_view_column"),
            f"{prefix}_schema_tables": (f"{prefix}_schema", f"{prefix}_table"),
            f"{prefix}_schema_views": (f"{prefix}_schema", f"{prefix}_view"),
            f"{database}_schemas": (database, f"{prefix}_schema"),
        }
        for name, types in ends.items():
            answer = catalogue.get(f"/types/relationshipdef/name/{name}").payload
            assert (answer["endDef1"]["type"], answer["endDef2"]["type"]) == types
            assert answer["relationshipCategory"] == "COMPOSITION"
        shown = catalogue.get(f"/types/entitydef/name/{database}").payload
        assert server in [each["typeName"] for each in shown["relationshipAttributeDefs"]]

    @pytest.mark.parametrize("prefix", [prefix for prefix, _, _ in PREFIXES])
    def test_a_column_must_have_a_data_type(self, catalogue, make, prefix):
        answer = catalogue.create(make.dataset("T#c", f"{prefix}_column"))
        assert answer.error == (
            404,
            "ATLAS-404-00-007",
            (
                "Invalid instance creation/updation parameters passed : "
                f"{prefix}_column.data_type: mandatory attribute value missing in type "
                f"{prefix}_column"
            ),
        )

    @pytest.mark.parametrize("prefix", [prefix for prefix, _, _ in PREFIXES])
    def test_a_table_needs_no_schema_although_its_type_says_so(self, catalogue, make, prefix):
        shown = catalogue.get(f"/types/entitydef/name/{prefix}_table").payload
        schema = next(
            each for each in shown["relationshipAttributeDefs"] if each["name"] == "dbSchema"
        )
        assert schema["isOptional"] is False
        assert catalogue.create(make.dataset("T", f"{prefix}_table")).status == 200

    @pytest.mark.parametrize(
        "name",
        [
            *(
                f"azure_datalake_gen2_{noun}"
                for noun in ("service", "filesystem", "path", "resource_set")
            ),
            *(f"azure_blob_{noun}" for noun in ("service", "container", "path", "resource_set")),
        ],
    )
    def test_storage_is_known(self, catalogue, name):
        assert catalogue.get(f"/types/typedef/name/{name}").payload["category"] == "ENTITY"

    def test_the_table_type_is_as_the_tutorial_shows_it(self, catalogue):
        shown = catalogue.get("/types/typedef/name/azure_sql_table").payload
        columns = next(
            each for each in shown["relationshipAttributeDefs"] if each["name"] == "columns"
        )
        assert shown["options"] == {"schemaElementsAttribute": "columns"}
        assert shown["superTypes"] == ["DataSet"]
        assert [each["name"] for each in shown["attributeDefs"]] == [
            "principalId",
            "objectType",
            "createTime",
            "modifiedTime",
        ]
        assert columns["typeName"] == "array<azure_sql_column>"
        assert columns["relationshipTypeName"] == "azure_sql_table_columns"
        assert columns["constraints"] == [{"type": "ownedRef"}]

    def test_two_families_share_the_server_of_azure_sql(self, catalogue):
        shown = catalogue.get("/types/typedef/name/azure_sql_server").payload
        assert shown["serviceType"] == "Azure SQL Database"
        assert {"databases", "dataWarehouses"} <= {
            each["name"] for each in shown["relationshipAttributeDefs"]
        }

    def test_guids_of_preloaded_types_are_the_same_everywhere(self, open_catalogue):
        first, second = (
            open_catalogue().get("/types/typedef/name/Process").payload["guid"] for _ in range(2)
        )
        assert first == second


class TestReading:
    def test_by_name_by_guid_and_in_lists(self, catalogue):
        catalogue.define(entity_def(serviceType="Mine"))
        shown = catalogue.get("/types/entitydef/name/my_type").payload
        assert catalogue.get(f"/types/entitydef/guid/{shown['guid']}").payload == shown
        assert catalogue.get(f"/types/typedef/guid/{shown['guid']}").payload == shown
        headers = catalogue.get("/types/typedefs/headers").payload
        assert {
            "guid": shown["guid"],
            "name": "my_type",
            "category": "ENTITY",
            "serviceType": "Mine",
        } in headers
        everything = catalogue.get("/types/typedefs").payload
        assert shown in everything["entityDefs"]
        assert everything["relationshipDefs"]
        assert everything["enumDefs"] == everything["businessMetadataDefs"] == []
        assert catalogue.get("/types/typedefs", type="relationship").payload["entityDefs"] == []

    def test_supertypes_list_their_subtypes(self, catalogue):
        catalogue.define(entity_def())
        assert "my_type" in catalogue.get("/types/typedef/name/DataSet").payload["subTypes"]

    @pytest.mark.parametrize(
        "kind",
        ["typedef", "entitydef", "relationshipdef", "enumdef", "structdef", "classificationdef"],
    )
    def test_an_unknown_type(self, catalogue, kind):
        assert catalogue.get(f"/types/{kind}/name/nothing").error == (
            404,
            "ATLAS-404-00-001",
            "Given typename nothing was invalid",
        )
        assert catalogue.get(f"/types/{kind}/guid/123").error == (
            404,
            "ATLAS-404-00-002",
            "Given type guid 123 was invalid",
        )

    def test_a_type_of_another_kind_is_not_found(self, catalogue):
        assert catalogue.get("/types/relationshipdef/name/Process").status == 404


NAMED = (
    "Names must consist of a letter followed by a sequence of letter, number, space, or '_' "
    "characters"
)
SET_OF = {"cardinality": "SET"}

REFUSED = {
    "a name with a dash": (
        {"entityDefs": [entity_def("my-type")]},
        (400, "ATLAS-400-00-019", f"my-type: invalid name for ENTITY.  {NAMED}"),
    ),
    "a reserved name": (
        {"enumDefs": [{"name": "version", "elementDefs": []}]},
        (
            400,
            "ATLAS-400-00-102",
            "Unsupported ENUM name. Names such as "
            "'description','version','options','name','servicetype' are not supported",
        ),
    ),
    "no name": (
        {"entityDefs": [{}]},
        (400, "ATLAS-400-00-02B", "Mandatory field ENTITY.name has empty/null value"),
    ),
    "a type that exists": (
        {"entityDefs": [entity_def("Process")]},
        (409, "ATLAS-409-00-001", "Given type Process already exists"),
    ),
    "one type twice": (
        {"entityDefs": [entity_def(), entity_def()]},
        (409, "ATLAS-409-00-001", "Given type my_type already exists"),
    ),
    "an unknown supertype": (
        {"entityDefs": [entity_def(superTypes=["nothing"])]},
        (400, "ATLAS-400-00-029", "Given typename nothing was invalid"),
    ),
    "a supertype of another category": (
        {"entityDefs": [entity_def(superTypes=["dataset_process_inputs"])]},
        (400, "ATLAS-400-00-003", "my_type: incompatible supertype dataset_process_inputs"),
    ),
    "a circle of supertypes": (
        {"entityDefs": [entity_def("a", superTypes=["b"]), entity_def("b", superTypes=["a"])]},
        (400, "ATLAS-400-00-002", "a: invalid supertypes - circular reference back to self a"),
    ),
    "an attribute of an unknown type": (
        {"entityDefs": [entity_def(attributeDefs=[attribute(type_name="array<nothing>")])]},
        (400, "ATLAS-400-00-029", "Given typename nothing was invalid"),
    ),
    "an attribute without a type": (
        {"entityDefs": [entity_def(attributeDefs=[{"name": "note"}])]},
        (400, "ATLAS-400-00-02B", "Mandatory field my_type.typeName has empty/null value"),
    ),
    "a set that is no array": (
        {"entityDefs": [entity_def(attributeDefs=[attribute(cardinality="SET")])]},
        (
            400,
            "ATLAS-400-00-012",
            "Cardinality of attribute my_type.note requires a list or set type",
        ),
    ),
    "schemaAttributes as a plain text": (
        {"entityDefs": [entity_def(options={"schemaAttributes": "data_type"})]},
        (
            400,
            "ATLAS-400-00-01A",
            (
                "invalid parameters: invalid payload, expect schemaAttributes in my_type should "
                "be list of string,"
                " but found: data_type"
            ),
        ),
    ),
    "a relationship with one end": (
        {"relationshipDefs": [relationship_def("ASSOCIATION", end("a"), None)]},
        (400, "ATLAS-400-00-02C", "relationshipDef my_relation creation attempted without 2 ends"),
    ),
    "an end without a type": (
        {"relationshipDefs": [relationship_def("ASSOCIATION", end("a", ""), end("b"))]},
        (400, "ATLAS-400-00-02B", "Mandatory field endDef1.type has empty/null value"),
    ),
    "an end of an unknown type": (
        {"relationshipDefs": [relationship_def("ASSOCIATION", end("a"), end("b", "nothing"))]},
        (400, "ATLAS-400-00-029", "Given typename nothing was invalid"),
    ),
    "an end that is no entity": (
        {
            "relationshipDefs": [
                relationship_def("ASSOCIATION", end("a"), end("b", "dataset_process_inputs"))
            ]
        },
        (
            400,
            "ATLAS-400-00-035",
            "relationshipDef my_relation has invalid end type dataset_process_inputs",
        ),
    ),
    "two containers": (
        {
            "relationshipDefs": [
                relationship_def("AGGREGATION", end("a", container=True), end("b", container=True))
            ]
        },
        (
            400,
            "ATLAS-400-00-02D",
            "relationshipDef my_relation creation attempted with both ends as containers",
        ),
    ),
    "an association with a container": (
        {"relationshipDefs": [relationship_def("ASSOCIATION", end("a", container=True), end("b"))]},
        (
            400,
            "ATLAS-400-00-030",
            "ASSOCIATION relationshipDef my_relation creation attempted with an end specifying "
            "isContainer",
        ),
    ),
    "a composition without a container": (
        {"relationshipDefs": [relationship_def("COMPOSITION", end("a"), end("b"))]},
        (
            400,
            "ATLAS-400-00-031",
            "COMPOSITION relationshipDef my_relation creation attempted without an end specifying "
            "isContainer",
        ),
    ),
    "an aggregation without a container": (
        {"relationshipDefs": [relationship_def("AGGREGATION", end("a"), end("b"))]},
        (
            400,
            "ATLAS-400-00-032",
            "AGGREGATION relationshipDef my_relation creation attempted without an end specifying "
            "isContainer",
        ),
    ),
    "a child with many parents": (
        {
            "relationshipDefs": [
                relationship_def(
                    "COMPOSITION", end("a", container=True), end("b", cardinality="SET")
                )
            ]
        },
        (
            400,
            "ATLAS-400-00-033",
            "COMPOSITION relationshipDef my_relation can only have one parent; so cannot have SET "
            "cardinality on children",
        ),
    ),
    "a list on an end": (
        {
            "relationshipDefs": [
                relationship_def("ASSOCIATION", end("a", cardinality="LIST"), end("b"))
            ]
        },
        (
            400,
            "ATLAS-400-00-034",
            "relationshipDef my_relation cannot have a LIST cardinality on an end",
        ),
    ),
}


class TestCreating:
    @pytest.mark.parametrize(("body", "error"), REFUSED.values(), ids=REFUSED)
    def test_refused(self, catalogue, body, error):
        before = catalogue.get("/types/typedefs/headers").payload
        assert catalogue.post("/types/typedefs", body).error == error
        assert catalogue.get("/types/typedefs/headers").payload == before

    def test_one_bad_type_keeps_the_good_ones_out(self, catalogue):
        assert (
            catalogue.define(entity_def("good"), entity_def("bad", superTypes=["nothing"])).status
            == 400
        )
        assert catalogue.get("/types/typedef/name/good").status == 404

    def test_types_of_one_request_may_name_each_other(self, catalogue):
        relation = relationship_def(
            "COMPOSITION",
            end("parts", "whole", container=True, cardinality="SET"),
            end("whole", "part"),
        )
        answer = catalogue.define(
            entity_def("whole"), entity_def("part"), relationshipDefs=[relation]
        )
        assert answer.status == 200
        shown = catalogue.get("/types/entitydef/name/part").payload["relationshipAttributeDefs"]
        assert {"whole", "inputToProcesses"} <= {each["name"] for each in shown}

    def test_existing_types_can_be_ignored(self, open_catalogue):
        catalogue = open_catalogue(behaviour=Behaviour(switches=Switches(existing_types="ignore")))
        catalogue.define(entity_def(description="first"))
        answer = catalogue.define(entity_def(description="second"), entity_def("other"))
        assert [each["name"] for each in answer.payload["entityDefs"]] == ["other"]
        assert catalogue.get("/types/typedef/name/my_type").payload["description"] == "first"

    def test_a_list_of_strings_in_a_text_is_a_good_schema_attribute(self, catalogue):
        assert (
            catalogue.define(entity_def(options={"schemaAttributes": '["data_type"]'})).status
            == 200
        )

    def test_an_attribute_that_does_not_say_it_is_optional_is_mandatory(self, catalogue, make):
        catalogue.define(entity_def(attributeDefs=[{"name": "note", "typeName": "string"}]))
        assert (
            "my_type.note: mandatory attribute value missing"
            in catalogue.create(make.dataset("t", "my_type")).error[2]
        )

    def test_attributes_under_a_wrong_key_are_not_declared(self, catalogue, make):
        catalogue.define(
            {"name": "p", "superTypes": ["Process"], "attributes": [attribute("columnMapping")]}
        )
        guid = catalogue.guid_of(catalogue.create(make.process("p", "p", columnMapping="[]")))
        assert "columnMapping" not in catalogue.entity(guid)["attributes"]


CHANGES = {
    "a mandatory attribute more": (
        entity_def(attributeDefs=[attribute(), attribute("more", isOptional=False)]),
        (400, "ATLAS-400-00-00C", "my_type.more : can not add mandatory attribute"),
    ),
    "an attribute less": (
        entity_def(),
        (400, "ATLAS-400-00-00D", "my_type.note : attribute delete not supported"),
    ),
    "a supertype less": (
        entity_def(superTypes=[], attributeDefs=[attribute()]),
        (400, "ATLAS-400-00-00E", "superType remove not supported"),
    ),
    "another type of an attribute": (
        entity_def(attributeDefs=[attribute(type_name="int")]),
        (400, "ATLAS-400-00-029", "Data type update for attribute is not supported"),
    ),
    "an unknown type": (
        entity_def("nothing"),
        (400, "ATLAS-400-00-029", "Given typename nothing was invalid"),
    ),
    "another category": (
        entity_def("dataset_process_inputs"),
        (400, "ATLAS-400-00-010", "Given type dataset_process_inputs doesn't match RELATIONSHIP"),
    ),
}

RELATION = relationship_def("AGGREGATION", end("a", container=True), end("b"))
RELATION_CHANGES = {
    "category": ({**RELATION, "relationshipCategory": "ASSOCIATION"}, "ATLAS-400-00-039"),
    "end 1": ({**RELATION, "endDef1": end("other", container=True)}, "ATLAS-400-00-037"),
    "end 2": ({**RELATION, "endDef2": end("b", "Process")}, "ATLAS-400-00-038"),
}


class TestChanging:
    @pytest.mark.parametrize(("changed", "error"), CHANGES.values(), ids=CHANGES)
    def test_refused(self, catalogue, changed, error):
        catalogue.define(entity_def(attributeDefs=[attribute()]))
        assert catalogue.put("/types/typedefs", {"entityDefs": [changed]}).error == error

    @pytest.mark.parametrize(("changed", "code"), RELATION_CHANGES.values(), ids=RELATION_CHANGES)
    def test_a_relationship_keeps_its_shape(self, catalogue, changed, code):
        catalogue.define(relationshipDefs=[RELATION])
        assert (
            catalogue.put("/types/typedefs", {"relationshipDefs": [changed]}).payload["errorCode"]
            == code
        )

    def test_an_optional_attribute_is_added_and_old_entities_show_it(self, catalogue, make):
        catalogue.define(entity_def())
        guid = catalogue.table("t", "my_type")
        before = catalogue.get("/types/typedef/name/my_type").payload
        answer = catalogue.put(
            "/types/typedefs", {"entityDefs": [entity_def(attributeDefs=[attribute()])]}
        )
        assert answer.status == 200
        after = catalogue.get("/types/typedef/name/my_type").payload
        assert (after["guid"], after["version"]) == (before["guid"], before["version"] + 1)
        assert catalogue.entity(guid)["attributes"]["note"] is None


class TestDeleting:
    def test_by_document_and_by_name(self, catalogue):
        catalogue.define(entity_def("a"), entity_def("b"))
        assert catalogue.delete("/types/typedefs", {"entityDefs": [{"name": "a"}]}).status == 204
        assert catalogue.delete("/types/typedef/name/b").status == 204
        assert (
            catalogue.get("/types/typedef/name/a").status
            == catalogue.get("/types/typedef/name/b").status
            == 404
        )

    def test_relationships_go_before_the_entities_that_they_join(self, catalogue):
        relation = relationship_def("ASSOCIATION", end("a", "my_type"), end("b"))
        catalogue.define(entity_def(), relationshipDefs=[relation])
        answer = catalogue.delete("/types/typedef/name/my_type")
        assert answer.error == (
            409,
            "ATLAS-409-00-005",
            "Given type my_type has associated relationshipDefs",
        )
        both = {"entityDefs": [{"name": "my_type"}], "relationshipDefs": [{"name": "my_relation"}]}
        assert catalogue.delete("/types/typedefs", both).status == 204

    def test_a_type_with_instances_stays(self, catalogue):
        catalogue.define(entity_def())
        guid = catalogue.table("t", "my_type")
        error = (409, "ATLAS-409-00-002", "Given type my_type has references")
        assert catalogue.delete("/types/typedef/name/my_type").error == error
        catalogue.delete(f"/entity/guid/{guid}")
        assert catalogue.delete("/types/typedef/name/my_type").error == error

    def test_a_type_with_subtypes_stays(self, catalogue):
        catalogue.define(entity_def("a"), entity_def("b", superTypes=["a"]))
        assert catalogue.delete("/types/typedef/name/a").error[1] == "ATLAS-409-00-002"

    @pytest.mark.parametrize("by", ["document", "name"])
    def test_an_unknown_type(self, catalogue, by):
        if by == "name":
            answer = catalogue.delete("/types/typedef/name/nothing")
        else:
            answer = catalogue.delete("/types/typedefs", {"entityDefs": [{"name": "nothing"}]})
        assert answer.error == (404, "ATLAS-404-00-001", "Given typename nothing was invalid")
