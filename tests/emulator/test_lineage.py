"""Lineage over a small chain: a -> p -> b -> q -> c -> r -> d, with e as a second input of q."""

from __future__ import annotations

import pytest


@pytest.fixture
def chain(catalogue, make) -> dict[str, str]:
    guids = {name: catalogue.table(name) for name in "abcde"}
    for name, inputs, outputs in (("p", "a", "b"), ("q", "be", "c"), ("r", "c", "d")):
        ends = {
            "inputs": [make.named(each) for each in inputs],
            "outputs": [make.named(each) for each in outputs],
        }
        guids[name] = catalogue.process(name, **ends)
    return guids


def drawn(payload, guids) -> set[str]:
    """The relations as `from>to` with the names of the chain."""
    names = {guid: name for name, guid in guids.items()}
    return {
        f"{names[each['fromEntityId']]}>{names[each['toEntityId']]}"
        for each in payload["relations"]
    }


ALL = {"a>p", "p>b", "b>q", "e>q", "q>c", "c>r", "r>d"}

CASES = (
    ("c", {"direction": "BOTH"}, ALL),
    ("a", {"direction": "INPUT"}, set()),
    ("a", {"direction": "OUTPUT", "depth": 1}, {"a>p", "p>b"}),
    ("a", {"direction": "OUTPUT", "depth": 2}, {"a>p", "p>b", "b>q", "q>c"}),
    ("a", {"direction": "OUTPUT"}, {"a>p", "p>b", "b>q", "q>c", "c>r", "r>d"}),
    ("d", {"direction": "INPUT", "depth": 1}, {"c>r", "r>d"}),
    ("d", {"direction": "INPUT", "depth": 2}, {"c>r", "r>d", "b>q", "e>q", "q>c"}),
    ("q", {"direction": "BOTH", "depth": 1}, {"b>q", "e>q", "q>c"}),
    ("q", {"direction": "INPUT", "depth": 2}, {"b>q", "e>q", "a>p", "p>b"}),
    ("d", {"direction": "INPUT", "depth": 0}, ALL),
)


@pytest.mark.parametrize(("base", "query", "relations"), CASES)
def test_hops(catalogue, chain, base, query, relations):
    payload = catalogue.get(f"/lineage/{chain[base]}", **query).payload
    assert drawn(payload, chain) == relations
    ends = {each[end] for each in payload["relations"] for end in ("fromEntityId", "toEntityId")}
    assert set(payload["guidEntityMap"]) == ends | {chain[base]}


def test_what_the_answer_tells_of_the_question(catalogue, chain):
    payload = catalogue.get(f"/lineage/{chain['c']}", direction="BOTH").payload
    members = ("baseEntityGuid", "lineageDirection", "lineageDepth", "parentRelations")
    assert tuple(payload[name] for name in members) == (chain["c"], "BOTH", 3, [])
    assert payload["widthCounts"]["INPUT"] == {
        chain[n]: count for n, count in zip("cqbepa", (1, 2, 1, 0, 1, 0), strict=True)
    }


def test_by_name(catalogue, chain, make):
    query = {"attr__qualifiedName": make.server + "a", "direction": "OUTPUT", "depth": 1}
    payload = catalogue.get("/lineage/uniqueAttribute/type/DataSet", **query).payload
    assert drawn(payload, chain) == {"a>p", "p>b"}


def test_a_process_shows_its_column_mapping(catalogue, make):
    attribute = {"name": "columnMapping", "typeName": "string", "isOptional": True}
    catalogue.define({"name": "mapped", "superTypes": ["Process"], "attributeDefs": [attribute]})
    catalogue.table("a")
    guid = catalogue.guid_of(
        catalogue.create(make.process("p", "mapped", columnMapping="[]", inputs=[make.named("a")]))
    )
    shown = catalogue.get(f"/lineage/{guid}", direction="BOTH").payload["guidEntityMap"][guid]
    assert (shown["attributes"]["columnMapping"], shown["displayText"]) == ("[]", "p")


def test_a_process_without_inputs_does_not_stand_upstream(catalogue, make):
    table = catalogue.table("a")
    catalogue.process(outputs=[make.named("a")])
    assert catalogue.get(f"/lineage/{table}", direction="INPUT").payload["relations"] == []


def test_a_cycle_ends(catalogue, make):
    guids = {"a": catalogue.table("a"), "b": catalogue.table("b")}
    guids["p"] = catalogue.process("p", inputs=[make.named("a")], outputs=[make.named("b")])
    guids["q"] = catalogue.process("q", inputs=[make.named("b")], outputs=[make.named("a")])
    payload = catalogue.get(f"/lineage/{guids['a']}", depth=0, direction="BOTH").payload
    assert drawn(payload, guids) == {"a>p", "p>b", "b>q", "q>a"}


def test_direct_lineage_is_a_hop_with_its_columns(catalogue):
    guids = {name: catalogue.table(name) for name in "abc"}
    for first, second in ("ab", "bc"):
        body = {
            "typeName": "direct_lineage_dataset_dataset",
            "end1": {"guid": guids[first]},
            "end2": {"guid": guids[second]},
            "attributes": {"columnMapping": "[]"},
        }
        assert catalogue.post("/relationship", body).status == 200
    lineage = catalogue.get(f"/lineage/{guids['c']}", direction="INPUT", depth=1).payload
    assert drawn(lineage, guids) == {"b>c"}
    assert lineage["relations"][0]["columnMapping"] == "[]"
    assert drawn(catalogue.get(f"/lineage/{guids['b']}", direction="BOTH").payload, guids) == {
        "a>b",
        "b>c",
    }


def test_deleted_processes_leave_it(catalogue, chain):
    catalogue.delete(f"/entity/guid/{chain['q']}")
    assert drawn(catalogue.get(f"/lineage/{chain['c']}", direction="BOTH").payload, chain) == {
        "c>r",
        "r>d",
    }


def test_only_datasets_and_processes_have_it(catalogue):
    guid = catalogue.table("s", "azure_sql_server")
    assert catalogue.get(f"/lineage/{guid}", direction="BOTH").error == (
        404,
        "ATLAS-404-00-011",
        f"Given instance guid {guid} with type azure_sql_server is not a valid lineage entity "
        "type.",
    )


@pytest.mark.parametrize(
    "query",
    [{}, {"direction": "SIDEWAYS"}, {"direction": "both"}, {"depth": "deep"}, {"width": "wide"}],
)
def test_bad_parameters_and_none_fail_before_the_service_does(catalogue, query):
    guid = catalogue.table("a")
    parameters = query if "direction" in query or not query else query | {"direction": "BOTH"}
    assert catalogue.get(f"/lineage/{guid}", **parameters).error[:2] == (400, "RequestInvalid")


class TestParents:
    @pytest.fixture
    def tables(self, catalogue, make):
        """A table below its schema and database that a process below a pipeline fills.

        All guids.
        """
        table = {**make.dataset("t"), "relationshipAttributes": {"dbSchema": {"guid": "-s"}}}
        schema = {
            **make.dataset("s", "azure_sql_schema"),
            "relationshipAttributes": {"db": {"guid": "-d"}},
        }
        operation = make.process(
            "o", "adf_copy_operation", inputs=[{"guid": "-i"}], outputs=[{"guid": "-t"}]
        )
        operation["relationshipAttributes"] = {"parent": {"guid": "-p"}}
        pipeline = make.process("p", "adf_pipeline")
        mutation = catalogue.create(
            make.dataset("d", "azure_sql_db"), schema, table, make.dataset("i"), pipeline, operation
        )
        assert mutation.status == 200, mutation.payload
        return {
            name.removeprefix("-"): guid
            for name, guid in mutation.payload["guidAssignments"].items()
        }

    def test_by_default_there_are_none(self, catalogue, tables):
        payload = catalogue.get(f"/lineage/{tables['t']}", direction="BOTH").payload
        assert (payload["includeParent"], payload["parentRelations"]) == (False, [])
        assert payload["guidEntityMap"].keys() == {tables[name] for name in "tio"}

    def test_on_demand_they_are_those_of_tables_and_of_processes(self, catalogue, tables):
        payload = catalogue.get(
            f"/lineage/{tables['t']}", direction="BOTH", includeParent="true"
        ).payload
        assert {
            (each["childEntityId"], each["parentEntityId"]) for each in payload["parentRelations"]
        } == {
            (tables["t"], tables["s"]),
            (tables["s"], tables["d"]),
            (tables["o"], tables["p"]),
        }
        assert payload["guidEntityMap"].keys() == set(tables.values())
        assert payload["widthCounts"] == {
            "OUTPUT": {tables["t"]: 0},
            "INPUT": {tables["t"]: 1, tables["o"]: 1, tables["i"]: 0},
        }


class TestDerivedLineage:
    """As captured: a process of two parts, each of which copies a table."""

    @pytest.fixture
    def copies(self, catalogue, make):
        catalogue.define(
            {
                "name": "part",
                "superTypes": ["Process"],
                "options": {"defaultRenderedLineage": "parent"},
            },
            {
                "name": "whole",
                "superTypes": ["Process"],
                "options": {"derivedLineageSources": '["subProcesses"]'},
            },
            relationshipDefs=[
                {
                    "name": "whole_parts",
                    "relationshipCategory": "COMPOSITION",
                    "endDef1": {
                        "type": "part",
                        "name": "parent",
                        "isContainer": False,
                        "cardinality": "SINGLE",
                    },
                    "endDef2": {
                        "type": "whole",
                        "name": "subProcesses",
                        "isContainer": True,
                        "cardinality": "SET",
                    },
                }
            ],
        )
        guids = {name: catalogue.table(name) for name in ("s1", "t1", "s2", "t2")}
        parts = [
            make.process(
                f"c{n}",
                "part",
                inputs=[{"guid": guids[f"s{n}"]}],
                outputs=[{"guid": guids[f"t{n}"]}],
            )
            for n in "12"
        ]
        mutation = catalogue.create(make.process("w", "whole"), *parts)
        guids |= {
            name.removeprefix("-"): guid
            for name, guid in mutation.payload["guidAssignments"].items()
        }
        for name in ("c1", "c2"):
            ends = {"end1": {"guid": guids[name]}, "end2": {"guid": guids["w"]}}
            assert (
                catalogue.post("/relationship", {"typeName": "whole_parts", **ends}).status == 200
            )
        return guids

    def test_without_it_the_whole_has_none(self, catalogue, copies):
        payload = catalogue.get(f"/lineage/{copies['w']}", direction="BOTH").payload
        assert (payload["relations"], payload["parentRelations"], payload["childrenCount"]) == (
            [],
            [],
            -1,
        )
        assert payload["guidEntityMap"].keys() == {copies["w"]}
        assert payload["widthCounts"] == {"INPUT": {copies["w"]: 0}, "OUTPUT": {copies["w"]: 0}}

    def test_with_it_the_whole_has_that_of_its_parts(self, catalogue, copies):
        payload = catalogue.get(
            f"/lineage/{copies['w']}", direction="BOTH", getDerivedLineage="true"
        ).payload
        assert drawn(payload, copies) == {"s1>c1", "c1>t1", "s2>c2", "c2>t2"}
        assert {
            (each["childEntityId"], each["parentEntityId"]) for each in payload["parentRelations"]
        } == {
            (copies["c1"], copies["w"]),
            (copies["c2"], copies["w"]),
        }
        assert (payload["childrenCount"], payload["includeParent"]) == (2, False)
        assert payload["widthCounts"]["INPUT"] == {
            copies[name]: count
            for name, count in {"w": 0, "c1": 1, "c2": 1, "s1": 0, "s2": 0}.items()
        }

    @pytest.mark.parametrize("name", ["c1", "s1"])
    def test_its_parts_and_tables_have_none_derived(self, catalogue, copies, name):
        answer = catalogue.get(
            f"/lineage/{copies[name]}", direction="BOTH", getDerivedLineage="true"
        )
        assert answer.error[:2] == (404, "ATLAS-404-00-011")


class TestWidth:
    @pytest.fixture
    def fan(self, catalogue, make):
        """A table that twelve processes read, each of which writes a table of its own."""
        source = catalogue.table("s")
        for number in range(12):
            catalogue.table(f"t{number}")
            catalogue.process(
                f"p{number}", inputs=[{"guid": source}], outputs=[make.named(f"t{number}")]
            )
        return source

    @pytest.mark.parametrize(
        ("query", "shown"), [({}, 10), ({"width": 1}, 1), ({"width": 3}, 3), ({"width": 50}, 12)]
    )
    def test_it_caps_each_level_and_not_the_counts(self, catalogue, fan, query, shown):
        payload = catalogue.get(f"/lineage/{fan}", direction="OUTPUT", **query).payload
        assert payload["lineageWidth"] == query.get("width", 10)
        assert len(payload["relations"]) == 2 * shown
        assert payload["widthCounts"]["OUTPUT"][fan] == 12

    def test_the_tables_of_one_process_are_capped_too(self, catalogue, make):
        source = catalogue.table("s")
        targets = [{"guid": catalogue.table(f"t{number}")} for number in range(5)]
        catalogue.process(inputs=[{"guid": source}], outputs=targets)
        payload = catalogue.get(f"/lineage/{source}", direction="OUTPUT", width=2).payload
        assert len(payload["relations"]) == 3
