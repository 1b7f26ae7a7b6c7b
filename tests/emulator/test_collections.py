"""Collections, and what roles in them allow."""

from __future__ import annotations

import pytest

from sql_lineage_purview.emulator import Collection, CollectionRole, SeedAsset, Switches, seed


@pytest.fixture
def divided(catalogue):
    """The collections finance > ledger and sales below the root.

    Curators of finance and of all, a reader of sales.
    """
    catalogue.behave(
        collections=(Collection("finance"), Collection("ledger", "finance"), Collection("sales")),
        roles=(
            CollectionRole("fin", "data-curator", "finance"),
            CollectionRole("fin", "data-reader", "sales"),
            CollectionRole("root", "data-curator"),
            CollectionRole("all", "data-reader"),
        ),
    )
    return catalogue


def placed(catalogue, make, name, collection):
    """Register a table in a collection; its guid."""
    return catalogue.guid_of(
        catalogue.post("/entity/bulk", {"entities": [make.dataset(name)]}, collectionId=collection)
    )


class TestPlaces:
    def test_a_new_entity_lands_in_the_named_one_or_in_the_root(self, divided, make):
        assert divided.entity(placed(divided, make, "a", "ledger"))["collectionId"] == "ledger"
        assert divided.entity(divided.table("b"))["collectionId"] == "emulator"

    def test_the_path_of_the_older_plane(self, divided, make):
        body = {"entities": [make.dataset("a")]}
        answer = divided.call("POST", "/collections/sales/entity/bulk", body, plane="/catalog/api")
        assert divided.entity(divided.guid_of(answer))["collectionId"] == "sales"

    def test_to_write_it_again_with_another_moves_it(self, divided, make):
        guid = placed(divided, make, "a", "sales")
        divided.table("a")
        assert divided.entity(guid)["collectionId"] == "sales"
        assert placed(divided, make, "a", "ledger") == guid
        assert divided.entity(guid)["collectionId"] == "ledger"

    @pytest.mark.parametrize(
        "form",
        [
            ("/entity/moveTo?collectionId=sales", "/datamap/api"),
            ("/collections/sales/entity/moveHere", "/catalog/api"),
        ],
    )
    def test_to_move(self, divided, make, form):
        path, plane = form
        guids = [divided.table("a"), divided.table("b")]
        answer = divided.call("POST", path, {"entityGuids": guids}, plane=plane)
        assert answer.mutated == {"UPDATE": [make.server + "a", make.server + "b"]}
        assert {divided.entity(guid)["collectionId"] for guid in guids} == {"sales"}
        assert divided.search(filter={"collectionId": "sales"}).payload["@search.count"] == 2

    def test_to_move_what_is_not_there(self, divided):
        assert (
            divided.call("POST", "/entity/moveTo?collectionId=sales", {"entityGuids": ["x"]}).error[
                1
            ]
            == "ATLAS-404-00-005"
        )

    @pytest.mark.parametrize(("query", "guids"), [("", ["x"]), ("?collectionId=sales", [])])
    def test_to_move_nothing_or_nowhere(self, divided, query, guids):
        assert (
            divided.call("POST", f"/entity/moveTo{query}", {"entityGuids": guids}).error[1]
            == "ATLAS-400-00-01A"
        )

    def test_an_asset_of_a_seed(self, divided):
        seed(
            divided.emulator,
            [SeedAsset("azure_sql_table", "mssql://s/d/dbo/t", collection="sales")],
        )
        hit = divided.search(filter={"entityType": "azure_sql_table"}).payload["value"][0]
        assert hit["collectionId"] == "sales"

    def test_they_are_listed_with_their_parents(self, divided, make):
        listed = divided.call("GET", "/account/collections", plane="").payload["value"]
        parents = {
            each["name"]: each.get("parentCollection", {}).get("referenceName") for each in listed
        }
        assert parents == {
            "emulator": None,
            "finance": "emulator",
            "ledger": "finance",
            "sales": "emulator",
        }
        assert (
            divided.call("GET", "/account/collections/ledger", plane="").payload["name"] == "ledger"
        )
        assert divided.call("GET", "/account/collections/x", plane="").status == 404


class TestRoles:
    @pytest.fixture
    def guids(self, divided, make):
        return {name: placed(divided, make, name, name) for name in ("finance", "ledger", "sales")}

    @pytest.fixture
    def fin(self, divided, guids, make):
        return divided.seen_by(make.token(oid="fin"))

    @pytest.mark.parametrize(
        ("collection", "status"), [("finance", 200), ("ledger", 200), ("sales", 403), (None, 403)]
    )
    def test_a_curator_writes_in_its_collection_and_below(self, fin, make, collection, status):
        answer = fin.post(
            "/entity/bulk",
            {"entities": [make.dataset("new")]},
            **({"collectionId": collection} if collection else {}),
        )
        assert answer.status == status
        if status == 403:
            message = "fin is not authorized to perform create entity: type=azure_sql_table"
            assert answer.error[1:] == ("ATLAS-403-00-001", message)

    def test_to_change_and_to_delete_takes_the_same(self, fin, guids, make):
        for name, status in (("ledger", 200), ("sales", 403)):
            assert fin.create(make.dataset(name, description="new")).status == status
            assert fin.put(f"/entity/guid/{guids[name]}", "mine", name="owner").status == status
            assert fin.delete(f"/entity/guid/{guids[name]}").status == status

    def test_to_move_takes_both_collections(self, divided, fin, guids):
        def move(name, collection):
            return fin.call(
                "POST", f"/entity/moveTo?collectionId={collection}", {"entityGuids": [guids[name]]}
            ).status

        assert [move("ledger", "finance"), move("sales", "finance"), move("ledger", "sales")] == [
            200,
            403,
            403,
        ]

    def test_to_refer_to_an_entity_takes_reading_it(self, divided, fin, guids, make):
        process = make.process(inputs=[{"guid": guids["sales"]}], outputs=[make.named("ledger")])
        assert (
            fin.post("/entity/bulk", {"entities": [process]}, collectionId="finance").status == 200
        )
        hidden = divided.table("hidden")
        for reference in ({"guid": hidden}, make.named("hidden")):
            process = make.process(inputs=[reference])
            answer = fin.post("/entity/bulk", {"entities": [process]}, collectionId="finance")
            assert answer.error[1:] == (
                "ATLAS-403-00-001",
                f"fin is not authorized to perform read entity: guid={hidden}",
            )

    def test_what_may_not_be_read_is_not_found_by_search_either(self, divided, fin, guids, make):
        hidden = divided.table("hidden")
        assert sorted(hit["name"] for hit in fin.search().payload["value"]) == [
            "finance",
            "ledger",
            "sales",
        ]
        for path in (
            f"/entity/guid/{hidden}",
            f"/entity/guid/{hidden}/header",
            f"/lineage/{hidden}",
        ):
            assert fin.get(path).status == 403
        assert fin.get("/entity/bulk", guid=[guids["sales"], hidden]).status == 403
        assert (
            fin.get(
                "/entity/uniqueAttribute/type/DataSet", attr__qualifiedName=make.server + "hidden"
            ).status
            == 403
        )

    def test_a_reader_only_reads(self, divided, guids, make):
        reader = divided.seen_by(make.token(appid="all"))
        assert reader.search().payload["@search.count"] == 3
        assert reader.create(make.dataset("sales", description="new")).status == 403

    def test_direct_lineage_takes_writing_at_both_ends(self, fin, guids):
        def connected(first, second):
            ends = {"end1": {"guid": guids[first]}, "end2": {"guid": guids[second]}}
            return fin.post(
                "/relationship", {"typeName": "direct_lineage_dataset_dataset", **ends}
            ).status

        assert [connected("finance", "ledger"), connected("sales", "ledger")] == [200, 403]

    @pytest.mark.parametrize(
        ("choice", "statuses"), [("collection", [403, 403, 200]), ("any", [200, 403, 200])]
    )
    def test_who_may_write_assets(self, divided, make, choice, statuses):
        divided.behave(switches=Switches(asset_writers=choice))
        found = [
            divided.seen_by(make.token(oid=who)).create(make.dataset(f"x{who}")).status
            for who in ("fin", "all", "root")
        ]
        assert found == statuses

    @pytest.mark.parametrize(
        ("choice", "statuses"), [("root", [403, 403, 200]), ("any", [200, 403, 200])]
    )
    def test_who_may_write_types(self, divided, make, choice, statuses):
        divided.behave(switches=Switches(type_writers=choice))
        found = []
        for principal in ("fin", "all", "root"):
            caller = divided.seen_by(make.token(oid=principal))
            found.append(
                caller.define({"name": f"type_of_{principal}", "superTypes": ["DataSet"]}).status
            )
        assert found == statuses

    def test_a_denial_may_have_the_shape_of_the_gateway(self, divided, fin, guids):
        divided.behave(switches=Switches(denied="gateway"))
        answer = fin.delete(f"/entity/guid/{guids['sales']}")
        assert (answer.status, answer.payload["error"]["message"]) == (
            403,
            "Not authorized to access account",
        )

    def test_a_token_that_cannot_be_read_may_do_all(self, divided, guids):
        assert divided.seen_by("any").delete(f"/entity/guid/{guids['sales']}").status == 200
