"""Lineage over a small chain: a -> p -> b -> q -> c -> r -> d, with e as a second input of q."""

from __future__ import annotations

import pytest


@pytest.fixture
def chain(catalogue, make) -> dict[str, str]:
    guids = {name: catalogue.table(name) for name in "abcde"}
    for name, inputs, outputs in (("p", "a", "b"), ("q", "be", "c"), ("r", "c", "d")):
        ends = {"inputs": [make.named(each) for each in inputs], "outputs": [make.named(each) for each in outputs]}
        guids[name] = catalogue.process(name, **ends)
    return guids


def drawn(payload, guids) -> set[str]:
    """The relations as `from>to` with the names of the chain."""
    names = {guid: name for name, guid in guids.items()}
    return {f"{names[each['fromEntityId']]}>{names[each['toEntityId']]}" for each in payload["relations"]}


ALL = {"a>p", "p>b", "b>q", "e>q", "q>c", "c>r", "r>d"}

CASES = (
    ("c", {}, ALL),
    ("a", {"direction": "INPUT"}, set()),
    ("a", {"direction": "OUTPUT", "depth": 1}, {"a>p", "p>b"}),
    ("a", {"direction": "OUTPUT", "depth": 2}, {"a>p", "p>b", "b>q", "q>c"}),
    ("a", {"direction": "OUTPUT"}, {"a>p", "p>b", "b>q", "q>c", "c>r", "r>d"}),
    ("d", {"direction": "INPUT", "depth": 1}, {"c>r", "r>d"}),
    ("d", {"direction": "INPUT", "depth": 2}, {"c>r", "r>d", "b>q", "e>q", "q>c"}),
    ("q", {"depth": 1}, {"b>q", "e>q", "q>c"}),
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
    payload = catalogue.get(f"/lineage/{chain['c']}").payload
    told = ("baseEntityGuid", "lineageDirection", "lineageDepth", "parentRelations")
    assert tuple(payload[name] for name in told) == (chain["c"], "BOTH", 3, [])
    assert payload["widthCounts"]["INPUT"] == {chain[n]: count for n, count in zip("cqbepa", (1, 2, 1, 0, 1, 0), strict=True)}


def test_by_name(catalogue, chain, make):
    query = {"attr__qualifiedName": make.server + "a", "direction": "OUTPUT", "depth": 1}
    payload = catalogue.get("/lineage/uniqueAttribute/type/DataSet", **query).payload
    assert drawn(payload, chain) == {"a>p", "p>b"}


def test_a_process_shows_its_column_mapping(catalogue, make):
    attribute = {"name": "columnMapping", "typeName": "string", "isOptional": True}
    catalogue.define({"name": "mapped", "superTypes": ["Process"], "attributeDefs": [attribute]})
    catalogue.table("a")
    guid = catalogue.guid_of(catalogue.create(make.process("p", "mapped", columnMapping="[]", inputs=[make.named("a")])))
    shown = catalogue.get(f"/lineage/{guid}").payload["guidEntityMap"][guid]
    assert (shown["attributes"]["columnMapping"], shown["displayText"]) == ("[]", "p")


def test_a_process_without_inputs_does_not_stand_upstream(catalogue, make):
    table = catalogue.table("a")
    catalogue.process(outputs=[make.named("a")])
    assert catalogue.get(f"/lineage/{table}", direction="INPUT").payload["relations"] == []


def test_a_cycle_ends(catalogue, make):
    guids = {"a": catalogue.table("a"), "b": catalogue.table("b")}
    guids["p"] = catalogue.process("p", inputs=[make.named("a")], outputs=[make.named("b")])
    guids["q"] = catalogue.process("q", inputs=[make.named("b")], outputs=[make.named("a")])
    payload = catalogue.get(f"/lineage/{guids['a']}", depth=0).payload
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
    one = catalogue.get(f"/lineage/{guids['c']}", direction="INPUT", depth=1).payload
    assert drawn(one, guids) == {"b>c"}
    assert one["relations"][0]["columnMapping"] == "[]"
    assert drawn(catalogue.get(f"/lineage/{guids['b']}").payload, guids) == {"a>b", "b>c"}


def test_deleted_processes_leave_it(catalogue, chain):
    catalogue.delete(f"/entity/guid/{chain['q']}")
    assert drawn(catalogue.get(f"/lineage/{chain['c']}").payload, chain) == {"c>r", "r>d"}


def test_only_datasets_and_processes_have_it(catalogue):
    guid = catalogue.table("s", "azure_sql_server")
    assert catalogue.get(f"/lineage/{guid}").error == (
        404,
        "ATLAS-404-00-011",
        f"Given instance guid {guid} with type azure_sql_server is not a valid lineage entity type.",
    )


@pytest.mark.parametrize(("name", "value"), [("direction", "SIDEWAYS"), ("depth", "deep"), ("width", "wide")])
def test_bad_parameters(catalogue, name, value):
    guid = catalogue.table("a")
    assert catalogue.get(f"/lineage/{guid}", **{name: value}).error == (
        400,
        "ATLAS-400-00-026",
        f"Invalid lineage query parameters passed {name}: {value}",
    )
