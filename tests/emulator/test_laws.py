"""Laws that hold for any bulk: the second push is empty, lists replace, names compare exactly."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), min_size=1, max_size=8)
TABLES = tuple("abcdef")
# Each example opens a catalogue of its own.
FEW = settings(max_examples=40)


@st.composite
def bulks(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Tables, and processes between them that refer by placeholder, in any order and form."""
    tables = draw(st.lists(st.sampled_from(TABLES), min_size=1, unique=True))
    entities = [
        {
            "typeName": "azure_sql_table",
            "guid": f"-{name}",
            "attributes": {"qualifiedName": f"x://{name}", "name": draw(NAMES)},
        }
        for name in tables
    ]
    for index in range(draw(st.integers(0, 3))):
        ends = {
            side: [{"guid": f"-{name}"} for name in draw(st.lists(st.sampled_from(tables)))]
            for side in draw(st.sets(st.sampled_from(("inputs", "outputs"))))
        }
        place = draw(st.sampled_from(("attributes", "relationshipAttributes")))
        body = {
            "typeName": "Process",
            "guid": f"-p{index}",
            "attributes": {"qualifiedName": f"p{index}", "name": draw(NAMES)},
        }
        entities.append({**body, place: {**body.get(place, {}), **ends}})
    return draw(st.permutations(entities))


@FEW
@given(bulk=bulks())
def test_the_second_push_of_a_bulk_changes_nothing(new_catalogue, bulk):
    with new_catalogue() as catalogue:
        first = catalogue.create(*bulk)
        assert first.status == 200, first.payload
        assert len(first.payload["mutatedEntities"]["CREATE"]) == len(bulk)
        shown = [catalogue.entity(guid) for guid in first.payload["guidAssignments"].values()]
        second = catalogue.create(*bulk)
        assert second.payload == {"guidAssignments": first.payload["guidAssignments"]}
        assert [
            catalogue.entity(guid) for guid in first.payload["guidAssignments"].values()
        ] == shown


@FEW
@given(
    old=st.lists(st.sampled_from(TABLES), unique=True),
    new=st.none() | st.lists(st.sampled_from(TABLES)),
    side=st.sampled_from(("inputs", "outputs")),
)
def test_a_supplied_list_replaces_and_an_omitted_one_stays(new_catalogue, make, old, new, side):
    inverse = {"inputs": "inputToProcesses", "outputs": "outputFromProcesses"}[side]
    with new_catalogue() as catalogue:
        guids = {name: catalogue.table(name) for name in TABLES}
        process = catalogue.process(**{side: [make.named(name) for name in old]})
        catalogue.create(
            make.process(**({} if new is None else {side: [make.named(name) for name in new]}))
        )
        expected = set(old if new is None else new)
        assert {guids[name] for name in expected} == set(catalogue.related(process, side))
        for name, guid in guids.items():
            assert catalogue.related(guid, inverse) == ([process] if name in expected else [])


@FEW
@given(name=NAMES, other=NAMES)
def test_a_name_finds_itself_and_no_other(new_catalogue, name, other):
    with new_catalogue() as catalogue:
        attributes = {"qualifiedName": name, "name": name}
        guid = catalogue.guid_of(
            catalogue.create(
                {"typeName": "azure_sql_table", "guid": "-1", "attributes": attributes}
            )
        )
        path = "/entity/uniqueAttribute/type/DataSet"
        answer = catalogue.get(path, attr__qualifiedName=name)
        assert (answer.status, answer.payload["entity"]["guid"]) == (200, guid)
        if other != name:
            assert catalogue.get(path, attr__qualifiedName=other).status == 404
        if name.swapcase() != name:
            assert catalogue.get(path, attr__qualifiedName=name.swapcase()).status == 404


@FEW
@given(bulk=bulks(), position=st.integers(0, 10))
def test_one_bad_entity_anywhere_leaves_nothing(new_catalogue, bulk, position):
    with new_catalogue() as catalogue:
        bad = {
            "typeName": "Process",
            "guid": "-bad",
            "attributes": {"qualifiedName": "bad", "name": "bad", "inputs": [{"guid": "-bad"}]},
        }
        answer = catalogue.create(*bulk[:position], bad, *bulk[position:])
        assert answer.error[1] == "ATLAS-400-00-036"
        assert catalogue.search().payload["@search.count"] == 0
