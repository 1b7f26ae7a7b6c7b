"""Relationships by themselves: made, changed, read and deleted."""

from __future__ import annotations

from typing import Any

import pytest

MISSING = "00000000-0000-0000-0000-000000000000"
DIRECT = "direct_lineage_dataset_dataset"


@pytest.fixture
def pair(catalogue) -> tuple[str, str]:
    return catalogue.table("a"), catalogue.table("b")


def relationship(type_name: Any, end1: Any, end2: Any, **more: Any) -> dict[str, Any]:
    ends = {
        key: {"guid": each} if isinstance(each, str) else each
        for key, each in (("end1", end1), ("end2", end2))
    }
    return {"typeName": type_name, **ends, **more}


class TestCreating:
    def test_direct_lineage_with_its_columns(self, catalogue, pair):
        body = relationship(DIRECT, *pair, attributes={"columnMapping": "[]", "undeclared": 1})
        answer = catalogue.post("/relationship", body)
        assert (answer.status, answer.payload["attributes"]) == (200, {"columnMapping": "[]"})
        assert (answer.payload["status"], answer.payload["label"]) == ("ACTIVE", f"r:{DIRECT}")
        assert catalogue.related(pair[0], "sinks") == [pair[1]]
        assert catalogue.related(pair[1], "sources") == [pair[0]]
        assert catalogue.related(pair[0], "sources") == catalogue.related(pair[1], "sinks") == []
        assert catalogue.entity(pair[0])["lastModifiedTS"] == "2"

    def test_ends_by_name_and_by_supertype(self, catalogue, pair, make):
        body = relationship(DIRECT, make.named("a", "DataSet"), make.named("b"))
        assert catalogue.post("/relationship", body).payload["end1"] == {
            "guid": pair[0],
            "typeName": "azure_sql_table",
            "uniqueAttributes": {"qualifiedName": make.server + "a"},
        }

    @pytest.mark.parametrize("swapped", [False, True])
    def test_ends_in_either_order(self, catalogue, swapped):
        table, process = catalogue.table("a"), catalogue.process()
        ends = (table, process) if swapped else (process, table)
        assert (
            catalogue.post("/relationship", relationship("dataset_process_inputs", *ends)).status
            == 200
        )
        assert catalogue.related(process, "inputs") == [table]

    def test_a_second_one_between_the_two(self, catalogue, pair):
        body = relationship(DIRECT, *pair)
        catalogue.post("/relationship", body)
        assert catalogue.post("/relationship", body).error == (
            409,
            "ATLAS-409-00-004",
            f"relationship {DIRECT} already exists between entities {pair[0]} and {pair[1]}",
        )
        assert catalogue.post("/relationship", relationship(DIRECT, pair[1], pair[0])).status == 200

    @pytest.mark.parametrize("side", [1, 2])
    @pytest.mark.parametrize("lost", ["never", "deleted", "named"])
    def test_an_end_that_does_not_exist(self, catalogue, make, side, lost):
        table, gone = catalogue.table("a"), catalogue.table("gone")
        catalogue.delete(f"/entity/guid/{gone}")
        missing = {"never": MISSING, "deleted": gone, "named": make.named("gone")}[lost]
        ends = (missing, table) if side == 1 else (table, missing)
        assert catalogue.post("/relationship", relationship(DIRECT, *ends)).error == (
            400,
            "ATLAS-400-00-07D",
            "Relationship end is invalid. Expected DataSet but is NULL",
        )

    def test_an_unknown_type_is_reported_before_a_missing_end(self, catalogue):
        body = relationship("nothing", MISSING, MISSING)
        assert catalogue.post("/relationship", body).error == (
            400,
            "ATLAS-400-00-028",
            "invalid value: unknown relationship type'nothing'",
        )

    def test_wrong_types_at_the_ends(self, catalogue, pair):
        assert catalogue.post(
            "/relationship", relationship("dataset_process_inputs", *pair)
        ).error == (
            400,
            "ATLAS-400-00-036",
            "invalid relationshipDef: dataset_process_inputs: end type 1: azure_sql_table, end "
            "type 2: azure_sql_table",
        )

    @pytest.mark.parametrize("name", ["end1", "end2"])
    def test_an_end_left_out(self, catalogue, pair, name):
        body = {key: value for key, value in relationship(DIRECT, *pair).items() if key != name}
        assert catalogue.post("/relationship", body).error == (
            400,
            "ATLAS-400-00-01A",
            f"invalid parameters: {name} is null",
        )

    def test_an_end_that_is_no_reference(self, catalogue, pair):
        assert (
            catalogue.post("/relationship", relationship(DIRECT, {}, pair[1])).error[1]
            == "ATLAS-400-00-021"
        )

    def test_attributes_are_checked(self, catalogue, pair):
        ends = {name: {"type": "DataSet", "name": name} for name in ("left", "right")}
        attributes = [{"name": "weight", "typeName": "int"}]
        catalogue.define(
            relationshipDefs=[
                {
                    "name": "weighs",
                    "endDef1": ends["left"],
                    "endDef2": ends["right"],
                    "attributeDefs": attributes,
                }
            ]
        )
        wrong = catalogue.post(
            "/relationship", relationship("weighs", *pair, attributes={"weight": "x"})
        )
        assert wrong.error[1:] == (
            "ATLAS-404-00-00D",
            "Invalid relationship creation/updation parameters passed : weighs.weight=x: invalid "
            "value for type int",
        )
        none = catalogue.post("/relationship", relationship("weighs", *pair))
        assert none.error[2].endswith(
            "weighs.weight: mandatory attribute value missing in type weighs"
        )

    def test_an_end_for_one_lets_the_other_go(self, catalogue, make):
        column = make.dataset("t#c", "azure_sql_column", data_type="int", table={"guid": "-t"})
        assigned = catalogue.create(make.dataset("t"), make.dataset("u"), column).payload[
            "guidAssignments"
        ]
        body = relationship("azure_sql_table_columns", assigned["-u"], assigned["-t#c"])
        assert catalogue.post("/relationship", body).status == 200
        assert (
            catalogue.entity(assigned["-t#c"])["relationshipAttributes"]["table"]["guid"]
            == assigned["-u"]
        )
        assert catalogue.related(assigned["-t"], "columns") == []

    def test_attributes_given_with_an_entity(self, catalogue, pair, make):
        struct = {"typeName": DIRECT, "attributes": {"columnMapping": "[]"}}
        sink = {"guid": pair[1], "relationshipType": DIRECT, "relationshipAttributes": struct}
        entity = {**make.dataset("a"), "relationshipAttributes": {"sinks": [sink]}}
        catalogue.create(entity)
        shown = catalogue.entity(pair[0])["relationshipAttributes"]["sinks"][0]
        assert shown["relationshipAttributes"]["attributes"] == {"columnMapping": "[]"}
        assert catalogue.create(entity).mutated == {}
        struct["attributes"] = {"columnMapping": "[1]"}
        catalogue.create(entity)
        assert (
            catalogue.entity(pair[0])["relationshipAttributes"]["sinks"][0]["relationshipGuid"]
            == shown["relationshipGuid"]
        )
        assert (
            catalogue.get(f"/relationship/guid/{shown['relationshipGuid']}").payload[
                "relationship"
            ]["lastModifiedTS"]
            == "2"
        )


def test_the_attribute_of_several_relationships_takes_the_one_that_fits(catalogue, make):
    def defined(name: str, type_name: str) -> dict[str, Any]:
        return {
            "name": name,
            "endDef1": {"type": "Process", "name": "touches", "cardinality": "SET"},
            "endDef2": {"type": type_name, "name": f"{name}By", "cardinality": "SET"},
        }

    assert (
        catalogue.define(
            relationshipDefs=[defined("one", "azure_sql_table"), defined("two", "azure_sql_view")]
        ).status
        == 200
    )
    table, view = catalogue.table("a"), catalogue.table("v", "azure_sql_view")
    for name, guid in (("p", table), ("q", view)):
        process = catalogue.process(name, touches=[{"guid": guid}])
        assert catalogue.related(process, "touches") == [guid]
    assert len(catalogue.related(view, "twoBy")) == 1


class TestChanging:
    def test_new_attributes(self, catalogue, pair):
        guid = catalogue.post("/relationship", relationship(DIRECT, *pair)).payload["guid"]
        answer = catalogue.put(
            "/relationship", {"guid": guid, "attributes": {"columnMapping": "[]"}}
        )
        assert (answer.payload["attributes"], answer.payload["lastModifiedTS"]) == (
            {"columnMapping": "[]"},
            "2",
        )

    def test_not_its_type_and_not_its_ends(self, catalogue, pair):
        guid = catalogue.post("/relationship", relationship(DIRECT, *pair)).payload["guid"]
        typed = catalogue.put("/relationship", {"guid": guid, "typeName": "dataset_process_inputs"})
        assert typed.error[:2] == (404, "ATLAS-400-00-06A")
        identity = {"guid": guid, "end1": {"guid": pair[0]}, "end2": {"guid": pair[1]}}
        assert catalogue.put("/relationship", identity).status == 200
        for side in ("end1", "end2"):
            swapped = {**identity, side: {"guid": pair[0 if side == "end2" else 1]}}
            assert catalogue.put("/relationship", swapped).error[:2] == (404, "ATLAS-400-00-069")

    def test_an_unknown_one(self, catalogue):
        assert catalogue.put("/relationship", {"guid": MISSING}).error[1] == "ATLAS-404-00-00C"


class TestReadingAndDeleting:
    def test_with_both_ends(self, catalogue, pair):
        created = catalogue.post("/relationship", relationship(DIRECT, *pair)).payload
        path = f"/relationship/guid/{created['guid']}"
        assert catalogue.get(path).payload == {"relationship": created}
        extended = catalogue.get(path, extendedInfo="true").payload
        assert [each["displayText"] for each in extended["referredEntities"].values()] == ["a", "b"]

    def test_deleted_once(self, catalogue, pair):
        guid = catalogue.post("/relationship", relationship(DIRECT, *pair)).payload["guid"]
        assert catalogue.delete(f"/relationship/guid/{guid}").status == 204
        assert catalogue.related(pair[0], "sinks") == []
        assert catalogue.entity(pair[1])["lastModifiedTS"] == "3"
        assert (
            catalogue.get(f"/relationship/guid/{guid}").payload["relationship"]["status"]
            == "DELETED"
        )
        assert catalogue.delete(f"/relationship/guid/{guid}").error == (
            404,
            "ATLAS-404-00-00F",
            f"Attempting to delete a relationship which is already deleted : {guid}",
        )
        assert catalogue.post("/relationship", relationship(DIRECT, *pair)).status == 200

    @pytest.mark.parametrize("method", ["GET", "DELETE"])
    def test_an_unknown_one(self, catalogue, method):
        answer = catalogue.call(method, f"/atlas/v2/relationship/guid/{MISSING}")
        assert answer.error == (
            404,
            "ATLAS-404-00-00C",
            f"Given relationship guid {MISSING} is invalid/not found",
        )
