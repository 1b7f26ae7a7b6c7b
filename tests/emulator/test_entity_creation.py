"""Creating entities: placeholders, defaults, and the form in which values are stored."""

from __future__ import annotations

import json

import pytest

from sql_lineage_purview.emulator import Behaviour, Switches


class TestCreating:
    def test_a_new_entity_gets_a_guid_for_its_placeholder(self, catalogue, make):
        answer = catalogue.create(make.dataset("t"))
        guid = answer.payload["guidAssignments"]["-t"]
        assert not guid.startswith("-")
        created = answer.payload["mutatedEntities"]["CREATE"][0]
        assert (created["guid"], created["status"], created["lastModifiedTS"]) == (
            guid,
            "ACTIVE",
            "1",
        )
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
        answer = catalogue.create(
            make.dataset("t"), referredEntities={"-t": make.dataset("t", name="referred")}
        )
        assert catalogue.entity(catalogue.guid_of(answer))["attributes"]["name"] == "referred"

    def test_missing_values_get_their_defaults(self, typed, make):
        shown = typed.entity(typed.table("t", "sorts"))["attributes"]
        assert [shown[f"a{index}"] for index in range(11)] == [
            False,
            0,
            0,
            0,
            0,
            0,
            None,
            None,
            None,
            None,
            None,
        ]

    def test_values_are_brought_into_the_form_of_their_type(self, typed, make):
        values = {
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
        shown = typed.entity(typed.guid_of(typed.create(make.dataset("t", "sorts", **values))))[
            "attributes"
        ]
        assert shown["a0"] is True
        assert (shown["a1"], shown["a2"], shown["a4"], shown["a5"]) == (-128, 7, 1.5, 1000)
        assert shown["a6"] == "{k=[true, null, x]}"
        assert (shown["a8"], shown["a9"], shown["tags"]) == ({"n": 3}, "RED", ["b", "a"])

    def test_a_reference_that_is_no_relationship_is_stored_as_the_entity(self, typed, make):
        target = typed.table("x")
        guid = typed.guid_of(typed.create(make.dataset("t", "sorts", a10=make.named("x"))))
        assert typed.entity(guid)["attributes"]["a10"] == {
            "guid": target,
            "typeName": "azure_sql_table",
        }

    def test_new_entities_land_in_the_named_collection(self, catalogue, make):
        in_root = catalogue.guid_of(catalogue.create(make.dataset("a")))
        in_collection = catalogue.guid_of(
            catalogue.post("/entity/bulk", {"entities": [make.dataset("b")]}, collectionId="abc123")
        )
        assert (
            catalogue.entity(in_root)["collectionId"],
            catalogue.entity(in_collection)["collectionId"],
        ) == ("emulator", "abc123")

    def test_labels_and_custom_attributes_come_back(self, catalogue, make):
        extras = {"labels": ["sales"], "customAttributes": {"owner": "me"}}
        shown = catalogue.entity(
            catalogue.guid_of(catalogue.create({**make.dataset("t"), **extras}))
        )
        assert {key: shown[key] for key in extras} == extras

    def test_undeclared_attributes_are_swallowed(self, catalogue, make):
        guid = catalogue.process(columnMapping="[]")
        assert "columnMapping" not in catalogue.entity(guid)["attributes"]

    @pytest.mark.parametrize("member", ["attributes", "relationshipAttributes"])
    def test_undeclared_attributes_can_be_refused(self, open_catalogue, make, member):
        catalogue = open_catalogue(behaviour=Behaviour(switches=Switches(undeclared="refuse")))
        entity = make.process()
        entity[member] = {**entity.get(member, {}), "columnMapping": "[]"}
        assert catalogue.create(entity).error == (
            400,
            "ATLAS-400-00-023",
            "Attribute columnMapping not found for type Process",
        )


def test_the_column_mapping_comes_back_as_it_was_sent(catalogue, make):
    mapping = json.dumps(
        [
            {
                "DatasetMapping": {"Source": "ä", "Sink": "*"},
                "ColumnMapping": [{"Source": "a", "Sink": "b"}],
            }
        ]
    )
    catalogue.define(
        {
            "name": "p",
            "superTypes": ["Process"],
            "attributeDefs": [{"name": "columnMapping", "typeName": "string", "isOptional": True}],
        }
    )
    guid = catalogue.guid_of(catalogue.create(make.process("p", "p", columnMapping=mapping)))
    assert catalogue.entity(guid)["attributes"]["columnMapping"] == mapping
