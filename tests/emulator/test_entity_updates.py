"""Updating entities, in full and in part."""

from __future__ import annotations

import pytest


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
        assert catalogue.create(make.dataset("t", "DataSet", description="d")).payload[
            "guidAssignments"
        ] == {"-t": guid}
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
        guid = catalogue.guid_of(
            catalogue.create(make.dataset("t", description="d", owner="o", principalId=5))
        )
        catalogue.create(make.dataset("t", owner=None, principalId=None))
        shown = catalogue.entity(guid)["attributes"]
        assert (shown["description"], shown["owner"], shown["principalId"]) == ("d", None, 0)

    def test_all_mandatory_attributes_must_be_sent_again(self, catalogue, make):
        catalogue.table("t")
        entity = make.dataset("t")
        del entity["attributes"]["name"]
        assert (
            catalogue.create(entity)
            .error[2]
            .endswith("azure_sql_table.name: mandatory attribute value missing in type Asset")
        )

    def test_two_placeholders_of_one_name_are_one_entity(self, catalogue, make):
        second_entity = {**make.dataset("t", description="d"), "guid": "-again"}
        answer = catalogue.create(make.dataset("t"), second_entity)
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
        entity = {
            **make.process(inputs=[make.named("a")]),
            "relationshipAttributes": {"inputs": [make.named("b")]},
        }
        assert catalogue.related(catalogue.guid_of(catalogue.create(entity)), "inputs") == [second]

    def test_repeated_inputs_count_once(self, catalogue, make):
        table = catalogue.table("a")
        guid = catalogue.process(
            inputs=[make.named("a"), {"guid": table}, make.named("a", "DataSet")]
        )
        assert catalogue.related(guid, "inputs") == [table]

    def test_datasets_show_their_processes_at_once_and_count_as_updated(self, catalogue, make):
        source, target = catalogue.table("a"), catalogue.table("b")
        answer = catalogue.create(make.process(inputs=[make.named("a")], outputs=[make.named("b")]))
        guid = catalogue.guid_of(answer)
        assert answer.mutated == {
            "CREATE": ["x://p"],
            "UPDATE": [make.server + "a", make.server + "b"],
        }
        assert catalogue.related(source, "inputToProcesses") == [guid]
        assert catalogue.related(target, "outputFromProcesses") == [guid]
        assert catalogue.entity(source)["lastModifiedTS"] == "2"

    def test_columns_that_a_table_no_longer_lists_die(self, catalogue, make):
        column = make.dataset("t#c", "azure_sql_column", data_type="int", table={"guid": "-t"})
        second_column = make.dataset(
            "t#d", "azure_sql_column", data_type="int", table={"guid": "-t"}
        )
        assigned = catalogue.create(make.dataset("t"), column, second_column).payload[
            "guidAssignments"
        ]
        answer = catalogue.create(
            {
                **make.dataset("t"),
                "relationshipAttributes": {"columns": [{"guid": assigned["-t#d"]}]},
            }
        )
        assert answer.mutated["DELETE"] == [make.server + "t#c"]
        assert catalogue.related(assigned["-t"], "columns") == [assigned["-t#d"]]

    def test_a_column_that_names_another_table_moves(self, catalogue, make):
        column = make.dataset("t#c", "azure_sql_column", data_type="int", table={"guid": "-t"})
        assigned = catalogue.create(make.dataset("t"), make.dataset("u"), column).payload[
            "guidAssignments"
        ]
        catalogue.create(
            {**column, "attributes": {**column["attributes"], "table": make.named("u")}}
        )
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
        column = catalogue.guid_of(
            catalogue.create(make.dataset("t#c", "azure_sql_column", data_type="int"))
        )
        table = catalogue.table("t")
        assert (
            catalogue.put(
                f"/entity/guid/{column}", table if as_text else {"guid": table}, name="table"
            ).status
            == 200
        )
        assert catalogue.related(table, "columns") == [column]

    @pytest.mark.parametrize(
        ("name", "value", "error"),
        [
            (
                "nothing",
                1,
                (400, "ATLAS-400-00-023", "Attribute nothing not found for type Process"),
            ),
            (
                "inputs",
                [],
                (400, "ATLAS-400-00-027", "inputs.array<DataSet> : attribute update not supported"),
            ),
            (
                "owner",
                None,
                (
                    400,
                    "ATLAS-400-00-01A",
                    "invalid parameters: null is not supported as the value of owner",
                ),
            ),
        ],
    )
    def test_refused_by_guid(self, catalogue, name, value, error):
        guid = catalogue.process()
        assert catalogue.put(f"/entity/guid/{guid}", value, name=name).error == error

    def test_by_name_only_what_is_supplied_is_checked(self, catalogue, make):
        guid = catalogue.table("t")
        body = {"entity": {"typeName": "azure_sql_table", "attributes": {"owner": "me"}}}
        answer = catalogue.put(
            "/entity/uniqueAttribute/type/DataSet", body, attr__qualifiedName=make.server + "t"
        )
        assert answer.mutated == {"PARTIAL_UPDATE": [make.server + "t"]}
        assert (
            catalogue.entity(guid)["attributes"] | {"owner": "me", "name": "t"}
            == catalogue.entity(guid)["attributes"]
        )
        wrong = {"entity": {"typeName": "azure_sql_table", "attributes": {"principalId": "x"}}}
        answer = catalogue.put(
            "/entity/uniqueAttribute/type/DataSet", wrong, attr__qualifiedName=make.server + "t"
        )
        assert answer.error[1] == "ATLAS-404-00-007"

    def test_by_name_without_an_entity(self, catalogue, make):
        catalogue.table("t")
        answer = catalogue.put(
            "/entity/uniqueAttribute/type/DataSet", {}, attr__qualifiedName=make.server + "t"
        )
        assert answer.error == (400, "ATLAS-400-00-01A", "invalid parameters: no entity to update.")
