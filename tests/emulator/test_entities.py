"""Creating, updating, reading and deleting entities: each rule of the Data Map, with its code and text."""

from __future__ import annotations

import json

import pytest

from sql_lineage_purview.emulator import Limits, Settings

MISSING = "00000000-0000-0000-0000-000000000000"
INVALID = "Invalid instance creation/updation parameters passed : "


@pytest.fixture
def typed(catalogue):
    """A catalogue with a type that has an attribute of each sort."""
    sorts = ("boolean", "byte", "int", "long", "float", "date", "string", "array<string>", "map<string,int>", "color", "DataSet")
    attributes = [{"name": f"a{index}", "typeName": sort, "isOptional": True} for index, sort in enumerate(sorts)]
    tags = {"name": "tags", "typeName": "array<string>", "cardinality": "SET", "valuesMaxCount": 1, "isOptional": True}
    few = {"name": "few", "typeName": "array<int>", "cardinality": "LIST", "valuesMaxCount": 2, "isOptional": True}
    color = {"name": "color", "elementDefs": [{"value": "RED"}, {"value": "BLUE"}]}
    answer = catalogue.define(
        {"name": "sorts", "superTypes": ["DataSet"], "attributeDefs": [*attributes, tags, few]}, enumDefs=[color]
    )
    assert answer.status == 200, answer.payload
    return catalogue


class TestCreating:
    def test_a_new_entity_gets_a_guid_for_its_placeholder(self, catalogue, make):
        answer = catalogue.create(make.dataset("t"))
        guid = answer.payload["guidAssignments"]["-t"]
        assert not guid.startswith("-")
        created = answer.payload["mutatedEntities"]["CREATE"][0]
        assert (created["guid"], created["status"], created["lastModifiedTS"]) == (guid, "ACTIVE", "1")
        assert catalogue.entity(guid)["attributes"]["qualifiedName"] == make.server + "t"

    def test_one_entity_without_the_bulk(self, catalogue, make):
        answer = catalogue.post("/entity", {"entity": make.dataset("t")})
        assert answer.mutated == {"CREATE": [make.server + "t"]}

    def test_an_entity_without_a_guid_gets_a_placeholder(self, catalogue, make):
        entity = {key: value for key, value in make.dataset("t").items() if key != "guid"}
        assert catalogue.create(entity).mutated == {"CREATE": [make.server + "t"]}

    def test_entities_refer_to_each_other_by_placeholder(self, catalogue, make):
        column = make.dataset("t#c", "azure_sql_column", data_type="int", table={"guid": "-t"})
        answer = catalogue.create(column, make.dataset("t"))
        assigned = answer.payload["guidAssignments"]
        assert catalogue.related(assigned["-t"], "columns") == [assigned["-t#c"]]

    def test_referred_entities_are_created_where_they_are_mentioned(self, catalogue, make):
        column = make.dataset("t#c", "azure_sql_column", data_type="int", table={"guid": "-t"})
        referred = {"-t": make.dataset("t"), "-u": make.dataset("u")}
        assert set(catalogue.create(column, referredEntities=referred).mutated["CREATE"]) == {
            make.server + "t",
            make.server + "t#c",
        }

    def test_a_referred_entity_goes_before_another_of_its_guid(self, catalogue, make):
        answer = catalogue.create(make.dataset("t"), referredEntities={"-t": make.dataset("t", name="referred")})
        assert catalogue.entity(catalogue.guid_of(answer))["attributes"]["name"] == "referred"

    def test_missing_values_get_their_defaults(self, typed, make):
        shown = typed.entity(typed.table("t", "sorts"))["attributes"]
        assert [shown[f"a{index}"] for index in range(11)] == [False, 0, 0, 0, 0, 0, None, None, None, None, None]

    def test_values_are_brought_into_the_form_of_their_type(self, typed, make):
        given = {
            "a0": "TRUE",
            "a1": "-128",
            "a2": "7",
            "a4": "1.5",
            "a5": "1970-01-01T00:00:01.000Z",
            "a6": {"k": [True, None, "x"]},
            "a8": {"n": "3"},
            "a9": "Red",
            "tags": ["b", "a", "b"],
        }
        shown = typed.entity(typed.guid_of(typed.create(make.dataset("t", "sorts", **given))))["attributes"]
        assert shown["a0"] is True
        assert (shown["a1"], shown["a2"], shown["a4"], shown["a5"]) == (-128, 7, 1.5, 1000)
        assert shown["a6"] == "{k=[true, null, x]}"
        assert (shown["a8"], shown["a9"], shown["tags"]) == ({"n": 3}, "RED", ["b", "a"])

    def test_a_reference_that_is_no_relationship_is_stored_as_the_entity(self, typed, make):
        target = typed.table("x")
        guid = typed.guid_of(typed.create(make.dataset("t", "sorts", a10=make.named("x"))))
        assert typed.entity(guid)["attributes"]["a10"] == {"guid": target, "typeName": "azure_sql_table"}

    def test_new_entities_land_in_the_named_collection(self, catalogue, make):
        here = catalogue.guid_of(catalogue.create(make.dataset("a")))
        there = catalogue.guid_of(catalogue.post("/entity/bulk", {"entities": [make.dataset("b")]}, collectionId="abc123"))
        assert (catalogue.entity(here)["collectionId"], catalogue.entity(there)["collectionId"]) == ("emulator", "abc123")

    def test_labels_and_custom_attributes_come_back(self, catalogue, make):
        extras = {"labels": ["sales"], "customAttributes": {"owner": "me"}}
        shown = catalogue.entity(catalogue.guid_of(catalogue.create({**make.dataset("t"), **extras})))
        assert {key: shown[key] for key in extras} == extras

    def test_undeclared_attributes_are_swallowed(self, catalogue, make):
        guid = catalogue.process(columnMapping="[]")
        assert "columnMapping" not in catalogue.entity(guid)["attributes"]

    @pytest.mark.parametrize("member", ["attributes", "relationshipAttributes"])
    def test_undeclared_attributes_can_be_refused(self, open_catalogue, make, member):
        catalogue = open_catalogue(settings=Settings(undeclared_attributes="refuse"))
        entity = make.process()
        entity[member] = {**entity.get(member, {}), "columnMapping": "[]"}
        assert catalogue.create(entity).error == (
            400,
            "ATLAS-400-00-023",
            "Attribute columnMapping not found for type Process",
        )


def refused(make):
    """Entities that are refused, each with the answer."""
    column = make.dataset("t#c", "azure_sql_column", data_type="int")
    long_key, long_value, long_label = "k" * 51, "v" * 501, "l" * 51
    return {
        "no type": ({"guid": "-1", "attributes": {}}, (400, "ATLAS-400-00-014", "Type ENTITY with name null does not exist")),
        "an unknown type": (
            make.dataset("t", "nothing"),
            (400, "ATLAS-400-00-014", "Type ENTITY with name nothing does not exist"),
        ),
        "a type that is no entity": (
            make.dataset("t", "dataset_process_inputs"),
            (400, "ATLAS-400-00-014", "Type ENTITY with name dataset_process_inputs does not exist"),
        ),
        "no entity": (None, (400, "ATLAS-400-00-01A", "invalid parameters: found null entity")),
        "a guid that is null": (
            {**make.dataset("t"), "guid": None},
            (400, "ATLAS-400-00-021", "ObjectId is not valid invalid guid null"),
        ),
        "an unknown guid of its own": (
            {**make.dataset("t"), "guid": MISSING},
            (404, "ATLAS-404-00-00A", f"Referenced entity {MISSING} is not found"),
        ),
        "a placeholder of no entity": (
            {**column, "relationshipAttributes": {"table": {"guid": "-1002"}}},
            (404, "ATLAS-404-00-00A", "Referenced entity -1002 is not found"),
        ),
        "an unknown guid": (
            make.process(inputs=[{"guid": MISSING}]),
            (404, "ATLAS-404-00-00A", f"Referenced entity {MISSING} is not found"),
        ),
        "an unknown name": (
            make.process(inputs=[make.named("t")]),
            (
                404,
                "ATLAS-404-00-00A",
                (
                    "Referenced entity AtlasObjectId{guid='null', typeName='azure_sql_table', "
                    f"uniqueAttributes={{qualifiedName:{make.server}t}}}} is not found"
                ),
            ),
        ),
        "a reference to an unknown type": (
            make.process(inputs=[make.named("t", "nothing")]),
            (400, "ATLAS-400-00-014", "Type ENTITY with name nothing does not exist"),
        ),
        "a reference to nothing": (
            make.process(inputs=[{"typeName": "DataSet"}]),
            (
                400,
                "ATLAS-400-00-021",
                "ObjectId is not valid AtlasObjectId{guid='null', typeName='DataSet', uniqueAttributes={}}",
            ),
        ),
        "a reference that is a text": (
            make.process(inputs=["x://t"]),
            (400, "ATLAS-400-00-021", "ObjectId is not valid x://t"),
        ),
        "one input in place of a list": (
            make.process(inputs={"guid": "-9"}),
            (404, "ATLAS-404-00-007", INVALID + "Process.inputs={guid=-9}: invalid value for type array<objectid>"),
        ),
        "a missing name, told with its declaring type": (
            {"typeName": "azure_sql_table", "guid": "-1", "attributes": {"qualifiedName": "x://t"}},
            (404, "ATLAS-404-00-007", INVALID + "azure_sql_table.name: mandatory attribute value missing in type Asset"),
        ),
        "all missing, of which the first is told": (
            {"typeName": "azure_sql_column", "guid": "-1"},
            (
                404,
                "ATLAS-404-00-007",
                INVALID + "azure_sql_column.qualifiedName: mandatory attribute value missing in type Referenceable",
            ),
        ),
        "a mandatory null": (
            make.dataset("t", name=None),
            (404, "ATLAS-404-00-007", INVALID + "azure_sql_table.name: mandatory attribute value missing in type Asset"),
        ),
        "a long key": (
            {**make.dataset("t"), "customAttributes": {long_key: "v"}},
            (
                400,
                "ATLAS-400-00-08C",
                f"Invalid key: {long_key} in custom attribute, key size should not be greater than 50",
            ),
        ),
        "a key with a dot": (
            {**make.dataset("t"), "customAttributes": {"a.b": "v"}},
            (
                400,
                "ATLAS-400-00-08D",
                "Invalid key: a.b in custom attribute, key should only contain alphanumeric characters, '_' or '-'",
            ),
        ),
        "a long value": (
            {**make.dataset("t"), "customAttributes": {"k": long_value}},
            (400, "ATLAS-400-00-08E", f"Invalid value: {long_value} in custom attribute, value length is greater than 500"),
        ),
        "a long label": (
            {**make.dataset("t"), "labels": [long_label]},
            (400, "ATLAS-400-00-08F", f"Invalid label: {long_label}, label size should not be greater than 50"),
        ),
        "a label with a dot": (
            {**make.dataset("t"), "labels": ["a.b"]},
            (400, "ATLAS-400-00-090", "Invalid label: a.b, label should contain alphanumeric characters, '_' or '-'"),
        ),
        "a classification": (
            {**make.dataset("t"), "classifications": [{"typeName": "PII"}]},
            (400, "ATLAS-400-00-029", "classifications are not kept by the emulator; send the entity without them"),
        ),
        "attributes that are a list": (
            {**make.dataset("t"), "attributes": ["a"]},
            (400, "ATLAS-400-00-029", "attributes: expected an object, found [a]"),
        ),
    }


REFUSED = (
    *("no type", "an unknown type", "a type that is no entity", "no entity", "a guid that is null", "an unknown guid of its own"),
    *("a placeholder of no entity", "an unknown guid", "an unknown name", "a reference to an unknown type"),
    *("a reference to nothing", "a reference that is a text", "one input in place of a list"),
    *("a missing name, told with its declaring type", "all missing, of which the first is told", "a mandatory null"),
    *("a long key", "a key with a dot", "a long value", "a long label", "a label with a dot", "a classification"),
    "attributes that are a list",
)

BAD_VALUES = (
    ("a0", "yes", "a0=yes: invalid value for type boolean"),
    ("a1", 128, "a1=128: invalid value for type byte"),
    ("a2", "1.5", "a2=1.5: invalid value for type int"),
    ("a2", True, "a2=true: invalid value for type int"),
    ("a3", 2**63, f"a3={2**63}: invalid value for type long"),
    ("a4", "x", "a4=x: invalid value for type float"),
    ("a5", "yesterday", "a5=yesterday: invalid value for type date"),
    ("a7", "x", "a7=x: invalid value for type array<string>"),
    ("a8", {"k": "x"}, "a8.k=x: invalid value for type int"),
    ("a9", "GREEN", "a9=GREEN: invalid value for type color"),
    ("few", [1, 2, 3], "few: incorrect number of values. found=3; expected: minCount=0, maxCount=2"),
    ("few", [1, "x"], "few[1]=x: invalid value for type int"),
)


class TestRefused:
    def test_the_list_is_complete(self, make):
        assert tuple(refused(make)) == REFUSED

    @pytest.mark.parametrize("case", REFUSED)
    def test_one_entity(self, catalogue, make, case):
        entity, error = refused(make)[case]
        assert catalogue.create(entity).error == error

    @pytest.mark.parametrize("case", REFUSED)
    def test_it_takes_all_others_with_it(self, catalogue, make, case):
        entity, error = refused(make)[case]
        for order in ((make.dataset("good"), entity), (entity, make.dataset("good"))):
            assert catalogue.create(*order).error == error
            assert catalogue.search().payload["@search.count"] == 0

    @pytest.mark.parametrize(("name", "value", "message"), BAD_VALUES)
    def test_a_value_that_does_not_fit(self, typed, make, name, value, message):
        answer = typed.create(make.dataset("t", "sorts", **{name: value}))
        assert answer.error == (404, "ATLAS-404-00-007", f"{INVALID}sorts.{message}")

    @pytest.mark.parametrize("body", [None, {}, {"entities": []}, {"entity": None}])
    @pytest.mark.parametrize("path", ["/entity", "/entity/bulk"])
    def test_no_entities_at_all(self, catalogue, path, body):
        assert catalogue.post(path, body).error == (
            400,
            "ATLAS-400-00-01A",
            "invalid parameters: no entities to create/update.",
        )

    @pytest.mark.parametrize("attribute", ["inputs", "outputs"])
    def test_a_process_is_no_dataset(self, catalogue, make, attribute):
        other = catalogue.process("other")
        relationship = {"inputs": "dataset_process_inputs", "outputs": "process_dataset_outputs"}[attribute]
        answer = catalogue.create(make.process(**{attribute: [{"guid": other}]}))
        assert answer.error == (
            400,
            "ATLAS-400-00-036",
            f"invalid relationshipDef: {relationship}: end type 1: Process, end type 2: Process",
        )

    def test_new_entities_are_written_before_changed_ones(self, catalogue, make):
        old = catalogue.process("old")
        changed = make.process("old", inputs=[{"guid": old}])
        created = make.process("new", outputs=[{"guid": old}])
        assert "process_dataset_outputs" in catalogue.create(changed, created).error[2]

    def test_references_by_name_do_not_see_the_same_request(self, catalogue, make):
        answer = catalogue.create(make.dataset("t"), make.process(inputs=[make.named("t")]))
        assert answer.error[1] == "ATLAS-404-00-00A"

    def test_guids_are_resolved_before_names_and_values(self, catalogue, make):
        wrong = {"typeName": "Process", "guid": "-1", "attributes": {"inputs": [make.named("t")], "outputs": [{"guid": "-9"}]}}
        assert catalogue.create(wrong).error[2] == "Referenced entity -9 is not found"


class TestSizes:
    @pytest.mark.parametrize("extra", [0, 1])
    def test_a_property_of_32_kilobytes(self, catalogue, make, extra):
        catalogue.define(
            {
                "name": "p",
                "superTypes": ["Process"],
                "attributeDefs": [{"name": "columnMapping", "typeName": "string", "isOptional": True}],
            }
        )
        text = "ü" * ((32 * 1024 - len("columnMapping") - 1) // 2) + "x" * (1 + extra)
        answer = catalogue.create(make.process("p", "p", columnMapping=text))
        if not extra:
            assert answer.status == 200
            return
        assert answer.error == (
            400,
            "ATLAS-400-00-01A",
            "invalid parameters: the size of p.columnMapping is 32769 bytes, which exceeds the limit of 32768",
        )

    @pytest.mark.parametrize(("length", "status"), [(4096, 200), (4097, 400)])
    def test_a_name_of_4_kilobytes(self, catalogue, make, length, status):
        assert catalogue.create(make.dataset("t", name="n" * length)).status == status

    def test_an_asset_of_2_megabytes(self, open_catalogue, make):
        catalogue = open_catalogue(settings=Settings(limits=Limits(asset_bytes=60_000)))
        fits = catalogue.create(make.dataset("t", description="d" * 30_000))
        too_big = catalogue.create(make.dataset("u", description="d" * 30_000, owner="o" * 30_000))
        assert (fits.status, too_big.status) == (200, 400)
        assert "azure_sql_table is 60" in too_big.error[2]

    def test_entities_in_one_request(self, open_catalogue, make):
        catalogue = open_catalogue(settings=Settings(limits=Limits(entities=1)))
        answer = catalogue.create(make.dataset("a"), make.dataset("b"))
        assert answer.error == (
            400,
            "ATLAS-400-00-01A",
            "invalid parameters: 2 entities in one request exceed the limit of 1",
        )
        assert catalogue.create(make.dataset("a")).status == 200


class TestUpdating:
    def test_same_type_and_name_is_the_same_entity(self, catalogue, make):
        guid = catalogue.table("t")
        answer = catalogue.create(make.dataset("t", description="new"))
        assert answer.payload["guidAssignments"] == {"-t": guid}
        assert answer.mutated == {"UPDATE": [make.server + "t"]}
        shown = catalogue.entity(guid)
        assert (shown["attributes"]["description"], shown["lastModifiedTS"]) == ("new", "2")

    def test_a_subtype_with_the_name_is_found_through_its_supertype(self, catalogue, make):
        guid = catalogue.table("t")
        assert catalogue.create(make.dataset("t", "DataSet", description="d")).payload["guidAssignments"] == {"-t": guid}
        assert catalogue.entity(guid)["typeName"] == "azure_sql_table"

    def test_an_unrelated_type_with_the_name_is_another_entity(self, catalogue):
        assert catalogue.table("t") != catalogue.table("t", "azure_sql_dw_table")

    def test_another_case_is_another_entity(self, catalogue, make):
        assert catalogue.table("Orders") != catalogue.table("orders")

    def test_by_guid(self, catalogue, make):
        guid = catalogue.table("t")
        answer = catalogue.create({**make.dataset("t", name="renamed"), "guid": guid})
        assert answer.payload.get("guidAssignments") is None
        assert catalogue.entity(guid)["attributes"]["name"] == "renamed"

    def test_by_guid_onto_a_name_that_is_taken(self, catalogue, make):
        guid = catalogue.table("t")
        catalogue.table("u")
        answer = catalogue.create({**make.dataset("u"), "guid": guid})
        assert answer.error[:2] == (409, "ATLAS-409-00-003")

    def test_what_is_not_supplied_stays_and_null_clears(self, catalogue, make):
        guid = catalogue.guid_of(catalogue.create(make.dataset("t", description="d", owner="o", principalId=5)))
        catalogue.create(make.dataset("t", owner=None, principalId=None))
        shown = catalogue.entity(guid)["attributes"]
        assert (shown["description"], shown["owner"], shown["principalId"]) == ("d", None, 0)

    def test_all_mandatory_attributes_must_be_sent_again(self, catalogue, make):
        catalogue.table("t")
        entity = make.dataset("t")
        del entity["attributes"]["name"]
        assert catalogue.create(entity).error[2].endswith("azure_sql_table.name: mandatory attribute value missing in type Asset")

    def test_two_placeholders_of_one_name_are_one_entity(self, catalogue, make):
        again = {**make.dataset("t", description="d"), "guid": "-again"}
        answer = catalogue.create(make.dataset("t"), again)
        assigned = answer.payload["guidAssignments"]
        assert assigned["-t"] == assigned["-again"]
        assert answer.mutated == {"CREATE": [make.server + "t"]}

    def test_inputs_are_replaced_and_omitted_ones_stay(self, catalogue, make):
        first, second = catalogue.table("a"), catalogue.table("b")
        guid = catalogue.process(inputs=[make.named("a")], outputs=[make.named("b")])
        catalogue.create(make.process(inputs=[{"guid": second}]))
        assert catalogue.related(guid, "inputs") == [second]
        assert catalogue.related(guid, "outputs") == [second]
        assert catalogue.related(first, "inputToProcesses") == []

    def test_null_inputs_clear_only_among_the_relationship_attributes(self, catalogue, make):
        catalogue.table("a")
        guid = catalogue.process(inputs=[make.named("a")])
        catalogue.create(make.process(inputs=None))
        assert len(catalogue.related(guid, "inputs")) == 1
        catalogue.create({**make.process(), "relationshipAttributes": {"inputs": None}})
        assert catalogue.related(guid, "inputs") == []

    def test_relationship_attributes_win_over_attributes(self, catalogue, make):
        catalogue.table("a")
        second = catalogue.table("b")
        entity = {**make.process(inputs=[make.named("a")]), "relationshipAttributes": {"inputs": [make.named("b")]}}
        assert catalogue.related(catalogue.guid_of(catalogue.create(entity)), "inputs") == [second]

    def test_repeated_inputs_count_once(self, catalogue, make):
        table = catalogue.table("a")
        guid = catalogue.process(inputs=[make.named("a"), {"guid": table}, make.named("a", "DataSet")])
        assert catalogue.related(guid, "inputs") == [table]

    def test_datasets_show_their_processes_at_once_and_count_as_updated(self, catalogue, make):
        source, target = catalogue.table("a"), catalogue.table("b")
        answer = catalogue.create(make.process(inputs=[make.named("a")], outputs=[make.named("b")]))
        guid = catalogue.guid_of(answer)
        assert answer.mutated == {"CREATE": ["x://p"], "UPDATE": [make.server + "a", make.server + "b"]}
        assert catalogue.related(source, "inputToProcesses") == [guid]
        assert catalogue.related(target, "outputFromProcesses") == [guid]
        assert catalogue.entity(source)["lastModifiedTS"] == "2"

    def test_columns_that_a_table_no_longer_lists_die(self, catalogue, make):
        column = make.dataset("t#c", "azure_sql_column", data_type="int", table={"guid": "-t"})
        other = make.dataset("t#d", "azure_sql_column", data_type="int", table={"guid": "-t"})
        assigned = catalogue.create(make.dataset("t"), column, other).payload["guidAssignments"]
        answer = catalogue.create({**make.dataset("t"), "relationshipAttributes": {"columns": [{"guid": assigned["-t#d"]}]}})
        assert answer.mutated["DELETE"] == [make.server + "t#c"]
        assert catalogue.related(assigned["-t"], "columns") == [assigned["-t#d"]]

    def test_a_column_that_names_another_table_moves(self, catalogue, make):
        column = make.dataset("t#c", "azure_sql_column", data_type="int", table={"guid": "-t"})
        assigned = catalogue.create(make.dataset("t"), make.dataset("u"), column).payload["guidAssignments"]
        catalogue.create({**column, "attributes": {**column["attributes"], "table": make.named("u")}})
        assert catalogue.related(assigned["-t"], "columns") == []
        assert catalogue.related(assigned["-u"], "columns") == [assigned["-t#c"]]
        assert catalogue.entity(assigned["-t#c"])["status"] == "ACTIVE"


class TestPartialUpdates:
    def test_one_attribute_by_guid(self, catalogue):
        guid = catalogue.table("t")
        answer = catalogue.put(f"/entity/guid/{guid}", "new", name="description")
        assert answer.mutated.keys() == {"PARTIAL_UPDATE"}
        assert answer.payload["partialUpdatedEntities"][0]["guid"] == guid
        assert catalogue.entity(guid)["attributes"]["description"] == "new"

    @pytest.mark.parametrize("as_text", [True, False])
    def test_a_reference_by_guid(self, catalogue, make, as_text):
        column = catalogue.guid_of(catalogue.create(make.dataset("t#c", "azure_sql_column", data_type="int")))
        table = catalogue.table("t")
        assert catalogue.put(f"/entity/guid/{column}", table if as_text else {"guid": table}, name="table").status == 200
        assert catalogue.related(table, "columns") == [column]

    @pytest.mark.parametrize(
        ("name", "value", "error"),
        [
            ("nothing", 1, (400, "ATLAS-400-00-023", "Attribute nothing not found for type Process")),
            ("inputs", [], (400, "ATLAS-400-00-027", "inputs.array<DataSet> : attribute update not supported")),
            ("owner", None, (400, "ATLAS-400-00-01A", "invalid parameters: null is not supported as the value of owner")),
        ],
    )
    def test_refused_by_guid(self, catalogue, name, value, error):
        guid = catalogue.process()
        assert catalogue.put(f"/entity/guid/{guid}", value, name=name).error == error

    def test_by_name_only_what_is_supplied_is_checked(self, catalogue, make):
        guid = catalogue.table("t")
        body = {"entity": {"typeName": "azure_sql_table", "attributes": {"owner": "me"}}}
        answer = catalogue.put("/entity/uniqueAttribute/type/DataSet", body, attr__qualifiedName=make.server + "t")
        assert answer.mutated == {"PARTIAL_UPDATE": [make.server + "t"]}
        assert catalogue.entity(guid)["attributes"] | {"owner": "me", "name": "t"} == catalogue.entity(guid)["attributes"]
        wrong = {"entity": {"typeName": "azure_sql_table", "attributes": {"principalId": "x"}}}
        answer = catalogue.put("/entity/uniqueAttribute/type/DataSet", wrong, attr__qualifiedName=make.server + "t")
        assert answer.error[1] == "ATLAS-404-00-007"

    def test_by_name_without_an_entity(self, catalogue, make):
        catalogue.table("t")
        answer = catalogue.put("/entity/uniqueAttribute/type/DataSet", {}, attr__qualifiedName=make.server + "t")
        assert answer.error == (400, "ATLAS-400-00-01A", "invalid parameters: no entity to update.")


class TestReading:
    def test_a_table_comes_with_its_columns(self, catalogue, make):
        column = make.dataset("t#c", "azure_sql_column", data_type="int", table={"guid": "-t"})
        assigned = catalogue.create(make.dataset("t"), column).payload["guidAssignments"]
        payload = catalogue.get(f"/entity/guid/{assigned['-t']}").payload
        related = payload["entity"]["relationshipAttributes"]["columns"][0]
        assert (related["displayText"], related["relationshipType"]) == ("t#c", "azure_sql_table_columns")
        assert payload["referredEntities"][assigned["-t#c"]]["attributes"]["data_type"] == "int"

    def test_the_short_forms(self, catalogue, make):
        column = make.dataset("t#c", "azure_sql_column", data_type="int", table={"guid": "-t"})
        guid = catalogue.create(make.dataset("t"), column).payload["guidAssignments"]["-t"]
        short = catalogue.get(f"/entity/guid/{guid}", ignoreRelationships="true", minExtInfo="true").payload
        assert "relationshipAttributes" not in short["entity"]
        assert all("relationshipAttributes" not in each for each in short["referredEntities"].values())
        header = catalogue.get(f"/entity/guid/{guid}/header").payload
        assert (header["displayText"], header["typeName"], header["guid"]) == ("t", "azure_sql_table", guid)

    def test_a_process_shows_its_inputs_in_both_places(self, catalogue, make):
        table = catalogue.table("a")
        shown = catalogue.entity(catalogue.process(inputs=[make.named("a")]))
        assert shown["attributes"]["inputs"] == [{"guid": table, "typeName": "azure_sql_table"}]
        assert shown["relationshipAttributes"]["inputs"][0]["relationshipStatus"] == "ACTIVE"

    def test_by_name_in_its_exact_case(self, catalogue, make):
        guid = catalogue.table("Orders")
        found = catalogue.get("/entity/uniqueAttribute/type/azure_sql_table", attr__qualifiedName=make.server + "Orders")
        assert found.payload["entity"]["guid"] == guid
        answer = catalogue.get("/entity/uniqueAttribute/type/azure_sql_table", attr__qualifiedName=make.server + "orders")
        assert answer.error == (
            404,
            "ATLAS-404-00-009",
            f"Instance azure_sql_table with unique attribute {{qualifiedName={make.server}orders}} does not exist",
        )

    def test_the_asked_type_goes_before_its_subtypes(self, catalogue, make):
        subtype, exact = catalogue.table("t"), None
        catalogue.define({"name": "mine", "superTypes": ["azure_sql_table"]})
        exact = catalogue.table("t", "mine")
        path = "/entity/uniqueAttribute/type/{}"
        for type_name, guid in (("mine", exact), ("azure_sql_table", subtype), ("DataSet", subtype)):
            answer = catalogue.get(path.format(type_name), attr__qualifiedName=make.server + "t")
            assert answer.payload["entity"]["guid"] == guid
        assert catalogue.get(path.format("Process"), attr__qualifiedName=make.server + "t").status == 404

    def test_the_exact_type_goes_before_an_older_subtype(self, catalogue, make):
        catalogue.define({"name": "mine", "superTypes": ["azure_sql_table"]})
        subtype, exact = catalogue.table("t", "mine"), catalogue.table("u")
        catalogue.create({**make.dataset("t"), "guid": exact})
        path = "/entity/uniqueAttribute/type/azure_sql_table"
        found = catalogue.get(path, attr__qualifiedName=make.server + "t").payload["entity"]
        assert (found["guid"], subtype != exact) == (exact, True)

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
        assert answer.error == (400, "ATLAS-400-00-013", f"Type DataSet with unique attribute {name} does not exist")

    def test_an_own_unique_attribute(self, catalogue, make):
        catalogue.define(
            {
                "name": "keyed",
                "superTypes": ["DataSet"],
                "attributeDefs": [{"name": "key", "typeName": "string", "isUnique": True, "isOptional": True}],
            }
        )
        guid = catalogue.guid_of(catalogue.create(make.dataset("t", "keyed", key="k1")))
        found = catalogue.get("/entity/uniqueAttribute/type/keyed", attr__key="k1")
        assert found.payload["entity"]["guid"] == guid
        same = catalogue.create(make.dataset("u", "keyed", key="k1"))
        assert same.payload["guidAssignments"]["-u"] == guid

    def test_many_by_guid(self, catalogue):
        guids = [catalogue.table("a"), catalogue.table("b")]
        assert [each["guid"] for each in catalogue.get("/entity/bulk", guid=guids).payload["entities"]] == guids
        answer = catalogue.get("/entity/bulk", guid=[*guids, MISSING])
        assert answer.error == (404, "ATLAS-404-00-005", f"Given instance guid {MISSING} is invalid/not found")
        assert catalogue.get("/entity/bulk").error[1] == "ATLAS-404-00-005"

    def test_many_by_name_leave_out_what_is_not_found(self, catalogue, make):
        guids = [catalogue.table("a"), catalogue.table("b")]
        query = {f"attr_{index}__qualifiedName": make.server + name for index, name in enumerate("axb")}
        answer = catalogue.get("/entity/bulk/uniqueAttribute/type/azure_sql_table", **query)
        assert [each["guid"] for each in answer.payload["entities"]] == guids
        answer = catalogue.get("/entity/bulk/uniqueAttribute/type/DataSet", attr_N__qualifiedName=make.server + "a")
        assert [each["guid"] for each in answer.payload["entities"]] == guids[:1]

    def test_many_by_what_is_not_unique(self, catalogue):
        answer = catalogue.get("/entity/bulk/uniqueAttribute/type/DataSet", attr_1__name="a")
        assert answer.error[1] == "ATLAS-400-00-013"

    @pytest.mark.parametrize("path", ["/entity/guid/{}", "/entity/guid/{}/header", "/lineage/{}"])
    def test_an_unknown_guid(self, catalogue, path):
        answer = catalogue.get(path.format(MISSING))
        assert answer.error == (404, "ATLAS-404-00-005", f"Given instance guid {MISSING} is invalid/not found")

    @pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
    def test_an_unknown_type(self, catalogue, method):
        answer = catalogue.call(method, "/atlas/v2/entity/uniqueAttribute/type/nothing", attr__qualifiedName="x")
        assert answer.error == (400, "ATLAS-400-00-014", "Type ENTITY with name nothing does not exist")


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

    def test_a_deleted_entity_cannot_be_referred_to(self, catalogue, make):
        guid = catalogue.table("t")
        catalogue.delete(f"/entity/guid/{guid}")
        assert catalogue.create(make.process(inputs=[{"guid": guid}])).error[1] == "ATLAS-404-00-00A"
        assert catalogue.create(make.process(inputs=[make.named("t")])).error[1] == "ATLAS-404-00-00A"

    def test_columns_go_with_their_table(self, catalogue, make):
        column = make.dataset("t#c", "azure_sql_column", data_type="int", table={"guid": "-t"})
        assigned = catalogue.create(make.dataset("t"), column).payload["guidAssignments"]
        answer = catalogue.delete(f"/entity/guid/{assigned['-t']}")
        assert answer.mutated == {"DELETE": [make.server + "t", make.server + "t#c"]}

    def test_datasets_outlive_their_process_and_count_as_updated(self, catalogue, make):
        table = catalogue.table("a")
        guid = catalogue.process(inputs=[make.named("a")])
        assert catalogue.delete(f"/entity/guid/{guid}").mutated == {"DELETE": ["x://p"], "UPDATE": [make.server + "a"]}
        assert catalogue.related(table, "inputToProcesses") == []

    def test_what_does_not_exist_is_no_error(self, catalogue, make):
        gone = catalogue.table("t")
        catalogue.delete(f"/entity/guid/{gone}")
        answers = [
            catalogue.delete(f"/entity/guid/{MISSING}"),
            catalogue.delete(f"/entity/guid/{gone}"),
            catalogue.delete("/entity/bulk", guid=[MISSING, gone]),
            catalogue.delete("/entity/uniqueAttribute/type/azure_sql_table", attr__qualifiedName=make.server + "t"),
        ]
        assert [(answer.status, answer.payload) for answer in answers] == [(200, {})] * 4

    def test_many_and_by_name(self, catalogue, make):
        guids = [catalogue.table("a"), catalogue.table("b")]
        assert len(catalogue.delete("/entity/bulk", guid=guids).mutated["DELETE"]) == 2
        catalogue.table("c")
        answer = catalogue.delete("/entity/uniqueAttribute/type/DataSet", attr__qualifiedName=make.server + "c")
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


def test_the_column_mapping_comes_back_as_it_was_sent(catalogue, make):
    mapping = json.dumps([{"DatasetMapping": {"Source": "ä", "Sink": "*"}, "ColumnMapping": [{"Source": "a", "Sink": "b"}]}])
    catalogue.define(
        {
            "name": "p",
            "superTypes": ["Process"],
            "attributeDefs": [{"name": "columnMapping", "typeName": "string", "isOptional": True}],
        }
    )
    guid = catalogue.guid_of(catalogue.create(make.process("p", "p", columnMapping=mapping)))
    assert catalogue.entity(guid)["attributes"]["columnMapping"] == mapping
