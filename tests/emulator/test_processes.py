"""Types of pipelines, copies and procedures; lineage that knows what a process consists of."""

from __future__ import annotations

import sqlite3
from itertools import pairwise

import pytest

FACTORY = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.DataFactory/factories/f"


def part(type_name, name, parent=None, **attributes):
    entity = {
        "typeName": type_name,
        "guid": f"-{type_name}",
        "attributes": {"qualifiedName": f"{FACTORY}/{name}", "name": name, **attributes},
    }
    return (
        {**entity, "relationshipAttributes": {"parent": {"guid": f"-{parent}"}}}
        if parent
        else entity
    )


@pytest.fixture
def copied(catalogue, make):
    """A factory, pipeline, activity and operation that copies a into b.

    Their guids by type, and the catalogue.
    """
    catalogue.create(make.dataset("a"), make.dataset("b"))
    answer = catalogue.create(
        part("azure_data_factory", "f"),
        part("adf_pipeline", "p", "azure_data_factory"),
        part("adf_copy_activity", "c", "adf_pipeline", rowCount=3, status="Completed"),
        part(
            "adf_copy_operation",
            "c#b",
            "adf_copy_activity",
            columnMapping="[]",
            inputs=[make.named("a")],
            outputs=[make.named("b")],
        ),
    )
    assert answer.status == 200, answer.payload
    return catalogue, {
        guid.removeprefix("-"): real for guid, real in answer.payload["guidAssignments"].items()
    }


@pytest.mark.parametrize(
    ("name", "base", "attribute"),
    [
        *(
            (f"adf_{activity}_operation", "Process", "columnMapping")
            for activity in ("copy", "dataflow", "executeSsisPackage")
        ),
        *(
            (f"adf_{activity}_activity_run", "Process", "rowCount")
            for activity in ("copy", "dataflow")
        ),
        ("adf_activity_operation", "Process", "columnMapping"),
        ("azure_synapse_pipeline", "Process", None),
        ("azure_synapse_copy_activity", "Process", "status"),
        ("azure_synapse_operation", "Process", "columnMapping"),
        ("databricks_process", "Process", "columnMapping"),
        ("azure_sql_stored_procedure", "Process", "modifiedTime"),
        ("fabric_lakehouse_table", "DataSet", None),
        ("fabric_warehouse", "DataSet", None),
        ("purview_custom_connector_generic_entity_with_columns", "DataSet", None),
    ],
)
def test_types_that_are_known(catalogue, name, base, attribute):
    shown = catalogue.get(f"/types/entitydef/name/{name}").payload
    assert shown["superTypes"] == [base]
    assert attribute is None or attribute in [each["name"] for each in shown["attributeDefs"]]


def test_a_stored_procedure_belongs_to_its_schema_and_may_have_parts(catalogue, make):
    procedure = make.dataset("usp", "azure_sql_stored_procedure")
    procedure["relationshipAttributes"] = {"dbSchema": {"guid": "-dbo"}}
    process = {**make.process(), "relationshipAttributes": {"parent": {"guid": "-usp"}}}
    answer = catalogue.create(make.dataset("dbo", "azure_sql_schema"), procedure, process)
    guids = answer.payload["guidAssignments"]
    assert catalogue.related(guids["-usp"], "subProcesses") == [guids["-p"]]
    assert catalogue.related(guids["-dbo"], "storedProcedures") == [guids["-usp"]]


def test_the_lineage_of_a_dataset_names_what_its_processes_are_part_of(copied, make):
    catalogue, guids = copied
    lineage = catalogue.get(
        "/lineage/uniqueAttribute/type/DataSet",
        attr__qualifiedName=make.server + "b",
        direction="INPUT",
        includeParent="true",
    ).payload
    chain = ["adf_copy_operation", "adf_copy_activity", "adf_pipeline", "azure_data_factory"]
    assert [
        (each["childEntityId"], each["parentEntityId"]) for each in lineage["parentRelations"]
    ] == [(guids[child], guids[parent]) for child, parent in pairwise(chain)]
    assert {guids[name] for name in chain} < lineage["guidEntityMap"].keys()


def test_the_lineage_of_a_pipeline_is_that_of_its_operations(copied):
    catalogue, guids = copied
    for name in ("adf_copy_activity", "adf_pipeline", "azure_data_factory"):
        assert catalogue.get(f"/lineage/{guids[name]}", direction="BOTH").payload["relations"] == []
        lineage = catalogue.get(
            f"/lineage/{guids[name]}", direction="BOTH", getDerivedLineage="true"
        ).payload
        assert len(lineage["relations"]) == 2
        assert lineage["baseEntityGuid"] == guids[name]


class TestNext:
    @pytest.fixture
    def fan(self, catalogue, make):
        """A table that three processes read, each writing a table; its guid."""
        source = catalogue.table("s")
        for index in range(3):
            catalogue.table(f"t{index}")
            catalogue.process(
                f"p{index}", inputs=[{"guid": source}], outputs=[make.named(f"t{index}")]
            )
        return source

    def test_pages_hold_all_relations_once(self, catalogue, fan):
        pages = [
            catalogue.get(
                f"/lineage/{fan}/next", direction="OUTPUT", offset=offset, limit=4
            ).payload["relations"]
            for offset in (0, 4, 8)
        ]
        assert [len(page) for page in pages] == [4, 2, 0]
        assert len({each["relationshipId"] for page in pages for each in page}) == 6
        assert catalogue.get(f"/lineage/{fan}/next", direction="INPUT").payload["relations"] == []

    @pytest.mark.parametrize("direction", ["BOTH", ""])
    def test_it_goes_one_way(self, catalogue, fan, direction):
        answer = catalogue.get(f"/lineage/{fan}/next", direction=direction)
        assert answer.error[1:] == (
            "ATLAS-400-00-029",
            "LineageDirection can only be input or output in getNextLevelLineage (No Derived).",
        )

    def test_it_is_not_for_processes(self, catalogue):
        answer = catalogue.get(f"/lineage/{catalogue.process()}/next", direction="INPUT")
        assert answer.error[:2] == (404, "ATLAS-404-00-011")


def test_a_catalogue_of_an_older_version_learns_new_types(open_catalogue, tmp_path):
    file = tmp_path / "state.sqlite"
    open_catalogue(file).emulator.close()
    with sqlite3.connect(file) as connection:
        connection.execute("DELETE FROM typedefs WHERE name = 'adf_pipeline'")
    connection.close()
    assert open_catalogue(file).get("/types/typedef/name/adf_pipeline").status == 200
