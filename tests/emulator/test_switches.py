"""Each switch in its positions; the default is the first word, and is what the other tests see."""

from __future__ import annotations

import pytest

from sql_lineage_purview.emulator import Behaviour, Limits, Switches


@pytest.fixture
def switched(open_catalogue):
    """Open a catalogue with some switches set."""

    def opened(*, limits=None, **switches):
        return open_catalogue(
            behaviour=Behaviour(limits=limits or Limits(), switches=Switches(**switches))
        )

    return opened


class TestBulk:
    BATCH = ("a", "b", "bad", "c")

    def batch(self, make):
        """Two good tables, a process with an input that is missing, another table."""
        bad = make.process("bad", inputs=[make.named("missing")])
        return [bad if name == "bad" else make.dataset(name) for name in self.BATCH]

    @pytest.mark.parametrize(("bulk", "kept"), [("atomic", []), ("partial", ["a", "b"])])
    def test_what_a_failing_request_leaves_behind(self, switched, make, bulk, kept):
        catalogue = switched(bulk=bulk)
        assert catalogue.create(*self.batch(make)).error[1] == "ATLAS-404-00-00A"
        assert [
            hit["name"] for hit in catalogue.search(orderby=[{"name": "ASC"}]).payload["value"]
        ] == kept

    def test_what_is_kept_was_written_once(self, switched, make):
        catalogue = switched(bulk="partial")
        catalogue.table("a")
        assert (
            catalogue.create(make.dataset("a", description="new"), *self.batch(make)[1:]).status
            == 404
        )
        entity = catalogue.get(
            "/entity/uniqueAttribute/type/DataSet", attr__qualifiedName=make.server + "a"
        ).payload["entity"]
        assert (entity["attributes"]["description"], entity["lastModifiedTS"]) == ("new", "2")

    def test_when_the_first_fails_nothing_is_kept(self, switched, make):
        catalogue = switched(bulk="partial")
        assert catalogue.create(make.dataset("x", "nothing"), make.dataset("a")).status == 400
        assert catalogue.search().payload["@search.count"] == 0

    def test_a_request_that_succeeds_is_whole(self, switched, make):
        answer = switched(bulk="partial").create(
            make.dataset("a"), make.process(inputs=[{"guid": "-a"}])
        )
        assert len(answer.mutated["CREATE"]) == 2


class TestDeletes:
    @pytest.mark.parametrize(("deletes", "found"), [("soft", 200), ("hard", 404)])
    def test_whether_a_deleted_entity_can_be_read(self, switched, make, deletes, found):
        catalogue = switched(deletes=deletes)
        table = catalogue.table("t")
        process = catalogue.process(inputs=[make.named("t")])
        answer = catalogue.delete(f"/entity/guid/{table}")
        assert answer.mutated == {"DELETE": [make.server + "t"], "UPDATE": ["x://p"]}
        assert answer.payload["mutatedEntities"]["DELETE"][0]["status"] == "DELETED"
        assert catalogue.get(f"/entity/guid/{table}").status == found
        assert catalogue.related(process, "inputs") == []
        assert catalogue.table("t") != table

    @pytest.mark.parametrize("listed", ["list", "omit"])
    def test_whether_what_was_related_is_listed(self, switched, make, listed):
        catalogue = switched(deleted_relations=listed)
        guids = {name: catalogue.table(name) for name in "abc"}
        process = catalogue.process(inputs=[make.named(name) for name in "abc"])
        catalogue.delete(f"/entity/guid/{guids['a']}")
        catalogue.process(inputs=[make.named("c")])
        entity = catalogue.entity(process)
        rows = {
            row["guid"]: (row["entityStatus"], row["relationshipStatus"])
            for row in entity["relationshipAttributes"]["inputs"]
        }
        gone = (
            {guids["a"]: ("DELETED", "DELETED"), guids["b"]: ("ACTIVE", "DELETED")}
            if listed == "list"
            else {}
        )
        assert rows == {guids["c"]: ("ACTIVE", "ACTIVE"), **gone}
        assert [row["guid"] for row in entity["attributes"]["inputs"]] == [guids["c"]]
        assert (
            len(catalogue.entity(guids["b"])["relationshipAttributes"]["inputToProcesses"])
            == len(gone) // 2
        )

    @pytest.mark.parametrize("listed", ["list", "omit"])
    def test_what_is_related_again_is_so_once(self, switched, make, listed):
        catalogue = switched(deleted_relations=listed)
        catalogue.table("a")
        for inputs in ([make.named("a")], [], [make.named("a")]):
            process = catalogue.process(inputs=inputs)
        assert len(catalogue.related(process, "inputs")) == 1

    @pytest.mark.parametrize(("choice", "status"), [("accept", 200), ("refuse", 404)])
    def test_a_reference_to_what_is_deleted(self, switched, make, choice, status):
        catalogue = switched(deleted_references=choice)
        guid = catalogue.table("t")
        catalogue.delete(f"/entity/guid/{guid}")
        answer = catalogue.create(make.process(inputs=[{"guid": guid}]))
        assert answer.status == status
        if status == 200:
            (row,) = catalogue.entity(catalogue.guid_of(answer))["relationshipAttributes"]["inputs"]
            assert (row["guid"], row["entityStatus"], row["relationshipStatus"]) == (
                guid,
                "DELETED",
                "ACTIVE",
            )

    @pytest.mark.parametrize(("deletes", "status"), [("soft", 409), ("hard", 204)])
    def test_whether_a_type_can_go_after_its_entities(self, switched, deletes, status):
        catalogue = switched(deletes=deletes)
        catalogue.define({"name": "mine", "superTypes": ["DataSet"]})
        catalogue.delete(f"/entity/guid/{catalogue.table('t', 'mine')}")
        assert catalogue.delete("/types/typedef/name/mine").status == status

    def test_columns_go_with_their_table_for_good(self, switched, make):
        catalogue = switched(deletes="hard")
        column = make.dataset("t#c", "azure_sql_column", data_type="int")
        guids = catalogue.create(
            make.dataset("t"), {**column, "relationshipAttributes": {"table": {"guid": "-t"}}}
        )
        table, child = guids.payload["guidAssignments"].values()
        assert len(catalogue.delete(f"/entity/guid/{table}").mutated["DELETE"]) == 2
        assert catalogue.get(f"/entity/guid/{child}").status == 404

    @pytest.mark.parametrize("by", ["guid", "bulk", "name"])
    @pytest.mark.parametrize("answer", ["200", "204", "404"])
    def test_what_does_not_exist(self, switched, make, by, answer):
        catalogue = switched(absent_deletes=answer)
        found = {
            "guid": lambda: catalogue.delete("/entity/guid/x"),
            "bulk": lambda: catalogue.delete("/entity/bulk", guid=["x", "y"]),
            "name": lambda: catalogue.delete(
                "/entity/uniqueAttribute/type/DataSet", attr__qualifiedName="x"
            ),
        }[by]()
        assert found.status == int(answer)
        if answer == "200":
            assert found.payload == {}
        if answer == "404":
            assert found.error[1] in ("ATLAS-404-00-005", "ATLAS-404-00-009")

    def test_a_404_deletes_nothing_of_its_request(self, switched):
        catalogue = switched(absent_deletes="404")
        guid = catalogue.table("t")
        assert catalogue.delete("/entity/bulk", guid=[guid, "x"]).status == 404
        assert catalogue.entity(guid)["status"] == "ACTIVE"


@pytest.mark.parametrize(("unchanged", "listed"), [("omit", {}), ("list", {"UPDATE": ["t"]})])
def test_entities_that_do_not_change(switched, make, unchanged, listed):
    catalogue = switched(unchanged=unchanged)
    guid = catalogue.table("t")
    answer = catalogue.create(make.dataset("t"))
    assert answer.mutated == {
        operation: [make.server + name for name in names] for operation, names in listed.items()
    }
    assert answer.payload["guidAssignments"] == {"-t": guid}
    assert catalogue.entity(guid)["lastModifiedTS"] == "1"


@pytest.mark.parametrize(("choice", "status"), [("refuse", 409), ("ignore", 200)])
def test_a_relationship_that_exists(switched, choice, status):
    catalogue = switched(existing_relationships=choice)
    ends = {"end1": {"guid": catalogue.table("a")}, "end2": {"guid": catalogue.table("b")}}
    body = {"typeName": "direct_lineage_dataset_dataset", **ends}
    first = catalogue.post("/relationship", body).payload
    second_answer = catalogue.post("/relationship", {**body, "attributes": {"columnMapping": "[]"}})
    assert second_answer.status == status
    if status == 200:
        assert second_answer.payload == first


class TestOversized:
    def test_a_text_may_be_cut(self, switched, make):
        limits = Limits(property_bytes=40, name_bytes=5)
        catalogue = switched(limits=limits, oversized="truncate")
        mutation = catalogue.create(
            {
                **make.dataset("t"),
                "attributes": {"qualifiedName": "q", "name": "Größe", "description": "ü" * 40},
            }
        )
        entity = catalogue.entity(catalogue.guid_of(mutation))
        # The name of the property counts; half a letter is dropped.
        assert (entity["attributes"]["name"], entity["attributes"]["description"]) == (
            "Grö",
            "ü" * 14,
        )

    def test_what_is_no_text_is_refused_nevertheless(self, switched, make):
        catalogue = switched(limits=Limits(property_bytes=20), oversized="truncate")
        catalogue.define(
            {
                "name": "mine",
                "superTypes": ["DataSet"],
                "attributeDefs": [
                    {"name": "tags", "typeName": "array<string>", "isOptional": True}
                ],
            }
        )
        entity = {
            "typeName": "mine",
            "attributes": {"qualifiedName": "q", "name": "n", "tags": ["x" * 30]},
        }
        assert catalogue.create(entity).error[1] == "ATLAS-400-00-01A"


@pytest.mark.parametrize(("parents", "status"), [("optional", 200), ("mandatory", 404)])
def test_a_table_without_its_schema(switched, make, parents, status):
    catalogue = switched(parents=parents)
    answer = catalogue.create(make.dataset("t"))
    assert answer.status == status
    if status == 404:
        assert answer.error[2].endswith(
            "azure_sql_table.dbSchema: mandatory attribute value missing in type azure_sql_table"
        )
    schema = make.dataset("s", "azure_sql_schema")
    schema["relationshipAttributes"] = {"db": {"guid": "-d"}}
    database = make.dataset("d", "azure_sql_db")
    database["relationshipAttributes"] = {"server": {"guid": "-v"}}
    table = {**make.dataset("t"), "relationshipAttributes": {"dbSchema": {"guid": "-s"}}}
    assert (
        catalogue.create(make.dataset("v", "azure_sql_server"), database, schema, table).status
        == 200
    )


@pytest.mark.parametrize(("choice", "status"), [("omit", 200), ("refuse", 404)])
def test_a_look_up_of_many_with_a_name_that_is_missing(switched, make, choice, status):
    catalogue = switched(missing_names=choice)
    catalogue.table("a")
    path = "/entity/bulk/uniqueAttribute/type/azure_sql_table"
    names = {"attr_1:qualifiedName": make.server + "a", "attr_2:qualifiedName": make.server + "x"}
    answer = catalogue.get(path, **names)
    assert answer.status == status
    if status == 404:
        assert answer.error[1] == "ATLAS-404-00-009"


@pytest.mark.parametrize(
    ("choice", "document"), [("list", {"entities": [], "referredEntities": {}}), ("omit", {})]
)
def test_a_look_up_of_many_that_finds_none(switched, make, choice, document):
    catalogue = switched(nothing_found=choice)
    catalogue.table("a")
    path = "/entity/bulk/uniqueAttribute/type/azure_sql_table"
    assert catalogue.get(path, **{"attr_1:qualifiedName": make.server + "x"}).payload == document
    assert (
        len(catalogue.get(path, **{"attr_1:qualifiedName": make.server + "a"}).payload["entities"])
        == 1
    )


@pytest.mark.parametrize(("choice", "status"), [("accept", 200), ("refuse", 400)])
def test_a_collection_that_was_not_declared(switched, make, choice, status):
    catalogue = switched(unknown_collections=choice)
    assert (
        catalogue.post("/entity/bulk", {"entities": [make.dataset("t")]}, collectionId="x").status
        == status
    )
    guid = catalogue.table("u")
    assert (
        catalogue.call("POST", "/entity/moveTo?collectionId=x", {"entityGuids": [guid]}).status
        == status
    )
    assert (
        catalogue.call(
            "POST", "/entity/moveTo?collectionId=emulator", {"entityGuids": [guid]}
        ).status
        == 200
    )
