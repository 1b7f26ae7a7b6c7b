"""All or nothing: a request that fails anywhere leaves the whole state as it was."""

from __future__ import annotations

import sqlite3

import pytest


def state(file) -> list[str]:
    connection = sqlite3.connect(file)
    try:
        return list(connection.iterdump())
    finally:
        connection.close()


def requests(make, guid):
    """Requests that begin well and fail late, by where they fail."""
    good = [make.dataset("new"), make.dataset("old", description="changed")]
    column = {
        "typeName": "azure_sql_column",
        "guid": "-9",
        "attributes": {"qualifiedName": "x", "name": "x"},
    }
    return {
        "an unknown type": (
            "POST",
            "/entity/bulk",
            {"entities": [*good, make.dataset("x", "nothing")]},
        ),
        "an unknown reference": (
            "POST",
            "/entity/bulk",
            {"entities": [*good, make.process(inputs=[make.named("x")])]},
        ),
        "a mandatory attribute": ("POST", "/entity/bulk", {"entities": [*good, column]}),
        "a process among the inputs": (
            "POST",
            "/entity/bulk",
            {
                "entities": [
                    *good,
                    make.process("q"),
                    make.process(inputs=[make.named("old"), {"guid": "-q"}]),
                ]
            },
        ),
        "a name that is taken": (
            "POST",
            "/entity/bulk",
            {"entities": [*good, {**make.dataset("other"), "guid": guid}]},
        ),
        "a second type": (
            "POST",
            "/types/typedefs",
            {"entityDefs": [{"name": "a"}, {"name": "b", "superTypes": ["nothing"]}]},
        ),
        "a second change": (
            "PUT",
            "/types/typedefs",
            {
                "entityDefs": [
                    {
                        "name": "mine",
                        "superTypes": ["DataSet"],
                        "attributeDefs": [{"name": "n", "typeName": "int", "isOptional": 1}],
                    },
                    {"name": "nothing"},
                ]
            },
        ),
        "a second deletion": (
            "DELETE",
            "/types/typedefs",
            {"entityDefs": [{"name": "mine"}, {"name": "DataSet"}]},
        ),
    }


CASES = (
    *(
        "an unknown type",
        "an unknown reference",
        "a mandatory attribute",
        "a process among the inputs",
        "a name that is taken",
    ),
    *("a second type", "a second change", "a second deletion"),
)


@pytest.mark.parametrize("case", CASES)
def test_nothing_stays_behind(open_catalogue, make, tmp_path, case):
    file = tmp_path / "state.db"
    catalogue = open_catalogue(file)
    guid = catalogue.table("old")
    catalogue.table("other")
    catalogue.define({"name": "mine", "superTypes": ["DataSet"]})
    before, types = state(file), catalogue.get("/types/typedefs").payload
    method, path, body = requests(make, guid)[case]
    assert catalogue.call(method, "/atlas/v2" + path, body).status >= 400
    assert state(file) == before
    assert catalogue.get("/types/typedefs").payload == types


def test_the_cases_are_complete(make):
    assert tuple(requests(make, "")) == CASES
